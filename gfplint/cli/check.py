# SPDX-License-Identifier: GPL-2.0-or-later
"""``gfplint check``: the main job."""

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TextIO, cast

from gfplint.cli.common import Usage, complain, open_book, parser
from gfplint.cli.options import DESCRIPTION, USAGE, declare
from gfplint.cli.quick import Quick
from gfplint.diff.model import Series
from gfplint.finding import SEVERITIES, Finding, Problem
from gfplint.record import NamedTuple

if TYPE_CHECKING:
    import argparse

    from gfplint.config import Config
    from gfplint.mail.intake import Intake
    from gfplint.mail.tree import Tree
    from gfplint.report.sinks import Sink
    from gfplint.report.summary import Summary
    from gfplint.review import Options, Review
    from gfplint.rulebook import Rulebook

def _read(args: Sequence[str]) -> "argparse.Namespace":
    """The command line; argparse is loaded only for one that is not plain."""
    quick = Quick()
    declare(quick)
    plain = quick.parse(args)
    if plain is None or any(name.isupper() for name in _names(plain.ignore)):  # checkpatch's, perhaps
        from gfplint.cli import habits

        args = habits.translate(args, _types)
        plain = quick.parse(args)
    if plain is not None:
        return cast("argparse.Namespace", plain)
    options = parser("check", DESCRIPTION, USAGE)
    declare(options)
    return options.parse_intermixed_args(list(args))


def _types() -> list[tuple[str, str]]:
    """The rules that gfplint brings, under the names that checkpatch would give them."""
    from gfplint.report.checkpatch import type_of

    return [(type_of(entry.id), entry.id) for entry in open_book(()).entries]


class Work(NamedTuple):
    """What is to be linted, and what was met on the way."""

    reviews: "Iterable[Review | Problem]"
    problems: list[Problem]  # grows while reviews are taken
    intake: "Intake | None"  # counts the mails; None for commits and files
    total: int | None = None  # how many reviews there will be, where that is known


def main(args: Sequence[str]) -> int:
    """Lint; returns the exit status of the house: 0, 1, 2."""
    given = _read(args)
    tree = _tree(given)
    series = _commits(given) if given.git or given.staged or given.worktree else None
    config = _config(given, tree, series)
    book = _book(given, config)
    work = _work(given, series, config, book, tree)
    tally = Tally()
    sinks = _sinks(given, tally.problems)
    silent = any(sink.quiet_stderr for sink in sinks)  # b4 takes any byte there for a failure
    for result in _watched(work):
        if isinstance(result, Problem):
            tally.problems.append(result)
            continue
        tally.add(result)
        tally.problems += _paint(sinks, result)
    if tree is not None:
        tree.close()
    problems = [*book.problems, *work.problems, *tally.problems]
    kernel = config.text("kernel") or (tree.kernel if tree is not None else None)
    summary = _summary(work, book, kernel, tally, problems)
    problems += _finish(sinks, summary)
    for problem in () if silent else problems:
        complain(problem)
    if problems:
        return 2
    return 1 if not given.exit_zero and tally.fails(config.text("fail-on") or "warning") else 0


def _watched(work: Work) -> "Iterator[Review | Problem]":
    """The reviews; while somebody waits at a terminal, with a bar below what is printed."""
    if not sys.stderr.isatty():
        yield from work.reviews
        return
    from gfplint.report.progress import Progress

    bar = Progress(sys.stderr, work.total, "files" if work.total else "patches")
    for result in work.reviews:
        if isinstance(result, Problem) or result.findings or result.resolved:
            bar.clear()  # something will be printed
        yield result
        bar.step()
    bar.clear()


def _paint(sinks: "list[Sink]", result: "Review") -> list[Problem]:
    """Hand a review to all sinks; one that cannot be written is dropped, the others go on."""
    from gfplint.report.sinks import SinkError

    failed: list[Problem] = []
    for sink in list(sinks):
        try:
            sink.patch(result)
        except SinkError as error:
            failed.append(Problem(sink.name, None, str(error)))
            sinks.remove(sink)
    return failed


def _finish(sinks: "list[Sink]", summary: "Summary") -> list[Problem]:
    from gfplint.report.sinks import SinkError

    failed: list[Problem] = []
    for sink in sinks:
        try:
            sink.end(summary)
        except SinkError as error:
            failed.append(Problem(sink.name, None, str(error)))
    return failed


class Tally:
    """Counts what was seen, review by review."""

    def __init__(self) -> None:
        self.patches = self.files = self.hunks_only = self.resolved = 0
        self.by_rule: dict[str, int] = {}
        self.by_severity: dict[str, int] = {}
        self.problems: list[Problem] = []
        self.series: list[tuple[str, Finding]] = []

    def add(self, review: "Review") -> None:
        whole = not review.patch.mail.diff and bool(review.patch.files)  # a file of -f, no patch
        self.patches += not whole
        self.files += len(review.patch.files) if review.patch.mail.diff else whole
        self.hunks_only += sum(file.context == "hunks" for file in review.files)
        self.resolved += len(review.resolved)
        self.problems += review.errors
        self.series += [(review.series.id, finding) for finding in review.series_findings]
        for finding in (*review.findings, *review.series_findings):
            self._count(finding)

    def _count(self, finding: Finding) -> None:
        self.by_rule[finding.rule] = self.by_rule.get(finding.rule, 0) + 1
        self.by_severity[finding.severity] = self.by_severity.get(finding.severity, 0) + 1

    def fails(self, level: str) -> bool:
        """There are findings at ``level`` or above; info findings never fail."""
        if level == "never":
            return False
        rank = max(SEVERITIES.index(level), 1)
        return any(self.by_severity.get(one) for one in SEVERITIES[rank:])


