# SPDX-License-Identifier: GPL-2.0-or-later
"""SARIF 2.1.0, as GitHub's code scanning and other readers take it.

Columns are UTF-16 code units, which is SARIF's own default and what
``columnKind`` says.  Many readers, GitHub among them, take every result for
an alert, whatever its ``baselineState`` and ``suppressions``: so what was
mended, stood before or is suppressed is a result only with --all.
"""

from __future__ import annotations

from typing import Any, TextIO

from gfplint.finding import Finding, Fix, Span
from gfplint.report.document import dumps
from gfplint.report.places import Places
from gfplint.report.rulepages import pages
from gfplint.report.sinks import Style
from gfplint.report.summary import Summary
from gfplint.report.terminal import where
from gfplint.report.text import utf16, visible
from gfplint.review import Review
from gfplint.rule import Example, Page

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_STATES = {"new": "new", "existing": "unchanged", "resolved": "absent", "suppressed": "new"}
_ROOT = "SRCROOT"
_TEXT = 1000  # characters that GitHub shows of a description: 1024


class Sarif:
    """One run; results as they come, the tool with its rules behind them."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        self._stream = stream
        self._all = style.all
        self._comma = ""
        self._rules: dict[str, Finding] = {}
        self._notes: list[str] = []

    def begin(self) -> None:
        self._stream.write(
            f'{{"$schema": "{SCHEMA}", "version": "2.1.0", "runs": [{{"columnKind": "utf16CodeUnits",\n"results": ['
        )

    def patch(self, review: Review) -> None:
        places = Places(review)
        shown = [*review.findings, *review.series_findings]
        if self._all:
            shown += [*review.suppressed, *review.existing, *review.resolved]
        else:
            self._notes += [f"suppressed: {where(one)}: {one.reason or ''}" for one in review.suppressed]
        for finding in shown:
            self._rules.setdefault(finding.rule, finding)
            self._stream.write(f"{self._comma}\n  {dumps(self._result(finding, review, places))}")
            self._comma = ","

    def end(self, summary: Summary) -> None:
        driver = {
            "name": "gfplint",
            "version": summary.version,
            "semanticVersion": summary.version,
            "rules": _rules(self._rules),
        }
        notes = [{"level": "error", "message": {"text": visible(str(problem))}} for problem in summary.problems]
        notes += [{"level": "note", "message": {"text": visible(note)}} for note in self._notes]
        invocation: dict[str, Any] = {"executionSuccessful": not summary.problems}
        if notes:
            invocation["toolExecutionNotifications"] = notes
        rest = {
            "tool": {"driver": driver},
            "automationDetails": {"id": "gfplint/"},
            "originalUriBaseIds": {_ROOT: {"description": {"text": "the root of the kernel tree"}}},
            "invocations": [invocation],
            "properties": {"rules": summary.rules, "kernel": summary.kernel},
        }
        tail = ",\n".join(f"{dumps(name)}: {dumps(value)}" for name, value in rest.items())
        self._stream.write(f"\n],\n{tail}}}]}}\n")

    def _result(self, finding: Finding, review: Review, places: Places) -> dict[str, Any]:
        report, at = finding.report, finding.report.at
        location = {"physicalLocation": _physical(at, places, finding.code)}
        if finding.function:
            location["logicalLocations"] = [{"name": visible(finding.function), "kind": "function"}]  # type: ignore[assignment]
        text = visible(report.message) + (f"\n{visible(report.help)}" if report.help else "")
        made: dict[str, Any] = {
            "ruleId": finding.rule,
            "ruleIndex": list(self._rules).index(finding.rule),
            "level": _LEVELS[finding.severity],
            "message": {"text": text},
            "locations": [location],
            "partialFingerprints": {"primaryLocationLineHash": finding.fingerprint, "gfplint/v1": finding.fingerprint},
            "baselineState": _STATES[finding.status],
        }
        if report.related:
            made["relatedLocations"] = [
                {
                    "id": number,
                    "physicalLocation": _physical(related.at, places),
                    "message": {"text": visible(related.message)},
                }
                for number, related in enumerate(report.related, 1)
            ]
        if report.fix and finding.side == "after":
            made["fixes"] = [_fix(report.fix, places)]
        if finding.status == "suppressed":
            made["suppressions"] = [{"kind": "external", "justification": visible(finding.reason or "")}]
        mail = review.patch.mail
        made["properties"] = {
            "confidence": finding.confidence,
            "subject": visible(mail.subject),
            "mailLine": finding.mail_line,
        }
        return made


def _physical(at: Span, places: Places, code: str = "") -> dict[str, Any]:
    return {"artifactLocation": {"uri": _uri(at.path), "uriBaseId": _ROOT}, "region": _region(at, places, code)}


def _region(at: Span, places: Places, code: str = "") -> dict[str, int]:
    first = places.code(at.path, at.side, at.start[0]) or code
    last = places.code(at.path, at.side, at.end[0]) if at.end[0] != at.start[0] else first
    return {
        "startLine": at.start[0],
        "startColumn": utf16(first, at.start[1]),
        "endLine": at.end[0],
        "endColumn": utf16(last, at.end[1]),
    }


def _uri(path: str) -> str:
    from urllib.parse import quote

    return quote(path.encode("utf-8", "surrogateescape"), safe="/-._~+@,=")


def _fix(fix: Fix, places: Places) -> dict[str, Any]:
    changes: dict[str, list[dict[str, Any]]] = {}
    for edit in fix.edits:
        replacement = {"deletedRegion": _region(edit.at, places), "insertedContent": {"text": edit.text}}
        changes.setdefault(edit.at.path, []).append(replacement)
    return {
        "description": {"text": visible(fix.description)},
        "artifactChanges": [
            {"artifactLocation": {"uri": _uri(path), "uriBaseId": _ROOT}, "replacements": replacements}
            for path, replacements in changes.items()
        ],
    }


def _rules(found: dict[str, Finding]) -> list[dict[str, Any]]:
    """The rules that found something, with their pages; of one that is not gfplint's own only the id is known."""
    known = pages(found)
    return [_rule(rule, finding, known.get(rule)) for rule, finding in found.items()]


def _rule(rule: str, finding: Finding, page: Page | None) -> dict[str, Any]:
    title = page.title if page else rule
    prose = " ".join(page.prose.split()) if page and page.prose else title
    made: dict[str, Any] = {
        "id": rule,
        "name": rule,
        "shortDescription": {"text": title[:_TEXT]},
        "fullDescription": {"text": prose[:_TEXT]},
        "defaultConfiguration": {"level": _LEVELS[finding.severity]},
        "help": {"text": f"gfplint explain {rule}"},
        "properties": {
            "tags": ["linux-kernel", "memory-management", rule.partition("/")[0]],
            "precision": finding.confidence,
            "problem.severity": "recommendation" if finding.severity == "info" else finding.severity,
        },
    }
    if page:
        made["help"]["markdown"] = _markdown(page)
    return made


def _markdown(page: Page) -> str:
    parts = [page.prose, *(_example(example) for example in page.examples)]
    if page.known_problems:
        parts.append(f"**Known problems**\n\n{page.known_problems}")
    if page.see:
        parts.append("**See**\n\n" + "\n".join(f"- {place}" for place in page.see))
    return "\n\n".join(parts)


def _example(example: Example) -> str:
    language = "diff" if example.kind.endswith("patch") else "c"
    heading = f"**{example.kind}**" + (f", {example.title}" if example.title else "")
    return f"{heading}\n\n```{language}\n{example.text.rstrip()}\n```"
