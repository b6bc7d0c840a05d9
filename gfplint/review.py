# SPDX-License-Identifier: GPL-2.0-or-later
"""The life of a series, top to bottom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Literal

from gfplint import engine, later, novelty, suppress
from gfplint.config import PathTable, Suppress
from gfplint.diff.image import Image, Piece
from gfplint.diff.linemap import LineMap
from gfplint.diff.model import Diff, FileDiff, Mail, Patch, Series
from gfplint.engine import Log, Raw
from gfplint.facts import paths
from gfplint.finding import Finding, Problem, Severity, Side, Skip, Status
from gfplint.findings import Pair, code_at, findings_of
from gfplint.mail.ground import Ground
from gfplint.mail.tree import Overlay, Tree
from gfplint.record import NamedTuple
from gfplint.rulebook import Entry, Rulebook
from gfplint.source.model import Source
from gfplint.view import File, Setting


class FileSeen(NamedTuple):
    """How well a file of a patch was seen."""

    path: str
    context: Literal["hunks", "whole"]
    base: str | None
    note: str | None


class Review(NamedTuple):
    """What gfplint has to say of one patch."""

    series: Series
    patch: Patch
    findings: tuple[Finding, ...]
    resolved: tuple[Finding, ...]
    existing: tuple[Finding, ...]
    suppressed: tuple[Finding, ...]
    skipped: tuple[Skip, ...]
    files: tuple[FileSeen, ...]
    errors: tuple[Problem, ...]
    images: Mapping[tuple[str, str], Image]  # by path and side, for files with findings
    series_findings: tuple[Finding, ...] = ()  # on the last patch: what is wrong with the series as a whole
    placed: tuple[FileDiff, ...] = ()  # the files that were looked at, numbered as their hunks went into the tree
    notes: tuple[Skip, ...] = ()  # suppressions that do not count, or that nothing needed


class Options(NamedTuple):
    """What changes a review, apart from the rules."""

    kernel: str | None = None  # whose facts; None: only what holds in all that are known
    any_path: bool = False  # also files that are not the kernel's C
    severity: Mapping[str, Severity] = {}  # by rule id or family: in place of the rule's own
    paths: tuple[PathTable, ...] = ()  # what holds for some paths only
    suppress: tuple[Suppress, ...] | None = ()  # findings that the project accepts; None: nothing is put aside


class _Work(NamedTuple):
    """What the review of a series goes by."""

    series: Series
    overlay: Overlay
    book: Rulebook
    options: Options
    settings: Mapping[Side, Setting]


def review(series: Series, tree: Tree | None, book: Rulebook, options: Options = Options()) -> Iterator[Review]:
    """Review a series, one Review for each patch, in order.

    ``tree`` gives whole files; without one only the hunks are seen.  Nothing
    is dropped: what could not be looked at is in ``skipped``, what broke in
    ``errors``, and neither keeps the next file from being reviewed.
    """
    work = _Work(series, Overlay(tree, series), book, options, _settings(tree, series))
    reviews = [_patch(work, patch) for patch in series.patches]
    if len(reviews) > 1:
        reviews = _over_series(reviews)
    yield from reviews[:-1]
    yield from (_with_series(work, tree, last) for last in reviews[-1:])


def _with_series(work: _Work, tree: Tree | None, last: Review) -> Review:
    """The review of the last patch with what is said of the series as a whole."""
    if not any(entry.subject == "Series" for entry in work.book.entries):
        return last
    from gfplint import endstate

    log = Log()
    found, images = endstate.judge(work.series, tree, work.book, work.options.kernel, work.settings, log)
    if not found and not log.problems:
        return last
    problems = tuple(problem._replace(input=f"{last.patch.mail.input}: {problem.input}") for problem in log.problems)
    return last._replace(
        series_findings=suppress.levels(found, work.options.severity, work.options.paths),
        images={**images, **last.images},
        errors=(*last.errors, *problems),
    )


def _settings(tree: Tree | None, series: Series) -> Mapping[Side, Setting]:
    return {"before": Setting(Ground(tree, series, "before")), "after": Setting(Ground(tree, series, "after"))}


def _patch(work: _Work, patch: Patch) -> Review:
    """Review one patch; its files are opened only if a rule's trigger word occurs in its diff."""
    series, overlay, book, options = work.series, work.overlay, work.book, work.options
    # With a tree the word may stand in a function that is touched, outside the hunks.
    entries = book.entries if overlay.sees_more else engine.triggered(book, patch.mail.diff)
    foreign = None
    if entries and not options.any_path:
        foreign = paths.user_space(overlay.paths, patch.mail.tags)
    if not entries or foreign:
        skips = [Skip(diff.path, None, None, None, foreign) for diff in patch.files] if foreign else []
        skips += _damages(patch)
        notes = _decide((), patch, options).notes
        return Review(series, patch, (), (), (), (), tuple(skips), (), (), {}, notes=notes)
    log = Log()
    log.skipped += _damages(patch)
    pairs = [pair for diff in patch.files if (pair := _open(diff, overlay, options, log))]
    verdicts = [_judge(pair, work, entries, log) for pair in pairs]
    by_path = {
        (image.path, image.side): (pair, image) for pair in pairs for image in (pair.before, pair.after) if image
    }
    verdict = novelty.unite_moved(
        verdicts, lambda raw: " ".join(code_at(by_path[_where(raw)][1], raw.report.at.line).split())
    )

    def findings(raws: Sequence[Raw], status: Status) -> tuple[Finding, ...]:
        return findings_of([(raw, *by_path[_where(raw)]) for raw in raws], status)

    new, resolved, existing = verdict.new, verdict.resolved, verdict.existing
    shown = {raw.report.at.path for raw in (*new, *resolved, *existing)}
    outcome = _decide(findings(new, "new"), patch, options)
    return Review(
        series,
        patch,
        outcome.kept,
        findings(resolved, "resolved"),
        suppress.levels(findings(existing, "existing"), options.severity, options.paths),
        outcome.suppressed,
        (*log.skipped, *verdict.unsure),
        tuple(_seen(pair) for pair in pairs),
        tuple(problem._replace(input=f"{patch.mail.input}: {problem.input}") for problem in log.problems),
        {where: image for where, (_, image) in by_path.items() if where[0] in shown},
        placed=tuple(pair.diff for pair in pairs),
        notes=outcome.notes,
    )


