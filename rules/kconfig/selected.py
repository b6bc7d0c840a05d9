# SPDX-License-Identifier: GPL-2.0-or-later
r"""A memory hot(un)plug symbol selected where it must be depended on.

"select" sets a symbol whatever that one depends on.  MEMORY_HOTPLUG,
MEMORY_HOTREMOVE and ZONE_DEVICE need an architecture, a memory model and
each other; CONTIG_ALLOC is computed and has no prompt.  A driver that
selects one of them builds configurations that were never meant to be, and
Kconfig warns of unmet dependencies.

Write "depends on".

Bad, in arch/powerpc/platforms/example/Kconfig:
	config EXAMPLE_TRACE
		bool "Example trace memory"
		depends on PPC_POWERNV
		select CONTIG_ALLOC	# <-- CONTIG_ALLOC is selected

Bad patch, a dependency becomes a select, in drivers/example/Kconfig:
	--- a/drivers/example/Kconfig
	+++ b/drivers/example/Kconfig
	@@ -10,4 +10,4 @@
	 config EXAMPLE_DAX
	 	tristate "Example memory"
	-	depends on MEMORY_HOTPLUG
	+	select MEMORY_HOTPLUG	# <-- MEMORY_HOTPLUG is selected
	 	help

Good, as PPC_MEMTRACE, in arch/powerpc/platforms/example/Kconfig:
	config EXAMPLE_TRACE
		bool "Example trace memory"
		depends on PPC_POWERNV && MEMORY_HOTPLUG && CONTIG_ALLOC

Good, another symbol, in drivers/example/Kconfig:
	config EXAMPLE_DAX
		tristate "Example memory"
		depends on MEMORY_HOTPLUG
		select CRC32

Known problems:
	Entries of an architecture that select what they themselves provide are
	reported too, where they are new.

See:
	arch/powerpc/platforms/powernv/Kconfig, PPC_MEMTRACE
	Documentation/kbuild/kconfig-language.rst, "select"
	mm/Kconfig, CONTIG_ALLOC
"""

from gfplint.rule import KconfigEntry, Reports, fact, report

SEVERITY = "warning"
WORDS = tuple(fact("kconfig_gates", "not_selected", "symbols"))


def check(entry: KconfigEntry) -> Reports:
    for select in entry.selects:
        if select.symbol in WORDS:
            yield report(
                select,
                f"{select.symbol} is selected: it has dependencies of its own, which select ignores",
                key=(select.symbol, entry.name),
                help=f"depends on {select.symbol}",
            )
