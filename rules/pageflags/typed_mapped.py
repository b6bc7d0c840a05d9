# SPDX-License-Identifier: GPL-2.0-or-later
r"""A page with a page type, mapped into a process or asked for its mappings.

PG_offline, PG_table and the other page types are stored in the word that
counts how often a page is mapped.  Mapping such a page makes another type of
it, or a bad page when it is unmapped; its count of mappings is a number
without meaning.

A page that user space maps cannot have a type: clear it first.

Bad:
	__SetPageOffline(page);
	ret = vm_insert_page(vma, vma->vm_start, page);	/* <-- vm_insert_page() of a page with a type */

Bad patch, the mark came:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,3 +10,4 @@ static int example_mmap(struct file *file, struct vm_area_struct *vma)
	 	page = ex->page;
	+	__SetPageOffline(page);
	 	ret = vm_insert_page(vma, vma->vm_start, page);	/* <-- vm_insert_page() of a page with a type */
	 	return ret;

Good, cleared first:
	__ClearPageOffline(page);
	ret = vm_insert_page(vma, vma->vm_start, page);

Good, another page, as balloons do:
	__SetPageOffline(page);
	list_add(&page->lru, &ex->pages);
	ret = vm_insert_page(vma, vma->vm_start, ex->shared);

Known problems:
	Sees only steps of one function that stand in one block.

See:
	include/linux/page-flags.h, enum pagetype
	include/linux/balloon_compaction.h, balloon_page_insert()
"""

from gfplint.rule import Function, Reports, fact, note, report

SEVERITY = "warning"
SET, MAPS = (tuple(fact("page_flags", "typed", key)) for key in ("set", "maps"))
WORDS = SET


def check(fn: Function) -> Reports:
    for call in fn.calls_to(*SET):
        page = str(call.args[0]) if call.args else ""
        for used in call.then:
            if used.name in MAPS and page and any(arg.bare == page for arg in used.args):
                yield report(
                    used,
                    f"{used.name}() of a page with a type: the type is stored where mappings are counted",
                    key=(used.name, call.name),
                    help="a page that is mapped cannot have a page type",
                    related=[note(call, "the type is set here")],
                )
