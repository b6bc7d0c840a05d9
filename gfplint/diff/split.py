# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the files and hunks of a diff stand, line by line.

Hunks are followed by their counts, so that nothing inside one is taken for a
header.  A hunk that does not fit its counts reaches to the next place where
something new surely begins.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gfplint import regex
from gfplint.record import NamedTuple

HUNK = regex.compile(r"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@(.*)", re.DOTALL)
_EXTENDED = (  # what git writes between "diff --git" and "---"
    "old mode ",
    "new mode ",
    "new file mode ",
    "deleted file mode ",
    "similarity index ",
    "dissimilarity index ",
    "rename ",
    "copy ",
    "index ",
)
_BINARY = ("Binary files ", "Binary file ", "Files ")
_BEFORE_NAMES = (*_EXTENDED, "=====", "RCS file: ", "retrieving revision ", "diff -", "Index: ")
_VERSION = regex.compile(r"-- \d+(?:\.\d+)+\r?$")  # the version of git, with the line before
_STARTS = ("diff -", "Index: ")


class HunkSpan(NamedTuple):
    """Lines of one hunk, half open."""

    start: int
    end: int
    old: int  # lines that its @@ line announces
    new: int
    fits: bool  # the lines are those that it announces
    counted: int = 0  # where it ends by its counts though more follows that looks like it; 0: they do not fit


class Section(NamedTuple):
    """Lines of one file, half open: what stood before it, its header, its hunks."""

    lead: int  # first line behind the section before
    start: int
    head: int  # first line behind the header
    hunks: tuple[HunkSpan, ...]
    end: int
    combined: bool = False
    malformed: tuple[int, ...] = ()  # lines that begin like those of hunks, but cannot be read


def lines_of(text: str) -> list[str]:
    """Lines with their ends, by line feed alone: a form feed or U+2028 ends none."""
    lines = text.split("\n")
    last = lines.pop()
    lines = [line + "\n" for line in lines]
    return [*lines, last] if last else lines


def starts_file(lines: Sequence[str], at: int) -> bool:
    """Whether a file begins at that line."""
    line = lines[at]
    if line.startswith(("diff ", "Index: ")):
        return line.startswith(_STARTS)
    return line.startswith("--- ") and at + 1 < len(lines) and lines[at + 1].startswith("+++ ")


def is_signature(line: str) -> bool:
    """The line that ends a patch: ``-- ``, or what mailers leave of it."""
    return line.startswith("--") and (line.rstrip("\r\n") in ("-- ", "--") or bool(_VERSION.match(line)))


def sections(lines: Sequence[str]) -> tuple[list[Section], list[int]]:
    """The files of a diff, and the lines of @@ that belong to none."""
    found: list[Section] = []
    orphans: list[int] = []
    lead = at = 0
    while at < len(lines):
        if starts_file(lines, at):
            section = _section(lines, lead, at)
            found.append(section)
            lead = at = section.end
        else:
            if _is_hunk(lines, at):
                orphans.append(at)
            at += 1
    return found, orphans


def _section(lines: Sequence[str], lead: int, start: int) -> Section:
    if lines[start].startswith(("diff --cc ", "diff --combined ")):
        end = _end_of_combined(lines, start + 1)
        return Section(lead, start, end, (), end, combined=True)
    head = _header(lines, start)
    hunks: list[HunkSpan] = []
    malformed: list[int] = []
    at = end = head
    while at < len(lines):
        if match := HUNK.match(lines[at]):
            span = _span(lines, at, match)
            hunks.append(span)
            at = end = span.end
        elif lines[at].startswith("@@ -"):
            malformed.append(at)
            at = boundary(lines, at + 1)
        else:
            break
        while at < len(lines) and lines[at] in ("\n", "\r\n"):  # a mailer's blank line between two hunks
            at += 1
    return Section(lead, start, head, tuple(hunks), end, malformed=tuple(malformed))


def _span(lines: Sequence[str], at: int, match: re.Match[str]) -> HunkSpan:
    old, new = (1 if count is None else int(count) for count in match.group(2, 4))
    span = walk(lines, at, old, new)
    return span if span.fits else span._replace(end=max(boundary(lines, at + 1), span.counted))


