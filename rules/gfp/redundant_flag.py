# SPDX-License-Identifier: GPL-2.0-or-later
r"""A flag that the rest of the mask has already.

GFP_KERNEL_ACCOUNT contains __GFP_ACCOUNT, GFP_PGTABLE_USER contains
__GFP_ZERO, GFP_USER contains all of GFP_KERNEL.  Written once more the flag
changes nothing; it makes the reader look for a difference that is not there,
and it hides what the composite means.

Leave it out.

Bad, a composite that has it:
	p = kmem_cache_alloc(cache, GFP_KERNEL_ACCOUNT | __GFP_ACCOUNT);	/* <-- __GFP_ACCOUNT is in the rest of the mask */

Bad, one base contains the other:
	page = alloc_page(GFP_USER | GFP_KERNEL);	/* <-- GFP_KERNEL is in the rest of the mask */

Bad, twice the same:
	p = kmalloc(len, GFP_KERNEL | __GFP_NOWARN | __GFP_NOWARN);	/* <-- __GFP_NOWARN is in the rest of the mask */

Bad patch, after the page tables of asm-generic/pgalloc.h:
	--- a/include/asm-generic/example.h
	+++ b/include/asm-generic/example.h
	@@ -10,5 +10,5 @@ static inline struct ptdesc *example_one(struct mm_struct *mm)
	 {
	 	struct ptdesc *ptdesc;

	-	ptdesc = pagetable_alloc(GFP_PGTABLE_USER, 0);
	+	ptdesc = pagetable_alloc(GFP_PGTABLE_USER | __GFP_ZERO, 0);	/* <-- __GFP_ZERO is in the rest of the mask */
	 	if (!ptdesc)

Good, as there:
	ptdesc = pagetable_alloc(GFP_PGTABLE_USER & ~__GFP_ACCOUNT, 0);

Good, each adds something:
	page = alloc_page(GFP_HIGHUSER | __GFP_ZERO | __GFP_NOWARN);

Good, only some kernels have it in the base:
	p = kmalloc(len, GFP_NOWAIT | __GFP_NOWARN);

Known problems:
	GFP_NOWAIT contains __GFP_NOWARN in newer kernels only: that pair is
	reported where the kernel is known to be such a one.

See:
	include/linux/gfp_types.h, "Useful GFP flag combinations"
	include/asm-generic/pgalloc.h, GFP_PGTABLE_USER
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "info"
WORDS = ("__GFP_*", "GFP_*")


def check(fn: Function) -> Reports:
    restricting = fact("gfp", "classes", "restricting_bases")
    for mask in fn.written:
        for flag in mask.redundant:
            if flag not in restricting:
                yield report(
                    mask,
                    f"{flag} is in the rest of the mask already: {mask}",
                    key=(flag,),
                    help=f"leave {flag} out",
                )
