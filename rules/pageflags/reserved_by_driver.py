# SPDX-License-Identifier: GPL-2.0-or-later
r"""PG_reserved set on memory that a driver or an architecture allocated itself.

PG_reserved says "boot allocation or hole, do not touch": the memory map is
set up with it, and hibernation, dump and the page walkers each read something
else into it.  On a page that came from the page allocator it is far too
generic.  remap_pfn_range() has not needed it for years, DMA and mmap buffers
have helpers of their own, and memory that shall be hidden from the rest of
the kernel is marked PG_offline.

Bad:
	for (i = 0; i < npages; i++)
		SetPageReserved(buf->pages[i]);	/* <-- too generic */

Bad, in arch/powerpc/platforms/powernv/example.c:
	__SetPageReserved(pfn_to_page(pfn));	/* <-- too generic */

Bad patch, after the buffers of comedi_buf.c:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,3 +10,4 @@ static int example_buf_alloc(struct example *ex)
	 	ex->page = alloc_page(GFP_KERNEL);
	 	if (!ex->page)
	 		return -ENOMEM;
	+	SetPageReserved(ex->page);	/* <-- too generic */

Good, the memory map is mm's, in mm/example_init.c:
	__SetPageReserved(page);

Good patch, moved code brings nothing new:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,6 +10,6 @@ static int example_buf_alloc(struct example *ex)
	 	ex->page = alloc_page(GFP_KERNEL);
	-	SetPageReserved(ex->page);
	 	if (!ex->page)
	 		return -ENOMEM;
	+	SetPageReserved(ex->page);

	 	example_start(ex);

Known problems:
	Platform code that hands out memory which firmware reserved at boot may
	have its reasons; the message asks for them.

See:
	include/linux/page-flags.h, the text on PG_reserved
	drivers/comedi/comedi_buf.c, comedi_buf_alloc()
	https://lore.kernel.org/r/20201029162718.29910-5-david@redhat.com
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "warning"
CONFIDENCE = "medium"
WORDS = tuple(fact("page_flags", "reserved", "set_without_accounting"))


def check(fn: Function) -> Reports:
    if not fn.file.matches(fact("page_flags", "reserved", "owners")):
        for call in fn.calls_to(*WORDS):
            yield report(
                call,
                f"{call.name}() on memory of its own: PG_reserved is too generic",
                key=(call.name,),
                help="drop it for mmap and DMA buffers; mark memory that nobody may touch with __SetPageOffline()",
            )
