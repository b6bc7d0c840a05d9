# SPDX-License-Identifier: GPL-2.0-or-later
r"""A page taken out of the direct map, and the TLBs still have it.

set_direct_map_invalid_noflush() changes the page table and nothing else: every
CPU that has used the address goes on reading and writing through its TLB.
What the page was hidden for is then still to be seen.

flush_tlb_kernel_range() for the address, as soon as the pages are out.

Bad:
	static int example_hide(struct page *page)
	{
		return set_direct_map_invalid_noflush(page);	/* <-- no flush_tlb_kernel_range() */
	}

Bad patch, after secretmem_fault():
	--- a/mm/example.c
	+++ b/mm/example.c
	@@ -10,12 +10,10 @@
	 static int example_fault(struct page *page)
	 {
	-	unsigned long addr = (unsigned long)page_address(page);
	 	int err;

	 	err = set_direct_map_invalid_noflush(page);	/* <-- no flush_tlb_kernel_range() */
	 	if (err)
	 		return err;

	-	flush_tlb_kernel_range(addr, addr + PAGE_SIZE);
	 	return 0;
	 }

Good, as secretmem_fault():
	err = set_direct_map_invalid_noflush(page);
	if (err)
		return err;
	flush_tlb_kernel_range(addr, addr + PAGE_SIZE);

Good, the way back needs none:
	static void example_show(struct page *page)
	{
		set_direct_map_default_noflush(page);
	}

Known problems:
	A caller that flushes for many pages at once is not seen: this is a
	question.

See:
	mm/secretmem.c, secretmem_fault()
	mm/vmalloc.c, vm_reset_perms()
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "info"
CONFIDENCE = "low"
WORDS = tuple(fact("page_flags", "direct_map", "invalid"))


def check(fn: Function) -> Reports:
    if not fn.complete or fn.mentions(*fact("page_flags", "direct_map", "flush")):
        return
    for call in fn.calls_to(*WORDS):
        yield report(
            call,
            f"no flush_tlb_kernel_range() after {call.name}(): CPUs may still reach the page",
            key=(call.name,),
            help="flush the range of the page, or say who does",
        )