def _header(lines: Sequence[str], start: int) -> int:
    """First line behind the header that begins at ``start``."""
    git = lines[start].startswith("diff --git ")
    wanted = _EXTENDED if git else _BEFORE_NAMES
    at = start if lines[start].startswith("--- ") else start + 1
    if git and at < len(lines) and _is_rest_of_names(lines, at):
        at += 1
    while at < len(lines) and lines[at].startswith(wanted) and not lines[at].startswith("diff --git "):
        at += 1
    if at < len(lines) and lines[at].startswith("GIT binary patch"):
        return _end_of_binary(lines, at + 1)
    if at < len(lines) and lines[at].startswith(_BINARY):
        return at + 1
    if at + 1 < len(lines) and lines[at].startswith("--- ") and lines[at + 1].startswith("+++ "):
        return at + 2
    if git and at < len(lines) and lines[at].startswith(("--- ", "+++ ")) and _is_hunk(lines, at + 1):
        return at + 1  # git knows the names from its first line
    return at


def _is_rest_of_names(lines: Sequence[str], at: int) -> bool:
    """A wrapped ``diff --git a/... b/...``."""
    return " " not in lines[at - 1].strip()[len("diff --git ") :] and lines[at].startswith("b/")


def _end_of_binary(lines: Sequence[str], at: int) -> int:
    """First line behind the data of a GIT binary patch: blocks of base85, each closed by a blank line."""
    while at < len(lines) and lines[at].startswith(("literal ", "delta ")):
        at += 1
        while at < len(lines) and re.match(r"[A-Za-z][0-9A-Za-z!#$%&()*+;<=>?@^_`{|}~-]+\r?$", lines[at]):
            at += 1
        if at < len(lines) and lines[at] in ("\n", "\r\n"):
            at += 1
    return at


def _end_of_combined(lines: Sequence[str], at: int) -> int:
    while at < len(lines) and not is_signature(lines[at]):
        if lines[at].startswith(_STARTS):
            break
        at += 1
    return at


def walk(lines: Sequence[str], at: int, old: int, new: int) -> HunkSpan:
    """Follow a hunk by its counts; ``fits`` is false where a line or the end comes in between."""
    start, left, right = at, old, new
    at += 1
    end = len(lines)
    while (left > 0 or right > 0) and at < end:
        kind = lines[at][0]
        if kind in " \n":
            left -= 1
            right -= 1
        elif kind == "+":
            right -= 1
        elif kind == "-":
            left -= 1
        elif kind == "\r":
            if lines[at] != "\r\n":
                break
            left -= 1
            right -= 1
        elif kind != "\\":
            break
        at += 1
    fits = left == 0 and right == 0 and not _took_signature(lines, at)
    while fits and at < end and lines[at].startswith("\\ "):
        at += 1
    if fits and at < end and lines[at][0] in " +-" and not _may_follow(lines, at):
        return HunkSpan(start, at, old, new, False, at)  # the counts are too small, or lines were wrapped
    return HunkSpan(start, at, old, new, fits)


def _took_signature(lines: Sequence[str], at: int) -> bool:
    """Whether the line before is a signature that the counts, being too large, made a removed line."""
    if lines[at - 1] != "-- \n" or at >= len(lines):
        return False
    return bool(lines[at].strip()) and not (is_signature(lines[at]) or starts_file(lines, at) or _is_hunk(lines, at))


def _may_follow(lines: Sequence[str], at: int) -> bool:
    """Whether a line that looks like one of a hunk may stand behind one: a signature, the next file, a footer."""
    if is_signature(lines[at]) or starts_file(lines, at):
        return True
    behind = lines[at + 1] if at + 1 < len(lines) else "\n"
    if lines[at].rstrip() == "-" and (behind[0] not in " +-@\\" or is_signature(behind)):
        return True  # above the footer of a list
    return not any(line[0] in "+-" for line in lines[at : boundary(lines, at, True)])


def _is_hunk(lines: Sequence[str], at: int) -> bool:
    return at < len(lines) and lines[at].startswith("@@ -") and bool(HUNK.match(lines[at]))


def _is_removed_dash(lines: Sequence[str], at: int) -> bool:
    """Whether a bare ``--`` is a removed dash: more of the hunk follows."""
    if lines[at].rstrip("\r\n") != "--" or at + 1 >= len(lines):
        return False
    return lines[at + 1][0] in "-+" and not is_signature(lines[at + 1]) and not starts_file(lines, at + 1)


def boundary(lines: Sequence[str], at: int, blank: bool = False) -> int:
    """The next line where something new surely begins; ``blank``: or a blank one."""
    while at < len(lines):
        line = lines[at]
        if _is_hunk(lines, at):
            break
        if starts_file(lines, at) and (not line.startswith("--- ") or _is_hunk(lines, at + 2)):
            break
        if (is_signature(line) and not _is_removed_dash(lines, at)) or (blank and line in ("\n", "\r\n")):
            break
        at += 1
    return at