def _damages(patch: Patch) -> list[Skip]:
    """What of the diff is not looked at, and what is not as it was sent."""
    healed, skipped = patch.damages
    skips = [Skip(damage.path, None, None, None, damage.what) for damage in skipped]
    return skips + [Skip(damage.path, damage.start, None, None, f"healed: {damage.what}") for damage in healed]


def _decide(new: Sequence[Finding], patch: Patch, options: Options) -> suppress.Outcome:
    """What the project and the author decided of the new findings."""
    new = suppress.levels(new, options.severity, options.paths)
    if options.suppress is None:
        return suppress.Outcome(new, (), ())
    asked = suppress.in_notes(patch.mail.notes, "the patch's notes") if "gfplint-ok:" in patch.mail.notes else []
    path = patch.files[0].path if asked and patch.files else ""
    outcome = suppress.put_aside(new, asked, options.suppress, path)
    if not options.paths:
        return outcome
    other = suppress.by_path(outcome.kept, options.paths)
    return suppress.Outcome(other.kept, (*outcome.suppressed, *other.suppressed), outcome.notes)


def review_file(path: str, text: bytes, book: Rulebook, options: Options, tree: Tree | None = None) -> Review:
    """Review a whole file with nothing before it: all that stands there is new.

    ``path`` is relative to the root of the kernel tree, ``tree`` that tree, if there is one.
    """
    diff = FileDiff(None, path, "added", None, None, None, None, False, (), "")
    patch = Patch(Mail.of_file(path), partial(_given, Diff((diff,))))
    image = Image(path, "after", (Piece(1, text),), True, ("",), "file")
    series = Series(path, 1, None, (patch,), None, None, True)
    log = Log()
    reason = None if options.any_path else paths.why_not(path)
    raws: list[Raw] = []
    if reason is not None:
        log.skipped.append(Skip(path, None, None, None, reason))
    elif engine.triggered(book, text.decode("utf-8", "surrogateescape")):
        from gfplint.source.parse import parse_image  # tree-sitter: only when there is something to parse

        source = parse_image(image)
        log.problems += _too_deep(source)
        setting = (
            Setting(Ground(tree, Series(path, 1, None, (), None, None, True), "after")) if tree is not None else None
        )
        raws = engine.run_file(File(source, options.kernel, setting), book, book.entries, log)
    pair = Pair(diff, None, image, LineMap(diff))
    outcome = _decide(findings_of([(raw, pair, image) for raw in raws], "new"), patch, options)
    return Review(
        series,
        patch,
        outcome.kept,
        (),
        (),
        outcome.suppressed,
        tuple(log.skipped),
        (FileSeen(path, "whole", "file", None),) if reason is None else (),
        tuple(log.problems),
        {(path, "after"): image},
        notes=outcome.notes,
    )


