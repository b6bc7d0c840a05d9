# SPDX-License-Identifier: GPL-2.0-or-later
"""Other readings of a function: with the branches that its tree leaves out."""

from __future__ import annotations

from gfplint.diff.image import Piece
from gfplint.source.model import Definition, Unit
from gfplint.source.repair import repaired

_MOST = 4  # branches of one #if that are looked at


def variants(definition: Definition) -> tuple[Definition, ...]:
    """Further definitions of the same text, each with branches that all earlier ones left out."""
    found: list[Definition] = []
    unit = definition.unit
    missing = set(unit.dropped)
    while missing and len(found) < _MOST:
        other = _read(definition, sorted(missing))
        if other is None:
            break
        left = missing & set(other.unit.dropped)
        if left == missing:
            break
        found.append(other)
        missing = left
    return tuple(found)


def _read(definition: Definition, keep: list[tuple[int, int]]) -> Definition | None:
    """The function again, with the image lines ``keep`` in its tree."""
    unit = definition.unit
    shift = unit.line - 1
    fixed = repaired(unit.text, [(low - shift, high - shift) for low, high in keep])
    dropped = tuple((low + shift, high + shift) for low, high in fixed.dropped)
    if unit.lead:
        from gfplint.source.fragment import inside

        other = inside(unit.image, unit.line, unit.text, fixed.text, dropped, definition.name)
        return other if other.unit.lead == unit.lead else None
    from gfplint.source.language import parse_c
    from gfplint.source.parse import define, definitions

    again = Unit(unit.image, unit.line, unit.text, fixed.text + unit.parsed[len(unit.text) :], 0, 0, dropped)
    piece = Piece(unit.line, unit.text)
    for node in definitions(parse_c(again.parsed).root_node):
        other = define(again, node, piece, True)
        if other.name == definition.name and other.first <= definition.last and definition.first <= other.last:
            return other
    return None
