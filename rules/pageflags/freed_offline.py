# SPDX-License-Identifier: GPL-2.0-or-later
r"""Pages given back while they are marked PG_offline.

__SetPageOffline() stores a page type in the word that counts mappings.  The
buddy does not expect one: the page is reported as bad and lost, or the next
owner finds it marked "nobody may touch".  The way back is the contrary of the
way there: make the linear mapping, clear PG_offline on every page, then free.

Bad, the order is turned:
	static void example_release(unsigned long start_pfn, unsigned long nr_pages)
	{
		unsigned long pfn;

		free_contig_range(start_pfn, nr_pages);	/* <-- free_contig_range() before __ClearPageOffline() */
		for (pfn = start_pfn; pfn < start_pfn + nr_pages; pfn++)
			__ClearPageOffline(pfn_to_page(pfn));
	}

Bad, never cleared:
	static void example_hide(struct example *ex)
	{
		ex->page = alloc_page(GFP_KERNEL);
		if (ex->page)
			__SetPageOffline(ex->page);
	}

	static void example_show(struct example *ex)
	{
		__free_page(ex->page);	/* <-- the pages are still marked PG_offline */
	}

Bad patch, after memtrace_free():
	--- a/arch/powerpc/platforms/example/trace.c
	+++ b/arch/powerpc/platforms/example/trace.c
	@@ -10,5 +10,5 @@ static int example_free(unsigned long start_pfn, unsigned long nr_pages)
	+	free_contig_range(start_pfn, nr_pages);	/* <-- free_contig_range() before __ClearPageOffline() */
	 	for (pfn = start_pfn; pfn < start_pfn + nr_pages; pfn++)
	 		__ClearPageOffline(pfn_to_page(pfn));
	-	free_contig_range(start_pfn, nr_pages);
	 	return 0;
	 }

Good, as memtrace_free():
	for (pfn = start_pfn; pfn < start_pfn + nr_pages; pfn++)
		__ClearPageOffline(pfn_to_page(pfn));
	free_contig_range(start_pfn, nr_pages);

Good, nothing here is marked:
	static void example_release(struct example *ex)
	{
		__free_page(ex->page);
	}

Known problems:
	A file that frees several kinds of pages and never clears the mark is
	reported at each of them; pages that leave through the online callback
	are cleared by generic_online_page().

See:
	arch/powerpc/platforms/powernv/memtrace.c, memtrace_free()
	include/linux/page-flags.h, the text on PageOffline()
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "error"
CONFIDENCE = "medium"
FREES = tuple(fact("page_flags", "offline", "frees"))
WORDS = FREES
SET, CLEAR = (fact("page_flags", "offline", key) for key in ("set", "clear"))


def check(fn: Function) -> Reports:
    if fn.file.matches(fact("page_flags", "reserved", "owners")):
        return
    for call, what in fn.frees_marked(FREES, SET, CLEAR):
        yield report(
            call,
            f"{call.name}() {what}: the pages are still marked PG_offline",
            key=(call.name,),
            help=f"{CLEAR[0]}() on every page first",
        )
