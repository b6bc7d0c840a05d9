# SPDX-License-Identifier: GPL-2.0-or-later
r"""Memory hot(un)plug internals called from a driver.

offline_pages(), arch_remove_memory() and their like are steps of one
operation that the core runs with the hotplug locks held, and that keeps
memory blocks, zones, resources and sysfs in agreement.  A driver that calls a
single step, mostly to get hold of memory, leaves the blocks in a state that
user space can see and undo, and works around locks that it cannot take.

Memory for oneself comes from alloc_contig_pages() and goes back with
free_contig_range(); PG_offline and the linear mapping can be handled on
it.  Those who bring and take memory use add_memory() and
offline_and_remove_memory(); a single block goes through device_offline().

Bad, in drivers/hv/example.c:
	if (offline_pages(start_pfn, nr_pages))	/* <-- is a step of the hotplug core */
		return -EBUSY;

Bad, in arch/powerpc/platforms/example/trace.c:
	walk_memory_blocks(start, size, NULL, example_state);	/* <-- is for those who provide memory */

Bad, memory that it never added:
	static u64 example_steal(u64 start, u64 size)
	{
		if (offline_and_remove_memory(start, size))	/* <-- takes memory that this file never adds */
			return 0;
		return start;
	}

Bad patch, after memtrace_offline_pages() of old, in arch/powerpc/platforms/example/trace.c:
	--- a/arch/powerpc/platforms/example/trace.c
	+++ b/arch/powerpc/platforms/example/trace.c
	@@ -10,5 +10,6 @@ static bool example_take(int nid, u64 start_pfn, u64 nr_pages)
	 	const u64 start = PFN_PHYS(start_pfn);

	-	page = alloc_contig_pages(nr_pages, GFP_KERNEL, nid, NULL);
	+	if (offline_pages(start_pfn, nr_pages))	/* <-- is a step of the hotplug core */
	+		return false;

	 	return true;

Good, an allocation, in arch/powerpc/platforms/example/trace.c:
	page = alloc_contig_pages(nr_pages, GFP_KERNEL | __GFP_THISNODE, nid, NULL);

Good, the driver's own memory, in drivers/hv/example.c:
	static int example_unplug(u64 start, u64 size)
	{
		return offline_and_remove_memory(start, size);
	}

	static int example_plug(struct example *ex, u64 start, u64 size)
	{
		return add_memory(ex->nid, start, size, MHP_NONE);
	}

Good, the core itself, as memory_block_offline(), in drivers/base/memory.c:
	ret = offline_pages(start_pfn, nr_pages, mem->zone, mem->group);

Known problems:
	A driver that is new among those who provide memory is reported for the
	functions of this group until the fact table names it.

See:
	mm/memory_hotplug.c, offline_and_remove_memory()
	drivers/base/memory.c, memory_block_offline()
	Documentation/core-api/memory-hotplug.rst, "Locking Internals"
	https://lore.kernel.org/r/20201029162718.29910-1-david@redhat.com
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "warning"
CORE = fact("hotplug", "abuse", "hotplug_core_only")
PROVIDERS = fact("hotplug", "abuse", "provider_only")
REMOVES = fact("hotplug", "abuse", "removes")
WORDS = (*CORE, *PROVIDERS, *REMOVES)


def check(fn: Function) -> Reports:
    if fn.file.matches(fact("hotplug", "abuse", "owners")):
        return
    provider = fn.file.matches(fact("hotplug", "abuse", "legit_providers"))
    takes = fn.file.whole and not provider and not fn.file.mentions(*fact("hotplug", "adds", "memory"))
    for call in fn.calls_to(*CORE, *(() if provider else PROVIDERS), *(REMOVES if takes else ())):
        what = "is a step of the hotplug core, not for drivers"
        if call.name in (*PROVIDERS, *REMOVES):
            steals = call.name in REMOVES
            what = "takes memory that this file never adds" if steals else "is for those who provide memory, not for drivers"
        yield report(
            call,
            f"{call.name}() {what}: hot(un)plug is no allocator",
            key=(call.name,),
            help="take memory with alloc_contig_pages(); give back memory that the driver added with "
            "offline_and_remove_memory()",
        )
