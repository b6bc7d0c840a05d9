# SPDX-License-Identifier: GPL-2.0-or-later
r"""A lock taken while the same function holds it.

Mutexes, spinlocks and rwsems are not recursive: the task waits for itself,
for ever.  It happens when a lock is moved up over a section that has it
already.

Bad:
	static void example_flush(struct example *ex)
	{
		mutex_lock(&ex->lock);
		example_stop(ex);
		mutex_lock(&ex->lock);	/* <-- takes &ex->lock, which is held */
		example_clear(ex);
		mutex_unlock(&ex->lock);
	}

Bad, a branch that does not unlock:
	static void example_scan(struct example *ex, bool again)
	{
		spin_lock(&ex->lock);
		if (!again)
			spin_unlock(&ex->lock);
		else
			example_note(ex);
		if (again)
			spin_lock(&ex->lock);	/* <-- takes &ex->lock, which is held */
		spin_unlock(&ex->lock);
	}

Bad patch, the section grew:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,7 +10,8 @@
	 static void example_detach(struct example *ex)
	 {
	+	mutex_lock(&ex->lock);
	 	example_stop(ex);
	 	mutex_lock(&ex->lock);	/* <-- takes &ex->lock, which is held */
	 	example_clear(ex);
	 	mutex_unlock(&ex->lock);
	 }

Good, another lock of that type:
	static void example_move(struct example *from, struct example *to)
	{
		mutex_lock(&from->lock);
		mutex_lock_nested(&to->lock, SINGLE_DEPTH_NESTING);
		example_copy(from, to);
		mutex_unlock(&to->lock);
		mutex_unlock(&from->lock);
	}

Good, dropped in between, as in do_wait() and its like:
	static void example_flush(struct example *ex)
	{
		mutex_lock(&ex->lock);
		while (ex->busy) {
			mutex_unlock(&ex->lock);
			example_sleep(ex);
			mutex_lock(&ex->lock);
		}
		mutex_unlock(&ex->lock);
	}

Known problems:
	Callees out of sight give locks back on some paths: the lock may be free by
	then, so this is only asked, never asserted.  A lock that the caller holds is not seen, nor one that a loop takes again
	and again.  Locks without an argument, such
	as console_lock(), are left out: callees hand them over.

See:
	Documentation/locking/mutex-design.rst
	kernel/exit.c, do_wait()
"""

from gfplint.rule import Function, Reports, lock_words, note, report

SEVERITY = "info"
CONFIDENCE = "low"
WORDS = lock_words("general")


def check(fn: Function) -> Reports:
    for again in fn.twice:
        if again.first.family == "general" and again.first.key and again.first.span != again.span:
            yield report(
                again,
                f"{again.name}() takes {again.first}, which is held: a deadlock",
                key=(again.name, again.first.key),
                help="take it once, or release it first",
                related=[note(again.first, "taken here")],
            )
