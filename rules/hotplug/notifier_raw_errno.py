# SPDX-License-Identifier: GPL-2.0-or-later
r"""A memory notifier that returns an error number as it is.

A notifier answers with NOTIFY_OK, NOTIFY_DONE or NOTIFY_BAD, or hands on an
error through notifier_from_errno(), which sets the stop bit and keeps the
number.  A raw -ENOMEM has that bit by accident, and notifier_to_errno() makes
another number of it, or none: going online is not refused for the reason that
was meant.

Bad:
	static int example_memory_callback(struct notifier_block *nb, unsigned long action, void *arg)
	{
		if (action == MEM_GOING_ONLINE && !example_table(arg))
			return -ENOMEM;	/* <-- returns -ENOMEM from a memory notifier */
		return NOTIFY_OK;
	}

Bad patch, after slab_memory_callback():
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,9 +10,9 @@
	 static int example_memory_callback(struct notifier_block *nb, unsigned long action, void *arg)
	 {
	 	switch (action) {
	 	case MEM_GOING_OFFLINE:
	 		if (example_busy(arg))
	-			return notifier_from_errno(-EBUSY);
	+			return -EBUSY;	/* <-- returns -EBUSY from a memory notifier */
	 	}
	 	return NOTIFY_OK;
	 }

Good, as slab_memory_callback():
	static int example_memory_callback(struct notifier_block *nb, unsigned long action, void *arg)
	{
		int ret = 0;

		if (action == MEM_GOING_ONLINE)
			ret = example_table(arg);
		return notifier_from_errno(ret);
	}

Good, another kind of function:
	static int example_going(struct example *ex, unsigned long action)
	{
		return action == MEM_GOING_ONLINE ? -EBUSY : 0;
	}

Known problems:
	An error number that comes from a variable is seen only where its sign is
	known.

See:
	mm/slub.c, slab_memory_callback()
	include/linux/notifier.h, notifier_from_errno()
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "error"
WORDS = tuple(fact("hotplug", "notifier", "actions_6_12"))


def check(fn: Function) -> Reports:
    if not fn.params or "notifier_block" not in fn.params[0].type or not fn.mentions(*WORDS):
        return
    for out in fn.exits:
        if out.error and out.text.startswith("-E"):
            yield report(
                out,
                f"returns {out.text} from a memory notifier: that is no answer of a notifier",
                key=(out.text,),
                help=f"return notifier_from_errno({out.text})",
            )
