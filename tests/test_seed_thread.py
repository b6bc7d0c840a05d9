# SPDX-License-Identifier: GPL-2.0-or-later
"""The thread that started it: trace memory of a powerpc platform, taken by hot(un)plug, then by an allocation.

The code is ours, after what the people of that thread said of theirs; the
mails themselves are linted where the corpus is.
"""

from pathlib import Path

import pytest

from gfplint.diff.model import Mail, Patch, Series
from gfplint.diff.parse import parse
from gfplint.finding import Finding
from gfplint.mail.intake import Intake
from gfplint.mail.tree import Tree
from gfplint.review import Options, Review, review
from gfplint.rulebook import Rulebook
from tests.lint import added, gone, new

HEAD = """\
--- a/arch/powerpc/platforms/example/trace.c
+++ b/arch/powerpc/platforms/example/trace.c
"""
OLD = """\
/* called with device_hotplug_lock held */
static bool trace_offline(u64 start_pfn, u64 nr_pages)
{
	walk_memory_blocks(PFN_PHYS(start_pfn), PFN_PHYS(nr_pages), NULL, trace_going_offline);
	if (offline_pages(start_pfn, nr_pages))
		return false;
	return true;
}

static u64 trace_alloc(u32 nid, u64 start_pfn, u64 nr_pages)
{
	u64 start = 0;

	lock_device_hotplug();
	if (trace_offline(start_pfn, nr_pages)) {
		__remove_memory(PFN_PHYS(start_pfn), PFN_PHYS(nr_pages));
		start = PFN_PHYS(start_pfn);
	}
	unlock_device_hotplug();
	return start;
}
"""
NEW = """\
static u64 trace_alloc(u32 nid, u64 size)
{
	const unsigned long nr_pages = PHYS_PFN(size);
	unsigned long pfn, start_pfn;
	struct page *page;

	page = alloc_contig_pages(nr_pages, __GFP_THISNODE | __GFP_NOWARN, nid, NULL);
	if (!page)
		return 0;
	start_pfn = page_to_pfn(page);
	for (pfn = start_pfn; pfn < start_pfn + nr_pages; pfn++)
		__SetPageOffline(pfn_to_page(pfn));
	arch_remove_linear_mapping(PFN_PHYS(start_pfn), size);
	return PFN_PHYS(start_pfn);
}

static int trace_free(int nid, u64 start, u64 size)
{
	struct mhp_params params = { .pgprot = PAGE_KERNEL };
	const unsigned long nr_pages = PHYS_PFN(size);
	const unsigned long start_pfn = PHYS_PFN(start);
	unsigned long pfn;
	int ret;

	ret = arch_create_linear_mapping(nid, start, size, &params);
	if (ret)
		return ret;
	for (pfn = start_pfn; pfn < start_pfn + nr_pages; pfn++)
		__ClearPageOffline(pfn_to_page(pfn));
	free_contig_range(start_pfn, nr_pages);
	return 0;
}
"""
SECOND = NEW.replace("__GFP_THISNODE |", "GFP_KERNEL | __GFP_THISNODE |")


KCONFIG = """\
--- a/arch/powerpc/platforms/example/Kconfig
+++ b/arch/powerpc/platforms/example/Kconfig
@@ -20,4 +20,4 @@
 config EXAMPLE_TRACE
 	bool "Trace memory"
-	depends on PPC_POWERNV && MEMORY_HOTREMOVE
+	depends on PPC_POWERNV && MEMORY_HOTPLUG && CONTIG_ALLOC
 	help
"""


def change(before: str, after: str, kconfig: str = KCONFIG) -> str:
    """A diff that replaces all of ``before``."""
    old, fresh = before.splitlines(), after.splitlines()
    lines = [f"-{line}\n" for line in old] + [f"+{line}\n" for line in fresh]
    return kconfig + HEAD + f"@@ -1,{len(old)} +1,{len(fresh)} @@\n" + "".join(lines)


def mutated(text: str, old: str, fresh: str) -> str:
    assert old in text
    return text.replace(old, fresh)


def test_a_mask_without_a_base_in_the_first_version_only() -> None:
    assert "gfp/bare-modifier" in new(change(OLD, NEW))
    assert new(change(OLD, SECOND)) == set()


