# SPDX-License-Identifier: GPL-2.0-or-later
"""Functions that are handed on, to be called back, as the text of a file has it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gfplint import regex
from gfplint.source.declare import split_args

if TYPE_CHECKING:
    from gfplint.diff.image import Image
    from gfplint.facts.tables import Tables
    from gfplint.source.model import Definition, Source


_GLUED = regex.compile(rb"[\w.>]")
_LISTED = regex.compile(rb"\s*\(([^;{}]*)\)\s*[;)]")


@lru_cache(maxsize=512)
def handed(image: Image, name: str, index: int) -> frozenset[str]:
    """The functions that some call ``name(...)`` in the image has as its argument ``index``."""
    word, found = name.encode(), set()
    for text in (piece.text for piece in image.pieces):
        start = text.find(word)
        while start >= 0:
            listed = _LISTED.match(text, start + len(word))
            if listed is not None and not _GLUED.match(text[max(0, start - 1) : start]):
                args = split_args(listed[1].decode("utf-8", "surrogateescape"))
                if index < len(args):
                    found.add(args[index].strip().lstrip("&"))
            start = text.find(word, start + len(word))
    return frozenset(found)


def held_around(definition: Definition, cls: str, tables: Tables, source: Source) -> bool:
    """The kernel calls the function back with a hotplug lock held: a callback of CPU hotplug.

    It is one if a file in sight registers it, its own or, with a kernel tree, one of its folder.
    """
    facts: Any = tables.section("hotplug")["callback"]
    if cls not in facts["held"] or not definition.name:
        return False
    others = () if source.elsewhere is None or definition.static else source.elsewhere(definition.name)
    return any(
        definition.name in handed(image, name, index)
        for image in (source.image, *others)
        for name, indices in facts["register"].items()
        for index in indices
    )
