# SPDX-License-Identifier: GPL-2.0-or-later
"""Annotations of GitHub Actions: workflow commands on standard output, the rest in the step summary.

GitHub shows ten errors, ten warnings and ten notices of a step and drops the
rest, so the rest goes into the file that GITHUB_STEP_SUMMARY names.  Text of
a patch could hold commands of its own: between ``::stop-commands::`` and a
random word none of them counts.
"""

from __future__ import annotations

import os
from typing import TextIO

from gfplint.finding import Finding
from gfplint.report.layout import ASCII, Layout, plain
from gfplint.report.quote import Quoter
from gfplint.report.sinks import Style
from gfplint.report.summary import Summary, plural, sentence
from gfplint.report.terminal import asides, title
from gfplint.report.text import clean, visible
from gfplint.review import Review

CAP = 10  # annotations of a kind that GitHub shows for a step
SUMMARY_LIMIT = 1_000_000  # bytes that GitHub takes for the summary of a step: 1 MiB, less room for the end
_HEAD = """### gfplint: what the annotations leave out

| severity | rule | place | message |
| --- | --- | --- | --- |
"""
_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


class Github:
    """Workflow commands, and the hunks for whoever reads the log."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        self._stream = stream
        self._layout = Layout(style.width or 100, ASCII)
        self._counts = dict.fromkeys(_COMMANDS, 0)
        self._rest: list[Finding] = []

    def begin(self) -> None:
        pass

    def patch(self, review: Review) -> None:
        findings = (*review.findings, *review.series_findings)
        for finding in findings:
            self._counts[finding.severity] += 1
            if self._counts[finding.severity] <= CAP:
                self._stream.write(command(finding) + "\n")
            else:
                self._rest.append(finding)
        if findings or asides(review):
            self._log(review, findings)

    def end(self, summary: Summary) -> None:
        self._guarded([sentence(summary, strict=True)])
        if self._rest:
            left = plural(len(self._rest), "finding")
            where = self._summarize()
            self._stream.write(f"::notice title=gfplint::{_data(f'{left} more than GitHub shows, {where}')}\n")

    def _log(self, review: Review, findings: tuple[Finding, ...]) -> None:
        lines = [plain(line) for line in self._layout.text(title(review), "title")]
        for block in Quoter(review).blocks(findings):
            lines += ["", *(plain(line) for line in self._layout.block(block))]
        self._guarded([*lines, *(lead + text for lead, text in asides(review)), ""])

    def _guarded(self, lines: list[str]) -> None:
        """Write what may quote a patch so that no line of it is a command."""
        import secrets

        word = secrets.token_hex(16)
        self._stream.write(f"::stop-commands::{word}\n")
        self._stream.writelines(clean(line) + "\n" for line in lines)
        self._stream.write(f"::{word}::\n")

    def _summarize(self) -> str:
        """Put the rest where GitHub shows it; says where that is."""
        file = os.environ.get("GITHUB_STEP_SUMMARY")
        if not file:
            return "not listed: GITHUB_STEP_SUMMARY is not set"
        try:
            self._append(file)
        except OSError as error:  # the annotations are out; a missing list is no reason to fail
            return f"not listed: {file}: {error.strerror}"
        return "listed in the summary of the step"

    def _append(self, file: str) -> None:
        from gfplint.report.markdown import escape

        used = os.path.getsize(file) if os.path.exists(file) else 0
        rows = [_HEAD]
        for finding in self._rest:
            at = finding.report.at
            cells = (finding.severity, finding.rule, f"{at.path}:{at.line}", finding.report.message)
            row = "| " + " | ".join(map(escape, cells)) + " |\n"
            used += len(row.encode("utf-8", "replace"))
            if used > SUMMARY_LIMIT:
                rows.append("\n... and more: the summary of a step is full\n")
                break
            rows.append(row)
        with open(file, "a", encoding="utf-8", newline="\n") as stream:
            stream.write("".join(rows))


def command(finding: Finding) -> str:
    """The annotation of a finding.  Columns only where the span is on one line, which is all GitHub takes."""
    report, at = finding.report, finding.report.at
    properties = {"file": at.path, "line": str(at.start[0])}
    if at.end[0] == at.start[0]:
        properties |= {"endLine": str(at.end[0]), "col": str(at.start[1]), "endColumn": str(at.end[1])}
    else:
        properties["endLine"] = str(at.end[0])
    properties["title"] = finding.rule
    text = report.message + (f"\nhelp: {report.help}" if report.help else "")
    for related in report.related:
        text += f"\nnote: {related.at.path}:{related.at.line}: {related.message}"
    values = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_COMMANDS[finding.severity]} {values}::{_data(text)}"


def _data(text: str) -> str:
    """The toolkit's escapes of a message; line feeds are kept, all else that is not printable is made visible."""
    shown = "\n".join(visible(line) for line in text.split("\n"))
    return clean(shown).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """The toolkit's escapes of a property."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
