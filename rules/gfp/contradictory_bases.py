# SPDX-License-Identifier: GPL-2.0-or-later
r"""Two bases in one mask, of which one undoes the other.

GFP_NOIO, GFP_NOFS, GFP_NOWAIT and GFP_ATOMIC are chosen for what they leave
out: I/O, filesystem calls, sleeping.  Put together with a base that has
those bits the restriction is gone: GFP_KERNEL | GFP_ATOMIC sleeps, and
GFP_NOIO | GFP_USER does I/O and enters filesystems.

Use one base, the one that the place allows, and add single modifiers to it.

Bad, sleeps under the lock that GFP_ATOMIC was written for:
	p = kmalloc(len, GFP_KERNEL | GFP_ATOMIC);	/* <-- undoes GFP_ATOMIC */

Bad, the modifier would have done, as in the SCSI ioctls:
	buf = kzalloc(len, GFP_NOIO | GFP_USER | __GFP_NOWARN);	/* <-- undoes GFP_NOIO */

Bad patch:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,5 +10,5 @@ static int example_grow(struct example *ex)
	 {
	 	void *p;

	-	p = kzalloc(ex->size, GFP_KERNEL);
	+	p = kzalloc(ex->size, GFP_KERNEL | GFP_NOWAIT);	/* <-- undoes GFP_NOWAIT */
	 	if (!p)

Good, a restricted base and the modifier that GFP_USER would have brought:
	buf = kzalloc(len, GFP_NOIO | __GFP_HARDWALL | __GFP_NOWARN);

Good, one or the other:
	p = kmalloc(len, can_sleep ? GFP_KERNEL : GFP_ATOMIC);

Good, a zone selector is no base:
	p = kmalloc(len, GFP_ATOMIC | GFP_DMA);

Known problems:
	Bases that meet in a variable are not looked at: the |= may stand on
	another path than the first base.

See:
	include/linux/gfp_types.h, "Useful GFP flag combinations"
	drivers/scsi/scsi_ioctl.c, sg_scsi_ioctl()
	fs/xfs/xfs_inode_item.c, xfs_inode_item_precommit_check()
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "error"
WORDS = tuple(fact("gfp", "classes", "restricting_bases"))


def check(fn: Function) -> Reports:
    left_out = frozenset(fact("gfp", "classes", "left_out"))
    bases = frozenset(fact("gfp", "classes", "base_masks"))
    for mask in fn.written:
        weak = [name for name in mask.terms if name in fact("gfp", "classes", "restricting_bases")]
        lost = [(name, mask.adds(name, left_out)) for name in weak]
        lost = [(name, bits) for name, bits in lost if bits]
        others = [name for name in mask.terms if name in bases and name != lost[0][0]] if lost else []
        if others:
            name, bits = lost[0]
            yield report(
                mask,
                f"{others[0]} undoes {name}: {mask} has {' and '.join(bits)} again",
                key=(name, others[0]),
                help=f"use one base: {name} where its restriction is needed, else {others[0]}",
            )
