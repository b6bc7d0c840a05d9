# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules x touched subjects x one side of a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from gfplint import regex
from gfplint.diff.image import Image
from gfplint.finding import Problem, Report, Skip
from gfplint.record import NamedTuple
from gfplint.rulebook import Entry, Rulebook
from gfplint.view import File, Function, KconfigEntry, Series

_IDENTIFIER = regex.compile(r"[A-Za-z_]\w+", re.ASCII)


class Raw(NamedTuple):
    """A report of a rule on one side, before anybody asked whether it is new."""

    entry: Entry
    report: Report
    function: str | None
    complete: bool  # the function was seen whole

    @property
    def identity(self) -> tuple[str, str, str | None, tuple[str, ...]]:
        """What makes this fault this fault: no line numbers, no prose."""
        return self.entry.id, self.report.at.path, self.function, self.report.key


class Log:
    """What an engine run leaves besides reports: what it skipped and what broke."""

    __slots__ = ("problems", "skipped")

    def __init__(self) -> None:
        self.skipped: list[Skip] = []
        self.problems: list[Problem] = []


def triggered(book: Rulebook, text: str) -> list[Entry]:
    """The rules that may have something to say about ``text``; nothing is parsed for it."""
    return book.triggered(frozenset(_IDENTIFIER.findall(text)), text)


def run_file(file: File, book: Rulebook, entries: Sequence[Entry], log: Log, tree: bool = False) -> list[Raw]:
    """Run ``entries`` over what the patch touches of one side of a C file."""
    found: list[Raw] = []
    by_subject = _by_subject(entries)
    for entry in by_subject.get("File", ()):
        if _seen_enough(entry, file, None, log, tree):
            found += _run(entry, book, file, None, True, log)
    wanted = by_subject.get("Function", ())
    for fn in file.functions if wanted else ():
        text = fn.definition.unit.source(fn.definition.node)
        for entry in book.among(wanted, frozenset(_IDENTIFIER.findall(text)), text):
            if _seen_enough(entry, file, fn, log, tree):
                found += _run(entry, book, fn, fn.name or None, fn.complete, log)
    return found


def kconfig_entries(image: Image, ranges: Iterable[tuple[int, int]] | None = None) -> list[KconfigEntry]:
    """The entries of a Kconfig file that stand on lines of ``ranges``; None for all."""
    from gfplint.source.kconfig import parse_kconfig  # only for patches that touch a Kconfig file

    touched = None if ranges is None else tuple(ranges)
    return [
        KconfigEntry(image.path, image.side, entry)
        for entry in parse_kconfig(image)
        if touched is None or any(entry.first <= last and first <= entry.last for first, last in touched)
    ]


def run_kconfig(
    entries_of_file: Iterable[KconfigEntry], book: Rulebook, entries: Sequence[Entry], log: Log
) -> list[Raw]:
    """Run the Kconfig rules over the entries that the patch touches."""
    rules = _by_subject(entries).get("KconfigEntry", ())
    return [raw for subject in entries_of_file for rule in rules for raw in _run(rule, book, subject, None, True, log)]


def run_series(series: Series, book: Rulebook, entries: Sequence[Entry], log: Log) -> list[Raw]:
    """Run the series rules over one side of the whole series."""
    return [raw for rule in _by_subject(entries).get("Series", ()) for raw in _run(rule, book, series, None, True, log)]


def _by_subject(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.subject, []).append(entry)
    return groups


def _seen_enough(entry: Entry, file: File, fn: Function | None, log: Log, tree: bool) -> bool:
    """Whether the rule's NEEDS are met; says in the log when they are not."""
    reason = None
    if entry.needs == "function" and fn is not None and not fn.complete:
        reason = "needs the whole function, and not all of it is in sight"
    elif entry.needs in ("file", "tree") and not file.whole:
        reason = "needs the whole file, and only hunks are in sight"
    elif entry.needs == "tree" and not tree:
        reason = "needs a kernel tree"
    if reason is None:
        return True
    log.skipped.append(Skip(file.path, fn.span.line if fn else None, fn.name or None if fn else None, entry.id, reason))
    return False


def _run(entry: Entry, book: Rulebook, subject: Any, function: str | None, complete: bool, log: Log) -> list[Raw]:
    """Run one rule on one subject; what it throws costs only this pair."""
    rule = book.rule(entry)
    if rule is None:
        return []
    check: Callable[..., Iterable[Report]] = rule.check
    try:
        return [Raw(entry, report, function, complete) for report in check(subject)]
    except Exception as error:  # a fault of ours, not of the input: say so, go on with the rest
        where = f" on {function}()" if function else ""
        place = getattr(subject, "path", None) or "series"
        text = f"internal error{where}: {type(error).__name__}: {error}"
        log.problems.append(Problem(str(place), None, " ".join(text.split()), f"{entry.id}, {rule.file}"))
        return []


def touched_text(image: Image, touched: Sequence[tuple[int, int]]) -> str:
    """What is known of an image in the functions that a patch touches, for trigger words."""
    if not image.whole:
        return b"\n".join(piece.text for piece in image.pieces).decode("utf-8", "surrogateescape")
    from gfplint.source.window import windows

    parts = [
        piece.text[window.start : window.end]
        for piece in image.pieces
        for window in windows(piece.text)
        if any(low < piece.line + window.last and piece.line + window.line - 1 <= high for low, high in touched)
    ]
    return b"\n".join(parts).decode("utf-8", "surrogateescape")
