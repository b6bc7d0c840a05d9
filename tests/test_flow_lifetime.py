# SPDX-License-Identifier: GPL-2.0-or-later
"""What pointers hold is what tests/flow/lifetime.c wants them to hold."""

import pytest

from gfplint.facts import tables
from gfplint.flow import lifetime
from gfplint.flow.lifetime import Use
from tests import flow_pages

PAGE = flow_pages.read("lifetime.c")
FUNCTIONS = PAGE.functions()


def told(use: Use) -> set[str]:
    """A use in the words of the page."""
    words = {one.name for one in use.holds}
    zeroed = {one.zeroed for one in use.holds}
    words |= {"=zeroed"} if zeroed == {"yes"} else {"=raw"} if zeroed == {"no"} else set()
    words |= {"=filled"} if all(one.filled for one in use.holds) else set()
    words |= set() if use.known else {"=other"}
    words |= {"=null"} if use.null else set()
    return words | ({"=freed"} if use.freed else set())


@pytest.mark.parametrize("function", FUNCTIONS)
def test_page(function: str) -> None:
    definition = FUNCTIONS[function]
    uses = lifetime.analyse(definition, tables.load(), None, PAGE.source.defines)
    assert uses is not None
    said = {(definition.unit.span(use.node).line, use.kind.upper()): told(use) for use in uses}
    wanted = {(line, word): set(tokens) for line, word, tokens in PAGE.expected(definition)}
    assert said == wanted


def test_size() -> None:
    """At least forty examples."""
    assert sum(len(list(PAGE.expected(definition))) for definition in FUNCTIONS.values()) >= 40
    assert len(FUNCTIONS) >= 40