def test_hotplug_as_an_allocator_goes() -> None:
    """offline_pages(), walk_memory_blocks(), __remove_memory() in a driver: the first version resolves them."""
    assert "hotplug/core-called" in gone(change(OLD, NEW))
    assert "hotplug/core-called" in new(change(NEW, OLD))


def test_the_lock_that_the_callers_hold() -> None:
    """The comment asks for device_hotplug_lock, the caller holds it; without it the comment is broken."""
    unlocked = mutated(mutated(OLD, "\tlock_device_hotplug();\n", ""), "\tunlock_device_hotplug();\n", "")
    assert "hotplug/comment-broken" not in new(change(NEW, OLD))
    assert "hotplug/comment-broken" in new(change(NEW, unlocked))


def test_the_lock_given_back_too_early() -> None:
    early = mutated(OLD, "\tif (trace_offline(", "\tunlock_device_hotplug();\n\tif (trace_offline(")
    early = mutated(early, "\t}\n\tunlock_device_hotplug();\n", "\t}\n")
    assert {"hotplug/lock-missing"} <= new(change(NEW, early))


def test_reserved_in_place_of_offline() -> None:
    reserved = mutated(SECOND, "__SetPageOffline", "SetPageReserved")
    assert new(change(OLD, reserved)) == {"pageflags/reserved-by-driver"}


def test_freed_with_the_mark() -> None:
    loop = "\tfor (pfn = start_pfn; pfn < start_pfn + nr_pages; pfn++)\n\t\t__ClearPageOffline(pfn_to_page(pfn));\n"
    free = "\tfree_contig_range(start_pfn, nr_pages);\n"
    late = mutated(SECOND, loop + free, free + loop)
    assert new(change(OLD, late)) == {"pageflags/freed-offline"}
    never = mutated(SECOND, loop, "")
    assert new(KCONFIG + added({"arch/powerpc/platforms/example/trace.c": never})) == {"pageflags/freed-offline"}


def test_the_linear_map_unchecked() -> None:
    unchecked = mutated(SECOND, "\tret = arch_create", "\tarch_create")
    unchecked = mutated(unchecked, "\tif (ret)\n\t\treturn ret;\n", "")
    assert new(change(OLD, unchecked)) == {"linearmap/recreate-unchecked"}


def test_marked_when_the_mapping_is_gone() -> None:
    """PG_offline first, then the mapping; the other way round readers meet no mapping."""
    removal = "\tarch_remove_linear_mapping(PFN_PHYS(start_pfn), size);\n"
    marks = "\tfor (pfn = start_pfn; pfn < start_pfn + nr_pages; pfn++)\n\t\t__SetPageOffline(pfn_to_page(pfn));\n"
    assert new(change(OLD, mutated(SECOND, marks + removal, removal + marks))) == {"pageflags/marked-too-late"}


def test_touched_after_the_mapping_went() -> None:
    removal = "\tarch_remove_linear_mapping(PFN_PHYS(start_pfn), size);\n"
    clear = "\tmemset(__va(PFN_PHYS(start_pfn)), 0, size);\n"
    before = mutated(SECOND, removal, clear + removal)
    after = mutated(SECOND, removal, removal + clear)
    assert new(change(OLD, before)) == set()
    assert new(change(OLD, after)) == {"linearmap/touched-after-removal"}


SHOWN = """
static ssize_t trace_read(struct file *filp, char __user *ubuf, size_t count, loff_t *ppos)
{
	struct trace_entry *ent = filp->private_data;

	return simple_read_from_buffer(ubuf, count, ppos, ent->mem, ent->size);
}
"""
CLEARING = """\
static void trace_clear(unsigned long start_pfn, unsigned long nr_pages)
{
	unsigned long pfn;

	for (pfn = start_pfn; pfn < start_pfn + nr_pages; pfn++)
		clear_page(__va(PFN_PHYS(pfn)));
}

"""


def test_pages_shown_as_their_last_owner_left_them() -> None:
    """A file of debugfs shows the memory: the first version had not cleared it, the second does."""
    path = "arch/powerpc/platforms/example/trace.c"
    found = review_of(KCONFIG + added({path: SECOND + SHOWN}), whole=False)
    assert [finding.rule for finding in found] == ["lifetime/unzeroed-shown"]
    marking = "\tfor (pfn = start_pfn; pfn < start_pfn + nr_pages; pfn++)\n\t\t__SetPageOffline"
    cleared = CLEARING + mutated(SECOND, marking, f"\ttrace_clear(start_pfn, nr_pages);\n{marking}")
    assert new(KCONFIG + added({path: cleared + SHOWN})) == set()
    assert new(KCONFIG + added({path: SECOND})) == set()


