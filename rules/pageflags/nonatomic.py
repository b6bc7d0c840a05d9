# SPDX-License-Identifier: GPL-2.0-or-later
r"""A flag of a page that others may see, changed without atomicity.

__SetPageReserved() and its like read the flags word, change it and write it
back.  When another CPU sets PG_locked or PG_waiters in between, that is
lost, and somebody sleeps for ever.  The forms with underscores are for pages
that nobody else can reach: at boot, or right after the allocation.

Use the atomic form, where there is one; it costs little.

Bad:
	__ClearPageReserved(page);	/* <-- __ClearPageReserved() is not atomic */
	put_page(page);

Bad patch, the underscores came:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,4 +10,4 @@ static void example_release(struct page *page)
	 {
	 	example_unmap(page);
	-	ClearPageReserved(page);
	+	__ClearPageReserved(page);	/* <-- __ClearPageReserved() is not atomic */
	 	__free_page(page);

Good, the atomic form:
	ClearPageReserved(page);
	put_page(page);

Good, nobody else has it yet:
	page = alloc_page(GFP_KERNEL);
	if (!page)
		return -ENOMEM;
	__SetPageReserved(page);

Known problems:
	Whether others can reach the page is not known here: this is a question.

See:
	include/linux/page-flags.h, "Macros to create function definitions for page flags"
	mm/mm_init.c, reserve_bootmem_region()
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "info"
CONFIDENCE = "medium"
WORDS = tuple(fact("page_flags", "nonatomic", "names"))


def check(fn: Function) -> Reports:
    if fn.at_boot or fn.file.matches(fact("page_flags", "reserved", "owners")):
        return
    fresh = [call.result for call in fn.calls if call.allocator is not None and call.result]
    for call in fn.calls_to(*WORDS):
        if not any(call.uses(name) for name in fresh):
            yield report(
                call,
                f"{call.name}() is not atomic: what another CPU writes to the page's flags meanwhile is lost",
                key=(call.name,),
                help="use the form without underscores, unless nobody else can reach the page",
            )
