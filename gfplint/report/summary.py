# SPDX-License-Identifier: GPL-2.0-or-later
"""What a run comes to, for the last line of a report and the foot of a document."""

from __future__ import annotations

from collections.abc import Mapping

from gfplint.finding import SEVERITIES, Finding, Problem
from gfplint.record import NamedTuple


class Summary(NamedTuple):
    """A run in figures; counts of findings are those that are new."""

    mails: int
    patches: int
    covers: int
    files: int  # that the patches touch
    by_severity: Mapping[str, int]
    by_rule: Mapping[str, int]
    hunks_only: int  # files of which only the hunks were in sight
    resolved: int
    problems: tuple[Problem, ...]
    series_findings: tuple[tuple[str, Finding], ...]  # with the id of the series
    version: str
    rules: str  # digest of rules and facts
    kernel: str | None
    skipped: int = 0  # files that were not looked at, such as those under tools/
    whole: int = 0  # files that were seen whole; those that no rule speaks of are not opened at all

    @property
    def findings(self) -> int:
        return sum(self.by_severity.values())


def plural(count: int, noun: str, many: str = "") -> str:
    """A count with its noun: "1 file", "2 files"."""
    return f"{count} {noun if count == 1 else many or noun + 's'}"


def sentence(summary: Summary, strict: bool) -> str:
    """The last line of a report: patches, files, findings by severity, what was seen only as hunks."""
    patches = "" if summary.files and not summary.patches else f"{plural(summary.patches, 'patch', 'patches')}, "
    seen = f"{patches}{plural(summary.files, 'file')}: "
    names = {"error": ("error", "errors"), "warning": ("warning", "warnings"), "info": ("remark", "remarks")}
    counts = [
        plural(count, *names[level])
        for level in reversed(SEVERITIES)
        if (count := summary.by_severity.get(level, 0)) and (strict or level != "info")
    ]
    hidden = 0 if strict else summary.by_severity.get("info", 0)
    parts = [", ".join(counts) or "nothing found"]
    if hidden:
        parts.append(f"{plural(hidden, 'remark')} (--strict)")
    if summary.hunks_only:
        every = not summary.whole
        parts.append("seen as hunks only" if every else f"{plural(summary.hunks_only, 'file')} seen as hunks only")
    if summary.skipped:
        parts.append(f"{plural(summary.skipped, 'file')} skipped (-v)")
    others = summary.mails - summary.patches - summary.covers
    if others > 0:
        parts.append(plural(others, "mail without a patch", "mails without a patch"))
    if summary.problems:
        parts.append(plural(len(summary.problems), "problem"))
    return seen + "; ".join(parts)
