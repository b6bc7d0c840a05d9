# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether a diff is surely well-formed, found out without making anything of it.

A mail that no rule is interested in is not parsed, but a damaged one must be
reported whoever is interested.  This takes a tenth of the time of the parser.
"""

import re

_MARK = re.compile(
    r"^(?:@@ -\d{1,9}(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@|diff -|Index: |-- ?\r?$|@@|GIT binary)", re.MULTILINE
)


def sound(diff: str) -> bool:
    """True: all hunks fit their counts, nothing is damaged.  False: ask the parser."""
    marks = list(_MARK.finditer(diff))
    if not diff.startswith(("diff --git ", "--- ")) or not marks:
        return False
    ends = [mark.start() for mark in marks[1:]] + [len(diff)]
    named = diff.startswith("--- ")
    hunks = 0
    for mark, end in zip(marks, ends, strict=True):
        head = mark[0]
        if head.startswith("@@ "):
            hunks += 1
            if not named or not _fits(diff, mark, end):
                return False
        elif head.startswith("diff -"):
            if not diff.startswith("diff --git ", mark.start()):
                return False
            named = diff.find("\n+++ ", mark.start(), end) >= 0
        elif not head.startswith("--"):
            return False
        else:
            break  # the signature: what stands behind it is not the diff's
    return hunks > 0


def _fits(diff: str, mark: re.Match[str], end: int) -> bool:
    start = diff.find("\n", mark.end(), end)
    if start < 0:
        return False
    old, new = (1 if count is None else int(count) for count in mark.groups())
    stop = start + len(diff[start:end].rstrip("\n"))
    if _counts(diff, start, stop) == (old, new):
        return True
    blank = diff.find("\n\n", start, stop)  # behind the last hunk: base-commit, a footer
    return blank >= 0 and _counts(diff, start, blank) == (old, new)


def _counts(diff: str, start: int, stop: int) -> tuple[int, int] | None:
    """Lines before and after between two places; None where a line is none of a hunk."""
    both, minus, plus = (diff.count(kind, start, stop) for kind in ("\n ", "\n-", "\n+"))
    if both + minus + plus + diff.count("\n\\ ", start, stop) != diff.count("\n", start, stop):
        return None
    return both + minus, both + plus
