# SPDX-License-Identifier: GPL-2.0-or-later
r"""A test for all bits of a base that richer bases have, too.

(gfp & GFP_NOIO) == GFP_NOIO asks for reclaim and nothing else, it seems.  But
GFP_KERNEL has all bits of GFP_NOIO and two more: the test is true for both.

Ask for the property that is meant: gfpflags_allow_blocking(gfp), gfp & __GFP_FS,
gfp_has_io_fs(gfp).

Bad:
	if ((gfp & GFP_NOIO) == GFP_NOIO)	/* <-- is true for GFP_KERNEL too */
		noio = true;

Bad, after allocate_flush() of dm-vdo:
	if ((gfp_mask & GFP_NOWAIT) == GFP_NOWAIT)	/* <-- is true for GFP_KERNEL | __GFP_NOWARN too */
		flush = example_flush_alloc(GFP_NOWAIT);

Bad patch:
	--- a/drivers/net/ethernet/example.c
	+++ b/drivers/net/ethernet/example.c
	@@ -10,5 +10,5 @@ static void example_refill(struct example *ex, gfp_t gfp)
	 {
	 	bool reclaim;

	-	reclaim = gfp & __GFP_FS;
	+	reclaim = (gfp & GFP_NOFS) != GFP_NOFS;	/* <-- is true for GFP_KERNEL too */
	 	example_fill(ex, reclaim);

Good, the property:
	if (gfpflags_allow_blocking(gfp))
		cond_resched();

Good, after the tests of path records in sa_query.c, no other base has all of these:
	if ((gfp & GFP_ATOMIC) == GFP_ATOMIC)
		atomic = true;

Good, one mask out of the two that the callers have:
	if (gfp == GFP_NOIO)
		e = kmem_cache_alloc(example_cache, GFP_ATOMIC);

Good, one flag:
	if ((gfp & __GFP_FS) == 0)
		return -EAGAIN;

Known problems:
	Where the callers use two masks only, that the test tells them apart may be
	all that is wanted.

See:
	include/linux/gfp.h, gfpflags_allow_blocking()
	drivers/md/dm-vdo/flush.c, allocate_flush()
	drivers/infiniband/core/sa_query.c, ib_nl_send_msg()
"""

from gfplint.rule import Function, Reports, report, twins

SEVERITY = "info"
WORDS = tuple(twins("gfp", "covered"))


def check(fn: Function) -> Reports:
    covered = twins("gfp", "covered")
    for mask in fn.written:
        other, name = mask.compared, str(mask)
        if name in covered and "&" in other and name in other:
            yield report(
                mask,
                f"a comparison of {other} with {name} is true for {covered[name]} too, which has all of these bits",
                key=(name,),
                help="ask for one property: gfpflags_allow_blocking(gfp), gfp & __GFP_FS, gfp_has_io_fs(gfp)",
            )
