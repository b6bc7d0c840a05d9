# SPDX-License-Identifier: GPL-2.0-or-later
r"""A mask that may sleep, passed to a function that allocates under a lock.

A function that takes a gfp_t and hands it on leaves it to its callers whether
the allocation may sleep.  Where it does so under a spinlock, in an RCU read
section or with interrupts off, no caller has that choice: GFP_KERNEL sleeps
there, wherever it was written.

Let the function allocate before it takes the lock, load the object into it
(idr_preload(), xas_nomem()), or have it use GFP_NOWAIT or GFP_ATOMIC and drop
the parameter.

Bad, after the request numbers of pci-hyperv:
	static int example_number(struct example *ex, gfp_t gfp)
	{
		unsigned long flags;
		int id;

		spin_lock_irqsave(&ex->idr_lock, flags);
		id = idr_alloc(&ex->idr, ex, 1, 0, gfp);	/* <-- gets GFP_KERNEL from example_send() */
		spin_unlock_irqrestore(&ex->idr_lock, flags);
		return id;
	}

	static int example_send(struct example *ex)
	{
		return example_number(ex, GFP_KERNEL);
	}

Bad patch, the lock is new:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,12 +10,14 @@
	 static char *example_name(struct example *ex, gfp_t flags)
	 {
	 	char *name;

	+	rcu_read_lock();
	 	name = kstrdup(ex->name, flags);	/* <-- gets GFP_KERNEL from example_show() */
	+	rcu_read_unlock();
	 	return name;
	 }

	 static void example_show(struct example *ex)
	 {
	 	ex->shown = example_name(ex, GFP_KERNEL);
	 }

Good, as the callers of radix trees have it, they pass what fits:
	static int example_number(struct example *ex, gfp_t gfp)
	{
		int id;

		spin_lock(&ex->idr_lock);
		id = idr_alloc(&ex->idr, ex, 1, 0, gfp);
		spin_unlock(&ex->idr_lock);
		return id;
	}

	static int example_send(struct example *ex)
	{
		return example_number(ex, GFP_ATOMIC);
	}

Good, the mask is made fit for the lock:
	static char *example_name(struct example *ex, gfp_t flags)
	{
		char *name;

		rcu_read_lock();
		name = kstrdup(ex->name, flags & ~__GFP_DIRECT_RECLAIM);
		rcu_read_unlock();
		return name;
	}

	static void example_show(struct example *ex)
	{
		ex->shown = example_name(ex, GFP_KERNEL);
	}

Known problems:
	Callers in other folders are not seen, nor, without a kernel tree, those that
	the hunks do not show.

See:
	include/linux/sched/mm.h, might_alloc()
	lib/idr.c, idr_preload() in lib/radix-tree.c
	Documentation/core-api/memory-allocation.rst
"""

from gfplint.rule import Function, Reports, fact, note, report

SEVERITY = "error"
CONFIDENCE = "medium"
WORDS = ("gfp_t",)


def check(fn: Function) -> Reports:
    for call in fn.calls if fn.gfp_params else ():
        why = call.atomic if call.name not in fact("allocators", "drops_lock", "names") else None
        sleeping = [mask for mask in call.passed if mask.blocks] if why is not None else []
        if sleeping and why is not None:
            yield report(
                call,
                f"{call.name}() gets {sleeping[0]} from {sleeping[0].definition.name}() and may sleep, and {why.reason}",
                key=(call.name,),
                help="allocate before, or use GFP_NOWAIT or GFP_ATOMIC here, whatever the callers want",
                related=[*call.note(why.node, "atomic from here"), note(sleeping[0], "passed here")],
            )
