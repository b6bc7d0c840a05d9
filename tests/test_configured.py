# SPDX-License-Identifier: GPL-2.0-or-later
"""Under which symbols a file is built, and what those bring: a small tree, with and without git."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

import gfplint
from gfplint.diff.model import Mail, Patch, Series
from gfplint.diff.parse import parse
from gfplint.mail.ground import Ground
from gfplint.mail.tree import Tree
from gfplint.source.configured import Configuration
from gfplint.view import Setting
from tests.trees import write

TREE: Mapping[str, str] = {
    "Makefile": "VERSION = 6\nPATCHLEVEL = 12\n",
    "drivers/Makefile": "obj-$(CONFIG_BUS) += bus/\nobj-$(subst m,y,$(CONFIG_HOST)) += host/\nobj-y += base/\n",
    "drivers/bus/Makefile": "obj-$(CONFIG_CARD) += card.o\ncard-y := main.o\ncard-$(CONFIG_CARD_DEBUG) += debug.o\n",
    "drivers/bus/Kconfig": (
        'menuconfig BUS\n\ttristate "Bus"\n\tdepends on MMU\n\nif BUS\n\n'
        'config CARD\n\ttristate "Card"\n\tselect HELPER\n\n'
        'config CARD_DEBUG\n\tbool "Debug"\n\tdepends on CARD && HOTPLUG\n\nendif\n\nconfig HELPER\n\ttristate\n'
    ),
    "drivers/host/Kbuild": "obj-$(CONFIG_HOST) += host.o\nobj-$(CONFIG_HELPER) += helper.o\n",
    "drivers/host/Makefile": "obj-y += host.o\n",
    "drivers/host/Kconfig": 'config HOST\n\ttristate "Host"\n\tdepends on SOC\n',
    "drivers/base/Makefile": "obj-y += core.o\npart-y := other.o\nobj-y += $(part-y)\n"
    "obj-y += $(foreach x,clever,$(x).o)\n",
    "drivers/Kconfig": (
        'config BASE\n\tbool "Base"\n\nif BASE\n\nsource "drivers/bus/Kconfig"\n\nendif\n\n'
        'source "drivers/host/Kconfig"\n'
    ),
    "arch/toy/Kconfig": (
        "config TOY\n\tdef_bool y\n\tselect CONTIG\n\tselect SMT if HOTPLUG\n\nconfig MMU\n\tdef_bool y\n\n"
        "config SMT\n\tbool\n\nconfig SLEEP_SMT\n\tdef_bool y\n\tdepends on HOTPLUG && SMT\n"
    ),
    "arch/other/Kconfig": 'config OTHER\n\tdef_bool y\n\nconfig BOARD\n\tbool "Board"\n\tselect AREA\n',
    "arch/toy/Kconfig.board": 'config BOARD\n\tbool "Board"\n\tselect AREA\n\tselect NOWHERE\n\tselect HOTPLUG\n',
    "arch/toy/Kconfig.soc": 'config SOC\n\tbool "The chip"\n',
    "mm/Kconfig": (
        'config HOTPLUG\n\tbool "Hotplug"\n\tselect ISOLATION\n\nconfig ISOLATION\n\tbool\n\n'
        "config CONTIG\n\tdef_bool (ISOLATION && COMPACT) || AREA\n"
    ),
}


@pytest.fixture(params=["git", "plain"])
def tree(request: pytest.FixtureRequest, tmp_path: Path) -> Tree:
    write(tmp_path, TREE)
    if request.param == "git":
        for command in (["init", "-q"], ["add", "."], ["-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm1"]):
            subprocess.run(["git", *command], cwd=tmp_path, check=True)
    return Tree(str(tmp_path))


def configuration(tree: Tree, diff: str = "", side: str = "after") -> Configuration:
    patches = (Patch(Mail.of_file("x", diff), parse),) if diff else ()
    series = Series("s", 1, None, patches, None, None, True)
    return Configuration(Ground(tree, series, "after" if side == "after" else "before"))


def test_ways(tree: Tree) -> None:
    found = configuration(tree)
    assert found.ways("drivers/bus/main.c") == (frozenset({"BUS", "CARD"}),)
    assert found.ways("drivers/bus/debug.c") == (frozenset({"BUS", "CARD", "CARD_DEBUG"}),)
    assert found.ways("drivers/host/host.c") == (frozenset({"HOST"}),)  # Kbuild before Makefile
    assert found.ways("drivers/base/core.c") == (frozenset(),)
    assert found.ways("drivers/base/other.c") == (frozenset(),)
    assert found.ways("drivers/base/clever.c") is None  # too clever
    assert found.ways("drivers/bus/none.c") is None
    assert found.own("drivers/bus/main.c", frozenset({"BUS", "CARD"})) == "CARD"


@pytest.mark.parametrize(
    ("way", "symbol", "brings"),
    [
        ({"CARD"}, "CARD", True),
        ({"CARD"}, "MMU", True),  # through BUS
        ({"CARD"}, "HELPER", True),  # selected
        ({"CARD"}, "HOTPLUG", False),
        ({"CARD_DEBUG"}, "ISOLATION", True),  # HOTPLUG selects it
        ({"CARD_DEBUG"}, "CONTIG", True),  # computed of ISOLATION, and more: that may be there
        ({"HOTPLUG"}, "SOC", False),
        ({"HOST"}, "CONTIG", True),  # SOC is of an architecture that selects it
        ({"HELPER"}, "HOTPLUG", False),  # CARD selects it
        ({"NOWHERE"}, "HOTPLUG", None),
        ({"CARD"}, "BASE", True),  # around the line that brings in its file
        ({"HOST"}, "BASE", False),
        ({"TOY"}, "SMT", False),  # the condition need not hold
        ({"TOY", "HOTPLUG"}, "SMT", True),
        ({"HOTPLUG", "SMT"}, "SLEEP_SMT", True),  # computed
        ({"BOARD"}, "AREA", True),  # of each architecture
        ({"BOARD"}, "HOTPLUG", False),  # of one
    ],
)
def test_what_a_symbol_brings(tree: Tree, way: set[str], symbol: str, brings: bool | None) -> None:
    assert configuration(tree).brings(way, symbol) is brings


def test_the_series_changes_what_it_touches(tree: Tree) -> None:
    lines = TREE["drivers/bus/Kconfig"].splitlines()
    at = lines.index("\tselect HELPER")
    diff = (
        f"--- a/drivers/bus/Kconfig\n+++ b/drivers/bus/Kconfig\n@@ -{at},3 +{at},4 @@\n"
        f" {lines[at - 1]}\n {lines[at]}\n+\tdepends on HOTPLUG\n {lines[at + 1]}\n"
    )
    assert configuration(tree, diff).brings({"CARD"}, "HOTPLUG") is True
    assert configuration(tree, diff, "before").brings({"CARD"}, "HOTPLUG") is False


def test_without_a_tree_nothing_is_known() -> None:
    series = Series("s", 1, None, (), None, None, True)
    found = Configuration(Ground(None, series, "after"))
    assert not found.known and found.ways("drivers/bus/main.c") is None


def setting(tree: Tree, diff: str = "") -> Setting:
    patches = (Patch(Mail.of_file("x", diff), parse),) if diff else ()
    return Setting(Ground(tree, Series("s", 1, None, patches, None, None, True), "after"))


def test_what_git_cannot_answer_is_unknown(tmp_path: Path) -> None:
    """A blob is missing, as in a partial clone: the files that git could still read are not all there are."""
    write(tmp_path, TREE)
    for command in (["init", "-q"], ["add", "."], ["-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm1"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    assert setting(Tree(str(tmp_path))).built_without("drivers/bus/main.c", ["HOTPLUG"]) == "CARD"
    name = subprocess.run(["git", "rev-parse", "HEAD:mm/Kconfig"], cwd=tmp_path, capture_output=True, text=True)
    blob = name.stdout.strip()
    (tmp_path / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    assert setting(Tree(str(tmp_path))).built_without("drivers/bus/main.c", ["HOTPLUG"]) == ""
    assert setting(Tree(str(tmp_path))).naming("mm/a.c", "f") == ()


@pytest.mark.parametrize("path", ["drivers/bus/Kconfig", "drivers/bus/Makefile", "drivers/Makefile"])
def test_a_touched_file_that_does_not_apply_is_unknown(tree: Tree, path: str) -> None:
    """It is there, and nobody knows what it says: not the same as a file that is not there."""
    diff = f"--- a/{path}\n+++ b/{path}\n@@ -1,3 +1,4 @@\n other\n lines\n+and a new one\n altogether\n"
    assert setting(tree, diff).built_without("drivers/bus/main.c", ["HOTPLUG"]) == ""


def test_a_symbol_on_the_way_without_an_entry_is_unknown(tree: Tree) -> None:
    """BUS depends on MMU: without MMU's entry nobody knows what that brings."""
    assert configuration(tree).brings({"CARD"}, "HOTPLUG") is False
    path = "arch/toy/Kconfig"
    lines = TREE[path].splitlines()
    diff = f"--- a/{path}\n+++ /dev/null\n@@ -1,{len(lines)} +0,0 @@\n" + "".join(f"-{line}\n" for line in lines)
    assert configuration(tree, diff).brings({"CARD"}, "HOTPLUG") is None


