# SPDX-License-Identifier: GPL-2.0-or-later
"""Findings that somebody accepts, for a reason: in a mail, in notes, in the configuration.

``gfplint-ok: RULE reason`` stands below the ``---`` of a mail, where git am
does not keep it.  Without a reason it does not count.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

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


def by_path(findings: Sequence[Finding], tables: Sequence[PathTable]) -> Outcome:
    """Put aside what the configuration ignores, or does not select, for the path of a finding."""
    if not tables:
        return Outcome(tuple(findings), (), ())
    kept: list[Finding] = []
    aside: list[Finding] = []
    for finding in findings:
        reason = None
        for table in tables:
            if table.fits(finding.report.at.path):
                if any(_names(rule, finding) for rule in table.ignore):
                    reason = f"ignored for this path ({table.origin})"
                elif table.select and not any(_names(rule, finding) for rule in table.select):
                    reason = f"not selected for this path ({table.origin})"
        if reason is None:
            kept.append(finding)
        else:
            aside.append(finding._replace(status="suppressed", reason=reason))
    return Outcome(tuple(kept), tuple(aside), ())


def in_notes(notes: str, origin: str) -> list[Suppress]:
    """The suppressions in the text below a mail's ``---``."""
    return [Suppress("*", None, found["rule"], found["reason"].strip(), origin) for found in _LINE.finditer(notes)]


def put_aside(
    findings: Sequence[Finding], asked: Sequence[Suppress], configured: Sequence[Suppress] = (), path: str = ""
) -> Outcome:
    """Put aside the findings that the author asks for, or that the configuration accepts.

    What the author asks for and nothing needed is told, on ``path``; of the
    configuration a run tells at its end what nothing needed.
    """
    kept: list[Finding] = []
    aside: list[Finding] = []
    used: set[int] = set()
    rules = (*asked, *configured)
    for finding in findings:
        number = next((n for n, rule in enumerate(rules) if rule.reason and fits(rule, finding)), None)
        if number is None:
            kept.append(finding)
            continue
        rule = rules[number]
        used.add(number)
        aside.append(finding._replace(status="suppressed", reason=f"{rule.reason} ({rule.origin})"))
    notes = []
    for number, rule in enumerate(asked):
        if number not in used:
            why = "that nothing needed" if rule.reason else "without a reason does not count"
            notes.append(Skip(path, None, None, rule.rule, f"suppression {why} ({rule.origin})"))
    return Outcome(tuple(kept), tuple(aside), tuple(notes))


def fits(rule: Suppress, finding: Finding) -> bool:
    """Whether a finding is one that ``rule`` speaks of."""
    if not regex.glob(finding.report.at.path, rule.path) or rule.function not in (None, finding.function):
        return False
    return _names(rule.rule, finding)


def _names(rule: str, finding: Finding) -> bool:
    """An id, a family or a glob that names the rule of a finding."""
    return rule.rstrip("/") in (finding.rule, finding.rule.partition("/")[0]) or regex.glob(finding.rule, rule)
