# SPDX-License-Identifier: GPL-2.0-or-later
r"""A mask that names two zones.

At most one of __GFP_DMA, __GFP_DMA32 and __GFP_HIGHMEM may stand in a mask:
each says in which zone the search begins.  Two of them are an entry of
GFP_ZONE_BAD: gfp_zone() hits a VM_BUG_ON() in a debug kernel and picks some
zone in others.

Keep the one that the device needs; better, set the device's DMA mask and
allocate with dma_alloc_coherent() or dma_alloc_pages().

Bad:
	page = alloc_page(GFP_KERNEL | __GFP_DMA | __GFP_HIGHMEM);	/* <-- names two zones */

Bad, the base brings a zone of its own:
	page = alloc_page(GFP_HIGHUSER | GFP_DMA32);	/* <-- names two zones */

Bad patch, after the descriptor pools of knav_qmss_queue.c:
	--- a/drivers/soc/example/queue.c
	+++ b/drivers/soc/example/queue.c
	@@ -30,5 +30,5 @@ static int example_region(struct example *ex)
	 {
	 	size_t size = ex->num * ex->size;

	-	ex->start = alloc_pages_exact(size, GFP_KERNEL | GFP_DMA32);
	+	ex->start = alloc_pages_exact(size, GFP_KERNEL | GFP_DMA | GFP_DMA32);	/* <-- names two zones */
	 	if (!ex->start)

Good, one zone:
	page = alloc_page(GFP_KERNEL | GFP_DMA32);

Good, one or the other:
	page = alloc_page(GFP_KERNEL | (ex->narrow ? GFP_DMA : GFP_DMA32));

Good, the zone of the base is taken out first:
	page = alloc_page((GFP_HIGHUSER & ~__GFP_HIGHMEM) | GFP_DMA32);

Known problems:
	A zone that a caller in another function adds is not seen.

See:
	include/linux/gfp.h, GFP_ZONE_BAD and gfp_zone()
	drivers/soc/ti/knav_qmss_queue.c, knav_queue_setup_region()
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "error"
WORDS = ("__GFP_*", "GFP_DMA", "GFP_DMA32")


def check(fn: Function) -> Reports:
    for mask in fn.masks:
        zones = mask.has(fact("gfp", "classes", "zones_exclusive"))
        if len(zones) > 1:
            yield report(
                mask,
                f"{mask} names two zones, {' and '.join(zones)}: no zone list serves that",
                key=zones,
                help="keep the zone that is needed, or state the limit by a DMA mask and the DMA API",
            )
