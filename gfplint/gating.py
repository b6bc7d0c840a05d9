# SPDX-License-Identifier: GPL-2.0-or-later
"""A kernel tree -> which functions of its headers are there in some configurations only, or not for modules.

A function may lack a declaration, by the ``#if`` around it in its header, or a definition, by the ``#if``
around that and by the Makefiles that build its file.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from gfplint.diff.image import Unseen
from gfplint.diff.model import Series
from gfplint.facts.tables import TWIN
from gfplint.mail.ground import Ground
from gfplint.mail.tree import Tree
from gfplint.record import NamedTuple
from gfplint.source.configured import Configuration
from gfplint.source.gated import Declared, declarations, gates, needed

CODE = ("mm", "kernel", "lib", "drivers/base", "arch", "fs", "block", "net/core", "virt")  # what defines functions
MORE = ("drivers", "net", "security", "init", "ipc", "crypto")  # what exports them besides
_NAMED = re.compile(rb"(?m)^(?:\w[^\n(=;]*?)?(\w+)[ \t]*\(")
_EXPORT = re.compile(rb"EXPORT_SYMBOL\w*[ \t]*\([ \t]*(\w+)")


class Place(NamedTuple):
    """A definition, and the conditions around it."""

    path: str
    around: tuple[str, ...]


def gating(root: str, facts: Mapping[str, Any]) -> dict[str, dict[str, list[str]]]:
    """The tables of gates.toml for one tree; ``facts`` is kconfig_gates.toml.

    declared    function -> its header, and the clauses without which that does not declare it
    variables   variable -> its header, and the clauses without which it is a constant
    defined     function that is always declared -> a file that defines it, and the clauses without which none does
    unexported  function -> the files that define it, none of which exports it to modules; a wrapper stands for its twin

    A clause is the symbols of which one must be set, "A|B".
    """
    always = frozenset(facts["everywhere"]["symbols"])
    gated = _Headers(root, facts["headers"]["gated"])
    declared = dict(_declared(gated, always, constant=False))
    return {
        "declared": declared,
        "variables": dict(_declared(gated, always, constant=True)),
        "defined": dict(_defined(gated, declared, always, facts)),
        "unexported": dict(_unexported(_Headers(root, facts["headers"]["unexported"]))),
    }


def _declared(headers: _Headers, always: frozenset[str], constant: bool) -> Iterator[tuple[str, list[str]]]:
    for header in headers.paths:
        for name, gate in gates(headers.read(header)).items():
            if gate.constant == constant and headers.declaring[name] == {header}:
                if clauses := _clauses(gate.clauses, always):
                    yield name, [header, *clauses]


def _defined(
    headers: _Headers, declared: Mapping[str, Any], always: frozenset[str], facts: Mapping[str, Any]
) -> Iterator[tuple[str, list[str]]]:
    configuration = Configuration(Ground(Tree(headers.root), Series("", 0, None, (), None, None, True), "after"))
    eliminated = frozenset(facts["eliminated"]["names"])
    architectures = facts["architectures"]
    for name, places in headers.definitions.items():
        built = [_built(place, configuration, architectures) for place in places]
        if name in declared or name in headers.inline or name in eliminated or not all(built):
            continue
        if clauses := _clauses(needed(around for some in built for around in some), always):
            # What all architectures share is named first, in the path and in each clause.
            first = min(places, key=lambda place: (place.path.startswith("arch/"), place.path))
            common = " ".join(" ".join(around) for around in built[places.index(first)])
            named = [sorted(clause.split("|"), key=lambda one: (f"_{one})" not in common, one)) for clause in clauses]
            yield name, [first.path, *map("|".join, named)]


def _clauses(clauses: Iterable[tuple[str, ...]], always: frozenset[str]) -> list[str]:
    return ["|".join(clause) for clause in clauses if always.isdisjoint(clause)]


def _built(place: Place, configuration: Configuration, architectures: Mapping[str, str]) -> list[tuple[str, ...]]:
    """The conditions under which a definition is built, one for each way; [] where they are not known."""
    try:
        ways = configuration.ways(place.path)
    except Unseen:
        return []
    always = configuration.always(place.path)
    own = {architectures.get(folder, folder.upper()) for folder in place.path.split("/")[1:2] if always}
    return [
        (*place.around, *(f"defined(CONFIG_{symbol})" for symbol in sorted((way - always) | own))) for way in ways or ()
    ]


def _unexported(headers: _Headers) -> Iterator[tuple[str, list[str]]]:
    for name, places in headers.definitions.items():
        if name not in headers.exported and name not in headers.macros:
            yield name.removesuffix(TWIN), sorted({place.path for place in places})


class _Headers:
    """Some headers of a tree: what they declare, and where that is defined."""

    def __init__(self, root: str, paths: Iterable[str]) -> None:
        self.root = root
        self.paths = tuple(path for path in paths if os.path.isfile(os.path.join(root, path)))

    def read(self, path: str) -> bytes:
        with open(os.path.join(self.root, path), "rb") as stream:
            return stream.read()

    def files(self, ends: tuple[str, ...], folders: Iterable[str]) -> Iterator[str]:
        for folder in folders:
            for place, inner, names in os.walk(os.path.join(self.root, folder)):
                inner.sort()
                here = os.path.relpath(place, self.root)
                yield from (f"{here}/{name}" for name in sorted(names) if name.endswith(ends))

    @cached_property
    def names(self) -> frozenset[str]:
        """The functions and variables."""
        found = (one for path in self.paths for one in declarations(self.read(path)))
        return frozenset(one.name for one in found if one.kind != "constant")

    @cached_property
    def declaring(self) -> dict[str, set[str]]:
        """All headers of the tree that declare each of them."""
        found: dict[str, set[str]] = defaultdict(set)
        for path, one in self._declarations:
            found[one.name].add(path)
        return found

    @cached_property
    def inline(self) -> frozenset[str]:
        """Those that a header has a body for, a stub perhaps, or a macro."""
        return frozenset(one.name for _, one in self._declarations if one.body)

    @cached_property
    def macros(self) -> frozenset[str]:
        """Those that a header has a macro for."""
        return frozenset(one.name for _, one in self._declarations if one.body and not one.static)

    @cached_property
    def _declarations(self) -> list[tuple[str, Declared]]:
        paths = self.files((".h",), ("include", "arch"))
        return [(path, one) for path in paths for one in declarations(self.read(path)) if one.name in self.names]

    @cached_property
    def definitions(self) -> dict[str, list[Place]]:
        """Where each of the functions is defined, in the order of the files."""
        found: dict[str, list[Place]] = defaultdict(list)
        for path in self.files((".c",), CODE):
            text = self.read(path)
            if self.names.isdisjoint(word.decode("ascii", "replace") for word in _NAMED.findall(text)):
                continue
            for one in declarations(text):
                if one.kind == "function" and one.body and not one.static and one.name in self.names:
                    found[one.name].append(Place(path, one.around))
        return found

    @cached_property
    def exported(self) -> frozenset[str]:
        """What the tree exports to modules."""
        texts = (self.read(path) for path in self.files((".c", ".S", ".h"), (*CODE, *MORE)))
        return frozenset(name.decode() for text in texts if b"EXPORT_SYMBOL" in text for name in _EXPORT.findall(text))
