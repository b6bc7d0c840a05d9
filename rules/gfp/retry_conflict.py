# SPDX-License-Identifier: GPL-2.0-or-later
r"""Retry modifiers that contradict each other.

__GFP_NORETRY, __GFP_RETRY_MAYFAIL and __GFP_NOFAIL each replace the
allocator's default of how hard it tries: hardly, hard but not for ever, for
ever.  A mask with two of them asks for two of these at once.  What happens
depends on the order of tests in the slow path, and the reader cannot know
which was meant.

Keep the weakest one that the caller can live with.

Bad, two answers to one question:
	p = kvmalloc(len, GFP_KERNEL | __GFP_NORETRY | __GFP_RETRY_MAYFAIL);	/* <-- __GFP_RETRY_MAYFAIL contradict */

Bad, put together on the way:
	gfp_t gfp = GFP_NOFS | __GFP_NOFAIL;

	if (speculative)
		gfp |= __GFP_NORETRY;	/* <-- contradict */
	p = kmalloc(len, gfp);

Bad patch, a page that must be had:
	--- a/fs/example/file.c
	+++ b/fs/example/file.c
	@@ -10,5 +10,5 @@ static int example_grow(struct example *ex)
	 {
	 	struct page *page;

	-	page = alloc_page(GFP_NOFS | __GFP_NOFAIL);
	+	page = alloc_page(GFP_NOFS | __GFP_NOFAIL | __GFP_NORETRY);	/* <-- contradict */
	 	if (!page)

Good, one of them is taken out again:
	gfp_t gfp = GFP_NOFS | __GFP_NOFAIL;

	p = kmalloc(len, (gfp & ~__GFP_NOFAIL) | __GFP_NORETRY);

Good, one of them by what the caller asked for, as in kmalloc_gfp_adjust():
	gfp_t gfp = GFP_KERNEL | __GFP_NOWARN;

	if (!must_succeed)
		gfp |= __GFP_NORETRY;
	p = kmalloc(len, gfp);

Known problems:
	A modifier that a caller in another function adds is not seen.

See:
	include/linux/gfp_types.h, "Reclaim modifiers"
	mm/page_alloc.c, __alloc_pages_slowpath()
	mm/util.c, kmalloc_gfp_adjust(), which takes this care
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "warning"
WORDS = tuple(fact("gfp", "classes", "retry_modifiers_exclusive"))


def check(fn: Function) -> Reports:
    for mask in fn.masks:
        flags = mask.has(fact("gfp", "classes", "retry_modifiers_exclusive"))
        if len(flags) > 1:
            yield report(
                mask,
                f"{' and '.join(flags)} contradict each other in one mask",
                key=flags,
                help="keep one of them: the weakest that the caller can live with",
            )
