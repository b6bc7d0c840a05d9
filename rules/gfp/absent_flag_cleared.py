# SPDX-License-Identifier: GPL-2.0-or-later
r"""A flag taken out of a mask that does not have it.

GFP_KERNEL & ~__GFP_HIGHMEM is GFP_KERNEL.  Where the mask comes from a
caller, taking a flag out is a precaution; where it is a constant it is a
riddle: the reader looks up whether GFP_KERNEL may reach high memory (it never
does).  Most such lines are left over from a mask that once had the flag.

Write the mask alone.

Bad:
	page = alloc_page(GFP_KERNEL & ~__GFP_HIGHMEM);	/* <-- GFP_KERNEL has no __GFP_HIGHMEM */

Bad, one of two is not there:
	p = kmalloc(len, GFP_NOFS & ~(__GFP_IO | __GFP_FS));	/* <-- GFP_NOFS has no __GFP_FS */

Bad patch, after the CRST tables of s390:
	--- a/arch/s390/mm/example.c
	+++ b/arch/s390/mm/example.c
	@@ -10,5 +10,5 @@ unsigned long *example_table_alloc(struct mm_struct *mm)
	 {
	 	struct ptdesc *ptdesc;

	-	ptdesc = pagetable_alloc(GFP_KERNEL, 2);
	+	ptdesc = pagetable_alloc(GFP_KERNEL & ~__GFP_HIGHMEM, 2);	/* <-- GFP_KERNEL has no __GFP_HIGHMEM */
	 	if (!ptdesc)

Good, it is there:
	ptdesc = pagetable_alloc(GFP_PGTABLE_USER & ~__GFP_ACCOUNT, 0);

Good, the caller's mask may have it:
	page = alloc_page(gfp & ~__GFP_HIGHMEM);

Good, some kernels have it there:
	p = kmalloc(len, GFP_NOWAIT & ~__GFP_NOWARN);

Known problems:
	Masks from a #define of another header are not known: nothing is said.

See:
	include/linux/gfp_types.h, "Useful GFP flag combinations"
	arch/s390/mm/pgalloc.c, crst_table_alloc()
"""

from gfplint.rule import Function, Reports, report

SEVERITY = "info"
WORDS = ("__GFP_*",)


def check(fn: Function) -> Reports:
    for mask in fn.written:
        for base, cleared in mask.taken_out:
            absent = base.lacks(cleared)
            if absent:
                yield report(
                    mask,
                    f"{base} has no {' and no '.join(absent)} that could be taken out",
                    key=(base.terms, absent),
                    help=f"write {base}" if absent == cleared else f"leave {' and '.join(absent)} out",
                )
