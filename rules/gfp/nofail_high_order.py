# SPDX-License-Identifier: GPL-2.0-or-later
r"""A request of many pages in a row that must not fail.

__GFP_NOFAIL loops until it has what was asked for.  Single pages always come
free some day; four or more contiguous ones may never, so the allocator warns
at an order above 1, and the caller may hang.

Use kvmalloc() with __GFP_NOFAIL, which falls back to single pages, or let the
request fail.

Bad:
	page = alloc_pages(GFP_KERNEL | __GFP_NOFAIL, 4);	/* <-- order 4 must not fail */

Bad, a size, in drivers/net/example.c:
	p = kmalloc(SZ_256K, GFP_KERNEL | __GFP_NOFAIL);	/* <-- 262144 bytes must not fail */

Bad patch, after the journal buffers of jbd2_alloc():
	--- a/fs/example/journal.c
	+++ b/fs/example/journal.c
	@@ -10,5 +10,5 @@ static void *example_buffer(struct example *ex)
	 {
	 	void *p;

	-	p = (void *)__get_free_pages(GFP_NOFS | __GFP_NOFAIL, 0);
	+	p = (void *)__get_free_pages(GFP_NOFS | __GFP_NOFAIL, 3);	/* <-- order 3 must not fail */
	 	ex->buffer = p;

Good, single pages will do:
	p = kvmalloc(SZ_256K, GFP_KERNEL | __GFP_NOFAIL);

Good, low order, as in jbd2_alloc() for small blocks:
	page = alloc_pages(GFP_NOFS | __GFP_NOFAIL, 1);

Good, may fail:
	page = alloc_pages(GFP_KERNEL | __GFP_RETRY_MAYFAIL, 4);

Known problems:
	Only constant orders, and constant sizes above 64 KiB, are looked at: what
	a page is differs between architectures.

See:
	mm/page_alloc.c, WARN_ON_ONCE() of order > 1 with __GFP_NOFAIL
	include/linux/gfp_types.h, "__GFP_NOFAIL"
	fs/jbd2/journal.c, jbd2_alloc()
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "warning"
WORDS = ("__GFP_NOFAIL",)


def check(fn: Function) -> Reports:
    for call in fn.calls:
        if not any(mask.has(WORDS) for mask in call.masks):
            continue
        order, size = call.arg("order"), call.arg("size")
        much = None
        if order is not None and (order.number or 0) > 1:
            much = f"order {order.number}"
        elif size is not None and call.in_class(fact("allocators", "slab_backed", "classes")):
            much = f"{size.number} bytes" if (size.number or 0) > 65536 else None
        if much:
            yield report(
                call,
                f"{call.name}() of {much} must not fail: so many contiguous pages may never come free",
                key=(call.name, much),
                help="use kvmalloc() with __GFP_NOFAIL, or let the request fail",
            )
