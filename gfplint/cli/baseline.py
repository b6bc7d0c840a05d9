# SPDX-License-Identifier: GPL-2.0-or-later
"""Baselines: the findings that stand in files today, by fingerprint, so that a later run reports what is new.

The file is JSON, sorted, one finding a line: it is made to be committed and to
be merged.  A fingerprint stays when lines move or a message is reworded.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from gfplint.cli.common import Usage, finish
from gfplint.finding import Finding, Problem

if TYPE_CHECKING:
    import argparse

    from gfplint.review import Review

SCHEMA = 1
_ORDER = ("path", "rule", "function", "fingerprint")


class Baseline:
    """Findings by fingerprint."""

    def __init__(self, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
        self.name = name
        self.rows = {str(row["fingerprint"]): dict(row) for row in rows}

    @classmethod
    def read(cls, name: str) -> Baseline:
        """Read a file.  Raises Usage."""
        import json  # only where there is a baseline

        try:
            with open(name, encoding="utf-8") as file:
                data = json.load(file)
        except OSError as error:
            raise Usage(f"{name}: {error.strerror}") from error
        except ValueError as error:
            raise Usage(f"{name}: not a baseline: {error}") from error
        rows = data.get("findings") if isinstance(data, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) and "fingerprint" in row for row in rows):
            raise Usage(f"{name}: not a baseline: no findings with a fingerprint")
        if data.get("schema") != SCHEMA:
            raise Usage(f"{name}: schema {data.get('schema')}, and this gfplint reads {SCHEMA}")
        return cls(name, rows)

    def split(self, review: Review) -> Review:
        """The review with the findings that are in the baseline put aside, each with that reason."""
        known = [finding for finding in review.findings if finding.fingerprint in self.rows]
        if not known:
            return review
        aside = [finding._replace(status="suppressed", reason=f"in the baseline ({self.name})") for finding in known]
        return review._replace(
            findings=tuple(finding for finding in review.findings if finding.fingerprint not in self.rows),
            suppressed=(*review.suppressed, *aside),
        )

    def write(self) -> None:
        """Replace the file, or leave it as it was.  Raises Usage."""
        import json

        rows = sorted(self.rows.values(), key=lambda row: [str(row.get(key)) for key in _ORDER])
        lines = ",\n".join("  " + json.dumps(row, ensure_ascii=False, sort_keys=True) for row in rows)
        text = f'{{"schema": {SCHEMA}, "findings": [\n{lines}\n]}}\n'.replace("[\n\n]", "[]")
        new = f"{self.name}.{os.getpid()}.tmp"
        try:
            with open(new, "w", encoding="utf-8", errors="replace", newline="\n") as file:
                file.write(text)
            os.replace(new, self.name)
        except OSError as error:
            if os.path.exists(new):
                os.unlink(new)
            raise Usage(f"cannot write {self.name}: {error.strerror}") from error


def row(finding: Finding) -> dict[str, Any]:
    """A finding as a baseline keeps it: what a reader needs, and nothing that moves with other lines."""
    return {
        "fingerprint": finding.fingerprint,
        "rule": finding.rule,
        "path": finding.report.at.path,
        "function": finding.function,
        "message": finding.report.message,
    }


def main(given: argparse.Namespace) -> int:
    """``gfplint baseline``."""
    if given.action == "show":
        if given.path:
            raise Usage("baseline show takes no PATH")
        return _show(Baseline.read(given.baseline))
    if not given.path:
        raise Usage(f"baseline {given.action} wants files or folders to look at")
    old = Baseline.read(given.baseline) if given.action == "prune" else None
    problems: list[Problem] = []
    found: dict[str, dict[str, Any]] = {}
    seen: set[str] = set()
    for review in _reviews(given, problems):
        seen.add(review.patch.mail.input)
        found |= {finding.fingerprint: row(finding) for finding in review.findings}
    if problems:  # a file that was not read would lose its findings
        finish(problems)
        raise Usage(f"{given.baseline} is left as it was")
    if old is None:
        Baseline(given.baseline, found.values()).write()
        print(f"{given.baseline}: {len(found)} findings")
        return 0
    gone = [
        one for key, one in old.rows.items() if key not in found and (one.get("path") in seen or _missing(one, given))
    ]
    for one in gone:
        del old.rows[one["fingerprint"]]
        print(f"no longer found: {_line(one)}")
    old.write()
    print(f"{given.baseline}: {len(gone)} dropped, {len(old.rows)} left")
    return 0


def _missing(one: Mapping[str, Any], given: argparse.Namespace) -> bool:
    """The file of a row is gone."""
    from gfplint.cli.judge import tree_of

    tree = tree_of(given)
    return not os.path.exists(os.path.join(tree.root if tree is not None else "", str(one.get("path"))))


def _reviews(given: argparse.Namespace, problems: list[Problem]) -> Iterable[Review]:
    from gfplint.cli import files
    from gfplint.cli.judge import judge_of, tree_of

    given.select, given.extend_select, given.ignore = [], [], []
    given.kernel = given.fail_on = None
    given.no_tree = given.any_path = given.no_suppress = given.git = False
    tree = tree_of(given)
    judge = judge_of(given, tree, None)
    names = list(files.sources(given.path, problems))
    for result in files.reviews(judge.job(tree), names, given.jobs):
        if isinstance(result, Problem):
            problems.append(result)
        else:
            problems += result.errors
            yield result
    problems += judge.book.problems


def _show(baseline: Baseline) -> int:
    for one in baseline.rows.values():
        print(_line(one))
    print(f"{baseline.name}: {len(baseline.rows)} findings", file=sys.stderr)
    return 0


def _line(one: Mapping[str, Any]) -> str:
    from gfplint.report.text import visible

    function = f" in {one.get('function')}()" if one.get("function") else ""
    return visible(f"{one.get('path')}: [{one.get('rule')}]{function}: {one.get('message')}")
