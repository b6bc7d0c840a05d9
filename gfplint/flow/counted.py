# SPDX-License-Identifier: GPL-2.0-or-later
"""Loops that count, and the questions behind them whether the count has run out.

    do {
            ...
            if (x)
                    break;
    } while (++n < tries);
    if (n >= tries)
            return -EAGAIN;

Who leaves by the break has not run out, although nothing on the way says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gfplint.flow.branches import stripped
from gfplint.source.function import walk

if TYPE_CHECKING:
    from tree_sitter import Node

    from gfplint.flow.conditions import Namer
    from gfplint.source.model import Definition

_LOOPS = ("do_statement", "while_statement", "for_statement")
_BELOW, _ABOVE = ("<", "<="), (">", ">=")


def limits(definition: Definition, namer: Namer) -> frozenset[tuple[str, str, bool]]:
    """What the loops of a function go on with: count, limit, and whether they go on below it."""
    found = set()
    text = definition.unit.parsed[definition.body.start_byte : definition.body.end_byte]
    if b"for" not in text and b"while" not in text:
        return frozenset()
    for node in walk(definition.body):
        condition = node.child_by_field_name("condition") if node.type in _LOOPS else None
        sides = _sides(condition, namer) if condition is not None else None
        if sides is not None and sides[1] in (*_BELOW, *_ABOVE):
            found.add((sides[0], sides[2], sides[1] in _BELOW))
    return frozenset(found)


def runs_out(node: Node, namer: Namer, limits: frozenset[tuple[str, str, bool]]) -> bool | None:
    """The truth of a condition with which a loop's count has run out; None for one that does not ask for it."""
    sides = _sides(node, namer)
    if sides is None:
        return None
    count, sign, limit = sides
    if sign in ("==", "!="):
        known = any((count, limit, below) in limits for below in (True, False))
        return sign == "==" if known else None
    if (count, limit, sign in _BELOW) in limits:
        return False  # asked as the loop asks
    return True if (count, limit, sign not in _BELOW) in limits else None


def _sides(node: Node, namer: Namer) -> tuple[str, str, str] | None:
    """Both sides of a comparison of a variable, ``n++`` for ``n`` too, and its sign between them."""
    node = stripped(node)
    if node.type != "binary_expression":
        return None
    left, right, sign = (node.child_by_field_name(name) for name in ("left", "right", "operator"))
    if left is None or right is None or sign is None or sign.type not in (*_BELOW, *_ABOVE, "==", "!="):
        return None
    left = stripped(left)
    if left.type == "update_expression":
        left = left.child_by_field_name("argument") or left
    return (namer(left), sign.type, namer(right)) if left.type == "identifier" else None
