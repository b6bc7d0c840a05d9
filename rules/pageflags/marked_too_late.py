# SPDX-License-Identifier: GPL-2.0-or-later
r"""PG_offline set when the linear mapping is gone already.

The mark tells those who read memory by page frame, /proc/kcore and the
dumpers, to leave the page alone.  Between the removal of the mapping and the
mark they read through a mapping that is not there.

Mark the pages first, then remove the mapping; on the way back make the
mapping, then clear the mark.

Bad:
	arch_remove_linear_mapping(start, size);
	for (pfn = start_pfn; pfn < start_pfn + nr_pages; pfn++)
		__SetPageOffline(pfn_to_page(pfn));	/* <-- __SetPageOffline() after arch_remove_linear_mapping() */

Bad patch, after memtrace_alloc_node():
	--- a/arch/powerpc/platforms/example/trace.c
	+++ b/arch/powerpc/platforms/example/trace.c
	@@ -10,6 +10,6 @@ static u64 example_alloc(u32 nid, u64 size)
	+	arch_remove_linear_mapping(PFN_PHYS(start_pfn), size);
	+
	 	for (pfn = start_pfn; pfn < start_pfn + nr_pages; pfn++)
	 		__SetPageOffline(pfn_to_page(pfn));	/* <-- __SetPageOffline() after arch_remove_linear_mapping() */
	-
	-	arch_remove_linear_mapping(PFN_PHYS(start_pfn), size);

	 	return PFN_PHYS(start_pfn);

Bad, the mark goes before the mapping is back:
	for (pfn = start_pfn; pfn < start_pfn + nr_pages; pfn++)
		__ClearPageOffline(pfn_to_page(pfn));	/* <-- __ClearPageOffline() before arch_create_linear_mapping() */
	ret = arch_create_linear_mapping(nid, start, size, &params);

Good, as memtrace_alloc_node():
	for (pfn = start_pfn; pfn < start_pfn + nr_pages; pfn++)
		__SetPageOffline(pfn_to_page(pfn));
	arch_remove_linear_mapping(start, size);

Good, the way back, as memtrace_free():
	ret = arch_create_linear_mapping(nid, start, size, &params);
	if (ret)
		return ret;
	for (pfn = start_pfn; pfn < start_pfn + nr_pages; pfn++)
		__ClearPageOffline(pfn_to_page(pfn));

Known problems:
	Sees only steps of one function that stand in one block, loops included.

See:
	arch/powerpc/platforms/powernv/memtrace.c, memtrace_alloc_node() and memtrace_free()
	include/linux/page-flags.h, the text on PageOffline()
"""

from gfplint.rule import Function, Reports, fact, note, report

SEVERITY = "warning"
SET, CLEAR = (tuple(fact("page_flags", "offline", key)) for key in ("set", "clear"))
REMOVE, CREATE = (tuple(fact("page_flags", "linear_map", key)) for key in ("remove", "create"))
WORDS = (*REMOVE, *CREATE)


def check(fn: Function) -> Reports:
    for step in fn.calls_to(*WORDS):
        removal = step.name in REMOVE
        for mark in step.then if removal else step.before.calls:
            if mark.name in (SET if removal else CLEAR):
                yield report(
                    mark,
                    f"{mark.name}() {'after' if removal else 'before'} {step.name}(): readers meet no mapping",
                    key=(mark.name, step.name),
                    help="mark before the mapping goes, and clear when it is there again",
                    related=[note(step, "the mapping")],
                )
                break
