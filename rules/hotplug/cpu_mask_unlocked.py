# SPDX-License-Identifier: GPL-2.0-or-later
r"""A CPU found online, and used after the task may have slept.

cpu_online(), cpumask_first(cpu_online_mask) and for_each_online_cpu() say who
is online now.  Where nothing keeps CPUs from going, neither cpus_read_lock()
nor disabled preemption, the answer is old as soon as the task sleeps: work is
sent to a CPU that is gone, or one that comes is forgotten.

Hold cpus_read_lock() from the question to the end of what depends on it, or
say why it does not matter.  This is a question: callers may hold the lock.

Bad, asked, then slept:
	static int example_set_cpu(struct example *ex, unsigned int cpu)
	{
		if (!cpu_online(cpu))	/* <-- cpu_online() without cpus_read_lock() */
			return -EINVAL;

		mutex_lock(&example_mutex);
		example_move(ex, cpu);
		mutex_unlock(&example_mutex);
		return 0;
	}

Bad, a walk that sleeps:
	static int example_alloc(struct example *ex)
	{
		int cpu;

		for_each_online_cpu(cpu)	/* <-- for_each_online_cpu() without cpus_read_lock() */
			ex->buf[cpu] = kzalloc_node(ex->size, GFP_KERNEL, cpu_to_node(cpu));
		return 0;
	}

Bad patch, the lock goes, after target_cpu_store():
	--- a/drivers/hv/example.c
	+++ b/drivers/hv/example.c
	@@ -10,14 +10,10 @@
	 static int example_set_cpu(struct example *ex, unsigned int cpu)
	 {
	-	cpus_read_lock();
	-	if (!cpu_online(cpu)) {
	-		cpus_read_unlock();
	+	if (!cpu_online(cpu))	/* <-- cpu_online() without cpus_read_lock() */
	 		return -EINVAL;
	-	}

	 	mutex_lock(&example_mutex);
	 	example_move(ex, cpu);
	 	mutex_unlock(&example_mutex);
	-	cpus_read_unlock();
	 	return 0;
	 }

Good, held around both:
	static int example_set_cpu(struct example *ex, unsigned int cpu)
	{
		cpus_read_lock();
		if (cpu_online(cpu)) {
			mutex_lock(&example_mutex);
			example_move(ex, cpu);
			mutex_unlock(&example_mutex);
		}
		cpus_read_unlock();
		return 0;
	}

Good, nothing sleeps in between:
	static void example_kick(unsigned int cpu)
	{
		preempt_disable();
		if (cpu_online(cpu))
			example_wake(cpu);
		preempt_enable();
	}

Known problems:
	A caller in another file that holds the lock is not seen.

See:
	drivers/hv/vmbus_drv.c, target_cpu_store()
	Documentation/core-api/cpu_hotplug.rst
"""

from gfplint.rule import Function, Reports, fact, lock_words, note, report

SEVERITY = "info"
CONFIDENCE = "low"
TESTS, PICKS, WALKS = (tuple(fact("hotplug", "cpu_mask", key)) for key in ("tests", "picks", "walks"))
WORDS = (*TESTS, *PICKS, *WALKS)
HELD = fact("hotplug", "cpu_mask", "locks")


def check(fn: Function) -> Reports:
    guards, masks = fact("hotplug", "cpu_mask", "guards"), fact("hotplug", "cpu_mask", "masks")
    skip = fn.at_boot or fn.file.matches(fact("hotplug", "cpu_mask", "owners"))
    if not fn.complete or skip or fn.mentions(*guards, *lock_words("hotplug")):
        return
    for call in fn.calls_to(*WORDS):
        cpu = call.result if call.name in PICKS else str(call.args[0]) if call.args else ""
        refused = call.name in TESTS and call.refused is not None and call.refused.exits
        picked = call.name in PICKS and any(arg.bare in masks for arg in call.args)
        walked = call.name in WALKS and [one for one in call.inside if one.waits and one.uses(cpu)]
        sleeper = next((one for one in walked or (call.later if refused or picked else ()) if one.waits), None)
        used = sleeper and (walked or sleeper.uses(cpu) or sleeper.then_uses(cpu))
        if sleeper and cpu and used and call.context.kind != "atomic" and not call.kept_from(HELD):
            yield report(
                call,
                f"{call.name}() without cpus_read_lock(): the task may sleep after it, and the CPU be gone",
                key=(call.name, cpu),
                help="hold cpus_read_lock() from here to the end of what depends on it",
                related=[note(sleeper, "may sleep")],
            )
