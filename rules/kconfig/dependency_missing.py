# SPDX-License-Identifier: GPL-2.0-or-later
r"""A function used in a file that is also built where that function does not exist.

alloc_contig_pages() is there with CONFIG_CONTIG_ALLOC only, add_memory() with
CONFIG_MEMORY_HOTPLUG only; without the symbol there is no stub, and a random
configuration breaks the build weeks after the patch went in.  The entry that the
file is built by must depend on the symbol, or on one that brings it.

Some variables are there with a symbol only, too, and a macro with a value stands
for them without it: cpu_smt_control can be read anywhere, and set only with
CONFIG_HOTPLUG_SMT.

Write "depends on": a computed symbol cannot be selected, and select ignores what
the selected symbol itself depends on.  Or keep the code under #ifdef: IS_ENABLED()
does not help where the name is not declared.

Bad, nothing in sight says what the file depends on, in drivers/example/trace.c:
	static struct page *trace_alloc(int nid, unsigned long nr)
	{
		return alloc_contig_pages(nr, GFP_KERNEL, nid, NULL);	/* <-- is there only with CONTIG_ALLOC */
	}

Bad, a variable that is a constant elsewhere, in arch/powerpc/example/reboot.c:
	static void wake_all(void)
	{
		if (cpu_smt_control != CPU_SMT_ENABLED)
			cpu_smt_control = CPU_SMT_ENABLED;	/* <-- can be set only with HOTPLUG_SMT */
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
	when.  With a kernel tree its headers, Makefiles and Kconfig files are read, with
	all that the series changes in them; without one it can only ask, which is info.
	Silent where a Makefile is too clever to be read, and of functions that are
	declared but not defined, for calls beside IS_ENABLED(), which may be left out.

See:
	arch/powerpc/platforms/powernv/Kconfig, PPC_MEMTRACE
	mm/Kconfig, CONTIG_ALLOC
	include/linux/cpu_smt.h
	Documentation/kbuild/kconfig-language.rst
	https://lore.kernel.org/r/20201029162718.29910-1-david@redhat.com
"""

from gfplint.rule import File, Lack, Reports, fact, gated_words, note, report

SEVERITY = "warning"
CONFIDENCE = "medium"
WORDS = gated_words()


def check(file: File) -> Reports:
    if file.matches(fact("hotplug", "abuse", "owners")):
        return
    found: dict[tuple[str, ...], dict[str, Lack]] = {}
    for lack in file.lacks:
        if not any(lack.span == other.span for names in found.values() for other in names.values()):
            found.setdefault(lack.symbols, {}).setdefault(lack.name, lack)
    for symbols, (lack, *others) in ((symbols, names.values()) for symbols, names in found.items()):
        what = " or ".join(symbols)
        says = f"{lack.name} can be set only with {what}" if lack.set else f"{lack.name}() is there only with {what}"
        yield report(
            lack,
            f"{says}, and {lack.entry} does not depend on it"
            if lack.entry
            else f"{says}: does the Kconfig entry of this file depend on it?",
            key=symbols,
            help=f"let {lack.entry or 'it'} depend on {symbols[0]}, or keep this under #ifdef CONFIG_{symbols[0]}",
            related=[note(other, f"{other.name}, too") for other in others],
            severity="warning" if lack.entry else "info",
            confidence="medium" if lack.entry else "low",
        )
