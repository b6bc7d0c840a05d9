# SPDX-License-Identifier: GPL-2.0-or-later
r"""A hotplug lock released by the function of another one.

Each hotplug lock has its own pair: mem_hotplug_begin() is undone by
mem_hotplug_done(), get_online_mems() by put_online_mems(), cpus_read_lock()
by cpus_read_unlock().  The names are alike and the compiler takes any of
them.  The wrong one leaves the first lock held and upsets the count of a
lock that was never taken.

Bad:
	static void example_walk(void)
	{
		get_online_mems();
		example_each();
		mem_hotplug_done();	/* <-- mem_hotplug_done() does not release */
	}

Bad patch, after walk_system_ram_range() callers:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,6 +10,6 @@
	 static void example_attach(struct example *ex)
	 {
	 	cpus_read_lock();
	 	example_start(ex);
	-	cpus_read_unlock();
	+	cpus_write_unlock();	/* <-- cpus_write_unlock() does not release */
	 }

Good:
	static void example_walk(void)
	{
		get_online_mems();
		example_each();
		put_online_mems();
	}

Good, two locks, each with its own:
	static void example_walk(void)
	{
		lock_device_hotplug();
		cpus_read_lock();
		example_each();
		cpus_read_unlock();
		unlock_device_hotplug();
	}

Known problems:
	Says nothing where the lock was taken out of sight.

See:
	mm/memory_hotplug.c, mem_hotplug_begin() and get_online_mems()
	kernel/cpu.c, cpus_read_lock()
"""

from gfplint.rule import Function, Reports, lock_words, note, report

SEVERITY = "error"
WORDS = lock_words("hotplug")


def check(fn: Function) -> Reports:
    for release in fn.releases:
        lock = release.other
        if release.held == "no" and lock is not None and lock.family == "hotplug":
            yield report(
                release,
                f"{release.name}() does not release {lock}, which {lock.op.acquire}() took",
                key=(release.name, lock.op.acquire),
                help=f"{lock.op.acquire}() is undone by {lock.op.release[0]}()",
                related=[note(lock, "taken here")],
            )
