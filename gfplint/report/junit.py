# SPDX-License-Identifier: GPL-2.0-or-later
"""The two XML formats: Checkstyle's, and JUnit's with a test case for each patch and family of rules."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TextIO

from gfplint.finding import Finding
from gfplint.report.places import Places
from gfplint.report.sinks import Style
from gfplint.report.summary import Summary
from gfplint.report.terminal import title, where
from gfplint.report.text import points, visible
from gfplint.review import Review

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;"})


def escaped(text: str) -> str:
    """Text for XML: what XML has no place for made visible, markup escaped."""
    shown = "\n".join(visible(line) for line in text.split("\n"))
    return shown.translate(_ENTITIES)


def _attributes(**values: object) -> str:
    return "".join(f' {name}="{escaped(str(value))}"' for name, value in values.items())


class Checkstyle:
    """``<file>`` for ``<file>``, as they come; a file in two patches is there twice."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        self._stream = stream

    def begin(self) -> None:
        self._stream.write(f'{_HEAD}<checkstyle version="4.3">\n')

    def patch(self, review: Review) -> None:
        findings = sorted(
            (*review.findings, *review.series_findings, *review.suppressed), key=lambda finding: finding.report.at.path
        )
        places = Places(review)
        for path, group in groupby(findings, key=lambda finding: finding.report.at.path):
            lines = [f"  <file{_attributes(name=path)}>\n"]
            for finding in group:
                at = finding.report.at
                code = places.code(path, finding.side, at.line) or finding.code
                values = _attributes(
                    line=at.line,
                    column=points(code, at.column),
                    severity="ignore" if finding.status == "suppressed" else finding.severity,
                    message=finding.report.message
                    + (f" (suppressed: {finding.reason})" if finding.status == "suppressed" else ""),
                    source=f"gfplint.{finding.rule.replace('/', '.')}",
                )
                lines.append(f"    <error{values}/>\n")
            self._stream.write("".join([*lines, "  </file>\n"]))

    def end(self, summary: Summary) -> None:
        self._stream.write("</checkstyle>\n")


class JUnit:
    """A suite for each patch; its cases are the families of rules that found something, or one that passed."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        self._stream = stream

    def begin(self) -> None:
        self._stream.write(f'{_HEAD}<testsuites name="gfplint">\n')

    def patch(self, review: Review) -> None:
        findings = sorted((*review.findings, *review.series_findings), key=lambda finding: finding.rule)
        name = title(review)
        cases = [
            _case(name, family, list(group))
            for family, group in groupby(findings, key=lambda finding: finding.rule.partition("/")[0])
        ] or [f"    <testcase{_attributes(name='all rules', classname=name)}/>\n"]
        failures = sum("<failure" in case for case in cases)
        cases += [
            f"    <testcase{_attributes(name=where(finding), classname=name)}>"
            f"<skipped{_attributes(message=finding.reason or '')}/></testcase>\n"
            for finding in review.suppressed
        ]
        head = _attributes(name=name, tests=len(cases), failures=failures, errors=0, skipped=len(review.suppressed))
        self._stream.write(f"  <testsuite{head}>\n{''.join(cases)}  </testsuite>\n")

    def end(self, summary: Summary) -> None:
        if summary.problems:
            count = len(summary.problems)
            head = _attributes(name="problems", tests=count, failures=0, errors=count)
            cases = [
                f"    <testcase{_attributes(name=problem.input, classname='problems')}>"
                f"<error{_attributes(message=problem)}/></testcase>\n"
                for problem in summary.problems
            ]
            self._stream.write(f"  <testsuite{head}>\n{''.join(cases)}  </testsuite>\n")
        self._stream.write("</testsuites>\n")


def _case(name: str, family: str, findings: Sequence[Finding]) -> str:
    """A test case fails by its warnings and errors; what is only worth knowing is its output."""
    bad = [finding for finding in findings if finding.severity != "info"]
    rest = [finding for finding in findings if finding.severity == "info"]
    lines = [f"    <testcase{_attributes(name=family, classname=name)}>\n"]
    if bad:
        message = bad[0].report.message if len(bad) == 1 else f"{len(bad)} findings"
        kind = "error" if any(finding.severity == "error" for finding in bad) else "warning"
        text = "\n".join(map(_text, bad))
        lines.append(f"      <failure{_attributes(message=message, type=kind)}>{escaped(text)}</failure>\n")
    if rest:
        lines.append(f"      <system-out>{escaped(chr(10).join(map(_text, rest)))}</system-out>\n")
    return "".join([*lines, "    </testcase>\n"])


def _text(finding: Finding) -> str:
    at, report = finding.report.at, finding.report
    text = f"{at.path}:{at.line}:{at.column}: {finding.severity}: {report.message} [{finding.rule}]"
    return text + (f"\n  help: {report.help}" if report.help else "")
