# SPDX-License-Identifier: GPL-2.0-or-later
r"""A function that returns with a hotplug lock held.

The hotplug locks (lock_device_hotplug(), get_online_mems(),
mem_hotplug_begin(), cpus_read_lock() and their like) are global.  A path that
leaves without the release, most often an early error return that was there
before the lock came, stops every later hot(un)plug operation of the machine,
and lockdep says so only when that path is taken.

Leave through the label that releases the lock, or release it before the
return.

Bad:
	static int example_probe(struct device *dev)
	{
		int ret;

		cpus_read_lock();
		ret = example_setup(dev);
		if (ret)
			return ret;	/* <-- returns with cpu_hotplug_lock held */
		cpus_read_unlock();
		return 0;
	}

Bad, falling off the end:
	static void example_walk(bool last)
	{
		get_online_mems();
		example_each();
		if (last) {
			put_online_mems();
			return;
		}
		example_rest();
	}	/* <-- returns with mem_hotplug_lock held */

Bad patch, a return that was there before the lock:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,8 +10,10 @@
	 static int example_attach(struct example *ex)
	 {
	+	cpus_read_lock();
	 	if (!ex->ready)
	 		return -ENODEV;	/* <-- returns with cpu_hotplug_lock held */

	 	example_start(ex);
	+	cpus_read_unlock();
	 	return 0;
	 }

Good, one way out, after dlpar_offline_cpu():
	static int example_offline(struct device *dev)
	{
		int ret;

		lock_device_hotplug();
		ret = example_check(dev);
		if (ret)
			goto out;
		ret = device_offline(dev);
	out:
		unlock_device_hotplug();
		return ret;
	}

Good, the lock is not held where taking it failed:
	static ssize_t example_store(struct device *dev)
	{
		int ret;

		ret = lock_device_hotplug_sysfs();
		if (ret)
			return ret;
		ret = device_online(dev);
		unlock_device_hotplug();
		return ret;
	}

Good patch, the release is out of sight:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,3 +10,4 @@ static int example_attach(struct example *ex)
	 	int ret;

	+	cpus_read_lock();
	 	ret = example_start(ex);

Known problems:
	A function that hands the lock to its caller and is not named after that
	is reported when all of it is in sight.

See:
	Documentation/core-api/memory-hotplug.rst, "Locking Internals"
	arch/powerpc/platforms/pseries/hotplug-cpu.c, dlpar_offline_cpu()
	drivers/base/core.c, lock_device_hotplug()
"""

from gfplint.rule import Function, Reports, lock_words, note, report

SEVERITY = "error"
WORDS = lock_words("hotplug")


def check(fn: Function) -> Reports:
    for out in fn.exits:
        for lock in out.leaks:
            if lock.family == "hotplug":
                yield report(
                    out,
                    f"returns with {lock} held: {lock.op.acquire}() is not undone on this path",
                    key=(lock.cls, lock.op.acquire),
                    help=f"call {lock.op.release[0]}() before leaving, or leave through the label that does",
                    related=[note(lock, "taken here")],
                )
