# SPDX-License-Identifier: GPL-2.0-or-later
"""What a function's locks, conditions and values are called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gfplint import regex
from gfplint.facts.model import LockOp
from gfplint.flow import conditions, counted, effects
from gfplint.flow.branches import arguments, callee, stripped
from gfplint.flow.conditions import Atom, Namer, Parts
from gfplint.flow.effects import Value
from gfplint.flow.graph import Edge, Graph
from gfplint.flow.summary import bind
from gfplint.flow.vocabulary import Vocabulary

if TYPE_CHECKING:
    from tree_sitter import Node

    from gfplint.flow.summary import Summaries, Summary
    from gfplint.source.model import Definition


_UNSIGNED = regex.compile(r"^(?:const )?(?:unsigned\b|size_t$|u\d+$|uint\w*_t$|gfp_t$|bool$)")


class Shape:
    """Names for all that the analysis of a function follows."""

    def __init__(self, graph: Graph, words: Vocabulary, callees: Summaries | None = None) -> None:
        self.callees = callees
        self.graph = graph
        self.words = words
        self.unit = graph.definition.unit
        self.namer = Namer(self.unit)
        self.local = declared(graph.definition)
        self.unsigned = frozenset(param.name for param in graph.definition.params if _UNSIGNED.search(param.type))
        effects.aliases(graph, self.namer, self.local)
        self.results: dict[int, str] = {}
        self._atoms: dict[int, Atom] = {}
        self._atom_places: list[tuple[int, str]] = []
        self._tested: dict[tuple[int, int], frozenset[str]] = {}
        self._limits: frozenset[tuple[str, str, bool]] | None = None
        self._find_results()
        self.loose: set[str] = set()
        self.sometimes: set[tuple[str, str]] = set()  # release and lock: given back by a function called, on some path
        self.vague: set[str] = set()  # handed to functions out of sight that may release what belongs to them
        self.flags: dict[str, set[str]] = {}  # what interrupts are saved in -> slots
        self.plain = not self._locking()  # no lock in it: nothing tells its paths apart
        if not self.plain:
            self._find_atoms()
        self.slots = frozenset() if self.plain else self._slots()
        self.slot_parts = {slot: conditions.parts(slot) for slot in self.slots}
        self.keys = frozenset() if self.plain else self._keys()
        self.key_parts = {key: conditions.parts(key) for key in self.keys}
        self.index, self.slot_index = effects.Index(self.key_parts), effects.Index(self.slot_parts)
        self.outside = frozenset(key for key, parts in self.key_parts.items() if self._outside(parts))

    # Conditions

    def atoms(self, way: Edge) -> Iterator[tuple[Atom, bool]]:
        """The conditions of an edge with the truth that it needs."""
        if way.cond is None:
            return
        if way.case is not None:
            yield self._case(way.cond, way.case), True
        elif way.cond.id in self._atoms:
            yield self._atoms[way.cond.id], way.truth

    def runs_out(self, way: Edge) -> bool:
        """The edge is the one that is taken where the count of a loop before it has run out."""
        if way.cond is None or way.back is not None:
            return False
        if self._limits is None:
            self._limits = counted.limits(self.graph.definition, self.namer)
        if not self._limits:
            return False
        around = way.cond.parent
        while around is not None and around.type in ("parenthesized_expression", "condition_clause"):
            around = around.parent
        asked = around is not None and around.type == "if_statement"
        return asked and counted.runs_out(way.cond, self.namer, self._limits) is way.truth

    def _case(self, cond: Node, label: Node) -> Atom:
        text = self.namer(label)
        return Atom(self._key(cond), conditions.sign_of(text), conditions.ANY, text)

    def _key(self, node: Node) -> str:
        node = stripped(node)
        return self.results.get(node.id) or self.namer(node)

    def _find_atoms(self) -> None:
        for block in self.graph.blocks:
            cases = any(edge.case is not None for edge in block.edges)
            for edge in block.edges:
                if edge.cond is None or edge.cond.id in self._atoms or cases:
                    continue
                atom = self._condition(edge.cond)
                self._atoms[edge.cond.id] = atom
                self._atom_places.append((edge.cond.start_byte, atom.key))

    def _condition(self, cond: Node) -> Atom:
        """A condition as an atom; the result of an acquisition has a name of its own."""
        node = _transparent(cond)
        if node.type.startswith("preproc_"):
            return _directive(self.unit.source(node))
        if node.type == "unary_expression" and (inner := node.child_by_field_name("argument")) is not None:
            if conditions.negation(node) and _transparent(inner).id in self.results:
                return self._condition(inner)._replace(negate=True)
        if node.id in self.results:
            return Atom(self.results[node.id], conditions.NONZERO, conditions.ZERO)
        return _with_results(conditions.atom(self.namer, cond), cond, self)

    def tested(self, spread: tuple[int, int]) -> frozenset[str]:
        """Keys that conditions between two bytes test."""
        found = self._tested.get(spread)
        if found is None:
            keys = (key for place, key in self._atom_places if spread[0] <= place < spread[1])
            found = self._tested[spread] = frozenset(keys)
        return found

    # Keys and slots

    def _find_results(self) -> None:
        """Give each acquisition that may fail a name for its result."""
        for block in self.graph.blocks:
            for step in block.steps:
                for node in effects.texts([step], self.graph.split):
                    if node.type != "call_expression":
                        continue
                    name = callee(node)
                    if name in self.words.acquires:
                        named = any(op.result != "void" for op in self.words.acquires[name])
                    else:
                        effect = self.effect(name)
                        named = effect is not None and any(one.yes != conditions.ANY for one in effect.taken)
                    if named:
                        self.results[node.id] = f"@{node.start_byte}"

    def _locking(self) -> bool:
        """Something in the function takes or gives back a lock, or calls a function of the file that does."""
        acquires, releases = self.words.acquires, self.words.releases
        for block in self.graph.blocks:
            if any(step.kind in ("guard", "drop") for step in block.steps):
                return True
            for node in effects.texts(block.steps, self.graph.split):
                name = callee(node) if node.type == "call_expression" else ""
                if name in acquires or name in releases or self.effect(name) is not None:
                    return True
        return False

    def _slots(self) -> frozenset[str]:
        found = set()
        for block in self.graph.blocks:
            for node in effects.texts(block.steps, self.graph.split):
                name = callee(node) if node.type == "call_expression" else ""
                found |= {slot_of(op, self._lock(op, node)) for op in self.words.releases.get(name, ())}
                effect = self.effect(name)
                if effect is not None:
                    texts = [self.namer(arg) for arg in arguments(node)]
                    keys = [(one.op, bind(effect, one.key, texts)) for one in (*effect.taken, *effect.perhaps)]
                    found |= {slot_of(op, key) for op, key in keys if key is not None}
                for op in self.words.acquires.get(name, ()):
                    slot = slot_of(op, self._lock(op, node))
                    found.add(slot)
                    if name in self.words.loose:
                        self.loose.add(slot)
                    args = arguments(node)
                    if op.atomic and len(args) > op.arg + 1 and args[op.arg + 1].type == "identifier":
                        self.flags.setdefault(f"&{self.namer(args[op.arg + 1])}", set()).add(slot)
        return frozenset(found)

    def effect(self, name: str) -> Summary | None:
        """What a function of the same file does to locks; None where it is not known to do anything."""
        if self.callees is None or not name or name in self.words.acquires or name in self.words.releases:
            return None
        effect = self.callees.of(name)
        return effect if effect is not None and (effect.taken or effect.perhaps or effect.freed) else None

    def _lock(self, op: LockOp, node: Node) -> str:
        """The expression of the lock that a call takes or gives back."""
        name, args = callee(node), arguments(node)
        if name in self.words.returned:
            return self._target(node)
        index = self.words.release_args.get(name, op.arg)
        text = self.namer(args[index]) if 0 <= index < len(args) else ""
        return text.removeprefix("&") if name in self.words.stored else text

    def _target(self, node: Node) -> str:
        """What the result of a call is assigned to."""
        parent = node.parent
        while parent is not None and parent.type in ("parenthesized_expression", "cast_expression"):
            parent = parent.parent
        if parent is not None and parent.type == "assignment_expression":
            left = parent.child_by_field_name("left")
        else:
            declares = parent is not None and parent.type == "init_declarator"
            left = parent.child_by_field_name("declarator") if parent is not None and declares else None
            while left is not None and left.type == "pointer_declarator":
                left = left.child_by_field_name("declarator")
        return self.namer(left) if left is not None else f"@{node.start_byte}"

    def _keys(self) -> frozenset[str]:
        """Expressions whose value tells paths apart: tested, returned, or copied into one that is."""
        keys = {atom.key for atom in self._atoms.values()} | set(self.results.values())
        copies: list[tuple[str, Value]] = []
        for block in self.graph.blocks:
            for edge in block.edges:
                if edge.case is not None and edge.cond is not None:
                    keys.add(self._key(edge.cond))
            for step in block.steps:
                if step.kind == "return":
                    value = effects.value_of(self.namer, step.value, self.results)
                    keys.add(value.key)
                elif step.kind == "assign" and step.target is not None:
                    copies.append((self.namer(step.target), effects.value_of(self.namer, step.value, self.results)))
        for _ in range(3):
            for target, value in copies:
                if target in keys:
                    keys.add(value.key)
                    if value.atom is not None:
                        keys.add(value.atom.key)
        twins = {f"{atom.key}=={atom.const}" for atom in self._atoms.values() if atom.const is not None}
        for block in self.graph.blocks:
            for edge in block.edges:
                if edge.case is not None and edge.cond is not None:
                    twins.add(f"{self._key(edge.cond)}=={self.namer(edge.case)}")
        return frozenset((keys | twins) - {""})

    def _outside(self, parts: Parts) -> bool:
        """Any function may change it: memory, or a name that is not local."""
        return parts.memory or any(root not in self.local and not conditions.constant(root) for root in parts.roots)


def slot_of(op: LockOp, key: str) -> str:
    """What tells one lock from the others."""
    if op.arg < 0:
        return f"#{op.lock}"
    return key if op.lock.startswith("arg") or op.lock == "ptl" else f"{op.lock}:{key}"


def last_of(key: str) -> str:
    """The last field or name of an expression."""
    return re.split(r"->|\.", key.lstrip("&*"))[-1].split("[")[0]


def object_of(slot: str) -> str:
    """The expression in a slot."""
    return slot.rpartition(":")[2]


def holders(key: str) -> frozenset[str]:
    """The ways to write what a lock is in: of ``&a->b.lock`` that is ``a`` and ``&a->b``."""
    text, found = key.lstrip("&*"), {key, f"&{key}"}
    while match := re.match(r"(.*)(->|\.)[^.>]*$", text):
        text = match[1]
        found |= {f"&{text}", text}
        if match[2] == "->":
            break
    return frozenset(found)


def base_of(key: str) -> str:
    """The pointer that a lock's expression goes through, as far as it is a plain one."""
    match = re.match(r"&?([A-Za-z_]\w*)(?:->[\w.]+)?$", key)
    return match[1] if match is not None and (key.startswith("&") == ("->" in key)) else ""


