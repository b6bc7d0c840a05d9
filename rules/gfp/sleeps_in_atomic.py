# SPDX-License-Identifier: GPL-2.0-or-later
r"""An allocation that may sleep where sleeping is not allowed.

GFP_KERNEL, GFP_NOIO, GFP_NOFS and all masks with __GFP_DIRECT_RECLAIM may
wait for memory to be written out.  Under a spinlock, in an RCU read section,
with interrupts or preemption off, in an interrupt handler or a timer this is
"sleeping function called from invalid context", or a deadlock.

Allocate before the lock is taken; or use GFP_NOWAIT and a fallback, and
GFP_ATOMIC where it should nearly always succeed.

Bad, under a spinlock:
	spin_lock(&ex->lock);
	p = kmalloc(len, GFP_KERNEL);	/* <-- may sleep, and &ex->lock is held */
	ex->p = p;
	spin_unlock(&ex->lock);

Bad, in an RCU read section:
	rcu_read_lock();
	name = kstrdup(rcu_dereference(ex->name), GFP_NOFS);	/* <-- may sleep */
	rcu_read_unlock();

Bad, by way of a helper, whatever its other callers do:
	static int example_map(struct example *ex)
	{
		ex->range = kcalloc(ex->n, 8, GFP_KERNEL);	/* <-- its caller example_send() is atomic there */
		return ex->range ? 0 : -ENOMEM;
	}

	void example_send(struct example *ex)
	{
		spin_lock(&ex->lock);
		example_map(ex);
		spin_unlock(&ex->lock);
	}

Bad patch, after the buffers of imc-pmu.c:
	--- a/arch/powerpc/perf/example.c
	+++ b/arch/powerpc/perf/example.c
	@@ -10,5 +10,5 @@ static int example_event_init(struct example *ex)
	 {
	 	spin_lock(&ex->lock);
	-	ex->buf = kzalloc(ex->size, GFP_ATOMIC);
	+	ex->buf = kzalloc(ex->size, GFP_KERNEL);	/* <-- may sleep, and &ex->lock is held */
	 	spin_unlock(&ex->lock);

	 	return 0;

Good, beforehand:
	p = kmalloc(len, GFP_KERNEL);
	spin_lock(&ex->lock);
	ex->p = p;
	spin_unlock(&ex->lock);

Good, does not sleep, as thread_imc_mem_alloc() has it:
	spin_lock(&ex->lock);
	p = kmalloc(len, GFP_ATOMIC);
	spin_unlock(&ex->lock);

Good, the caller says whether it may:
	static int example_map(struct example *ex, bool wait)
	{
		if (wait)
			ex->range = kcalloc(ex->n, 8, GFP_KERNEL);
		return ex->range ? 0 : -ENOMEM;
	}

	void example_send(struct example *ex)
	{
		spin_lock(&ex->lock);
		example_map(ex, false);
		spin_unlock(&ex->lock);
	}

Good, the lock is let go:
	spin_lock(&ex->lock);
	if (!ex->p) {
		spin_unlock(&ex->lock);
		p = kmalloc(len, GFP_KERNEL);
		spin_lock(&ex->lock);
	}
	spin_unlock(&ex->lock);

Known problems:
	A lock that a caller in another folder holds is not seen.  Functions that
	drop a lock by a name that says nothing of it are taken at their word.
	A caller that is atomic may never come by the way that allocates.

See:
	include/linux/sched/mm.h, might_alloc()
	Documentation/core-api/memory-allocation.rst
	arch/powerpc/perf/imc-pmu.c, thread_imc_mem_alloc()
	drivers/net/hyperv/netvsc.c, netvsc_dma_map(), which netvsc_start_xmit() leads to
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "error"
CONFIDENCE = "medium"
WORDS = ("__GFP_*", "GFP_*")


def check(fn: Function) -> Reports:
    for call in fn.calls:
        sleeping = [mask for mask in call.masks if mask.blocks]
        why = call.forbidden if sleeping and call.name not in fact("allocators", "drops_lock", "names") else None
        if why is not None:
            yield report(
                sleeping[0],
                f"{call.name}() with {sleeping[0]} may sleep, and {why.reason}",
                key=(call.name, sleeping[0].names),
                help="allocate before, or use GFP_NOWAIT with a fallback, or GFP_ATOMIC",
                related=call.note(why.node, "atomic from here"),
            )
