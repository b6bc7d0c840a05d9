# SPDX-License-Identifier: GPL-2.0-or-later
"""What the C of an image says, as values over tree-sitter nodes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from gfplint.diff.image import Image
from gfplint.finding import Position, Span
from gfplint.record import NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node


class Unit(NamedTuple):
    """A stretch of C that was parsed as one tree.

    ``parsed`` is what tree-sitter saw: ``lead`` bytes that only make a
    fragment parse (whole lines), then the repaired text, of the same length
    as ``text``, then whatever closes open braces.  Offsets of nodes are those
    of ``parsed``; the methods lead back to the image.
    """

    image: Image
    line: int  # image line of the first line of text
    text: bytes  # as it stands in the image
    parsed: bytes
    lead: int  # bytes put before text
    lead_lines: int
    dropped: tuple[tuple[int, int], ...] = ()  # image lines of #if branches that parsed leaves out

    def position(self, row: int, column: int) -> Position:
        """Tree-sitter's row and column as line and column of the image."""
        return self.line + row - self.lead_lines, column + 1

    def span(self, node: Node) -> Span:
        """Where ``node`` stands in the image."""
        return Span(
            self.image.path,
            self.image.side,
            self.position(*node.start_point),
            self.position(*node.end_point),
        )

    def source(self, node: Node) -> str:
        """The text of ``node`` as it stands in the image, not as repaired."""
        raw = self.text[max(0, node.start_byte - self.lead) : max(0, node.end_byte - self.lead)]
        return raw.decode("utf-8", "surrogateescape")

    def token(self, node: Node) -> str:
        """The repaired text of ``node``: right for names, without comments' traps.

        A node of a branch that this unit leaves out (see ``dropped``) is blank here: its source then.
        """
        raw = self.parsed[node.start_byte : node.end_byte]
        return raw.decode("utf-8", "surrogateescape") if not raw.isspace() else self.source(node)


class CallSite(NamedTuple):
    """A call expression: ``callee(args)`` by plain name, or ``a->b(args)``."""

    name: str  # the function's name; for a->b(), "b"
    node: Node  # the call_expression; of a block macro the loop or if that it reads as
    args: tuple[Node, ...]  # without comments
    indirect: bool  # through a member or a pointer


class Param(NamedTuple):
    type: str  # as written, white space folded, without the name
    name: str  # "" where it has none


class Definition(NamedTuple):
    """A function definition, or the part of one that hunks show."""

    name: str  # "" where unknown
    unit: Unit
    node: Node  # function_definition, or the compound_statement that wraps a fragment
    body: Node  # its compound_statement
    first: int  # image lines, inclusive
    last: int
    complete: bool  # begins and ends in sight, without a gap, and parsed without error
    type: str  # return type as written; "" where unknown
    params: tuple[Param, ...]
    comment: str  # the comment right above, without its markers; "" for none

    @property
    def span(self) -> Span:
        return Span(self.unit.image.path, self.unit.image.side, (self.first, 1), (self.last, 1))

    @property
    def static(self) -> bool:
        """It is known in its own file alone."""
        head = self.unit.parsed[self.node.start_byte : self.body.start_byte]
        return b"static" in head.split(b"(")[0].split()


class Source(NamedTuple):
    """An image, parsed as far as it was asked for."""

    image: Image
    functions: tuple[Definition, ...]
    defines: Mapping[str, str]  # object-like #define NAME value, of the file
    callbacks: Mapping[str, tuple[str, str]]  # function -> (struct type, member) of an ops table
    prototypes: Mapping[str, tuple[Param, ...]]  # functions declared or defined in sight
    deep: tuple[Definition, ...] = ()  # functions nested beyond all reason: nobody is to walk them
    elsewhere: Callable[[str], Sequence[Image]] | None = None  # the other files of the folder that name a function
    beside: Callable[[str], Image | None] | None = None  # the other file of the series that defines a function
