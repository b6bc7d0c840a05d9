# SPDX-License-Identifier: GPL-2.0-or-later
"""What a rule reads of a function or file and asks no more of: locks, ways out, unlocks, exports."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from gfplint.facts.words import family_of
from gfplint.finding import Span
from gfplint.record import NamedTuple

if TYPE_CHECKING:
    from gfplint.facts.model import LockOp


class Lock(NamedTuple):
    """A lock as it is held: class, the lock's expression, how, and where it was taken."""

    cls: str
    key: str
    op: LockOp
    span: Span

    @property
    def family(self) -> str | None:
        """The family of locks.toml that the class belongs to, such as "hotplug"."""
        return family_of(self.cls)

    def __str__(self) -> str:
        return self.key or self.cls


class Exit(NamedTuple):
    """A way out of a function, with the locks held there."""

    span: Span
    held: tuple[Lock, ...]  # on every path that comes here
    maybe: tuple[Lock, ...]  # on some
    leaks: tuple[Lock, ...]  # taken here and forgotten, as a maintainer would judge it
    error: bool  # returns an error
    text: str
    jumps: bool = False  # by a goto that is told apart from others


class Release(NamedTuple):
    """An unlock; ``other`` is the lock held in place of the one that it releases."""

    name: str
    span: Span
    held: str  # yes, no, maybe, unknown
    other: Lock | None
    family: str | None  # of the lock that it releases
    key: str
    without: tuple[Span, ...] = ()  # the gotos by which paths come that do not hold it, others do
    tried: Span | None = None  # the call that tried to take it, where that may fail


class Again(NamedTuple):
    """A lock that the kernel's core holds when it calls the function back, and that the function takes."""

    span: Span
    name: str  # the function that takes it
    lock: str  # its expression, or class
    operation: str  # "snd_kcontrol_new.put"
    held: str  # how the core holds it: read, write, excl
    core: str  # the file of the core that calls it
    through: str  # the callback that calls the function; "" where it is the callback
    mode: str  # how the function takes it


class Twice(NamedTuple):
    """A lock that is taken while the function holds it; ``first`` is how it was taken."""

    span: Span
    name: str  # the function that takes it
    first: Lock


class Nested(NamedTuple):
    """A lock that all functions know by one name, taken while another such lock is held."""

    span: Span
    outer: Lock
    inner: str  # its class, or its expression

    @property
    def order(self) -> tuple[str, str]:
        return str(self.outer), self.inner


class Change(NamedTuple):
    """A variable, field or other place that is set; see source/blocks.py."""

    span: Span
    target: str
    operator: str
    value: str

    @property
    def field(self) -> str:
        """The member that is set; "" for a plain variable."""
        _, arrow, name = self.target.replace("->", ".").rpartition(".")
        return name if arrow and name.isidentifier() else ""

    @property
    def owner(self) -> str:
        """What the member belongs to; "" for a plain variable."""
        return self.target.rpartition("->")[0].strip() or self.target.rpartition(".")[0].strip()

    def lasts(self, locals: Collection[str]) -> bool:
        """Others than the function see it: it is no local variable."""
        return re.split(r"\W", self.target.lstrip("*("), maxsplit=1)[0] not in locals

    def names(self, words: Collection[str]) -> bool:
        """One of these identifiers stands in what it is set to."""
        return not set(words).isdisjoint(re.findall(r"\w+", self.value))

    @property
    def counts(self) -> bool:
        """A member that is counted up or down, or has bits set."""
        return bool(self.field) and self.operator in ("+=", "-=", "|=")


class Export(NamedTuple):
    """A symbol that is exported to modules."""

    span: Span
    macro: str  # EXPORT_SYMBOL_GPL...
    symbol: str


class Select(NamedTuple):
    """A symbol that a Kconfig entry selects."""

    span: Span
    symbol: str
    condition: str  # "" for none


class Lack(NamedTuple):
    """A place that uses what is not there in some configuration in which its file is built."""

    span: Span
    name: str
    set: bool  # the name of a variable, which is a constant there
    symbols: tuple[str, ...]  # one of them must be set
    entry: str  # the CONFIG symbol that builds the file without them; "" where nothing says what builds it
