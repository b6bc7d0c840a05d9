# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether a diff is surely well-formed, found out without making anything of it.

A mail that no rule is interested in is not parsed, but a damaged one must be
reported whoever is interested.  This takes a tenth of the time of the parser.
"""

import re
from collections.abc import Sequence

from gfplint import regex

_MARK = regex.compile(
    r"^(?:@@ -\d{1,9}(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@|diff |Index: |-- ?\r?$|@@|GIT binary)", re.MULTILINE
)
_NAME = r"(?!/dev/null)(?:[^\s\"/]+/[^\s\"]+|[^\s\"/]+(?=[\t\n]))[^\n]*\n"
_NAMES = rf"--- {_NAME}\+\+\+ (?:{_NAME}|/dev/null\n)|--- /dev/null\n\+\+\+ {_NAME}"
_HEADER = regex.compile(
    r"diff --git a/\S+ b/\S+\n"
    r"(?:(?:old mode|new mode|new file mode|deleted file mode|similarity index|dissimilarity index|index"
    rf"|rename from|rename to|copy from|copy to) [^\n]+\n)*+({_NAMES})?+"
)
_PLAIN = regex.compile(_NAMES)


def sound(diff: str) -> bool:
    """True: all hunks fit their counts, nothing is damaged.  False: ask the parser."""
    marks = list(_MARK.finditer(diff))
    if diff.startswith("--- "):
        header = _PLAIN.match(diff)
        if header is None or not marks or header.end() != marks[0].start():
            return False
    elif not diff.startswith("diff --git "):
        return False
    return _all_fit(diff, marks, diff.startswith("--- "))


def _all_fit(diff: str, marks: Sequence[re.Match[str]], named: bool) -> bool:
    hunks = 0
    for number, mark in enumerate(marks):
        last = number + 1 == len(marks)
        end = len(diff) if last else marks[number + 1].start()
        head = mark[0]
        if head.startswith("@@ "):
            hunks += 1
            if not named or not _fits(diff, mark, end, last or marks[number + 1][0].startswith("--")):
                return False
        elif head == "diff ":
            header = _HEADER.match(diff, mark.start())
            if header is None or header.end() != end or (header[1] and last):
                return False
            named = bool(header[1])
        elif head.startswith("--"):
            return hunks > 0 and last  # the signature
        else:
            return False
    return hunks > 0


def _fits(diff: str, mark: re.Match[str], end: int, last: bool) -> bool:
    """Whether a hunk has the lines that it announces; behind the ``last`` one text may follow a blank line."""
    start = diff.find("\n", mark.end(), end)
    if start < 0:
        return False
    wanted = tuple(1 if count is None else int(count) for count in mark.groups())
    if not last:
        return _counts(diff, start, end - 1) == wanted
    stop = start + len(diff[start:end].rstrip("\n"))
    if _counts(diff, start, stop) == wanted:
        return True
    blank = diff.find("\n\n", start, stop)
    return blank >= 0 and _counts(diff, start, blank) == wanted and "\n--- " not in diff[blank:end]


def _counts(diff: str, start: int, stop: int) -> tuple[int, int] | None:
    """Lines before and after between two places; None where a line is none of a hunk."""
    both, minus, plus = (diff.count(kind, start, stop) for kind in ("\n ", "\n-", "\n+"))
    if both + minus + plus + diff.count("\n\\ ", start, stop) != diff.count("\n", start, stop):
        return None
    return both + minus, both + plus
