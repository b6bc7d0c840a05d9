# SPDX-License-Identifier: GPL-2.0-or-later
"""A graph compiled for the lock analysis: operations, and which values matter where."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gfplint import regex
from gfplint.facts.model import LockOp
from gfplint.flow import conditions, effects
from gfplint.flow.branches import arguments, callee, stripped
from gfplint.flow.effects import Acquire, Assign, Assume, Call, Gap, Op, Release, Return, Scope, Value
from gfplint.flow.frame import words_of
from gfplint.flow.graph import Graph, Step
from gfplint.flow.shape import Shape, base_of, holders, last_of, object_of, slot_of
from gfplint.flow.summary import bind
from gfplint.flow.vocabulary import Vocabulary

if TYPE_CHECKING:
    from tree_sitter import Node

    from gfplint.flow.lockstate import Held
    from gfplint.flow.summary import Summaries

_LOCKISH = regex.compile(r"^&.*(?:->|\.)\w*(?:lock|mutex|mtx|sem)\w*$")
_UNLOCKS = regex.compile(r"unlock|release")  # what it does was not understood


class Program(Shape):
    """A function, ready to run."""

    def __init__(self, graph: Graph, words: Vocabulary, callees: Summaries | None = None) -> None:
        super().__init__(graph, words, callees)
        self._places: list[tuple[int, int, int, int]] = []  # bytes of a step, its block, operations before it
        self.ops = [self._block(index) for index in range(len(graph.blocks))]
        self.live = [] if self.plain else self._liveness()
        self.skips = {} if self.plain else {index: self._released_in(node) for index, node in graph.skips.items()}

    # Operations

    def _block(self, index: int) -> list[Op]:
        ops: list[Op] = []
        for step in self.graph.blocks[index].steps:
            if step.kind not in ("drop", "return"):
                self._places.append((step.node.start_byte, step.node.end_byte, index, len(ops)))
            if self.plain and step.kind not in ("gap", "return"):
                continue  # nothing that a lock analysis would run
            for op in self._compile(step):
                if step.kind != "drop":
                    self._places.append((op.node.start_byte, op.node.end_byte, index, len(ops)))
                ops.append(op)
        return ops

    def hear(self) -> None:
        """Of a function without locks: learn what its callees may do to those of its parameters."""
        for block in self.graph.blocks if self.plain else ():
            for step in block.steps:
                for _ in self._compile(step):
                    pass  # leaves its mark in ``vague``

    def place(self, node: Node) -> tuple[int, int] | None:
        """Block and number of operations that run before ``node``; None where it is no part of a step."""
        if node == self.graph.definition.body:
            ends = [block for block in self.graph.blocks if block.end == "end"]
            return (ends[0].index, len(self.ops[ends[0].index])) if ends else None
        start, end = node.start_byte, node.end_byte
        inside = [place for place in self._places if start <= place[0] and place[1] <= end]
        if inside:
            first = min(inside, key=lambda place: (place[0], place[3]))
            return first[2], first[3]
        around = [place for place in self._places if place[0] <= start and end <= place[1]]
        best = min(around, key=lambda place: place[1] - place[0], default=None)
        return (best[2], best[3]) if best is not None else None

    def _compile(self, step: Step) -> Iterator[Op]:
        if step.kind == "gap":
            yield Gap(step.node)
            return
        if step.kind in ("guard", "drop"):
            yield from self._guard(step)
            return
        if step.kind == "loop":
            names = effects.parts_of(self.namer, step.node) & self.local
            yield Assign(step.node, "", Value(), self._dependents_of(names), self._losers(names))
            return
        if step.kind in ("eval", "assign"):
            for node in effects.texts([step], self.graph.split):
                yield from self._effect(node)
        if (
            step.kind == "assign"
            and step.target is not None
            and (step.value is not None or step.target.type == "identifier")
        ):
            yield self._assign(step.node, step.target, step.value)
        elif step.kind == "return":
            yield self._return(step)

    def _return(self, step: Step) -> Return:
        value = effects.value_of(self.namer, step.value, self.results)
        if step.value is None and step.node.type == "call_expression":  # a macro
            if callee(step.node) in words_of().returns_error:
                return Return(step.node, Value(conditions.NEG), callee(step.node), None)
        if step.value is None or isinstance(step.value, bool):
            return Return(step.node, value, "" if step.value is None else str(int(step.value)), None)
        node = stripped(step.value)
        call = node if node.type == "call_expression" and node.id not in self.results else None
        return Return(step.node, value, self.namer(step.value), call)

    def _effect(self, node: Node) -> Iterator[Op]:
        if node.type == "assignment_expression":
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            operator = node.child_by_field_name("operator")
            plain = operator is not None and operator.type == "="
            if left is not None:
                yield self._assign(node, left, right if plain else None)
        elif node.type == "update_expression":
            if (left := node.child_by_field_name("argument")) is not None:
                made = self._assign(node, left, None)
                up = (node.text or b"").strip(b" ();").endswith(b"++") or (node.text or b"").startswith(b"++")
                yield made._replace(value=Value(key=made.key, fold="next")) if up else made
        else:
            yield from self._call(node)

    def _call(self, node: Node) -> Iterator[Op]:
        name = callee(node)
        words = self.words
        if name in words.acquires:
            yield self._acquire(node, words.acquires[name])
        elif name in words.releases:
            pairs = [(op, self._lock(op, node)) for op in words.releases[name] if op.acquire not in words.returned]
            yield Release(node, name, tuple(dict.fromkeys((op, slot_of(op, key)) for op, key in pairs)), pairs[0][1])
        elif name in words.false_after or name in words.true_after:
            args = arguments(node)
            if args:
                yield Assume(node, self._condition(args[0]), name in words.true_after)
        else:
            yield from self._summarised(node, name)

    def _summarised(self, node: Node, name: str) -> Iterator[Op]:
        """Any other function, seen through where it is in sight."""
        known = self.callees.of(name) if self.callees is not None and name else None
        before = set(self.vague)
        other = self._other(node, name)
        if known is None or (not known.freed and not known.taken and _UNLOCKS.search(name)):
            yield other
            return
        self.vague = before  # the name of a function in sight is no hint
        args = [self.namer(arg) for arg in arguments(node)]
        unnamed = any(bind(known, one.key, args) is None for one in (*known.taken, *known.perhaps))
        yield other._replace(frees=other.frees & self.loose, takes=unnamed)
        unsure: set[str] = set()
        for name, arg in zip(known.params, arguments(node), strict=False):
            if name in known.vague:
                roots = conditions.parts(self.namer(arg)).roots
                self.vague |= roots
                unsure |= {slot for slot, parts in self.slot_parts.items() if parts.roots & roots}
        for freed in known.freed:
            key = bind(known, freed.key, args)
            if key is not None and freed.always:
                rows = [op for op in self.words.releases[freed.name] if op.acquire not in self.words.returned]
                yield Release(node, freed.name, tuple(dict.fromkeys((op, slot_of(op, key)) for op in rows)), key)
            else:
                unsure |= self._alike(key if key is not None else freed.key)
                self.sometimes.add((freed.name, key if key is not None else freed.key))
        for taken in (*known.taken, *known.perhaps):
            key = bind(known, taken.key, args)
            if key is None:
                continue
            result = self._watched(node) if node.id in self.results else ""
            always = taken.yes == conditions.ANY and taken in known.taken
            if always:
                plain = taken.op._replace(result="void")
                yield Acquire(node, plain, slot_of(plain, key), key, "", "")
            elif taken in known.taken:
                some = taken.op._replace(result="errno")
                yield Acquire(node, some, slot_of(some, key), key, result, "", (taken.yes, taken.no))
            else:
                yield Acquire(node, taken.op._replace(result="errno"), slot_of(taken.op, key), key, "", "")
        if unsure:
            yield Call(node, name, frozenset(), frozenset(), frozenset(unsure))

    def _alike(self, key: str) -> set[str]:
        """Slots that may be the lock of this expression in another function."""
        last = last_of(key)
        return {slot for slot in self.slots if last_of(object_of(slot)) == last}

    def _acquire(self, node: Node, ops: tuple[LockOp, ...]) -> Acquire:
        """The row for this very lock, if there is one; else the general one."""
        keys = [self._lock(op, node) for op in ops]
        chosen = next((index for index, op in enumerate(ops) if keys[index].lstrip("&") == op.lock), None)
        if chosen is None:
            chosen = next((index for index, op in enumerate(ops) if op.lock.startswith("arg")), len(ops) - 1)
        op, key = ops[chosen], keys[chosen]
        result = self._watched(node) if op.result != "void" else ""
        return Acquire(node, op, slot_of(op, key), key, result, base_of(key) if op.arg >= 0 else "")

    def _watched(self, node: Node) -> str:
        """The name of the call's result, "" when nobody looks at it."""
        parent = node.parent
        if parent is None or parent.type == "expression_statement":
            return ""
        return self.results[node.id]

    def _other(self, node: Node, name: str) -> Call:
        handed: set[str] = set()
        roots: set[str] = set()
        texts: set[str] = set()
        for arg in arguments(node):
            text = self.namer(arg)
            texts.add(text)
            parts = conditions.parts(text)
            roots |= parts.roots
            if text.startswith("&"):
                handed |= parts.roots if not parts.fields else set()
        kills = frozenset(self.index.of(handed & self.local))
        plain = {text for text in texts if text in self.keys}
        return Call(
            node,
            name,
            (self.outside | plain) - kills,
            kills,
            self._freed_by(node, name, roots, texts),
            bool(self.words.taking.search(name)),
        )

    def _freed_by(self, node: Node, name: str, roots: set[str], texts: set[str]) -> frozenset[str]:
        """Slots that a callee out of sight may release."""
        runs = any(text.isidentifier() and text.endswith(self.words.locked) for text in texts)
        if self.words.neutral.search(name) and not runs:
            return frozenset()
        word = name or _member(node)
        hinted = bool(self.words.releasing.search(word)) or not word or name in self.words.drops or runs
        perhaps = not hinted and bool(self.words.perhaps_releasing.search(word))
        if hinted:  # &x->other_lock says which lock it is about, and that it is not another one of x
            roots = {root for text in texts if not _LOCKISH.search(text) for root in conditions.parts(text).roots}
            self.vague |= roots
        if perhaps:
            self.vague |= texts & roots
        found = {slot for slot in self.loose if object_of(slot) in texts or f"&{object_of(slot)}" in texts}
        for text in texts & self.flags.keys():
            found |= self.flags[text]
        for slot, parts in self.slot_parts.items():
            if (
                slot in texts
                or (hinted and object_of(slot) in texts)
                or (hinted and (slot.startswith("#") or (parts.roots & roots)))
                or (perhaps and holders(object_of(slot)) & texts)
            ):
                found.add(slot)
        return frozenset(found)

    def _assign(self, node: Node, target: Node, value: Node | bool | None) -> Assign:
        key = self.namer.unit.token(target) if target.type == "identifier" else self.namer(target)
        on = conditions.parts(key)
        kills = frozenset(self.index.changed(key, on) - {key})
        loses = frozenset(self.slot_index.changed(key, on))
        return Assign(node, key, effects.value_of(self.namer, value, self.results), kills, loses)

    def _dependents_of(self, names: frozenset[str]) -> frozenset[str]:
        return frozenset(self.index.of(names))

    def _losers(self, names: frozenset[str]) -> frozenset[str]:
        return frozenset(self.slot_index.of(names))

    def _guard(self, step: Step) -> Iterator[Op]:
        if step.value is None or isinstance(step.value, bool):
            return
        name = self.unit.token(step.value)
        op = self.words.guards.get(name)
        if op is None:
            op = LockOp(name, f"guard({name})", (), "excl", "void", False, 0, False, ())
        key = self.namer(step.target) if step.target is not None else ""
        yield Scope(step.node, op, slot_of(op, key), key, step.kind == "guard")

    def _released_in(self, node: Node) -> frozenset[str]:
        """Slots that some statement inside gives back."""
        start, end = node.start_byte, node.end_byte
        return frozenset(
            slot
            for ops in self.ops
            for op in ops
            if isinstance(op, Release) and start <= op.node.start_byte < end
            for _, slot in op.slots
        )

    # For the machine

    def fits(self, name: str, op: LockOp) -> bool:
        """``name`` releases what ``op`` took; of spinning locks the interrupt part may be done apart."""
        if name in op.release or (name in self.words.converts and op.mode == "write"):
            return True
        if op.lock == "ptl":
            return any(other.atomic for other in self.words.releases.get(name, ()))
        return any(
            other.atomic and op.atomic and other.lock == "ptl" for other in self.words.releases.get(name, ())
        ) or any(
            other.atomic and op.atomic and _family(other) == _family(op) for other in self.words.releases.get(name, ())
        )

    def converted(self, name: str, held: Held) -> Held | None:
        """What is held after a downgrade."""
        release = self.words.converts.get(name)
        if release is None:
            return None
        for op in self.words.releases.get(release, ()):
            if op.result == "void" and op.mode == "read":
                return held._replace(op=op)
        return None

    def _liveness(self) -> list[frozenset[str]]:
        """Keys whose value may still be asked for, at the entry of each block."""
        blocks = self.graph.blocks
        uses, sets = [], []
        for index, block in enumerate(blocks):
            use, kill = self._uses(index)
            for edge in block.edges:
                for atom, _ in self.atoms(edge):
                    for key in (atom.key, f"{atom.key}=={atom.const}" if atom.const else atom.key):
                        if key not in kill:
                            use.add(key)
            uses.append(use)
            sets.append(kill)
        live = [frozenset(use) for use in uses]
        before: list[list[int]] = [[] for _ in blocks]
        for index, block in enumerate(blocks):
            for edge in block.edges:
                before[edge.target].append(index)
        todo = list(range(len(blocks)))
        while todo:
            index = todo.pop()
            for source in before[index]:
                new = live[source] | (live[index] - sets[source])
                if new != live[source]:
                    live[source] = new
                    todo.append(source)
        return live

    def _uses(self, index: int) -> tuple[set[str], set[str]]:
        use: set[str] = set()
        kill: set[str] = set()
        for op in self.ops[index]:
            if isinstance(op, Assign | Return):
                keys = {op.value.key} | ({op.value.atom.key} if op.value.atom is not None else set())
                use |= {key for key in keys if key and key not in kill}
                if isinstance(op, Assign) and op.key:
                    kill.add(op.key)
            elif isinstance(op, Assume):
                use.add(op.atom.key)
        return use, kill


def _member(node: Node) -> str:
    """The member that a call goes through: what it is called says what it does."""
    function = node.child_by_field_name("function")
    field = function.child_by_field_name("field") if function is not None else None
    return field.text.decode("utf-8", "replace") if field is not None and field.text is not None else ""


def _family(op: LockOp) -> str:
    """The release's stem: spin, raw_spin, read, write."""
    return re.split(r"_?(?:un)?(?:seq)?lock", op.release[0])[0] if op.release else op.lock
