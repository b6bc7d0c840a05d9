# SPDX-License-Identifier: GPL-2.0-or-later
"""Which parenthesis closes which."""

from __future__ import annotations

from gfplint import regex

_PAREN = regex.compile(rb"[()]|\n\}")


class Pairs:
    """The parentheses of a masked text, matched when first asked for.

    Everything that one search passes is remembered, so that all searches
    together take one pass, even where nothing closes.
    """

    __slots__ = ("_known", "_text")

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._known: dict[int, int | None] = {}

    def close(self, at: int) -> int | None:
        """Where the parenthesis that opens at ``at`` closes; None if not before the end of the function."""
        if at in self._known:
            return self._known[at]
        stack: list[int] = []
        for found in _PAREN.finditer(self._text, at):
            mark = found.start()
            char = self._text[mark]
            if char == 40:
                known = self._known.get(mark)
                if known is None and mark in self._known:
                    break
                stack.append(mark)
            elif char == 41:
                self._known[stack.pop()] = mark
                if not stack:
                    return mark
            else:
                break
        for mark in stack:
            self._known[mark] = None
        return self._known[at]

    def openings(self) -> dict[int, int]:
        """Closing -> opening parenthesis, of the whole text in one pass."""
        found: dict[int, int] = {}
        stack: list[int] = []
        for mark in _PAREN.finditer(self._text):
            at = mark.start()
            char = self._text[at]
            if char == 40:
                stack.append(at)
            elif char != 41:
                stack.clear()
            elif stack:
                found[at] = stack.pop()
        return found
