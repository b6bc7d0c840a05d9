# SPDX-License-Identifier: GPL-2.0-or-later
r"""A flag that does not exist, one letter or one prefix away from one that does.

Modifiers begin with two underscores, composites with none: __GFP_NOWARN and
GFP_KERNEL, never GFP_NOWARN or __GFP_KERNEL.  Such a line does not build; in
code that only some architectures or configurations build nobody notices.

Write the name that was meant.

Bad, a modifier without its underscores:
	p = kmalloc(len, GFP_KERNEL | GFP_NOWARN);	/* <-- GFP_NOWARN does not exist */

Bad, a letter is missing:
	p = kmalloc(len, GFP_KERNEL | __GFP_RETRY_MAYFAI);	/* <-- __GFP_RETRY_MAYFAI does not exist */

Bad patch, after the page tables of m68k:
	--- a/arch/m68k/include/asm/example.h
	+++ b/arch/m68k/include/asm/example.h
	@@ -10,5 +10,5 @@ static inline struct ptdesc *example_one(struct mm_struct *mm)
	 {
	 	struct ptdesc *ptdesc;

	-	ptdesc = pagetable_alloc(GFP_DMA | __GFP_NOWARN, 0);
	+	ptdesc = pagetable_alloc(GFP_DMA | GFP_NOWARN, 0);	/* <-- GFP_NOWARN does not exist */
	 	if (!ptdesc)

Good, spelt as it is declared:
	p = kmalloc(len, GFP_KERNEL | __GFP_NOWARN);

Good, a new flag that is near to none:
	p = kmalloc(len, GFP_KERNEL | __GFP_EXAMPLE_HINT);

Good patch, the file's own name:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -1,3 +1,4 @@
	+#define GFP_NOWARN (GFP_KERNEL | __GFP_NOWARN)
	 #include "example.h"

	 #define EXAMPLE_SIZE 8
	@@ -10,5 +11,5 @@ static int example_table(struct example *ex)
	 {
	 	void *p;

	-	p = kmalloc(ex->size, GFP_KERNEL);
	+	p = kmalloc(ex->size, GFP_NOWARN);
	 	if (!p)

Known problems:
	A name that another header of the series defines is not known here.

See:
	include/linux/gfp_types.h
	arch/m68k/include/asm/mcf_pgalloc.h, pte_alloc_one()
"""

from gfplint.rule import Function, Reports, report, rows

SEVERITY = "error"
WORDS = ("__GFP_*", "_GFP_*", "GFP_*")


def check(fn: Function) -> Reports:
    gone = [row["name"] for row in rows("gfp", "removed")]
    for mask in fn.written:
        for name in mask.unknown:
            meant = mask.meant(name)
            if meant and name not in gone:
                yield report(
                    mask, f"{name} does not exist, {meant} does", key=(name,), help=f"write {meant}"
                )
