# SPDX-License-Identifier: GPL-2.0-or-later
r"""A gfp mask in the place of another argument.

kmalloc(size, flags) but kasprintf(flags, format); alloc_pages(flags, order)
but alloc_pages_node(nid, flags, order): the mask stands in another place in
each family, and the compiler takes a number for a number.  GFP_KERNEL as a
size is some 3 KiB, sizeof() as a mask is any mask at all.

Bad, size and flags:
	p = kmalloc(GFP_KERNEL, len);	/* <-- GFP_KERNEL is not the mask of kmalloc() */

Bad, order and flags:
	page = alloc_pages(order, GFP_KERNEL | __GFP_ZERO);	/* <-- is not the mask of alloc_pages() */

Bad patch, after kmem_cache_alloc_bulk(), whose flags come second:
	--- a/net/example/core.c
	+++ b/net/example/core.c
	@@ -10,5 +10,5 @@ static int example_fill(struct example *ex)
	 {
	 	int n;

	-	n = kmem_cache_alloc_bulk(ex->cache, GFP_ATOMIC, ex->size, ex->array);
	+	n = kmem_cache_alloc_bulk(ex->cache, ex->size, GFP_ATOMIC, ex->array);	/* <-- GFP_ATOMIC is not the mask */
	 	if (n != ex->size)

Bad, a function that the patch itself declares:
	static void *example_new(gfp_t gfp, size_t len)
	{
		return kmalloc(len, gfp);
	}

	static void *example_two(void)
	{
		return example_new(16, GFP_KERNEL);	/* <-- GFP_KERNEL is not the mask of example_new() */
	}

Good, each in its place:
	n = kmem_cache_alloc_bulk(cache, GFP_ATOMIC, size, array);
	page = alloc_pages_node(nid, GFP_KERNEL, order);
	s = kasprintf(GFP_KERNEL, "%d", n);

Good, two masks:
	p = idr_alloc(&idr, ptr, 0, 0, GFP_KERNEL);

Good, a device's own function of that name:
	ex->ops->alloc(GFP_KERNEL, len);

Known problems:
	Functions that neither the tables nor the file itself declare, and calls
	through pointers, are not looked at.

See:
	include/linux/slab.h, include/linux/gfp.h
	net/core/skbuff.c, napi_skb_cache_get() and kmem_cache_alloc_bulk()
"""

from gfplint.rule import Function, Reports, report

SEVERITY = "error"
WORDS = ("__GFP_*", "GFP_*")


def check(fn: Function) -> Reports:
    for call in fn.calls:
        flags = [number for number, arg in enumerate(call.args) if fn.flags_alone(arg)]
        index = call.gfp_index if call.gfp_index is not None else call.mask_place if flags else None
        if index is None or index in flags:
            continue
        for number in flags:
            yield report(
                call.args[number],
                f"{call.args[number]} is not the mask of {call.name}(): that is argument {index + 1}, {call.args[index]}",
                key=(call.name, number),
                help=f"hand the mask as argument {index + 1} of {len(call.args)}",
            )
