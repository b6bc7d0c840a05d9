# SPDX-License-Identifier: GPL-2.0-or-later
"""The check protocol of ``b4 review``: an array of results, one for gfplint."""

from __future__ import annotations

from typing import TextIO

from gfplint.report.document import dumps
from gfplint.report.sinks import Style
from gfplint.report.summary import Summary, plural
from gfplint.report.terminal import asides, visible_findings
from gfplint.report.text import visible
from gfplint.review import Review


class B4Review:
    """One result; ``details`` is plain text, because b4's store takes nothing but a string."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        self._stream = stream
        self._style = style
        self._details: list[str] = []
        self._errors = self._warnings = self._patches = 0

    def begin(self) -> None:
        pass

    def patch(self, review: Review) -> None:
        self._patches += 1
        for finding in visible_findings(review, self._style):
            report = finding.report
            self._errors += finding.severity == "error"
            self._warnings += finding.severity != "error"
            place = f"{report.at.path}:{report.at.line}"
            self._details.append(visible(f"{place}: {finding.severity}: {report.message} [{finding.rule}]"))
            if report.help:
                self._details.append(visible(f"  help: {report.help}"))
            self._details += [visible(f"  note: {r.at.path}:{r.at.line}: {r.message}") for r in report.related]
        self._details += [lead + text for lead, text in asides(review)]

    def end(self, summary: Summary) -> None:
        if not self._patches and not summary.problems:
            self._stream.write("[]\n")
            return
        details = [*self._details, *(visible(f"problem: {problem}") for problem in summary.problems)]
        status = "fail" if self._errors else "warn" if self._warnings or summary.problems else "pass"
        parts = [plural(self._errors, "error")] if self._errors else []
        parts += [plural(self._warnings, "warning")] if self._warnings else []
        parts += [plural(len(summary.problems), "problem")] if summary.problems else []
        result = {"tool": "gfplint", "status": status, "summary": ", ".join(parts) or "nothing found"}
        if details:
            result["details"] = "\n".join(details)
        self._stream.write(dumps([result]) + "\n")
