# SPDX-License-Identifier: GPL-2.0-or-later
r"""A test for the failure of an allocation that cannot fail.

With __GFP_NOFAIL the allocator tries until it succeeds.  mempool_alloc() waits
for an element to come back, and bio_alloc() for a bio, as long as the mask
lets them sleep.  A branch for their failure is never run, never tested, and
makes the reader believe that the caller copes without the memory.

Leave the branch out; or, where it is wanted, leave __GFP_NOFAIL out.

Bad:
	p = kmalloc(len, GFP_NOFS | __GFP_NOFAIL);	/* <-- kmalloc() with GFP_NOFS | __GFP_NOFAIL cannot fail */
	if (!p)
		return -ENOMEM;

Bad, a pool:
	req = mempool_alloc(pool, GFP_NOIO);	/* <-- mempool_alloc() with GFP_NOIO cannot fail */
	if (req == NULL)
		return -ENOMEM;

Bad patch, after the bios of nvdimm:
	--- a/drivers/nvdimm/example.c
	+++ b/drivers/nvdimm/example.c
	@@ -10,6 +10,6 @@ static int example_flush(struct example *ex)
	 {
	 	void *elem;

	-	elem = mempool_alloc(ex->pool, GFP_ATOMIC);
	+	elem = mempool_alloc(ex->pool, GFP_NOIO);	/* <-- cannot fail */
	 	if (!elem)
	 		return -ENOMEM;

Good, as in the journal of jbd2:
	p = kmem_cache_alloc(cache, GFP_NOFS | __GFP_NOFAIL);
	p->count = 1;

Good, may fail:
	req = mempool_alloc(pool, GFP_NOWAIT);
	if (!req)
		return -ENOMEM;

Good, the caller decides:
	req = mempool_alloc(pool, gfp);
	if (!req)
		return -ENOMEM;

Known problems:
	bio_alloc() of more vectors than a bio_set without vectors can serve fails
	whatever its mask is.

See:
	include/linux/gfp_types.h, "__GFP_NOFAIL"
	mm/mempool.c, mempool_alloc_noprof()
	fs/jbd2/transaction.c, start_this_handle()
"""

from gfplint.rule import Function, Reports, report

SEVERITY = "info"
WORDS = ("__GFP_NOFAIL", "mempool_alloc*", "bio_alloc*")


def check(fn: Function) -> Reports:
    for call, mask in fn.allocations:
        kind = call.allocator.fail if call.allocator else ""
        waits = kind == "never_if_blocking" or (kind in ("null", "zero") and mask.has(("__GFP_NOFAIL",)))
        if waits and mask.blocks and len(call.masks) == 1 and call.failure_test:
            yield report(
                call,
                f"{call.name}() with {mask} cannot fail, and {call.result} is tested",
                key=(call.name, call.result),
                help="leave the branch out",
                related=call.note(call.failure_test, "never true"),
            )
