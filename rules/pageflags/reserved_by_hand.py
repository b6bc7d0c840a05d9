# SPDX-License-Identifier: GPL-2.0-or-later
r"""A reserved page given to the buddy step by step.

Clearing PG_reserved, setting the count to one and freeing the page is what
free_reserved_page() does, and it counts the page as well: without
adjust_managed_page_count() the kernel has more memory than it believes, and
watermarks and limits are too low.

Use free_reserved_page(), or free_reserved_area() for a range.

Bad:
	ClearPageReserved(page);	/* <-- this is free_reserved_page() by hand */
	init_page_count(page);
	__free_page(page);

Bad patch, a helper is opened, after free_reserved_page():
	--- a/arch/example/kernel/example.c
	+++ b/arch/example/kernel/example.c
	@@ -10,5 +10,7 @@ static void example_free_area(unsigned long start, unsigned long end)
	 	for (addr = start; addr < end; addr += PAGE_SIZE) {
	 		page = virt_to_page(addr);
	-		free_reserved_page(page);
	+		ClearPageReserved(page);	/* <-- this is free_reserved_page() by hand */
	+		set_page_count(page, 1);
	+		__free_page(page);
	 		freed++;
	 	}

Good:
	free_reserved_page(page);

Good, the driver's own page, as comedi_buf_map_kref_release():
	ClearPageReserved(virt_to_page(buf->virt_addr));
	free_page((unsigned long)buf->virt_addr);

Known problems:
	Says nothing where the steps stand in different blocks.

See:
	include/linux/mm.h, free_reserved_page()
	drivers/comedi/comedi_buf.c, comedi_buf_map_kref_release()
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "warning"
COUNTS, CLEARS, FREES = (tuple(fact("page_flags", "by_hand", key)) for key in ("counts", "clears", "frees"))
WORDS = CLEARS


def check(fn: Function) -> Reports:
    if fn.file.matches(fact("page_flags", "raw", "owners")):
        return
    for call in fn.calls_to(*CLEARS):
        steps = {one.name for one in call.then}
        if steps & {*COUNTS} and steps & {*FREES}:
            yield report(
                call,
                "this is free_reserved_page() by hand, without its accounting",
                key=(call.name,),
                help="call free_reserved_page()",
            )
