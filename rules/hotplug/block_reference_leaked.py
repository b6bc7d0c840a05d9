# SPDX-License-Identifier: GPL-2.0-or-later
r"""A memory block that was found and is never put.

find_memory_block() comes back with a reference on the block's device.  Without
put_device(&mem->dev) the block can never go: when its memory is removed, the
device stays.

Put it on every path behind the test for NULL.

Bad:
	static int example_state(unsigned long pfn)
	{
		struct memory_block *mem = find_memory_block(pfn_to_section_nr(pfn));	/* <-- the reference that find_memory_block() took */

		if (!mem)
			return -EINVAL;
		return mem->state;
	}

Bad patch, after try_remove_memory():
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,10 +10,9 @@
	 static void example_each(unsigned long nr)
	 {
	 	struct memory_block *mem;

	 	mem = find_memory_block(nr);	/* <-- the reference that find_memory_block() took */
	 	if (WARN_ON_ONCE(!mem))
	 		return;
	 	example_count(mem->nid);
	-	put_device(&mem->dev);
	 }

Good:
	static int example_state(unsigned long pfn)
	{
		struct memory_block *mem = find_memory_block(pfn_to_section_nr(pfn));
		int state;

		if (!mem)
			return -EINVAL;
		state = mem->state;
		put_device(&mem->dev);
		return state;
	}

Good, handed to the caller, as lmb_to_memblock():
	static struct memory_block *example_block(unsigned long nr)
	{
		struct memory_block *mem_block = find_memory_block(nr);

		if (!mem_block)
			pr_warn("no block %lu\n", nr);
		return mem_block;
	}

Known problems:
	One path that forgets it, where another does not, is not seen.

See:
	drivers/base/memory.c, find_memory_block()
	arch/powerpc/platforms/pseries/hotplug-memory.c, lmb_to_memblock()
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "warning"
WORDS = tuple(fact("hotplug", "references", "take"))


def check(fn: Function) -> Reports:
    for call in fn.calls_to(*WORDS) if fn.complete else ():
        name = call.result
        handed = any(arg.bare in (name, f"&{name}->dev") for one in fn.calls for arg in one.args)
        if name.isidentifier() and not handed and not fn.stores(name) and not any(o.text == name for o in fn.exits):
            yield report(
                call,
                f"the reference that {call.name}() took is not given back",
                key=(call.name,),
                help=f"put_device(&{name}->dev)",
            )
