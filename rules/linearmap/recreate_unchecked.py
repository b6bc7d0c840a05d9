# SPDX-License-Identifier: GPL-2.0-or-later
r"""The linear mapping made again, and nobody looks whether it worked.

arch_create_linear_mapping() allocates page tables and may fail.  Pages that go
back to the buddy without a mapping fault at the first use, in somebody else's
code.  Whoever cannot map them must keep them.

Bad:
	arch_create_linear_mapping(nid, start, size, &params);	/* <-- arch_create_linear_mapping() may fail */
	free_contig_range(start_pfn, nr_pages);

Bad patch, the test went, after memtrace_free():
	--- a/arch/powerpc/platforms/example/trace.c
	+++ b/arch/powerpc/platforms/example/trace.c
	@@ -10,5 +10,3 @@ static int example_free(int nid, u64 start, u64 size)
	-	ret = arch_create_linear_mapping(nid, start, size, &params);
	-	if (ret)
	-		return ret;
	+	arch_create_linear_mapping(nid, start, size, &params);	/* <-- arch_create_linear_mapping() may fail */
	 	free_contig_range(start_pfn, nr_pages);
	 	return 0;

Good, as memtrace_free():
	ret = arch_create_linear_mapping(nid, start, size, &params);
	if (ret)
		return ret;
	free_contig_range(start_pfn, nr_pages);

Good, in a condition:
	if (arch_create_linear_mapping(nid, start, size, &params))
		return -ENOMEM;

Known problems:
	A result that is put into a variable that nobody reads is not seen.

See:
	arch/powerpc/platforms/powernv/memtrace.c, memtrace_free()
	arch/powerpc/mm/mem.c, arch_create_linear_mapping()
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "error"
WORDS = tuple(fact("page_flags", "linear_map", "create"))


def check(fn: Function) -> Reports:
    for call in fn.calls_to(*WORDS):
        if call.statement:
            yield report(
                call,
                f"{call.name}() may fail, and its result is ignored: pages without a mapping are handed out",
                key=(call.name,),
                help="keep the pages where the mapping cannot be made",
            )
