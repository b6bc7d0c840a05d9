# SPDX-License-Identifier: GPL-2.0-or-later
r"""A mask tested against a name that stands for several bits.

GFP_NOWAIT, GFP_ATOMIC, GFP_KERNEL and their like are several bits, and all
of them contain __GFP_KSWAPD_RECLAIM.  So gfp & GFP_NOWAIT is true for nearly
every mask, GFP_KERNEL among them, and gfp & GFP_KERNEL is true for
GFP_ATOMIC.  The test was meant to ask for one property.

Ask for that: gfpflags_allow_blocking(gfp), gfp & __GFP_FS, gfp_has_io_fs(gfp).

Bad:
	if (gfp & GFP_KERNEL)	/* <-- true for nearly every mask */
		might_sleep();

Bad, negated, one of several conditions:
	if (!(gfp & GFP_ATOMIC) && ex->can_wait)	/* <-- true for nearly every mask */
		wait_for_completion(&ex->done);

Bad patch, after alloc_multiple_bios() of dm.c:
	--- a/drivers/md/example.c
	+++ b/drivers/md/example.c
	@@ -20,5 +20,5 @@ static void example_bios(struct example *ex, gfp_t gfp)
	 {
	 	int try;

	-	for (try = !gfpflags_allow_blocking(gfp) ? 0 : 1; try < 2; try++) {
	+	for (try = (gfp & GFP_NOWAIT) ? 0 : 1; try < 2; try++) {	/* <-- true for nearly every mask */
	 		example_fill(ex, try);

Good, one bit, or the helper:
	if (!(gfp & __GFP_FS) || !gfpflags_allow_blocking(gfp))
		return -EAGAIN;

Good, compared with the whole name:
	if ((gfp & GFP_KERNEL) == GFP_KERNEL)
		might_sleep();

Good, no test but a mask made smaller:
	p = kmalloc(len, gfp & GFP_KERNEL);

Known problems:
	A test for GFP_ZONEMASK or __GFP_RECLAIM asks for any of their bits, as
	it reads; nothing is said of those.

See:
	include/linux/gfp.h, gfpflags_allow_blocking() and gfp_has_io_fs()
	drivers/md/dm.c, alloc_multiple_bios()
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "error"
WORDS = tuple(fact("gfp", "classes", "base_masks"))


def check(fn: Function) -> Reports:
    for mask in fn.written:
        name = next((flag for flag in mask.tests if flag in fact("gfp", "classes", "base_masks")), None)
        if name and len(mask.tests) == 1:
            yield report(
                mask,
                f"{mask} is true for nearly every mask: {name} stands for several bits that others have too",
                key=(name,),
                help="ask for one property: gfpflags_allow_blocking(gfp), gfp & __GFP_FS, gfp_has_io_fs(gfp)",
            )
