# SPDX-License-Identifier: GPL-2.0-or-later
r"""A flag that the kernel no longer has.

Flags come and go: __GFP_WAIT became __GFP_DIRECT_RECLAIM, __GFP_REPEAT became
__GFP_RETRY_MAYFAIL, __GFP_COLD and __GFP_NOTRACK went without a successor,
and __GFP_ATOMIC was folded into GFP_ATOMIC.  Code written for an older kernel
does not build, or, behind an #ifdef of its own, does nothing.

Use what took its place.

Bad:
	p = kmalloc(len, GFP_KERNEL | __GFP_REPEAT);	/* <-- __GFP_REPEAT is gone */

Bad, in a test:
	if (gfp & __GFP_WAIT)	/* <-- __GFP_WAIT is gone */
		might_sleep();

Bad patch, after kvmalloc_node(), which once took it:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,5 +10,5 @@ static int example_table(struct example *ex)
	 {
	 	void *p;

	-	p = kvmalloc(ex->size, GFP_KERNEL | __GFP_RETRY_MAYFAIL);
	+	p = kvmalloc(ex->size, GFP_KERNEL | __GFP_REPEAT);	/* <-- __GFP_REPEAT is gone */
	 	if (!p)

Good, what took its place:
	p = kvmalloc(len, GFP_KERNEL | __GFP_RETRY_MAYFAIL);

Good, asked through the helper:
	if (gfpflags_allow_blocking(gfp))
		might_sleep();

Known problems:
	Which kernel the patch is for must be known for flags that some of the
	known kernels still have.

See:
	include/linux/gfp_types.h
	mm/util.c, __kvmalloc_node_noprof()
	tools/perf/builtin-kmem.c, which still knows the names of old traces
"""

from gfplint.rule import Function, Reports, report, rows

SEVERITY = "error"
WORDS = tuple(row["name"] for row in rows("gfp", "removed"))


def check(fn: Function) -> Reports:
    gone = {row["name"]: row for row in rows("gfp", "removed")}
    for mask in fn.written:
        for name in mask.unknown:
            if name in gone:
                yield report(
                    mask,
                    f"{name} is gone since {gone[name]['removed_in']}",
                    key=(name,),
                    help=f"use {gone[name]['replacement']}",
                )
