# SPDX-License-Identifier: GPL-2.0-or-later
"""Sets of flags of which each may be set, clear, or unknown; and what constants stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from gfplint import regex

if TYPE_CHECKING:
    from gfplint.facts.tables import Tables

_TOKEN = regex.compile(
    r"\s*(?:(?P<cast>\(\s*(?:__force\s+)?gfp_t\s*\))|(?P<name>[A-Za-z_]\w*)|(?P<number>\d\w*)|(?P<sign>[|&~()+]))"
)


class Bits:
    """Flags by name: "1", "0" or "?"; ``rest`` is the state of all others."""

    __slots__ = ("_key", "bits", "rest")

    def __init__(self, bits: Mapping[str, str], rest: str) -> None:
        self.bits = {bit: state for bit, state in bits.items() if state != rest}
        self.rest = rest
        self._key = (frozenset(self.bits.items()), rest)

    def state(self, bit: str) -> str:
        return self.bits.get(bit, self.rest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bits) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)


EMPTY = Bits({}, "0")
UNKNOWN = Bits({}, "?")
_OR = {"11": "1", "10": "1", "01": "1", "1?": "1", "?1": "1", "00": "0"}
_AND = {"11": "1", "00": "0", "10": "0", "01": "0", "0?": "0", "?0": "0"}
_NOT = {"1": "0", "0": "1", "?": "?"}


def _pairwise(one: Bits, two: Bits, table: Mapping[str, str]) -> Bits:
    bits = {bit: table.get(one.state(bit) + two.state(bit), "?") for bit in (*one.bits, *two.bits)}
    return Bits(bits, table.get(one.rest + two.rest, "?"))


def either(one: Bits, two: Bits) -> Bits:
    """one | two"""
    return _pairwise(one, two, _OR)


def both(one: Bits, two: Bits) -> Bits:
    """one & two"""
    return _pairwise(one, two, _AND)


def negated(one: Bits) -> Bits:
    """~one"""
    return Bits({bit: _NOT[state] for bit, state in one.bits.items()}, _NOT[one.rest])


def join(parts: Iterable[Bits]) -> Bits:
    """What all of ``parts`` agree on."""
    parts = list(parts)
    names = {bit for part in parts for bit in part.bits}

    def agreed(states: set[str]) -> str:
        return states.pop() if len(states) == 1 else "?"

    return Bits(
        {bit: agreed({part.state(bit) for part in parts}) for bit in names}, agreed({part.rest for part in parts})
    )


def names(tables: Tables, kernel: str) -> Mapping[str, frozenset[str]]:
    """Flag names of a kernel with their leaf bits, those of mm/internal.h and a few other headers too."""
    flags = dict(tables.gfp_flags(kernel))
    known = {bit for bits in flags.values() for bit in bits}
    gfp = tables.section("gfp")
    for name, bits in (*gfp["masks_mm_internal"].items(), *gfp["masks_other_headers"].items()):
        if all(bit in known for bit in bits):
            flags.setdefault(name, frozenset(bits))
    return flags


def constant(
    name: str, kernels: list[Mapping[str, frozenset[str]]], defines: Mapping[str, str], depth: int = 0
) -> tuple[tuple[Bits, ...], tuple[str, ...]] | None:
    """The bits of a flag or of a file's own #define, one a kernel, and the flags written; None if it is neither.

    A flag that only some of ``kernels`` have is unknown.
    """
    if name in defines and depth < 4:
        return _Reader(defines[name], kernels, defines, depth).read()
    if not any(name in flags for flags in kernels):
        return None
    found = tuple(Bits(dict.fromkeys(flags[name], "1"), "0") if name in flags else UNKNOWN for flags in kernels)
    return found, (name,)


class _Reader:
    """Reads the text of a #define: names, |, &, ~ and parentheses."""

    def __init__(
        self, text: str, kernels: list[Mapping[str, frozenset[str]]], defines: Mapping[str, str], depth: int
    ) -> None:
        self.kernels = kernels
        self.defines = defines
        self.depth = depth
        self.tokens = self._tokens(re.sub(r"/\*.*?\*/|//.*", " ", text, flags=re.DOTALL).replace("\\\n", " "))
        self.at = 0

    def _tokens(self, text: str) -> list[str] | None:
        tokens, at = [], 0
        text = text.strip()
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                return None
            if not match["cast"]:
                tokens.append(match[0].strip())
            at = match.end()
        return tokens

    def read(self) -> tuple[tuple[Bits, ...], tuple[str, ...]] | None:
        if not self.tokens:
            return None
        found = self._or()
        return found if self.at == len(self.tokens) else None

    def _peek(self) -> str:
        return self.tokens[self.at] if self.tokens is not None and self.at < len(self.tokens) else ""

    def _or(self) -> tuple[tuple[Bits, ...], tuple[str, ...]] | None:
        left = self._and()
        while left is not None and self._peek() in ("|", "+"):
            self.at += 1
            right = self._and()
            if right is None:
                return None
            bits = tuple(either(a, b) for a, b in zip(left[0], right[0], strict=True))
            left = bits, (*left[1], *right[1])
        return left

    def _and(self) -> tuple[tuple[Bits, ...], tuple[str, ...]] | None:
        left = self._one()
        while left is not None and self._peek() == "&":
            self.at += 1
            right = self._one()
            if right is None:
                return None
            bits = tuple(both(a, b) for a, b in zip(left[0], right[0], strict=True))
            left = bits, tuple(name for name in (*left[1], *right[1]))
        return left

    def _one(self) -> tuple[tuple[Bits, ...], tuple[str, ...]] | None:
        token = self._peek()
        self.at += 1
        if token == "~":
            inner = self._one()
            return (tuple(negated(bits) for bits in inner[0]), ()) if inner is not None else None
        if token == "(":
            inner = self._or()
            if self._peek() != ")":
                return None
            self.at += 1
            return inner
        if token[:1].isdigit():
            return (tuple(EMPTY for _ in self.kernels), ()) if token.strip("0xXuUlL") == "" else None
        if not token or not (token[0].isalpha() or token[0] == "_"):
            return None
        return constant(token, self.kernels, self.defines, self.depth + 1)
