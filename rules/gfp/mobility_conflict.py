# SPDX-License-Identifier: GPL-2.0-or-later
r"""Memory that is called movable and cannot move.

__GFP_MOVABLE tells the allocator that the page can be migrated: it is put
among movable ones, perhaps into ZONE_MOVABLE or a CMA area.  A page that is
used by its address stays where it is; one such page keeps a whole block from
being offlined or from becoming a huge page.  __GFP_RECLAIMABLE says of the
same page that a shrinker frees it: the two exclude each other, and
gfp_migratetype() warns.

Leave __GFP_MOVABLE out.

Bad, both:
	page = alloc_page(GFP_KERNEL | __GFP_MOVABLE | __GFP_RECLAIMABLE);	/* <-- says both __GFP_MOVABLE and __GFP_RECLAIMABLE */

Bad, through a composite:
	page = alloc_page(GFP_HIGHUSER_MOVABLE | __GFP_RECLAIMABLE);	/* <-- says both */

Bad, used by its address:
	buf = (void *)__get_free_pages(GFP_KERNEL | __GFP_MOVABLE, 2);	/* <-- memory that __get_free_pages() hands out by its address cannot move */

Bad patch, after the block allocations of zram:
	--- a/drivers/block/example.c
	+++ b/drivers/block/example.c
	@@ -10,5 +10,5 @@ static int example_init(struct example *ex)
	 {
	 	void *buf;

	-	buf = kmalloc(ex->size, GFP_KERNEL);
	+	buf = kmalloc(ex->size, GFP_KERNEL | __GFP_MOVABLE);	/* <-- cannot move */
	 	if (!buf)

Good, the pool moves its objects, as in zram_drv.c:
	handle = zs_malloc(pool, len, GFP_NOIO | __GFP_HIGHMEM | __GFP_MOVABLE);

Good, one of them:
	page = alloc_page(GFP_KERNEL | __GFP_RECLAIMABLE);

Good, a page of the page cache:
	page = alloc_page(GFP_HIGHUSER_MOVABLE);

Known problems:
	Pages whose address is taken later, by page_address(), are not looked at.

See:
	include/linux/gfp.h, gfp_migratetype()
	include/linux/gfp_types.h, "Page mobility and placement hints"
	drivers/block/zram/zram_drv.c, zram_write_page()
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "error"
WORDS = ("__GFP_MOVABLE", "GFP_HIGHUSER_MOVABLE", "__GFP_RECLAIMABLE")


def check(fn: Function) -> Reports:
    for call, mask in fn.allocations:
        if mask.has(("__GFP_MOVABLE", "__GFP_RECLAIMABLE")) == ("__GFP_MOVABLE", "__GFP_RECLAIMABLE"):
            text = f"{mask} says both __GFP_MOVABLE and __GFP_RECLAIMABLE: the page is one or the other"
            yield report(mask, text, key=("both",), help="keep the one that is true")
        elif mask.has(("__GFP_MOVABLE",)) and call.in_class(fact("allocators", "by_address", "classes")):
            yield report(
                mask,
                f"memory that {call.name}() hands out by its address cannot move, and {mask} says that it can",
                key=(call.name,),
                help="leave __GFP_MOVABLE out",
            )
