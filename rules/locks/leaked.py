# SPDX-License-Identifier: GPL-2.0-or-later
r"""A function that returns with a lock held that it gives back elsewhere.

A mutex, rwsem, spinlock, per-CPU rwsem or SRCU section is taken, and one path,
most often an error return, leaves without the release that the other paths
have.  The next one who wants the lock waits for ever; after a spinlock the
CPU goes on with preemption off.  It happens when a lock is put around code
with early returns, and when an unlock is taken out.

Leave through the label that releases the lock, or release it before the
return.

Bad:
	static int example_set(struct example *ex, int value)
	{
		int ret;

		mutex_lock(&ex->lock);
		ret = example_check(ex, value);
		if (ret)
			return ret;	/* <-- returns with &ex->lock held */
		ex->value = value;
		mutex_unlock(&ex->lock);
		return 0;
	}

Bad, a goto past the unlock:
	static int example_show(struct example *ex, struct example_info *info)
	{
		int ret = -ENODEV, idx;

		idx = srcu_read_lock(&ex->srcu);
		if (!ex->ready)
			goto out;	/* <-- returns with &ex->srcu held */
		ret = example_fill(ex, info);
		srcu_read_unlock(&ex->srcu, idx);
	out:
		return ret;
	}

Bad patch, the unlock went, the return stayed:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,11 +10,10 @@
	 static int example_pfn(struct example *ex, unsigned long *pfn)
	 {
	 	down_read(&ex->sem);
	 	if (example_lookup(ex, pfn)) {
	-		up_read(&ex->sem);
	 		return -EFAULT;	/* <-- returns with &ex->sem held */
	 	}
	 	example_fault(ex);
	 	up_read(&ex->sem);
	 	return 0;
	 }

Good, one way out, as kvmppc_svm_page_out():
	static int example_page_out(struct example *ex)
	{
		int ret;

		mutex_lock(&ex->lock);
		ret = example_setup(ex);
		if (ret)
			goto out;
		example_copy(ex);
	out:
		mutex_unlock(&ex->lock);
		return ret;
	}

Good, the lock is handed to the caller:
	static struct example *example_get_locked(int id)
	{
		struct example *ex = example_find(id);

		spin_lock(&ex->lock);
		if (!ex->dead)
			return ex;
		spin_unlock(&ex->lock);
		return NULL;
	}

Known problems:
	A way out that returns no error is left to locks/kept.  Semaphores, and locks that the function never gives back, are left out.

See:
	arch/powerpc/kvm/book3s_hv_uvmem.c, kvmppc_svm_page_out()
	Documentation/locking/mutex-design.rst
"""

from gfplint.rule import Function, Reports, lock_words, note, report

SEVERITY = "error"
WORDS = lock_words("general")


def check(fn: Function) -> Reports:
    given = {release.key for release in fn.releases}
    for out in fn.exits:
        for lock in out.leaks if out.error else ():
            if lock.family == "general" and lock.op.mode != "count" and lock.key in given:
                yield report(
                    out,
                    f"returns with {lock} held: {lock.op.acquire}() is not undone on this path",
                    key=(lock.cls, lock.key),
                    help=f"call {lock.op.release[0]}() before leaving, or leave through the label that does",
                    related=[note(lock, "taken here")],
                )
