# SPDX-License-Identifier: GPL-2.0-or-later
"""Findings that somebody accepts, for a reason: in a mail, in notes, in the configuration.

``gfplint-ok: RULE reason`` stands below the ``---`` of a mail, where git am
does not keep it.  Without a reason it does not count.
"""

import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from gfplint import regex
from gfplint.config import PathTable, Suppress
from gfplint.finding import Finding, Severity, Skip
from gfplint.record import NamedTuple

_LINE = regex.compile(r"^gfplint-ok:[ \t]*(?P<rule>[\w/*?-]+)[ \t]*(?P<reason>[^\n]*)$", re.MULTILINE | re.ASCII)


class Outcome(NamedTuple):
    """What is left, what is put aside, and what the reader must know of it."""

    kept: tuple[Finding, ...]
    suppressed: tuple[Finding, ...]
    notes: tuple[Skip, ...]  # suppressions that do not count, or that nothing needed


def levels(
    findings: Sequence[Finding], severity: Mapping[str, Severity], tables: Sequence[PathTable]
) -> tuple[Finding, ...]:
    """The findings with the severities that the configuration gives them, by rule id or family."""

    def level(finding: Finding) -> Finding:
        family = finding.rule.partition("/")[0]
        for wanted in (severity, *(table.severity for table in tables if table.fits(finding.report.at.path))):
            asked = wanted.get(finding.rule, wanted.get(family))
            finding = finding if asked is None else finding._replace(severity=asked)
        return finding

    return tuple(map(level, findings))


def for_paths(tables: Sequence[PathTable]) -> list[Suppress]:
    """The rules that the configuration ignores for some paths, as suppressions."""
    return [
        Suppress(glob, None, rule, "ignored for this path", f"[[paths]] {glob}")
        for table in tables
        for glob in table.match
        for rule in table.ignore
    ]


def in_notes(notes: str, origin: str) -> list[Suppress]:
    """The suppressions in the text below a mail's ``---``."""
    return [Suppress("*", None, found["rule"], found["reason"].strip(), origin) for found in _LINE.finditer(notes)]


def put_aside(findings: Sequence[Finding], rules: Sequence[Suppress], paths: Sequence[str]) -> Outcome:
    """Put aside the findings that ``rules`` name; ``paths`` are the files of the patch."""
    kept: list[Finding] = []
    aside: list[Finding] = []
    used: set[int] = set()
    for finding in findings:
        for number, rule in enumerate(rules):
            if rule.reason and _fits(rule, finding):
                aside.append(finding._replace(status="suppressed", reason=f"{rule.reason} ({rule.origin})"))
                used.add(number)
                break
        else:
            kept.append(finding)
    notes = []
    for number, rule in enumerate(rules):
        if not rule.reason:
            notes.append(
                Skip(
                    rule.path,
                    None,
                    rule.function,
                    rule.rule,
                    f"suppression without a reason does not count ({rule.origin})",
                )
            )
        elif number not in used and any(fnmatchcase(path, rule.path) for path in paths):
            notes.append(
                Skip(rule.path, None, rule.function, rule.rule, f"suppression that nothing needed ({rule.origin})")
            )
    return Outcome(tuple(kept), tuple(aside), tuple(notes))


def _fits(rule: Suppress, finding: Finding) -> bool:
    if not fnmatchcase(finding.report.at.path, rule.path) or rule.function not in (None, finding.function):
        return False
    family = finding.rule.partition("/")[0]
    return rule.rule in (finding.rule, family) or fnmatchcase(finding.rule, rule.rule)
