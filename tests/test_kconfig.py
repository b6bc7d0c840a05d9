# SPDX-License-Identifier: GPL-2.0-or-later
"""Kconfig entries and Makefile lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gfplint.diff.image import Image, Piece
from gfplint.source.kconfig import parse_kconfig, required, symbols
from gfplint.source.makefile import parse_makefile, ways_of

KCONFIG = b"""# SPDX-License-Identifier: GPL-2.0
menu "Buffers"
	depends on MMU

config BUF
	tristate "A buffer" if EXPERT
	depends on MEMORY_HOTPLUG && \\
		   (CONTIG_ALLOC || CMA)
	depends on !UML
	select BUF_CORE if 64BIT
	imply BUF_DEBUG
	default m if X86
	help
	  config NOT_AN_ENTRY
	  select NOTHING

	  More text.

if BUF=y

config BUF_CORE
	def_bool y

endif # BUF

choice
	prompt "Kind"
	depends on BUF

config BUF_A
	bool "a"

endchoice
endmenu

menuconfig OTHER
	bool
	prompt "other"
"""


def image(text: bytes, *, whole: bool = True, section: str = "", line: int = 1) -> Image:
    return Image("drivers/Kconfig", "after", (Piece(line, text),), whole, (section,))


def test_entries() -> None:
    buf, core, kind, other = parse_kconfig(image(KCONFIG))
    assert (buf.name, buf.type, buf.prompt, buf.first, buf.last, buf.complete) == ("BUF", "tristate", True, 5, 17, True)
    assert [part.text.split() for part in buf.depends] == [
        ["MEMORY_HOTPLUG", "&&", "(CONTIG_ALLOC", "||", "CMA)"],
        ["!UML"],
    ]
    assert [part.text for part in buf.around] == ["MMU"]
    assert buf.selects == (("BUF_CORE", "64BIT", 10),)
    assert buf.implies == (("BUF_DEBUG", "", 11),)
    assert [part.text for part in buf.defaults] == ["m if X86"]
    assert buf.requires == {"MMU", "MEMORY_HOTPLUG"}
    assert (core.type, core.prompt, core.requires) == ("bool", False, frozenset(("MMU", "BUF")))
    assert (kind.name, kind.requires) == ("BUF_A", frozenset(("MMU", "BUF")))
    assert (other.name, other.prompt, other.around) == ("OTHER", True, ())


def test_entries_of_a_hunk() -> None:
    text = b"\tdepends on A\n\tselect B\n\tselect C\n\nconfig NEXT\n\tbool\n\tselect D\n"
    first, second = parse_kconfig(image(text, whole=False, section="config FIRST", line=20))
    assert (first.name, [item.symbol for item in first.selects], first.complete) == ("FIRST", ["B", "C"], False)
    assert (first.first, first.last, first.selects[1].line) == (20, 22, 22)
    assert (second.name, second.first, second.complete) == ("NEXT", 24, False)
    (unknown,) = parse_kconfig(image(b"\tselect B\n", whole=False))
    assert unknown.name == ""
    assert parse_kconfig(image(b"\tdepends on X\n\nconfig A\n", whole=False, section='menu "x"'))[0].name == "A"


@pytest.mark.parametrize(
    ("expression", "needs"),
    [
        ("A", {"A"}),
        ("A && B", {"A", "B"}),
        ("A || B", set()),
        ("A && (B || C) && D", {"A", "D"}),
        ("(A && B) || (B && C)", {"B"}),
        ("!A && B", {"B"}),
        ("!(A && B)", set()),
        ("A=y && B!=n && C=n && D!=y", {"A", "B"}),
        ("A || A=n", set()),
        ("A = m", {"A"}),
        ("A &&", set()),
        ("(A", set()),
        ("$(cc-option,-x) && A", {"A"}),
        ("", set()),
    ],
)
def test_what_an_expression_needs(expression: str, needs: set[str]) -> None:
    assert required(expression) == needs


def test_symbols() -> None:
    assert symbols('A && (B || !C2) && "D"') == {"A", "B", "C2"}
    assert symbols("$(success,$(CC) -x) && A") == {"A"}


MAKEFILE = b"""# SPDX-License-Identifier: GPL-2.0
obj-y				+= setup.o sub/
obj-$(CONFIG_MEMTRACE)		+= memtrace.o	# the tracer
obj-$(CONFIG_BUF)		+= buf.o
buf-y				:= core.o \\
				   alloc.o
