# SPDX-License-Identifier: GPL-2.0-or-later
"""What stands around the files of a series, on one side: the configuration, the other files of a folder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Protocol

from gfplint.diff.image import Image, Piece, Unseen
from gfplint.facts import tables
from gfplint.source.mask import masked

if TYPE_CHECKING:
    from gfplint.facts.model import Gated
    from gfplint.source.configured import Configuration
    from gfplint.source.gated import Gate


ALWAYS = "this file, always built,"
MOST = 12  # files of a folder that name a function; where there are more, nobody asks its callers


class Ground(Protocol):
    """One state of the tree, or as much of it as the series shows; see mail/ground.py."""

    @property
    def rooted(self) -> bool: ...

    def read(self, path: str) -> bytes | None: ...

    def speaks_of(self, name: str) -> bool: ...

    def takes_out(self, name: str) -> bool: ...

    def touched(self) -> Sequence[Image]: ...

    def stood(self, path: str) -> bytes | None: ...

    def kconfigs(self, says: Literal["config", "select"], symbol: str) -> Iterable[str]: ...

    def names(self, symbol: str) -> bool: ...

    def exports(self, name: str, places: Iterable[str]) -> bool: ...

    def mentions(self, name: str, folder: str) -> Iterable[str]: ...


class Setting:
    """Lazy, and shared by all files of a series."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._named: dict[tuple[str, str], tuple[Image, ...]] = {}
        self._headers: dict[str, dict[str, Gate]] = {}

    @property
    def rooted(self) -> bool:
        """There is a kernel tree."""
        return self._ground.rooted

    @cached_property
    def configuration(self) -> Configuration:
        from gfplint.source.configured import Configuration  # only few patches ask

        return Configuration(self._ground)

    def built_without(self, path: str, symbols: Sequence[str]) -> str:
        """The CONFIG symbol by which a file is built where none of ``symbols`` is set; "" where that is not known."""
        try:
            for way in (self.configuration.ways(path) if self._ground.rooted else None) or ():
                if all(self.configuration.brings(way, symbol) is False for symbol in symbols):
                    return self.configuration.named(path, way) or ALWAYS
        except Unseen:
            pass
        return ""

    def gate(self, name: str, row: Gated) -> tuple[tuple[str, ...], ...]:
        """What a name needs, by its header as the tree has it; where that is not to be had, as the tables have it.

        Nothing is known of a function that the tree defines elsewhere than the tables say.
        """
        if not self._ground.rooted:
            return row.clauses
        text = self._text(row.path)
        if row.kind == "defined":
            return row.clauses if text is not None and name.encode() in text else ()
        if text is None:
            return row.clauses
        if row.path not in self._headers:
            from gfplint.source.gated import gates  # only few patches ask

            self._headers[row.path] = gates(text)
        header = self._headers[row.path]
        always = frozenset(tables.load().section("kconfig_gates")["everywhere"]["symbols"])
        found = header[name].clauses if name in header else ()
        return tuple(clause for clause in found if always.isdisjoint(clause))

    def _text(self, path: str) -> bytes | None:
        try:
            return self._ground.read(path)
        except Unseen:
            return None

    def unknown(self, symbols: Sequence[str]) -> bool:
        """There is no tree, and no Kconfig file of the series names one of ``symbols``."""
        return not (self._ground.rooted and self.configuration.known) and not any(map(self._ground.names, symbols))

    def module(self, path: str) -> str:
        """The tristate symbol by which a file is built, perhaps into a module; "" where that is not known."""
        try:
            for way in (self.configuration.ways(path) if self._ground.rooted else None) or ():
                own = self.configuration.own(path, way)
                if own and self.configuration.tristate(own):
                    return own
        except Unseen:
            pass
        return ""

    def exports(self, name: str, places: Iterable[str]) -> bool:
        """The series exports a function to modules, or the tree does so in one of these files."""
        return self._ground.exports(name, places)

    def naming(self, path: str, name: str) -> tuple[Image, ...]:
        """The other C files and headers of a file's folder that name a function; () for too many, or not all known."""
        folder = path.rpartition("/")[0]
        key = (folder, name)
        if key not in self._named:
            try:
                self._named[key] = self._images(name, folder) if folder else ()
            except Unseen:
                self._named[key] = ()
        return tuple(image for image in self._named[key] if image.path != path)

    def beside(self, path: str, name: str) -> Image | None:
        """The file of the series, other than ``path``, that defines a function for others; None for none, or two."""
        if not self._ground.speaks_of(name):
            return None  # before all files of the series are looked through
        found = [image for image in self._defining.get(name, ()) if image.path != path]
        return found[0] if len(found) == 1 else None

    @cached_property
    def _defining(self) -> dict[str, list[Image]]:
        from gfplint.source.declare import shared

        found: dict[str, list[Image]] = {}
        for image in self._ground.touched():
            for name in shared(image) if image.path.endswith((".c", ".h")) else ():
                found.setdefault(name, []).append(image)
        return found

    def own(self, path: str) -> Image | None:
        """A file as the tree has it before the series, comments blanked; None where there is none."""
        text = self._ground.stood(path)
        return Image(path, "after", (Piece(1, masked(text)),), True, ("",)) if text is not None else None

    def settled(self, path: str, name: str) -> Image | None:
        """The same, for what it does with a function; None also where the series may take that out."""
        return self.own(path) if not self._ground.takes_out(name) else None

    def _images(self, name: str, folder: str) -> tuple[Image, ...]:
        paths = [*self._ground.mentions(name, folder)]
        texts = [(one, self._ground.read(one)) for one in paths] if len(paths) <= MOST else []
        if any(text is None for _, text in texts):
            return ()
        return tuple(Image(one, "after", (Piece(1, text or b""),), True, ("",)) for one, text in texts)
