# SPDX-License-Identifier: GPL-2.0-or-later
r"""Pages given back in another number than they were taken in.

__free_pages() and free_pages() believe the order that they are told.  With a
smaller one the rest of the block is lost; with a larger one pages go that
belong to somebody else.

Use the order of the allocation; free_page() and __free_page() are for order 0.

Bad:
	page = alloc_pages(GFP_KERNEL, 2);
	if (!page)
		return -ENOMEM;
	__free_page(page);	/* <-- order 2, and __free_page() gives back order 0 */

Bad, another constant:
	addr = __get_free_pages(GFP_KERNEL, 3);
	example_use(addr);
	free_pages(addr, 2);	/* <-- order 3, and free_pages() gives back order 2 */

Bad patch, the allocation grows, after the rings of drivers:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,4 +10,4 @@ static int example_probe(struct example *ex)
	 {
	-	page = alloc_pages(GFP_KERNEL, 0);
	+	page = alloc_pages(GFP_KERNEL, 1);
	 	if (example_try(ex))
	 		__free_page(page);	/* <-- order 1, and __free_page() gives back order 0 */

Good:
	page = alloc_pages(GFP_KERNEL, 2);
	__free_pages(page, 2);

Good, an order that is not known here:
	page = alloc_pages(GFP_KERNEL, order);
	__free_page(page);

Known problems:
	Only variables that one function both fills and frees are followed, and
	only orders that are numbers.

See:
	mm/page_alloc.c, __free_pages()
	include/linux/gfp.h, __free_page() and free_page()
"""

from gfplint.rule import Function, Reports, note, numbers, report

SEVERITY = "error"
CONFIDENCE = "medium"
ORDERS = numbers("allocators", "order_of_free")
WORDS = tuple(ORDERS)


def check(fn: Function) -> Reports:
    for free in fn.calls_to(*WORDS):
        index = ORDERS[free.name]
        given = (free.args[index].number if index < len(free.args) else None) if index else 0
        for made in fn.allocated(str(free.args[0]), "page", "gfpaddr") if free.args and given is not None else ():
            order = made.arg("order")
            if order is not None and order.number is not None and order.number != given:
                yield report(
                    free,
                    f"{free.args[0]} was taken by order {order.number}, and {free.name}() gives back order {given}",
                    key=(made.name, free.name, str(free.args[0])),
                    help=f"give back order {order.number}",
                    related=[note(made, "taken here")],
                )
                break
