# SPDX-License-Identifier: GPL-2.0-or-later
r"""A page taken out of the direct map, and nobody looks whether it worked.

set_direct_map_invalid_noflush() splits large mappings, for which it needs
memory; it may fail, and where the architecture has no such thing it does
nothing at all.  Memory that counts on being out of reach is then readable through the
direct map as before.

Test the result, and ask can_set_direct_map() where the effect is needed.

Bad:
	static int example_hide(struct page *page)
	{
		set_direct_map_invalid_noflush(page);	/* <-- the result of set_direct_map_invalid_noflush() is ignored */
		flush_tlb_kernel_range(example_start(page), example_end(page));
		return 0;
	}

Bad patch, after secretmem_fault():
	--- a/drivers/example/secret.c
	+++ b/drivers/example/secret.c
	@@ -10,6 +10,4 @@ static int example_fault(struct page *page)
	 {
	-	err = set_direct_map_invalid_noflush(page);
	-	if (err)
	-		return err;
	+	set_direct_map_invalid_noflush(page);	/* <-- the result of set_direct_map_invalid_noflush() is ignored */
	 	__folio_mark_uptodate(folio);
	 	return 0;

Good, as secretmem_fault():
	err = set_direct_map_invalid_noflush(page);
	if (err)
		return vmf_error(err);

Good, the way back, which cannot be helped when it fails:
	set_direct_map_default_noflush(page);

Known problems:
	None known.

See:
	mm/secretmem.c, secretmem_fault()
	include/linux/set_memory.h, the stubs
"""

from gfplint.rule import Function, Reports, report

SEVERITY = "warning"
WORDS = ("set_direct_map_invalid_noflush",)


def check(fn: Function) -> Reports:
    for call in fn.calls_to(*WORDS):
        if call.statement:
            yield report(
                call,
                f"the result of {call.name}() is ignored: the page may still be mapped",
                key=(call.name,),
                help="test the result, and ask can_set_direct_map() before",
            )
