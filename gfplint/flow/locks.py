# SPDX-License-Identifier: GPL-2.0-or-later
"""Which locks are held where: at each statement, at each release, at each way out of a function.

Facts (``surely``, ``maybe``) say what the paths say; ``Exit.leaks`` is the
judgement that a maintainer would make of them, see ``judge``.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from gfplint.finding import Span
from gfplint.flow import graph as flowgraph
from gfplint.flow import summary
from gfplint.flow.compiled import Program
from gfplint.flow.effects import Acquire, Assign, Return, Scope, evaluate
from gfplint.flow.effects import Release as Undo
from gfplint.flow.lockstate import Held, Machine, Outcome, State, Twice
from gfplint.flow.solve import Bounds, Solution, paths
from gfplint.flow.vocabulary import vocabulary
from gfplint.record import NamedTuple
from gfplint.source import use
from gfplint.source.model import Definition

if TYPE_CHECKING:
    from tree_sitter import Node

    from gfplint.facts.model import LockOp
    from gfplint.facts.tables import Tables
    from gfplint.source.model import Source

__all__ = ["Exit", "Held", "LockFlow", "Release", "Taking", "Twice", "Unlock", "analyse"]

KEPT = 200  # flows of one file; the longest files have a thousand functions, and a flow takes 100 KiB


class Exit(NamedTuple):
    """A way out of a function: a return, a ``goto`` to one that others share, or the closing brace."""

    node: Node
    span: Span
    surely: tuple[Held, ...]  # on every path that comes here
    maybe: tuple[Held, ...]  # on some
    error: bool  # returns an error, as far as that is known
    returns: str  # the value, normalised; "" for none
    leaks: tuple[Held, ...] = ()  # taken here, and forgotten on a path that nothing rules out


class Release(NamedTuple):
    """An unlock."""

    node: Node
    name: str
    ops: tuple[LockOp, ...]  # what it may release
    key: str
    held: Literal["yes", "no", "maybe", "unknown"]
    other: Held | None  # the lock that is held in place of the one it releases
    without: tuple[Node, ...] = ()  # where held is "maybe": the gotos by which paths come that do not hold it
    tried: Node | None = None  # the acquisition of that lock that may fail, where there is one


class Taking(NamedTuple):
    """A lock taken, by a call or a guard."""

    node: Node
    op: LockOp
    key: str  # the lock's expression, "" for an implicit one
    slot: str


class Unlock(NamedTuple):
    """A lock given back, by a call, a callee, or the end of a guard's scope."""

    node: Node
    key: str
    slots: frozenset[str]


class LockFlow:
    """What the analysis of one function came to."""

    def __init__(self, program: Program, machine: Machine, solution: Solution[State]) -> None:
        from gfplint.flow import judge

        self._program = program
        self._solution = solution
        self.steps = solution.steps
        self.ways = judge.ways(machine)
        self.exits: tuple[Exit, ...] = tuple(judge.exits(program, self.ways, machine))
        self.releases: tuple[Release, ...] = tuple(_releases(program, machine))
        self.twice: tuple[Twice, ...] = tuple(machine.twice.values())

    def at(self, node: Node) -> tuple[tuple[Held, ...], tuple[Held, ...]]:
        """Locks held when ``node`` runs: surely, and maybe; both empty where it is not reached."""
        return summed(self.states(node))

    def takes(self, cls: str, but: Node) -> bool:
        """The function takes a lock of that class somewhere else than in ``but``."""
        return any(
            isinstance(op, Acquire) and op.op.lock == cls and op.node != but for ops in self._program.ops for op in ops
        )

    @cached_property
    def takings(self) -> tuple[Taking, ...]:
        """The places that take a lock."""
        return tuple(
            Taking(op.node, op.op, op.key, op.slot)
            for ops in self._program.ops
            for op in ops
            if isinstance(op, Acquire) or (isinstance(op, Scope) and op.taken)
        )

    def fresh(self, taking: Taking) -> bool:
        """The place is reached, and no path to it gives that lock, the caller's, back before."""
        states = self.states(taking.node)
        return bool(states) and not any(taking.slot in state.freed for state in states)

    @cached_property
    def unlocks(self) -> tuple[Unlock, ...]:
        """The places that give a lock back."""
        found = []
        for op in (op for ops in self._program.ops for op in ops):
            if isinstance(op, Undo):
                found.append(Unlock(op.node, op.key, frozenset(slot for _, slot in op.slots)))
            elif isinstance(op, Scope) and not op.taken:
                found.append(Unlock(op.node, op.key, frozenset((op.slot,))))
        return tuple(found)

    def place(self, node: Node) -> tuple[int, int] | None:
        """The block in which ``node`` runs, and how many operations run before it there."""
        return self._program.place(node)

    def states(self, node: Node) -> list[State]:
        """The states right before ``node``."""
        found: list[State] = []
        index = self._program.place(node)
        if index is None:
            return found
        block, count = index
        machine = Machine(self._program)
        for state in self._solution.before.get(block, []):
            states = [state]
            for op in self._program.ops[block][:count]:
                states = [after for before in states for after in machine.step(op, before)]
            found += states
        return found


