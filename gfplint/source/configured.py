# SPDX-License-Identifier: GPL-2.0-or-later
"""Under which configuration a file is built: its Makefiles up to the root, and what Kconfig says of the symbols.

Documentation/kbuild/makefiles.rst, "Goal definitions": Kbuild is preferred to Makefile.  What cannot be told
is None: a symbol without an entry, a file that no Makefile names.  Where a file is there and cannot be
read, Unseen is raised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Protocol, TypeVar

from gfplint.diff.image import Image, Piece
from gfplint.source.kconfig import Entry, parse_kconfig, symbols
from gfplint.source.makefile import Build, gates, parse_makefile

_T = TypeVar("_T")
DEEP = 8  # steps from a symbol to what it depends on; chains of the kernel end long before
MOST = 200  # symbols that one question may lead to


class Ground(Protocol):
    """Where Makefiles and Kconfig files come from: one state of a tree."""

    def read(self, path: str) -> bytes | None:
        """A file of the tree; None where it has none.  Raises Unseen."""

    def kconfigs(self, pattern: str) -> Iterable[str]:
        """The Kconfig files with a line that this extended regular expression matches.  Raises Unseen."""


class Configuration:
    """What one state of a tree is configured by; every file is read once."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._entries: dict[str, tuple[Entry, ...]] = {}
        self._defined: dict[str, tuple[tuple[str, Entry], ...]] = {}  # with the file of each
        self._builds: dict[str, tuple[Build, ...]] = {}

    @cached_property
    def known(self) -> bool:
        """There is a tree with a Makefile at its root."""
        return self._ground.read("Makefile") is not None

    def ways(self, path: str) -> tuple[frozenset[str], ...] | None:
        """The ways in which a C file is built, each as the symbols that are set then; None where nobody can tell."""
        folder, _, name = path.rpartition("/")
        if not self.known or not folder:
            return None
        found = gates(self._makefile(folder), name)
        while found is not None and "/" in folder:
            folder, _, inner = folder.rpartition("/")
            above = [build for build in self._makefile(folder) if f"{inner}/" in build.objects]
            if above:
                found = tuple(dict.fromkeys(way | build.symbols for way in found for build in above))
            elif self._makefile(folder):
                return None  # a folder that is entered in some other way
        always = self._always(path)
        return None if found is None else tuple(way | always if way else way for way in found)

    def own(self, path: str, way: frozenset[str]) -> str:
        """The symbol by which the file's own Makefile builds it that way; the first of several."""
        folder, _, name = path.rpartition("/")
        return min(
            (symbol for near in gates(self._makefile(folder), name) or () if near <= way for symbol in near), default=""
        )

    def brings(self, way: Iterable[str], symbol: str) -> bool | None:
        """Whether ``symbol`` is set where all of these are.

        None: one of them has none that a user sets, so that others select it and theirs counts; or a symbol on the
        way has no entry at all.
        """
        enough = self.providers(symbol)
        closed = set(way)
        edge = set(way)
        for _ in range(DEEP):
            if not closed.isdisjoint(enough):
                return True
            self._look_up(edge)
            if not all(self._defined[name] for name in edge):
                return None
            edge = {found for name in edge for found in self._direct(name)} - closed
            if not edge:
                return False if all(self._set_by_users(name) for name in way) else None
            closed |= edge
            if len(closed) > MOST:
                return None
        return None

    def _set_by_users(self, symbol: str) -> bool:
        """It has an entry with a prompt, or one that stands for an architecture."""
        return any(entry.prompt or symbol in self._always(path) for path, entry in self._defined[symbol])

    def providers(self, symbol: str) -> frozenset[str]:
        """The symbols that may bring this one: what it is computed from, and what selects it."""
        found = {symbol}
        for entry in self._entries_of(symbol):
            if not entry.prompt:
                found |= {name for default in entry.defaults for name in symbols(default.text)}
        pattern = rf"^[[:space:]]*(select|imply)[[:space:]]+{symbol}([^A-Z0-9_]|$)"
        for path in self._ground.kconfigs(pattern):
            found |= {
                entry.name
                for entry in self._file(path)
                if symbol in {s.symbol for s in (*entry.selects, *entry.implies)}
            }
        return frozenset(found)

    def tristate(self, symbol: str) -> bool:
        """It can be m."""
        return any(entry.type == "tristate" for entry in self._entries_of(symbol))

    def _direct(self, symbol: str) -> frozenset[str]:
        """What is set where a symbol is: in each of its entries."""
        self._look_up([symbol])
        each = [
            entry.requires
            | {chosen.symbol for chosen in entry.selects if not chosen.condition}
            | (self._always(path) - {symbol})
            for path, entry in self._defined[symbol]
        ]
        return frozenset.intersection(*each) if each else frozenset()

    def _always(self, path: str) -> frozenset[str]:
        """What is set wherever a file below arch/ counts: the symbols that stand for its architecture."""
        parts = path.split("/")
        if parts[0] != "arch" or len(parts) < 3:
            return frozenset()
        return frozenset(
            entry.name
            for entry in self._file(f"arch/{parts[1]}/Kconfig")
            if not (entry.prompt or entry.depends or entry.around) and [one.text for one in entry.defaults] == ["y"]
        )

    def _entries_of(self, symbol: str) -> list[Entry]:
        self._look_up([symbol])
        return [entry for _, entry in self._defined[symbol]]

    def _look_up(self, names: Iterable[str]) -> None:
        """Find the entries of all of these at once."""
        wanted = sorted(set(names) - self._defined.keys())
        if not wanted:
            return
        pattern = rf"^[[:space:]]*(menu)?config[[:space:]]+({'|'.join(wanted)})[[:space:]]*(#.*)?$"
        entries = [(path, entry) for path in self._ground.kconfigs(pattern) for entry in self._file(path)]
        for name in wanted:
            self._defined[name] = tuple(found for found in entries if found[1].name == name)

    def _file(self, path: str) -> tuple[Entry, ...]:
        if path not in self._entries:
            self._entries[path] = self._parsed(path, parse_kconfig)
        return self._entries[path]

    def _makefile(self, folder: str) -> tuple[Build, ...]:
        if folder not in self._builds:
            kbuild = f"{folder}/Kbuild"
            path = kbuild if self._ground.read(kbuild) is not None else f"{folder}/Makefile"
            self._builds[folder] = self._parsed(path, parse_makefile)
        return self._builds[folder]

    def _parsed(self, path: str, parser: Callable[[Image], tuple[_T, ...]]) -> tuple[_T, ...]:
        text = self._ground.read(path)
        if text is None:
            return ()
        return parser(Image(path, "after", (Piece(1, text),), True, ("",)))
