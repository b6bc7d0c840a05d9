# SPDX-License-Identifier: GPL-2.0-or-later
r"""An allocation that is tried again until it succeeds.

A loop around the allocator that only ends when there is memory is
__GFP_NOFAIL by hand.  The allocator does not know that the caller cannot do
without: it neither lends from the reserves nor lets the OOM killer help, and
each turn starts all over.

Add __GFP_NOFAIL and take the loop away; or let the request fail.

Bad:
	static void *example_get(size_t len)
	{
		void *p;

		do {
			p = kmalloc(len, GFP_NOFS);	/* <-- is tried until it succeeds */
		} while (!p);
		return p;
	}

Bad, with a pause:
	while (!(p = kmem_cache_alloc(cache, GFP_NOFS)))	/* <-- is tried until it succeeds */
		cond_resched();

Bad patch, after the journal heads of jbd2:
	--- a/fs/example/journal.c
	+++ b/fs/example/journal.c
	@@ -10,6 +10,10 @@ static struct example_head *example_head_alloc(void)
	 {
	 	struct example_head *head;

	-	head = kmem_cache_zalloc(example_cache, GFP_NOFS | __GFP_NOFAIL);
	+again:
	+	head = kmem_cache_zalloc(example_cache, GFP_NOFS);	/* <-- is tried until it succeeds */
	+	if (!head) {
	+		yield();
	+		goto again;
	+	}
	 	return head;
	 }

Good, as in journal_alloc_journal_head():
	head = kmem_cache_zalloc(cache, GFP_NOFS | __GFP_NOFAIL);

Good, a signal ends it:
	static int example_get(void **p, size_t len)
	{
		do {
			if (fatal_signal_pending(current))
				return -EINTR;
			*p = kmalloc(len, GFP_KERNEL);
		} while (!*p);
		return 0;
	}

Good, it is counted:
	while (!(p = kmalloc(len, GFP_KERNEL)) && --tries)
		cond_resched();

Known problems:
	Loops that make the request smaller each time end by themselves.

See:
	include/linux/gfp_types.h, "__GFP_NOFAIL"
	fs/jbd2/journal.c, journal_alloc_journal_head()
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "info"
WORDS = tuple(fact("gfp", "classes", "blocking"))


def check(fn: Function) -> Reports:
    for call, mask in fn.allocations:
        kind = call.allocator.fail if call.allocator else ""
        if kind in ("null", "zero") and mask.blocks and not mask.may("__GFP_NOFAIL") and call.retried:
            yield report(
                call,
                f"{call.name}() with {mask} is tried until it succeeds: __GFP_NOFAIL by hand",
                key=(call.name,),
                help="add __GFP_NOFAIL and take the loop away, or let the request fail",
                related=call.note(call.retried, "no other way out"),
            )
