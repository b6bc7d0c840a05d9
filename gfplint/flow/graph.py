# SPDX-License-Identifier: GPL-2.0-or-later
"""The control-flow graph of a function.

Blocks hold steps in the order in which they run; edges carry the condition
under which they are taken.  ``&&``, ``||`` and ``?:`` with a call inside
become edges of their own, so that no step hides a branch that matters.  What
was taken out of an expression that way is in ``Graph.split``: a step's node
is then evaluated without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from gfplint.record import NamedTuple
from gfplint.source.model import Definition

if TYPE_CHECKING:
    from tree_sitter import Node

StepKind = Literal[
    "eval",  # an expression, for its effects
    "assign",  # target = value; value is a node, or True/False for what a logical expression came to
    "jump",  # a return, goto, break or continue begins: nothing has happened yet
    "return",  # value, evaluated before, is a node, True/False, or None
    "end",  # falls off the end of the function
    "guard",  # takes a lock until the end of its scope; value is the class, a node
    "drop",  # the end of that scope
    "loop",  # an iterator macro goes to its next element
    "gap",  # something that is not seen or not understood: anything may have happened
]
BlockEnd = Literal["", "return", "end", "unknown", "never"]


class Step(NamedTuple):
    """One thing that happens."""

    kind: StepKind
    node: Node
    target: Node | None = None
    value: Node | bool | None = None


class Edge(NamedTuple):
    """A way from one block to the next."""

    target: int
    cond: Node | None = None  # a leaf of a condition, or the value of a switch
    truth: bool = True
    case: Node | None = None  # cond is equal to this (truth), or to none of the labels (case None, truth False)
    jump: Node | None = None  # the goto that takes it
    back: tuple[int, int] | None = None  # closes a loop: the loop's bytes


class Block:
    """Steps that run one after the other."""

    __slots__ = ("edges", "end", "index", "steps")

    def __init__(self, index: int) -> None:
        self.index = index
        self.steps: list[Step] = []
        self.edges: list[Edge] = []
        self.end: BlockEnd = ""


class Graph(NamedTuple):
    """A function's blocks; the first is the entry."""

    definition: Definition
    blocks: tuple[Block, ...]
    split: frozenset[int]  # ids of nodes that other blocks evaluate
    gaps: int  # places that were not understood
    skips: Mapping[int, Node] = {}  # block that an if without else leads to when it is false -> what it skips

    def reachable(self) -> frozenset[int]:
        """Indices of the blocks that a path from the entry comes to."""
        seen, todo = {0}, [0]
        while todo:
            for edge in self.blocks[todo.pop()].edges:
                if edge.target not in seen:
                    seen.add(edge.target)
                    todo.append(edge.target)
        return frozenset(seen)


class Words(NamedTuple):
    """What the graph must know of names; from the table ``flow``."""

    noreturn: frozenset[str]
    transparent: Mapping[str, int]  # macro -> argument whose truth is its own
    returns: Mapping[str, int] = {}  # macro -> argument that it returns, -1 for none
    returns_error: frozenset[str] = frozenset()  # returns an error, perhaps
    jumps: frozenset[str] = frozenset()  # goes to the label in its last argument, perhaps


def build(definition: Definition, words: Words | None = None) -> Graph | None:
    """The graph of ``definition``; None where the flow cannot be known (computed goto)."""
    from gfplint.flow.frame import Computed, words_of
    from gfplint.flow.statements import Builder

    builder = Builder(definition, words if words is not None else words_of())
    try:
        return builder.graph()
    except (Computed, RecursionError):
        return None
