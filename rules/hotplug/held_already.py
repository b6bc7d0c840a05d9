# SPDX-License-Identifier: GPL-2.0-or-later
r"""A hotplug lock taken, or about to be taken by the callee, while it is held.

device_hotplug_lock is a plain mutex: taken twice, the task waits for itself.
mem_hotplug_lock and cpu_hotplug_lock are per-CPU rwsems: a second read lock
works until a writer waits between the two, then both hang, and lockdep
complains at once.  Many functions take one of them inside: add_memory() takes
all three, mem_hotplug_begin() takes cpus_read_lock() first, so does
static_branch_enable().

Where the lock is held already, call the variant for that: __add_memory(),
stop_machine_cpuslocked(), cpuhp_setup_state_cpuslocked().

Bad:
	lock_device_hotplug();
	ret = add_memory(nid, start, size, MHP_NONE);	/* <-- add_memory() takes device_hotplug_lock, which is held */
	unlock_device_hotplug();

Bad, a variant is missing:
	cpus_read_lock();
	static_branch_enable(&example_key);	/* <-- takes cpu_hotplug_lock, which is held */
	cpus_read_unlock();

Bad, as the only caller has it:
	static void example_pick(struct example *ex)
	{
		cpus_read_lock();	/* <-- cpus_read_lock() takes cpu_hotplug_lock, which the callers hold */
		ex->cpu = cpumask_first(cpu_online_mask);
		cpus_read_unlock();
	}

	void example_offer(struct example *ex)
	{
		cpus_read_lock();
		example_pick(ex);
		cpus_read_unlock();
	}

Bad patch, after resize_hpt_for_hotplug():
	--- a/arch/powerpc/mm/example.c
	+++ b/arch/powerpc/mm/example.c
	@@ -10,3 +10,3 @@ static int example_resize(struct example *ex)
	 	cpus_read_lock();
	-	ret = stop_machine_cpuslocked(example_commit, ex, NULL);
	+	ret = stop_machine(example_commit, ex, NULL);	/* <-- takes cpu_hotplug_lock, which is held */
	 	cpus_read_unlock();

Bad, a callback of CPU hotplug runs with it held, after hv_synic_cleanup():
	static void example_move(struct example *ex)
	{
		cpus_read_lock();	/* <-- takes cpu_hotplug_lock, which the callers hold */
		ex->cpu = cpumask_first(cpu_online_mask);
		cpus_read_unlock();
	}

	static int example_offline(unsigned int cpu)
	{
		example_move(this_cpu_ptr(example_data));
		return 0;
	}

	static int example_init(void)
	{
		return cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "example:online", NULL, example_offline);
	}

Good, the variant for that:
	lock_device_hotplug();
	ret = __add_memory(nid, start, size, MHP_NONE);
	unlock_device_hotplug();

Good, one after the other:
	cpus_read_lock();
	example_online(ex);
	cpus_read_unlock();
	static_branch_enable(&example_key);

Known problems:
	Callers in other folders are not seen, and those in other files only with a kernel tree.

See:
	mm/memory_hotplug.c, add_memory() and mem_hotplug_begin()
	include/linux/stop_machine.h, stop_machine_cpuslocked()
	arch/powerpc/mm/book3s64/hash_utils.c, mmu_hash_ops.resize_hpt
"""

from gfplint.rule import Function, Reports, contract_words, note, report

SEVERITY = "error"
WORDS = contract_words("forbids")


def check(fn: Function) -> Reports:
    for call in fn.calls_to(*WORDS):
        held = next((cls for cls in call.contract.forbids if call.locked(cls) == "held"), None) if call.contract else None
        if held and call.contract:
            own = [lock for lock in call.holds if lock.cls == held]
            other = call.contract.locked_variant
            yield report(
                call,
                f"{call.name}() takes {held}, which {'is held' if own else 'the callers hold'}: a deadlock",
                key=(call.name, held),
                help=f"call {other}(), which is for that" if other else "take it once, in the caller or here",
                related=[note(lock, "taken here") for lock in own[:1]],
            )
