# SPDX-License-Identifier: GPL-2.0-or-later
"""What a rule reports and what gfplint makes of it.

These are plain named tuples: frozen, without a ``__dict__``, and, unlike
dataclasses, free at start-up.  Lines and columns count from 1, columns in
UTF-8 bytes; ends are exclusive for columns and inclusive for lines.
"""

from __future__ import annotations

from typing import Literal, TypeVar

from gfplint.record import NamedTuple

Severity = Literal["error", "warning", "info"]
Confidence = Literal["high", "medium", "low"]
Side = Literal["before", "after"]
Status = Literal["new", "resolved", "existing", "suppressed"]
Position = tuple[int, int]  # line, column

SEVERITIES: tuple[Severity, ...] = ("info", "warning", "error")  # rising
CONFIDENCES: tuple[Confidence, ...] = ("low", "medium", "high")  # rising


class Span(NamedTuple):
    """A stretch of one image of a file: ``before`` or ``after`` the patch."""

    path: str
    side: Side
    start: Position
    end: Position

    @property
    def line(self) -> int:
        return self.start[0]

    @property
    def column(self) -> int:
        return self.start[1]


class Related(NamedTuple):
    """A second place that the reader must see, with what is to be seen there."""

    at: Span
    message: str


class Edit(NamedTuple):
    """Replace what stands at ``at`` (after image) by ``text``."""

    at: Span
    text: str


class Fix(NamedTuple):
    """A repair; ``sure`` when the context proves it right."""

    description: str
    sure: bool
    edits: tuple[Edit, ...]


class Report(NamedTuple):
    """What a rule yields: a place, a sentence, and an identity without line numbers.

    ``key`` holds the tokens that make this fault this fault (callee, flag
    names, lock), never a line number and never prose.  ``severity`` and
    ``confidence`` are given only to lower those of the rule.
    """

    at: Span
    message: str
    key: tuple[str, ...]
    help: str | None = None
    related: tuple[Related, ...] = ()
    fix: Fix | None = None
    severity: Severity | None = None
    confidence: Confidence | None = None


class Finding(NamedTuple):
    """A report as judged by the engine: whose rule, on which side, new or not."""

    rule: str
    severity: Severity
    confidence: Confidence
    report: Report
    function: str | None
    side: Side
    status: Status
    context: Literal["hunks", "whole"]
    code: str  # the source line at report.at, as it stands in the image
    mail_line: int | None  # line of the mail, None where the line is not in it
    fingerprint: str  # hex; stable over line moves, patch versions, rewording
    fixed_later_by: tuple[int, str] | None = None  # number and message id
    reason: str | None = None  # why it is suppressed


class Skip(NamedTuple):
    """Something that was not looked at, and why."""

    path: str
    line: int | None
    function: str | None
    rule: str | None
    reason: str


class Problem(NamedTuple):
    """Bad input or an internal error: one line for stderr, exit status 2."""

    input: str
    line: int | None
    message: str
    rule: str | None = None

    def __str__(self) -> str:
        place = self.input if self.line is None else f"{self.input}:{self.line}"
        rule = f" [{self.rule}]" if self.rule else ""
        return f"{place}: {self.message}{rule}"


Level = TypeVar("Level", bound=str)


def lower(ceiling: Level, wanted: Level | None, scale: tuple[Level, ...]) -> Level:
    """The weaker of the two on ``scale`` (rising); ``None`` means no wish."""
    if wanted is None:
        return ceiling
    return min(ceiling, wanted, key=scale.index)
