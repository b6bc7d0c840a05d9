# SPDX-License-Identifier: GPL-2.0-or-later
r"""A step of memory hot(un)plug exported to modules.

offline_pages(), arch_add_memory() and their like run inside an operation that
holds device_hotplug_lock and mem_hotplug_lock, and neither lock is exported.
Once a module can call one of them it will do so without the locks, and the
memory blocks will not follow.

Export an operation that takes the locks itself, such as
offline_and_remove_memory(), or none.

Bad:
	int offline_pages(unsigned long start_pfn, unsigned long nr_pages)
	{
		return example_offline(start_pfn, nr_pages);
	}
	EXPORT_SYMBOL_GPL(offline_pages);	/* <-- offline_pages() is a step of the hotplug core */

Bad patch, in mm/memory_hotplug.c:
	--- a/mm/memory_hotplug.c
	+++ b/mm/memory_hotplug.c
	@@ -10,2 +10,3 @@ int test_pages_isolated(unsigned long start_pfn, unsigned long end_pfn)
	 	return ret;
	 }
	+EXPORT_SYMBOL(test_pages_isolated);	/* <-- test_pages_isolated() is a step of the hotplug core */

Good, the operation that takes the locks, after offline_and_remove_memory(), in mm/memory_hotplug.c:
	int offline_and_remove_memory(u64 start, u64 size)
	{
		lock_device_hotplug();
		example_offline(start, size);
		unlock_device_hotplug();
		return 0;
	}
	EXPORT_SYMBOL_GPL(offline_and_remove_memory);

Good patch, the export goes, in mm/memory_hotplug.c:
	--- a/mm/memory_hotplug.c
	+++ b/mm/memory_hotplug.c
	@@ -10,3 +10,3 @@ void put_online_mems(void)
	 	percpu_up_read(&mem_hotplug_lock);
	 }
	-EXPORT_SYMBOL_GPL(example_offline);
	+EXPORT_SYMBOL_GPL(put_online_mems);

Known problems:
	Knows the functions that the fact table names.

See:
	mm/memory_hotplug.c, offline_and_remove_memory()
	Documentation/core-api/memory-hotplug.rst, "Locking Internals"
"""

from gfplint.rule import File, Reports, fact, report

SEVERITY = "warning"
WORDS = tuple(fact("hotplug", "abuse", "hotplug_core_only"))


def check(file: File) -> Reports:
    for export in file.exports:
        if export.symbol in WORDS:
            yield report(
                export,
                f"{export.symbol}() is a step of the hotplug core: modules cannot take the locks that it needs",
                key=(export.symbol,),
                help="export the operation that takes the locks itself, such as offline_and_remove_memory()",
            )
