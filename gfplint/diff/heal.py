# SPDX-License-Identifier: GPL-2.0-or-later
"""Hunks that mail has damaged: healed where that can be done in one way only.

What is known to happen: long lines are wrapped; the blank in front of a
context line is stripped or becomes a non-breaking one; somebody edits a hunk
and forgets its counts.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gfplint.diff.split import HunkSpan

_NBSP = "\u00a0"
_MARKS = " +-\\"


class Healed(NamedTuple):
    """A hunk as it was meant."""

    lines: list[str]  # as unified diff, each with its line end
    origin: list[int]  # for each, the line of the diff where it begins
    old: int
    new: int
    reason: str


def heal(lines: Sequence[str], span: HunkSpan, sure_end: bool) -> Healed | str:
    """Heal the body of a hunk; else say, in a word, what is wrong with it.

    ``sure_end`` says that something follows that bounds the hunk: the text
    has not just been cut off.
    """
    body = list(range(span.start + 1, span.end))
    while body and not lines[body[-1]].strip():
        body.pop()  # may be blank context, or the gap before a signature: put back below if the counts want it
    if not body:
        return "hunk without lines"
    blanks = span.end - 1 - body[-1]
    for attempt, reason in _attempts(lines, body):
        if not all(line[0] in _MARKS + "\n" for line, _ in attempt):
            continue
        for extra in range(blanks + 1):
            tried = attempt + [(" \n", body[-1] + 1 + n) for n in range(extra)]
            if _counts(tried) == (span.old, span.new):
                return _healed(tried, reason or "blank context line")
    if not all(lines[at][0] in _MARKS + "\n" for at in body):
        return "line wrapped or damaged"
    old, new = _counts([(lines[at], at) for at in body])
    if not sure_end and (old < span.old or new < span.new):
        return f"hunk ends early: {old} of {span.old} lines before, {new} of {span.new} after"
    if not any(lines[at][0] in "+-" for at in body):
        return "hunk without a change"
    reason = f"counts -{span.old} +{span.new} do not fit, read as -{old} +{new}"
    return _healed([(lines[at], at) for at in body], reason)


def _healed(body: list[tuple[str, int]], reason: str) -> Healed:
    lines = [line if line.endswith("\n") else line + "\n" for line, _ in body]
    return Healed(lines, [at for _, at in body], *_counts(body), reason)


def _counts(body: Sequence[tuple[str, int]]) -> tuple[int, int]:
    kinds = [line[0] for line, _ in body]
    both = kinds.count(" ") + kinds.count("\n")
    return both + kinds.count("-"), both + kinds.count("+")


def _attempts(lines: Sequence[str], body: Sequence[int]) -> Iterator[tuple[list[tuple[str, int]], str]]:
    """The ways to read the lines, the least invasive first."""
    plain = [(lines[at], at) for at in body]
    yield plain, ""
    blanked = [(" " + line[1:].replace(_NBSP, " ") if line[0] == _NBSP else line, at) for line, at in plain]
    if blanked != plain:
        yield blanked, "non-breaking space in front of a context line"
    indented = [(" " + line if line[0] == "\t" else line, at) for line, at in blanked]
    if indented != blanked:
        yield indented, "blank stripped in front of a context line"
    joined = _join(indented)
    if joined is not None and len(joined) < len(indented):
        yield joined, "wrapped line"
    bare = [(" " + line if line[0] not in _MARKS + "\n" else line, at) for line, at in indented]
    if bare != indented:
        yield bare, "blank stripped in front of a context line"


def _join(body: Sequence[tuple[str, int]]) -> list[tuple[str, int]] | None:
    """Lines without a marker put back to the end of the line before."""
    joined: list[tuple[str, int]] = []
    for line, at in body:
        if line[0] in _MARKS + "\n":
            joined.append((line, at))
        elif not joined:
            continue  # the rest of what stands behind @@
        else:
            before, start = joined[-1]
            before = before.rstrip("\r\n")
            joined[-1] = (before + ("" if before.endswith(" ") else " ") + line, start)
    return joined
