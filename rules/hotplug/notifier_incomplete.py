# SPDX-License-Identifier: GPL-2.0-or-later
r"""A memory notifier that prepares, and never hears that nothing came of it.

MEM_GOING_ONLINE and MEM_GOING_OFFLINE ask; somebody else may still object,
and then MEM_CANCEL_ONLINE or MEM_CANCEL_OFFLINE tells those who have agreed.
What was allocated, counted or switched off for the occasion stays so
when that is not handled.

Handle the CANCEL action as well, mostly as the contrary action is.

Bad:
	static int example_memory_callback(struct notifier_block *nb, unsigned long action, void *arg)
	{
		struct memory_notify *mn = arg;

		switch (action) {
		case MEM_GOING_ONLINE:
			example_map = kcalloc(mn->nr_pages, sizeof(*example_map), GFP_KERNEL);	/* <-- MEM_CANCEL_ONLINE is not handled */
			if (!example_map)
				return notifier_from_errno(-ENOMEM);
			break;
		case MEM_ONLINE:
			example_enable();
			break;
		}
		return NOTIFY_OK;
	}

Bad patch, after ksm_memory_callback():
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,17 +10,15 @@
	 static int example_memory_callback(struct notifier_block *nb, unsigned long action, void *arg)
	 {
	 	switch (action) {
	 	case MEM_GOING_OFFLINE:
	 		mutex_lock(&example_mutex);
	 		example.run |= EXAMPLE_RUN_OFFLINE;	/* <-- MEM_CANCEL_OFFLINE is not handled */
	 		mutex_unlock(&example_mutex);
	 		break;
	 	case MEM_OFFLINE:
	-	case MEM_CANCEL_OFFLINE:
	 		mutex_lock(&example_mutex);
	 		example.run &= ~EXAMPLE_RUN_OFFLINE;
	 		mutex_unlock(&example_mutex);
	-		break;
	 	}
	 	return NOTIFY_OK;
	 }

Good, as ksm_memory_callback():
	static int example_memory_callback(struct notifier_block *nb, unsigned long action, void *arg)
	{
		switch (action) {
		case MEM_GOING_OFFLINE:
			example.run |= EXAMPLE_RUN_OFFLINE;
			break;
		case MEM_OFFLINE:
		case MEM_CANCEL_OFFLINE:
			example.run &= ~EXAMPLE_RUN_OFFLINE;
			break;
		}
		return NOTIFY_OK;
	}

Good, a veto, as prevent_bootmem_remove_notifier():
	static int example_memory_callback(struct notifier_block *nb, unsigned long action, void *arg)
	{
		switch (action) {
		case MEM_GOING_OFFLINE:
			if (example_busy(arg))
				return NOTIFY_BAD;
			break;
		}
		return NOTIFY_OK;
	}

Known problems:
	What a helper prepares is not seen, nor a callback that asks with if.

See:
	mm/ksm.c, ksm_memory_callback()
	mm/slub.c, slab_memory_callback()
	Documentation/core-api/memory-hotplug.rst
"""

from gfplint.rule import Function, Reports, report, twins_of

SEVERITY = "warning"
CONFIDENCE = "medium"
PAIRS = twins_of("hotplug", "notifier", "cancels")
WORDS = tuple(PAIRS)


def check(fn: Function) -> Reports:
    if not fn.complete or not fn.params or "notifier_block" not in fn.params[0].type:
        return
    for case in fn.cases:
        for action in case.labels:
            made = [change for change in case.changes if change.lasts(fn.locals)]
            if action in PAIRS and made and not fn.mentions(PAIRS[action]):
                yield report(
                    made[0],
                    f"{made[0].target} is set for {action}, and {PAIRS[action]} is not handled",
                    key=(action, made[0].target),
                    help=f"undo it for {PAIRS[action]}",
                )
