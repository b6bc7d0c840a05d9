# SPDX-License-Identifier: GPL-2.0-or-later
"""Is a lock that is held at a way out forgotten, or handed to the caller?

A path counts only if it needs no value to have changed behind its back.
A lock that is held there is a leak where

- the function gives it back on another path that returns the same kind of
  value (an error, success), or
- it returns an error with it and success without it, or
- nothing in sight speaks for a hand-over: neither the function's name or
  comment, nor a release without a lock elsewhere in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from gfplint import regex
from gfplint.facts import tables
from gfplint.flow import conditions, handover
from gfplint.flow.branches import arguments, callee
from gfplint.flow.compiled import Program
from gfplint.flow.conditions import ANY, NEG, POS, ZERO
from gfplint.flow.effects import Assign, Call, Release, Return, evaluate
from gfplint.flow.lockstate import Held, Machine, State, section
from gfplint.flow.shape import last_of
from gfplint.record import NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node

    from gfplint.flow.locks import Exit
    from gfplint.source.model import Definition

_COMMENT = regex.compile(
    r"lock(?:s|ed)?\b.*\bheld|held\b.*\block|return\w*\s+(?:\w+\s+){0,3}locked|must\s+(?:\w+\s+)?unlock|return[^.]*\bacquired\s+lock|caller.*unlock|unlock.*caller",
    re.I | re.S,
)
_UNLOCKS = regex.compile(r"(?:/\*|//|\*)[^/]*\w+\W+unlocks\b")  # a remark on what another function does
_LOCKER = regex.compile(r"(?<!un)(?<![bcfBCF])lock\d?(?:_|$)")  # xfs_ilock, xfs_dqlock2, and no block, clock or flock
_LOCKED = regex.compile(r"(?<!un)lock|keep")  # a label that is named so is for those who keep the lock
_HEAD = regex.compile(rb"__(?:acquires?|cond_acquires|must_hold)\s*\(")


class Way(NamedTuple):
    """The paths that leave by one return, coming by one goto."""

    op: Return | None
    node: Node  # the return, or the body for the closing brace
    goto: Node | None
    states: tuple[State, ...]


def ways(machine: Machine) -> list[Way]:
    """The ways out; a return is told apart by the gotos that lead to it where the locks differ."""
    by_node: dict[int, list[tuple[Return | None, Node, State]]] = {}
    for op, node, state in machine.exits:
        by_node.setdefault(node.start_byte, []).append((op, node, state))
    found = []
    for group in by_node.values():
        op, node, _ = group[0]
        states = [state for _, _, state in group]
        solid = [state for state in states if not state.doubt]
        if len({_slots(state) for state in solid}) < 2:
            found.append(Way(op, node, None, tuple(states)))
            continue
        apart: dict[int, list[State]] = {}
        for state in states:
            for via in state.via or (0,):
                apart.setdefault(via, []).append(state)
        found += [Way(op, node, machine.nodes.get(via), tuple(own)) for via, own in sorted(apart.items())]
    return found


def _slots(state: State) -> frozenset[tuple[str, bool]]:
    return frozenset((held.slot, held.sure) for held in state.held if held.origin == "taken")


def exits(program: Program, ways: list[Way], machine: Machine) -> Iterator[Exit]:
    """The exits with what is held and what is forgotten there."""
    from gfplint.flow.locks import Exit, summed

    court = _Court(program, ways, machine.lent, machine.faded)
    for way in ways:
        surely, maybe = summed(way.states)
        place = way.goto or way.node
        span = program.unit.span(place)
        if way.op is None:  # the closing brace
            span = span._replace(start=(span.end[0], max(1, span.end[1] - 1)))
        kinds = {court.kind(way, state) for state in way.states}
        leaks = tuple(court.leaks(way))
        yield Exit(place, span, surely, maybe, kinds == {"error"}, way.op.text if way.op is not None else "", leaks)


def _kind(op: Return | None, state: State, type: str, unsigned: frozenset[str]) -> str:
    """What a path returns: "error", "zero", "other", "nothing"; "" where that is not known.

    Of an integer that is no bool, anything but a failure is "zero".
    """
    if op is None or (not op.text and op.value.signs == ANY and not op.value.key):
        return "nothing"
    signs = evaluate(op.value, state.env).signs
    if op.value.key in unsigned:
        signs &= ~NEG
    number = "*" not in type and "bool" not in type.split()
    if signs == NEG or (number and signs == NEG | POS):
        return "error"
    if signs == ZERO or (number and not signs & NEG):
        return "zero"
    return "other" if not signs & (NEG | ZERO) else ""


def _type(definition: Definition) -> str:
    """The return type, with the stars that stand before the name."""
    head = definition.unit.parsed[definition.node.start_byte : definition.body.start_byte].decode("utf-8", "replace")
    return definition.type + ("*" if "*" in head.split("(", 1)[0] else "")


class _Court:
    """Judges the exits of one function."""

    def __init__(self, program: Program, ways: list[Way], lent: Iterable[str], faded: Iterable[State]) -> None:
        self.program = program
        self.ways = ways
        self.definition = program.graph.definition
        self.type = _type(self.definition)
        self.faded = [state for state in faded if not state.doubt]
        self.lent = frozenset(lent)  # held by the caller
        self.paths = [(way, state, self.kind(way, state)) for way in ways for state in way.states if not state.doubt]

    def kind(self, way: Way, state: State) -> str:
        return _kind(way.op, state, self.type, self.program.unsigned)

    def leaks(self, way: Way) -> Iterator[Held]:
        seen = set()
        for state in way.states:
            if state.doubt:
                continue
            for held in state.held:
                if held.slot in seen or held.origin != "taken":
                    continue
                if self.leak(way, state, held) if held.sure else held.lost and self.forgotten(way, state, held):
                    seen.add(held.slot)
                    yield held

    def leak(self, way: Way, state: State, held: Held) -> bool:
        if not held.op.release or section(held.op) or held.slot in self.lent:
            return False
        if self.private(held):
            return not self.elsewhere(held, False)
        if (
            (way.goto is not None and _LOCKED.search(_label(way.goto)))
            or (self.handed_name() and not self.only_fails(held))
            or self.passed_on(way, held)
            or self.annotated()
        ):
            return False
        kind = self.kind(way, state)
        if kind != "error" and self.returned(way, held):
            return False
        free = [(other, own) for _, other, own in self.paths if not _holds(other, held) and self.concerned(other, held)]
        if kind == "error" and any(held.slot in other.gave for other in self.faded):
            return True
        if free and (kind in ("error", "nothing") or any(own == kind for _, own in free)):
            return True
        return self.nobody_else(way, held)

    def forgotten(self, way: Way, state: State, held: Held) -> bool:
        """The pointer to the lock went on to another one, and nothing in the function gives such a lock back."""
        last = last_of(held.key)
        given = (op for ops in self.program.ops for op in ops if isinstance(op, Release))
        if any(last_of(op.key) == last or (op.name in held.op.release and not op.key.startswith("&")) for op in given):
            return False
        return self.leak(way, state, held)

    def private(self, held: Held) -> bool:
        """The lock is a static variable of the file: nobody out of sight gives it back."""
        name, callees = held.key.removeprefix("&"), self.program.callees
        if callees is None or not callees.image.whole or not name.isidentifier() or name in self.program.local:
            return False
        declared = re.compile(rf"(?m)^static\b[^;{{}}()=]*?(?:\b[A-Z_]+\()?\b{name}\b".encode())
        return any(declared.search(piece.text) for piece in callees.image.pieces)

    def elsewhere(self, held: Held, helpers: bool) -> bool:
        """Some other function of the file gives such a lock back and does not take it."""
        callees = self.program.callees
        own = (self.definition.first, self.definition.last)
        return callees is None or handover.released_elsewhere(callees.image, held.op, held.key, own, helpers)

    def only_fails(self, held: Held) -> bool:
        """Success comes without the lock on every path that took it; a hand-over does the contrary."""
        kinds = [
            (_holds(state, held), own)
            for _, state, own in self.paths
            if _holds(state, held) or self.concerned(state, held)
        ]
        return (
            self.definition.complete
            and all(own == "error" for holds, own in kinds if holds)
            and any(own != "error" for holds, own in kinds if not holds)
        )

    def nobody_else(self, way: Way, held: Held) -> bool:
        """Nothing in the file gives back what this function would leave to others."""
        callees = self.program.callees
        if callees is None or not callees.image.whole or held.slot in self.program.loose or held.op.mode == "count":
            return False
        if callee(held.node) not in self.program.words.acquires:
            return False  # a function of the file took it for its callers, and so may this one
        if "->" in held.key and not held.key.startswith("&") and self.chosen(held.key):
            return False  # which lock it is, is put down in a structure for others
        free = any(not state.doubt and not _holds(state, held) and held.slot not in state.gave for state in way.states)
        if free and not _goes_on(held.node):
            return False  # taken on a condition, and for what comes after
        calls = (op for ops in self.program.ops for op in ops if isinstance(op, Call) and "unlock" in op.name)
        if any(held.slot in op.frees and op.node.start_byte < held.node.start_byte for op in calls):
            return False  # given back by a function out of sight, and taken again
        locks = tables.load().section("flow")["locks"]
        helpers = not _pattern((*locks["handing"], *locks["perhaps_handing"])).search(self.definition.name)
        return not self.elsewhere(held, helpers)

    def chosen(self, key: str) -> bool:
        """The function itself sets the pointer to the lock."""
        return any(
            isinstance(op, Assign) and op.key == key for ops in self.program.ops for op in ops
        ) or f"&{key}" in "".join(self.definition.unit.token(self.definition.body).split())

    def returned(self, way: Way, held: Held) -> bool:
        """It returns what the lock belongs to."""
        key = way.op.value.key if way.op is not None else ""
        roots = conditions.parts(held.key).roots
        if key in roots:
            return True
        if "*" not in self.type or not key.isidentifier():
            return False
        body = self.definition.unit.source(self.definition.body)  # f = F(inode); lock(&f->sem); return inode;
        return any(re.search(rf"\b{root}\s*=[^;=]*\b{key}\b", body) for root in roots & self.program.local)

    def concerned(self, state: State, held: Held) -> bool:
        """The path took the lock and gave it back."""
        return held.slot in state.gave

    def handed_name(self) -> bool:
        locks = tables.load().section("flow")["locks"]
        words = tuple(locks["handing"])
        if self.program.callees is None or not self.program.callees.image.whole:
            words += tuple(locks["perhaps_handing"])  # who gives it back is out of sight
        name = self.definition.name
        return bool(_pattern(words).search(name) or _LOCKER.search(name))

    def annotated(self) -> bool:
        unit, node = self.program.unit, self.definition.node
        head = unit.text[max(0, node.start_byte - unit.lead) : max(0, self.definition.body.start_byte - unit.lead)]
        body = unit.source(self.definition.body)
        return bool(_HEAD.search(head) or _COMMENT.search(self.definition.comment) or _UNLOCKS.search(body))

    def passed_on(self, way: Way, held: Held) -> bool:
        """The value returned is made by a call that is handed what the lock belongs to."""
        if way.op is None or way.op.call is None:
            return False
        callees = self.program.callees
        if callees is not None and callees.of(callee(way.op.call)) is not None:
            return False  # it has been seen through
        own = conditions.parts(held.key).roots
        for arg in arguments(way.op.call):
            text = self.program.namer(arg)
            if "*" in self.type and conditions.parts(text).roots & own:
                return True  # a pointer to something of the locked object
            if text in own or (text.startswith("&") and conditions.parts(text).roots & own):
                return True
        return False


def _goes_on(node: Node) -> bool:
    """Something is called in the same block after the lock was taken."""
    inner: Node | None = node
    while inner is not None and inner.parent is not None and inner.parent.type != "compound_statement":
        inner = inner.parent
    after = inner.next_named_sibling if inner is not None else None
    while after is not None:
        if b"(" in (after.text or b""):
            return True
        after = after.next_named_sibling
    return False


def _label(goto: Node) -> str:
    label = goto.child_by_field_name("label")
    return label.text.decode("utf-8", "replace") if label is not None and label.text is not None else ""


def _holds(state: State, held: Held) -> bool:
    return any(other.slot == held.slot for other in state.held)


@cache
def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    return regex.compile(r"(?:^|_)(?:" + "|".join(words) + r")(?:_|ed|ing|s?$)")
