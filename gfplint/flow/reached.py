# SPDX-License-Identifier: GPL-2.0-or-later
"""Is there a way to a place on which a caller, or one of its callers, forbids sleeping?

One such way is enough, whatever other callers do, if nothing on it depends
on who calls: no parameter decides, nothing asks for the context, no lock is
given back, and no two functions on it ask for the same field, for what the
caller knows of it may keep it from there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gfplint import regex
from gfplint.flow import callers, context, shown
from gfplint.flow.context import Context
from gfplint.source.function import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from gfplint.facts.tables import Tables
    from gfplint.source.model import Definition, Source

DEPTH = 4  # callers of callers
SITES = 24  # calls looked at, over all of them
_WAYS = ("its caller {}() is atomic there: {}", "it is reached from {}(), which is atomic there: {}")
_BRANCHES = ("if_statement", "switch_statement", "conditional_expression", "while_statement", "for_statement")
_EXIT = regex.compile(r"\b(?:return|goto|continue|break)\b")
_SPEAKS = regex.compile(r"gfp|flag|atomic|sleep|wait|block|lock|sync|irq|mode|poll|can|may|fast|early|how")
_SAYS = regex.compile(r"err|status|ret\Z|result")  # what came out of something
_FIELD = regex.compile(r"(?:->|\.)\s*(\w+)")
_WORDS = regex.compile(r"\w+")


class Search:
    """The ways to one function."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.left = SITES
        self.seen: set[tuple[str, str]] = set()

    def atomic(
        self, definition: Definition, source: Source, asked: frozenset[str] = frozenset(), depth: int = 0
    ) -> Context | None:
        """Why sleeping is forbidden in the function on some way to it; None where none is found.

        ``asked``: the fields that decide, further on, whether the place is come to.
        """
        key = (source.image.path, definition.name)
        if depth >= DEPTH or key in self.seen or not definition.complete or context.gives_back(definition):
            return None
        self.seen.add(key)
        made = self._registered(definition, source)
        if made is not None:
            return made if not depth else Context("atomic", _WAYS[depth > 1].format(definition.name, made.reason))
        for site in callers.some(definition, source):
            self.left -= 1
            if self.left < 0:
                return None
            found = self._there(site, asked, depth)
            if found is not None:
                return found
        return None

    def _registered(self, definition: Definition, source: Source) -> Context | None:
        """Another file of the folder makes it a callback that may not sleep, and none another one that may."""
        others = source.elsewhere(definition.name) if source.elsewhere is not None and not definition.static else ()
        entries = [context.registered(definition, self.tables, image) for image in others]
        found = [one for one in entries if one.kind != "unknown"]
        return found[0] if found and all(one.kind == "atomic" for one in found) else None

    def _there(self, site: callers.Site, asked: frozenset[str], depth: int) -> Context | None:
        """Why sleeping is forbidden at a call, by the caller or by who calls that one."""
        own = fields(site.caller, site.node)
        if context.annotated(site.caller) or own & asked:
            return None
        if context.worth_following(site.caller, self.tables, site.source):
            flow = context.analyse(site.caller, self.tables, site.source)
            found = flow.at(site.node) if flow is not None else None
            if flow is None or found is None or found.kind == "sleepable" or shown.sleeps(flow, site.node):
                return None
            if found.kind == "atomic":
                return Context("atomic", _WAYS[depth > 0].format(site.caller.name, found.reason))
        if not whoever_calls(site.caller, site.node, self.tables, strict=False):
            return None
        return self.atomic(site.caller, site.source, asked | own, depth + 1)


def whoever_calls(definition: Definition, node: Node, tables: Tables, strict: bool = True) -> bool:
    """Whether ``node`` is run does not hang on a number that the caller hands over, nor on the context.

    Not ``strict``: on no number whose name speaks of the context.
    """
    unit = definition.unit
    if shown.asks(definition, tables):
        return False
    numbers = {param.name for param in definition.params if "*" not in param.type}
    numbers = {name for name in numbers if (not _SAYS.search(name) if strict else _SPEAKS.search(name))}
    return all(numbers.isdisjoint(_WORDS.findall(unit.source(cond))) for cond in _conditions(definition, node))


def lazily(definition: Definition, node: Node, target: str) -> bool:
    """It is asked beforehand whether there is something in ``target`` already."""
    conditions = _conditions(definition, node)
    return bool(target) and any(target in " ".join(definition.unit.source(cond).split()) for cond in conditions)


def fields(definition: Definition, node: Node) -> frozenset[str]:
    """The members of structures that decide whether ``node`` is run."""
    conditions = _conditions(definition, node)
    return frozenset(name for cond in conditions for name in _FIELD.findall(definition.unit.source(cond)))


def _conditions(definition: Definition, node: Node) -> Iterator[Node]:
    """What is asked around ``node``, and before it where the function may be left."""
    for branch in walk(definition.body):
        if branch.type not in _BRANCHES or branch.start_byte >= node.start_byte:
            continue
        cond = branch.child_by_field_name("condition")
        around = branch.end_byte >= node.end_byte
        if cond is not None and (around or _EXIT.search(definition.unit.source(branch))):
            yield cond
