# SPDX-License-Identifier: GPL-2.0-or-later
r"""A GFP mask made of modifiers alone.

A gfp mask starts from a base: GFP_KERNEL, GFP_NOWAIT, GFP_ATOMIC and their
like say whether the allocator may reclaim, sleep, or at least wake kswapd.
The __GFP_* modifiers and the zone selectors GFP_DMA and GFP_DMA32 only bend
such a base.  Alone they make a request that neither reclaims nor wakes
kswapd: it fails as soon as the free lists run low, also where the caller
could have slept.  Nearly always the base was forgotten.

Start from the base that fits the place: GFP_KERNEL where it may sleep,
GFP_NOWAIT where it may not and has a fallback.  A request that shall not even
wake kswapd says so: GFP_NOWAIT & ~__GFP_KSWAPD_RECLAIM.

Bad:
	page = alloc_pages_node(nid, __GFP_THISNODE | __GFP_NOWARN, 0);	/* <-- no base */

Bad, through a variable:
	gfp_t flags = __GFP_ZERO;	/* <-- no base */

	if (quiet)
		flags |= __GFP_NOWARN;	/* <-- no base */
	buf = kmalloc(len, flags);

Bad, one branch of two:
	p = kmalloc(len, wait ? GFP_KERNEL : __GFP_NOWARN);	/* <-- no base */

Bad, a zone is no base, in drivers/scsi/example.c:
	cmd = kzalloc(sizeof(*cmd), GFP_DMA);	/* <-- only names a zone */

Bad patch, after the allocation of trace memory in memtrace_alloc_node():
	--- a/arch/powerpc/platforms/powernv/example.c
	+++ b/arch/powerpc/platforms/powernv/example.c
	@@ -10,5 +10,5 @@ static u64 example_alloc_node(u32 nid, u64 size)
	 {
	 	struct page *page;

	-	page = alloc_contig_pages(n, GFP_KERNEL | __GFP_THISNODE, nid, NULL);
	+	page = alloc_contig_pages(n, __GFP_THISNODE, nid, NULL);	/* <-- no base */
	 	if (!page)

Good, the base is there, as in memtrace_alloc_node():
	page = alloc_contig_pages(n, GFP_KERNEL | __GFP_THISNODE |
				  __GFP_NOWARN, nid, NULL);

Good, the base comes from the caller:
	page = alloc_pages_node(nid, gfp_mask | __GFP_THISNODE, 0);

Good, a reclaim bit is a base of its own:
	p = kmalloc(len, __GFP_KSWAPD_RECLAIM | __GFP_NOWARN);

Known problems:
	A mask that is completed by a function that is not in the fact tables, or
	in another file, is not seen; the rule is silent there.

See:
	include/linux/gfp_types.h, "Useful GFP flag combinations"
	arch/powerpc/platforms/powernv/memtrace.c, memtrace_alloc_node()
	Documentation/core-api/memory-allocation.rst
"""

from gfplint.rule import Function, Reports, edit, fix, note, report

SEVERITY = "warning"
WORDS = ("__GFP_*", "GFP_DMA", "GFP_DMA32")


def check(fn: Function) -> Reports:
    for call in fn.calls:
        for mask in call.masks:
            if not mask.only_modifiers:
                continue
            what = "only names a zone, which is no base" if mask.only_zone else "has modifiers but no base"
            based = f"GFP_KERNEL | {mask}"
            choice = based if call.sleeps else f"{based} where it may sleep, GFP_NOWAIT | {mask} where it may not"
            yield report(
                mask,
                f"{mask} {what}: {call.name}() neither reclaims nor wakes kswapd",
                key=("zone" if mask.only_zone else "modifiers",),
                help=f"write {choice}",
                related=() if mask.within(call) else [note(call, "the mask is used here")],
                fix=fix("start from GFP_KERNEL", edit(mask, based), sure=call.sleeps),
            )
