# SPDX-License-Identifier: GPL-2.0-or-later
"""What a function of the file does to the locks of its callers, as tests/flow/summary.c has it."""

import pytest

from gfplint.facts import tables
from gfplint.flow.summary import Summaries, Summary, bind
from tests import flow_pages

PAGE = flow_pages.read("summary.c")
FUNCTIONS = PAGE.functions()
SUMMARIES = Summaries(PAGE.source.image, tables.load())


def said(summary: Summary) -> set[tuple[str, str]]:
    found = {("TAKES" if not taken.no else "WINS", taken.key or taken.op.lock) for taken in summary.taken}
    found |= {("PERHAPS", taken.key or taken.op.lock) for taken in summary.perhaps}
    found |= {("FREES" if freed.always else "SOMETIMES", freed.key or lock_of(freed.name)) for freed in summary.freed}
    found |= {("VAGUE", name) for name in summary.vague}
    known = {(word, key) for word, key in found if not summary.local & {key.lstrip("&").partition("->")[0]}}
    return known or {("QUIET", "")}


def lock_of(release: str) -> str:
    """The lock without an argument that a function gives back."""
    (op,) = {op.lock for ops in tables.load().acquires.values() for op in ops if release in op.release}
    return op


@pytest.mark.parametrize("function", FUNCTIONS)
def test_page(function: str) -> None:
    definition = FUNCTIONS[function]
    wanted = {(word, key) for _, word, keys in PAGE.expected(definition) for key in keys or ("",)}
    summary = SUMMARIES.of(function)
    assert summary is not None
    assert said(summary) == wanted


def test_size() -> None:
    """At least forty examples."""
    assert len(FUNCTIONS) >= 40


@pytest.mark.parametrize(
    ("function", "args", "key"),
    [
        ("takes", ["dev->ex"], "&dev->ex->lock"),
        ("takes", ["&dev->ex"], "&dev->ex.lock"),
        ("by_value", ["&dev->lock"], "&dev->lock"),
        ("of_the_parent", ["a"], "&a->parent->lock"),
        ("takes", ["get(dev)"], None),
        ("global", [], "&ex_mutex"),
    ],
)
def test_locks_in_the_words_of_the_caller(function: str, args: list[str], key: str | None) -> None:
    summary = SUMMARIES.of(function)
    assert summary is not None
    assert bind(summary, summary.taken[0].key, args) == key
