# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a function sets a variable."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from gfplint.flow.graph import Graph
from gfplint.record import NamedTuple
from gfplint.source.model import Definition

if TYPE_CHECKING:
    from tree_sitter import Node

    from gfplint.source.model import Unit


class Setting(NamedTuple):
    """A place that sets a variable."""

    step: Node
    target: Node
    value: Node | None  # None: not known
    sign: str  # the operator; "declare" for a declaration without a value


def settings(graph: Graph, index: int, name: str, unit: Unit) -> Iterator[Setting]:
    """The places in a block that set a variable."""
    from gfplint.flow.effects import texts

    for step in graph.blocks[index].steps:
        for node in texts([step], graph.split):
            left = node.child_by_field_name("left" if node.type == "assignment_expression" else "argument")
            if left is None or _text(left) != name:
                continue
            operator = node.child_by_field_name("operator")
            if node.type == "assignment_expression" and operator is not None:
                yield Setting(node, left, node.child_by_field_name("right"), operator.type)
            else:
                yield Setting(node, left, None, "?")
        if step.kind == "assign" and step.target is not None and _text(step.target) == name:
            if step.value is None:
                yield Setting(step.node, step.target, None, "declare")
            else:
                yield Setting(step.node, step.target, None if isinstance(step.value, bool) else step.value, "=")
        elif step.kind == "gap":
            yield Setting(step.node, step.node, None, "?")
        elif step.kind == "loop":
            head = unit.parsed[step.node.start_byte : step.node.end_byte].split(b"{", 1)[0]
            if re.search(rb"\b" + name.encode() + rb"\b", head):
                yield Setting(step.node, step.node, None, "?")


def _text(node: Node) -> str:
    return node.text.decode("utf-8", "surrogateescape") if node.type == "identifier" and node.text is not None else ""


def block_of(graph: Graph, node: Node) -> int | None:
    """The block with the smallest step around ``node``."""
    best: tuple[int, int] | None = None
    for block in graph.blocks:
        for step in block.steps:
            for part in (step.node, step.value, step.target):
                if part is None or isinstance(part, bool):
                    continue
                if part.start_byte <= node.start_byte and node.end_byte <= part.end_byte and step.kind != "gap":
                    size = part.end_byte - part.start_byte
                    if best is None or size < best[0]:
                        best = (size, block.index)
    return best[1] if best is not None else None


@lru_cache(maxsize=16)
def names_in(definition: Definition) -> frozenset[str]:
    from gfplint.flow.shape import declared

    return declared(definition)


@lru_cache(maxsize=16)
def addressed(definition: Definition) -> frozenset[str]:
    """Variables whose address is taken."""
    found: set[str] = set()

    def look(node: Node) -> None:
        if node.type == "pointer_expression":
            inner, operator = node.child_by_field_name("argument"), node.child_by_field_name("operator")
            if inner is not None and operator is not None and operator.type == "&":
                found.add(_text(inner))
        for child in node.named_children:
            look(child)

    look(definition.body)
    return frozenset(found)
