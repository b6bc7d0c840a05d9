# SPDX-License-Identifier: GPL-2.0-or-later
r"""Pages given back in another number than they were taken in.

__free_pages() and free_pages() believe the order that they are told.  With a
smaller one the rest of the block is lost; with a larger one pages go that
belong to somebody else.

Use the order of the allocation; free_page() and __free_page() are for order 0,
free_pages_exact() wants the size that alloc_pages_exact() was given.

Bad:
	page = alloc_pages(GFP_KERNEL, 2);
	if (!page)
		return -ENOMEM;
	__free_page(page);	/* <-- order 2, and __free_page() gives back order 0 */

Bad, another constant:
	addr = __get_free_pages(GFP_KERNEL, 3);
	free_pages(addr, 2);	/* <-- order 3, and free_pages() gives back order 2 */

Bad, another size:
	table = alloc_pages_exact(SZ_16K, GFP_KERNEL);
	if (example_load(table))
		free_pages_exact(table, SZ_4K);	/* <-- size SZ_16K, and free_pages_exact() gives back size SZ_4K */

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

Good, split into single pages, as in snp_alloc_vmsa_page():
	page = alloc_pages(GFP_KERNEL, 1);
	if (!page)
		return NULL;
	split_page(page, 1);
	__free_page(page);
	return page_address(page + 1);

Good, tried again with less:
	page = alloc_pages(GFP_KERNEL | __GFP_NORETRY, 2);
	if (!page)
		page = alloc_page(GFP_KERNEL);
	if (page)
		__free_page(page);

Known problems:
	Only pointers that one function both fills and frees are followed, and only
	orders and sizes that are numbers, or are defined as such in the file.

See:
	mm/page_alloc.c, __free_pages(), free_pages_exact()
	include/linux/gfp.h, __free_page() and free_page()
	arch/x86/coco/sev/core.c, snp_alloc_vmsa_page()
"""

from gfplint.rule import Function, Reports, fact, note, report

SEVERITY = "error"
CONFIDENCE = "medium"
WORDS = (*fact("allocators", "free_one", "names"), *fact("allocators", "free_order"), *fact("allocators", "free_size"))


def check(fn: Function) -> Reports:
    split = fn.mentions(*fact("allocators", "splits", "names"))
    for free in fn.frees if not split else ():
        wrong = free.amount
        if wrong is not None:
            yield report(
                free.call,
                f"{free.name} was taken by {wrong.role} {wrong.taken}, and {free.call.name}() gives back {wrong.role} {wrong.given}",
                key=(wrong.made.name, free.call.name, free.name),
                help=f"give back {wrong.role} {wrong.taken}",
                related=[note(wrong.made, "taken here")],
            )
