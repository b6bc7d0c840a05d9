# SPDX-License-Identifier: GPL-2.0-or-later
r"""Flags combined by an operator that does not combine flags.

A mask is put together with |.  With & only the common bits are left, for two
single flags none at all; || gives 1, which is the bit of __GFP_DMA; + carries
into other bits as soon as the two have one in common.

Bad, nothing is left:
	p = kmalloc(len, GFP_KERNEL & __GFP_ZERO);	/* <-- put together with & */

Bad, the truth of both:
	p = kmalloc(len, GFP_KERNEL || __GFP_NOWARN);	/* <-- put together with || */

Bad, works by luck:
	p = kmalloc(len, GFP_KERNEL + __GFP_NOWARN);	/* <-- put together with + */

Bad patch, after bvec_alloc_gfp() of block/bio.c:
	--- a/block/example.c
	+++ b/block/example.c
	@@ -10,5 +10,5 @@ static struct bio_vec *example_vec(mempool_t *pool, gfp_t gfp)
	 {
	 	struct bio_vec *bv;

	-	gfp &= ~(__GFP_DIRECT_RECLAIM | __GFP_IO);
	+	gfp &= ~(__GFP_DIRECT_RECLAIM & __GFP_IO);	/* <-- put together with & */
	 	bv = mempool_alloc(pool, gfp);

Good, as in bvec_alloc_gfp():
	gfp &= ~(__GFP_DIRECT_RECLAIM | __GFP_IO);

Good, a flag is taken out:
	p = kmalloc(len, GFP_KERNEL & ~__GFP_FS);

Good, two tests:
	if ((gfp & __GFP_FS) || (gfp & __GFP_IO))
		return true;

Known problems:
	None known.

See:
	include/linux/gfp_types.h
	block/bio.c, bvec_alloc_gfp()
	scripts/coccinelle/misc/orplus.cocci, which knows the last of the three
"""

from gfplint.rule import Function, Reports, report

SEVERITY = "error"
WORDS = ("__GFP_*", "GFP_*")


def check(fn: Function) -> Reports:
    for mask in fn.written:
        wrong = [sign for sign in mask.signs if sign in ("&", "&&", "||", "+")]
        if wrong:
            yield report(
                mask,
                f"flags are put together with {wrong[0]}: {mask}",
                key=(wrong[0], mask.names),
                help="put flags together with |",
            )
