# SPDX-License-Identifier: GPL-2.0-or-later
r"""A bitmap that is read, or filled in part, before anything was put into it.

bitmap_alloc() and alloc_cpumask_var() hand out memory as it was left.  Setting
single bits in it, or-ing something into it, or asking whether it is empty
works on garbage.  With CONFIG_CPUMASK_OFFSTACK off a cpumask_var_t lies on
the stack and is no better.

Use bitmap_zalloc() or zalloc_cpumask_var().

Bad:
	map = bitmap_alloc(n, GFP_KERNEL);	/* <-- map is not cleared before set_bit() */
	if (!map)
		return -ENOMEM;
	set_bit(first, map);

Bad, into itself, after the masks of mana's gdma_main.c:
	if (!alloc_cpumask_var(&mask, GFP_KERNEL))	/* <-- mask is not cleared before cpumask_or() */
		return -ENOMEM;
	cpumask_or(mask, mask, topology_sibling_cpumask(cpu));

Bad patch:
	--- a/arch/powerpc/platforms/powernv/example.c
	+++ b/arch/powerpc/platforms/powernv/example.c
	@@ -10,7 +10,7 @@ static int example_pick(struct example *ex)
	 {
	 	unsigned long *map;

	-	map = bitmap_zalloc(ex->num, GFP_KERNEL);
	+	map = bitmap_alloc(ex->num, GFP_KERNEL);	/* <-- map is not cleared before __set_bit() */
	 	if (!map)
	 		return -ENOMEM;
	 	__set_bit(ex->first, map);

Good:
	map = bitmap_zalloc(n, GFP_KERNEL);
	if (!map)
		return -ENOMEM;
	set_bit(first, map);

Good, written as a whole first:
	if (!alloc_cpumask_var(&mask, GFP_KERNEL))
		return -ENOMEM;
	cpumask_and(mask, cpu_online_mask, cpumask_of_node(nid));

Good, cleared:
	map = bitmap_alloc(n, GFP_KERNEL);
	if (!map)
		return -ENOMEM;
	bitmap_zero(map, n);
	set_bit(first, map);

Known problems:
	Only the statement that uses the bitmap first is looked at, in the block
	where it was allocated.

See:
	include/linux/bitmap.h, include/linux/cpumask.h
	drivers/net/ethernet/microsoft/mana/gdma_main.c, irq_setup()
"""

from gfplint.rule import Function, Reports, fact, note, report

SEVERITY = "error"
CONFIDENCE = "medium"
WORDS = tuple(fact("allocators", "bitmaps", "allocators"))


def check(fn: Function) -> Reports:
    for call in fn.calls_to(*WORDS):
        user = call.first_use
        if user is None or any(mask.may("__GFP_ZERO") for mask in call.masks):
            continue
        sources = [str(arg) for arg in user.args[1:]]
        reads = user.name in fact("allocators", "bitmaps", "reads")
        if reads or (user.name in fact("allocators", "bitmaps", "writes_first") and call.filled in sources):
            yield report(
                call,
                f"{call.filled} is not cleared before {user.name}() works on it: {call.name}() hands it out as it was left",
                key=(call.name, call.filled, user.name),
                help="use bitmap_zalloc() or zalloc_cpumask_var()",
                related=[note(user, "used here")],
            )
