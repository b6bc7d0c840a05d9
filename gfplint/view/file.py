# SPDX-License-Identifier: GPL-2.0-or-later
"""What a rule may judge besides a function: one side of a file, an entry of Kconfig, a series."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING

from gfplint import regex
from gfplint.diff.image import Image
from gfplint.facts import tables
from gfplint.finding import Side, Span
from gfplint.flow import kept
from gfplint.flow.things import Export, Lack, Select
from gfplint.record import NamedTuple
from gfplint.source import mentions, use, within
from gfplint.source.model import Source
from gfplint.view.function import Function
from gfplint.view.setting import Setting

if TYPE_CHECKING:
    from gfplint.facts.model import Gated
    from gfplint.source import kconfig


class Use(NamedTuple):
    """A name at a place."""

    span: Span
    name: str


class File:
    """One side of a file of the patch."""

    def __init__(
        self, source: Source, kernel: str | None, setting: Setting | None = None, was: File | None = None
    ) -> None:
        self.source = (
            source if setting is None else source._replace(elsewhere=partial(setting.naming, source.image.path))
        )
        self.kernel = kernel
        self.path = source.image.path
        self._setting = setting
        self.was = was  # the file before the patch; None on that side, and where nothing of it was looked at

    @property
    def image(self) -> Image:
        return self.source.image

    @property
    def side(self) -> Side:
        return self.source.image.side

    @property
    def whole(self) -> bool:
        return self.source.image.whole

    def matches(self, globs: Iterable[str]) -> bool:
        """The path matches one of ``globs``; a * also matches slashes."""
        return any(regex.glob(self.path, glob) for glob in globs)

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """Those that the patch touches."""
        return tuple(Function(definition, self) for definition in self.source.functions)

    def mentions(self, *names: str) -> bool:
        """Any of these identifiers stands in what is known of the file, comments included."""
        return within.in_image(self.image, names)

    def besides(self, *names: str) -> bool:
        """Any of these identifiers stands in the file outside of the functions that the patch touches."""
        spans = [(fn.definition.first, fn.definition.last) for fn in self.functions]
        return any(not any(low <= line <= high for low, high in spans) for line in within.lines(self.image, names))

    def settled(self, name: str) -> Image | None:
        """The file as the tree has it, for what it does with a function; None where the series may change that."""
        return self._setting.settled(self.path, name) if self._setting is not None else None

    def guarded(self, function: str, names: Iterable[str], symbols: Iterable[str]) -> bool | None:
        """All uses of ``names`` stand under an #if that names one of ``symbols``: in the file as the tree has it.

        None where the function does so, too; False also where nothing of the file is known.
        """
        from gfplint.flow.summary import heads

        image = self._setting.own(self.path) if self._setting is not None else None
        if image is None:
            return False

        def under(line: int) -> bool:
            text = " ".join(within.conditions(image, line))
            return any(use.mentions(text, f"CONFIG_{symbol}") for symbol in symbols)

        begins = heads(image).get(function.encode("utf-8", "replace"), ())
        if any(map(under, begins)):
            return None
        uses = [*within.lines(image, names)]
        return bool(begins and uses) and all(map(under, uses))

    def named(self, name: str) -> int:
        """On how many lines an identifier stands in what is known of the file, comments included."""
        return len({*within.lines(self.image, (name,))})

    def written(self, names: Iterable[str], arg: str) -> int:
        """How often a call of one of ``names`` with this one argument, or this first one, stands in the file."""
        return sum(within.written(self.image, name, arg) for name in names)

    def constructed(self, cache: str) -> bool:
        """The file makes a slab cache of that name, with a constructor."""
        return kept.constructed(self.image, cache)

    def filled_by(self, name: str, fillers: Iterable[str]) -> str:
        """The one of ``fillers``, functions that allocate for the caller, that alone fills a variable or field."""
        return mentions.filled_by(self.image, name, frozenset(fillers))

    def mapped(self, name: str) -> tuple[Span, str] | None:
        """Where a field or variable is mapped into a process, and by what, if the file does nothing else with it.

        None: it is not, or something in the file may write into it, or keep it elsewhere.
        """
        return kept.mapped(self.image, name)

    def shows(self) -> tuple[Span, str] | None:
        """The first place of the file where memory is shown or mapped to user space, and by what; None for none."""
        return kept.shows(self.image)

    def built_without(self, *symbols: str) -> str:
        """The CONFIG symbol that the file is built by where none of ``symbols`` is set; "" where that is not known."""
        return self._setting.built_without(self.path, symbols) if self._setting is not None else ""

    @property
    def lacks(self) -> Iterator[Lack]:
        """What the functions use that is not there in all configurations in which the file is built.

        Silent where the file, as the tree has it, tells by #if when such names are there.
        """
        known = tables.load().gates(self.kernel)
        own = {fn.name for fn in self.functions}
        variables = known.variables if self.mentions(*known.variables) else frozenset[str]()
        for fn in self.functions if self._setting is not None else ():
            used = [Use(call.span, call.name) for call in fn.calls if call.name in known and not call.site.indirect]
            if variables:
                used += [Use(one.span, one.target) for one in fn.changes if one.target in variables]
            used = [at for at in used if at.name not in own and not fn.compiled_if(at.span)]
            asked = bool(used) and fn.mentions("IS_ENABLED", "IS_REACHABLE")
            for at in used:
                row = known[at.name]
                if not (asked and row.kind == "defined"):  # the linker does not miss what the compiler leaves out
                    yield from self._missing(fn.name, at, row)

    def _missing(self, function: str, at: Use, row: Gated) -> Iterator[Lack]:
        for symbols in self._setting.gate(at.name, row) if self._setting is not None else ():
            if (function, symbols) not in self._built:
                self._built[function, symbols] = self._without(function, symbols)
            entry = self._built[function, symbols]
            if entry is not None:
                yield Lack(at.span, at.name, row.kind == "variables", symbols, entry)

    @cached_property
    def _built(self) -> dict[tuple[str, tuple[str, ...]], str | None]:
        return {}

    def _without(self, function: str, symbols: tuple[str, ...]) -> str | None:
        """The symbol that builds a function of the file without these; None for none.

        "" where nobody can tell, and these are symbols that are worth a question.
        """
        asked = not set(symbols).isdisjoint(tables.load().section("kconfig_gates")["asked"]["symbols"])
        if not self._rooted and not (asked and self.gate_unknown(*symbols)):
            return None
        names = tables.load().gates(self.kernel).needing(symbols)
        guarded = self.guarded(function, names, symbols)
        if guarded is None or (self.besides(*names) and not guarded):
            return None
        return self.built_without(*symbols) or ("" if asked and self.gate_unknown(*symbols) else None)

    @property
    def _rooted(self) -> bool:
        return self._setting is not None and self._setting.rooted

    @property
    def module(self) -> str:
        """The tristate symbol that builds the file, perhaps into a module; "" where that is not known."""
        return self._setting.module(self.path) if self._setting is not None else ""

    def unexported(self, name: str) -> tuple[str, ...]:
        """The files that define a function, none of which exports it to modules, nor does the series; () for others."""
        places = tuple(tables.load().unexported(self.kernel).get(name, ()))
        return places if self._setting is not None and not self._setting.exports(name, places) else ()

    def gate_unknown(self, *symbols: str) -> bool:
        """No tree says under which symbols the file is built, and no Kconfig file of the series names these."""
        return self._setting is not None and self._setting.unknown(symbols)

    @cached_property
    def exports(self) -> tuple[Export, ...]:
        """The EXPORT_SYMBOL lines in sight."""
        return tuple(Export(span, macro, symbol) for macro, symbol, span in within.exports(self.image))


class KconfigEntry:
    """A ``config`` entry of a Kconfig file, or as much of it as the patch shows."""

    def __init__(self, path: str, side: Side, entry: kconfig.Entry) -> None:
        self.path = path
        self.side = side
        self.entry = entry
        self.name = entry.name

    @property
    def selects(self) -> tuple[Select, ...]:
        """What it selects, without what it implies."""
        at = partial(Span, self.path, self.side)
        return tuple(Select(at((s.line, 1), (s.line, 1)), s.symbol, s.condition) for s in self.entry.selects)


class Series:
    """The end state of a series: each file as its last patch leaves it."""

    def __init__(self, files: Mapping[str, File]) -> None:
        self.files = files
