# SPDX-License-Identifier: GPL-2.0-or-later
r"""The flags word of a page changed or read by hand.

page->flags also holds zone, node and section, each flag has a policy (head
page only, no tail page), and the word moves: it becomes a struct.  set_bit() on
it goes past the checks of the helpers, and a plain |= loses what another CPU
writes at the same time.

Use the helper: SetPageDirty(), folio_set_referenced(), PageReserved()...

Bad:
	set_bit(PG_reserved, &page->flags);	/* <-- set_bit() on PG_reserved */

Bad, on a folio:
	if (test_bit(PG_private_2, &folio->flags))	/* <-- test_bit() on PG_private_2 */
		return -EBUSY;

Bad, an assignment:
	page->flags |= 1UL << PG_referenced;	/* <-- page->flags is set by hand */

Bad patch, a helper is opened:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,4 +10,4 @@ static void example_mark(struct page *page)
	 {
	 	lock_page(page);
	-	SetPageDirty(page);
	+	__set_bit(PG_dirty, &page->flags);	/* <-- __set_bit() on PG_dirty */
	 	unlock_page(page);

Good, the helper:
	SetPageReserved(page);

Good, other flags:
	set_bit(EXAMPLE_PG_READY, &ex->flags);

Good, the architecture's own bit, as for PG_dcache_clean, in arch/arm/mm/example.c:
	if (!test_and_set_bit(PG_dcache_clean, &folio->flags))
		example_flush(folio);

Known problems:
	Bits that architectures name themselves (PG_arch_1 and what is defined as
	it) are theirs.

See:
	include/linux/page-flags.h
	arch/arm/mm/flush.c, __sync_icache_dcache()
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "warning"
BITS = tuple(f"PG_{name}" for name in fact("page_flags", "raw", "bits"))
FIELDS = tuple(fact("page_flags", "raw", "fields"))
WORDS = (*BITS, *FIELDS)
BIT_OPS = fact("page_flags", "raw", "bit_ops")
HELP = "use the helpers of include/linux/page-flags.h"


def check(fn: Function) -> Reports:
    if fn.file.matches(fact("page_flags", "raw", "owners")):
        return
    for call in fn.calls_to(*BIT_OPS):
        if len(call.args) == 2 and str(call.args[0]) in BITS and str(call.args[1]).endswith(("->flags", ".flags")):
            message = f"{call.name}() on {call.args[0]} of a page: there are helpers for page flags"
            yield report(call, message, key=(call.name, str(call.args[0])), help=HELP)
    for change in fn.changes:
        if change.field in FIELDS or (change.field == "flags" and change.names(BITS)):
            message = f"{change.target} is set by hand: there are helpers for page flags"
            yield report(change, message, key=(change.target, change.operator), help=HELP)
