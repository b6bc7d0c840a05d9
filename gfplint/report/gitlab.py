# SPDX-License-Identifier: GPL-2.0-or-later
"""GitLab's code quality report: an array of issues, each with a fingerprint of its own."""

from __future__ import annotations

from typing import Any, TextIO

from gfplint.finding import Finding
from gfplint.report.document import dumps
from gfplint.report.sinks import Style
from gfplint.report.summary import Summary
from gfplint.report.text import visible
from gfplint.review import Review

_SEVERITIES = {"error": "critical", "warning": "major", "info": "info"}


class Gitlab:
    """Findings that are new, as they come."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        self._stream = stream
        self._all = style.all
        self._seen: set[str] = set()
        self._comma = ""

    def begin(self) -> None:
        self._stream.write("[")

    def patch(self, review: Review) -> None:
        for finding in (*review.findings, *review.series_findings):
            self._stream.write(f"{self._comma}\n  {dumps(self._issue(finding))}")
            self._comma = ","
        # The format knows no such state, and readers take every issue for one: only with --all, and in words.
        for finding in review.suppressed if self._all else ():
            text = visible(f"suppressed, {finding.reason}: {finding.report.message}")
            issue = {**self._issue(finding._replace(severity="info")), "description": text}
            self._stream.write(f"{self._comma}\n  {dumps(issue)}")
            self._comma = ","

    def end(self, summary: Summary) -> None:
        self._stream.write("\n]\n" if self._comma else "]\n")

    def _issue(self, finding: Finding) -> dict[str, Any]:
        at = finding.report.at
        return {
            "description": visible(finding.report.message),
            "check_name": finding.rule,
            "fingerprint": self._unique(finding.fingerprint),
            "severity": _SEVERITIES[finding.severity],
            "location": {"path": at.path.removeprefix("./"), "lines": {"begin": at.start[0], "end": at.end[0]}},
        }

    def _unique(self, fingerprint: str) -> str:
        """GitLab drops issues whose fingerprints agree: the same fault in two patches is told apart by its turn."""
        unique, turn = fingerprint, 1
        while unique in self._seen:
            turn += 1
            unique = f"{fingerprint}-{turn}"
        self._seen.add(unique)
        return unique
