# SPDX-License-Identifier: GPL-2.0-or-later
"""Small helpers on masked text."""

from __future__ import annotations

from collections.abc import Iterator

from gfplint import regex

NAMED = tuple(c < 128 and (chr(c).isalnum() or c == 95) for c in range(256))  # bytes of identifiers
IDENTIFIER = bytes(c for c in range(256) if NAMED[c])
SPACE = regex.compile(rb"\s*+")


def skip(code: bytes, at: int) -> int:
    """The first byte from ``at`` on that is no white space."""
    found = SPACE.match(code, at)
    return found.end() if found is not None else at


def before(code: bytes, at: int, reach: int = 4096) -> bytes:
    """The text in front of ``at``, at most ``reach`` bytes, without the white space at its end."""
    return code[max(0, at - reach) : at].rstrip()


def last_word(text: bytes) -> bytes:
    """The identifier at the end of ``text``; b"" for none."""
    return text[len(text.rstrip(IDENTIFIER)) :]


def occurrences(code: bytes, name: bytes) -> Iterator[int]:
    """Where the identifier ``name`` stands."""
    size = len(name)
    at = code.find(name)
    while at >= 0:
        end = at + size
        if not (at and NAMED[code[at - 1]]) and not (end < len(code) and NAMED[code[end]]):
            yield at
        at = code.find(name, end)
