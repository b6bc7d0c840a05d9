# SPDX-License-Identifier: GPL-2.0-or-later
r"""A function that comes back from some successes with a lock, from others without.

The lock is given back on one way out and kept on another, and neither returns
an error.  It may be handed on by design (a page that is returned locked, an
object that stays locked in a context), and often enough a "return 0" stands in
the middle of a section.  So this is a question: who gives it back?

Say so in the function's name or comment, or release it.

Bad, a return in the middle, after __hw_perf_event_init() of s390:
	static int example_init(struct example *ex)
	{
		int err = 0;

		mutex_lock(&example_mutex);
		example_reserve(ex);
		if (ex->simple)
			return 0;	/* <-- comes back with &example_mutex held */
		err = example_buffers(ex);
		mutex_unlock(&example_mutex);
		return err;
	}

Bad, a state without a case:
	static void example_timer(struct example *ex)
	{
		spin_lock(&ex->lock);
		switch (ex->state) {
		case EXAMPLE_SENT:
			spin_unlock(&ex->lock);
			break;
		case EXAMPLE_USED:
			spin_unlock(&ex->lock);
			return;
		}
	}	/* <-- comes back with &ex->lock held */

Bad patch, a way out is added:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,6 +10,8 @@
	 static void example_idle(struct example *ex)
	 {
	 	mutex_lock(&ex->lock);
	+	if (!ex->running)
	+		return;	/* <-- comes back with &ex->lock held */
	 	example_halt(ex);
	 	mutex_unlock(&ex->lock);
	 }

Good, one way out:
	static void example_idle(struct example *ex)
	{
		mutex_lock(&ex->lock);
		if (ex->running)
			example_halt(ex);
		mutex_unlock(&ex->lock);
	}

Good, the name says it:
	static int example_start_locked(struct example *ex)
	{
		mutex_lock(&ex->lock);
		if (ex->ready)
			return 1;
		mutex_unlock(&ex->lock);
		return 0;
	}

Known problems:
	Locks handed on by design, and callees through a pointer that give the lock
	back, are reported where no name or comment tells.

See:
	arch/s390/kernel/perf_cpum_sf.c, __hw_perf_event_init()
	fs/fuse/file.c, fuse_page_mkwrite()
"""

from gfplint.rule import Function, Reports, lock_words, note, report

SEVERITY = "info"
CONFIDENCE = "low"
WORDS = lock_words("general")


def check(fn: Function) -> Reports:
    given = {release.key for release in fn.releases}
    for out in fn.exits:
        for lock in out.leaks if not out.error else ():
            if lock.family == "general" and lock.op.mode != "count" and lock.key in given:
                yield report(
                    out,
                    f"comes back with {lock} held, which other ways out release",
                    key=(lock.cls, lock.key),
                    help=f"call {lock.op.release[0]}(), or say who does",
                    related=[note(lock, "taken here")],
                )
