# SPDX-License-Identifier: GPL-2.0-or-later
"""A diff applied in memory, with git's own rule of where a hunk goes.

That rule, from git's apply.c: the whole pre-image of the hunk, context
included, must be found as it is; the search begins at the hunk's line in the
post-image and goes on one line down, one up, two down...; a hunk that starts
at line 1 (or 0) must match at the beginning, one without trailing context at
the end; no line that an earlier hunk put there or matched is matched again.
"""

from __future__ import annotations

from gfplint.diff.model import FileDiff, Hunk, Line
from gfplint.record import NamedTuple


class Applied(NamedTuple):
    """What came of it: the other side's text, and the hunks where they went."""

    text: bytes
    hunks: tuple[Hunk, ...]  # renumbered to the lines of both texts
    offset: int  # of the hunk that moved farthest, in lines; 0 when none did


def apply(text: bytes, diff: FileDiff, reverse: bool = False, exact: bool = False) -> Applied | None:
    """Apply the hunks of ``diff`` to ``text``; None where git would refuse.

    ``exact``: ``text`` is known to be what the diff was made of, so hunks
    without context stand where they say (git apply --unidiff-zero).

    ``reverse`` takes ``text`` for the post-image and gives the pre-image; the
    renumbered hunks still lead from pre-image to post-image.
    """
    if _absent(text, diff, reverse):
        return None
    lines = _split(text)
    patched = [False] * len(lines)
    placed: list[Hunk] = []
    drift, farthest = 0, 0
    for hunk in diff.hunks:
        old, new = _sides(hunk, reverse)
        wanted = hunk.old_start if reverse else hunk.new_start
        at = _find(lines, patched, old, wanted, *((False, False) if exact else _anchors(hunk, reverse)))
        if at is None:
            return None
        lines[at : at + len(old)] = new
        patched[at : at + len(old)] = [True] * len(new)
        placed.append(_renumber(hunk, at, at - drift) if reverse else _renumber(hunk, at - drift, at))
        drift += len(new) - len(old)
        offset = at - (wanted - 1 if (hunk.old_lines if reverse else hunk.new_lines) else wanted)
        farthest = offset if abs(offset) > abs(farthest) else farthest
    done = b"".join(lines)
    gone = diff.old_path is None if reverse else diff.new_path is None
    if gone and done:
        return None  # "removal patch leaves file contents"
    return Applied(done, tuple(placed), farthest)


def _absent(text: bytes, diff: FileDiff, reverse: bool) -> bool:
    """The first hunk wants lines that stand nowhere in ``text``: told without cutting it into lines.

    The last line is left out: at the end of a file it may fit one that goes on, see ``_same``.
    """
    if not diff.hunks:
        return False
    old, _ = _sides(diff.hunks[0], reverse)
    return b"".join(old[:-1]) not in text


def _split(text: bytes) -> list[bytes]:
    """Lines by line feed alone, as git has them."""
    lines = [line + b"\n" for line in text.split(b"\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def _sides(hunk: Hunk, reverse: bool) -> tuple[list[bytes], list[bytes]]:
    """The lines that a hunk wants and those that it leaves, with their line ends."""
    old: list[bytes] = []
    new: list[bytes] = []
    last: list[list[bytes]] = []
    for line in hunk.lines:
        if line.kind == "\\":  # "No newline at end of file" belongs to the line before
            for side in last:
                side[-1] = side[-1][:-1]
            continue
        last = [old, new] if line.kind == " " else [old] if line.kind == "-" else [new]
        for side in last:
            side.append(line.text.encode("utf-8", "surrogateescape") + b"\n")
    return (new, old) if reverse else (old, new)


def _anchors(hunk: Hunk, reverse: bool) -> tuple[bool, bool]:
    """Whether the hunk must match at the beginning, at the end."""
    start = hunk.new_start if reverse else hunk.old_start
    body = [line for line in hunk.lines if line.kind != "\\"]
    return start <= 1, not body or body[-1].kind != " "


def _find(lines: list[bytes], patched: list[bool], old: list[bytes], wanted: int, begin: bool, end: bool) -> int | None:
    """Index where ``old`` stands: the nearest to line ``wanted``, downwards first."""
    room = len(lines) - len(old)
    if room < 0:
        return None
    first = 0 if begin else room if end else min(max(wanted - 1, 0), len(lines))

    def fits(at: int) -> bool:
        if not 0 <= at <= room or (begin and at) or (end and at != room):
            return False
        return _same(lines[at : at + len(old)], old, end) and not any(patched[at : at + len(old)])

    if begin or end:
        return first if fits(first) else None
    if fits(first):
        return first
    if not old:
        return None
    # The nearest first, downwards before upwards: 1 down, 1 up, 2 down...
    near = sorted(_starts(lines, old), key=lambda at: (abs(at - first), at < first))
    return next((at for at in near if at != first and fits(at)), None)


def _starts(lines: list[bytes], old: list[bytes]) -> list[int]:
    """Where the first line wanted stands."""
    if not old[0].endswith(b"\n"):  # the file's last line, which may fit one that only adds white space
        return [at for at, line in enumerate(lines) if line.startswith(old[0])]
    found, at = [], -1
    try:
        while True:
            at = lines.index(old[0], at + 1)
            found.append(at)
    except ValueError:
        return found


def _same(found: list[bytes], wanted: list[bytes], end: bool) -> bool:
    """Equal, as git compares: bytes, so a last line without its line feed also fits one that adds white space."""
    if found == wanted or not wanted:
        return True
    last = wanted[-1]
    if end or last.endswith(b"\n") or found[:-1] != wanted[:-1]:
        return False
    return found[-1].startswith(last) and not found[-1][len(last) :].strip()


def _renumber(hunk: Hunk, old: int, new: int) -> Hunk:
    """The hunk where it went; ``old`` and ``new`` count the lines before it on each side."""
    old_start, new_start = old + bool(hunk.old_lines), new + bool(hunk.new_lines)
    if (old_start, new_start) == (hunk.old_start, hunk.new_start):
        return hunk
    moved: list[Line] = []
    for kind, text, in_old, in_new, mail in hunk.lines:
        old += in_old is not None
        new += in_new is not None
        moved.append(Line(kind, text, None if in_old is None else old, None if in_new is None else new, mail))
    return hunk._replace(old_start=old_start, new_start=new_start, lines=tuple(moved))
