# SPDX-License-Identifier: GPL-2.0-or-later
r"""A flag that the allocator called does not look at, or sets itself.

Not every flag means something to every allocator.  A mempool sets
__GFP_NORETRY, __GFP_NOWARN and __GFP_NOMEMALLOC on its own; each folio is a
compound page; the DMA API takes zones out of the mask, because the device's
DMA mask says where the memory may lie; slab objects neither move nor become
pages of the page cache.  Such a flag tells the reader of an effect that is
not there.

Leave it out.

Bad:
	req = mempool_alloc(pool, GFP_NOIO | __GFP_NOWARN);	/* <-- __GFP_NOWARN changes nothing for mempool_alloc() */

Bad, a folio:
	folio = folio_alloc(GFP_KERNEL | __GFP_COMP, order);	/* <-- __GFP_COMP changes nothing for folio_alloc() */

Bad, a zone for the DMA API:
	buf = dma_alloc_coherent(dev, len, &dma, GFP_KERNEL | GFP_DMA);	/* <-- GFP_DMA changes nothing */

Bad patch, after the requests of lru caches in scsi_lib.c:
	--- a/drivers/scsi/example.c
	+++ b/drivers/scsi/example.c
	@@ -10,5 +10,5 @@ static int example_queue(struct example *ex)
	 {
	 	struct scatterlist *sg;

	-	sg = mempool_alloc(ex->pool, GFP_NOIO);
	+	sg = mempool_alloc(ex->pool, GFP_NOIO | __GFP_NORETRY);	/* <-- __GFP_NORETRY changes nothing */
	 	sg_init_table(sg, ex->count);

Good, page allocators heed it:
	page = alloc_pages(GFP_KERNEL | __GFP_COMP, order);
	page = alloc_page(GFP_KERNEL | GFP_DMA32);

Good, a base that brings it:
	req = mempool_alloc(pool, GFP_NOWAIT);

Known problems:
	The memory of a pool may come from a function of the driver's own that
	looks at more of the mask; what the pool sets, it sets for that one too.

See:
	mm/mempool.c, mempool_alloc_noprof()
	mm/page_alloc.c, __folio_alloc_noprof()
	kernel/dma/mapping.c, dma_alloc_attrs()
	mm/slub.c, new_slab()
	drivers/scsi/scsi_lib.c, the pool of sense buffers
"""

from gfplint.rule import Function, Reports, report, rows

SEVERITY = "info"
WORDS = tuple(sorted({row["flag"] for row in rows("allocators", "idle")}))


def check(fn: Function) -> Reports:
    for call, mask in fn.allocations:
        if not mask.within(call) or mask.only_modifiers:
            continue
        for row in rows("allocators", "idle"):
            flag, bit = row["flag"], f"__{row['flag'].lstrip('_')}"
            if call.in_class((row["class"],)) and flag in mask.names and mask.has((bit,)):
                yield report(
                    mask,
                    f"{flag} changes nothing for {call.name}(): {row['why']}",
                    key=(call.name, flag),
                    help=f"leave {flag} out",
                )
