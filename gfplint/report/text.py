# SPDX-License-Identifier: GPL-2.0-or-later
"""Text of a mail, made fit to be shown: nothing hostile, widths right, tabs at 8.

A mail may hold anything: escape sequences, bidirectional overrides, bytes
that are no UTF-8.  They are made visible, never passed on.
"""

from __future__ import annotations

from collections.abc import Iterator

from gfplint import regex
from gfplint.record import NamedTuple

TAB = 8
# Control characters, what is not a character at all, and all that is not ASCII: the latter is looked at one by one.
_ODD = regex.compile(r"[^\t -~]")
_SURROGATE = regex.compile("[\ud800-\udfff]")


class Glyph(NamedTuple):
    """A character as shown: its text, its width in columns, the UTF-8 column where it starts (from 1)."""

    text: str
    cells: int
    column: int
    size: int  # UTF-8 bytes in the source line


def _shown(char: str) -> str:
    """A character that is not printable ASCII, as it may be shown."""
    code = ord(char)
    if code < 0x20 or code == 0x7F:
        return "^" + chr(code ^ 0x40)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is no UTF-8
        return f"<{code - 0xDC00:02X}>"
    import unicodedata  # only where there is more than ASCII

    if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        return f"<U+{code:04X}>"
    return char


def visible(text: str) -> str:
    """``text`` on one line with all that is not printable made visible; tabs stay."""
    return _ODD.sub(lambda found: _shown(found[0]), text)


def clean(text: str) -> str:
    """``text`` as valid UTF-8 for machines: bytes that were none become U+FFFD."""
    return _SURROGATE.sub("\ufffd", text)


def cells(text: str) -> int:
    """The width of ``text`` on a terminal, in columns; tabs count as one."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def _cells(char: str) -> int:
    if char < "\u0300" or "\u2500" <= char <= "\u259f" or char in "…⋮":  # our own signs, without loading a table
        return 1
    import unicodedata

    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def glyphs(line: str) -> Iterator[Glyph]:
    """The characters of a source line as shown, tabs expanded to stops of eight."""
    column, at = 1, 0
    for char in line:
        size = 1 if char < "\x80" else len(char.encode("utf-8", "surrogateescape"))
        shown = " " * (TAB - at % TAB) if char == "\t" else char if " " <= char <= "~" else _shown(char)
        width = cells(shown)
        yield Glyph(shown, width, column, size)
        column, at = column + size, at + width


def wrap(text: str, first: int, rest: int) -> list[str]:
    """Break ``text`` into lines of at most ``first``, then ``rest`` columns, between words where it can be."""
    lines: list[str] = []
    line, room = "", max(first, 1)
    for word in visible(text).split():
        if line and cells(line) + 1 + cells(word) > room:
            lines.append(line)
            line, room = "", max(rest, 1)
        while cells(word) > (room if not line else max(rest, 1)) and not line:
            head = _head(word, room)
            lines.append(head)
            word, room = word[len(head) :], max(rest, 1)
        line = f"{line} {word}" if line else word
    return [*lines, line] if line or not lines else lines


def _head(word: str, room: int) -> str:
    """As much of a word as fits, at least one character."""
    used = 0
    for index, char in enumerate(word):
        used += _cells(char)
        if used > room and index:
            return word[:index]
    return word


def utf16(line: str, column: int) -> int:
    """A UTF-8 column (from 1) in UTF-16 code units (from 1)."""
    head = line.encode("utf-8", "surrogateescape")[: column - 1]
    return len(head.decode("utf-8", "replace").encode("utf-16-le")) // 2 + 1


def points(line: str, column: int) -> int:
    """A UTF-8 column (from 1) in characters (from 1)."""
    return len(line.encode("utf-8", "surrogateescape")[: column - 1].decode("utf-8", "replace")) + 1
