# SPDX-License-Identifier: GPL-2.0-or-later
r"""Fresh memory that is cleared by hand, right after it was allocated.

For nearly every allocator there is one that hands out zeroed memory:
kzalloc(), kcalloc(), kvzalloc(), vzalloc(), kmem_cache_zalloc(),
get_zeroed_page(), or __GFP_ZERO in the mask.  It is shorter, the size stands
there once, and memory that is zero already is not cleared again.

Bad:
	p = kmalloc(sizeof(*p), GFP_KERNEL);	/* <-- kmalloc() and memset() are kzalloc() */
	if (!p)
		return -ENOMEM;
	memset(p, 0, sizeof(*p));

Bad, an array:
	v = vmalloc(n * size);	/* <-- vmalloc() and memset() are vzalloc() */
	if (v == NULL)
		return -ENOMEM;

	memset(v, 0, n * size);

Bad, a page, after the page tables of m68k:
	page = alloc_page(GFP_KERNEL);	/* <-- alloc_page() with __GFP_ZERO */
	if (!page)
		return NULL;
	pte = page_address(page);
	clear_page(pte);

Bad patch, after the user buffers of nfit tests:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,5 +10,6 @@ static int example_init(struct example *ex)
	 {
	 	void *buf;

	-	buf = kmem_cache_zalloc(ex->cache, GFP_KERNEL);
	+	buf = (void *)__get_free_page(GFP_KERNEL);	/* <-- __get_free_page() and clear_page() are get_zeroed_page() */
	+	clear_page(buf);
	 	ex->buf = buf;

Good, as in mempool_create_node() of today:
	p = kzalloc(sizeof(*p), GFP_KERNEL);
	if (!p)
		return -ENOMEM;

Good, a part of it:
	p = kmalloc(len + sizeof(*head), GFP_KERNEL);
	if (!p)
		return -ENOMEM;
	memset(p, 0, sizeof(*head));

Good, only a part of the page is cleared, as in gelic_wl_do_wep_setup():
	wep = (struct example_cfg *)__get_free_page(GFP_KERNEL);
	if (!wep)
		return -ENOMEM;
	memset(wep, 0, sizeof(*wep));

Good, something was put into it meanwhile:
	p = kmalloc(len, GFP_KERNEL);
	if (!p)
		return -ENOMEM;
	example_fill(p);
	memset(p, 0, len);

Known problems:
	Memory that changes its encryption between the two has to be cleared
	by hand, and is recognised only when the pointer is handed to a function
	meanwhile.

See:
	include/linux/slab.h, kzalloc()
	mm/mempool.c, mempool_create_node()
	scripts/coccinelle/api/alloc/zalloc-simple.cocci
"""

from gfplint.rule import Function, Reports, fact, note, report, twins

SEVERITY = "warning"
CONFIDENCE = "medium"
WORDS = (*fact("allocators", "zeroing", "by_hand"),)


def check(fn: Function) -> Reports:
    named = twins("allocators", "zeroing", "twins")
    if fn.file.matches(("*_test.c", "*kunit*")):
        return  # a test of the allocator, or of what watches it
    for call in fn.calls:
        page = call.in_class(fact("allocators", "zeroing", "pages"))
        clearing = call.cleared_by if page or call.name in named else None
        if clearing and not any(mask.may("__GFP_ZERO") for mask in call.masks):
            twin = f"{named[call.name]}()" if call.name in named else f"{call.name}() with __GFP_ZERO"
            yield report(
                call,
                f"{call.name}() and {clearing.name}() are {twin}",
                key=(call.name, clearing.name),
                help=f"use {twin}, and leave {clearing.name}() out",
                related=[note(clearing, "cleared here")],
            )
