# SPDX-License-Identifier: GPL-2.0-or-later
r"""The result of a hot(un)plug operation is thrown away.

Offlining and removing memory fails often and for good reasons: a page that
cannot be migrated, a notifier that objects, a signal.  Without
CONFIG_MEMORY_HOTREMOVE the stubs only return an error.  What goes on as if it
had worked then frees or hands out memory that the kernel still uses.
lock_device_hotplug_sysfs() is a trylock: without a look at its result the
section may run unlocked.

Bad:
	remove_memory(start, size);	/* <-- the result of remove_memory() is ignored */

Bad, in a loop:
	for (addr = start; addr < end; addr += size)
		add_memory(nid, addr, size, MHP_NONE);	/* <-- the result of add_memory() is ignored */

Bad, a trylock, after probe_store() in drivers/base/memory.c:
	static ssize_t example_store(struct device *dev, const char *buf, size_t count)
	{
		lock_device_hotplug_sysfs();	/* <-- lock_device_hotplug_sysfs() is ignored: the lock may not be held */
		example_probe(dev);
		unlock_device_hotplug();
		return count;
	}

Bad patch, the test went:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,6 +10,4 @@ static int example_detach(struct example *ex)
	 	int ret;

	-	ret = offline_and_remove_memory(ex->start, ex->size);
	-	if (ret)
	-		return ret;
	+	offline_and_remove_memory(ex->start, ex->size);	/* <-- the result of offline_and_remove_memory() is ignored */
	 	example_release(ex);

Good:
	ret = device_offline(&mem->dev);
	if (ret < 0)
		return ret;

Good, on purpose and said so:
	(void)device_online(&mem->dev);

Good, a trylock with its test:
	ret = lock_device_hotplug_sysfs();
	if (ret)
		return ret;

Good, bringing a device back is best effort, as in acpi_bus_online():
	list_for_each_entry(pn, &device->physical_node_list, node)
		device_online(pn->dev);

Known problems:
	A result that is put into a variable that nobody reads is not seen.

See:
	drivers/base/core.c, device_offline() and lock_device_hotplug_sysfs()
	drivers/base/memory.c, probe_store()
	mm/memory_hotplug.c, remove_memory()
"""

from gfplint.rule import Function, Reports, contract_words, fact, report

SEVERITY = "warning"
OFTEN = fact("hotplug", "abuse", "results_often_left")
WORDS = contract_words("must_check")


def check(fn: Function) -> Reports:
    for call in fn.calls_to(*WORDS):
        if call.statement and call.name not in OFTEN:
            lock = next((op for op in call.acquires), None)
            effect = "the lock may not be held" if lock else "what follows takes failure for success"
            yield report(
                call,
                f"the result of {call.name}() is ignored: {effect}",
                key=(call.name,),
                help="return it, or undo what was done; write (void) where failure does not matter",
            )