def test_a_select_in_place_of_the_dependency() -> None:
    """CONTIG_ALLOC has no prompt: the first try of old selected it."""
    entry = 'config EXAMPLE_TRACE\n\tbool "Trace memory"\n\tdepends on PPC_POWERNV{}\n\thelp\n\t  Memory for traces.\n'
    path = "arch/powerpc/platforms/example/Kconfig"
    assert new(added({path: entry.format(" && MEMORY_HOTPLUG && CONTIG_ALLOC")})) == set()
    assert new(added({path: entry.format("\n\tselect CONTIG_ALLOC")})) == {"kconfig/selected"}


def test_the_dependency_without_its_hunk() -> None:
    """Nobody can tell from the mail alone whether the entry has it: that is asked."""
    assert new(change(OLD, SECOND)) == set()
    without = review_of(change(OLD, SECOND, kconfig=""))
    assert {(finding.rule, finding.severity) for finding in without} == {("kconfig/dependency-missing", "info")}


def test_the_dependency_in_a_tree(tmp_path: Path) -> None:
    """With the tree it is known: the entry is read as the series leaves it."""
    folder = tmp_path / "arch/powerpc/platforms/example"
    folder.mkdir(parents=True)
    for path, text in {
        "Makefile": "VERSION = 6\nPATCHLEVEL = 12\n",
        "arch/powerpc/platforms/Makefile": "obj-$(CONFIG_PPC_POWERNV) += example/\n",
        "arch/powerpc/Makefile": "",
        "arch/powerpc/platforms/example/Makefile": "obj-$(CONFIG_EXAMPLE_TRACE) += trace.o\n",
        "arch/powerpc/platforms/example/trace.c": OLD,
        "arch/powerpc/platforms/Kconfig": 'config PPC_POWERNV\n\tbool "PowerNV"\n\tselect MEMORY_HOTPLUG\n',
        "mm/Kconfig": "config CONTIG_ALLOC\n\tdef_bool CMA\n"
        + "config MEMORY_HOTPLUG\n\tbool\nconfig MEMORY_HOTREMOVE\n\tbool\n",
        "arch/powerpc/platforms/example/Kconfig": "#\n" * 19
        + 'config EXAMPLE_TRACE\n\tbool "Trace memory"\n\tdepends on PPC_POWERNV && MEMORY_HOTREMOVE\n\thelp\n',
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    tree = Tree(str(tmp_path))
    assert review_of(change(OLD, SECOND), tree) == []
    [finding] = review_of(change(OLD, SECOND, kconfig=""), tree)
    assert (finding.rule, finding.severity, finding.function) == ("kconfig/dependency-missing", "warning", None)
    assert "CONTIG_ALLOC" in finding.report.message and "EXAMPLE_TRACE" in finding.report.message


def review_of(diff: str, tree: Tree | None = None, whole: bool = True) -> list[Finding]:
    patch = Patch(Mail.of_file("test.patch", diff), parse)
    series = Series("test", 1, None, (patch,), None, None, True)
    (found,) = review(series, tree, Rulebook(), Options())
    assert not found.errors
    assert not whole or all(file.context == "whole" for file in found.files) == (tree is not None)
    return list(found.findings)


@pytest.fixture
def mails(shared: Path) -> Path:
    return shared / "corpus" / "mails"


def lint(mails: Path, start: str) -> Review:
    (mail,) = mails.glob(f"linuxppc-dev-{start}*.eml")
    (series,) = Intake([str(mail)])
    *_, found = review(series, None, Rulebook(), Options())
    return found


def test_the_first_version(mails: Path) -> None:
    found = lint(mails, "19ad69a11d")
    assert [finding.rule for finding in found.findings] == ["gfp/bare-modifier"]
    assert {finding.rule for finding in found.resolved} >= {"hotplug/core-called"}


def test_the_second_version(mails: Path) -> None:
    found = lint(mails, "25f7e98570")
    assert not found.findings
    assert {finding.rule for finding in found.resolved} >= {"hotplug/core-called"}
