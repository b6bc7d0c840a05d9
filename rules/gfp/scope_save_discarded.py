# SPDX-License-Identifier: GPL-2.0-or-later
r"""The beginning of an allocation scope whose old state is thrown away.

memalloc_nofs_save(), memalloc_noio_save() and their like set a flag of the
task and return what it was before; the matching restore needs that value.
Thrown away, it can only be guessed: the scope ends too early for a caller
who had opened one of the same kind, or never ends.

Keep the value in an unsigned int and hand it to the restore.

Bad:
	memalloc_nofs_save();	/* <-- is thrown away */
	ret = example_write(ex);

Bad, a cast does not keep it:
	(void)memalloc_noio_save();	/* <-- is thrown away */
	ret = example_write(ex);

Bad patch, after the transactions of xfs:
	--- a/fs/example/trans.c
	+++ b/fs/example/trans.c
	@@ -10,5 +10,5 @@ static int example_commit(struct example *ex)
	 {
	 	unsigned int flags;

	-	flags = memalloc_nofs_save();
	+	memalloc_nofs_save();	/* <-- is thrown away */
	 	example_flush(ex);

Good, kept on the stack:
	unsigned int flags = memalloc_nofs_save();

	ret = example_write(ex);
	memalloc_nofs_restore(flags);

Good, kept in an object, as xfs_trans_set_context() does:
	tp->t_pflags = memalloc_nofs_save();

Good, a thread that stays in the scope all its life, as jbd2's:
	static int example_thread(void *arg)
	{
		memalloc_nofs_save();
		return example_loop(arg);
	}

Known problems:
	A value that is kept and then not used is the matter of another rule.

See:
	include/linux/sched/mm.h
	Documentation/core-api/gfp_mask-from-fs-io.rst
	fs/xfs/xfs_trans.h, xfs_trans_set_context()
"""

from gfplint.rule import Function, Reports, report, scopes

SEVERITY = "error"
CONFIDENCE = "medium"
WORDS = tuple(scopes())


def check(fn: Function) -> Reports:
    for call in fn.calls_to(*WORDS):
        if call.discarded and not fn.is_thread:
            yield report(
                call,
                f"the old state that {call.name}() returns is thrown away, and {scopes()[call.name]}() needs it",
                key=(call.name,),
                help=f"flags = {call.name}(); ... {scopes()[call.name]}(flags);",
            )