DRIVER = """\
#include <linux/memory.h>

#ifdef CONFIG_MEMORY_HOTPLUG
static int card_add(u64 start, u64 size)
{
	return add_memory(0, start, size, MHP_NONE);
}
#endif

static int card_probe(struct card *card)
{
	card->chunk = 128;
	return 0;
}
"""


@pytest.mark.parametrize("guard", ["", "#ifdef CONFIG_MEMORY_HOTPLUG\n"])
def test_a_call_beside_guarded_ones(tmp_path: Path, guard: str) -> None:
    """Where all other uses stand under #ifdef, one that does not is told; also where only hunks are in sight."""
    kconfig = "\n".join(f'config {name}\n\ttristate "{name}"\n' for name in ("BUS", "CARD", "MEMORY_HOTPLUG"))
    files = {**TREE, "drivers/bus/Kconfig": kconfig, "drivers/bus/main.c": DRIVER}
    files |= {"include/linux/mm.h": "", "Kconfig": "", "MAINTAINERS": ""}
    files["drivers/base/memory.c"] = "unsigned long memory_block_size_bytes(void)\n{\n\treturn 0;\n}\n"
    if guard:
        head = "static int card_probe"
        files["drivers/bus/main.c"] = DRIVER.replace(head, guard + head) + "#endif\n"
    write(tmp_path, files)
    patch = (
        "--- a/drivers/bus/main.c\n+++ b/drivers/bus/main.c\n@@ -10,5 +10,5 @@\n"
        " static int card_probe(struct card *card)\n {\n-\tcard->chunk = 128;{fit}\n"
        "+\tcard->chunk = memory_block_size_bytes() / PAGE_SIZE;\n \treturn 0;\n }\n"
    )
    for fit in ("", " /* of another base */"):
        file = tmp_path / "x.patch"
        file.write_text(patch.replace("{fit}", fit))
        (review,) = gfplint.lint(str(file), tree=str(tmp_path))
        assert [finding.rule for finding in review.findings] == ([] if guard else ["kconfig/dependency-missing"]), fit


