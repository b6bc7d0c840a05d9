# SPDX-License-Identifier: GPL-2.0-or-later
r"""A walk over pfns that trusts pfn_valid().

pfn_valid() says that there is a struct page, not that it was ever initialised:
the memmap of an offline memory block is full of poison, that of device memory
is not the buddy's.  A loop over a range that may hold such pfns asks
pfn_to_online_page(), which gives NULL for them, and holds get_online_mems()
where blocks must not go offline meanwhile.

Bad, in mm/example.c:
	static bool example_free(unsigned long start_pfn, unsigned long end_pfn)
	{
		unsigned long pfn;

		for (pfn = start_pfn; pfn < end_pfn; pfn++) {
			if (!pfn_valid(pfn))	/* <-- pfn_valid() is also true for offline memory */
				continue;
			if (PageReserved(pfn_to_page(pfn)))
				return false;
		}
		return true;
	}

Bad patch, after pfn_range_valid_contig(), in mm/example.c:
	--- a/mm/example.c
	+++ b/mm/example.c
	@@ -10,8 +10,8 @@ static bool example_range_valid(struct zone *z, unsigned long pfn,
	 	for (i = pfn; i < end; i++) {
	-		page = pfn_to_online_page(i);
	-		if (!page)
	+		if (!pfn_valid(i))	/* <-- pfn_valid() is also true for offline memory */
	 			return false;

	+		page = pfn_to_page(i);
	 		if (page_zone(page) != z)
	 			return false;
	 	}

Good, in mm/example.c:
	static bool example_free(unsigned long start_pfn, unsigned long end_pfn)
	{
		unsigned long pfn;

		for (pfn = start_pfn; pfn < end_pfn; pfn++) {
			struct page *page = pfn_to_online_page(pfn);

			if (!page || PageReserved(page))
				return false;
		}
		return true;
	}

Good, at boot, in mm/example.c:
	static void __init example_init(unsigned long pfn, unsigned long end)
	{
		for (; pfn < end; pfn++)
			if (pfn_valid(pfn))
				__init_page(pfn_to_page(pfn));
	}

Known problems:
	A range that the caller allocated, or that cannot go offline, is reported
	too.

See:
	mm/memory_hotplug.c, pfn_to_online_page()
	mm/page_alloc.c, pfn_range_valid_contig()
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "warning"
CONFIDENCE = "medium"
WORDS = tuple(fact("hotplug", "pfn_walk", "exists"))


def check(fn: Function) -> Reports:
    safe = (*fact("hotplug", "pfn_walk", "safe_lookup"), *fact("hotplug", "pfn_walk", "boot"))
    if fn.file.matches(fact("hotplug", "pfn_walk", "core")) or fn.mentions(*safe) or fn.at_boot:
        return
    found = {str(call.args[0]) for call in fn.calls_to(*fact("hotplug", "pfn_walk", "lookup")) if call.args}
    for call in fn.calls_to(*WORDS):
        if call.counted and str(call.args[0]) in found:
            yield report(
                call,
                f"{call.name}() is also true for offline memory, whose struct pages were never initialised",
                key=(call.name, str(call.args[0])),
                help="page = pfn_to_online_page(pfn), and skip where that is NULL",
            )
