# SPDX-License-Identifier: GPL-2.0-or-later
r"""The size of a structure and its array as a sum that may overflow.

sizeof(*p) + n * sizeof(p->item[0]) wraps around when n is large, and n often
comes from a device, a file or a user.  The allocation succeeds, too small,
and the loop over the array writes behind it.

struct_size(p, item, n) is the same sum, and stays at SIZE_MAX where it would overflow.

Bad:
	p = kzalloc(sizeof(*p) + n * sizeof(p->item[0]), GFP_KERNEL);	/* <-- may overflow */

Bad, the other way round, a type:
	p = kvmalloc(sizeof(struct example_item) * n + sizeof(struct example), GFP_KERNEL);	/* <-- may overflow */

Bad patch, after the flow tables of a network driver:
	--- a/drivers/net/example.c
	+++ b/drivers/net/example.c
	@@ -10,5 +10,5 @@ static struct table *example_table(int nr)
	 {
	 	struct table *t;

	-	t = kzalloc(struct_size(t, slot, nr), GFP_KERNEL);
	+	t = kzalloc(sizeof(*t) + nr * sizeof(*t->slot), GFP_KERNEL);	/* <-- may overflow */
	 	if (!t)

Good, as in ext4_expand_inode_array():
	p = kmalloc(struct_size(p, inodes, n), GFP_NOFS);

Good, a constant number:
	p = kmalloc(sizeof(*p) + 4 * sizeof(p->item[0]), GFP_KERNEL);
	q = kmalloc(sizeof(*q) + EXAMPLE_MAX * sizeof(q->item[0]), GFP_KERNEL);

Known problems:
	A number that was looked at before cannot overflow; the finding is right
	about the form, not about a fault.  Where the array is no member of the structure,
	size_add() and array_size() take the place of struct_size().

See:
	Documentation/process/deprecated.rst, "open-coded arithmetic in allocator arguments"
	include/linux/overflow.h, struct_size()
	fs/ext4/xattr.c, ext4_expand_inode_array()
"""

from gfplint.rule import Function, Reports, fact, report, twins

SEVERITY = "info"
WORDS = tuple(twins("allocators", "arrays"))


def check(fn: Function) -> Reports:
    of_one = set(fact("allocators", "of_one", "sizes"))
    for call in fn.calls_to(*WORDS):
        size = call.arg("size")
        sides = size.sum if size is not None else None
        products = [[str(part) for part in side.product] for side in sides or () if side.product]
        if size is None or len(products) != 1 or set(products[0]) & of_one:
            continue
        counts = [part for part in products[0] if not part.startswith("sizeof")]
        heads = [side for side in sides or () if not side.product and str(side).startswith("sizeof")]
        if len(counts) == 1 and heads and not counts[0].startswith("ARRAY_SIZE(") and not counts[0].isupper() and not counts[0].isdigit():
            text = " + ".join(str(side) for side in sides or ())
            yield report(size, f"{text} may overflow: {call.name}() then hands out too little", key=(call.name, counts[0]), help="use struct_size()")
