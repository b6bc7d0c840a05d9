# SPDX-License-Identifier: GPL-2.0-or-later
r"""The size of an array as a product that may overflow.

n * sizeof(x) wraps around when n is large, and n often comes from a device, a
file or a user.  The allocation then succeeds, far too small, and the loop
over n elements writes behind it.  kmalloc_array(), kcalloc() and their like
multiply with a check and return NULL.

Use the allocator for arrays; array_size() or struct_size() where there is
none.

Bad:
	v = kmalloc(n * sizeof(*v), GFP_KERNEL);	/* <-- n * sizeof(*v) may overflow */

Bad, the other way round:
	v = kvzalloc(sizeof(struct example) * ex->count, GFP_KERNEL);	/* <-- may overflow */

Bad patch, after the channel tables of a network driver:
	--- a/drivers/net/example.c
	+++ b/drivers/net/example.c
	@@ -10,5 +10,5 @@ static int example_open(struct example *ex)
	 {
	 	struct ring *rings;

	-	rings = kcalloc(ex->count, sizeof(*rings), GFP_KERNEL);
	+	rings = kzalloc(ex->count * sizeof(*rings), GFP_KERNEL);	/* <-- may overflow */
	 	if (!rings)

Good, as alloc_fdtable() does:
	v = kvmalloc_array(n, sizeof(*v), GFP_KERNEL_ACCOUNT);

Good, a constant number:
	v = kmalloc(EXAMPLE_MAX * sizeof(*v), GFP_KERNEL);
	w = kmalloc(16 * sizeof(*w), GFP_KERNEL);

Known problems:
	A number that was looked at before cannot overflow; the finding is right
	about the form, not about a fault.  Names in capitals are taken for
	constants.

See:
	Documentation/process/deprecated.rst, "open-coded arithmetic in allocator arguments"
	include/linux/slab.h, kmalloc_array()
	fs/file.c, alloc_fdtable()
"""

from gfplint.rule import Function, Reports, fact, report, twins

SEVERITY = "info"
WORDS = tuple(twins("allocators", "arrays"))


def check(fn: Function) -> Reports:
    for call in fn.calls_to(*WORDS):
        size = call.arg("size")
        sides = [str(side) for side in size.product] if size is not None and size.product else []
        counts = [side for side in sides if not side.startswith("sizeof")]
        if size is None or len(counts) != 1 or set(sides) & set(fact("allocators", "of_one", "sizes")):
            continue
        if not counts[0].startswith("ARRAY_SIZE(") and not counts[0].isupper() and not counts[0].isdigit():
            array = twins("allocators", "arrays")[call.name]
            yield report(
                size,
                f"{size} may overflow: {call.name}() then hands out too little",
                key=(call.name, counts[0]),
                help=f"use {array}()",
            )
