# SPDX-License-Identifier: GPL-2.0-or-later
"""Locks that one function takes and another one of the file gives back, as the text of the file has it."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from gfplint import regex

if TYPE_CHECKING:
    from gfplint.diff.image import Image
    from gfplint.facts.model import LockOp


_UNLOCK = regex.compile(rb"(\w*unlock\w*)\s*\([^()]*\)\s*(?:__\w+\([^()]*\)\s*)*$")


@lru_cache(maxsize=4)
def _functions(image: "Image") -> tuple[tuple[int, int, bytes], ...]:
    """First line, last line and text of each function."""
    from gfplint.source.window import windows

    return tuple(
        (piece.line + window.line - 1, piece.line + window.last - 1, piece.text[window.start : window.end])
        for piece in image.pieces
        for window in windows(piece.text)
        if window.function
    )


def last_name(key: str) -> str:
    """The last field or name of a lock's expression."""
    return re.split(r"->|\.", key.lstrip("&*"))[-1].split("[")[0].split("(")[0]


def released_elsewhere(image: "Image", op: "LockOp", key: str, own: tuple[int, int], helpers: bool) -> bool:
    """Some function of the file other than that of the lines ``own`` gives such a lock back without taking it.

    ``helpers``: functions that are called unlock do not count, they have their own partner.
    """
    field = rf"\b{re.escape(last_name(key))}\b" if op.arg >= 0 and (key.startswith("&") or "->" in key) else ""
    release = _call(op.release, field)
    stem = re.escape(re.sub(r"_(?:interruptible|killable|nested|io|irq|irqsave|bh|sysfs)\b.*", "", op.acquire))
    acquire = re.compile(rf"\b(?:{stem}\w*|\w*trylock\w*)\s*\([^;{{]*?{field}".encode())
    others = [text for first, last, text in _functions(image) if not (first <= own[0] and own[1] <= last)]
    names = []
    for text in others:
        if release.search(text) and not acquire.search(text):
            helper = _UNLOCK.search(text.split(b"\n{", 1)[0]) if helpers else None
            if helper is None:
                return True
            names.append(helper[1])
    return any(_alone(name, text) for name in names for text in others)


def _alone(name: bytes, text: bytes) -> bool:
    """A function calls the helper ``name`` and not its partner."""
    call = name + b"("
    return call in text.partition(b"\n{")[2] and name.replace(b"unlock", b"lock") + b"(" not in text


def _call(names: tuple[str, ...], field: str) -> re.Pattern[bytes]:
    words = "|".join(re.escape(name) for name in names)
    return regex.compile(rf"\b(?:{words})\s*\([^;{{]*?{field}".encode())
