# SPDX-License-Identifier: GPL-2.0-or-later
r"""State that says memory is there, and stays when adding it fails.

add_memory() fails for many reasons: no memory for the memmap, a range that is
not aligned or overlaps, a notifier that objects.  A counter or a mark that was
set before it then tells of memory that is not there, and the next operation
starts from it.

Set the state after add_memory() has worked, or take it back where it failed.

Bad:
	static int example_plug(struct example *ex, u64 start, u64 size)
	{
		int ret;

		ex->plugged += size;	/* <-- ex->plugged is changed before add_memory(), and stays so when that fails */
		ret = add_memory(ex->nid, start, size, MHP_NONE);
		if (ret)
			return ret;
		return 0;
	}

Bad patch, after hv_mem_hot_add():
	--- a/drivers/hv/example.c
	+++ b/drivers/hv/example.c
	@@ -10,8 +10,8 @@ static void example_hot_add(struct example *ex, unsigned long start_pfn)
	+	ex->covered_end_pfn += EXAMPLE_CHUNK;	/* <-- ex->covered_end_pfn is changed before add_memory(), and stays so */
	 	ret = add_memory(nid, PFN_PHYS(start_pfn), EXAMPLE_CHUNK << PAGE_SHIFT, MHP_MERGE_RESOURCE);
	 	if (ret) {
	 		pr_err("hot_add memory failed error is %d\n", ret);
	 		return;
	 	}
	-	ex->covered_end_pfn += EXAMPLE_CHUNK;

	 	example_post(ex);
	 }

Good, as hv_mem_hot_add():
	ex->covered_end_pfn += EXAMPLE_CHUNK;
	ret = add_memory(nid, start, size, MHP_NONE);
	if (ret) {
		ex->covered_end_pfn -= EXAMPLE_CHUNK;
		return ret;
	}

Good, afterwards:
	ret = add_memory(ex->nid, start, size, MHP_NONE);
	if (ret)
		return ret;
	ex->plugged += size;

Known problems:
	State that a label further down or the caller takes back is looked for only
	by its name in this function.

See:
	drivers/hv/hv_balloon.c, hv_mem_hot_add()
	mm/memory_hotplug.c, add_memory_resource()
"""

from gfplint.rule import Function, Reports, fact, note, report

SEVERITY = "warning"
CONFIDENCE = "medium"
WORDS = tuple(fact("hotplug", "adds", "memory"))


def check(fn: Function) -> Reports:
    for call in fn.calls_to(*WORDS):
        failed = call.on_failure
        for change in call.before.changes if failed is not None and failed.exits else ():
            again = [one for one in fn.changes if one.target == change.target and one.span > call.span]
            if failed and change.counts and not again and not failed.hands(change.owner):
                yield report(
                    change,
                    f"{change.target} is changed before {call.name}(), and stays so when that fails",
                    key=(call.name, change.target),
                    help=f"change it after {call.name}() has worked, or take it back where it failed",
                    related=[note(call, "may fail")],
                )
