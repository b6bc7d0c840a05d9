# SPDX-License-Identifier: GPL-2.0-or-later
r"""PG_offline set on pages that somebody may be reading.

/proc/kcore asks PageOffline() and then reads, inside of page_offline_freeze().
A driver that marks pages which it did not just allocate, and then takes their
memory away, has to wait for such readers: page_offline_begin() before the
marks, page_offline_end() behind them.

Bad:
	for (i = 0; i < nr_pages; i++)
		__SetPageOffline(pfn_to_page(pfn + i));	/* <-- without page_offline_begin() */

Bad patch, after virtio_mem_set_fake_offline():
	--- a/drivers/virtio/example.c
	+++ b/drivers/virtio/example.c
	@@ -10,6 +10,4 @@ static void example_fake_offline(unsigned long pfn, unsigned long nr_pages)
	 {
	-	page_offline_begin();
	 	for (; nr_pages--; pfn++)
	 		__SetPageOffline(pfn_to_page(pfn));	/* <-- without page_offline_begin() */
	-	page_offline_end();
	 }

Good:
	page_offline_begin();
	for (i = 0; i < nr_pages; i++)
		__SetPageOffline(pfn_to_page(pfn + i));
	page_offline_end();

Good, pages that were just allocated, as memtrace_alloc_node():
	page = alloc_contig_pages(nr_pages, GFP_KERNEL, nid, NULL);
	if (!page)
		return 0;
	start_pfn = page_to_pfn(page);
	for (pfn = start_pfn; pfn < start_pfn + nr_pages; pfn++)
		__SetPageOffline(pfn_to_page(pfn));

Known problems:
	A helper whose callers have just allocated the pages, or have begun already,
	is asked as well.

See:
	mm/util.c, page_offline_begin()
	drivers/virtio/virtio_mem.c, virtio_mem_set_fake_offline()
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "info"
CONFIDENCE = "low"
SET, WRITER = (tuple(fact("page_flags", "offline", key)) for key in ("set", "writer"))
LOOKUP = fact("hotplug", "pfn_walk", "lookup")
WORDS = SET


def check(fn: Function) -> Reports:
    fresh = any(call.allocator is not None for call in fn.calls)
    if fn.file.matches(fact("page_flags", "raw", "owners")) or fn.at_boot or fresh or fn.mentions(*WRITER):
        return
    for call in fn.calls_to(*SET):
        if any(inner.name in LOOKUP and inner.within(call.site.node) for inner in fn.calls):
            yield report(
                call,
                f"{call.name}() without {WRITER[0]}(): somebody may be reading the page",
                key=(call.name,),
                help=f"{WRITER[0]}() before, {WRITER[1]}() behind, unless the pages were just allocated",
            )