@pytest.mark.parametrize("exported", [True, False])
def test_what_the_tree_exports_a_module_may_call(tmp_path: Path, exported: bool) -> None:
    core = "void lock_device_hotplug(void)\n{\n\tmutex_lock(&device_hotplug_lock);\n}\n"
    core += "EXPORT_SYMBOL_GPL(lock_device_hotplug);\n" if exported else ""
    files = {
        **TREE,
        "drivers/base/core.c": core,
        "drivers/bus/main.c": DRIVER,
        "include/linux/mm.h": "",
        "MAINTAINERS": "",
    }
    write(tmp_path, files)
    patch = tmp_path / "x.patch"
    patch.write_text(
        "--- a/drivers/bus/main.c\n+++ b/drivers/bus/main.c\n@@ -10,5 +10,6 @@\n"
        " static int card_probe(struct card *card)\n {\n+\tlock_device_hotplug();\n"
        " \tcard->chunk = 128;\n \treturn 0;\n }\n"
    )
    (review,) = gfplint.lint(str(patch), tree=str(tmp_path))
    assert ("kconfig/not-exported" in [finding.rule for finding in review.findings]) is not exported


HEADER = """\
#ifdef CONFIG_MEMORY_HOTPLUG
extern unsigned int cpu_smt_num_threads;
void find_memory_block(void);
#else
# define cpu_smt_num_threads 1
{stub}
#endif
"""
SETTER = """\
static int card_probe(struct card *card)
{
	find_memory_block();
	cpu_smt_num_threads = 2;
	return cpu_smt_num_threads;
}
"""


