# SPDX-License-Identifier: GPL-2.0-or-later
"""``gfplint check``: the main job."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TextIO, cast

from gfplint.cli.common import Look, Usage, complain, open_book, open_mails, parser
from gfplint.cli.judge import Judge, judge_of, names, tree_of
from gfplint.cli.options import DESCRIPTION, USAGE, declare
from gfplint.cli.quick import Quick
from gfplint.cli.tally import Tally
from gfplint.diff.model import Series
from gfplint.finding import Problem
from gfplint.record import NamedTuple

if TYPE_CHECKING:
    import argparse

    from gfplint.cli.baseline import Baseline
    from gfplint.mail.intake import Intake
    from gfplint.mail.tree import Tree
    from gfplint.report.sinks import Sink
    from gfplint.report.summary import Summary
    from gfplint.review import Review


def _read(args: Sequence[str]) -> argparse.Namespace:
    """The command line; argparse is loaded only for one that is not plain."""
    quick = Quick()
    declare(quick)
    plain = quick.parse(args)
    if plain is None or any(name.isupper() for name in names(plain.ignore)):  # checkpatch's, perhaps
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

    reviews: Iterable[Review | Problem]
    problems: list[Problem]  # grows while reviews are taken
    intake: Intake | None  # counts the mails; None for commits and files
    total: int | None = None  # how many reviews there will be, where that is known


def main(args: Sequence[str]) -> int:
    """Lint; returns the exit status of the house: 0, 1, 2."""
    given = _read(args)
    tree = tree_of(given)
    series = _commits(given) if given.git or given.staged or given.worktree else None
    judge = judge_of(given, tree, series)
    work = _work(given, series, judge, tree)
    baseline = _baseline(given)
    tally = Tally()
    look = _look(given)
    sinks = _sinks(given, look, tally.problems)
    silent = any(sink.quiet_stderr for sink in sinks)  # b4 takes any byte there for a failure
    for result in _watched(work, look):
        if isinstance(result, Problem):
            tally.problems.append(result)
            continue
        if baseline is not None:
            result = baseline.split(result)
        tally.add(result)
        tally.problems += _paint(sinks, result)
    if tree is not None:
        tree.close()
    problems = [*judge.book.problems, *work.problems, *tally.problems]
    summary = _summary(work, judge, tally, problems)
    problems += _finish(sinks, summary)
    if not silent:
        _tell(given, judge, tally, problems)
    if problems:
        return 2
    return 1 if not given.exit_zero and tally.fails(judge.config.text("fail-on") or "warning") else 0


def _baseline(given: argparse.Namespace) -> Baseline | None:
    if given.baseline is None:
        return None
    from gfplint.cli.baseline import Baseline  # only where one is given

    if not given.file:
        raise Usage("--baseline is for whole files (-f): of a patch only what is new is reported anyway")
    return Baseline.read(given.baseline)


def _look(given: argparse.Namespace) -> Look:
    """How the report looks; where it goes to a terminal, that is asked for a pager."""
    spec = given.format or ["terminal"]
    if "terminal" in spec and sys.stdout.isatty():
        from gfplint.cli import pager

        return pager.look(given.color, given.width, not given.no_pager)
    return Look(given.color, given.width)


def _tell(given: argparse.Namespace, judge: Judge, tally: Tally, problems: list[Problem]) -> None:
    """What stands below the report: statistics, suppressions that nothing needs, problems."""
    if given.statistics:  # where the report itself is for people, with it; else beside it
        shown = {spec.partition("=")[0] for spec in given.format or ["terminal"] if "=" not in spec}
        stream = sys.stdout if shown <= {"terminal", "terse"} else sys.stderr
        stream.writelines(line + "\n" for line in tally.statistics(judge.book))
    if judge.options.suppress:
        for line in tally.unneeded(judge.options.suppress):
            complain(f"note: {line}")
    for problem in problems:
        complain(problem)


def _watched(work: Work, look: Look) -> Iterator[Review | Problem]:
    """The reviews; while somebody waits at a terminal, with a bar below what is printed, until a pager takes over."""
    if not (look.paged or sys.stderr.isatty()):
        yield from work.reviews
        return
    from gfplint.report.progress import Progress

    bar = Progress(sys.stderr, work.total, "files" if work.total else "patches") if sys.stderr.isatty() else None
    for result in work.reviews:
        if isinstance(result, Problem) or result.findings or result.resolved or result.suppressed or result.notes:
            if bar is not None:
                bar.clear()  # something will be printed
            if look.paged and not isinstance(result, Problem):
                from gfplint.cli import pager

                pager.start()
                look, bar = look._replace(paged=False), None
        yield result
        if bar is not None:
            bar.step()
    if bar is not None:
        bar.clear()


def _paint(sinks: list[Sink], result: Review) -> list[Problem]:
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


def _finish(sinks: list[Sink], summary: Summary) -> list[Problem]:
    from gfplint.report.sinks import SinkError

    failed: list[Problem] = []
    for sink in sinks:
        try:
            sink.end(summary)
        except SinkError as error:
            failed.append(Problem(sink.name, None, str(error)))
    return failed


def _work(given: argparse.Namespace, series: list[Series] | None, judge: Judge, tree: Tree | None) -> Work:
    if given.file:
        return _files(given, judge, tree)
    from gfplint.review import review

    if series is not None:
        return Work((result for one in series for result in review(one, tree, judge.book, judge.options)), [], None)
    intake = _mails(given)
    return Work(_judged(intake, tree, judge), intake.problems, intake)


def _judged(intake: Intake, tree: Tree | None, judge: Judge) -> Iterator[Review]:
    """The reviews of mails, each series by what holds for it."""
    from gfplint.review import review

    for series in intake:
        try:
            own = judge.of(series)
        except Usage as error:
            intake.problems.append(Problem(series.patches[0].mail.input, None, str(error)))
            own = judge.bare()
        yield from review(series, tree, own.book, own.options)


def _mails(given: argparse.Namespace) -> Intake:
    if not given.patch and sys.stdin.isatty():
        raise Usage("nothing to lint: name a patch, or - for standard input (see gfplint --help)")
    return open_mails(given.patch, given)


def _commits(given: argparse.Namespace) -> list[Series]:
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


def _files(given: argparse.Namespace, judge: Judge, tree: Tree | None) -> Work:
    from gfplint.cli import files

    if not given.patch:
        raise Usage("-f wants files or folders")
    problems: list[Problem] = []
    found = list(files.sources(given.patch, problems))
    return Work(files.reviews(judge.job(tree), found, given.jobs), problems, None, len(found))


def _sinks(given: argparse.Namespace, look: Look, problems: list[Problem]) -> list[Sink]:
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
                    color=look.color,
                    width=look.width,
                    strict=given.strict,
                    quiet=given.quiet,
                    verbose=given.verbose or given.why_not,
                    all=given.all,
                    why_not=given.why_not,
                )
            )
        except SinkError as error:
            problems.append(Problem("--format", None, str(error)))
    if not sinks:
        raise Usage("; ".join(problem.message for problem in problems))
    return sinks


def _summary(work: Work, judge: Judge, tally: Tally, problems: list[Problem]) -> Summary:
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
        skipped=tally.skipped,
        whole=tally.whole,
        resolved=tally.resolved,
        problems=tuple(problems),
        series_findings=tuple(tally.series),
        version=__version__,
        rules=judge.book.digest,
        kernel=judge.options.kernel,
    )
