# SPDX-License-Identifier: GPL-2.0-or-later
r"""Memory used without a look at whether there is any.

An allocation fails sooner or later: the memory cgroup is at its limit, the
order is high, a test injects the fault.  The next line then writes through
NULL, or through an ERR_PTR().

Test the result before it is used; a request that cannot fail says so by
__GFP_NOFAIL.

Bad, after attach_device() of fsl_pamu:
	p = kmem_cache_zalloc(cache, GFP_ATOMIC);
	p->count = 0;	/* <-- p is used and was not tested: kmem_cache_zalloc() may have failed */

Bad, written as a whole:
	buf = vmalloc(len);
	memcpy(buf, src, len);	/* <-- buf is used and was not tested */

Bad patch, after the queues of a network driver:
	--- a/drivers/net/example.c
	+++ b/drivers/net/example.c
	@@ -10,5 +10,4 @@ static int example_open(struct example *ex)
	 {
	 	ex->ring = kcalloc(ex->num, sizeof(*ex->ring), GFP_KERNEL);
	-	if (!ex->ring)
	-		return -ENOMEM;
	-	ex->head = ex->ring;
	+	ex->ring[0].valid = 1;	/* <-- ex->ring is used and was not tested */
	 	return 0;

Good, as in mempool_create_node_noprof():
	pool = kmalloc_node(sizeof(*pool), gfp_mask, nid);
	if (!pool)
		return NULL;
	pool->nr = 0;

Good, tested together:
	p = kmalloc(sizeof(*p), GFP_KERNEL);
	q = kmalloc(sizeof(*q), GFP_KERNEL);
	if (!p || !q)
		goto out;
	p->next = q;

Good, cannot fail:
	p = kmem_cache_alloc(cache, GFP_NOFS | __GFP_NOFAIL);
	p->count = 1;

Known problems:
	Only the statement that uses the result first is looked at, in the block of the
	allocation.  At boot nothing else can be done about a failure: __init
	functions are not looked at, nor are tests.

See:
	mm/mempool.c, mempool_create_node_noprof()
	drivers/iommu/fsl_pamu_domain.c, attach_device()
	Documentation/core-api/memory-allocation.rst
	Documentation/fault-injection/fault-injection.rst
"""

from gfplint.rule import Function, Reports, fact, note, report

SEVERITY = "error"
CONFIDENCE = "medium"
WORDS = (*fact("allocators", "unchecked", "names"),)
TESTS = ("*[_-]test.c", "*kunit*", "*/test_*.c")  # they may die of it


def check(fn: Function) -> Reports:
    if fn.at_boot or fn.file.matches(TESTS):
        return
    for call in fn.calls_to(*WORDS):
        used = call.followed
        if used is not None and call.result[0] not in "*(" and call.fails and not any(mask.may("__GFP_NOFAIL") for mask in call.masks):
            yield report(
                fn.at(used),
                f"{call.result} is used and was not tested: {call.name}() may have failed",
                key=(call.name, call.result),
                help=f"test {call.result} first",
                related=[note(call, "allocated here")],
            )