buf-$(CONFIG_BUF_DEBUG)		+= debug.o
ifeq ($(CONFIG_PCI),y)
obj-$(CONFIG_BUF)		+= pci.o
else
obj-$(CONFIG_BUF)		+= nopci.o
endif
both-objs			:= shared.o
obj-$(CONFIG_ONE)		+= both.o
obj-$(CONFIG_TWO)		+= both.o
ccflags-y			+= -DX
"""


@pytest.mark.parametrize(
    ("source", "ways"),
    [
        ("setup.c", [set()]),
        ("memtrace.c", [{"MEMTRACE"}]),
        ("core.c", [{"BUF"}]),
        ("alloc.S", [{"BUF"}]),
        ("debug.c", [{"BUF", "BUF_DEBUG"}]),
        ("pci.c", [{"BUF", "PCI"}]),
        ("nopci.c", [{"BUF"}]),
        ("shared.c", [{"ONE"}, {"TWO"}]),
        ("buf.c", [{"BUF"}]),
        ("unseen.c", None),
    ],
)
def test_ways(source: str, ways: list[set[str]] | None) -> None:
    found = ways_of(parse_makefile(image(MAKEFILE)), source)
    assert (None if found is None else list(found)) == ways


def test_lines_of_a_makefile() -> None:
    line = next(build for build in parse_makefile(image(MAKEFILE, line=11)) if build.target == "buf")
    assert (line.objects, line.line) == (("core.o", "alloc.o"), 15)


def test_a_composite_that_holds_itself_comes_to_an_end() -> None:
    assert ways_of(parse_makefile(image(b"a-y := b.o\nb-y := a.o\n")), "a.c") is None


LINES = (KCONFIG + MAKEFILE).decode().split("\n")


@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(LINES)).map("\n".join)))
def test_any_text_is_read_without_an_exception(text: str) -> None:
    for whole in (True, False):
        given_image = image(text.encode("utf-8", "replace"), whole=whole, section="config A")
        for entry in parse_kconfig(given_image):
            assert entry.first <= entry.last
            assert isinstance(entry.requires, frozenset)
        ways_of(parse_makefile(given_image), "a.c")


def test_a_makefile_names_objects_through_variables() -> None:
    text = b"""base-y := a.o
base-$(CONFIG_B) += b.o
driver-y := $(addprefix sub/, c.o d.o)
whole-objs := $(base-y) \\
	${driver-y}
obj-$(CONFIG_W) += whole.o
obj-y += $(alone-y)
alone-$(CONFIG_C) = e.o
"""
    builds = parse_makefile(image(text))
    ways = {name: ways_of(builds, f"{name}.c") for name in ("a", "b", "sub/c", "sub/d", "e")}
    assert ways == {
        "a": (frozenset({"W"}),),
        "b": (frozenset({"B", "W"}),),
        "sub/c": (frozenset({"W"}),),
        "sub/d": (frozenset({"W"}),),
        "e": (frozenset({"C"}),),
    }


def test_a_variable_that_a_symbol_sets_anew_tells_nothing() -> None:
    builds = parse_makefile(image(b"x-y := without.o\nx-$(CONFIG_MMU) := with.o\nobj-y := a.o $(x-y)\n"))
    assert ways_of(builds, "without.c") is None
    assert ways_of(builds, "a.c") == (frozenset(),)
