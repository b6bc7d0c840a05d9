# SPDX-License-Identifier: GPL-2.0-or-later
"""May code sleep where it stands?  Surely not, surely, or not known; and why.

Atomic is what runs with a spinning lock held, inside a section such as
rcu_read_lock(), or in a callback that the kernel calls with interrupts or
bottom halves off.  Sleepable is what holds a lock that is taken sleeping,
what comes after a call that may sleep on every path, and callbacks that run
in process context.  Where both speak, or neither, nothing is known.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from gfplint import regex
from gfplint.flow.branches import callee
from gfplint.flow.effects import texts
from gfplint.flow.graph import Edge, Graph, build
from gfplint.flow.lockstate import Held
from gfplint.flow.registered import handed
from gfplint.flow.solve import forward
from gfplint.record import NamedTuple
from gfplint.source.model import Definition

if TYPE_CHECKING:
    from tree_sitter import Node

    from gfplint.diff.image import Image
    from gfplint.facts.tables import Tables
    from gfplint.flow.locks import LockFlow
    from gfplint.source.model import Source

Kind = Literal["atomic", "sleepable", "unknown"]
_INIT = regex.compile(rb"\b(?:__init|__exit|__net_init|__net_exit)\b|^\s*(?:COMPAT_)?SYSCALL_DEFINE\d?\b")
_CONTEXT = regex.compile(r"\bContext:\s*([^.\n]*(?:\.[^.\n]*)?)", 2)  # re.IGNORECASE
_ATOMIC = regex.compile(r"\b(?:atomic|interrupt|hard-?irq|soft-?irq|irq|bh|tasklet|nmi)[ -](?:context|handler)")


class Context(NamedTuple):
    """Whether code may sleep, with the reason and the place that says so."""

    kind: Kind
    reason: str  # in words, "" where nothing is known
    node: Node | None = None  # the lock taken, the call that sleeps


UNKNOWN = Context("unknown", "")
DEPTH = 2  # callers of callers


class ContextFlow:
    """The contexts of one function."""

    def __init__(self, definition: Definition, tables: Tables, flow: LockFlow, source: Source | None) -> None:
        self.definition = definition
        self.tables = tables
        self.flow = flow
        self.entry = entry(definition, tables, source)
        self._graph = build(definition)
        self._slept = _slept(self._graph, tables) if self._graph is not None else {}

    def at(self, node: Node) -> Context:
        """The context in which ``node`` runs."""
        surely, maybe = self.flow.at(node)
        for held in surely:
            if held.op.atomic:
                return UNKNOWN if self._enabled(held, node) else Context("atomic", _held(held), held.node)
        if self.entry.kind == "atomic":
            return self.entry
        asserted = self._asserted(node)
        if asserted is not None and asserted.kind == "atomic":
            return asserted
        if any(held.op.atomic for held in maybe):
            return UNKNOWN
        for held in surely:
            if held.op.acquire_may_sleep and held.origin != "entry":
                return Context("sleepable", f"{_name(held)} is held, which is taken sleeping", held.node)
        slept = self._before(node)
        if slept is not None:
            return Context("sleepable", f"{callee(slept)}() before it may sleep", slept)
        return asserted or self.entry

    def _enabled(self, held: Held, node: Node) -> bool:
        """Interrupts off, and an unlock between here and there that may turn them on: spin_unlock_irqrestore().

        So may any function that is called after a callee has turned them off, for its own purposes.
        """
        if not held.op.acquire.startswith("local_irq_"):
            return False
        return callee(held.node) != held.op.acquire or self._unlocked(held.node, node)

    def _before(self, node: Node) -> Node | None:
        """A call that may sleep and that every path runs before ``node``."""
        place = self.flow.place(node)
        if self._graph is None or place is None:
            return None
        found = self._slept.get(place[0])
        for step in self._graph.blocks[place[0]].steps:
            if step.node.start_byte >= node.start_byte and step.node.end_byte >= node.end_byte:
                break
            if found is None:
                found = _sleeper([step], self._graph, sleepers(self.tables), node.start_byte)
        return found

    def _asserted(self, node: Node) -> Context | None:
        """What lockdep is told on every path before; straight lines only."""
        place = self.flow.place(node)
        if self._graph is None or place is None:
            return None
        for index in dict.fromkeys((0, place[0])):
            for call in texts(self._graph.blocks[index].steps, self._graph.split):
                name = callee(call) if call.type == "call_expression" else ""
                if name in (
                    "assert_spin_locked",
                    "assert_raw_spin_locked",
                    "lockdep_assert_irqs_disabled",
                    "cant_sleep",
                ):
                    if call.start_byte < node.start_byte and not self._unlocked(call, node):
                        return Context("atomic", f"{name}() says so", call)
        return None

    def _unlocked(self, start: Node, end: Node) -> bool:
        """Something between the two is called "unlock" or "enable": what held at the first may be over."""
        if self._graph is None:
            return True
        calls = (call for block in self._graph.blocks for call in texts(block.steps, self._graph.split))
        between = (call for call in calls if start.start_byte < call.start_byte < end.start_byte)
        names = [callee(call) for call in between if call.type == "call_expression"]
        return any("unlock" in name or "enable" in name for name in names)


# What takes a lock, opens a section, or says that one is open has such a part in its name: rules/facts/locks.toml.
SECTION = regex.compile(
    rb"lock|irq|preempt|rcu|guard|_bh\b|atomic|begin|enter|disable|kmap|sleep|get_cpu|preload|CLASS"
)


def worth_following(definition: Definition, tables: Tables, source: Source | None) -> bool:
    """Something in the function, or in how it is called, may forbid sleeping."""
    body = definition.unit.parsed[definition.node.start_byte : definition.node.end_byte]
    return SECTION.search(body) is not None or entry(definition, tables, source).kind == "atomic"


def analyse(definition: Definition, tables: Tables, source: Source | None = None) -> ContextFlow | None:
    """The contexts of ``definition``; None where its flow is not known."""
    from gfplint.flow import locks

    flow = locks.analyse(definition, tables, source)
    return ContextFlow(definition, tables, flow, source) if flow is not None else None


def entry(definition: Definition, tables: Tables, source: Source | None) -> Context:
    """What a function itself, and its file, say of the context in which it is called."""
    found = [
        context
        for context in (_callback(definition, tables, source), _registered(definition, tables, source))
        if context
    ]
    found += [context for context in (annotated(definition), _documented(definition)) if context]
    if not found and (context := _of_device(definition, tables)) is not None:
        return context
    kinds = {context.kind for context in found}
    return found[0] if len(kinds) == 1 else UNKNOWN


def registered(definition: Definition, tables: Tables, image: Image) -> Context:
    """What another file says of the context in which the function is called: its table of operations has it."""
    from gfplint.source.parse import parse_image

    there = parse_image(image, [])
    found = [one for one in (_callback(definition, tables, there), _registered(definition, tables, there)) if one]
    return found[0] if len({one.kind for one in found}) == 1 else UNKNOWN


def called(definition: Definition, tables: Tables, source: Source, atomic: bool = False, depth: int = 0) -> Context:
    """What all callers of a function say together; UNKNOWN where one is not in sight, or says something else.

    ``atomic``: nothing else is of interest, so callers without a word of a section are not followed.
    ``depth`` counts the callers of callers that were asked on the way here.
    """
    from gfplint.flow import callers, shown

    found: list[tuple[str, Context]] = []
    for site in callers.sites(definition, source) if depth < DEPTH else ():
        worth = not atomic or worth_following(site.caller, tables, site.source)
        flow = analyse(site.caller, tables, site.source) if worth else None
        context = flow.at(site.node) if flow is not None else UNKNOWN
        if context.kind == "unknown" and flow is not None and not atomic:
            if shown.spins(flow, site.node):
                return UNKNOWN
            context = shown.shown(flow, site.node, site.source.defines)
        if context.kind == "unknown" and (flow is not None or not worth):
            context = called(site.caller, tables, site.source, atomic, depth + 1)
        if context.kind == "unknown" or (found and context.kind != found[0][1].kind):
            return UNKNOWN
        found.append((site.caller.name, context))
        if context.kind == "atomic" and (annotated(site.caller) or annotated(definition)):
            return UNKNOWN  # while the kernel comes up interrupts are off, and the allocator knows
    if not found or (found[0][1].kind == "atomic" and gives_back(definition)):
        return UNKNOWN
    name, context = found[0]
    whose = f"its caller {name}()" if len(found) == 1 else f"each of its {len(found)} callers, {name}() among them,"
    return Context(context.kind, f"{whose} is {context.kind} there: {context.reason}")


def gives_back(definition: Definition) -> bool:
    """Something in the function is called "unlock" or "enable": what its callers hold may be over."""
    body = definition.unit.parsed[definition.body.start_byte : definition.body.end_byte]
    return b"unlock" in body or b"enable" in body


def _held(held: Held) -> str:
    section = held.op.lock.startswith("section:")
    return f"it is in a section of {held.op.acquire}()" if section else f"{_name(held)} is held"


def _name(held: Held) -> str:
    if held.op.lock.startswith("section:"):
        return f"{held.op.acquire}()"
    return held.key or held.op.lock


def _callback(definition: Definition, tables: Tables, source: Source | None) -> Context | None:
    """A member of an ops table whose context the tables know."""
    found = source.callbacks.get(definition.name) if source is not None else None
    if found is None:
        return None
    kind, member = found
    callbacks: Any = tables.section("sleep")["callbacks"]
    for context, ops in (("atomic", callbacks["atomic_ops"]), ("sleepable", callbacks["sleepable_ops"])):
        members = ops.get(kind, ())
        if isinstance(members, list) and any(regex.glob(member, pattern) for pattern in members):
            return Context("atomic" if context == "atomic" else "sleepable", f"it is .{member} of a {kind}")
    return None


def _registered(definition: Definition, tables: Tables, source: Source | None) -> Context | None:
    """Handed to a function that calls it in a known context, somewhere in the file."""
    if source is None or not definition.name:
        return None
    kinds = {}
    for context, name, index, where in _runners(source.image, tables):
        if definition.name in handed(source.image, name, index):
            kinds[context] = (name, where)
    if len(kinds) != 1:
        return None
    context, (name, where) = next(iter(kinds.items()))
    return Context("atomic" if context == "atomic" else "sleepable", f"{name}() runs it in {where}")


@lru_cache(maxsize=8)
def _runners(image: Image, tables: Tables) -> tuple[tuple[str, str, int, str], ...]:
    """What an image names of the functions that call another one in a known context: context, name, argument, words."""
    callbacks: Any = tables.section("sleep")["callbacks"]
    return tuple(
        (context, name, fact["fn_arg"], fact.get("ctx", "process context"))
        for context in ("atomic", "sleepable")
        for name, fact in callbacks[context].items()
        if "fn_arg" in fact and any(name.encode() in piece.text for piece in image.pieces)
    )


def annotated(definition: Definition) -> Context | None:
    """__init and __exit code, and system calls, run in a process."""
    unit, node = definition.unit, definition.node
    head = unit.text[max(0, node.start_byte - unit.lead) : max(0, definition.body.start_byte - unit.lead)]
    match = _INIT.search(head)
    return Context("sleepable", f"it is {match[0].decode().strip()} code") if match is not None else None


def _of_device(definition: Definition, tables: Tables) -> Context | None:
    """It sets a device up, says its name, and its first parameter is what a bus hands to probe()."""
    facts: Any = tables.section("sleep")["callbacks"]["devices"]
    first = definition.params[0].type.removeprefix("const ") if definition.params else ""
    if first not in facts["types"] or not any(regex.glob(definition.name, name) for name in facts["names"]):
        return None
    return Context("sleepable", f"it is handed a {first.rstrip(' *')}, and sets it up")


def _documented(definition: Definition) -> Context | None:
    """The Context: line of a kernel-doc comment."""
    match = _CONTEXT.search(definition.comment)
    if match is None:
        return None
    text = match[1].lower()
    if "any context" in text or ("not sleep" in text and "process" in text):
        return None
    if "may sleep" in text or "can sleep" in text or "might sleep" in text:
        return Context("sleepable", "its comment says that it may sleep")
    if any(word in text for word in ("not ", "cannot", "n't ", "never", "except", "!")):
        return None  # "not in_interrupt()" says where it is not called
    if "process" not in text and _ATOMIC.search(text):
        return Context("atomic", "its comment says so")
    return None


@lru_cache(maxsize=2)
def sleepers(tables: Tables) -> frozenset[str]:
    """Functions that may sleep whatever they are given."""
    sleep: Any = tables.section("sleep")
    names = {*sleep["may_sleep"]["names"], *sleep["might_sleep_bodies_6_12"]["names"]}
    return frozenset(names - {"disable_irq", "put_user", "get_user"})


def _sleeper(steps: Any, graph: Graph, names: frozenset[str], before: int) -> Node | None:
    """The first call of ``steps`` that may sleep and stands before a byte."""
    for call in texts(steps, graph.split):
        if call.type == "call_expression" and call.end_byte <= before and callee(call) in names:
            return call
    return None


def _slept(graph: Graph, tables: Tables) -> dict[int, Node | None]:
    """For each block, a call that may sleep on every path to it."""
    names = sleepers(tables)
    own = {block.index: _sleeper(block.steps, graph, names, 1 << 60) for block in graph.blocks}

    def transfer(index: int, state: tuple[Node, ...]) -> tuple[Node, ...]:
        found = own[index]
        return state or ((found,) if found is not None else ())

    def edge(way: Edge, state: tuple[Node, ...]) -> tuple[Node, ...]:
        return state

    def join(one: tuple[Node, ...], two: tuple[Node, ...]) -> tuple[Node, ...]:
        return one if one and two else ()

    start: tuple[Node, ...] = ()
    solution = forward(graph, start, transfer, edge, join)
    return {index: states[0][0] if states[0] else None for index, states in solution.before.items()}
