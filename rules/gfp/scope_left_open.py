# SPDX-License-Identifier: GPL-2.0-or-later
r"""An allocation scope that is still open where the function returns.

memalloc_nofs_save(), memalloc_noio_save() and their like change what every
allocation of the task may do until the matching restore.  A way out that
misses the restore leaves the task in the scope for good: GFP_KERNEL means
GFP_NOFS ever after, reclaim gets weaker, and nobody can tell why; with
memalloc_noreclaim_save() the task eats the reserves.

Restore on every way out.

Bad:
	flags = memalloc_nofs_save();
	ret = example_prepare(ex);
	if (ret)
		return ret;	/* <-- memalloc_nofs_save() is still open */
	ret = example_write(ex);
	memalloc_nofs_restore(flags);
	return ret;

Bad, the restore of another scope:
	flags = memalloc_noio_save();
	ret = example_write(ex);
	memalloc_nofs_restore(flags);	/* <-- memalloc_nofs_restore() does not end what memalloc_noio_save() began */
	return ret;

Bad patch, the label that went:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,10 +10,9 @@ static int example_reset(struct example *ex)
	 {
	 	unsigned int flags = memalloc_noio_save();
	 	int ret = example_stop(ex);

	 	if (ret)
	-		goto out;
	+		return ret;	/* <-- memalloc_noio_save() is still open */
	 	ret = example_start(ex);
	-out:
	 	memalloc_noio_restore(flags);
	 	return ret;
	 }

Good:
	flags = memalloc_nofs_save();
	ret = example_prepare(ex);
	if (!ret)
		ret = example_write(ex);
	memalloc_nofs_restore(flags);
	return ret;

Good, kept for the one who ends the transaction, as xfs_trans_set_context() does:
	static void example_begin(struct example *ex)
	{
		ex->flags = memalloc_nofs_save();
	}

Known problems:
	A restore in a function of another file is seen only where its name says
	so.

See:
	include/linux/sched/mm.h
	Documentation/core-api/gfp_mask-from-fs-io.rst
	fs/xfs/xfs_trans.h, xfs_trans_set_context()
"""

from gfplint.rule import Function, Reports, lock_words, note, report

SEVERITY = "error"
CONFIDENCE = "medium"
WORDS = lock_words("scope")


def check(fn: Function) -> Reports:
    for out in fn.exits:
        for lock in out.leaks:
            if lock.family == "scope":
                yield report(
                    out,
                    f"returns while the scope of {lock.op.acquire}() is still open",
                    key=(lock.cls,),
                    help=f"call {lock.op.release[0]}() before leaving",
                    related=[note(lock, "opened here")],
                )
    for release in fn.releases:
        if release.family == "scope" and release.other and release.other.family == "scope":
            yield report(
                release,
                f"{release.name}() does not end what {release.other.op.acquire}() began",
                key=(release.name, release.other.cls),
                help=f"call {release.other.op.release[0]}()",
                related=[note(release.other, "opened here")],
            )