def _transparent(node: Node) -> Node:
    """Below likely() and its like."""
    node = stripped(node)
    while node.type == "call_expression" and callee(node) in conditions.SAME and (args := arguments(node)):
        node = stripped(args[0])
    return node


def _directive(text: str) -> Atom:
    """The condition of an #if: it does not change on the way."""
    line = " ".join(text.split("\n", 1)[0].split())
    key = re.sub(r"^# ?(?:ifdef|ifndef|if|elifdef|elif) ", "", line)
    return Atom(f"#{key}", conditions.NONZERO, conditions.ZERO, None, "ifndef" in line.split(" ")[0])


def _with_results(atom: Atom, node: Node, program: Shape) -> Atom:
    """Conditions over the result of an acquisition, as in ``mutex_lock_killable(l) < 0``."""
    node = _transparent(node)
    if node.type == "binary_expression":
        for name in ("left", "right"):
            part = node.child_by_field_name(name)
            if part is not None and stripped(part).id in program.results:
                return atom._replace(key=atom.key.replace(program.namer(part), program.results[stripped(part).id], 1))
    return atom


def declared(definition: Definition) -> frozenset[str]:
    """Parameters and variables declared in the function."""
    found = {param.name for param in definition.params if param.name}

    def look(node: Node) -> None:
        if node.type == "declaration":
            for child in node.children_by_field_name("declarator"):
                name: Node | None = child
                while name is not None and name.type != "identifier":
                    name = name.child_by_field_name("declarator")
                if name is not None:
                    found.add(definition.unit.token(name))
        for child in node.named_children:
            look(child)

    look(definition.body)
    return frozenset(found)