def _names(values: Sequence[str]) -> list[str]:
    return [name.strip() for value in values for name in value.split(",") if name.strip()]


def _config(given: "argparse.Namespace", tree: "Tree | None", series: "list[Series] | None") -> "Config":
    from gfplint.cli.settings import gather

    wanted = {
        "select": _names(given.select),
        "extend-select": _names(given.extend_select),
        "ignore": _names(given.ignore),
        "kernel": given.kernel,
        "fail-on": given.fail_on,
    }
    # The configuration of a range is that of the commit before it, never one that the range brings.
    base = f"{series[0].patches[0].mail.input}^" if given.git and series else None
    return gather(tree, base, {key: value for key, value in wanted.items() if value})


def _book(given: "argparse.Namespace", config: "Config") -> "Rulebook":
    from gfplint.rulebook import UnknownRule

    book = open_book(given.rules)
    try:
        select = config.names("select")
        book.select((*select, *config.names("extend-select")) if select else (), config.names("ignore"))
    except UnknownRule as error:
        raise Usage(str(error)) from error
    return book


def _tree(given: "argparse.Namespace") -> "Tree | None":
    from gfplint.mail.tree import Tree, find_tree

    if given.no_tree:
        return None
    if given.tree is None:
        found = find_tree(".")
        return Tree(found) if found else None
    if not os.path.isfile(os.path.join(given.tree, "include/linux/mm.h")):
        raise Usage(f"--tree {given.tree}: not a kernel tree, no include/linux/mm.h")
    return Tree(given.tree)


def _options(given: "argparse.Namespace", config: "Config", tree: "Tree | None") -> "Options":
    from gfplint.review import Options

    return Options(
        kernel=config.text("kernel") or (tree.kernel if tree is not None else None),
        any_path=given.any_path,
        severity=config.severity,
        paths=tuple(config.paths),
        suppress=None if given.no_suppress else tuple(config.suppress),
    )


def _work(
    given: "argparse.Namespace", series: "list[Series] | None", config: "Config", book: "Rulebook", tree: "Tree | None"
) -> Work:
    options = _options(given, config, tree)
    if given.file:
        return _files(given, config, options, tree)
    from gfplint.review import review

    intake = _mails(given) if series is None else None
    every: Iterable[Series] = intake if intake is not None else series or ()
    problems = intake.problems if intake is not None else []
    return Work((result for one in every for result in review(one, tree, book, options)), problems, intake)


def _mails(given: "argparse.Namespace") -> "Intake":
    from gfplint.mail.intake import Intake

    if not given.patch and sys.stdin.isatty():
        raise Usage("nothing to lint: name a patch, or - for standard input (see gfplint --help)")
    return Intake(given.patch or ["-"], stdin=sys.stdin.buffer)


def _commits(given: "argparse.Namespace") -> list[Series]:
    from gfplint.mail import git

    if given.git and not given.patch:
        raise Usage("-g wants commits: REV, REV-COUNT or A..B")
    if not given.git and given.patch:
        raise Usage("--staged and --worktree take no arguments")
    try:
        if given.git:
            return list(git.commits(given.patch, "."))
        return list(git.staged(".") if given.staged else git.worktree("."))
    except git.GitError as error:
        raise Usage(str(error)) from error


def _files(given: "argparse.Namespace", config: "Config", options: "Options", tree: "Tree | None") -> Work:
    from gfplint.cli import files

    if not given.patch:
        raise Usage("-f wants files or folders")
    problems: list[Problem] = []
    names = list(files.sources(given.patch, problems))
    root = os.path.abspath(tree.root) if tree is not None else None
    select = config.names("select")
    chosen = (*select, *config.names("extend-select")) if select else ()
    job = (given.rules, chosen, config.names("ignore"), root, options)
    return Work(files.reviews(job, names, given.jobs), problems, None, len(names))


def _sinks(given: "argparse.Namespace", problems: list[Problem]) -> "list[Sink]":
    """What the report is written to; a format that cannot be written is a problem, the others go on."""
    from gfplint.report.sinks import SinkError, open_sink

    stream: TextIO = sys.stdout
    sinks = []
    for spec in given.format or ["terminal"]:
        try:
            sinks.append(
                open_sink(
                    spec,
                    stream,
                    color=given.color,
                    width=given.width,
                    strict=given.strict,
                    quiet=given.quiet,
                    verbose=given.verbose or given.why_not,
                    all=given.all,
                )
            )
        except SinkError as error:
            problems.append(Problem("--format", None, str(error)))
    if not sinks:
        raise Usage("; ".join(problem.message for problem in problems))
    return sinks


def _summary(work: Work, book: "Rulebook", kernel: str | None, tally: Tally, problems: list[Problem]) -> "Summary":
    from gfplint import __version__
    from gfplint.report.summary import Summary

    intake = work.intake
    return Summary(
        mails=intake.mails if intake is not None else tally.patches,
        patches=tally.patches,
        covers=intake.covers if intake is not None else 0,
        files=tally.files,
        by_severity=tally.by_severity,
        by_rule=tally.by_rule,
        hunks_only=tally.hunks_only,
        resolved=tally.resolved,
        problems=tuple(problems),
        series_findings=tuple(tally.series),
        version=__version__,
        rules=book.digest,
        kernel=kernel,
    )
