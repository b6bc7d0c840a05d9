# SPDX-License-Identifier: GPL-2.0-or-later
r"""A caller that does not hold what the comment on the function asks for.

"Called with device_hotplug_lock held" is all that guards some functions:
lockdep has no assertion for device_hotplug_lock and mem_hotplug_lock.  A
caller in the same file that neither holds the lock nor hands the duty on, by
a comment of its own, breaks the contract.

Take the lock in the caller, or say in its comment that its callers hold it.

Bad:
	/* called with device_hotplug_lock held */
	static bool example_offline(struct example *ex)
	{
		return !device_offline(ex->dev);
	}

	static u64 example_alloc(struct example *ex)
	{
		if (!example_offline(ex))	/* <-- example_offline() is to be called with device_hotplug_lock held */
			return 0;
		return ex->start;
	}

Bad patch, the lock went, after memtrace_alloc_node() of old:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,13 +10,11 @@
	 /* called with device_hotplug_lock held */
	 static bool example_offline(struct example *ex)
	 {
	-	return device_offline(ex->dev) == 0;
	+	return !device_offline(ex->dev);
	 }
	 static u64 example_alloc(struct example *ex)
	 {
	-	lock_device_hotplug();
	 	if (example_offline(ex))	/* <-- example_offline() is to be called with device_hotplug_lock held */
	 		ex->start = 0;
	-	unlock_device_hotplug();
	 	return ex->start;
	 }

Good, it holds the lock:
	/* called with device_hotplug_lock held */
	static bool example_offline(struct example *ex)
	{
		return !device_offline(ex->dev);
	}

	static void example_alloc(struct example *ex)
	{
		lock_device_hotplug();
		if (example_offline(ex))
			ex->start = 0;
		unlock_device_hotplug();
	}

Good, it hands the duty on:
	/* called with device_hotplug_lock held */
	static bool example_offline(struct example *ex)
	{
		return !device_offline(ex->dev);
	}

	/* Context: the caller holds device_hotplug_lock */
	static bool example_alloc(struct example *ex)
	{
		return example_offline(ex);
	}

Known problems:
	A caller whose own callers all hold the lock, in other files and without a
	word about it, is reported.

See:
	drivers/base/core.c, lock_device_hotplug()
	arch/powerpc/platforms/powernv/memtrace.c of 5.10, memtrace_offline_pages()
"""

from gfplint.rule import File, Reports, fact, note, report

SEVERITY = "warning"
CONFIDENCE = "medium"
WORDS = tuple(fact("locks", "families", "hotplug"))


def check(file: File) -> Reports:
    asked = any(fn.wants for fn in file.functions)
    for fn in file.functions if asked and not file.matches(fact("hotplug", "abuse", "owners")) else ():
        for helper in fn.helpers:
            for cls in set(helper.wants) - set(fn.wants) if "locked" not in fn.name else ():
                for call in fn.calls_to(helper.name) if fn.complete else ():
                    if call.locked(cls) != "held" and not any(op.lock == cls for one in fn.calls for op in one.acquires):
                        yield report(
                            call,
                            f"{helper.name}() is to be called with {cls} held, and {fn.name}() does not hold it",
                            key=(helper.name, cls),
                            help=f"take {cls} around the call, or say that the callers of {fn.name}() hold it",
                            related=[note(helper, "its comment says so")],
                        )
