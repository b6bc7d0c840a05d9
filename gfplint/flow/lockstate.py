# SPDX-License-Identifier: GPL-2.0-or-later
"""Locks along the paths of one function."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from gfplint.flow import conditions
from gfplint.flow.conditions import ANY, NONZERO, ZERO, Env, Val
from gfplint.flow.effects import Acquire, Assign, Assume, Call, Gap, Op, Release, Return, Scope, evaluate
from gfplint.flow.graph import Edge
from gfplint.flow.shape import last_of
from gfplint.flow.solve import Paths
from gfplint.record import NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node

    from gfplint.facts.model import LockOp
    from gfplint.flow.compiled import Program

Origin = Literal["taken", "entry", "guard"]
RESULTS = {"errno": (ZERO, NONZERO), "bool": (conditions.POS, ZERO), "ptr": (conditions.POS, ZERO)}


class Held(NamedTuple):
    """A lock that is held."""

    op: LockOp
    key: str  # the lock's expression, normalised; "" for an implicit lock
    node: Node  # the call that took it
    slot: str  # tells locks apart
    origin: Origin = "taken"
    sure: bool = True  # False: something may have released it, or its expression means another lock by now
    lost: bool = False  # the latter alone: the lock that was taken is held as before


class State(NamedTuple):
    """Where a path stands."""

    held: tuple[Held, ...] = ()
    freed: frozenset[str] = frozenset()  # released without having been taken here: the caller held them
    done: frozenset[str] = frozenset()  # taken and released here, and still meaning the same lock
    gave: frozenset[str] = frozenset()  # taken and released here
    env: Env = MappingProxyType({})
    doubt: bool = False  # the path needs a value to have changed in between
    via: frozenset[int] = frozenset()  # the last gotos, 0 for none
    gap: bool = False  # something before was not seen
    failed: frozenset[str] = frozenset()  # tried to take, and did not get


class Outcome(NamedTuple):
    """What a release met on one path."""

    node: Node
    name: str
    key: str
    held: Literal["yes", "no", "unknown"]
    other: Held | None
    via: frozenset[int] = frozenset()  # the gotos that lead there


class Twice(NamedTuple):
    """A lock taken while it is held."""

    node: Node
    op: LockOp
    key: str
    first: Held


class Machine(Paths[State]):
    """Runs a compiled function."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.outcomes: list[tuple[Outcome, bool]] = []
        self.lent: set[str] = set()  # locks that were given back without having been taken: the caller's
        self.twice: dict[tuple[int, str], Twice] = {}
        self.faded: list[State] = []  # paths that go on out of sight
        self.exits: list[tuple[Return | None, Node, State]] = []
        self.nodes: dict[int, Node] = {}

    # What the solver asks

    def key(self, state: State) -> Hashable:
        return state.held, state.freed, state.doubt

    def same(self, state: State) -> Hashable:
        locks = state.held, state.freed, state.done, state.gave, state.failed
        return locks, state.doubt, state.gap, frozenset(state.env.items())

    def merge(self, one: State, two: State) -> State:
        return one._replace(
            done=one.done & two.done,
            gave=one.gave & two.gave,
            env=conditions.join(one.env, two.env),
            via=one.via | two.via,
            gap=one.gap or two.gap,
            failed=one.failed & two.failed,
        )

    def history(self, one: State, two: State) -> State:
        return one if two.via <= one.via else one._replace(via=one.via | two.via)

    def transfer(self, index: int, state: State) -> Iterable[State]:
        states = [state]
        for op in self.program.ops[index] if not self.program.plain else ():
            states = [after for before in states for after in self.step(op, before)]
        if self.program.plain and any(isinstance(op, Gap) for op in self.program.ops[index]):
            states = [State(gap=True)]
        block = self.program.graph.blocks[index]
        if block.end == "unknown":
            self.faded += [state for state in states if state.gave]
        if block.end in ("return", "end"):
            last = self.program.ops[index][-1] if self.program.ops[index] else None
            node = block.steps[-1].node
            for state in states:
                self.exits.append((last if isinstance(last, Return) else None, node, state))
        return states

    def edge(self, index: int, way: Edge, state: State) -> State | None:
        if self.program.plain:
            return state
        env: Env = state.env
        doubt = state.doubt
        for atom, truth in self.program.atoms(way):
            found, wrong = conditions.assume(env, atom, truth)
            if found is None:
                return None
            if state.held and self.program.runs_out(way) and conditions.assume(env, atom, not truth)[0] is not None:
                wrong = True  # who left the loop by a break has not run out
            env, doubt = found, doubt or wrong
        skipped = self.program.skips.get(way.target)
        if skipped and way.cond is not None and any(held.slot in skipped for held in state.held):
            state = self.skip(skipped, way, state)
        if way.back is not None:
            state = self.unsure(state, frozenset(self.program.loose))
            tested = self.program.tested(way.back)
            env = {key: val for key, val in env.items() if not (val.stale and key in tested)}
        live = self.program.live[way.target]
        if not env.keys() <= live:
            env = {key: val for key, val in env.items() if key in live}
        via = state.via
        if way.jump is not None:
            self.nodes[way.jump.start_byte] = way.jump
            via = frozenset((way.jump.start_byte,))
        if env is state.env and doubt == state.doubt and via == state.via:
            return state
        return state._replace(env=env, doubt=doubt, via=via)

    def skip(self, slots: frozenset[str], way: Edge, state: State) -> State:
        """``if (x) unlock();`` with an x that nothing tells: whether it is skipped with the lock held is not known."""
        for atom, truth in self.program.atoms(way):
            if conditions.assume(state.env, atom, not truth)[0] is None:
                return state
        return state._replace(held=tuple(h._replace(sure=False) if h.slot in slots else h for h in state.held))

    # Operations

    def step(self, op: Op, state: State) -> Iterator[State]:
        if isinstance(op, Acquire):
            yield from self.acquire(op, state)
        elif isinstance(op, Release):
            yield self.release(op, state)
        elif isinstance(op, Assign):
            yield self.assign(op, state)
        elif isinstance(op, Call):
            yield self.call(op, state)
        elif isinstance(op, Assume):
            env, doubt = conditions.assume(state.env, op.atom, op.truth)
            if env is not None:
                yield state._replace(env=env, doubt=state.doubt or doubt)
        elif isinstance(op, Scope):
            yield self.scope(op, state)
        elif isinstance(op, Gap):
            yield State(via=state.via, gap=True)
        else:
            yield state

    def acquire(self, op: Acquire, state: State) -> Iterator[State]:
        result = op.op.result if op.signs is None else "signs"
        if op.there in self.program.keys:  # it would have crashed with NULL
            old = state.env.get(op.there, conditions.UNKNOWN)
            signs = old.signs & conditions.POS
            state = state._replace(env={**state.env, op.there: old._replace(signs=signs or conditions.POS)})
            if not signs and not old.stale:
                return
        if result == "void":
            yield self.take(op, state)
        elif not op.result:
            yield self.take(op, state, sure=False)
        else:
            yes, no = op.signs or RESULTS[result]
            if not no:  # always taken, and the result says nothing new
                yield taken_with(self.take(op, state), op.result, yes)
                return
            if result == "errno" and op.op.acquire_may_sleep:
                no = conditions.NEG  # an error number; down_trylock() returns 1
            taken = self.take(op, state)
            yield taken._replace(env={**taken.env, op.result: Val(yes)})
            yield state._replace(env={**state.env, op.result: Val(no)}, failed=state.failed | {op.slot})

    def take(self, op: Acquire, state: State, sure: bool = True) -> State:
        if op.slot in state.freed:  # unlocked and locked again: as the caller handed it over
            held = Held(op.op, op.key, op.node, op.slot, "entry", sure)
            return state._replace(held=_sorted((*state.held, held)), freed=state.freed - {op.slot})
        first = next((held for held in state.held if held.slot == op.slot), None)
        if first is not None and first.sure and not state.doubt:
            if op.op.result == "void" and "excl" in (op.op.mode, first.op.mode) and op.op.lock == first.op.lock:
                self.twice[op.node.start_byte, op.slot] = Twice(op.node, op.op, op.key, first)
        if first is not None and not sure:
            return self.unsure(state, frozenset((op.slot,)))
        held = Held(op.op, op.key, op.node, op.slot, "taken", sure)
        if first is not None and op.op.mode not in ("read", "count"):
            return state  # a bug or another lock of that name: once is enough
        if first is not None and section(op.op) and sum(held.slot == op.slot for held in state.held) > 1:
            return state
        if first is not None and sum(held.slot == op.slot for held in state.held) > 3:
            return state
        state = state._replace(done=state.done - {op.slot}, failed=state.failed - {op.slot})
        return state._replace(held=_sorted((*state.held, held)))

    def release(self, op: Release, state: State) -> State:
        slots = {slot for _, slot in op.slots}
        for held in reversed(state.held):
            if held.slot in slots and self.program.fits(op.name, held.op):
                self.note(op, state, "yes" if held.sure else "unknown", None)
                return self.let_go(state, held, op)
        for held in reversed(state.held):
            if held.slot in slots:
                self.note(op, state, "no" if held.sure else "unknown", held if held.sure else None)
                return self.let_go(state, held, op)
        return self.release_unheld(op, slots, state)

    def release_unheld(self, op: Release, slots: set[str], state: State) -> State:
        alike = [held for held in state.held if op.name in held.op.release and held.op.arg >= 0]
        likely = [held for held in alike if not _apart(held.key, op.key)]
        inside = self.program.words.inside.get(op.name)  # inode_unlock(inode) for down_write(&inode->i_rwsem)
        likely += [held for held in state.held if inside is not None and last_of(held.key) == inside]
        if likely:  # the same lock by another name, perhaps, or one of the caller's
            self.lent |= slots
            self.note(op, state, "unknown", None)
            return self.unsure(state, frozenset(held.slot for held in likely))
        if op.name in self.program.words.converts:
            return state
        gone = bool(slots & state.failed) or (bool(slots & state.done) and not state.gap)
        if not gone and not state.doubt:
            self.lent |= slots
        named = op.slots and op.slots[0][0].arg >= 0
        implicit = [held for held in state.held if held.op.arg < 0 and held.sure and not named and not section(held.op)]
        self.note(op, state, "no" if gone else "unknown", implicit[-1] if implicit and not gone else None)
        return state._replace(freed=state.freed | slots)

    def let_go(self, state: State, held: Held, op: Release) -> State:
        index = len(state.held) - 1 - state.held[::-1].index(held)
        rest = (*state.held[:index], *state.held[index + 1 :])
        kept = self.program.converted(op.name, held)
        if kept is not None:
            rest = _sorted((*rest, kept))
        if held.origin == "entry":
            return state._replace(held=rest, freed=state.freed | {held.slot})
        return state._replace(held=rest, done=state.done | {held.slot}, gave=state.gave | {held.slot})

    def note(self, op: Release, state: State, held: Literal["yes", "no", "unknown"], other: Held | None) -> None:
        if op.slots and section(op.slots[0][0]):
            return  # interrupts and their like are switched on and off by more than one pair
        self.outcomes.append((Outcome(op.node, op.name, op.key, held, other, state.via), state.doubt))

    def assign(self, op: Assign, state: State) -> State:
        val = evaluate(op.value, state.env)
        env = {key: old for key, old in state.env.items() if key not in op.kills} if op.kills else dict(state.env)
        if op.key in self.program.keys and (val.signs != ANY or val.const is not None):
            env[op.key] = val._replace(stale=False)
        else:
            env.pop(op.key, None)
        return self.renamed(state, op.loses)._replace(env=env)

    def call(self, op: Call, state: State) -> State:
        env = state.env
        if op.takes:
            state = state._replace(freed=frozenset(), done=frozenset(), failed=frozenset())
        if op.kills & env.keys() or op.stale & env.keys():
            env = {
                key: val._replace(stale=True) if key in op.stale and not val.stale else val
                for key, val in state.env.items()
                if key not in op.kills
            }
        state = self.unsure(state, op.frees)
        return state if env is state.env else state._replace(env=env)

    def unsure(self, state: State, slots: frozenset[str]) -> State:
        if not slots or not any(held.slot in slots for held in state.held):
            return state
        held = (h._replace(sure=False, lost=False) if h.slot in slots else h for h in state.held)
        return state._replace(held=tuple(held))

    def renamed(self, state: State, slots: frozenset[str]) -> State:
        """The expressions of ``slots`` mean other locks from here on."""
        if slots & (state.freed | state.done | state.failed):
            freed, done, failed = (names - slots for names in (state.freed, state.done, state.failed))
            state = state._replace(freed=freed, done=done, failed=failed)
        if not any(held.slot in slots for held in state.held):
            return state
        held = (h._replace(sure=False, lost=h.sure or h.lost) if h.slot in slots else h for h in state.held)
        return state._replace(held=tuple(held))

    def scope(self, op: Scope, state: State) -> State:
        if op.taken:
            return state._replace(held=_sorted((*state.held, Held(op.op, op.key, op.node, op.slot, "guard"))))
        return state._replace(held=tuple(held for held in state.held if held.node != op.node))


def taken_with(state: State, key: str, signs: int) -> State:
    """A lock was taken, and the result has these signs."""
    return state._replace(env={**state.env, key: Val(signs)})


def section(op: LockOp) -> bool:
    """Not a lock but a stretch in which nothing may sleep."""
    return op.lock.startswith("section:")


def _sorted(held: Iterable[Held]) -> tuple[Held, ...]:
    return tuple(sorted(held, key=lambda one: (one.slot, one.node.start_byte)))


def _apart(one: str, two: str) -> bool:
    """Two expressions that surely are not the same lock: other fields of the last structure, or other plain names."""
    first, second = (text.replace("->", ".").rsplit(".", 1)[-1].lstrip("&") for text in (one, two))
    if "[" in first or "[" in second or "(" in first or "(" in second:
        return False
    both_fields = all("." in text or "->" in text for text in (one, two))
    both_addresses = one.startswith("&") and two.startswith("&")
    return first != second and (both_fields or both_addresses)
