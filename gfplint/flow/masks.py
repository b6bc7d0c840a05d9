# SPDX-License-Identifier: GPL-2.0-or-later
"""The value of a gfp expression: which flags are surely set, which may be, which never are.

A value is known bit by bit, for each kernel that is asked about.  What a
caller, a structure or another file decides stays unknown, but the flags that
are written around it do not get lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from gfplint.flow import branches, flagtext, masktest
from gfplint.flow.flagtext import Bits
from gfplint.flow.graph import Edge, Graph, build
from gfplint.flow.setting import addressed, block_of, names_in, settings
from gfplint.flow.solve import forward
from gfplint.record import NamedTuple
from gfplint.source.model import Definition

if TYPE_CHECKING:
    from tree_sitter import Node

    from gfplint.facts.tables import Tables

WAYS = 12  # alternatives of one expression; over that it is unknown
DEPTH = 5  # variables set from variables
NO_DEFINES: Mapping[str, str] = {}


class Mask(NamedTuple):
    """A gfp mask, as one way through the function makes it.

    ``known``: a bit that is neither in ``sure`` nor in ``maybe`` is not set.
    ``names`` are the flags written into it, not those only tested or masked
    out.  ``exact``: ``spelling`` is all that ``node`` says.
    """

    sure: frozenset[str]
    maybe: frozenset[str]
    known: bool
    names: tuple[str, ...]
    spelling: str
    node: Node
    never: frozenset[str] = frozenset()
    exact: bool = True


class _Value(NamedTuple):
    """An alternative while it is being computed."""

    bits: tuple[Bits, ...]  # one a kernel
    names: tuple[str, ...]
    spelling: str
    node: Node
    exact: bool = True


def evaluate(
    definition: Definition, node: Node, tables: Tables, kernel: str | None, defines: Mapping[str, str] = NO_DEFINES
) -> Mask:
    """The value of ``node`` over all ways of making it.  ``kernel`` None: what holds in all that the tables know."""
    values = _Evaluator(definition, tables, kernel, defines).expression(node, None, 0)
    bits = tuple(flagtext.join(parts) for parts in zip(*(value.bits for value in values), strict=True))
    names = tuple(dict.fromkeys(name for value in values for name in value.names))
    return _mask(_Value(bits, names, _fold(definition, node), node))


def alternatives(
    definition: Definition, node: Node, tables: Tables, kernel: str | None, defines: Mapping[str, str] = NO_DEFINES
) -> tuple[Mask, ...]:
    """The masks that ``node`` may be, one for each way of writing it: branches of ``?:``, definitions that reach it."""
    values = _Evaluator(definition, tables, kernel, defines).expression(node, None, 0)
    return tuple(_mask(value) for value in values)


def _mask(value: _Value) -> Mask:
    one = flagtext.join(value.bits)
    sure = frozenset(bit for bit, state in one.bits.items() if state == "1")
    maybe = frozenset(bit for bit, state in one.bits.items() if state == "?")
    never = frozenset(bit for bit, state in one.bits.items() if state == "0")
    return Mask(sure, maybe, one.rest == "0", value.names, value.spelling, value.node, never, value.exact)


def _fold(definition: Definition, node: Node) -> str:
    return " ".join(definition.unit.source(node).split())


@lru_cache(maxsize=16)
def _graph(definition: Definition) -> Graph | None:
    return build(definition)


_Own = tuple[str, tuple[_Value, ...]] | None  # a variable and what it may be right before


class _Evaluator:
    """Evaluates expressions of one function for some kernels."""

    def __init__(self, definition: Definition, tables: Tables, kernel: str | None, defines: Mapping[str, str]) -> None:
        self.definition = definition
        self.unit = definition.unit
        known = tables.kernel(kernel)
        kernels = tables.kernels if known is None else (known,)
        self.flags = [flagtext.names(tables, one) for one in kernels]
        self.defines = defines
        facts = tables.section("flow")["masks"]
        self.calls: Mapping[str, Mapping[str, object]] = facts["calls"]
        self.tests: Mapping[str, Mapping[str, object]] = facts["tests"]
        self.params = {param.name for param in definition.params}
        self.busy: set[str] = set()

    def unknown(self, node: Node) -> list[_Value]:
        return [_Value(tuple(flagtext.UNKNOWN for _ in self.flags), (), _fold(self.definition, node), node)]

    def expression(self, node: Node, own: _Own, depth: int) -> list[_Value]:
        """The alternatives of ``node``; ``own``: a variable and what it may be right before."""
        inner = branches.stripped(node)
        found = self._expression(inner, own, depth)
        if len(found) > WAYS:
            return self.unknown(node)
        return found

    def _expression(self, node: Node, own: _Own, depth: int) -> list[_Value]:
        kind = node.type
        if kind == "identifier":
            return self._name(node, own, depth)
        if kind == "number_literal":
            return self._literal(node)
        if kind == "cast_expression":
            value = node.child_by_field_name("value")
            return self.expression(value, own, depth) if value is not None else self.unknown(node)
        if kind == "conditional_expression":
            parts = [node.child_by_field_name(name) for name in ("consequence", "alternative")]
            if parts[0] is None or parts[1] is None:
                return self.unknown(node)
            return [value for part in parts if part is not None for value in self.expression(part, own, depth)]
        if kind in ("binary_expression", "unary_expression"):
            return self._operation(node, own, depth)
        if kind == "call_expression":
            return self._call(node, own, depth)
        if kind == "assignment_expression" and (right := node.child_by_field_name("right")) is not None:
            operator = node.child_by_field_name("operator")
            if operator is not None and operator.type == "=":
                return self.expression(right, own, depth)
        return self.unknown(node)

    def _literal(self, node: Node) -> list[_Value]:
        text = self.unit.token(node)
        if text.strip("0xXuUlL") == "":
            return [_Value(tuple(flagtext.EMPTY for _ in self.flags), (), text, node)]
        return self.unknown(node)

    def _operation(self, node: Node, own: _Own, depth: int) -> list[_Value]:
        operator = node.child_by_field_name("operator")
        sign = operator.type if operator is not None else ""
        if sign == "~":
            inner = node.child_by_field_name("argument")
            return self._negated(node, self.expression(inner, own, depth)) if inner is not None else self.unknown(node)
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if sign not in ("|", "&", "+", "^") or left is None or right is None:
            return self.unknown(node)
        ones, twos = self.expression(left, own, depth), self.expression(right, own, depth)
        single = len(ones) == 1 and len(twos) == 1
        found = []
        for one in ones:
            for two in twos:
                value = self.combine("&" if sign == "&" else "|", one, two, node)
                far = {one.node.id, two.node.id} - {node.id} and (_outside(one.node, node) or _outside(two.node, node))
                if single and not far:
                    value = value._replace(spelling=_fold(self.definition, node), exact=True)
                found.append(value)
        return found

    def combine(self, sign: str, one: _Value, two: _Value, node: Node) -> _Value:
        """Both values put together, written at ``node``."""
        if sign == "&":
            bits = tuple(flagtext.both(a, b) for a, b in zip(one.bits, two.bits, strict=True))
            written = [name for part, other in ((one, two), (two, one)) if not _unseen(other) for name in part.names]
            names = tuple(name for name in written if self._survives(name, bits))
            return _Value(bits, tuple(dict.fromkeys(names)), f"{_wrap(one)} & {_wrap(two)}", node, False)
        bits = tuple(flagtext.either(a, b) for a, b in zip(one.bits, two.bits, strict=True))
        spelling = " | ".join(dict.fromkeys(text for text in (one.spelling, two.spelling) if text != "0")) or "0"
        return _Value(bits, tuple(dict.fromkeys((*one.names, *two.names))), spelling, node, False)

    def _survives(self, name: str, bits: tuple[Bits, ...]) -> bool:
        """A flag that ``&`` leaves standing, at least in part."""
        for flags, one in zip(self.flags, bits, strict=True):
            if any(one.state(bit) != "0" for bit in flags.get(name, ())):
                return True
        return False

    def _negated(self, node: Node, values: list[_Value]) -> list[_Value]:
        text = _fold(self.definition, node)
        return [_Value(tuple(flagtext.negated(bits) for bits in value.bits), (), text, node) for value in values]

    def _call(self, node: Node, own: _Own, depth: int) -> list[_Value]:
        name, args = branches.callee(node), branches.arguments(node)
        if branches.cast(node):
            return self.expression(args[0], own, depth)
        fact = self.calls.get(name)
        index = fact["arg"] if fact is not None else 0
        if name in ("READ_ONCE", "likely", "unlikely") and len(args) == 1:
            return self.expression(args[0], own, depth)
        if fact is None or not isinstance(index, int) or index >= len(args) or fact["keeps"] == "none":
            return self.unknown(node)
        text = _fold(self.definition, node)
        return [
            _Value(tuple(flagtext.both(flagtext.UNKNOWN, bits) for bits in value.bits), (), text, node)
            for value in self.expression(args[index], own, depth)
        ]

    def _name(self, node: Node, own: _Own, depth: int) -> list[_Value]:
        name = self.unit.token(node)
        parent = node.parent
        if parent is not None and parent.type == "assignment_expression" and parent.child_by_field_name("left") == node:
            return self.expression(parent, own, depth)  # a = b = c
        if own is not None and name == own[0]:
            return list(own[1]) or self.unknown(node)
        if name in names_in(self.definition) or name in self.params:
            return self._variable(name, node, depth)
        constant = flagtext.constant(name, self.flags, self.defines)
        if constant is None:
            return self.unknown(node)
        bits, names = constant
        return [_Value(bits, names, name, node)]

    # Variables

    def _variable(self, name: str, node: Node, depth: int) -> list[_Value]:
        """What may have been put into a local variable when ``node`` is reached."""
        graph = _graph(self.definition)
        if graph is None or depth >= DEPTH or name in self.busy or name in addressed(self.definition):
            return self.unknown(node)
        self.busy.add(name)
        try:
            return self._reaching(graph, name, node, depth)
        finally:
            self.busy.discard(name)

    def _reaching(self, graph: Graph, name: str, node: Node, depth: int) -> list[_Value]:
        start: tuple[_Value, ...] = ()
        if name in self.params or not self.definition.complete:
            start = (self.unknown(node)[0]._replace(spelling=name),)

        def transfer(index: int, state: tuple[_Value, ...]) -> tuple[_Value, ...]:
            for _, target, value, sign in settings(graph, index, name, self.unit):
                state = self._set(name, state, target, value, sign, depth)
            return state

        def edge(way: Edge, state: tuple[_Value, ...]) -> tuple[_Value, ...] | None:
            return self._tested(way, name, state)

        solution = forward(graph, start, transfer, edge, _union)
        if not solution.complete:
            return self.unknown(node)
        block = block_of(graph, node)
        if block is None or block not in solution.before:
            return self.unknown(node)
        state = solution.before[block][0]
        for step_node, target, value, sign in settings(graph, block, name, self.unit):
            if step_node.end_byte > node.start_byte:
                break
            state = self._set(name, state, target, value, sign, depth)
        return list(state) if 0 < len(state) <= WAYS else self.unknown(node)

    def _tested(self, way: Edge, name: str, state: tuple[_Value, ...]) -> tuple[_Value, ...] | None:
        """The alternatives that an edge leaves, and what it says of them; None where it leaves none."""
        if way.cond is None or way.case is not None or not state:
            return state
        node = branches.stripped(way.cond)
        test = masktest.helper(node, name, self.unit, self.tests)
        if test is None:
            compared = masktest.operand(node, name, self.unit)
            values = self.expression(compared[0], None, DEPTH) if compared is not None else []
            if compared is None or len(values) != 1 or len(set(values[0].bits)) != 1 or values[0].bits[0].rest != "0":
                return state
            test = masktest.Test(frozenset(values[0].bits[0].bits), not compared[1])
        kept = []
        for value in state:
            bits = [masktest.narrowed(one, test, way.truth) for one in value.bits]
            if any(one is not None for one in bits):
                found = (one or old for one, old in zip(bits, value.bits, strict=True))
                kept.append(value._replace(bits=tuple(found)))
        return tuple(kept) or None

    def _set(
        self, name: str, state: tuple[_Value, ...], target: Node, value: Node | None, sign: str, depth: int
    ) -> tuple[_Value, ...]:
        """The variable's alternatives after ``target sign value``."""
        if value is None:
            return () if sign == "declare" else (self.unknown(target)[0]._replace(spelling=name),)
        if sign == "=":
            return _limited(self.expression(value, (name, state), depth + 1), self.unknown(target))
        if sign not in ("|=", "&="):
            return (self.unknown(target)[0]._replace(spelling=name),)
        right = self.expression(value, (name, state), depth + 1)
        made = [self.combine(sign[0], one, two, value) for one in state for two in right]
        return _limited(made, self.unknown(target))


def _limited(values: list[_Value], instead: list[_Value]) -> tuple[_Value, ...]:
    unique = _union((), tuple(values))
    return unique if len(unique) <= WAYS else tuple(instead)


def _union(one: tuple[_Value, ...], two: tuple[_Value, ...]) -> tuple[_Value, ...]:
    """Both, each value of a place once, however it is spelled; what conditions said of it only where all agree."""
    found: dict[object, _Value] = {}
    for value in (*two, *one):
        key = (value.names, value.node.id, tuple(bits.rest for bits in value.bits))
        old = found.get(key)
        if old is not None and old.bits != value.bits:
            value = value._replace(bits=tuple(flagtext.join(two) for two in zip(old.bits, value.bits, strict=True)))
        found[key] = value
    return tuple(found.values())


def _unseen(value: _Value) -> bool:
    """Nothing is known of it: what stands on the other side of & only filters it."""
    return not value.names and all(bits.rest == "?" for bits in value.bits)


def _outside(node: Node, whole: Node) -> bool:
    return not whole.start_byte <= node.start_byte < whole.end_byte


def _wrap(value: _Value) -> str:
    return f"({value.spelling})" if "|" in value.spelling else value.spelling