@pytest.mark.parametrize("there", [True, False])
def test_what_the_tree_has_elsewhere_is_not_known(tmp_path: Path, there: bool) -> None:
    """Another kernel may have moved a function, with its Makefile line and its EXPORT_SYMBOL."""
    kconfig = "\n".join(f'config {name}\n\ttristate "{name}"\n' for name in ("BUS", "CARD", "CMA", "MEMORY_HOTPLUG"))
    files = {**TREE, "drivers/bus/Kconfig": kconfig, "include/linux/mm.h": "", "Kconfig": "", "MAINTAINERS": ""}
    files["mm/cma.c" if there else "mm/cma/alloc.c"] = "struct page *cma_alloc(struct cma *cma)\n{\n}\n"
    write(tmp_path, files)
    (tmp_path / "x.patch").write_text(
        "--- /dev/null\n+++ b/drivers/bus/main.c\n@@ -0,0 +1,4 @@\n"
        "+static void card_probe(struct card *card)\n+{\n+\tcard->page = cma_alloc(card->cma);\n+}\n"
    )
    (review,) = gfplint.lint(str(tmp_path / "x.patch"), tree=str(tmp_path))
    found = sorted(finding.rule for finding in review.findings)
    assert found == (["kconfig/dependency-missing", "kconfig/not-exported"] if there else [])


@pytest.mark.parametrize("stub", ["", "static inline void find_memory_block(void) { }"])
def test_the_header_at_hand_says_what_it_declares(tmp_path: Path, stub: str) -> None:
    """Not the tables: another kernel may have a stub."""
    kconfig = "\n".join(f'config {name}\n\ttristate "{name}"\n' for name in ("BUS", "CARD", "MEMORY_HOTPLUG"))
    files = {**TREE, "drivers/bus/Kconfig": kconfig, "include/linux/memory.h": HEADER.replace("{stub}", stub)}
    files |= {"include/linux/mm.h": "", "include/linux/cpu_smt.h": HEADER, "Kconfig": "", "MAINTAINERS": ""}
    write(tmp_path, files)
    lines = SETTER.splitlines()
    new = "".join(f"+{line}\n" for line in lines)
    (tmp_path / "x.patch").write_text(f"--- /dev/null\n+++ b/drivers/bus/main.c\n@@ -0,0 +1,{len(lines)} @@\n{new}")
    (review,) = gfplint.lint(str(tmp_path / "x.patch"), tree=str(tmp_path))
    (finding,) = (one for one in review.findings if one.rule == "kconfig/dependency-missing")
    needs = "with MEMORY_HOTPLUG, and CARD does not depend on it"
    if stub:
        assert finding.report.message == f"cpu_smt_num_threads can be set only {needs}"
    else:
        assert finding.report.message == f"find_memory_block() is there only {needs}"
        assert [note.message for note in finding.report.related] == ["cpu_smt_num_threads, too"]
