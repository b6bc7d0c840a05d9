# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether a diff is surely well-formed, found out without making anything of it.

A mail that no rule is interested in is not parsed, but a damaged one must be
reported whoever is interested.  This takes a tenth of the time of the parser:
nothing is looked at line by line.
"""

from __future__ import annotations

from gfplint import regex

_COUNTS = regex.compile(r"-\d{1,9}(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@")
_NAME = r"(?!/dev/null)(?:[^\s\"/]+/[^\s\"]+|[^\s\"/]+(?=[\t\n]))[^\n]*\n"
_NAMES = rf"--- {_NAME}\+\+\+ (?:{_NAME}|/dev/null\n)|--- /dev/null\n\+\+\+ {_NAME}"
_EXTENDED = (
    r"diff --git a/\S+ b/\S+\n"
    r"(?:(?:old mode|new mode|new file mode|deleted file mode|similarity index|dissimilarity index|index"
    r"|rename from|rename to|copy from|copy to) [^\n]+\n)*+"
)
_HEADER = regex.compile(rf"(?:{_EXTENDED})++(?:{_NAMES})")  # of one file with hunks, behind any without
_PLAIN = regex.compile(_NAMES)


def sound(diff: str) -> bool:
    """True: all hunks fit their counts, nothing is damaged.  False: ask the parser."""
    head, *hunks = diff.split("\n@@ ")
    header = _PLAIN if head.startswith("--- ") else _HEADER
    if not hunks or not header.fullmatch(head + "\n"):
        return False
    last = hunks.pop()
    for hunk in hunks:
        body, file, names = hunk.partition("\ndiff --git ")
        if file and not _HEADER.fullmatch(f"diff --git {names}\n"):
            return False
        if not _fits(body, len(body)):
            return False
    return _last_fits(last)


def _last_fits(hunk: str) -> bool:
    """The last hunk may have a signature behind it, or a blank line and a text."""
    body, _, behind = hunk.partition("\n-- \n")
    body = body.rstrip("\n")
    if "\ndiff " in hunk or behind.startswith(("diff ", "--- ")) or "\n+++ " in behind:
        return False
    if _fits(body, len(body)):
        return True
    blank = body.find("\n\n")
    return blank >= 0 and _fits(body, blank) and "\n+++ " not in body[blank:]


def _fits(hunk: str, end: int) -> bool:
    """Whether the lines of a hunk are those that it announces."""
    counts = _COUNTS.match(hunk)
    start = hunk.find("\n")
    if counts is None or start < 0:
        return False
    old, new = (1 if count is None else int(count) for count in counts.groups())
    both, minus, plus = hunk.count("\n ", 0, end), hunk.count("\n-", 0, end), hunk.count("\n+", 0, end)
    if both + minus != old or both + plus != new:
        return False
    lines = hunk.count("\n", 0, end)
    return both + minus + plus == lines or both + minus + plus + hunk.count("\n\\ ", 0, end) == lines
