# SPDX-License-Identifier: GPL-2.0-or-later
r"""A branch on whether a lock is taken, by whomever.

mutex_is_locked(), rwsem_is_locked() and spin_is_locked() say that somebody
holds the lock, not that the caller does.  Code that skips the lock, or the
unlock, because of that answer runs unprotected as soon as another task is
inside, and the answer is old before it is used.

Split the function into one that wants the lock held, with a
lockdep_assert_held(), and one that takes it.

Bad:
	static void example_unregister(struct example *ex)
	{
		if (rwsem_is_locked(&example_rwsem))	/* <-- rwsem_is_locked() is true also where another task holds */
			return __example_unregister(ex);
		down_write(&example_rwsem);
		__example_unregister(ex);
		up_write(&example_rwsem);
	}

Bad, an unlock under a guess:
	if (mutex_is_locked(&ex->lock))	/* <-- true also where another task holds */
		mutex_unlock(&ex->lock);

Bad patch, after unregister_dev_dax():
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,3 +10,5 @@ static int example_remove(struct example *ex)
	 	example_stop(ex);
	+	if (mutex_is_locked(&ex->lock))	/* <-- true also where another task holds */
	+		return example_del(ex);
	 	mutex_lock(&ex->lock);
	 	list_del(&ex->list);

Good, an assertion:
	lockdep_assert_held(&example_rwsem);
	WARN_ON_ONCE(!rwsem_is_locked(&example_rwsem));

Good, busy, so later:
	if (mutex_is_locked(&ex->lock))
		return -EBUSY;
	mutex_lock(&ex->lock);
	mutex_unlock(&ex->lock);

Known problems:
	A branch that only leaves, as an optimisation does, is not reported.  Says
	nothing where the function neither takes nor gives back that lock.

See:
	drivers/dax/bus.c, unregister_dev_dax()
	kernel/locking/mutex.c, mutex_is_locked()
	include/linux/lockdep.h, lockdep_assert_held()
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "warning"
WORDS = tuple(fact("locks", "asserts", "somebody"))


def check(fn: Function) -> Reports:
    for call in fn.calls_to(*WORDS):
        lock = str(call.args[0]) if call.args else ""
        if call.guarded and any(str(one.args[0]) == lock for one in fn.lock_calls if one.args):
            yield report(
                call,
                f"{call.name}() is true also where another task holds {lock}",
                key=(call.name, lock),
                help="take the lock, or let the callers hold it and say so with lockdep_assert_held()",
            )
