# SPDX-License-Identifier: GPL-2.0-or-later
"""Lines before, lines after, lines of the mail: three co-ordinates kept apart."""

from functools import cached_property

from gfplint.diff.model import FileDiff
from gfplint.finding import Side


class LineMap:
    """Leads from a line of one side of a file to the other side and to the mail."""

    def __init__(self, diff: FileDiff) -> None:
        self._diff = diff

    def to_after(self, line: int) -> int | None:
        """The post-image line of a pre-image line; None where the patch removes it."""
        return self._across(line, "before")

    def to_before(self, line: int) -> int | None:
        """The pre-image line of a post-image line; None where the patch adds it."""
        return self._across(line, "after")

    def mail(self, side: Side, line: int) -> int | None:
        """The line of the mail where a line of an image stands; None where it is in no hunk."""
        return self._mail[side].get(line)

    def changed(self, side: Side) -> frozenset[int]:
        """The lines that are removed (before) or added (after)."""
        return self._changed[side]

    def touched(self, side: Side) -> tuple[tuple[int, int], ...]:
        """The lines of a side that the patch touches, as inclusive ranges, rising.

        Where it only removes, the two neighbours of the gap in the post-image
        are touched; where it only adds, those in the pre-image.
        """
        lines: set[int] = set(self._changed[side])
        for hunk in self._diff.hunks:
            last = (hunk.old_start if side == "before" else hunk.new_start) - 1
            other = "+" if side == "before" else "-"
            for line in hunk.lines:
                number = line.old if side == "before" else line.new
                if line.kind == other:
                    lines.update((max(last, 1), last + 1))
                elif number is not None:
                    last = number
        ranges: list[tuple[int, int]] = []
        for number in sorted(lines):
            if ranges and number <= ranges[-1][1] + 1:
                ranges[-1] = (ranges[-1][0], number)
            else:
                ranges.append((number, number))
        return tuple(ranges)

    def _across(self, line: int, side: Side) -> int | None:
        inside = self._pairs[side]
        if line in inside:
            return inside[line]
        shift = 0
        for hunk in self._diff.hunks:
            old = hunk.old_start + (hunk.old_lines or 1) - 1
            new = hunk.new_start + (hunk.new_lines or 1) - 1
            if line <= (old if side == "before" else new):
                break
            old_end = hunk.old_start + hunk.old_lines - (0 if hunk.old_lines else -1)
            new_end = hunk.new_start + hunk.new_lines - (0 if hunk.new_lines else -1)
            shift = new_end - old_end
        return line + shift if side == "before" else line - shift

    @cached_property
    def _pairs(self) -> dict[Side, dict[int, int | None]]:
        pairs: dict[Side, dict[int, int | None]] = {"before": {}, "after": {}}
        for hunk in self._diff.hunks:
            for line in hunk.lines:
                if line.old is not None:
                    pairs["before"][line.old] = line.new
                if line.new is not None:
                    pairs["after"][line.new] = line.old
        return pairs

    @cached_property
    def _mail(self) -> dict[Side, dict[int, int | None]]:
        lines: dict[Side, dict[int, int | None]] = {"before": {}, "after": {}}
        for hunk in self._diff.hunks:
            for line in hunk.lines:
                if line.old is not None:
                    lines["before"][line.old] = line.mail
                if line.new is not None:
                    lines["after"][line.new] = line.mail
        return lines

    @cached_property
    def _changed(self) -> dict[Side, frozenset[int]]:
        lines = [line for hunk in self._diff.hunks for line in hunk.lines]
        return {
            "before": frozenset(line.old for line in lines if line.kind == "-" and line.old is not None),
            "after": frozenset(line.new for line in lines if line.kind == "+" and line.new is not None),
        }
