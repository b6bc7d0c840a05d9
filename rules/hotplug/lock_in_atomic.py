# SPDX-License-Identifier: GPL-2.0-or-later
r"""A hotplug lock taken where sleeping is forbidden.

The hotplug locks are mutexes and per-CPU rwsems, and what takes them inside,
cpuhp_setup_state() or static_branch_enable(), sleeps like they do.  With a
spinlock held, preemption off or interrupts off that is a splat, and on a bad
day a deadlock.

Take the lock first, outside of the section.

Bad:
	spin_lock(&ex->lock);
	static_branch_enable(&example_key);	/* <-- static_branch_enable() takes cpu_hotplug_lock, which sleeps */
	spin_unlock(&ex->lock);

Bad patch, the section grew:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,8 +10,8 @@
	 static void example_quiet(struct example *ex)
	 {
	-	zone_pcp_disable(ex->zone);
	 	spin_lock_irq(&ex->lock);
	+	zone_pcp_disable(ex->zone);	/* <-- zone_pcp_disable() takes zone_pcp, which sleeps */
	 	example_drain(ex);
	-	spin_unlock_irq(&ex->lock);
	 	zone_pcp_enable(ex->zone);
	+	spin_unlock_irq(&ex->lock);
	 }

Good, before the section:
	static_branch_enable(&example_key);
	spin_lock(&ex->lock);
	example_start(ex);
	spin_unlock(&ex->lock);

Good, a trylock does not sleep:
	spin_lock(&ex->lock);
	if (cpus_read_trylock()) {
		example_start(ex);
		cpus_read_unlock();
	}
	spin_unlock(&ex->lock);

Known problems:
	The plain ones, cpus_read_lock() and its like, are reported by
	gfp/sleeping-call-in-atomic.

See:
	kernel/jump_label.c, static_key_enable()
	mm/page_alloc.c, zone_pcp_disable()
"""

from gfplint.rule import Function, Reports, contract_words, lock_words, report, sleepers

SEVERITY = "error"
CONFIDENCE = "medium"
WORDS = tuple(sorted({*lock_words("hotplug"), *contract_words("takes")} - sleepers()))


def check(fn: Function) -> Reports:
    for call in fn.calls_to(*WORDS):
        taken = [op.lock for op in call.acquires if op.acquire_may_sleep]
        taken = taken or list(call.contract.takes if call.contract and not call.acquires else ())
        if taken and call.atomic:
            yield report(
                call,
                f"{call.name}() takes {taken[0]}, which sleeps, and {call.context.reason}",
                key=(call.name,),
                help="take it before the section",
                related=call.note(call.context.node, "atomic from here"),
            )
