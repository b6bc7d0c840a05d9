# SPDX-License-Identifier: GPL-2.0-or-later
"""A stretch of a function: a loop, a case, the branch taken where a call failed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from gfplint.finding import Span
from gfplint.flow.things import Change, Exit
from gfplint.source import use

if TYPE_CHECKING:
    from tree_sitter import Node

    from gfplint.view.call import Call
    from gfplint.view.function import Function


class Block:
    """Statements of a function, with what stands in them."""

    def __init__(self, fn: Function, nodes: Sequence[Node], labels: tuple[str, ...] = ()) -> None:
        self.fn = fn
        self.labels = labels  # of a case: the values that lead here, "default" among them
        self._spans = [fn.definition.unit.span(node) for node in nodes]
        self._nodes = nodes

    def has(self, span: Span) -> bool:
        """A place stands in it."""
        return any(own.start <= span.start and span.start < own.end for own in self._spans)

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        return tuple(call for call in self.fn.calls if any(call.within(node) for node in self._nodes))

    @property
    def changes(self) -> tuple[Change, ...]:
        """What is set in it."""
        return tuple(change for change in self.fn.changes if self.has(change.span))

    @property
    def exits(self) -> tuple[Exit, ...]:
        return tuple(out for out in self.fn.exits if self.has(out.span))

    def mentions(self, value: str) -> bool:
        """``value``, an expression such as p or p->q, stands in it."""
        return any(use.mentions(use.fold(self.fn.definition, node), value) for node in self._nodes)

    def hands(self, value: str) -> bool:
        """A call in it is handed ``value``, or something of it."""
        return any(use.mentions(str(arg), value) for call in self.calls for arg in call.args)
