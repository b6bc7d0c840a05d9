# SPDX-License-Identifier: GPL-2.0-or-later
r"""kvfree() of memory that cannot come from vmalloc().

kvfree() asks at run time what the pointer is.  Where the same function got
it from kmalloc(), the answer is known: kfree() does, may be called
where sleeping is forbidden, and tells the reader which allocator it was.

Bad:
	p = kmalloc(len, GFP_KERNEL);
	if (!p)
		return -ENOMEM;
	ret = example_query(p);
	kvfree(p);	/* <-- p comes from kmalloc(): kfree() does */
	return ret;

Bad, a string, after f2fs_fill_super():
	name = kstrdup(from, GFP_KERNEL);
	kvfree(name);	/* <-- kfree() does */

Bad patch, after the queries of a firmware interface:
	--- a/drivers/net/example.c
	+++ b/drivers/net/example.c
	@@ -10,9 +10,9 @@ static int example_query(struct example *ex)
	 {
	 	void *out;
	 	int ret;

	-	out = kvzalloc(ex->len, GFP_KERNEL);
	+	out = kzalloc(ex->len, GFP_KERNEL);
	 	if (!out)
	 		return -ENOMEM;
	 	ret = example_read(ex, out);
	 	kvfree(out);	/* <-- out comes from kzalloc(): kfree() does */

Good, a buffer that may be large:
	out = kvzalloc(len, GFP_KERNEL);
	if (!out)
		return -ENOMEM;
	kvfree(out);

Good, one or the other:
	p = len > PAGE_SIZE ? vmalloc(len) : kmalloc(len, GFP_KERNEL);
	kvfree(p);

Known problems:
	It is a matter of taste where the function may grow another way to allocate.

See:
	mm/util.c, kvfree()
	fs/f2fs/super.c, f2fs_fill_super()
"""

from gfplint.rule import Function, Reports, note, report

SEVERITY = "info"
WORDS = ("kvfree", "kvfree_sensitive")


def check(fn: Function) -> Reports:
    for free in fn.frees:
        made = free.made[0]
        if free.call.name in WORDS and free.name.isidentifier() and not made.freed_by("vfree") and all(one.freed_by("kfree") for one in free.made):
            plain = free.call.name.replace("kvfree", "kfree")
            yield report(
                free.call,
                f"{free.name} comes from {made.name}(): {plain}() does",
                key=(made.name, free.name),
                help=f"use {plain}()",
                related=[note(made, "allocated here")],
            )
