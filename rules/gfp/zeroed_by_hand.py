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

Bad, cleared by the one function that it is handed to, after the buffers of nfit tests:
	static void example_add(struct example *ex, void *buf, size_t size)
	{
		if (!buf)
			return;
		memset(buf, 0, size);
	}
	static void example_alloc(struct example *ex, size_t size)
	{
		void *buf = vmalloc(size);	/* <-- vmalloc() and memset() are vzalloc() */

		example_add(ex, buf, size);
	}

Good, as in mempool_create_node() of today:
	p = kzalloc(sizeof(*p), GFP_KERNEL);
	if (!p)
		return -ENOMEM;

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
    found = [(call, call.cleared_by) for call in fn.calls]
    for call, clearing in (*found, *((call.fresh, call) for call in fn.calls_to(*WORDS))):
        page = call is not None and call.in_class(fact("allocators", "zeroing", "pages"))
        if call is None or clearing is None or not (page or call.name in named):
            continue
        if not any(mask.may("__GFP_ZERO") for mask in call.masks):
            twin = f"{named[call.name]}()" if call.name in named else f"{call.name}() with __GFP_ZERO"
            yield report(
                call,
                f"{call.name}() and {clearing.name}() are {twin}",
                key=(call.name, clearing.name),
                help=f"use {twin}, and leave {clearing.name}() out",
                related=[note(clearing, "cleared here")],
            )
