# SPDX-License-Identifier: GPL-2.0-or-later
r"""A helper for PG_offline that does not exist.

PG_offline is a page type, kept in the word that counts mappings, not a flag:
there is no atomic form.  __SetPageOffline() and __ClearPageOffline() are all
there is, and the page must be the caller's own while they run.

Bad:
	SetPageOffline(pfn_to_page(pfn));	/* <-- SetPageOffline() does not exist */

Bad patch, the underscores went:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,3 +10,3 @@ static void example_release(struct page *page)
	 {
	-	__ClearPageOffline(page);
	+	ClearPageOffline(page);	/* <-- ClearPageOffline() does not exist */
	 	__free_page(page);

Good, as virtio-mem does it:
	__SetPageOffline(pfn_to_page(pfn));

Good, a question:
	if (PageOffline(page))
		return true;

Known problems:
	A file that defines such a function itself is reported as well.

See:
	include/linux/page-flags.h, PAGE_TYPE_OPS(Offline, ...)
	drivers/virtio/virtio_mem.c, virtio_mem_set_fake_offline()
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "error"
WORDS = tuple(fact("page_flags", "offline", "nonexistent"))


def check(fn: Function) -> Reports:
    for call in fn.calls_to(*WORDS):
        yield report(
            call,
            f"{call.name}() does not exist: PG_offline is a page type",
            key=(call.name,),
            help="use __SetPageOffline() or __ClearPageOffline() on a page of your own",
        )
