# SPDX-License-Identifier: GPL-2.0-or-later
r"""NUMA_NO_NODE where a node is needed.

alloc_pages_node() and kmalloc_node() take NUMA_NO_NODE for "wherever this CPU
is".  __alloc_pages_node(), __folio_alloc_node() and alloc_contig_pages() do
not: they look the node up in a table, and -1 is a VM_BUG_ON() at best and
memory before the table at worst.  __GFP_THISNODE with NUMA_NO_NODE is no
better: stay on the node, but on which?

Use the function without the underscores, or name a node.

Bad:
	page = __alloc_pages_node(NUMA_NO_NODE, GFP_KERNEL, 0);	/* <-- __alloc_pages_node() needs a node */

Bad, a flag without its node:
	p = kmalloc_node(len, GFP_KERNEL | __GFP_THISNODE, NUMA_NO_NODE);	/* <-- kmalloc_node() with __GFP_THISNODE needs a node */

Bad patch, after the trace memory of memtrace_alloc_node():
	--- a/arch/powerpc/platforms/powernv/example.c
	+++ b/arch/powerpc/platforms/powernv/example.c
	@@ -10,5 +10,5 @@ static u64 example_alloc_node(u32 nid, u64 size)
	 {
	 	struct page *page;

	-	page = alloc_contig_pages(n, GFP_KERNEL | __GFP_NOWARN, nid, NULL);
	+	page = alloc_contig_pages(n, GFP_KERNEL | __GFP_NOWARN, NUMA_NO_NODE, NULL);	/* <-- needs a node */
	 	if (!page)

Good, as in memtrace_alloc_node():
	page = alloc_contig_pages(n, GFP_KERNEL | __GFP_THISNODE, nid, NULL);

Good, any node will do:
	page = alloc_pages_node(NUMA_NO_NODE, GFP_KERNEL, 0);
	p = kmalloc_node(len, GFP_KERNEL, NUMA_NO_NODE);

Known problems:
	A node in a variable is taken for a node.

See:
	include/linux/gfp.h, __alloc_pages_node()
	mm/page_alloc.c, alloc_contig_pages_noprof()
	arch/powerpc/platforms/powernv/memtrace.c, memtrace_alloc_node()
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "error"
WORDS = ("NUMA_NO_NODE",)


def check(fn: Function) -> Reports:
    strict = fact("allocators", "needs_node", "names")
    for call in fn.calls:
        node = call.arg("nid")
        bound = any(mask.has(("__GFP_THISNODE",)) for mask in call.masks)
        if node is None or str(node) not in WORDS or not (bound or call.name in strict):
            continue
        what = f"{call.name}()" if call.name in strict else f"{call.name}() with __GFP_THISNODE"
        yield report(
            node,
            f"{what} needs a node, and NUMA_NO_NODE is none",
            key=(call.name,),
            help="name a node, or use a function that takes NUMA_NO_NODE, without __GFP_THISNODE",
        )
