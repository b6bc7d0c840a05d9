# SPDX-License-Identifier: GPL-2.0-or-later
r"""PG_reserved asked, by a driver, what kind of page it has.

PG_reserved is set for boot memory, holes, the zero page, ZONE_DEVICE at times
and whatever drivers of old marked with it.  It does not say "MMIO", "not
counted" or "no memory": each of these has a question of its own, such as
pfn_to_online_page(), is_zone_device_page(), page_is_ram(), pfn_valid().

Bad, in drivers/vfio/example.c:
	if (PageReserved(pfn_to_page(pfn)))	/* <-- PageReserved() does not tell */
		return true;

Bad, as a helper, in drivers/virt/example.c:
	static bool example_is_mmio(unsigned long pfn)
	{
		return !pfn_valid(pfn) || PageReserved(pfn_to_page(pfn));	/* <-- PageReserved() does not tell */
	}

Bad patch, after is_invalid_reserved_pfn():
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,4 +10,4 @@ static void example_put(unsigned long pfn)
	 	struct page *page = pfn_to_page(pfn);

	-	if (!is_zone_device_page(page))
	+	if (!PageReserved(page))	/* <-- PageReserved() does not tell */
	 		put_page(page);

Good, the question that is meant, in drivers/vfio/example.c:
	page = pfn_to_online_page(pfn);
	if (!page)
		return -EINVAL;

Good, the one who frees boot memory, in arch/x86/mm/example.c:
	if (PageReserved(page))
		free_reserved_page(page);

Known problems:
	Code that gives back memory of the boot allocator may have to ask; it is
	left alone where it calls a function that frees reserved pages, or follows
	pfn_to_online_page().

See:
	drivers/vfio/vfio_iommu_type1.c, is_invalid_reserved_pfn()
	include/linux/page-flags.h, the text on PG_reserved
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "warning"
CONFIDENCE = "medium"
WORDS = tuple(fact("page_flags", "reserved", "test"))


def check(fn: Function) -> Reports:
    frees = (*fact("page_flags", "reserved", "clear"), *fact("hotplug", "pfn_walk", "safe_lookup"))
    if fn.file.matches(fact("page_flags", "reserved", "askers")) or fn.mentions(*frees):
        return
    for call in fn.calls_to(*WORDS):
        yield report(
            call,
            f"{call.name}() does not tell MMIO, device memory or uncounted pages from others",
            key=(call.name,),
            help="ask what is meant: pfn_to_online_page(), is_zone_device_page(), page_is_ram()",
        )
