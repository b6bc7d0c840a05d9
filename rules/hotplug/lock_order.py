# SPDX-License-Identifier: GPL-2.0-or-later
r"""A hotplug lock taken inside one that belongs inside it.

The order is device_hotplug_lock, then cpu_hotplug_lock, then mem_hotplug_lock.
mem_hotplug_begin() takes the CPU lock itself, and a task that brings memory
online holds device_hotplug_lock before either.  Taken the other way round two
tasks wait for each other, on the first machine that has both kinds of hotplug
at once.

Take the outer lock first, or leave the inner one to the callee.

Bad:
	static int example_resize(struct example *ex)
	{
		get_online_mems();
		cpus_read_lock();	/* <-- cpu_hotplug_lock is taken while mem_hotplug_lock is held */
		example_spread(ex);
		cpus_read_unlock();
		put_online_mems();
		return 0;
	}

Bad, through the one that takes it at last:
	cpus_read_lock();
	lock_device_hotplug();	/* <-- device_hotplug_lock is taken while cpu_hotplug_lock is held */
	example_move(ex);
	unlock_device_hotplug();
	cpus_read_unlock();

Bad patch, after kmem_cache_destroy() of old:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,7 +10,7 @@ static void example_rebalance(struct example *ex)
	 {
	-	cpus_read_lock();
	 	get_online_mems();
	+	cpus_read_lock();	/* <-- cpu_hotplug_lock is taken while mem_hotplug_lock is held */
	 	example_spread(ex);
	-	put_online_mems();
	 	cpus_read_unlock();
	+	put_online_mems();
	 }

Good, the outer one first:
	cpus_read_lock();
	get_online_mems();
	example_spread(ex);
	put_online_mems();
	cpus_read_unlock();

Good, one after the other:
	get_online_mems();
	example_count(ex);
	put_online_mems();
	cpus_read_lock();
	example_spread(ex);
	cpus_read_unlock();

Known problems:
	Only locks that one function takes are compared; add_memory_resource() takes
	device locks inside mem_hotplug_lock, which device_hotplug_lock makes safe.

See:
	mm/memory_hotplug.c, mem_hotplug_begin()
	kernel/cpu.c, cpu_up()
	Documentation/core-api/memory-hotplug.rst, "Locking Internals"
"""

from gfplint.rule import Function, Reports, fact, lock_words, note, report

SEVERITY = "error"
WORDS = lock_words("hotplug")
ORDER = fact("locks", "ordering", "outer_first")


def check(fn: Function) -> Reports:
    for call in fn.lock_calls:
        for op in call.acquires if call.name in WORDS else ():
            inner = ORDER[ORDER.index(op.lock) + 1 :] if op.lock in ORDER else []
            for lock in call.holds:
                if lock.cls in inner:
                    yield report(
                        call,
                        f"{op.lock} is taken while {lock.cls} is held: the order is the other way round",
                        key=(op.lock, lock.cls),
                        help=f"take {op.lock} first",
                        related=[note(lock, "taken here")],
                    )
