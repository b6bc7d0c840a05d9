# SPDX-License-Identifier: GPL-2.0-or-later
"""What functions of the same file do to the locks of their callers.

A summary is made when a function is called, of the functions that the image
shows whole, to a depth.  Locks are named by the callee's own expressions;
``bind`` writes them with the caller's arguments.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from gfplint import regex
from gfplint.flow import conditions
from gfplint.record import NamedTuple
from gfplint.source.model import Definition

if TYPE_CHECKING:
    from tree_sitter import Node

    from gfplint.diff.image import Image
    from gfplint.facts.model import LockOp
    from gfplint.facts.tables import Tables
    from gfplint.flow.locks import LockFlow
    from gfplint.flow.solve import Bounds

DEPTH = 3
_SIMPLE = regex.compile(r"&?[A-Za-z_][\w.>\[\]-]*$")


class Taken(NamedTuple):
    """A lock that a function returns with."""

    op: LockOp
    key: str
    yes: int  # signs of the result with the lock
    no: int  # and without it, 0: always held


class Freed(NamedTuple):
    """A lock of the caller that a function gives back."""

    name: str  # of the release
    key: str
    always: bool


class Summary(NamedTuple):
    """A function's effect on its caller's locks."""

    params: tuple[str, ...]
    taken: tuple[Taken, ...]
    perhaps: tuple[Taken, ...]  # held on some way back, with no telling from the result
    freed: tuple[Freed, ...]
    local: frozenset[str]  # names that mean nothing to the caller
    vague: frozenset[str] = frozenset()  # parameters whose locks a function out of sight may give back


NOTHING = Summary((), (), (), (), frozenset())


class Summaries:
    """The summaries of one image."""

    def __init__(self, image: Image, tables: Tables) -> None:
        self.image = image
        self.known: dict[str, Definition] = {}
        self.tables = tables
        self.flows: dict[tuple[Node, Bounds], LockFlow | None] = {}  # locks.analyse() runs once for all who ask
        self.beside: Callable[[str], Image | None] | None = None  # the other file of the series that defines a function
        self._made: dict[str, Summary | None] = {}
        self._busy: list[tuple[str, dict[str, Summary | None]]] = []  # and what each has asked for

    def of(self, name: str) -> Summary | None:
        """The summary of a function; None where it is not in sight or not understood."""
        found = self._of(name)
        if self._busy:
            self._busy[-1][1][name] = found
        return found

    def _of(self, name: str) -> Summary | None:
        if name not in self._made:
            if len(self._busy) >= DEPTH or any(name == busy for busy, _ in self._busy):
                return None
            if (other := self._other(name)) is not None:
                return summaries(other, self.tables).of(name)
            asked: dict[str, Summary | None] = {}
            self._busy.append((name, asked))
            try:
                self._made[name] = self._make(name, asked)
            finally:
                self._busy.pop()
        return self._made[name]

    def _other(self, name: str) -> Image | None:
        """The file of the series that has a function that this one has not, if its name speaks of locks."""
        from gfplint.flow.vocabulary import vocabulary

        words = vocabulary(self.tables)
        if self.beside is None or name.encode("utf-8", "replace") in heads(self.image):
            return None
        about = words.taking.search(name) or words.releasing.search(name) or words.perhaps_releasing.search(name)
        return self.beside(name) if about else None

    def definition(self, name: str) -> Definition | None:
        """The definition of a function, parsed for this alone."""
        from gfplint.source.parse import parse_image

        if name in self.known:
            found = self.known[name]
            return found if found.complete else None
        if not self.image.whole or not name:
            return None
        for line in heads(self.image).get(name.encode("utf-8", "replace"), ()):
            for definition in parse_image(self.image, [(line, line)]).functions:
                if definition.name == name and definition.complete:
                    return definition
        return None

    def _quiet(self, name: str) -> bool:
        """The text of a function says that it does nothing to locks, and calls nothing of the file that does.

        Told before anything is parsed; where the text leaves a doubt it is not quiet.
        """
        from gfplint.flow.vocabulary import vocabulary
        from gfplint.source.window import windows

        lines = heads(self.image).get(name.encode("utf-8", "replace"), ()) if self.image.whole else ()
        if not lines or name in self.known:
            return False
        piece = self.image.pieces[0]
        texts = [
            piece.text[window.start : window.end]
            for window in windows(piece.text)
            if any(window.line <= line - piece.line + 1 <= window.last for line in lines)
        ]
        words = {word.decode("ascii") for text in texts for word in _WORD.findall(text)}
        if any(_UNNAMED.search(text) for text in texts) or vocabulary(self.tables).speaks(words):
            return False
        others = [word for word in sorted(words) if word != name and word.encode() in heads(self.image)]
        for other in map(self.of, others):
            if other is not None and (other.taken or other.perhaps or other.freed or other.vague):
                return False
        return True

    def _make(self, name: str, asked: dict[str, Summary | None]) -> Summary | None:
        if self._quiet(name):
            return NOTHING
        definition = self.definition(name)
        if definition is None:
            return None
        # The two images of a patch share nearly all functions: the same text is not worked out again
        # where all that it asked of other functions then is still what they answer.
        key = definition.unit.parsed[definition.node.start_byte : definition.node.end_byte]
        for before, summary in _MEMORY.get(key, ()):
            if all(self.of(other) == answer for other, answer in before.items()):
                return summary
        asked.clear()
        from gfplint.flow.locks import solve

        solved = solve(definition, self.tables, self)
        summary = None if solved is None else _summary(definition, *solved[:2])
        if len(_MEMORY) >= REMEMBERED:
            _MEMORY.clear()
        _MEMORY.setdefault(key, []).append((dict(asked), summary))
        return summary


REMEMBERED = 4096  # functions
_MEMORY: dict[bytes, list[tuple[dict[str, Summary | None], Summary | None]]] = {}
_WORD = regex.compile(rb"[A-Za-z_]\w*")
_UNNAMED = regex.compile(rb"[)\]]\s*\(")  # a call of what has no name, among other things
_HEAD = regex.compile(rb"^(?:[A-Za-z_][^\n;{}()=#]*[\s*])?([A-Za-z_]\w*)[ \t]*\([^\n;]*$", re.MULTILINE)


@lru_cache(maxsize=8)
def heads(image: Image) -> dict[bytes, tuple[int, ...]]:
    """Lines of an image that may be the head of a function, by its name: found once, in one pass."""
    found: dict[bytes, tuple[int, ...]] = {}
    for piece in image.pieces:
        line, seen = piece.line, 0
        for head in _HEAD.finditer(piece.text):
            line += piece.text.count(b"\n", seen, head.start())
            seen = head.start()
            found[head[1]] = (*found.get(head[1], ()), line)
    return found


@lru_cache(maxsize=3)
def summaries(image: Image, tables: Tables) -> Summaries:
    """The summaries of an image, made once."""
    return Summaries(image, tables)


def _summary(definition: Definition, program: object, machine: object) -> Summary:
    from gfplint.flow.compiled import Program
    from gfplint.flow.effects import Release, evaluate
    from gfplint.flow.lockstate import Machine

    assert isinstance(program, Program) and isinstance(machine, Machine)
    program.hear()
    ends = [(op, state) for op, _, state in machine.exits if not state.doubt and not state.gap]
    named = {slot: op for ops in program.ops for op in ops if isinstance(op, Release) for _, slot in op.slots}
    freed = []
    for slot in sorted({slot for _, state in ends for slot in state.freed}):
        release = named.get(slot)
        if release is not None:
            freed.append(Freed(release.name, release.key, all(slot in state.freed for _, state in ends)))
    freed += [Freed(name, key, False) for name, key in sorted(program.sometimes)]
    taken: list[Taken] = []
    perhaps: list[Taken] = []
    every = {held.slot: held for _, state in ends for held in state.held if held.origin == "taken"}
    for slot, held in sorted(every.items()):
        yes = no = 0
        sure = len({other.op.mode for _, state in ends for other in state.held if other.slot == slot}) == 1
        for op, state in ends:
            signs = evaluate(op.value, state.env).signs if op is not None else conditions.ANY
            own = [other for other in state.held if other.slot == slot and other.origin == "taken"]
            sure &= all(other.sure for other in own)
            if own:
                yes |= signs
            else:
                no |= signs
        one = Taken(held.op, held.key, yes, no)
        distinct = sure and not yes & no
        (taken if distinct else perhaps).append(one)
    params = tuple(param.name for param in definition.params)
    vague = frozenset(params) & program.vague
    return Summary(params, tuple(taken), tuple(perhaps), tuple(freed), program.local - set(params), vague)


def bind(summary: Summary, key: str, args: list[str]) -> str | None:
    """A callee's lock with the caller's arguments; None where the caller has no name for it."""
    roots = conditions.parts(key).roots
    if roots & summary.local:
        return None
    for name, arg in zip(summary.params, args, strict=False):
        if name in roots:
            if not _SIMPLE.match(arg):
                return None
            key = _substitute(key, name, arg)
    return key


def _substitute(key: str, name: str, arg: str) -> str:
    def put(match: re.Match[str]) -> str:
        if arg.startswith("&"):
            return arg[1:] + "." if match[1] else arg
        return arg + (match[1] or "")

    made = re.sub(rf"(?<![\w.>])\b{re.escape(name)}\b(->)?", put, key)
    return made[2:] if made.startswith("*&") else made
