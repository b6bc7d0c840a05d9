# SPDX-License-Identifier: GPL-2.0-or-later
"""What a file does with a field or a variable, statement by statement, in all of its text.

No syntax tree: a whole file is looked through for a name, also where nothing of it is touched.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

from gfplint import regex
from gfplint.diff.image import Image
from gfplint.record import NamedTuple
from gfplint.source.declare import prototype
from gfplint.source.mask import masked

_CALL = regex.compile(r"\b([A-Za-z_]\w*)\s*\(")
_END = regex.compile(r"[;{}]")
_WORDS = frozenset(("if", "while", "for", "switch", "return", "sizeof"))


class Statement(NamedTuple):
    """A statement that has a word in it."""

    line: int  # image line on which the word stands
    text: str  # comments blanked, white space folded
    calls: frozenset[str]  # the functions called, if, for and sizeof among them


def statements_with(image: Image, word: str) -> Iterator[Statement]:
    """The statements of an image that have ``word`` as an identifier in them."""
    wanted = re.compile(rf"\b{re.escape(word)}\b")
    for piece in image.pieces:
        text = masked(piece.text).decode("utf-8", "surrogateescape")
        ends = [match.start() for match in _END.finditer(text)] if word in text else []
        start = 0
        for end in [*ends, len(text)]:
            found = wanted.search(text, start, end)
            if found is not None:
                statement = " ".join(text[start:end].split())
                line = piece.line + text.count("\n", 0, found.start())
                yield Statement(line, statement, frozenset(_CALL.findall(statement)))
            start = end + 1


def filled_by(image: Image, name: str, fillers: Container[str]) -> str:
    """The one of ``fillers`` that puts what it allocates where ``&name`` points, a variable or a field, if nothing else
    in the file gives it a value; "" otherwise."""
    setting = re.compile(rf"(?<![\w&]){re.escape(name)}\s*+=(?!=)\s*+(?!NULL\b|0\b)")
    handing = re.compile(rf"&\s*(?:\w+(?:->|\.))*{re.escape(name)}\b")
    found = set()
    for one in statements_with(image, name):
        if setting.search(one.text):
            return ""
        if handing.search(one.text):
            by = {call for call in one.calls if call in fillers}
            if not by and any(prototype(image, call) is None for call in one.calls - _WORDS):
                return ""
            found |= by
    return found.pop() if len(found) == 1 else ""


def members_set_to(image: Image, name: str) -> frozenset[str]:
    """The members of structures that the file sets to ``name``, a function: ``.open = name``, ``x->open = name``."""
    setting = re.compile(rf"(?:\.|->)\s*(\w+)\s*=\s*&?\s*{re.escape(name)}\b")
    return frozenset(member for one in statements_with(image, name) for member in setting.findall(one.text))
