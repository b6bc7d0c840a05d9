# SPDX-License-Identifier: GPL-2.0-or-later
"""What becomes of memory that a structure keeps: shown to user space, or written to, anywhere in a file."""

from __future__ import annotations

from typing import Any

from gfplint.diff.image import Image
from gfplint.facts import tables
from gfplint.finding import Span
from gfplint.source import within
from gfplint.source.mentions import Statement, statements_with


def mapped(image: Image, name: str) -> tuple[Span, str] | None:
    """Where the field or variable ``name`` is mapped into a process, and by which function.

    None where that is not seen, and where any statement of the image may write into
    the memory, or keeps the pointer under another name.
    """
    facts: Any = tables.load().section("flow")["lifetime"]
    known = tables.load()
    harmless = {*facts["looks"]["names"], *facts["maps"]["names"], *tables.load().section("allocators")["frees"]}
    found: Statement | None = None
    for statement in statements_with(image, name):
        if any(call not in harmless and call not in known.allocators for call in statement.calls):
            return None
        if not statement.calls.isdisjoint(facts["maps"]["names"]):
            found = found or statement
        elif _writes(statement, name):
            return None
    if found is None:
        return None
    by = next(call for call in facts["maps"]["names"] if call in found.calls)
    return _span(image, found.line), by


def shows(image: Image) -> tuple[Span, str] | None:
    """The first place where memory is shown to user space, in a file that clears none."""
    facts: Any = tables.load().section("flow")["lifetime"]
    if within.in_image(image, facts["clears"]["words"]):
        return None
    for name in (*facts["exposes"], *facts["maps"]["names"]):
        for statement in statements_with(image, name):
            if name in statement.calls:
                return _span(image, statement.line), name
    return None


def constructed(image: Image, cache: str) -> bool:
    """``cache = kmem_cache_create(..., ctor)`` stands in the image, with a constructor that is not NULL."""
    for statement in statements_with(image, cache):
        left, _, right = statement.text.partition("=")
        if left.strip().endswith(cache) and right.strip().startswith("kmem_cache_create"):
            last = right.rstrip(" )").rpartition(",")[2].strip()
            return last.isidentifier() and last not in ("NULL", "0")
    return False


def _writes(statement: Statement, name: str) -> bool:
    """The statement may write into the memory, or keep the pointer elsewhere."""
    left, equals, right = statement.text.partition("=")
    if not equals or right.startswith("=") or left.endswith(("!", "<", ">")):
        return False
    own = left.rstrip().endswith(name)  # the pointer itself is set: an allocation, NULL
    return not own or (not statement.calls and right.strip() not in ("NULL", "0"))


def _span(image: Image, line: int) -> Span:
    return Span(image.path, image.side, (line, 1), (line, 2))
