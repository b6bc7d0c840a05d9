# SPDX-License-Identifier: GPL-2.0-or-later
"""New, resolved, or there all along: the difference between the two sides.

A report of the pre-image and one of the post-image are the same fault when
the line map leads from one to the other, or, where their lines were taken
out and put in again, when their identities agree.  A fault on a line that
stands on both sides but is reported on one is new or resolved: a deleted
unlock makes an unchanged return wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping

from gfplint.diff.linemap import LineMap
from gfplint.engine import Raw
from gfplint.finding import Skip
from gfplint.record import NamedTuple


class Verdict(NamedTuple):
    """The reports of a file, or of a patch, by what the patch did to them."""

    new: list[Raw]
    resolved: list[Raw]
    existing: list[Raw]  # as they stand after the patch
    unsure: list[Skip]  # the two sides were not seen equally well


class Seen(NamedTuple):
    """Which functions of a side were seen, and whether whole."""

    complete: Mapping[str, bool]


def compare(before: list[Raw], after: list[Raw], lines: LineMap | None, seen: tuple[Seen, Seen]) -> Verdict:
    """Tell new, resolved and existing apart within one file (``lines`` None: no line stands on both sides)."""
    existing: list[Raw] = []
    before, after = list(before), list(after)
    to_after: Callable[[int], int | None] = lines.to_after if lines else lambda line: None
    to_before: Callable[[int], int | None] = lines.to_before if lines else lambda line: None
    _pair(
        before,
        after,
        existing,
        lambda raw: (*_what(raw), to_after(raw.report.at.line)),
        lambda raw: (*_what(raw), raw.report.at.line),
    )
    # Only what was taken out on one side and put in on the other can have moved.
    gone = [raw for raw in before if to_after(raw.report.at.line) is None]
    come = [raw for raw in after if to_before(raw.report.at.line) is None]
    before = [raw for raw in before if raw not in gone]
    after = [raw for raw in after if raw not in come]
    _pair(gone, come, existing, _in_function, _in_function)
    return _sure(Verdict(after + come, before + gone, existing, []), lines, seen)


def unite_moved(verdicts: Iterable[Verdict], code: Callable[[Raw], str]) -> Verdict:
    """Join the verdicts of a patch's files; a fault that only moved, with its line, is not new.

    ``code`` gives the source line of a report, white space folded.
    """
    whole = Verdict([], [], [], [])
    for verdict in verdicts:
        whole.new.extend(verdict.new)
        whole.resolved.extend(verdict.resolved)
        whole.existing.extend(verdict.existing)
        whole.unsure.extend(verdict.unsure)
    _pair(
        whole.resolved,
        whole.new,
        whole.existing,
        lambda raw: (*_what(raw), code(raw)),
        lambda raw: (*_what(raw), code(raw)),
    )
    return whole


def _what(raw: Raw) -> tuple[Hashable, ...]:
    return raw.entry.id, raw.report.key


def _in_function(raw: Raw) -> tuple[Hashable, ...]:
    """Without the path: a file that is renamed keeps its faults."""
    return (*_what(raw), raw.function)


def _pair(
    before: list[Raw],
    after: list[Raw],
    existing: list[Raw],
    old: Callable[[Raw], Hashable],
    new: Callable[[Raw], Hashable],
) -> None:
    """Take out of both lists what has the same mark, as a multiset, into ``existing``."""
    marks = Counter(old(raw) for raw in before)
    kept: Counter[Hashable] = Counter()
    left: list[Raw] = []
    for raw in after:
        mark = new(raw)
        if kept[mark] < marks[mark]:
            kept[mark] += 1
            existing.append(raw)
        else:
            left.append(raw)
    after[:] = left
    rest: list[Raw] = []
    for raw in before:
        mark = old(raw)
        if kept[mark]:
            kept[mark] -= 1
        else:
            rest.append(raw)
    before[:] = rest


def _sure(verdict: Verdict, lines: LineMap | None, seen: tuple[Seen, Seen]) -> Verdict:
    """Hold back what is new or gone only because one side was not seen as well as the other."""
    if lines is None:
        return verdict
    sides = ((verdict.new, seen[0], lines.to_before, "before"), (verdict.resolved, seen[1], lines.to_after, "after"))
    for found, other, across, name in sides:
        for raw in list(found):
            stands = across(raw.report.at.line) is not None
            if stands and raw.complete and other.complete.get(raw.function or "") is False:
                found.remove(raw)
                reason = f"the function is not seen as well {name} the patch"
                verdict.unsure.append(Skip(raw.report.at.path, raw.report.at.line, raw.function, raw.entry.id, reason))
    return verdict
