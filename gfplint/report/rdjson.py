# SPDX-License-Identifier: GPL-2.0-or-later
"""The Reviewdog Diagnostic Format: one document, or a diagnostic a line, with suggestions.

Its columns are gfplint's: from 1, in UTF-8 bytes, the end exclusive.
"""

from __future__ import annotations

from typing import Any, TextIO

from gfplint.finding import Finding, Span
from gfplint.report.document import dumps
from gfplint.report.sinks import Style
from gfplint.report.summary import Summary
from gfplint.report.text import visible
from gfplint.review import Review

_SEVERITIES = {"error": "ERROR", "warning": "WARNING", "info": "INFO"}
_SOURCE = {"name": "gfplint"}


class Rdjson:
    """One document."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        self._stream = stream
        self._all = style.all
        self._comma = ""

    def begin(self) -> None:
        self._stream.write(f'{{"source": {dumps(_SOURCE)}, "diagnostics": [')

    def patch(self, review: Review) -> None:
        for finding in _shown(review, self._all):
            self._stream.write(f"{self._comma}\n  {dumps(diagnostic(finding))}")
            self._comma = ","

    def end(self, summary: Summary) -> None:
        self._stream.write("\n]}\n" if self._comma else "]}\n")


class Rdjsonl:
    """One diagnostic a line."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        self._stream = stream
        self._all = style.all

    def begin(self) -> None:
        pass

    def patch(self, review: Review) -> None:
        for finding in _shown(review, self._all):
            self._stream.write(dumps({**diagnostic(finding), "source": _SOURCE}) + "\n")

    def end(self, summary: Summary) -> None:
        pass


def _shown(review: Review, all: bool) -> tuple[Finding, ...]:
    """What is new; with --all also what is suppressed: readers make a comment of every diagnostic."""
    return (*review.findings, *review.series_findings, *(review.suppressed if all else ()))


def diagnostic(finding: Finding) -> dict[str, Any]:
    """A finding as a Diagnostic."""
    report = finding.report
    text = report.message + (f"\nhelp: {report.help}" if report.help else "")
    level = _SEVERITIES[finding.severity]
    if finding.status == "suppressed":  # the format knows no such state: it is told in words
        text, level = f"suppressed, {finding.reason}: {text}", "INFO"
    made: dict[str, Any] = {
        "message": "\n".join(map(visible, text.split("\n"))),
        "location": _location(report.at),
        "severity": level,
        "code": {"value": finding.rule},
    }
    if report.fix:
        here = [edit for edit in report.fix.edits if edit.at.path == report.at.path]
        if here and len(here) == len(report.fix.edits):  # half a repair is none
            made["suggestions"] = [{"range": _range(edit.at), "text": edit.text} for edit in here]
    if report.related:
        made["related_locations"] = [
            {"message": visible(related.message), "location": _location(related.at)} for related in report.related
        ]
    return made


def _location(at: Span) -> dict[str, Any]:
    return {"path": at.path, "range": _range(at)}


def _range(at: Span) -> dict[str, Any]:
    (line, column), (end_line, end_column) = at.start, at.end
    return {"start": {"line": line, "column": column}, "end": {"line": end_line, "column": end_column}}
