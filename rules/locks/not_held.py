# SPDX-License-Identifier: GPL-2.0-or-later
r"""A lock released where it is not held.

The unlock stands on a path that gave the lock back before, or on one where
taking it failed: down_write_killable() and mutex_lock_interruptible() return
an error without the lock, and the label to jump to is the one behind the
unlock.  A second unlock of a mutex or rwsem lets another task into a section
that somebody is in.

Bad, the wrong label after a failed lock:
	static int example_resize(struct example *ex, size_t size)
	{
		int rc;

		rc = down_write_killable(&ex->sem);
		if (rc)
			goto err;	/* <-- &ex->sem is not held */
		rc = example_set(ex, size);
	err:
		up_write(&ex->sem);
		return rc;
	}

Bad, twice on one path:
	static int example_drop(struct example *ex)
	{
		spin_lock(&ex->lock);
		list_del(&ex->list);
		spin_unlock(&ex->lock);
		example_put(ex);
		spin_unlock(&ex->lock);	/* <-- &ex->lock is not held */
		return 0;
	}

Bad patch, a lock that can fail now, after size_store() of dax:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,9 +10,11 @@ static ssize_t example_store(struct device *dev, size_t val)
	 {
	 	int rc;

	-	down_write(&example_rwsem);
	+	rc = down_write_killable(&example_rwsem);
	+	if (rc)
	+		goto out;	/* <-- &example_rwsem is not held */
	 	rc = example_resize(dev, val);
	-
	+out:
	 	up_write(&example_rwsem);
	 	return rc;
	 }

Good, past the unlock:
	static int example_resize(struct example *ex, size_t size)
	{
		int rc;

		rc = down_write_killable(&ex->sem);
		if (rc)
			goto out;
		rc = example_set(ex, size);
		up_write(&ex->sem);
	out:
		return rc;
	}

Good, the caller's lock dropped for a while:
	static void example_wait(struct example *ex)
	{
		spin_unlock(&ex->lock);
		example_sleep(ex);
		spin_lock(&ex->lock);
	}

Known problems:
	Says nothing where the lock may have been taken out of sight.

See:
	drivers/dax/bus.c, size_store()
	kernel/locking/rwsem.c, down_write_killable()
"""

from gfplint.rule import Function, Reports, lock_words, note, report

SEVERITY = "error"
WORDS = (*lock_words("general"), *lock_words("hotplug"))


def check(fn: Function) -> Reports:
    for release in fn.releases:
        places = [release.span] if release.held == "no" and not release.other else release.without
        for place in places:
            yield report(
                place,
                f"{release.key} is not held when this path comes to {release.name}()",
                key=(release.name, release.key),
                help="leave through a label behind the unlock",
                related=[
                    *([note(release, "released here")] if place != release.span else []),
                    *([note(release.tried, "not taken where this fails")] if release.tried else []),
                ],
            )
