# SPDX-License-Identifier: GPL-2.0-or-later
r"""A retry modifier on a request that never reclaims.

__GFP_NORETRY and __GFP_RETRY_MAYFAIL say how hard direct reclaim shall try.  A
request without __GFP_DIRECT_RECLAIM, such as one with GFP_NOWAIT or
GFP_ATOMIC, fails before that question comes up: the modifier does nothing,
and tells the reader of an effort or a restraint that is not there.

Leave the modifier out, or use a base that may reclaim.

Bad:
	p = kmalloc(len, GFP_ATOMIC | __GFP_RETRY_MAYFAIL);	/* <-- __GFP_RETRY_MAYFAIL has no effect */

Bad, through a variable:
	gfp_t gfp = GFP_NOWAIT | __GFP_NOWARN;

	gfp |= __GFP_NORETRY;	/* <-- __GFP_NORETRY has no effect */
	page = alloc_pages(gfp, order);

Bad patch, after the bios of dm-bufio:
	--- a/drivers/md/example.c
	+++ b/drivers/md/example.c
	@@ -20,5 +20,5 @@ static struct page *example_page(struct example *ex)
	 {
	 	struct page *page;

	-	page = alloc_page(GFP_NOIO | __GFP_NORETRY | __GFP_NOWARN);
	+	page = alloc_page(GFP_NOWAIT | __GFP_NORETRY | __GFP_NOWARN);	/* <-- __GFP_NORETRY has no effect */
	 	if (!page)

Good, a base that reclaims:
	p = kmalloc(len, GFP_NOIO | __GFP_NORETRY | __GFP_NOWARN);

Good, the base is the caller's:
	p = kmalloc(len, gfp | __GFP_NORETRY);

Known problems:
	Harmless as it stands: the request behaves as if the modifier were not
	there.  What is wrong may be the base rather than the modifier.

See:
	include/linux/gfp_types.h, "Reclaim modifiers"
	drivers/md/dm-bufio.c, use_bio()
	mm/page_alloc.c, __alloc_pages_slowpath(), "Caller is not willing to reclaim"
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "info"
WORDS = tuple(fact("gfp", "classes", "retry_modifiers"))


def check(fn: Function) -> Reports:
    for mask in fn.masks:
        flags = mask.has(fact("gfp", "classes", "retry_modifiers"))
        if flags and mask.cannot_block and not mask.only_modifiers:
            yield report(
                mask,
                f"{' | '.join(flags)} has no effect on a request that does not reclaim: {mask}",
                key=flags,
                help=f"leave {' and '.join(flags)} out, or use a base that may reclaim",
            )
