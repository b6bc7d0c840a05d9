# SPDX-License-Identifier: GPL-2.0-or-later
r"""Pages given back while they are reserved.

The allocator checks PG_reserved when a page comes back (PAGE_FLAGS_CHECK_AT_FREE):
a page that has it is reported as bad, and lost.  The error path between setting
and clearing is where it is forgotten.

Clear it on every page first, or leave both to free_reserved_page().

Bad, the order is turned:
	static void example_release(struct example *ex)
	{
		__free_pages(ex->page, ex->order);	/* <-- __free_pages() before ClearPageReserved() */
		ClearPageReserved(ex->page);
	}

Bad, never cleared in the file:
	static void example_take(struct example *ex)
	{
		ex->page = alloc_page(GFP_KERNEL);
		if (ex->page)
			SetPageReserved(ex->page);
	}

	static void example_give(struct example *ex)
	{
		__free_page(ex->page);	/* <-- the pages are still reserved */
	}

Bad patch, after the buffer of grvga_remove():
	--- a/drivers/video/fbdev/example.c
	+++ b/drivers/video/fbdev/example.c
	@@ -10,5 +10,5 @@ static void example_remove(struct example *ex)
	 {
	-	for (page = virt_to_page(ex->start); page < ex->end; page++)
	-		ClearPageReserved(page);
	 	free_pages(ex->start, ex->order);	/* <-- free_pages() before ClearPageReserved() */
	+	for (page = virt_to_page(ex->start); page < ex->end; page++)
	+		ClearPageReserved(page);
	 }

Good:
	ClearPageReserved(ex->page);
	__free_page(ex->page);

Good, one call for all of it:
	free_reserved_page(ex->page);

Known problems:
	A file that frees several kinds of pages and never clears the bit is
	reported at each of them.

See:
	include/linux/page-flags.h, PAGE_FLAGS_CHECK_AT_FREE
	mm/page_alloc.c, free_page_is_bad()
	drivers/video/fbdev/grvga.c, grvga_remove()
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "error"
CONFIDENCE = "medium"
FREES = tuple(fact("page_flags", "offline", "frees"))
WORDS = FREES
SET, CLEAR = (fact("page_flags", "reserved", key) for key in ("set", "clear"))


def check(fn: Function) -> Reports:
    if fn.file.matches(fact("page_flags", "reserved", "owners")):
        return
    for call, what in fn.frees_marked(FREES, SET, CLEAR):
        yield report(
            call,
            f"{call.name}() {what}: the pages are still reserved",
            key=(call.name,),
            help=f"{CLEAR[0]}() on every page first",
        )
