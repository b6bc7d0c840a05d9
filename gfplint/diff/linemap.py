# SPDX-License-Identifier: GPL-2.0-or-later
"""Lines of the image before, of the image after, and of the mail, mapped to one another."""

from __future__ import annotations

from bisect import bisect_right

from gfplint.diff.model import FileDiff, Hunk
from gfplint.finding import Side

Ranges = tuple[tuple[int, int], ...]


class LineMap:
    """The lines of one file of a patch, in its three texts.

    Lines outside the hunks are on both sides; a hunk that comes after others
    has shifted them by what those added and removed.
    """

    __slots__ = ("_diff", "_exact", "_mail", "_shifts")

    def __init__(self, diff: FileDiff) -> None:
        self._diff = diff
        self._exact: dict[Side, dict[int, int | None]] = {"before": {}, "after": {}}
        self._mail: dict[Side, dict[int, int]] = {"before": {}, "after": {}}
        for hunk in diff.hunks:
            for line in hunk.lines:
                if line.old is not None:
                    self._exact["before"][line.old] = line.new
                    if line.mail is not None:
                        self._mail["before"][line.old] = line.mail
                if line.new is not None:
                    self._exact["after"][line.new] = line.old
                    if line.mail is not None:
                        self._mail["after"][line.new] = line.mail
        self._shifts: dict[Side, tuple[list[int], list[int]]] = {
            "before": _shifts(diff.hunks, 1),
            "after": _shifts(diff.hunks, -1),
        }

    def to_after(self, line: int) -> int | None:
        """The line of the post-image that ``line`` of the pre-image became; None where it was removed."""
        return self._map("before", line)

    def to_before(self, line: int) -> int | None:
        """The line of the pre-image that ``line`` of the post-image was; None where it was added."""
        return self._map("after", line)

    def mail(self, side: Side, line: int) -> int | None:
        """The line of the mail that shows ``line`` of that side; None where none does."""
        return self._mail[side].get(line)

    def changed(self, side: Side) -> frozenset[int]:
        """The removed lines (before) or the added ones (after)."""
        return frozenset(line for line, other in self._exact[side].items() if other is None)

    def touched(self, side: Side) -> Ranges:
        """Stretches of that side that the patch touches, both ends inclusive.

        Where lines only went away (or, before, only came), these are the two
        lines on either side of the gap.
        """
        return _merge([span for hunk in self._diff.hunks for span in _touched(hunk, side)])

    def _map(self, side: Side, line: int) -> int | None:
        exact = self._exact[side]
        if line in exact:
            return exact[line]
        ends, shifts = self._shifts[side]
        return line + shifts[bisect_right(ends, line)]


def _shifts(hunks: tuple[Hunk, ...], sign: int) -> tuple[list[int], list[int]]:
    """First lines behind each hunk, and how far the lines from there on are shifted (one more: before all)."""
    behind: list[int] = []
    shifts = [0]
    for hunk in hunks:
        start, count = (hunk.old_start, hunk.old_lines) if sign > 0 else (hunk.new_start, hunk.new_lines)
        behind.append(start + (count or 1))  # an empty side stands behind the line that it names
        shifts.append(shifts[-1] + sign * (hunk.new_lines - hunk.old_lines))
    return behind, shifts


def _touched(hunk: Hunk, side: Side) -> list[tuple[int, int]]:
    """The stretches of one hunk: a run of changed lines gives one."""
    own, other = ("-", "+") if side == "before" else ("+", "-")
    start, count = (hunk.old_start, hunk.old_lines) if side == "before" else (hunk.new_start, hunk.new_lines)
    line = start if count else start + 1  # the next line of this side
    found: list[tuple[int, int]] = []
    first, gap = line, False
    for item in hunk.lines:
        if item.kind == own:
            line += 1
        elif item.kind == other:
            gap = True
        elif item.kind == " ":
            found += _run(first, line, gap)
            line += 1
            first, gap = line, False
    return found + _run(first, line, gap)


def _run(first: int, line: int, gap: bool) -> list[tuple[int, int]]:
    """What a run of changed lines touches: own lines ``first`` to ``line - 1``, or the lines beside a gap."""
    if line > first:
        return [(first, line - 1)]
    return [(max(line - 1, 1), line)] if gap else []


def _merge(spans: list[tuple[int, int]]) -> Ranges:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(merged)
