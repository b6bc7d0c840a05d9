# SPDX-License-Identifier: GPL-2.0-or-later
"""Expressions and gfp masks, as rules see them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from gfplint.facts import tables
from gfplint.finding import Span
from gfplint.source import use
from gfplint.source.model import CallSite, Definition

if TYPE_CHECKING:
    from tree_sitter import Node

    from gfplint.flow import masks as maskflow


class HasSite(Protocol):
    """A call."""

    site: CallSite


class Expr:
    """An expression: its place and its text."""

    __slots__ = ("definition", "node")

    def __init__(self, definition: Definition, node: Node) -> None:
        self.definition = definition
        self.node = node

    @property
    def span(self) -> Span:
        return self.definition.unit.span(self.node)

    def __str__(self) -> str:
        """As written, on one line."""
        return " ".join(self.definition.unit.source(self.node).split())

    @property
    def bare(self) -> str:
        """As written, without casts and parentheses around it."""
        return use.fold(self.definition, use.uncast(self.node))

    @property
    def number(self) -> int | None:
        """The value of an integer constant; None where it is not known from here alone."""
        return use.number(self.definition, self.node)

    @property
    def sum(self) -> tuple[Expr, Expr] | None:
        """The two sides of an addition; None for anything else."""
        sides = use.sides(self.node, "+")
        return (Expr(self.definition, sides[0]), Expr(self.definition, sides[1])) if sides else None

    @property
    def product(self) -> tuple[Expr, Expr] | None:
        """The two sides of a multiplication; None for anything else."""
        sides = use.sides(self.node, "*")
        return (Expr(self.definition, sides[0]), Expr(self.definition, sides[1])) if sides else None


class Mask(Expr):
    """The value of a gfp expression, as one path of the function makes it.

    ``names`` are the flags as written, ``sure`` the leaf bits that are set on
    every kernel that is asked about, ``maybe`` those that may be.
    """

    __slots__ = ("known", "maybe", "names", "never", "spelling", "sure")

    def __init__(self, definition: Definition, value: maskflow.Mask) -> None:
        super().__init__(definition, value.node)
        self.known = value.known
        self.never = value.never
        self.sure = value.sure
        self.maybe = value.maybe
        self.names = value.names
        self.spelling = value.spelling

    def __str__(self) -> str:
        return self.spelling

    def within(self, call: HasSite) -> bool:
        """The mask is written in the call itself, not in a variable that it is handed."""
        return call.site.node.start_byte <= self.node.start_byte < call.site.node.end_byte

    def may(self, *bits: str) -> bool:
        """Any of the leaf bits may be set."""
        return any(bit in self.sure or bit in self.maybe or not (self.known or bit in self.never) for bit in bits)

    def has(self, bits: Iterable[str]) -> tuple[str, ...]:
        """Those of the leaf bits that are set on every kernel."""
        return tuple(bit for bit in bits if bit in self.sure)

    @property
    def blocks(self) -> bool:
        """It allows direct reclaim, so the allocation may sleep."""
        return "__GFP_DIRECT_RECLAIM" in self.sure

    @property
    def cannot_block(self) -> bool:
        """It surely does not allow direct reclaim."""
        return not self.may("__GFP_DIRECT_RECLAIM")

    @property
    def only_modifiers(self) -> bool:
        """Flags are set and none of them is a base: the allocator neither reclaims nor wakes kswapd.

        include/linux/gfp_types.h, "Useful GFP flag combinations": start from one of those.  A
        composite without reclaim, such as GFP_TRANSHUGE_LIGHT, is a base by design, and so is a
        watermark modifier: it names the reserve that the request lives from.
        """
        if not self.known or not self.names or self.may("__GFP_DIRECT_RECLAIM", "__GFP_KSWAPD_RECLAIM"):
            return False
        if self.may("__GFP_HIGH", "__GFP_MEMALLOC"):
            return False
        zones = tables.load().section("gfp")["classes"]["zone_only_composites"]
        return all(name.startswith("__GFP_") or name in zones for name in self.names)

    @property
    def only_zone(self) -> bool:
        """All that is said is where the memory may lie, as in a lone GFP_DMA."""
        classes = tables.load().section("gfp")["classes"]
        zones = (*classes["zone_only_composites"], *classes["zone_modifiers"])
        said = [name for name in self.names if name not in classes["action_modifiers"]]
        return self.only_modifiers and bool(said) and all(name in zones for name in said)


def twins(table: str, *keys: str) -> dict[str, str]:
    """A fact table that leads from one name to another.  Raises KeyError for one that is not there."""
    value = tables.load().section(table)
    for key in keys:
        value = value[key]
    return dict(value)


def numbers(table: str, *keys: str) -> dict[str, int]:
    """A fact table that leads from a name to a number.  Raises KeyError for one that is not there."""
    value = tables.load().section(table)
    for key in keys:
        value = value[key]
    return dict(value)


def scopes() -> dict[str, str]:
    """The functions that open an allocation scope of the task, each with the one that closes it."""
    kinds = tables.load().section("gfp")["scope_api"].values()
    return {kind["save"]: kind["restore"] for kind in kinds if isinstance(kind, dict)}
