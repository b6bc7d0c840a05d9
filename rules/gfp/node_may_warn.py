# SPDX-License-Identifier: GPL-2.0-or-later
r"""__GFP_THISNODE without __GFP_NOWARN, and a failure that is handled.

__GFP_THISNODE forbids to look on other nodes, so the request fails whenever
that one node is full, with a stack trace and the state of all memory in the
log.  Where the failure is handled that is noise that somebody will report.

Add __GFP_NOWARN, unless the message is wanted.

Bad:
	page = alloc_pages_node(nid, GFP_KERNEL | __GFP_THISNODE, 0);	/* <-- fails loudly when the node is full */
	if (!page)
		page = alloc_page(GFP_KERNEL);

Bad patch, after memtrace_alloc_node():
	--- a/arch/powerpc/platforms/example/trace.c
	+++ b/arch/powerpc/platforms/example/trace.c
	@@ -10,6 +10,6 @@ static struct page *example_take(int nid)
	 {
	 	struct page *page;

	-	page = alloc_pages_node(nid, GFP_KERNEL | __GFP_THISNODE | __GFP_NOWARN, 4);
	+	page = alloc_pages_node(nid, GFP_KERNEL | __GFP_THISNODE, 4);	/* <-- fails loudly when the node is full */
	 	if (!page)
	 		return NULL;

Good:
	page = alloc_pages_node(nid, GFP_KERNEL | __GFP_THISNODE | __GFP_NOWARN, 0);
	if (!page)
		page = alloc_page(GFP_KERNEL);

Good, must not fail:
	page = alloc_pages_node(nid, GFP_KERNEL | __GFP_THISNODE | __GFP_NOFAIL, 0);

Known problems:
	Boot code may want the message.

See:
	include/linux/gfp_types.h, __GFP_THISNODE
	arch/powerpc/platforms/powernv/memtrace.c, memtrace_alloc_node()
"""

from gfplint.rule import Function, Reports, report

SEVERITY = "info"
WORDS = ("__GFP_THISNODE",)


def check(fn: Function) -> Reports:
    for call, mask in fn.allocations if not fn.at_boot else ():
        quiet = mask.may("__GFP_NOWARN", "__GFP_NOFAIL") or not mask.has(WORDS)
        if not quiet and not mask.only_modifiers and call.asked_for == "null":
            yield report(
                mask,
                f"{call.name}() with __GFP_THISNODE fails loudly when the node is full, and that is handled here",
                key=(call.name,),
                help="add __GFP_NOWARN, unless the message is wanted",
            )
