# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether a symbol is set wherever some others are, by what Kconfig says of all of them.

Documentation/kbuild/kconfig-language.rst: a user sets symbols that have a prompt; what is selected, depended on
or computed follows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gfplint.source.kconfig import Entry, required

if TYPE_CHECKING:
    from gfplint.source.configured import Configuration

MOST = 3000  # symbols that one question may lead to: an architecture selects three hundred
ASKED = 2  # conditions of conditions
COMPUTED = 3  # symbols that no user sets, in one question
TRIED = 8  # symbols that select one, of each that no user sets

Way = frozenset[str]


def brings(configuration: Configuration, way: Way, symbol: str, asked: int = 0) -> bool | None:
    """Whether ``symbol`` is set where all of ``way`` are; None where that cannot be told.

    False needs a way to set them all without it: of what no user sets, something that selects it.
    """
    enough = frozenset(_enough(configuration, way, symbol, asked))
    found = _implied(configuration, way, enough)
    if found is not False:
        return found
    ways = _set_by_users(configuration, way)
    return False if any(_implied(configuration, one, enough) is False for one in ways) else None


def _enough(configuration: Configuration, way: Way, symbol: str, asked: int) -> Iterator[str]:
    """The symbols that bring this one; not those that do so under a condition which need not hold."""
    for name, conditions in configuration.providers(symbol).items():
        open_ = (
            asked < ASKED and any(brings(configuration, way, other, asked + 1) is False for other in condition)
            for condition in conditions
        )
        if not all(open_):
            yield name


class _Entries:
    """The entries that count for one architecture; for none, all."""

    def __init__(self, configuration: Configuration, home: str) -> None:
        self.configuration, self.home = configuration, home

    def of(self, symbol: str) -> list[tuple[str, Entry]]:
        found = self.configuration.entries(symbol)
        return [(path, entry) for path, entry in found if not self.home or _architecture(path) in ("", self.home)]

    def needed(self, symbol: str) -> list[Way]:
        """What must be set for a symbol, for each of its entries."""
        around, always = self.configuration.around, self.configuration.always
        return [entry.requires | around(path) | (always(path) - {symbol}) for path, entry in self.of(symbol)]

    def brought(self, symbol: str) -> list[Way]:
        """What is set where a symbol is, for each of its entries: one of them counts."""
        chosen = [{one.symbol for one in entry.selects if not one.condition} for _, entry in self.of(symbol)]
        return [needed | some for needed, some in zip(self.needed(symbol), chosen, strict=True)]

    def settable(self, symbol: str) -> bool:
        """It has an entry with a prompt, or one that stands for an architecture."""
        return any(entry.prompt or symbol in self.configuration.always(path) for path, entry in self.of(symbol))


def _architecture(path: str) -> str:
    folder, _, rest = path.partition("/")
    return rest.split("/")[0] if folder == "arch" and "/" in rest else ""


def _home(configuration: Configuration, way: Way) -> str:
    """The architecture whose symbols are all set; "" for none."""
    for path in (path for name in sorted(way) for path, _ in configuration.entries(name)):
        always = configuration.always(path)
        if always and always <= way:
            return _architecture(path)
    return ""


def _implied(configuration: Configuration, way: Way, enough: Way) -> bool | None:
    """What these symbols bring is among ``enough``; None where they need one that has no entry, or lead too far."""
    if not way.isdisjoint(enough):
        return True
    entries = _Entries(configuration, _home(configuration, way))
    reached = _all(entries, way)
    if reached is None:
        return None
    missing = frozenset(name for name in reached if not entries.of(name))
    if _surely(way, missing, {name: entries.needed(name) for name in reached}):
        return None
    return _surely(way, enough, {name: entries.brought(name) for name in reached})


def _surely(way: Way, wanted: Way, edges: dict[str, list[Way]]) -> bool:
    """One of ``wanted`` is reached from some of ``way``, by whichever of its entries each symbol on the way is set."""
    found = set(wanted)
    before = -1
    while before != len(found) and way.isdisjoint(found):
        before = len(found)
        found |= {name for name, each in edges.items() if each and not any(map(found.isdisjoint, each))}
    return not way.isdisjoint(found)


def _all(entries: _Entries, way: Way) -> Way | None:
    """All symbols that these lead to; None for too many."""
    reached, edge = set(way), set(way)
    while edge:
        edge = {name for one in edge for some in entries.brought(one) for name in some} - reached
        reached |= edge
        if len(reached) > MOST:
            return None
    return frozenset(reached)


def _set_by_users(configuration: Configuration, way: Way, left: int = COMPUTED) -> Iterator[Way]:
    """Ways to have these symbols set in which users set each of them."""
    home = _home(configuration, way)
    entries = _Entries(configuration, home)
    computed = next((name for name in sorted(way) if not entries.settable(name)), None)
    if computed is None:
        yield way
    elif left:
        for path, entry in configuration.selecting(computed)[:TRIED]:
            if entry.prompt and _architecture(path) in ("", home or _architecture(path)):
                chosen = (way - {computed}) | {entry.name} | configuration.always(path)
                yield from _set_by_users(configuration, chosen, left - 1)
        for _, entry in entries.of(computed):
            for default in entry.defaults:
                value, _, condition = default.text.partition(" if ")
                needed = required(condition) | required(value) | entry.requires
                yield from _set_by_users(configuration, (way - {computed}) | needed, left - 1)
