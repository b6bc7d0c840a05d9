# SPDX-License-Identifier: GPL-2.0-or-later
r"""A function that is not exported, called where a module is built.

The steps of memory hot(un)plug, the hotplug locks and their assertions belong
to the core: they have no EXPORT_SYMBOL line.  As long as the caller is built in,
nothing is wrong; with the symbol at m the module does not link, which a robot
finds some days later.

Use what is exported for drivers (add_memory_driver_managed(), remove_memory(),
offline_and_remove_memory()), drop the assertion, or let the part that needs the
core be built in.

Bad, in drivers/example/example.c:
	static int example_pick(struct example *ex)
	{
		lockdep_assert_cpus_held();	/* <-- lockdep_assert_cpus_held() is not exported */
		return example_next(ex);
	}

Bad patch, an assertion in place of a comment, after vmbus_drv.c:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -30,5 +30,5 @@ static void example_pick(struct example *ex)
	 {
	 	unsigned int cpu;

	-	/* the callers hold cpus_read_lock() */
	+	lockdep_assert_cpus_held();	/* <-- lockdep_assert_cpus_held() is not exported */
	 	cpu = cpumask_next(ex->cpu, cpu_online_mask);

Good patch, the series exports it:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -30,4 +30,5 @@ static void example_pick(struct example *ex)
	 {
	 	unsigned int cpu;

	+	lockdep_assert_cpus_held();
	 	cpu = cpumask_next(ex->cpu, cpu_online_mask);
	--- a/kernel/cpu.c
	+++ b/kernel/cpu.c
	@@ -500,4 +500,5 @@ void lockdep_assert_cpus_held(void)
	 	if (system_state < SYSTEM_RUNNING)
	 		return;
	 	percpu_rwsem_assert_held(&cpu_hotplug_lock);
	 }
	+EXPORT_SYMBOL_GPL(lockdep_assert_cpus_held);

Good, for drivers, in drivers/example/example.c:
	rc = offline_and_remove_memory(ex->start, ex->size);

Known problems:
	With a kernel tree the file's Makefile and Kconfig say whether it can be part
	of a module, and whether it exports the function after all; without one it can
	only ask, which is info, and goes by 6.1 and 6.12.

See:
	kernel/cpu.c, lockdep_assert_cpus_held()
	drivers/base/core.c, lock_device_hotplug()
	Documentation/kbuild/modules.rst, "Symbols From the Kernel (vmlinux + modules)"
"""

from gfplint.rule import File, Reports, fact, report, unexported_words

SEVERITY = "warning"
WORDS = unexported_words()


def check(file: File) -> Reports:
    places, core = fact("kconfig_gates", "modules", "places"), fact("kconfig_gates", "modules", "core")
    if not file.matches(places) or file.matches(core):
        return
    done, asked = {fn.name for fn in file.functions}, tuple(fact("kconfig_gates", "asked", "files"))
    for fn in file.functions:
        for call in fn.calls_to(*WORDS):
            defined = file.unexported(call.name)
            if call.name in done or not defined or any("MODULE" in line for line in fn.compiled_if(call.span)):
                continue
            done.add(call.name)
            help = "call what is exported for drivers, or let this part be built in"
            if file.module:
                yield report(
                    call, f"{call.name}() is not exported, and {file.module} can be a module", key=(call.name,), help=help
                )
            elif file.gate_unknown() and defined[0].startswith(asked):
                text = f"{call.name}() is not exported, a module cannot call it: is this file always built in?"
                yield report(call, text, key=(call.name,), help=help, severity="info", confidence="low")
