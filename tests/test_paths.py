# SPDX-License-Identifier: GPL-2.0-or-later
"""Which files are the kernel's, and which patches are not for the kernel."""

import pytest

from gfplint.facts.paths import is_top, kind, user_space, why_not


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("mm/page_alloc.c", None),
        ("include/linux/gfp.h", None),
        ("mm/Kconfig", None),
        ("mm/Kconfig.debug", None),
        ("mm/Makefile", None),
        ("arch/powerpc/Kbuild", None),
        ("rust/helpers/page.c", None),
        ("tools/testing/nvdimm/test/nfit.c", None),
        ("tools/testing/nvdimm/Kbuild", None),
        ("tools/testing/nvdimm_other/x.c", "under tools/"),
        ("tools/perf/util/symbol.c", "under tools/"),
        ("samples/kprobes/kprobe_example.c", "under samples/"),
        ("scripts/kallsyms.c", "under scripts/"),
        ("Documentation/x.c", "under Documentation/"),
        ("drivers/tools/x.c", None),
        ("arch/x86/tools/relocs.c", "a tool of the build"),
        ("arch/x86/um/os-Linux/registers.c", "user space of User Mode Linux"),
        ("arch/x86/entry/entry_64.S", "not C"),
        ("MAINTAINERS", "not C"),
        ("rust/kernel/page.rs", "not C"),
    ],
)
def test_why_not(path: str, reason: str | None) -> None:
    assert why_not(path) == reason


def test_kinds() -> None:
    assert [kind(path) for path in ("a.c", "b/a.h", "Kconfig", "x/Makefile", "x/Kbuild", "a.S", "Kconfigs")] == [
        *("c", "c", "kconfig", "make", "make"),
        *(None, None),
    ]


@pytest.mark.parametrize(
    "paths",
    [
        ["ndctl/dimm.c", "meson.build"],
        ["lib/x.c", "powerpc/Makefile.common"],
        ["configure.ac"],
        ["util/json.h"],
        ["hw/ppc/spapr_nvdimm.c", "include/hw/x.h"],
    ],
)
def test_user_space(paths: list[str]) -> None:
    assert user_space(paths)


@pytest.mark.parametrize(
    "paths",
    [
        ["mm/page_alloc.c"],
        ["lib/x.c", "include/x.h"],
        ["MAINTAINERS", "newdir/x.c"],
        ["drivers/new/x.c", "newdir/Makefile"],
        ["Makefile"],
        ["tools/perf/Makefile"],
        [],
    ],
)
def test_kernel(paths: list[str]) -> None:
    assert user_space(paths) is None


def test_tags_tell_what_paths_do_not() -> None:
    assert user_space(["lib/x.c"], ["kvm-unit-tests", "RFC"])
    assert user_space(["lib/x.c"], ["net-next", "RFC"]) is None


def test_top() -> None:
    assert is_top("drivers") and not is_top("a") and not is_top("linux")
