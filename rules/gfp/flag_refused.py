# SPDX-License-Identifier: GPL-2.0-or-later
r"""A flag that the allocator called does not take.

Some allocators reject a part of the mask: alloc_contig_pages() fails with a
flag that it cannot honour (__GFP_ACCOUNT, __GFP_NORETRY, the reserves of
GFP_ATOMIC), the DMA API warns at __GFP_COMP and returns NULL, a mempool
cannot zero an element that it had in store, and functions that return an
address cannot hand out high memory.

Leave the flag out; where its effect is needed take another allocator.

Bad, an address cannot lie in high memory:
	buf = (void *)__get_free_pages(GFP_HIGHUSER, 2);	/* <-- __get_free_pages() does not take __GFP_HIGHMEM */

Bad, elements of a pool are as they were left:
	p = mempool_alloc(pool, GFP_NOIO | __GFP_ZERO);	/* <-- mempool_alloc() does not take __GFP_ZERO */

Bad patch, after the trace memory of memtrace_alloc_node():
	--- a/arch/powerpc/platforms/powernv/example.c
	+++ b/arch/powerpc/platforms/powernv/example.c
	@@ -10,5 +10,5 @@ static u64 example_alloc_node(u32 nid, u64 size)
	 {
	 	struct page *page;

	-	page = alloc_contig_pages(n, GFP_KERNEL | __GFP_THISNODE, nid, NULL);
	+	page = alloc_contig_pages(n, GFP_KERNEL_ACCOUNT | __GFP_THISNODE, nid, NULL);	/* <-- does not take __GFP_ACCOUNT */
	 	if (!page)

Good, as in memtrace_alloc_node():
	page = alloc_contig_pages(n, GFP_KERNEL | __GFP_THISNODE | __GFP_NOWARN, nid, NULL);

Good, pages may lie anywhere:
	page = alloc_pages(GFP_HIGHUSER, 2);

Good, cleared by hand:
	p = mempool_alloc(pool, GFP_NOIO);
	memset(p, 0, sizeof(*p));

Known problems:
	Kernels before 6.13 and its stable releases let alloc_contig_pages() pass
	with flags that it then ignored.

See:
	mm/page_alloc.c, __alloc_contig_verify_gfp_mask(), alloc_pages_exact_noprof()
	kernel/dma/mapping.c, dma_alloc_attrs()
	mm/mempool.c, mempool_alloc_noprof()
	arch/powerpc/platforms/powernv/memtrace.c, memtrace_alloc_node()
"""

from gfplint.rule import Function, Reports, report, twins

SEVERITY = "error"
WORDS = ("__GFP_*", "GFP_*")


def check(fn: Function) -> Reports:
    effects = twins("allocators", "refusals")
    for call in fn.calls:
        row = call.allocator
        if row is None or row.cls not in effects:
            continue
        for mask in call.masks:
            for flag in call.refuses(mask):
                yield report(
                    mask,
                    f"{call.name}() does not take {flag}: it {effects[row.cls]}",
                    key=(call.name, flag),
                    help=f"leave {flag} out, or use an allocator that has it",
                )
