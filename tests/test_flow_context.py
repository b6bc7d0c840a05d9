# SPDX-License-Identifier: GPL-2.0-or-later
"""May a call sleep?  The contexts say what tests/flow/context.c wants them to say."""

import pytest

from gfplint.facts import tables
from gfplint.flow import context
from gfplint.source import function as reading
from tests import flow_pages

PAGE = flow_pages.read("context.c")
FUNCTIONS = PAGE.functions()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_page(function: str) -> None:
    definition = FUNCTIONS[function]
    flow = context.analyse(definition, tables.load(), PAGE.source)
    assert flow is not None
    wanted = {line: word.lower() for line, word, _ in PAGE.expected(definition)}
    probes = [site for site in reading.calls(definition) if site.name == "probe"]
    said = {definition.unit.span(site.node).line: flow.at(site.node) for site in probes}
    assert {line: found.kind for line, found in said.items()} == wanted
    assert all(found.reason for found in said.values() if found.kind != "unknown")


def test_size() -> None:
    """At least forty examples."""
    assert sum(len(list(PAGE.expected(definition))) for definition in FUNCTIONS.values()) >= 40
    assert len(FUNCTIONS) >= 40
