# SPDX-License-Identifier: GPL-2.0-or-later
r"""vmalloc() with a mask that forbids sleeping.

vmalloc memory needs an address range and page tables; both are allocated
behind locks that sleep, whatever the mask says: alloc_vmap_area() begins with
might_sleep().  A mask such as GFP_NOWAIT or GFP_ATOMIC promises what the
callee does not keep.  In a place that may not sleep this is a bug; elsewhere
the mask makes the request fail early and gains nothing.

Where it may sleep, write GFP_KERNEL, with __GFP_NOWARN where failure is
expected.  Where it may not, use kmalloc(), or allocate beforehand.

Bad:
	p = __vmalloc(len, GFP_ATOMIC);	/* <-- sleeps whatever its mask says */

Bad, a choice that is none:
	p = __vmalloc(len, can_sleep ? GFP_KERNEL : GFP_NOWAIT);	/* <-- sleeps whatever its mask says */

Bad patch, after the core dumps of etnaviv_dump.c:
	--- a/drivers/gpu/drm/example/dump.c
	+++ b/drivers/gpu/drm/example/dump.c
	@@ -10,5 +10,5 @@ static int example_dump(struct example *ex)
	 {
	 	void *start;

	-	start = __vmalloc(ex->size, GFP_KERNEL | __GFP_NOWARN);
	+	start = __vmalloc(ex->size, GFP_NOWAIT);	/* <-- sleeps whatever its mask says */
	 	if (!start)

Good:
	p = __vmalloc(len, GFP_NOFS | __GFP_NOWARN);

Good, the mask is the caller's:
	p = __vmalloc(len, gfp | __GFP_NOWARN);

Known problems:
	Kernels from about 6.19 on have a vmalloc() that need not sleep; where the
	kernel is not known the finding is for information.  __init functions are
	not looked at: nobody waits for anybody then.

See:
	mm/vmalloc.c, alloc_vmap_area() and __vmalloc_node_range_noprof()
	drivers/gpu/drm/etnaviv/etnaviv_dump.c, etnaviv_core_dump()
"""

from gfplint.rule import Function, Reports, report

SEVERITY = "warning"
WORDS = ("__vmalloc*", "vmalloc_huge*", "vrealloc*", "__vcalloc*")


def check(fn: Function) -> Reports:
    for call, mask in () if fn.at_boot else fn.allocations:
        if call.in_class(("vmalloc",)) and mask.cannot_block and not mask.only_modifiers:
            yield report(
                mask,
                f"{call.name}() sleeps whatever its mask says, here {mask}",
                key=(call.name,),
                help="write GFP_KERNEL where it may sleep; kmalloc() or an earlier allocation where it may not",
                severity=None if fn.file.kernel else "info",
            )
