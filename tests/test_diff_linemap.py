# SPDX-License-Identifier: GPL-2.0-or-later
"""The line map against the two files that a diff was made of."""

import difflib

from hypothesis import given
from hypothesis import strategies as st

from gfplint.diff.linemap import LineMap
from gfplint.diff.parse import parse


def line_map(text: str, mail_line: int = 1) -> LineMap:
    return LineMap(parse("--- a/x.c\n+++ b/x.c\n" + text, mail_line).files[0])


FILE = st.lists(st.sampled_from(["a", "b", "c", "d", "e", "f"]), min_size=0, max_size=30)


@given(FILE, FILE, st.integers(0, 3))
def test_against_the_opcodes(old: list[str], new: list[str], context: int) -> None:
    lines = list(difflib.unified_diff(old, new, "a/x.c", "b/x.c", n=context, lineterm=""))
    if not lines:
        return
    mapped = LineMap(parse("".join(line + "\n" for line in lines), 1).files[0])
    removed, added = set(range(1, len(old) + 1)), set(range(1, len(new) + 1))
    for tag, first, last, start, _ in difflib.SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            for number in range(last - first):
                assert mapped.to_after(first + number + 1) == start + number + 1
                assert mapped.to_before(start + number + 1) == first + number + 1
                removed.discard(first + number + 1)
                added.discard(start + number + 1)
    assert mapped.changed("before") == removed
    assert mapped.changed("after") == added
    for line in removed:
        assert mapped.to_after(line) is None
        assert any(first <= line <= last for first, last in mapped.touched("before"))
    for line in added:
        assert mapped.to_before(line) is None
        assert any(first <= line <= last for first, last in mapped.touched("after"))


def test_touched_by_a_replacement_is_the_replaced_alone() -> None:
    mapped = line_map("@@ -10,3 +10,4 @@\n a\n-b\n+c\n+d\n e\n")
    assert mapped.touched("before") == ((11, 11),)
    assert mapped.touched("after") == ((11, 12),)


def test_touched_by_a_pure_deletion_are_the_neighbours() -> None:
    mapped = line_map("@@ -10,4 +10,2 @@\n a\n-b\n-c\n d\n")
    assert mapped.touched("before") == ((11, 12),)
    assert mapped.touched("after") == ((10, 11),)


def test_touched_by_a_pure_addition_are_the_neighbours() -> None:
    mapped = line_map("@@ -5,0 +6,2 @@\n+a\n+b\n")
    assert mapped.touched("before") == ((5, 6),)
    assert mapped.touched("after") == ((6, 7),)


def test_lines_outside_the_hunks_are_shifted() -> None:
    mapped = line_map("@@ -5,0 +6,2 @@\n+a\n+b\n@@ -20,2 +22 @@\n-c\n d\n")
    assert [mapped.to_after(line) for line in (4, 5, 6, 19, 20, 21, 22)] == [4, 5, 8, 21, None, 22, 23]
    assert [mapped.to_before(line) for line in (5, 6, 7, 8, 21, 22, 23)] == [5, None, None, 6, 19, 21, 22]


def test_lines_of_the_mail() -> None:
    mapped = line_map("@@ -10,3 +10,3 @@\n a\n-b\n+c\n d\n", 40)
    assert (mapped.mail("before", 11), mapped.mail("after", 11), mapped.mail("after", 12)) == (44, 45, 46)
    assert mapped.mail("after", 50) is None
