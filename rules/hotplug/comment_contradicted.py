# SPDX-License-Identifier: GPL-2.0-or-later
r"""A function that takes the lock which its comment says is held.

One of both is wrong.  If callers do hold the lock, the function waits for
them; if they do not, the next caller believes the comment and takes it first.

Change the comment, or leave the lock to the callers.

Bad:
	/* Called with device_hotplug_lock held. */
	static int example_offline(struct example *ex)
	{
		int ret;

		lock_device_hotplug();	/* <-- takes device_hotplug_lock, and the comment says that it is held */
		ret = device_offline(ex->dev);
		unlock_device_hotplug();
		return ret;
	}

Bad patch, the lock moved in, the comment stayed, after try_offline_node():
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,7 +10,9 @@
	 /* The caller must hold mem_hotplug_lock. */
	 static void example_walk(struct example *ex)
	 {
	+	get_online_mems();	/* <-- takes mem_hotplug_lock, and the comment says that it is held */
	 	example_each(ex);
	 	example_count(ex);
	+	put_online_mems();
	 	example_done(ex);
	 }

Good:
	/* Called with device_hotplug_lock held. */
	static int example_offline(struct example *ex)
	{
		return device_offline(ex->dev);
	}

Good, another lock:
	/* Called with device_hotplug_lock held. */
	static void example_walk(struct example *ex)
	{
		get_online_mems();
		example_each(ex);
		put_online_mems();
	}

Good, given back for a while:
	/* Called with device_hotplug_lock held, which is dropped and taken again. */
	static void example_wait(struct example *ex)
	{
		unlock_device_hotplug();
		example_sleep(ex);
		lock_device_hotplug();
	}

Known problems:
	Comments are read by a few patterns of words.

See:
	mm/memory_hotplug.c, the comment on try_offline_node()
	drivers/base/core.c, lock_device_hotplug()
"""

from gfplint.rule import Function, Reports, lock_words, note, report

SEVERITY = "warning"
CONFIDENCE = "medium"
WORDS = lock_words("hotplug")


def check(fn: Function) -> Reports:
    for cls in fn.wants:
        taken = [call for call in fn.lock_calls if any(op.lock == cls for op in call.acquires)]
        given = [one for one in fn.releases if one.key == cls]
        if taken and not (given and given[0].span < taken[0].span):
            yield report(
                taken[0],
                f"{taken[0].name}() takes {cls}, and the comment says that it is held",
                key=(taken[0].name, cls),
                help="change the comment, or leave the lock to the callers",
                related=[note(fn, "its comment says so")],
            )
