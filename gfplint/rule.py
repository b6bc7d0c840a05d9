# SPDX-License-Identifier: GPL-2.0-or-later
"""What a rule file imports, and what a rule is.

A rule is one file of ``rules/``: a docstring that is its page, a few
constants, and ``check``.  It imports from here and from nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, Protocol

from gfplint.facts.words import allocator_words as allocator_words
from gfplint.facts.words import contract_words as contract_words
from gfplint.facts.words import fact as fact
from gfplint.facts.words import gated_words as gated_words
from gfplint.facts.words import lock_words as lock_words
from gfplint.facts.words import operation_words as operation_words
from gfplint.facts.words import rows as rows
from gfplint.facts.words import sleepers as sleepers
from gfplint.facts.words import twins_of as twins_of
from gfplint.facts.words import unexported_words as unexported_words
from gfplint.finding import Confidence, Edit, Fix, Related, Report, Severity, Span
from gfplint.flow.things import Exit, Lack, Lock, Release
from gfplint.flow.value import Mask
from gfplint.flow.value import numbers as numbers
from gfplint.flow.value import scopes as scopes
from gfplint.flow.value import twins as twins
from gfplint.record import NamedTuple
from gfplint.view import Call, File, Function, KconfigEntry, Series

__all__ = [
    "Call",
    "Example",
    "Exit",
    "File",
    "Fix",
    "Function",
    "KconfigEntry",
    "Lack",
    "Lock",
    "Mask",
    "Page",
    "Release",
    "Reports",
    "Rule",
    "Series",
    "allocator_words",
    "contract_words",
    "edit",
    "fact",
    "fix",
    "gated_words",
    "lock_words",
    "note",
    "numbers",
    "operation_words",
    "report",
    "rows",
    "scopes",
    "sleepers",
    "twins",
    "twins_of",
    "unexported_words",
]

Reports = Iterable[Report]
Need = Literal["hunk", "function", "file", "tree"]
ExampleKind = Literal["Bad", "Bad patch", "Good", "Good patch"]
SUBJECTS = {"Function": Function, "File": File, "KconfigEntry": KconfigEntry, "Series": Series}


class Placed(Protocol):
    """Anything that stands somewhere: a call, a mask, an exit, a function."""

    @property
    def span(self) -> Span: ...


class Example(NamedTuple):
    """A piece of C or a patch from a rule's page, with arrows at the faults."""

    kind: ExampleKind
    title: str  # what follows the comma of the heading, "" for none
    path: str | None  # "in drivers/foo.c" of the heading
    text: str  # without the indentation of the page
    line: int  # line of the rule file where text begins, from 1


class Page(NamedTuple):
    """A rule's docstring, taken apart."""

    title: str
    prose: str
    examples: tuple[Example, ...]
    known_problems: str
    see: tuple[str, ...]


class Rule(NamedTuple):
    """A rule, loaded."""

    id: str  # "gfp/bare-modifier" for rules/gfp/bare_modifier.py
    severity: Severity
    confidence: Confidence
    needs: Need
    words: tuple[str, ...]  # identifiers, or prefixes ending in *
    subject: str  # key of SUBJECTS
    check: Callable[..., Reports]
    file: str


def report(
    at: Placed | Span,
    message: str,
    *,
    key: Iterable[object],
    help: str | None = None,
    related: Iterable[Related] = (),
    fix: Fix | None = None,
    severity: Severity | None = None,
    confidence: Confidence | None = None,
) -> Report:
    """A fault at ``at``: one line, lower case, no full stop, understandable alone.

    ``key`` names the tokens that make this fault this fault; ``severity`` and
    ``confidence`` can only lower those of the rule.
    """
    tokens = tuple(part for token in key for part in _tokens(token))
    span = at if isinstance(at, Span) else at.span
    return Report(span, message, tokens, help, tuple(related), fix, severity, confidence)


def _tokens(token: object) -> tuple[str, ...]:
    return tuple(str(part) for part in token) if isinstance(token, tuple | list) else (str(token),)


def note(at: Placed | Span, message: str) -> Related:
    """A second place that the reader must see."""
    return Related(at if isinstance(at, Span) else at.span, message)


def edit(at: Placed | Span, text: str) -> Edit:
    """Put ``text`` in the place of ``at``."""
    return Edit(at if isinstance(at, Span) else at.span, text)


def fix(description: str, *edits: Edit, sure: bool = False) -> Fix:
    """A repair; ``sure`` only where the context proves it."""
    return Fix(description, sure, edits)
