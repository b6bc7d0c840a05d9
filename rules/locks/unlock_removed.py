# SPDX-License-Identifier: GPL-2.0-or-later
r"""An unlock that the patch takes out, with a return left behind the lock.

The code between was moved, or the two sections before and after it became
one, and the unlock went with it.  A return in the middle now leaves with the
lock held.

Give the lock back before that return, or jump to where it is given back.

Bad patch, two sections became one, after vaddr_get_pfn() of vfio:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,12 +10,8 @@ static int example_pfn(struct mm_struct *mm, unsigned long vaddr,
	 	down_read(&mm->mmap_sem);
	-	ret = example_look(mm, vaddr);
	-	up_read(&mm->mmap_sem);
	-
	+	ret = example_get(mm, vaddr);
	 	if (ret == 1) {
	 		*pfn = page_to_pfn(page);
	 		return 0;	/* <-- returns with &mm->mmap_sem held */
	 	}

	-	down_read(&mm->mmap_sem);
	-
	 	vaddr = untagged_addr(vaddr);

Bad patch, moved too far:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,8 +10,7 @@ static int example_start(struct example *ex)
	 	mutex_lock(&ex->lock);
	 	ex->ready = true;
	-	mutex_unlock(&ex->lock);

	 	if (ex->simple)
	 		return 0;	/* <-- returns with &ex->lock held */

	 	example_wake(ex);

Good patch, the lock goes too:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,8 +10,6 @@ static int example_start(struct example *ex)
	-	mutex_lock(&ex->lock);
	 	ex->ready = true;
	-	mutex_unlock(&ex->lock);

	 	if (ex->simple)
	 		return 0;

	 	example_wake(ex);

Good patch, given back on the way:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,8 +10,9 @@ static int example_start(struct example *ex)
	 	mutex_lock(&ex->lock);
	 	ex->ready = true;
	-	mutex_unlock(&ex->lock);

	-	if (ex->simple)
	+	if (ex->simple) {
	+		mutex_unlock(&ex->lock);
	 		return 0;
	+	}

	 	example_wake(ex);

Known problems:
	Where the function hands the lock to its caller from now on, and no name
	says so, that is reported.

See:
	drivers/vfio/vfio_iommu_type1.c, vaddr_get_pfns()
	https://lore.kernel.org/r/20191113042710.3997854-9-jhubbard@nvidia.com
"""

from gfplint.rule import Function, Reports, lock_words, note, report

SEVERITY = "error"
CONFIDENCE = "medium"
WORDS = (*lock_words("general"), *lock_words("hotplug"))


def check(fn: Function) -> Reports:
    gave = {one.key for was in fn.befores for one in was.releases if one.held == "yes"}
    kept = {lock.key or lock.cls for was in fn.befores for out in was.exits for lock in out.held + out.maybe}
    now = {one.key for part in fn.file.functions if part.name == fn.name for one in part.releases}
    for out in fn.exits if gave and "lock" not in fn.name else ():
        for lock in out.held:
            if (lock.key or lock.cls) in gave - kept - now and out.text and lock.op.mode != "count":
                yield report(
                    out,
                    f"returns with {lock} held: {lock.op.release[0]}() went from before it",
                    key=(lock.cls, lock.key),
                    help=f"call {lock.op.release[0]}() before leaving",
                    related=[note(lock, "taken here")],
                )
