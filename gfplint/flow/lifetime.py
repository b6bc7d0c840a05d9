# SPDX-License-Identifier: GPL-2.0-or-later
"""Which allocation a pointer holds where it is freed, returned or shown to user space; zeroed or not.

Pointers are followed by their normalised text through one function.  What a
callee, a structure or a caller may have done to them is unknown, and a
pointer is given up as soon as it is stored where others see it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from gfplint import regex
from gfplint.facts.model import Allocator
from gfplint.flow import conditions, masks
from gfplint.flow.branches import arguments, callee, stripped
from gfplint.flow.conditions import Namer
from gfplint.flow.effects import texts
from gfplint.flow.graph import Edge, Graph, Step, build
from gfplint.flow.solve import forward
from gfplint.record import NamedTuple
from gfplint.source.model import Definition

if TYPE_CHECKING:
    from tree_sitter import Node

    from gfplint.facts.tables import Tables

_WORD = regex.compile(rb"[A-Za-z_]\w++")

Zeroed = Literal["yes", "no", "unknown"]
UseKind = Literal["free", "return", "expose"]


class Allocation(NamedTuple):
    """Memory, by the call that it came from."""

    node: Node
    row: Allocator
    zeroed: Zeroed
    filled: bool = False  # something has been written into it since

    @property
    def name(self) -> str:
        return self.row.name


class Use(NamedTuple):
    """A place where it matters what a pointer holds."""

    kind: UseKind
    node: Node
    name: str  # the function called, "return"
    key: str  # the pointer
    holds: tuple[Allocation, ...]  # what it may hold
    known: bool  # and nothing else but NULL
    null: bool  # it may be NULL
    freed: bool  # on some path the memory has been freed already
    origin: bool  # it surely comes from these allocations, although others may have seen the pointer since


class _Mem(NamedTuple):
    """What a pointer may hold."""

    holds: frozenset[Allocation]
    other: bool  # something that is not known
    null: bool
    freed: bool = False
    shared: bool = False  # kept where others see it, who may do anything with the memory


_OTHER = _Mem(frozenset(), True, True)  # of whatever is not in a state
_NULL = _Mem(frozenset(), False, True)
_State = Mapping[str, _Mem]


def analyse(
    definition: Definition, tables: Tables, kernel: str | None = None, defines: Mapping[str, str] = masks.NO_DEFINES
) -> tuple[Use, ...] | None:
    """What pointers hold at frees, returns and exposures, in order; None where the flow is unknown."""
    if not _allocates(definition, tables):
        return ()  # nothing that a use could hold: most functions
    graph = build(definition)
    if graph is None:
        return None
    return _Follower(graph, tables, kernel, defines).uses()


def _allocates(definition: Definition, tables: Tables) -> bool:
    """The name of an allocator stands in the function."""
    body = definition.unit.parsed[definition.body.start_byte : definition.body.end_byte]
    return any(word.decode("ascii", "replace") in tables.allocators for word in set(_WORD.findall(body)))


class _Follower:
    """Follows the pointers of one function."""

    def __init__(self, graph: Graph, tables: Tables, kernel: str | None, defines: Mapping[str, str]) -> None:
        self.graph = graph
        self.definition = graph.definition
        self.namer = Namer(graph.definition.unit)
        self.tables = tables
        self.kernel = kernel
        self.defines = defines
        facts: Any = tables.section("flow")["lifetime"]
        self.free_args: Mapping[str, int] = facts["free_args"]
        self.exposes: Mapping[str, int] = facts["exposes"]
        self.fills: Mapping[str, int] = facts["fills"]
        self.keeps = frozenset(facts["keeps"]["names"])
        self.found: dict[tuple[int, str], Use] = {}

    def uses(self) -> tuple[Use, ...] | None:
        start: _State = {}
        solution = forward(self.graph, start, lambda index, state: self.block(index, state, None), self.edge, _join)
        if not solution.complete:
            return None
        for index, states in solution.before.items():
            self.block(index, states[0], self.note)
        return tuple(use for _, use in sorted(self.found.items(), key=lambda item: item[0][0]))

    def note(self, kind: UseKind, node: Node, name: str, key: str, mem: _Mem) -> None:
        if mem.holds:
            holds = tuple(sorted(mem.holds, key=lambda one: one.node.start_byte))
            known, origin = not (mem.other or mem.shared), not mem.other
            self.found[node.start_byte, key] = Use(kind, node, name, key, holds, known, mem.null, mem.freed, origin)

    def block(self, index: int, state: _State, note: Callable[..., None] | None) -> _State:
        for step in self.graph.blocks[index].steps:
            state = self.step(step, state, note)
        return state

    def step(self, step: Step, state: _State, note: Callable[..., None] | None) -> _State:
        if step.kind == "gap":
            return {}
        if step.kind == "loop":
            from gfplint.flow.effects import parts_of

            names = parts_of(self.namer, step.node)
            return {key: mem for key, mem in state.items() if not conditions.parts(key).roots & names}
        for node in texts([step], self.graph.split):
            if node.type == "call_expression":
                state = self.call(node, state, note)
            else:
                left = node.child_by_field_name("left" if node.type == "assignment_expression" else "argument")
                right = node.child_by_field_name("right") if node.type == "assignment_expression" else None
                if left is not None:
                    state = self.assign(self.namer(left), right, state)
        if step.kind == "assign" and step.target is not None and not isinstance(step.value, bool):
            state = self.assign(self.namer(step.target), step.value, state)
        if step.kind == "return" and note is not None and step.value is not None and not isinstance(step.value, bool):
            value = stripped(step.value)
            mem = self.value(value, state)
            note("return", step.node, "return", self.namer(value), mem)
        return state

    def assign(self, key: str, value: Node | None, state: _State) -> _State:
        mem = self.value(value, state) if value is not None else _OTHER
        roots = conditions.parts(key).roots
        plain = key in roots
        new = {
            other: old
            for other, old in state.items()
            if other != key and not (plain and key in conditions.parts(other).roots)
        }
        if value is not None and not plain:  # stored where others see it
            source = self.namer(stripped(value))
            if source in new:
                new[source] = new[source]._replace(shared=True)
        if mem.holds or not mem.other:
            new[key] = mem
        return new

    def value(self, node: Node, state: _State) -> _Mem:
        """What an expression may hold."""
        node = stripped(node)
        if node.type == "cast_expression" and (inner := node.child_by_field_name("value")) is not None:
            return self.value(inner, state)
        if node.type == "null":
            return _NULL
        if node.type == "call_expression":
            return self.allocated(node)
        if node.type == "assignment_expression" and (left := node.child_by_field_name("left")) is not None:
            return state.get(self.namer(left), _OTHER)
        return state.get(self.namer(node), _OTHER)

    def allocated(self, node: Node) -> _Mem:
        name, args = callee(node), arguments(node)
        row = self.tables.allocators.get(name, None)
        if (
            row is None
            or (row.nargs >= 0 and len(args) != row.nargs)
            or not row.free
            or row.fail in ("errno", "void", "bool")
        ):
            return _OTHER
        zeroed: Zeroed = "yes" if row.zero else "no"
        if not row.zero and 0 <= row.gfp < len(args):
            mask = masks.evaluate(self.definition, args[row.gfp], self.tables, self.kernel, self.defines)
            if "__GFP_ZERO" in mask.sure:
                zeroed = "yes"
            elif "__GFP_ZERO" in mask.maybe or not (mask.known or "__GFP_ZERO" in mask.never):
                zeroed = "unknown"
        elif row.gfp < 0 and not row.zero and row.cls in ("mempool", "kmem_cache"):
            zeroed = "unknown"  # a constructor, an element used before
        return _Mem(frozenset((Allocation(node, row, zeroed),)), False, True)

    def call(self, node: Node, state: _State, note: Callable[..., None] | None) -> _State:
        name, args = callee(node), arguments(node)
        index = self.free_args.get(name, 0 if name in _frees(self.tables) else -1)
        if 0 <= index < len(args):
            return self.freed(node, name, self.namer(args[index]), state, note)
        exposed = self.exposes.get(name, -1)
        if 0 <= exposed < len(args) and note is not None:
            key = self.namer(args[exposed])
            note("expose", node, name, key, state.get(key, _OTHER))
        filled = self.fills.get(name, -1)
        if 0 <= filled < len(args) and (key := self.namer(args[filled])) in state:
            return {**state, key: _filled(state[key])}
        return self.handed(name, [self.namer(arg) for arg in args], state)

    def handed(self, name: str, keys: list[str], state: _State) -> _State:
        """A callee may fill what it is handed, and change what it is handed the address of."""
        known = name in self.exposes or name in self.fills or name in _HARMLESS
        new = dict(state)
        for key in keys:
            if key.startswith("&"):
                new.pop(key[1:], None)
            elif key in new and not known:
                mem = _filled(new[key])
                new[key] = mem._replace(shared=True) if name in self.keeps else mem
        return new

    def freed(self, node: Node, name: str, key: str, state: _State, note: Callable[..., None] | None) -> _State:
        mem = state.get(key, _OTHER)
        if note is not None:
            note("free", node, name, key, mem)
        return {**state, key: mem._replace(freed=True)} if mem.holds else state

    def edge(self, way: Edge, state: _State) -> _State | None:
        """After a test for NULL or an error, a pointer holds nothing, or no NULL."""
        if way.cond is None or way.case is not None:
            return state
        atom = conditions.atom(self.namer, way.cond)
        mem = state.get(atom.key)
        if mem is None or atom.const is not None:
            return state
        signs = atom.true if way.truth != atom.negate else atom.false
        if not signs & conditions.POS:
            return {**state, atom.key: _Mem(frozenset(), mem.other, True)}
        if not signs & conditions.ZERO:
            return {**state, atom.key: mem._replace(null=False)} if mem.holds or mem.other else None
        return state


# They look and do not touch.
_HARMLESS = frozenset(
    ("IS_ERR", "IS_ERR_OR_NULL", "PTR_ERR", "WARN_ON", "likely", "unlikely", "virt_to_page", "page_to_pfn")
)


def _filled(mem: _Mem) -> _Mem:
    return mem._replace(holds=frozenset(one._replace(filled=True) for one in mem.holds))


def _join(one: _State, two: _State) -> _State:
    if one == two:
        return one
    joined = {}
    for key in {*one, *two}:
        a, b = one.get(key, _OTHER), two.get(key, _OTHER)
        mem = a if a == b else _Mem(a.holds | b.holds, *(one or two for one, two in zip(a[1:], b[1:], strict=True)))
        if mem.holds or not mem.other:
            joined[key] = mem
    return joined


def _frees(tables: Tables) -> frozenset[str]:
    """Functions that free what some allocator gives."""
    found = _CACHE.get(tables.digest)
    if found is None:
        rows = (tables.allocators[name] for name in tables.allocators)
        found = _CACHE[tables.digest] = frozenset(name for row in rows for name in row.free)
    return found


_CACHE: dict[str, frozenset[str]] = {}
