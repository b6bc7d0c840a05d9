# SPDX-License-Identifier: GPL-2.0-or-later
r"""A function that needs a hotplug lock called without it.

__add_memory(), __remove_memory(), device_online() and device_offline() want
device_hotplug_lock, online_pages() and arch_add_memory() want mem_hotplug_lock,
the _cpuslocked variants want cpu_hotplug_lock.  For the first two lockdep has
no assertion: nothing but review finds the call that races with the next
write to a sysfs file.

Take the lock around the call, or call the variant that takes it itself, such
as remove_memory().

Bad, the lock came too late, in drivers/acpi/example.c:
	ret = __remove_memory(start, size);	/* <-- __remove_memory() needs device_hotplug_lock */
	lock_device_hotplug();
	example_forget(ex);
	unlock_device_hotplug();

Bad, no caller in the file holds it:
	static int example_online(struct example *ex)
	{
		return device_online(ex->dev);	/* <-- device_online() needs device_hotplug_lock */
	}

	int example_restore(struct example *ex)
	{
		int ret;

		lock_device_hotplug();
		example_prepare(ex);
		unlock_device_hotplug();
		ret = example_online(ex);
		return ret;
	}

Bad patch, the section ends too early, after dlpar_offline_cpu():
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,6 +10,6 @@ static int example_offline(struct device *dev)
	 	lock_device_hotplug();
	 	example_prepare(dev);
	-	ret = device_offline(dev);
	 	unlock_device_hotplug();
	+	ret = device_offline(dev);	/* <-- device_offline() needs device_hotplug_lock */
	 	return ret;
	 }

Good:
	lock_device_hotplug();
	ret = device_offline(dev);
	unlock_device_hotplug();

Good, the callers hold it, as far as anybody can see:
	int example_online(struct device *dev)
	{
		return device_online(dev);
	}

Known problems:
	Says nothing where the callers are in other files, or where the function is
	called through a pointer.

See:
	drivers/base/core.c, device_online() and device_offline()
	mm/memory_hotplug.c, __remove_memory()
	arch/powerpc/platforms/pseries/hotplug-cpu.c, dlpar_offline_cpu()
"""

from gfplint.rule import Function, Reports, contract_words, report

SEVERITY = "error"
WORDS = contract_words("requires")


def check(fn: Function) -> Reports:
    for call in fn.calls_to(*WORDS):
        for cls in call.contract.requires if call.contract else ():
            if call.locked(cls) == "free":
                yield report(
                    call,
                    f"{call.name}() needs {cls}, which is not held here",
                    key=(call.name, cls),
                    help=f"take {cls} around the call, or let a caller that holds it call",
                )
