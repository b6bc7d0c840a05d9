# SPDX-License-Identifier: GPL-2.0-or-later
r"""A loop that adds memory piece by piece and leaves half-way.

When one piece fails, those before it are there already: mapped, in sysfs,
perhaps online.  The caller learns that nothing was added, and nobody takes
them back.

Walk back over what was added before returning the error, or tell the caller
how much there is.

Bad, after create_altmaps_and_memory_blocks():
	static int example_add(int nid, u64 start, u64 size)
	{
		u64 cur;
		int ret;

		for (cur = start; cur < start + size; cur += SZ_128M) {
			ret = arch_add_memory(nid, cur, SZ_128M, &params);
			if (ret)
				return ret;	/* <-- the pieces that arch_add_memory() added before stay */
		}
		return 0;
	}

Bad patch, the way back went:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,15 +10,11 @@
	 static int example_plug(struct example *ex)
	 {
	 	int i, ret;

	 	for (i = 0; i < ex->count; i++) {
	 		ret = add_memory(ex->nid, ex->start[i], ex->size, MHP_NONE);
	 		if (ret)
	-			goto undo;
	+			return ret;	/* <-- the pieces that add_memory() added before stay */
	 	}
	 	return 0;
	-undo:
	-	while (i--)
	-		WARN_ON(remove_memory(ex->start[i], ex->size));
	-	return ret;
	 }

Good, undone:
	static int example_plug(struct example *ex)
	{
		int i, ret;

		for (i = 0; i < ex->count; i++) {
			ret = add_memory(ex->nid, ex->start[i], ex->size, MHP_NONE);
			if (ret)
				goto undo;
		}
		return 0;
	undo:
		while (i--)
			WARN_ON(remove_memory(ex->start[i], ex->size));
		return ret;
	}

Good, the rest goes on without it, as dev_dax_kmem_probe():
	for (i = 0; i < ex->count; i++) {
		rc = add_memory_driver_managed(ex->mgid, ex->start[i], ex->size, ex->name, MHP_NID_IS_MGID);
		if (rc) {
			dev_warn(ex->dev, "mapping%d: memory add failed\n", i);
			continue;
		}
		ex->mapped++;
	}

Known problems:
	A caller that walks back itself is not seen: this is a question.

See:
	mm/memory_hotplug.c, create_altmaps_and_memory_blocks()
	drivers/dax/kmem.c, dev_dax_kmem_probe()
"""

from gfplint.rule import Function, Reports, fact, note, report

SEVERITY = "info"
WORDS = tuple(fact("hotplug", "adds", "make"))


def check(fn: Function) -> Reports:
    undo = fn.calls_to(*fact("hotplug", "adds", "undo"))
    for call in fn.calls_to(*WORDS)[:1] if fn.complete else ():
        loop = call.loop
        if loop is None or any(not loop.has(one.span) for one in undo):
            continue
        for out in [out for out in loop.exits if out.error or out.text.isidentifier()][:1]:
            yield report(
                out,
                f"the pieces that {call.name}() added before stay when this one fails",
                key=(call.name,),
                help="take back what was added, or tell the caller how much there is",
                related=[note(call, "added here")],
            )
