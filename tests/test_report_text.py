# SPDX-License-Identifier: GPL-2.0-or-later
"""What of a mail may reach a terminal, and how wide it is."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gfplint.report.text import cells, clean, glyphs, points, utf16, visible, wrap

ANY = st.text(alphabet=st.characters()) | st.binary().map(lambda raw: raw.decode("utf-8", "surrogateescape"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]0;title\x07", "^[]0;title^G"),
        ("a\x7f", "a^?"),
        ("\x9b31m", "<U+009B>31m"),
        ("if (\u202e) {", "if (<U+202E>) {"),
        ("\u2028", "<U+2028>"),
        ("\u200bx", "<U+200B>x"),
        ("\udcff", "<FF>"),
        ("\r", "^M"),
        ("[red]bold[/red] \\[x]", "[red]bold[/red] \\[x]"),
        ("\té 漢", "\té 漢"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(ANY)
def test_nothing_hostile_is_left(text: str) -> None:
    for char in visible(text):
        assert char == "\t" or (
            unicodedata.category(char)[0] not in "C" and unicodedata.category(char) not in ("Zl", "Zp")
        )
    visible(text).encode("utf-8")
    clean(text).encode("utf-8")


@given(ANY)
def test_glyphs_cover_the_line_byte_by_byte(text: str) -> None:
    line = text.replace("\n", " ")
    column, at = 1, 0
    for glyph in glyphs(line):
        assert glyph.column == column
        assert glyph.cells == cells(glyph.text)
        column, at = column + glyph.size, at + glyph.cells
    if all(char < "\ud800" or char > "\udfff" or "\udc80" <= char <= "\udcff" for char in line):
        assert column - 1 == len(line.encode("utf-8", "surrogateescape"))


def test_tabs_stop_at_eight() -> None:
    assert [glyph.cells for glyph in glyphs("\ta\tbcdefgh\ti")] == [8, 1, 7, 1, 1, 1, 1, 1, 1, 1, 1, 1]


@pytest.mark.parametrize(("text", "width"), [("abc", 3), ("漢字", 4), ("e\u0301", 1), ("", 0), ("ｱ", 1), ("Ａ", 2)])
def test_cells(text: str, width: int) -> None:
    assert cells(text) == width


@given(ANY, st.integers(1, 60), st.integers(1, 60))
def test_wrap_keeps_words_and_width(text: str, first: int, rest: int) -> None:
    lines = wrap(text, first, rest)
    assert "".join(lines).replace(" ", "") == "".join(visible(text).split())
    for index, line in enumerate(lines):
        assert cells(line) <= max(first if index == 0 else rest, 2)


def test_columns_in_other_units() -> None:
    line = "é𝒳 = 1;"  # 2 bytes and 4 bytes before the blank
    assert (utf16(line, 7), points(line, 7)) == (4, 3)
    assert (utf16(line, 1), points(line, 1)) == (1, 1)
