# SPDX-License-Identifier: GPL-2.0-or-later
r"""A memory notifier that takes a lock which is held around it.

Memory notifiers run with mem_hotplug_lock held for writing and cpu_hotplug_lock
for reading.  get_online_mems(), cpus_read_lock() and what takes them inside,
such as static_branch_enable() or kmem_cache_destroy(), wait for their own
caller there.

Call the _cpuslocked variant, or leave the work to a work item.

Bad:
	static int example_memory_callback(struct notifier_block *nb, unsigned long action, void *arg)
	{
		if (action == MEM_ONLINE) {
			get_online_mems();	/* <-- get_online_mems() in a memory notifier */
			example_count(arg);
			put_online_mems();
		}
		return NOTIFY_OK;
	}

Bad patch, after slab_memory_callback():
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,6 +10,6 @@
	 static int example_memory_callback(struct notifier_block *nb, unsigned long action, void *arg)
	 {
	 	if (action == MEM_GOING_ONLINE)
	-		static_branch_enable_cpuslocked(&example_key);
	+		static_branch_enable(&example_key);	/* <-- static_branch_enable() in a memory notifier */
	 	return NOTIFY_OK;
	 }

Good, the variant for that:
	static int example_memory_callback(struct notifier_block *nb, unsigned long action, void *arg)
	{
		if (action == MEM_GOING_ONLINE)
			static_branch_enable_cpuslocked(&example_key);
		return NOTIFY_OK;
	}

Good, a reboot notifier holds neither:
	static int example_reboot(struct notifier_block *nb, unsigned long action, void *arg)
	{
		cpus_read_lock();
		example_quiet();
		cpus_read_unlock();
		return NOTIFY_DONE;
	}

Known problems:
	What the callback calls is not followed.

See:
	drivers/base/memory.c, memory_block_online()
	mm/slub.c, slab_memory_callback()
	Documentation/core-api/memory-hotplug.rst
"""

from gfplint.rule import Function, Reports, contract_words, fact, report

SEVERITY = "error"
WORDS = contract_words("forbids")
HELD = frozenset(fact("hotplug", "notifier", "held"))


def check(fn: Function) -> Reports:
    if not fn.params or "notifier_block" not in fn.params[0].type:
        return
    for call in fn.calls_to(*WORDS) if fn.mentions(*fact("hotplug", "notifier", "actions_6_12")) else ():
        other = call.contract.locked_variant if call.contract else ""
        taken = [cls for cls in call.contract.forbids if cls in HELD] if call.contract else []
        if taken:
            yield report(
                call,
                f"{call.name}() in a memory notifier takes {taken[0]}, which is held around it",
                key=(call.name, taken[0]),
                help=f"call {other}()" if other else "leave it to a work item",
            )
