# SPDX-License-Identifier: GPL-2.0-or-later
r"""Memory used through the linear mapping after that was removed.

arch_remove_linear_mapping() takes the kernel's mapping of a range away.  From
then on page_address(), __va(), clear_page() or a memset() of the range fault.
The order is: clear and flush, mark PG_offline, remove the mapping; and for the
way back: make the mapping, clear PG_offline, free.

Bad:
	arch_remove_linear_mapping(start, size);
	memset(__va(start), 0, size);	/* <-- after the linear mapping was removed */

Bad, freed without it:
	arch_remove_linear_mapping(start, size);
	free_contig_range(PHYS_PFN(start), nr_pages);	/* <-- free_contig_range() after the linear mapping was removed */

Bad patch, the order is turned, after memtrace_alloc_node():
	--- a/arch/powerpc/platforms/example/trace.c
	+++ b/arch/powerpc/platforms/example/trace.c
	@@ -10,5 +10,5 @@ static u64 example_alloc(u64 start, u64 size)
	 {
	-	clear_page(__va(start));
	 	arch_remove_linear_mapping(start, size);
	+	clear_page(__va(start));	/* <-- after the linear mapping was removed */
	 	return start;
	 }

Good, the order of memtrace_alloc_node():
	clear_page(__va(start));
	arch_remove_linear_mapping(start, size);

Good, mapped again:
	arch_remove_linear_mapping(start, size);
	example_trace(start, size);
	if (arch_create_linear_mapping(nid, start, size, &params))
		return;
	free_contig_range(PHYS_PFN(start), nr_pages);

Known problems:
	Looks at calls that follow in the same block with the same address or size
	in their arguments.

See:
	arch/powerpc/platforms/powernv/memtrace.c, memtrace_alloc_node()
	arch/powerpc/mm/mem.c, arch_remove_linear_mapping()
"""

from gfplint.rule import Function, Reports, fact, note, report

SEVERITY = "error"
WORDS = tuple(fact("page_flags", "linear_map", "remove"))
CREATE, TOUCH = (fact("page_flags", "linear_map", key) for key in ("create", "touch"))


def check(fn: Function) -> Reports:
    for removal in fn.calls_to(*WORDS):
        for call in removal.then:
            if call.name in CREATE:
                break
            if call.name in TOUCH and removal.args and str(removal.args[0]) in str(call.args[0] if call.args else ""):
                yield report(
                    call,
                    f"{call.name}() after the linear mapping was removed",
                    key=(call.name,),
                    help="do it before, or make the mapping again first",
                    related=[note(removal, "removed here")],
                )
                break
