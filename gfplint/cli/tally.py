# SPDX-License-Identifier: GPL-2.0-or-later
"""What a run came to: its counts, its statistics, the suppressions that nothing needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from gfplint.finding import SEVERITIES, Finding, Problem

if TYPE_CHECKING:
    from gfplint.config import Suppress
    from gfplint.review import Review
    from gfplint.rulebook import Rulebook


class Tally:
    """Counts what was seen, review by review."""

    def __init__(self) -> None:
        self.patches = self.files = self.hunks_only = self.whole = self.resolved = self.skipped = 0
        self.by_rule: dict[str, int] = {}
        self.by_severity: dict[str, int] = {}
        self.problems: list[Problem] = []
        self.series: list[tuple[str, Finding]] = []
        self.suppressed: list[Finding] = []
        self.mended: list[Finding] = []
        self.paths: list[str] = []  # of the files that -f looked at
        self.touched: dict[str, set[str]] = {}  # by rule, the files with findings

    def add(self, review: Review) -> None:
        whole = not review.patch.mail.diff and bool(review.patch.files)  # a file of -f, no patch
        self.patches += not whole
        self.files += review.patch.file_count if review.patch.mail.diff else whole
        self.skipped += len({skip.path for skip in review.skipped if skip.rule is None and skip.line is None})
        self.hunks_only += sum(file.context == "hunks" for file in review.files)
        self.whole += sum(file.context == "whole" for file in review.files)
        self.resolved += len(review.resolved)
        self.problems += review.errors
        self.series += [(review.series.id, finding) for finding in review.series_findings]
        for finding in (*review.findings, *review.series_findings):
            self._count(finding)
        self.suppressed += review.suppressed
        self.mended += review.resolved
        if whole:
            self.paths.append(review.patch.mail.input)

    def _count(self, finding: Finding) -> None:
        self.by_rule[finding.rule] = self.by_rule.get(finding.rule, 0) + 1
        self.by_severity[finding.severity] = self.by_severity.get(finding.severity, 0) + 1
        self.touched.setdefault(finding.rule, set()).add(finding.report.at.path)

    def fails(self, level: str) -> bool:
        """There are findings at ``level`` or above; info findings never fail."""
        if level == "never":
            return False
        rank = max(SEVERITIES.index(level), 1)
        return any(self.by_severity.get(one) for one in SEVERITIES[rank:])

    def statistics(self, book: Rulebook) -> Iterator[str]:
        """A line for each rule that found something, most first, and one for what was put aside."""
        titles = {entry.id: entry.title for entry in book.entries}
        ordered = sorted(self.by_rule.items(), key=lambda item: (-item[1], item[0]))
        width = max((len(rule) for rule in self.by_rule), default=0)
        for rule, count in ordered:
            files = len(self.touched[rule])
            yield f"{count:>6} in {files} file{'s' * (files != 1)}  {rule:<{width}}  {titles.get(rule, '')}".rstrip()
        aside = [f"{len(self.suppressed)} suppressed"] if self.suppressed else []
        mended = [f"{self.resolved} mended"] if self.resolved else []
        yield f"{sum(self.by_rule.values()):>6} in all" + "".join(f", {part}" for part in (*aside, *mended))

    def unneeded(self, rows: Sequence[Suppress]) -> Iterator[str]:
        """What the configuration suppresses, and nothing needs: in whole files nothing fits, or a patch mends it."""
        if not rows:
            return
        from fnmatch import fnmatchcase

        from gfplint.suppress import fits

        used = {finding.reason for finding in self.suppressed}
        for row in rows:
            if f"{row.reason} ({row.origin})" in used:
                continue
            if any(fnmatchcase(path, row.path) for path in self.paths):
                yield f"{row.origin}: {row.rule} at {row.path}: nothing needs it"
            elif any(fits(row, finding) for finding in self.mended):
                yield f"{row.origin}: {row.rule} at {row.path}: not needed any more, the fault is mended"
