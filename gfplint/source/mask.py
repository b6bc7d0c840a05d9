# SPDX-License-Identifier: GPL-2.0-or-later
"""Comments and the insides of strings, blanked; nothing moves."""

from __future__ import annotations

import re
from functools import lru_cache

from gfplint import regex

# Each alternative ends in something that always matches, so that no byte is
# scanned twice, however hostile the text.
_QUOTED = regex.compile(
    rb"""
      /\* (?: [^*]++ | \*(?!/) )*+ (?:\*/)?
    | // (?: [^\n\\]++ | \\(?s:.)? )*+
    | " (?: [^"\\\n]++ | \\(?s:.)? )*+ "?
    | ' (?: [^'\\\n]++ | \\(?s:.)? )*+ '?
    """,
    re.X,
)
_BLANK = bytes(c if c in b"\n" else 32 for c in range(256))
_STRING = bytes(c if c in b"\n" else 115 for c in range(256))
_CONTROL = bytes.maketrans(b"\0\f\v\r", b"    ")
BLANK = _BLANK  # translation table: everything but line ends becomes a space


def blank(text: bytes) -> bytes:
    """As many spaces, with the line ends where they were."""
    return text.translate(_BLANK) if b"\n" in text else b" " * len(text)


def mask(text: bytes) -> bytes:
    """``text`` with comments blanked and strings filled; the same length and line ends.

    A text that begins inside a comment (a hunk may) loses that comment too.
    """
    if text.translate(None, b"\0\f\v\r") != text:
        text = text.translate(_CONTROL)
    end = text.find(b"*/")
    if end >= 0 and text.find(b"/*", 0, end) < 0:
        text = blank(text[: end + 2]) + text[end + 2 :]
    return _QUOTED.sub(_masked, text)


@lru_cache(maxsize=6)
def masked(text: bytes) -> bytes:
    """The same, remembered: several ask for a whole file, before and after a patch."""
    return mask(text)


def _masked(found: re.Match[bytes]) -> bytes:
    text = found.group()
    if text[0] == 47:  # a slash: a comment
        return blank(text)
    if len(text) < 2:
        return b" "
    quote = text[:1]
    inner = text[1:-1]
    if b"\n" not in inner:
        return quote + b"s" * len(inner) + quote
    # Continued with a backslash at the end of the line, which must stay there.
    return quote + inner.translate(_STRING).replace(b"s\n", b"\\\n") + quote