def summed(states: Iterable[State]) -> tuple[tuple[Held, ...], tuple[Held, ...]]:
    """What is held in all of ``states``, and what in some; those that need a value to have changed do not count."""
    states = list(states)
    states = [state for state in states if not state.doubt] or states
    if not states:
        return (), ()
    everywhere = set.intersection(*({held.slot for held in state.held if held.sure} for state in states))
    surely: dict[str, Held] = {}
    maybe: dict[str, Held] = {}
    for state in states:
        for held in state.held:
            (surely if held.slot in everywhere else maybe).setdefault(held.slot, held)
    return tuple(surely.values()), tuple(maybe.values())


def analyse(
    definition: Definition, tables: Tables, source: Source | None = None, bounds: Bounds = Bounds()
) -> LockFlow | None:
    """The locks of ``definition``; None where its flow cannot be known or costs more than the bounds allow."""
    callees = summary.summaries(source.image, tables) if source is not None else None
    if callees is None or source is None:
        solved = solve(definition, tables, None, bounds)
        return LockFlow(*solved) if solved is not None else None
    callees.beside = source.beside
    if not callees.known:
        # Of two, under #if and #else, the longer: the other is a stub.
        callees.known.update({one.name: one for one in sorted(source.functions, key=lambda one: one.last - one.first)})
    key = (definition.node, bounds)
    if key not in callees.flows:
        solved = solve(definition, tables, callees, bounds)
        if len(callees.flows) >= KEPT:
            del callees.flows[next(iter(callees.flows))]
        callees.flows[key] = LockFlow(*solved) if solved is not None else None
    return callees.flows[key]


def solve(
    definition: Definition, tables: Tables, callees: summary.Summaries | None, bounds: Bounds = Bounds()
) -> tuple[Program, Machine, Solution[State]] | None:
    """Run the paths of ``definition``; with fewer of them kept apart where they are too many."""
    graph = flowgraph.build(definition)
    if graph is None:
        return None
    program = Program(graph, vocabulary(tables), callees)
    for apart in (bounds.apart, 1):
        machine = Machine(program)
        solution = paths(graph, State(gap=not definition.complete), machine, bounds._replace(apart=apart))
        if solution.complete:
            return program, machine, solution
    return None


def _releases(program: Program, machine: Machine) -> Iterable[Release]:
    """One for each unlock, over all paths."""
    found: dict[int, list[tuple[str, Held | None]]] = {}
    first: dict[int, Outcome] = {}
    for outcome, doubt in machine.outcomes:
        first.setdefault(outcome.node.start_byte, outcome)
        if not doubt:
            found.setdefault(outcome.node.start_byte, []).append((outcome.held, outcome.other))
    for place, outcome in sorted(first.items()):
        verdicts = found.get(place, [])
        kinds = {held for held, _ in verdicts}
        held: Literal["yes", "no", "maybe", "unknown"] = "unknown"
        if kinds == {"yes"}:
            held = "yes"
        elif kinds == {"no"}:
            held = "no"
        elif "yes" in kinds or "no" in kinds:
            held = "maybe"
        others = {other.slot: other for _, other in verdicts if other is not None}
        every = verdicts and all(other is not None for _, other in verdicts)
        other = next(iter(others.values())) if every and len(others) == 1 else None
        ops = program.words.releases.get(outcome.name, ())
        told = held == "maybe" and not _remembered(program, outcome.node)
        without = tuple(_gotos(machine, place)) if told else ()
        yield Release(outcome.node, outcome.name, ops, outcome.key, held, other, without, _tried(program, place))


def _remembered(program: Program, node: Node) -> bool:
    """The release stands in ``if (x->held)``, a field that the function sets: on a path it may say anything."""
    inner, around = node, node.parent
    while around is not None and around.type != "function_definition":
        asked = around.child_by_field_name("condition") if around.type == "if_statement" else None
        if asked is not None and asked != inner:
            text = program.namer(asked)
            fields = (op.key for ops in program.ops for op in ops if isinstance(op, Assign) and "->" in op.key)
            return any(use.mentions(text, field) for field in fields)
        inner, around = around, around.parent
    return False


def _tried(program: Program, place: int) -> Node | None:
    """The one acquisition that may fail of the lock that is released at ``place``."""
    every = [op for ops in program.ops for op in ops]
    slots = {slot for op in every if isinstance(op, Undo) and op.node.start_byte == place for _, slot in op.slots}
    tried = [op.node for op in every if isinstance(op, Acquire) and op.slot in slots and op.op.result != "void"]
    return tried[0] if len(tried) == 1 else None


def _gotos(machine: Machine, place: int) -> Iterable[Node]:
    """The gotos that lead to a release only without its lock."""
    bad: set[int] = set()
    good: set[int] = set()
    for outcome, doubt in machine.outcomes:
        if outcome.node.start_byte == place and not doubt:
            (bad if outcome.held == "no" else good).update(outcome.via)
    return (machine.nodes[via] for via in sorted(bad - good) if via in machine.nodes)


def is_error(op: Return | None, state: State) -> bool:
    """The path returns an error: a negative number, an ERR_PTR."""
    from gfplint.flow.conditions import NEG

    return op is not None and evaluate(op.value, state.env).signs == NEG
