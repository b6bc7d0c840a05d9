# SPDX-License-Identifier: GPL-2.0-or-later
"""The lock analysis says what tests/flow/locks.c wants it to say, no more and no less."""

import pytest

from gfplint.facts import tables
from gfplint.flow import locks
from gfplint.flow.locks import Held, LockFlow
from gfplint.source.model import Definition
from tests import flow_pages

PAGE = flow_pages.read("locks.c")
FUNCTIONS = PAGE.functions()
SPOKEN = ("LEAK", "TWICE", "WRONG", "UNHELD")


def name(held: Held) -> str:
    return held.key or held.op.lock


def spoken(definition: Definition, flow: LockFlow) -> set[tuple[int, str, str]]:
    span = definition.unit.span
    said = {(out.span.line, "LEAK", name(held)) for out in flow.exits for held in out.leaks}
    said |= {(span(twice.node).line, "TWICE", twice.key or twice.op.lock) for twice in flow.twice}
    for release in flow.releases:
        if release.other is not None:
            said.add((span(release.node).line, "WRONG", release.other.op.acquire))
        elif release.held == "no":
            said.add((span(release.node).line, "UNHELD", release.key))
        said |= {(span(goto).line, "UNHELD", release.key) for goto in release.without}
    return said


@pytest.mark.parametrize("function", FUNCTIONS)
def test_page(function: str) -> None:
    definition = FUNCTIONS[function]
    flow = locks.analyse(definition, tables.load(), PAGE.source)
    assert flow is not None
    expected = list(PAGE.expected(definition))
    wanted = {(line, word, token) for line, word, tokens in expected if word in SPOKEN for token in tokens}
    said = spoken(definition, flow)
    assert not said - wanted, "noisy"
    assert not wanted - said, "missing"
    for line, word, tokens in expected:
        if word in SPOKEN:
            continue
        node = flow_pages.statement(definition, line)
        assert node is not None, f"line {line}: no statement"
        surely, maybe = flow.at(node)
        held = {name(one) for one in (surely if word == "HELD" else maybe)}
        assert held == set(tokens) - {"-"}, f"line {line}: {word}"


def test_size() -> None:
    """At least forty examples, and half of them with something to find."""
    assert len(FUNCTIONS) >= 40
    assert all(definition.complete for definition in FUNCTIONS.values())
