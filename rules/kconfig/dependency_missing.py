# SPDX-License-Identifier: GPL-2.0-or-later
r"""A function used in a file that is also built where that function does not exist.

alloc_contig_pages() is there with CONFIG_CONTIG_ALLOC only, add_memory() with
CONFIG_MEMORY_HOTPLUG only; without the symbol there is no stub, and a random
configuration breaks the build weeks after the patch went in.  The entry that the
file is built by must depend on the symbol, or on one that brings it.

Write "depends on": a computed symbol cannot be selected, and select ignores what
the selected symbol itself depends on.

Bad, nothing in sight says what the file depends on, in drivers/example/trace.c:
	static struct page *trace_alloc(int nid, unsigned long nr)
	{
		return alloc_contig_pages(nr, GFP_KERNEL, nid, NULL);	/* <-- is there only with CONTIG_ALLOC */
	}

Bad patch, after memtrace_alloc_node() without its Kconfig hunk:
	--- a/arch/powerpc/platforms/example/trace.c
	+++ b/arch/powerpc/platforms/example/trace.c
	@@ -20,5 +20,5 @@ static u64 trace_alloc_node(u32 nid, u64 size)
	 	struct page *page;

	-	page = trace_take(nid, nr_pages);
	+	page = alloc_contig_pages(nr_pages, GFP_KERNEL, nid, NULL);	/* <-- is there only with CONTIG_ALLOC */
	 	if (!page)
	 		return 0;

Good patch, the entry comes to depend on it, as PPC_MEMTRACE:
	--- a/arch/powerpc/platforms/example/Kconfig
	+++ b/arch/powerpc/platforms/example/Kconfig
	@@ -10,4 +10,4 @@
	 config EXAMPLE_TRACE
	 	bool "Example trace memory"
	-	depends on PPC_POWERNV
	+	depends on PPC_POWERNV && CONTIG_ALLOC
	 	help
	--- a/arch/powerpc/platforms/example/trace.c
	+++ b/arch/powerpc/platforms/example/trace.c
	@@ -20,5 +20,5 @@ static u64 trace_alloc_node(u32 nid, u64 size)
	 	struct page *page;

	-	page = trace_take(nid, nr_pages);
	+	page = alloc_contig_pages(nr_pages, GFP_KERNEL, nid, NULL);
	 	if (!page)
	 		return 0;

Good, only where it is there, in drivers/example/trace.c:
	#ifdef CONFIG_CONTIG_ALLOC
	static struct page *trace_alloc(int nid, unsigned long nr)
	{
		return alloc_contig_pages(nr, GFP_KERNEL, nid, NULL);
	}
	#endif

Known problems:
	Silent where other functions of the file use such functions and no #if says
	when.  With a kernel tree the Makefiles and Kconfig files are read, with all that the
	series changes in them; without one it can only ask, which is info.  Silent for
	files that are always built, or whose Makefile is too clever to be read.

See:
	arch/powerpc/platforms/powernv/Kconfig, PPC_MEMTRACE
	mm/Kconfig, CONTIG_ALLOC
	Documentation/kbuild/kconfig-language.rst
	https://lore.kernel.org/r/20201029162718.29910-1-david@redhat.com
"""

from gfplint.rule import Call, File, Reports, fact, gates, report

SEVERITY = "warning"
CONFIDENCE = "medium"
WORDS = tuple(gates())


def check(file: File) -> Reports:
    if file.matches(fact("hotplug", "abuse", "owners")):
        return
    own = {fn.name for fn in file.functions}
    seen: dict[tuple[str, ...], Call] = {}
    for fn in file.functions:
        for call in fn.calls_to(*WORDS):
            if not (call.name in own or call.compiled_if or fn.mentions("IS_ENABLED", "IS_REACHABLE")):
                seen.setdefault(gates()[call.name], call)
    for symbols, call in seen.items():
        names = [name for name, others in gates().items() if others == symbols]
        guarded = file.guarded(call.fn.name, names, symbols)
        if guarded is None or (file.besides(*names) and not guarded):
            continue
        what, entry = " or ".join(symbols), file.built_without(*symbols)
        if entry:
            yield report(
                call,
                f"{call.name}() is there only with {what}, and {entry} does not depend on it",
                key=symbols,
                help=f"let {entry} depend on {what}, or keep the call under #ifdef CONFIG_{symbols[0]}",
            )
        elif file.gate_unknown(*symbols):
            yield report(
                call,
                f"{call.name}() is there only with {what}: does the Kconfig entry of this file depend on it?",
                key=symbols,
                help=f"depends on {what}",
                severity="info",
                confidence="low",
            )
