# SPDX-License-Identifier: GPL-2.0-or-later
r"""PG_reserved set on a compound page.

The helpers of PG_reserved do not take a page of a compound page:
SetPageReserved() stops the kernel with CONFIG_DEBUG_VM_PGFLAGS, and without
it the bit stands on one struct page of many, where nobody looks for it.

Drop the bit; a compound page is kept by its reference.

Bad:
	page = alloc_pages(GFP_KERNEL | __GFP_COMP, order);
	if (!page)
		return -ENOMEM;
	SetPageReserved(page);	/* <-- SetPageReserved() on a compound page */

Bad patch, the pages became compound:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,8 +10,8 @@ static int example_buf(struct example *ex, unsigned int order)
	 	struct page *page;

	-	page = alloc_pages(GFP_KERNEL, order);
	+	page = alloc_pages(GFP_KERNEL | __GFP_COMP, order);
	 	if (!page)
	 		return -ENOMEM;
	 	for (i = 0; i < 1 << order; i++)
	 		SetPageReserved(page + i);	/* <-- SetPageReserved() on a compound page */
	 	ex->page = page;

Good, as kimage_alloc_pages():
	pages = alloc_pages(gfp_mask & ~__GFP_ZERO, order);
	if (pages)
		for (i = 0; i < count; i++)
			SetPageReserved(pages + i);

Good, the reference keeps it:
	page = alloc_pages(GFP_KERNEL | __GFP_COMP, order);
	if (!page)
		return -ENOMEM;
	ex->page = page;

Known problems:
	Pages that a helper allocated are not known to be compound.

See:
	include/linux/page-flags.h, PF_NO_COMPOUND
	kernel/kexec_core.c, kimage_alloc_pages()
"""

from gfplint.rule import Function, Reports, fact, note, report

SEVERITY = "error"
WORDS = tuple(fact("page_flags", "reserved", "set_without_accounting"))


def check(fn: Function) -> Reports:
    for made in fn.calls if fn.calls_to(*WORDS) else ():
        if made.result and any("__GFP_COMP" in mask.sure for mask in made.masks):
            for call in fn.calls_to(*WORDS):
                if call.uses(made.result) and call in made.later:
                    yield report(
                        call,
                        f"{call.name}() on a compound page: it has no place there",
                        key=(call.name, made.result),
                        help="drop it: the reference keeps the page",
                        related=[note(made, "allocated with __GFP_COMP")],
                    )
