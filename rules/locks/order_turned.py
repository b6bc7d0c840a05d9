# SPDX-License-Identifier: GPL-2.0-or-later
r"""Two locks that are taken in one order here and in the other there.

One task holds the first and waits for the second, another holds the second
and waits for the first.  Both orders in one file are a deadlock that only
waits for its moment.  Where a patch turns the order around, everybody else
who takes both must have come along, also the callbacks that run with one of
them held: CPU hotplug callbacks hold cpu_hotplug_lock, sysfs and device
callbacks the locks of their core.

Keep the order that is there.

Bad, both orders:
	static DEFINE_MUTEX(example_list_mutex);
	static DEFINE_MUTEX(example_state_mutex);

	static void example_add(struct example *ex)
	{
		mutex_lock(&example_list_mutex);
		mutex_lock(&example_state_mutex);	/* <-- takes &example_state_mutex inside of &example_list_mutex, and example_del() the other way round */
		example_link(ex);
		mutex_unlock(&example_state_mutex);
		mutex_unlock(&example_list_mutex);
	}

	static void example_del(struct example *ex)
	{
		mutex_lock(&example_state_mutex);
		mutex_lock(&example_list_mutex);	/* <-- takes &example_list_mutex inside of &example_state_mutex, and example_add() the other way round */
		example_unlink(ex);
		mutex_unlock(&example_list_mutex);
		mutex_unlock(&example_state_mutex);
	}

Bad patch, turned, after target_cpu_store():
	--- a/drivers/hv/example.c
	+++ b/drivers/hv/example.c
	@@ -10,8 +10,8 @@
	 static void example_move(struct example *ex)
	 {
	-	cpus_read_lock();
	 	mutex_lock(&example_mutex);
	+	cpus_read_lock();	/* <-- takes cpu_hotplug_lock inside of &example_mutex, before it was the other way round */
	 	example_bind(ex);
	-	mutex_unlock(&example_mutex);
	 	cpus_read_unlock();
	+	mutex_unlock(&example_mutex);
	 }

Good, one order, as in target_cpu_store():
	cpus_read_lock();
	mutex_lock(&vmbus_connection.channel_mutex);
	example_bind(ex);
	mutex_unlock(&vmbus_connection.channel_mutex);
	cpus_read_unlock();

Good, locks of different objects:
	static void example_add(struct example *ex, struct example_bus *bus)
	{
		mutex_lock(&bus->lock);
		mutex_lock(&ex->lock);
		example_link(ex, bus);
		mutex_unlock(&ex->lock);
		mutex_unlock(&bus->lock);
	}

	static void example_del(struct example *ex, struct example_bus *bus)
	{
		mutex_lock(&ex->lock);
		mutex_lock(&bus->lock);
		example_unlink(ex, bus);
		mutex_unlock(&bus->lock);
		mutex_unlock(&ex->lock);
	}

Good, nobody waits for a reader of SRCU, as in eventfs_iterate():
	static void example_iterate(struct example *ex, int idx)
	{
		idx = srcu_read_lock(&example_srcu);
		mutex_lock(&example_mutex);
	}

	static void example_remount(struct example *ex, int idx)
	{
		mutex_lock(&example_mutex);
		idx = srcu_read_lock(&example_srcu);
	}

Known problems:
	Sees only what the functions of one file do themselves.  A third lock that
	is always held around both makes either order safe.

See:
	drivers/hv/vmbus_drv.c, target_cpu_store()
	fs/tracefs/event_inode.c, eventfs_iterate()
	Documentation/locking/lockdep-design.rst, "Multi-lock dependency rules"
"""

from gfplint.rule import File, Reports, lock_words, note, report

SEVERITY = "warning"
CONFIDENCE = "medium"
WORDS = (*lock_words("general"), *lock_words("hotplug"))


def check(file: File) -> Reports:
    pairs = {one.order: fn for fn in file.functions for one in fn.nested}
    was = {one.order: fn for fn in file.was.functions for one in fn.nested} if file.was is not None else {}
    for fn in file.functions:
        for one in fn.nested:
            turned = one.order[::-1]
            if turned in pairs or (turned in was and one.order not in was):
                where = f"and {pairs[turned].name}() the other way round" if turned in pairs else ""
                yield report(
                    one,
                    f"takes {one.inner} inside of {one.outer}, {where or 'before it was the other way round'}",
                    key=one.order,
                    help="keep one order, in all functions and callbacks that take both",
                    related=[note(one.outer, "taken here")],
                )
