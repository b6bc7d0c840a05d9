# SPDX-License-Identifier: GPL-2.0-or-later
r"""A page flag helper that this kernel no longer has.

Between 6.1 and 6.12 many helpers of struct page went, when all users worked on
folios: PageError(), PageActive(), ClearPageReferenced(), PageSwapCache()...
The folio form is there where the flag still is; PG_error is gone.  The other
way round, a backport to 6.1 has no folio_test_offline().

Reported only where the kernel is known (--kernel, or a tree).

Bad, for 6.12:
	if (PageError(page))	/* <-- PageError() is not in 6.12 */
		return -EIO;

Bad, for 6.12, on a locked page:
	lock_page(page);
	ClearPageReferenced(page);	/* <-- ClearPageReferenced() is not in 6.12 */
	unlock_page(page);

Bad, for 6.1, a backport:
	if (folio_test_offline(folio))	/* <-- folio_test_offline() is not in 6.1 */
		return -EBUSY;

Good, the folio form:
	if (folio_test_referenced(folio))
		folio_clear_referenced(folio);

Good patch, no kernel is named, after the filemap conversions:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,3 +10,4 @@ static int example_wait(struct page *page)
	 	wait_on_page_locked(page);
	+	if (PageError(page))
	 		return -EIO;
	 	return 0;

Known problems:
	Compatibility headers that define the old name are not looked at.

See:
	include/linux/page-flags.h of 6.1 and 6.12
	mm/filemap.c
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "error"
CONFIDENCE = "medium"
REMOVED, ADDED = (tuple(fact("page_flags", f"{way}_page_helpers_6_12", "names")) for way in ("removed", "added"))
WORDS = (*REMOVED, *ADDED)


def check(fn: Function) -> Reports:
    gone = REMOVED if fn.file.kernel == "6.12" else ADDED if fn.file.kernel == "6.1" else ()
    other = "use the folio form" if gone is REMOVED else "use the page form, or wait for the newer kernel"
    for call in fn.calls_to(*gone):
        yield report(call, f"{call.name}() is not in {fn.file.kernel}", key=(call.name,), help=other)
