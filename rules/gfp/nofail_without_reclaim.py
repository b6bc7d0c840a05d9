# SPDX-License-Identifier: GPL-2.0-or-later
r"""A request that must not fail, yet may not reclaim.

__GFP_NOFAIL makes the allocator try for ever, and to try it must reclaim.
Without __GFP_DIRECT_RECLAIM, as with GFP_ATOMIC or GFP_NOWAIT, it warns and
returns NULL all the same, and the caller, who was promised memory, uses it.

Allocate where sleeping is allowed, with GFP_KERNEL | __GFP_NOFAIL or the
like, or drop __GFP_NOFAIL and handle the failure.

Bad:
	p = kmalloc(len, GFP_ATOMIC | __GFP_NOFAIL);	/* <-- must not fail, yet does not reclaim */

Bad, through a variable:
	gfp_t gfp = GFP_NOWAIT;

	gfp |= __GFP_NOFAIL;	/* <-- must not fail, yet does not reclaim */
	p = kmem_cache_alloc(cache, gfp);

Bad patch, after buffer heads, which must be had:
	--- a/fs/example/buffer.c
	+++ b/fs/example/buffer.c
	@@ -10,5 +10,5 @@ static struct buffer_head *example_head(struct example *ex)
	 {
	 	struct buffer_head *bh;

	-	bh = alloc_buffer_head(GFP_NOFS | __GFP_NOFAIL);
	+	bh = alloc_buffer_head(GFP_NOWAIT | __GFP_NOFAIL);	/* <-- must not fail, yet does not reclaim */
	 	bh->b_state = 0;

Good:
	p = kmalloc(len, GFP_NOFS | __GFP_NOFAIL);

Good, the base is the caller's, as in alloc_page_buffers():
	bh = alloc_buffer_head(gfp | __GFP_NOFAIL);

Known problems:
	A mask that another function completes is not known.

See:
	include/linux/gfp_types.h, "__GFP_NOFAIL"
	mm/page_alloc.c, __alloc_pages_slowpath(), its WARN_ON_ONCE() of can_direct_reclaim
	fs/buffer.c, alloc_page_buffers()
"""

from gfplint.rule import Function, Reports, report

SEVERITY = "error"
WORDS = ("__GFP_NOFAIL",)


def check(fn: Function) -> Reports:
    for mask in fn.masks:
        if mask.has(WORDS) and mask.cannot_block:
            yield report(
                mask,
                f"{mask} must not fail, yet does not reclaim: the allocator warns and returns NULL",
                key=WORDS,
                help="allocate where it may sleep, or leave __GFP_NOFAIL out and handle the failure",
            )
