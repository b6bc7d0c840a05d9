# SPDX-License-Identifier: GPL-2.0-or-later
"""What each step of a graph does to locks and to what is known of values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from gfplint.flow import conditions
from gfplint.flow.branches import arguments, callee, stripped
from gfplint.flow.conditions import ANY, NONZERO, ZERO, Atom, Namer, Parts, Val
from gfplint.flow.graph import Graph, Step
from gfplint.record import NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node

    from gfplint.facts.model import LockOp

_UNEVALUATED = frozenset(("sizeof_expression", "alignof_expression", "offsetof_expression", "compound_statement"))


class Value(NamedTuple):
    """What is assigned or returned, as far as it is followed."""

    signs: int = ANY
    const: str | None = None
    key: str = ""  # a copy of this
    atom: Atom | None = None  # the truth of this
    fold: str = ""  # "ptr_err_or_zero" of key


class Acquire(NamedTuple):
    node: Node
    op: LockOp
    slot: str  # tells locks apart
    key: str  # the lock's expression, "" for an implicit one
    result: str  # key of its result, "" where nobody looks
    there: str  # what must not be NULL for that to work, "" for nothing
    signs: tuple[int, int] | None = None  # of the result with and without the lock; None: as the lock's row says


class Release(NamedTuple):
    node: Node
    name: str
    slots: tuple[tuple[LockOp, str], ...]
    key: str


class Assign(NamedTuple):
    node: Node
    key: str
    value: Value
    kills: frozenset[str]  # keys that depend on it
    loses: frozenset[str]  # slots whose expression it changes


class Call(NamedTuple):
    """Any other call."""

    node: Node
    name: str
    stale: frozenset[str]  # keys that it may change
    kills: frozenset[str]  # keys of variables that it is handed the address of
    frees: frozenset[str]  # slots that it may release
    takes: bool = False  # it may take a lock that has no name here


class Assume(NamedTuple):
    node: Node
    atom: Atom
    truth: bool


class Scope(NamedTuple):
    """A guard: taken, or its scope left."""

    node: Node
    op: LockOp
    slot: str
    key: str
    taken: bool


class Gap(NamedTuple):
    node: Node


class Return(NamedTuple):
    node: Node
    value: Value
    text: str
    call: Node | None  # what is returned is the result of this


Op = Acquire | Release | Assign | Call | Assume | Scope | Gap | Return


def walk(node: Node, split: frozenset[int]) -> Iterator[Node]:
    """Calls, assignments and updates in ``node``, in the order of their evaluation."""
    kind = node.type
    if kind in _UNEVALUATED or node.id in split or not node.child_count:
        return
    if kind == "assignment_expression":
        for name in ("right", "left"):
            if (part := node.child_by_field_name(name)) is not None:
                yield from walk(part, split)
        yield node
        return
    for child in node.named_children:
        yield from walk(child, split)
    if kind in ("call_expression", "update_expression"):
        yield node


def value_of(namer: Namer, node: Node | bool | None, results: dict[int, str]) -> Value:
    """What the value of an expression is, as far as it is followed."""
    if node is None:
        return Value()
    if isinstance(node, bool):
        return Value(NONZERO, "true") if node else Value(ZERO, "false")
    node = stripped(node)
    if node.id in results:
        return Value(key=results[node.id])
    kind = node.type
    if kind == "cast_expression" and (inner := node.child_by_field_name("value")) is not None:
        return value_of(namer, inner, results)
    if kind == "assignment_expression" and (left := node.child_by_field_name("left")) is not None:
        return Value(key=namer(left))
    if kind in ("true", "false", "null", "number_literal", "char_literal"):
        text = namer(node)
        return Value(conditions.sign_of(text), text)
    if kind in ("string_literal", "concatenated_string"):
        return Value(conditions.POS)
    if kind == "pointer_expression" and namer(node).startswith("&"):
        return Value(conditions.POS)
    if kind == "unary_expression":
        text = namer(node)
        if conditions.constant(text):
            return Value(conditions.sign_of(text), text)
        if text.startswith("!"):
            inner = node.child_by_field_name("argument")
            if inner is not None:
                return Value(atom=_flip(_atom(namer, inner, results)))
        return Value()
    if kind == "binary_expression":
        found = _atom(namer, node, results)
        return Value(atom=found) if _compares(node) else Value()
    if kind == "call_expression":
        return _call_value(namer, node, results)
    if kind in ("identifier", "field_expression", "subscript_expression", "pointer_expression"):
        text = namer(node)
        if conditions.constant(text):
            return Value(conditions.sign_of(text), text)
        return Value(key=text)
    return Value()


def _compares(node: Node) -> bool:
    operator = node.child_by_field_name("operator")
    return operator is not None and operator.type in ("==", "!=", "<", ">", "<=", ">=")


def _flip(atom: Atom) -> Atom:
    return atom._replace(negate=not atom.negate)


def _atom(namer: Namer, node: Node, results: dict[int, str]) -> Atom:
    node = stripped(node)
    if node.id in results:
        return Atom(results[node.id], NONZERO, ZERO)
    return conditions.atom(namer, node)


def _call_value(namer: Namer, node: Node, results: dict[int, str]) -> Value:
    name, args = callee(node), arguments(node)
    if len(args) == 1:
        if name in ("ERR_PTR", "PTR_ERR", "ERR_CAST", "READ_ONCE", "likely", "unlikely"):
            return value_of(namer, args[0], results)
        if name == "PTR_ERR_OR_ZERO":
            return value_of(namer, args[0], results)._replace(fold=name)
        if name == "IS_ERR":
            return Value(atom=conditions.atom(namer, node))
    return Value()


def evaluate(value: Value, env: conditions.Env) -> Val:
    """A value on a path."""
    if value.atom is not None:
        yes, _ = conditions.assume(env, value.atom, True)
        no, _ = conditions.assume(env, value.atom, False)
        return Val((NONZERO & ~conditions.NEG if yes is not None else 0) | (ZERO if no is not None else 0))
    val = env.get(value.key, conditions.UNKNOWN) if value.key else Val(value.signs, value.const)
    if value.fold == "next":
        return Val(val.signs if val.signs == conditions.POS else ANY)
    if value.fold:
        return Val(val.signs & conditions.NEG | (ZERO if val.signs & ~conditions.NEG else 0))
    return val


def texts(steps: Iterable[Step], split: frozenset[int]) -> Iterator[Node]:
    """All calls, assignments and updates of ``steps``."""
    for step in steps:
        if step.kind in ("eval", "assign"):
            node = step.value if step.kind != "eval" else step.node
            if step.kind == "assign" and step.target is not None and step.target.type != "identifier":
                yield from walk(step.target, split)
            if node is not None and not isinstance(node, bool):
                yield from walk(node, split)


class Index:
    """Expressions by what they are made of, to find those that an assignment changes."""

    __slots__ = ("_fields", "_roots")

    def __init__(self, made: Mapping[str, Parts]) -> None:
        self._roots: dict[str, set[str]] = {}
        self._fields: dict[str, set[str]] = {}
        for text, parts in made.items():
            for root in parts.roots:
                self._roots.setdefault(root, set()).add(text)
            for field in parts.fields:
                self._fields.setdefault(field, set()).add(text)

    def of(self, roots: Iterable[str]) -> set[str]:
        """Those that go through one of ``roots``."""
        return set[str]().union(*(self._roots.get(root, ()) for root in roots))

    def changed(self, key: str, on: Parts) -> set[str]:
        """Those that change when what ``key`` (made of ``on``) names is assigned."""
        if not on.memory:
            return set(self._roots.get(key, ()))
        if on.fields:
            return set(self._fields.get(key.replace("->", ".").rsplit(".", 1)[-1].split("[")[0], ()))
        return self.of(on.roots)  # *p or a[i]: what is reached through p or a


def aliases(graph: Graph, namer: Namer, local: frozenset[str]) -> None:
    """Teach ``namer`` the locals that are set once, to the address of something or to a field, and never handed out."""
    count: dict[str, int] = {}
    found: dict[str, Node] = {}
    for block in graph.blocks:
        for step in block.steps:
            for name, value in _sets(step, graph.split, namer):
                count[name] = count.get(name, 0) + 1
                if value is not None and _pure(value):
                    found[name] = value
            if step.kind == "loop":
                for name in local & parts_of(namer, step.node):
                    count[name] = count.get(name, 0) + 2
    for name, value in found.items():
        if count[name] == 1 and name in local:
            text = Namer(namer.unit, namer.aliases)(value)
            if len(text) < 60 and all(count.get(root, 0) <= 1 for root in conditions.parts(text).roots):
                namer.aliases[name] = text


def parts_of(namer: Namer, node: Node) -> frozenset[str]:
    """The names in the head of a loop."""
    text = namer.unit.parsed[node.start_byte : node.end_byte].split(b"{", 1)[0]
    return conditions.parts(text.decode("utf-8", "surrogateescape")).roots


def _sets(step: Step, split: frozenset[int], namer: Namer) -> Iterator[tuple[str, Node | None]]:
    """Names that a step sets, with the value where it is all there is to it."""
    if (
        step.kind == "assign"
        and step.target is not None
        and step.target.type == "identifier"
        and step.value is not None
    ):
        yield namer.unit.token(step.target), None if isinstance(step.value, bool) else step.value
    for node in texts([step], split):
        if node.type == "assignment_expression":
            left = node.child_by_field_name("left")
        elif node.type == "update_expression":
            left = node.child_by_field_name("argument")
        else:
            for arg in arguments(node):
                if arg.type == "pointer_expression" and (inner := arg.child_by_field_name("argument")) is not None:
                    if inner.type == "identifier":
                        yield namer.unit.token(inner), None
            continue
        if left is not None and left.type == "identifier":
            yield namer.unit.token(left), None


def _pure(node: Node) -> bool:
    """A value that needs no call."""
    node = stripped(node)
    return node.type in ("field_expression", "pointer_expression") and b"(" not in (node.text or b"(")
