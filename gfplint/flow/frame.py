# SPDX-License-Identifier: GPL-2.0-or-later
"""What the builder of a graph stands on: blocks, edges, scopes with their guards."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from gfplint.flow.graph import Block, BlockEnd, Edge, Step, Words
from gfplint.record import NamedTuple
from gfplint.source.model import Definition

if TYPE_CHECKING:
    from tree_sitter import Node

GUARDS = frozenset(("scoped_guard", "scoped_cond_guard"))  # include/linux/cleanup.h


class Computed(Exception):
    """A computed goto: the flow cannot be known."""


@cache
def words_of() -> Words:
    """The graph's names, of the fact tables."""
    from gfplint.facts import tables

    graph = tables.load().section("flow")["graph"]
    return Words(
        frozenset(graph["noreturn"]),
        dict(graph["transparent"]),
        dict(graph["returns"]),
        frozenset(graph["returns_error"]),
        frozenset(graph["jumps"]),
    )


class Scope:
    """A braced scope with the guards taken in it; ``breaks`` and ``again`` where it is a loop or switch."""

    __slots__ = ("again", "breaks", "guards", "switch")

    def __init__(self, breaks: int | None = None, again: int | None = None, switch: Switch | None = None) -> None:
        self.guards: list[Step] = []
        self.breaks = breaks
        self.again = again
        self.switch = switch


class Switch:
    __slots__ = ("cond", "default", "head", "labels")

    def __init__(self, cond: Node, head: int) -> None:
        self.cond = cond
        self.head = head
        self.labels: list[tuple[Node, int]] = []
        self.default: int | None = None


class Goto(NamedTuple):
    block: int
    node: Node
    label: str
    scopes: tuple[Scope, ...]


class Frame:
    """A graph in the making.  ``here`` is the block that is being filled, None after a jump."""

    def __init__(self, definition: Definition, words: Words) -> None:
        self.definition = definition
        self.unit = definition.unit
        self.words = words
        self.blocks: list[Block] = []
        self.here: int | None = None
        self.split: set[int] = set()
        self.gaps = 0
        self.scopes: list[Scope] = []
        self.labels: dict[str, tuple[int, tuple[Scope, ...], int]] = {}
        self.gotos: list[Goto] = []
        self.targets: set[int] = set()
        self.skips: dict[int, Node] = {}

    def block(self) -> int:
        self.blocks.append(Block(len(self.blocks)))
        return len(self.blocks) - 1

    def current(self) -> int:
        """The block to fill; a new one without a way to it in dead code."""
        if self.here is None:
            self.here = self.block()
        return self.here

    def add(self, step: Step) -> None:
        self.blocks[self.current()].steps.append(step)

    def edge(self, source: int | None, edge: Edge) -> None:
        if source is not None:
            self.blocks[source].edges.append(edge)
            self.targets.add(edge.target)

    def go(self, target: int, back: tuple[int, int] | None = None) -> None:
        """From here to ``target``; nothing follows."""
        self.edge(self.here, Edge(target, back=back))
        self.here = None

    def fall(self, target: int) -> None:
        """Go on at ``target``, if anything comes here."""
        if self.here is not None:
            self.go(target)

    def stop(self, end: BlockEnd) -> None:
        self.blocks[self.current()].end = end
        self.here = None

    def gap(self, node: Node) -> None:
        self.gaps += 1
        self.add(Step("gap", node))

    def drop(self, scopes: Iterable[Scope]) -> None:
        for scope in scopes:
            for guard in reversed(scope.guards):
                self.add(Step("drop", guard.node, guard.target, guard.value))

    def reached(self, target: int) -> bool:
        return target in self.targets

    def close(self) -> None:
        """Leave the innermost scope in the ordinary way."""
        scope = self.scopes.pop()
        if self.here is not None:
            self.drop([scope])
