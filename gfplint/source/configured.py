# SPDX-License-Identifier: GPL-2.0-or-later
"""Under which configuration a file is built: its Makefiles up to the root, and what Kconfig says of the symbols.

Documentation/kbuild/makefiles.rst, "Goal definitions": Kbuild is preferred to Makefile.  What cannot be told
is None: a symbol without an entry, a file that no Makefile names.  Where a file is there and cannot be
read, Unseen is raised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Any, Literal, Protocol, TypeVar

from gfplint.diff.image import Image, Piece
from gfplint.source.kconfig import Entry, parse_kconfig, parse_sources, required, symbols
from gfplint.source.makefile import WIDE, Build, parse_makefile, ways_of

_T = TypeVar("_T")
TRIED = 8  # symbols that no user sets, on the way to what brings one


class Ground(Protocol):
    """Where Makefiles and Kconfig files come from: one state of a tree."""

    def read(self, path: str) -> bytes | None:
        """A file of the tree; None where it has none.  Raises Unseen."""

    def kconfigs(self, says: Literal["config", "select"], symbol: str) -> Iterable[str]:
        """The Kconfig files that have an entry of a symbol, or select or imply it.  Raises Unseen."""


class Configuration:
    """What one state of a tree is configured by; every file is read once."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._entries: dict[str, tuple[Entry, ...]] = {}
        self._defined: dict[str, tuple[tuple[str, Entry], ...]] = {}  # with the file of each
        self._builds: dict[str, tuple[Build, ...]] = {}
        self._lines: dict[str, tuple[tuple[str, frozenset[str]], ...]] = {}  # that bring in other Kconfig files
        self._sourced: dict[str, frozenset[str]] = {}

    @cached_property
    def known(self) -> bool:
        """There is a tree with a Makefile at its root."""
        return self._ground.read("Makefile") is not None

    def ways(self, path: str) -> tuple[frozenset[str], ...] | None:
        """The ways in which a C file is built, each as the symbols that are set then; None where nobody can tell."""
        folder, _, name = path.rpartition("/")
        if not self.known or not folder:
            return None
        found = ways_of(self._makefile(folder), name)
        while found is not None and "/" in folder:
            folder, _, inner = folder.rpartition("/")
            above = [build for build in self._makefile(folder) if f"{inner}/" in build.objects]
            if above:
                found = tuple(dict.fromkeys(way | build.symbols for way in found for build in above))
            elif self._makefile(folder):
                return None  # a folder that is entered in some other way
        always = self.always(path)
        return None if found is None else tuple(way | always for way in found)

    def own(self, path: str, way: frozenset[str]) -> str:
        """The symbol by which the file's own Makefile builds it that way; the first of several."""
        folder, _, name = path.rpartition("/")
        own = (near for near in ways_of(self._makefile(folder), name) or () if near <= way)
        return min((symbol for near in own for symbol in near - WIDE), default="")

    def named(self, path: str, way: frozenset[str]) -> str:
        """The symbol to name to whoever wonders what builds the file that way; "" for none."""
        return self.own(path, way) or min(way - WIDE - self.always(path), default="")

    def brings(self, way: Iterable[str], symbol: str) -> bool | None:
        """Whether ``symbol`` is set where all of these are; None where that cannot be told."""
        from gfplint.source.implied import brings

        return brings(self, frozenset(way), symbol)

    def providers(self, symbol: str) -> Mapping[str, tuple[frozenset[str], ...]]:
        """The symbols that may bring this one besides those that always select it: see implied.py.

        It is computed from them, or they select it under a condition, or imply it; with each the symbols that the
        condition asks for, once for every way in which it does so.  Also through others that no user sets.
        """
        found: dict[str, list[frozenset[str]]] = {symbol: [frozenset()]}
        edge, done = [symbol], {symbol}
        while edge and len(done) < TRIED:
            for name, condition, computed in self._provided(edge.pop()):
                if not computed:
                    found.setdefault(name, []).append(condition)
                elif name not in done:
                    done.add(name)
                    edge.append(name)
        return {name: tuple(ways) for name, ways in found.items()}

    def _provided(self, symbol: str) -> Iterator[tuple[str, frozenset[str], bool]]:
        """What brings a symbol, under which condition; True for one that always does, and that no user sets."""
        for _, entry in self.entries(symbol):
            if not entry.prompt and entry.defaults:  # computed: of its default, where all that it depends on is set
                texts = (part.text for part in (*entry.defaults, *entry.depends, *entry.around))
                named = frozenset[str]().union(*map(symbols, texts))
                yield from ((name, entry.requires - {name}, False) for name in named)
        for path, entry in self.selecting(symbol):
            chosen = [one for one in (*entry.selects, *entry.implies) if one.symbol == symbol]
            if any(one.condition or one in entry.implies for one in chosen):
                yield from ((entry.name, required(one.condition), False) for one in chosen)
            elif not entry.prompt and entry.name not in self.always(path):
                yield entry.name, frozenset(), True

    def selecting(self, symbol: str) -> list[tuple[str, Entry]]:
        """The entries that select or imply a symbol, each with its file."""
        return [
            (path, entry)
            for path in self._ground.kconfigs("select", symbol)
            for entry in self._file(path)
            if any(select.symbol == symbol for select in (*entry.selects, *entry.implies))
        ]

    def tristate(self, symbol: str) -> bool:
        """It can be m."""
        return any(entry.type == "tristate" for _, entry in self.entries(symbol))

    def around(self, path: str) -> frozenset[str]:
        """What is set wherever a Kconfig file counts: the conditions around the line that brings it in.

        As the kernel has it, such a line stands in a Kconfig file of its folder, or of one above it.
        """
        if path not in self._sourced:
            self._sourced[path] = frozenset()
            folders = path.split("/")[:-1]
            for depth in range(len(folders), -1, -1):
                above = "/".join((*folders[:depth], "Kconfig"))
                places = [around for sourced, around in self._sources(above) if sourced == path]
                if places and above != path:
                    self._sourced[path] = frozenset.intersection(*places) | self.around(above)
                    break
        return self._sourced[path]

    def _sources(self, path: str) -> tuple[tuple[str, frozenset[str]], ...]:
        if path not in self._lines:
            self._lines[path] = self._parsed(path, parse_sources)
        return self._lines[path]

    def always(self, path: str) -> frozenset[str]:
        """What is set wherever a file below arch/ counts: the symbols that stand for its architecture."""
        parts = path.split("/")
        if parts[0] != "arch" or len(parts) < 3:
            return frozenset()
        return frozenset(
            entry.name
            for entry in self._file(f"arch/{parts[1]}/Kconfig")
            if not (entry.prompt or entry.depends or entry.around) and [one.text for one in entry.defaults] == ["y"]
        )

    def entries(self, symbol: str) -> tuple[tuple[str, Entry], ...]:
        """The entries of a symbol, each with its file."""
        found = self._defined.get(symbol)
        if found is None:
            files = self._ground.kconfigs("config", symbol)
            found = tuple((path, entry) for path in files for entry in self._file(path) if entry.name == symbol)
            self._defined[symbol] = found
        return found

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
        found: tuple[_T, ...] = _read(path, text, parser) if text is not None else ()
        return found


@lru_cache(maxsize=1024)  # the two sides of a patch, and its neighbours, have the same files
def _read(path: str, text: bytes, parser: Callable[[Image], tuple[Any, ...]]) -> tuple[Any, ...]:
    return parser(Image(path, "after", (Piece(1, text),), True, ("",)))
