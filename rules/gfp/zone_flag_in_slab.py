# SPDX-License-Identifier: GPL-2.0-or-later
r"""Slab memory asked for in a zone that slab cannot serve.

kmalloc() and the slab caches hand out memory of the linear map, from lists
that know ordinary and DMA memory only.  __GFP_HIGHMEM and __GFP_DMA32, and
composites that contain them such as GFP_HIGHUSER and GFP_DMA32, are
GFP_SLAB_BUG_MASK: the flag is dropped with a warning and a stack dump, and
the memory may lie above 4 GiB.

Use alloc_page(), a cache made with SLAB_CACHE_DMA32, or the DMA API.

Bad:
	p = kmalloc(len, GFP_KERNEL | GFP_DMA32);	/* <-- kmalloc() cannot serve __GFP_DMA32 */

Bad, a composite with a zone in it:
	p = kzalloc(len, GFP_HIGHUSER);	/* <-- kzalloc() cannot serve __GFP_HIGHMEM */

Bad patch, after the command buffers of dasd:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,5 +10,5 @@ static int example_table(struct example *ex)
	 {
	 	void *p;

	-	p = kmem_cache_alloc(ex->cache, GFP_KERNEL | GFP_DMA);
	+	p = kmem_cache_alloc(ex->cache, GFP_KERNEL | GFP_DMA32);	/* <-- cannot serve __GFP_DMA32 */
	 	if (!p)

Good, the zone that slab has lists for, as in dasd_eckd.c:
	p = kmem_cache_alloc(cache, GFP_KERNEL | GFP_DMA);

Good, pages may come from there:
	page = alloc_page(GFP_KERNEL | GFP_DMA32);

Known problems:
	A mask from another function is not known.

See:
	mm/internal.h, GFP_SLAB_BUG_MASK
	mm/slab_common.c, kmalloc_fix_flags()
	drivers/s390/block/dasd_eckd.c, dasd_eckd_build_check_tcw()
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "error"
WORDS = ("__GFP_*", "GFP_*")


def check(fn: Function) -> Reports:
    for call in fn.calls:
        for mask in call.masks if call.in_class(fact("allocators", "slab_backed", "classes")) else ():
            zones = [bit for bit in call.refuses(mask) if bit in fact("gfp", "classes", "zone_modifiers")]
            if zones:
                yield report(
                    mask,
                    f"{call.name}() cannot serve {' or '.join(zones)}: slab drops it with a warning",
                    key=zones,
                    help="use alloc_page(), a cache with SLAB_CACHE_DMA32, or the DMA API",
                )
