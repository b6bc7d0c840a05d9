# SPDX-License-Identifier: GPL-2.0-or-later
"""What stands around the files of a series, on one side: the configuration of the kernel that they are built in."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from gfplint.source.configured import Configuration


class Ground(Protocol):
    """One state of the tree, or as much of it as the series shows; see mail/ground.py."""

    def read(self, path: str) -> bytes | None: ...

    def kconfigs(self, pattern: str) -> Iterable[str]: ...

    def names(self, symbol: str) -> bool: ...

    def exports(self, name: str) -> bool: ...


class Setting:
    """Lazy, and shared by all files of a series."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    @cached_property
    def configuration(self) -> "Configuration":
        from gfplint.source.configured import Configuration  # only few patches ask

        return Configuration(self._ground)

    def built_without(self, path: str, symbols: Sequence[str]) -> str:
        """The CONFIG symbol by which a file is built where none of ``symbols`` is set; "" where that is not known."""
        for way in self.configuration.ways(path) or ():
            if way and all(self.configuration.brings(way, symbol) is False for symbol in symbols):
                return self.configuration.own(path, way) or min(way)
        return ""

    def unknown(self, symbols: Sequence[str]) -> bool:
        """There is no tree, and no Kconfig file of the series names one of ``symbols``."""
        return not self.configuration.known and not any(map(self._ground.names, symbols))

    def module(self, path: str) -> str:
        """The tristate symbol by which a file is built, perhaps into a module; "" where that is not known."""
        for way in self.configuration.ways(path) or ():
            own = self.configuration.own(path, way)
            if own and self.configuration.tristate(own):
                return own
        return ""

    def exports(self, name: str) -> bool:
        """The series exports a function to modules."""
        return self._ground.exports(name)
