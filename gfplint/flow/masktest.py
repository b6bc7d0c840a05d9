# SPDX-License-Identifier: GPL-2.0-or-later
"""What the branches of a condition know of a mask: ``if (gfpflags_allow_blocking(gfp))``, ``if (gfp & __GFP_ZERO)``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from gfplint.flow import branches
from gfplint.flow.flagtext import Bits
from gfplint.record import NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node

    from gfplint.source.model import Unit


class Test(NamedTuple):
    """A condition on the leaf bits of a mask: any of them is set, or all are."""

    bits: frozenset[str]
    any: bool


def helper(node: Node, name: str, unit: Unit, helpers: Mapping[str, Mapping[str, object]]) -> Test | None:
    """A call of the tables that tests the variable ``name``."""
    fact = helpers.get(branches.callee(node)) if node.type == "call_expression" else None
    args = branches.arguments(node)
    if fact is None or len(args) != 1 or not _is(args[0], name, unit):
        return None
    bits = fact["bits"]
    assert isinstance(bits, list | tuple)
    return Test(frozenset(bits), bool(fact["any"]))


def operand(node: Node, name: str, unit: Unit) -> tuple[Node, bool] | None:
    """What ``name`` is compared with, and whether all of it must be there: ``name & X``, ``(name & X) == X``."""
    node = branches.stripped(node)
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator = node.child_by_field_name("operator")
    if node.type != "binary_expression" or left is None or right is None or operator is None:
        return None
    if operator.type == "&":
        for one, other in ((left, right), (right, left)):
            if _is(one, name, unit):
                return other, False
        return None
    inner = operand(left, name, unit) if operator.type == "==" else None
    if inner is not None and unit.token(branches.stripped(inner[0])) == unit.token(branches.stripped(right)):
        return inner[0], True
    return None


def narrowed(bits: Bits, test: Test, truth: bool) -> Bits | None:
    """A mask where ``test`` has come out as ``truth``; None where it cannot."""
    want = "1" if truth else "0"
    if len(test.bits) > 1 and test.any == truth:  # some of several
        return None if all(bits.state(bit) not in (want, "?") for bit in test.bits) else bits
    if any(bits.state(bit) not in (want, "?") for bit in test.bits):
        return None
    return Bits({**bits.bits, **dict.fromkeys(test.bits, want)}, bits.rest)


def _is(node: Node, name: str, unit: Unit) -> bool:
    node = branches.stripped(node)
    return node.type == "identifier" and unit.token(node) == name
