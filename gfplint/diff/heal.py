# SPDX-License-Identifier: GPL-2.0-or-later
"""Hunks that mail has damaged: healed where that can be done in one way only.

What is known to happen: long lines are wrapped; the blank in front of a
context line is stripped or becomes a non-breaking one; a blank context line
is taken for a soft break and joined to the next line; somebody edits a hunk
and forgets its counts.  The counts of the ``@@`` line say whether a reading is
right: the first one that fits them is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gfplint.diff.split import HunkSpan
from gfplint.record import NamedTuple

_NBSP = "\u00a0"
_WRAPPED = 1000  # characters that a line was wrapped from at most
_MARKS = " +-\\\n"

_Body = list[tuple[str, int]]  # a line, and where in the diff it begins


class Healed(NamedTuple):
    """A hunk as it was meant."""

    lines: list[str]  # as unified diff, each with its line end
    origin: list[int]  # for each, the line of the diff where it begins
    old: int
    new: int
    end: int  # first line of the diff behind it
    reason: str


def heal(lines: Sequence[str], span: HunkSpan, bounded: bool) -> Healed | str:
    """Heal the body of a hunk; else say what is wrong with it.

    ``bounded`` says that something follows the hunk: the text has not just
    been cut off.
    """
    body = [
        (line if line.endswith("\n") else line + "\n", at)
        for at, line in enumerate(lines[span.start + 1 : span.end], span.start + 1)
    ]
    for reading, reason in _READINGS:
        read = reading(body)
        count = _fitting(read, span.old, span.new) if read is not None and read != body else None
        if read is not None and count is not None:
            end = read[count][1] if count < len(read) else span.end
            return _healed(read[:count], end, reason)
    return _recounted(body, span, bounded)


def _recounted(body: _Body, span: HunkSpan, bounded: bool) -> Healed | str:
    """Every line as it stands, the counts being wrong."""
    gap = len(body)
    while gap and body[gap - 1][0] in ("\n", "\r\n"):
        gap -= 1  # before a signature or the next file, unless the counts still want blank lines
    if not gap:
        return "hunk without lines"
    old, new = _counts(body[:gap])
    body = body[: gap + max(0, min(span.old - old, span.new - new))]
    if not all(line[0] in _MARKS or line == "\r\n" for line, _ in body):
        return "line wrapped or damaged"
    old, new = _counts(body)
    if not bounded and (old < span.old or new < span.new):
        return f"hunk ends early: {old} of {span.old} lines before, {new} of {span.new} after"
    if not any(line[0] in "+-" for line, _ in body):
        return "hunk without a change"
    return _healed(body, body[-1][1] + 1, f"counts -{span.old} +{span.new} do not fit, read as -{old} +{new}")


def _healed(body: _Body, end: int, reason: str) -> Healed:
    return Healed([line for line, _ in body], [at for _, at in body], *_counts(body), end, reason)


def _counts(body: _Body) -> tuple[int, int]:
    kinds = [line[0] for line, _ in body]
    both = len(kinds) - kinds.count("-") - kinds.count("+") - kinds.count("\\")
    return both + kinds.count("-"), both + kinds.count("+")


def _fitting(body: _Body, old: int, new: int) -> int | None:
    """How many lines of a reading make the hunk; None when it does not fit, or changed lines are left over."""
    count = 0
    for line, _ in body:
        if old == 0 and new == 0:
            break
        if line[0] not in _MARKS:
            return None
        old -= line[0] not in "+\\"
        new -= line[0] not in "-\\"
        count += 1
    if old or new:
        return None
    while count < len(body) and body[count][0].startswith("\\ "):
        count += 1
    for line, _ in body[count:]:
        if line == "\n":
            break
        if line[0] in "+-":
            return None
    return count


def _spaced(body: _Body) -> _Body | None:
    """Non-breaking spaces back to blanks, where they stand in the place of the blank of a context line."""
    if not any(line[0] == _NBSP for line, _ in body):
        return None
    return [(line.replace(_NBSP, " "), at) for line, at in body]


def _tabbed(body: _Body) -> _Body:
    """A blank in front of each tab that begins a line."""
    return [(" " + line if line[0] == "\t" else line, at) for line, at in _spaced(body) or body]


def _joined(body: _Body) -> _Body:
    """Lines without a marker put back to the end of the line before."""
    joined: _Body = []
    for line, at in _tabbed(body):
        if line[0] in _MARKS:
            joined.append((line, at))
        elif joined and joined[-1][0] != "\n" and len(joined[-1][0]) < _WRAPPED:
            before, start = joined[-1][0].rstrip("\r\n"), joined[-1][1]
            joined[-1] = (before + ("" if before.endswith(" ") else " ") + line, start)
        elif joined:
            joined.append((line, at))  # behind a blank line: text, where the hunk is over; or no line of C at all
        # else the rest of what stands behind @@
    return joined


def _parted(body: _Body) -> _Body:
    """A blank context line taken off the front of the line that it was joined to."""
    parted: _Body = []
    for line, at in body:
        if line.startswith((" +", " -", "  \t")):
            parted += [(" \n", at), (line[1:], at)]
        else:
            parted.append((line, at))
    return parted


def _marked(body: _Body) -> _Body:
    """A blank in front of each line without a marker."""
    return [(line if line[0] in _MARKS else " " + line, at) for line, at in _tabbed(body)]


_READINGS: tuple[tuple[Callable[[_Body], _Body | None], str], ...] = (  # the least invasive first
    (_spaced, "non-breaking space in front of a context line"),
    (_tabbed, "blank stripped in front of a context line"),
    (_joined, "wrapped line"),
    (_parted, "blank context line joined to the next"),
    (_marked, "blank stripped in front of a context line"),
)
