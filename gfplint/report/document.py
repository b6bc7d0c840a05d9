# SPDX-License-Identifier: GPL-2.0-or-later
"""The JSON report, as one document or line by line; docs/report.schema.json describes it.

Patches are written as they are reviewed, so that a long run neither waits
nor fills the memory; what is only known at the end (tool, errors, summary)
stands behind them.
"""

from __future__ import annotations

import json
from typing import Any, TextIO

from gfplint.finding import Finding, Fix, Problem, Related
from gfplint.report.places import Places
from gfplint.report.sinks import Style
from gfplint.report.summary import Summary
from gfplint.report.text import clean
from gfplint.review import Review

SCHEMA = 1


class Json:
    """One document."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        self._stream = stream
        self._all = style.all
        self._comma = ""

    def begin(self) -> None:
        self._stream.write(f'{{"schema": {SCHEMA},\n "patches": [')

    def patch(self, review: Review) -> None:
        self._stream.write(f"{self._comma}\n  {dumps(patch_object(review, self._all))}")
        self._comma = ","

    def end(self, summary: Summary) -> None:
        self._stream.write("\n ]" if self._comma else "]")
        for name, value in tail_object(summary).items():
            self._stream.write(f",\n {dumps(name)}: {dumps(value)}")
        self._stream.write("}\n")


class Lines:
    """One object a line: each patch, then the tail; ``type`` says which."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        self._stream = stream
        self._all = style.all

    def begin(self) -> None:
        pass

    def patch(self, review: Review) -> None:
        self._stream.write(dumps({"type": "patch", **patch_object(review, self._all)}) + "\n")

    def end(self, summary: Summary) -> None:
        self._stream.write(dumps({"type": "end", "schema": SCHEMA, **tail_object(summary)}) + "\n")


def dumps(value: Any) -> str:
    """JSON in UTF-8: bytes of a mail that are no UTF-8 become U+FFFD."""
    return clean(json.dumps(value, ensure_ascii=False))


def patch_object(review: Review, all: bool) -> dict[str, Any]:
    """A patch of the report."""
    mail, series, places = review.patch.mail, review.series, Places(review)

    def findings(group: tuple[Finding, ...]) -> list[dict[str, Any]]:
        return [finding_object(finding, places) for finding in group]

    suppressed = zip(findings(review.suppressed), review.suppressed, strict=True)
    return {
        "input": mail.input,
        "index": mail.index,
        "message_id": mail.message_id,
        "subject": mail.subject,
        "author": str(mail.author),
        "series": {
            "id": series.id,
            "number": mail.number,
            "total": mail.total,
            "version": mail.version,
            "change_id": series.change_id,
            "cover": series.cover.message_id if series.cover else None,
        }
        if mail.number is not None
        else None,
        "files": [file._asdict() for file in review.files],
        "findings": findings(review.findings),
        "resolved": findings(review.resolved),
        "existing": findings(review.existing) if all else [],
        "suppressed": [{**shown, "reason": finding.reason or ""} for shown, finding in suppressed],
        "skipped": [skip._asdict() for skip in (*review.skipped, *review.notes)],
    }


def tail_object(summary: Summary) -> dict[str, Any]:
    """What stands behind the patches."""
    return {
        "series_findings": [
            {**finding_object(finding, None), "series": series} for series, finding in summary.series_findings
        ],
        "errors": [_error(problem) for problem in summary.problems],
        "summary": {
            "mails": summary.mails,
            "patches": summary.patches,
            "covers": summary.covers,
            "findings": summary.findings,
            "by_rule": dict(summary.by_rule),
            "by_severity": {level: summary.by_severity.get(level, 0) for level in ("error", "warning", "info")},
            "files": summary.files,
            "hunks_only": summary.hunks_only,
            "resolved": summary.resolved,
        },
        "tool": {"name": "gfplint", "version": summary.version, "rules": summary.rules, "kernel": summary.kernel},
    }


def finding_object(finding: Finding, places: Places | None) -> dict[str, Any]:
    """A finding; ``places`` knows the lines of its review."""
    report, at = finding.report, finding.report.at
    later = finding.fixed_later_by
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "confidence": finding.confidence,
        "path": at.path,
        "side": finding.side,
        "function": finding.function,
        "line": at.start[0],
        "column": at.start[1],
        "end_line": at.end[0],
        "end_column": at.end[1],
        "code": finding.code,
        "mail_line": finding.mail_line,
        "message": report.message,
        "help": report.help,
        "related": [_related(related, places) for related in report.related],
        "fix": _fix(report.fix) if report.fix else None,
        "fixed_later_by": {"number": later[0], "message_id": later[1]} if later else None,
        "context": finding.context,
        "fingerprint": finding.fingerprint,
    }


def _related(related: Related, places: Places | None) -> dict[str, Any]:
    at = related.at
    return {
        "path": at.path,
        "side": at.side,
        "line": at.line,
        "mail_line": places.mail_line(at.path, at.side, at.line) if places else None,
        "code": places.code(at.path, at.side, at.line) if places else "",
        "message": related.message,
    }


def _fix(fix: Fix) -> dict[str, Any]:
    edits = [
        {
            "path": edit.at.path,
            "line": edit.at.start[0],
            "column": edit.at.start[1],
            "end_line": edit.at.end[0],
            "end_column": edit.at.end[1],
            "text": edit.text,
        }
        for edit in fix.edits
    ]
    return {"description": fix.description, "sure": fix.sure, "edits": edits}


def _error(problem: Problem) -> dict[str, Any]:
    return {"input": problem.input, "line": problem.line, "rule": problem.rule, "message": problem.message}