def _given(diff: Diff, text: str, line: int | None) -> Diff:
    """Stands for the parser where there is no diff to parse."""
    return diff


def _over_series(reviews: list[Review]) -> list[Review]:
    """The reviews with what cancels out across the series said once."""
    parts = [
        later.Part(r.patch.mail.number or n, r.patch.mail.message_id, r.findings, r.resolved, r.existing)
        for n, r in enumerate(reviews, 1)
    ]
    return [
        r._replace(findings=part.new, resolved=part.gone, existing=part.old)
        for r, part in zip(reviews, later.over_series(parts), strict=True)
    ]


def _where(raw: Raw) -> tuple[str, Side]:
    return raw.report.at.path, raw.report.at.side


def _open(diff: FileDiff, overlay: Overlay, options: Options, log: Log) -> Pair | None:
    """The two images of a file that is to be looked at; else None, and the reason in the log."""
    reason = None if options.any_path else paths.why_not(diff.path)
    if diff.binary:
        reason = "binary"
    if not diff.hunks:
        overlay.see(diff)  # a rename as it is: later patches find the file under its new name
    if reason is None and diff.hunks:
        placed, before, after = overlay.see(diff)
        return Pair(placed, before, after, LineMap(placed))
    if reason is not None:
        log.skipped.append(Skip(diff.path, None, None, None, reason))
    return None


def _seen(pair: Pair) -> FileSeen:
    image = pair.after or pair.before
    whole = image is not None and image.whole
    return FileSeen(
        pair.diff.path, "whole" if whole else "hunks", image.base if image else None, image.note if image else None
    )


def _judge(pair: Pair, work: _Work, entries: Sequence[Entry], log: Log) -> novelty.Verdict:
    """Both sides of a file, and the difference."""
    old, stood, was = _side(pair, "before", work, entries, Log())
    new, stands, _ = _side(pair, "after", work, entries, log, was)
    both = pair.before is not None and pair.after is not None
    return novelty.compare(old, new, pair.lines if both else None, (stood, stands))


def _side(
    pair: Pair, side: Side, work: _Work, entries: Sequence[Entry], log: Log, was: File | None = None
) -> tuple[list[Raw], novelty.Seen, File | None]:
    """The reports of one side, what was seen of it, and the file, where it was parsed."""
    book, unseen = work.book, novelty.Seen({})
    image = pair.image(side)
    ranges = pair.lines.touched(side)
    if image is None or not engine.triggered(book, engine.touched_text(image, ranges)):
        return [], unseen, None
    kind = paths.kind(image.path)
    if kind == "kconfig":
        return engine.run_kconfig(engine.kconfig_entries(image, ranges), book, entries, log), unseen, None
    if kind == "make":
        return [], unseen, None
    from gfplint.source.parse import parse_image  # tree-sitter: only when there is something to parse

    source = parse_image(image, ranges)._replace(beside=partial(work.settings["after"].beside, image.path))
    near = tuple(fn for fn in source.functions if any(fn.first <= last and first <= fn.last for first, last in ranges))
    log.problems += _too_deep(source)
    file = File(source._replace(functions=near), work.options.kernel, work.settings[side], was)
    return engine.run_file(file, book, entries, log), novelty.Seen({fn.name: fn.complete for fn in near}), file


def _too_deep(source: Source) -> list[Problem]:
    """Functions that nobody can follow: said aloud, or nesting would be a way to hide."""
    return [
        Problem(source.image.path, fn.first, f"{fn.name or 'a function'} is nested too deeply: not looked at")
        for fn in source.deep
    ]
