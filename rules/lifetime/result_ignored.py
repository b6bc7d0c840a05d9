# SPDX-License-Identifier: GPL-2.0-or-later
r"""An allocation whose result nobody looks at.

alloc_cpumask_var() says whether there is a mask, idr_alloc() and xa_store()
say whether there was room, kmalloc() returns the memory itself.  Where the
result is thrown away, the code goes on without what it asked for, or leaks
what it got.

Test the result; a request that cannot fail says so by __GFP_NOFAIL.

Bad:
	alloc_cpumask_var_node(&mask, GFP_ATOMIC, nid);	/* <-- nobody looks at what alloc_cpumask_var_node() returns */
	cpumask_clear(mask);

Bad, a table that may not have grown:
	sg_alloc_table(&sgt, n, GFP_KERNEL);	/* <-- nobody looks at what sg_alloc_table() returns */
	for_each_sgtable_sg(&sgt, sg, i)
		sg_set_page(sg, pages[i], PAGE_SIZE, 0);

Bad patch, after update_mask_by_l2() of powerpc:
	--- a/arch/powerpc/kernel/example.c
	+++ b/arch/powerpc/kernel/example.c
	@@ -10,6 +10,5 @@ static bool example_mask(int cpu)
	 	cpumask_var_t mask;

	-	if (!zalloc_cpumask_var(&mask, GFP_KERNEL))
	-		return false;
	+	zalloc_cpumask_var(&mask, GFP_KERNEL);	/* <-- nobody looks at what zalloc_cpumask_var() returns */
	 	cpumask_set_cpu(cpu, mask);
	 	return true;

Good, as update_mask_by_l2() does now:
	if (!alloc_cpumask_var_node(&mask, GFP_ATOMIC, nid))
		return false;

Good, handed on, or thrown away for all to see:
	(void)sg_alloc_table(&spare, n, GFP_KERNEL);
	return sg_alloc_table(&sgt, n, GFP_KERNEL);

Good, asked later:
	zalloc_cpumask_var(&mask, GFP_KERNEL);
	if (cpumask_available(mask))
		cpumask_set_cpu(cpu, mask);

Good, cannot fail:
	zalloc_cpumask_var(&mask, GFP_KERNEL | __GFP_NOFAIL);

Known problems:
	At boot, where nothing else can be done, a failure may be left to the
	first use of the pointer; __init functions are not looked at.

See:
	include/linux/cpumask.h, include/linux/scatterlist.h
	arch/powerpc/kernel/smp.c, update_mask_by_l2()
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "warning"
CONFIDENCE = "medium"
WORDS = tuple(fact("allocators", "must_check", "names"))


def check(fn: Function) -> Reports:
    tested = fact("allocators", "must_check", "tested_by")
    for call in fn.calls_to(*WORDS):
        if call.statement and not fn.at_boot and not fn.mentions(*tested) and not any(mask.may("__GFP_NOFAIL") for mask in call.masks):
            yield report(
                call,
                f"nobody looks at what {call.name}() returns, and it may fail",
                key=(call.name,),
                help="test the result, or say __GFP_NOFAIL where failure cannot be handled",
            )
