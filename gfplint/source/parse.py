# SPDX-License-Identifier: GPL-2.0-or-later
"""Image -> Source: the functions that a patch touches, each in a tree of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from gfplint import regex
from gfplint.diff.image import Image, Piece
from gfplint.source import fragment, toplevel
from gfplint.source.declare import comment_above, head_of
from gfplint.source.language import parse_c
from gfplint.source.model import Definition, Source, Unit
from gfplint.source.repair import repaired
from gfplint.source.window import Window, windows

if TYPE_CHECKING:
    from tree_sitter import Node

Lines = tuple[int, int]

_BODY = regex.compile(rb"\)[ \t]*+\n?+[ \t]*+\{")
_OUTER = ("translation_unit", "ERROR", "linkage_specification", "declaration_list")


def parse_image(image: Image, touched: Sequence[Lines] | None = None) -> Source:
    """Parse the functions that overlap the line ranges ``touched``, or all of them.

    Of hunks, every function that they show is parsed, as far as they show it.
    Never fails: what cannot be parsed gives no function, or one that is not
    ``complete``.
    """
    if image.whole:
        found = [fn for piece in image.pieces for fn in _whole(image, piece, touched)]
    else:
        found = [
            fn
            for piece, section in zip(image.pieces, image.sections, strict=True)
            for fn in fragment.functions(image, piece, section, touched or ())
        ]
    deep = tuple(fn for fn in found if too_deep(fn))
    functions = tuple(fn for fn in found if fn not in deep) if deep else tuple(found)
    tables = toplevel.Defines(image), toplevel.Callbacks(image), toplevel.Prototypes(image)
    return Source(image, functions, *tables, deep=deep)


# Levels of the tree of one function.  The deepest of 54,000 in linux 6.12 has 66; a mail may come with any number,
# and all that walks a tree, and every step up to a parent, costs in proportion.
DEEPEST = 120


def too_deep(fn: Definition) -> bool:
    """The function is nested deeper than DEEPEST."""
    text = fn.unit.parsed[fn.node.start_byte : fn.node.end_byte]
    if (
        sum(map(text.count, (b"(", b"{", b"[", b"|", b"&", b"+", b"-", b",", b"?", b"else", b"!", b"~", b"*")))
        < DEEPEST // 2
    ):
        return False
    cursor, depth = fn.node.walk(), 0
    while depth <= DEEPEST:
        if cursor.goto_first_child():
            depth += 1
            continue
        while not cursor.goto_next_sibling():
            depth -= 1
            if depth <= 0 or not cursor.goto_parent():
                return False
    return True


def _whole(image: Image, piece: Piece, touched: Sequence[Lines] | None) -> Iterator[Definition]:
    shift = piece.line - 1
    for window in windows(piece.text):
        if not window.function and _BODY.search(piece.text, window.start, window.end) is None:
            continue  # ends with }; as an aggregate does, and a function now and then
        if touched is None or any(low <= window.last + shift and window.line + shift <= high for low, high in touched):
            yield from window_functions(image, piece, window, touched or ())


def window_functions(image: Image, piece: Piece, window: Window, keep: Sequence[Lines]) -> Iterator[Definition]:
    """The functions in one window; ``keep``: image lines that must stay in the tree."""
    line = piece.line + window.line - 1
    text = piece.text[window.start : window.end]
    unit = make_unit(image, line, text, keep)
    for node in definitions(parse_c(unit.parsed).root_node):
        yield define(unit, node, piece)


def make_unit(image: Image, line: int, text: bytes, keep: Sequence[Lines]) -> Unit:
    """Repair a text that needs nothing around it."""
    shift = line - 1
    fixed = repaired(text, [(low - shift, high - shift) for low, high in keep])
    dropped = tuple((low + shift, high + shift) for low, high in fixed.dropped)
    return Unit(image, line, text, fixed.text, 0, 0, dropped)


def definitions(root: Node) -> Iterator[Node]:
    """Function definitions at file level, also below conditionals and errors, in their order."""
    todo = [root]
    while todo:
        node = todo.pop()
        if node.type == "function_definition":
            yield node
        elif node.type in _OUTER or node.type.startswith("preproc_"):
            todo.extend(reversed(node.children))


def define(unit: Unit, node: Node, piece: Piece, closed: bool = True) -> Definition:
    """The definition that ``node`` is; ``closed``: its last brace is in the text."""
    body = node.child_by_field_name("body") or node
    head = head_of(unit, node)
    first = unit.position(*node.start_point)[0]
    last = unit.position(*node.end_point)[0] if closed else unit.line + unit.text.rstrip(b"\n").count(b"\n")
    return Definition(
        head.name,
        unit,
        node,
        body,
        first,
        last,
        closed and bool(head.name) and not node.has_error,
        head.type,
        head.params,
        comment_above(unit, node.start_byte - unit.lead),
    )
