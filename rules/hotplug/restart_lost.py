# SPDX-License-Identifier: GPL-2.0-or-later
r"""Another error in place of the one that restarts the system call.

lock_device_hotplug_sysfs() is a trylock: where the lock is taken it sleeps for
5 ms and returns restart_syscall(), so that the write to sysfs is tried again
without user space noticing.  Whoever returns -EBUSY or the count instead
hands that failure to user space, or calls a write done that was not.

Return what lock_device_hotplug_sysfs() returned.

Bad:
	static ssize_t example_store(struct device *dev, struct device_attribute *attr, const char *buf, size_t count)
	{
		if (lock_device_hotplug_sysfs())
			return -EBUSY;	/* <-- returns -EBUSY in place of what lock_device_hotplug_sysfs() returned */
		example_switch(dev);
		unlock_device_hotplug();
		return count;
	}

Bad patch, after probe_store() in drivers/base/memory.c:
	--- a/drivers/base/example.c
	+++ b/drivers/base/example.c
	@@ -10,7 +10,7 @@ static ssize_t example_store(struct device *dev, size_t count)
	 	ret = lock_device_hotplug_sysfs();
	 	if (ret)
	-		return ret;
	+		return count;	/* <-- returns count in place of what lock_device_hotplug_sysfs() returned */

	 	example_switch(dev);
	 	unlock_device_hotplug();
	 	return count;

Good, as probe_store():
	ret = lock_device_hotplug_sysfs();
	if (ret)
		return ret;

Good, through a label:
	ret = lock_device_hotplug_sysfs();
	if (ret)
		goto out;

Known problems:
	Says nothing where the result is tested later, or handed on.

See:
	drivers/base/core.c, lock_device_hotplug_sysfs()
	drivers/base/memory.c, probe_store()
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "warning"
WORDS = tuple(fact("hotplug", "abuse", "restarts"))


def check(fn: Function) -> Reports:
    for call in fn.calls_to(*WORDS):
        for out in call.on_failure.exits if call.on_failure is not None else ():
            if out.text and out.text != call.result and not out.jumps:
                yield report(
                    out,
                    f"returns {out.text} in place of what {call.name}() returned: the system call is not restarted",
                    key=(call.name, out.text),
                    help=f"ret = {call.name}(); if (ret) return ret;",
                )
