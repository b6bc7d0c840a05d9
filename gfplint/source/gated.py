# SPDX-License-Identifier: GPL-2.0-or-later
"""What a header declares under ``#if`` alone: the CONFIG symbols without which a name is not there.

A name is there where any of its declarations is; a stub in the ``#else`` branch is one, too.  What an
``#if`` asks besides CONFIG symbols may be true or not, so that only what holds either way is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations, product

from gfplint import regex
from gfplint.record import NamedTuple
from gfplint.source.mask import mask

Values = Mapping[str, bool]
Condition = Callable[[Values], bool]
Clause = tuple[str, ...]  # symbols, one of which must be set

MOST = 8  # names that the conditions around a declaration ask for; more are not worked out
WIDE = 3  # symbols of a clause
FAR = 1024  # bytes from a name to the end of its declaration
_DIRECTIVE = regex.compile(r"[ \t]*#[ \t]*(ifdef|ifndef|if|elif|else|endif|define)\b[ \t]*(.*)")
_TOKEN = regex.compile(
    r"\s*(?:(?:defined|IS_ENABLED|IS_BUILTIN|IS_REACHABLE|IS_MODULE)\s*\(\s*(\w+)\s*\)|defined\s+(\w+)|(&&|\|\||!(?!=)|[()]))"
)
_FUNCTION = regex.compile(r"(?!typedef\b|return\b|else\b)[A-Za-z_][\w \t*]*?[ \t*](\w+)[ \t]*\(")
_VARIABLE = regex.compile(r"extern\b[\w \t*]*?[ \t*](\w+)(?:\[[^\]]*\])*;")
_LATER = regex.compile(r"(\w+)[ \t]*\(")  # the name on a line of its own, below its type
_BODY = regex.compile(r"[;{]")
_MACRO = regex.compile(r"(\w+)(\()?")


class Gate(NamedTuple):
    """What a name needs."""

    clauses: tuple[Clause, ...]  # all of them must hold
    constant: bool  # a variable, for which a macro with a value stands where they do not


class Declared(NamedTuple):
    """A name at the top of a file: a declaration, a definition or a macro."""

    kind: str  # "function", "variable", "constant": a macro without parameters
    name: str
    around: tuple[str, ...]  # the conditions that it stands under
    body: bool = False  # what it does stands there, too
    static: bool = False


def gates(header: bytes) -> dict[str, Gate]:
    """The names of a header that are not there, or are no variables, in some configurations."""
    named: dict[str, list[Declared]] = {}
    for one in declarations(header):
        named.setdefault(one.name, []).append(one)
    found = {}
    for name, places in named.items():
        kinds = {one.kind for one in places}
        if "constant" in kinds and "variable" in kinds:
            places = [one for one in places if one.kind == "variable"]
        elif kinds == {"constant"}:
            continue
        if all(one.around for one in places) and (clauses := needed(one.around for one in places)):
            found[name] = Gate(clauses, "constant" in kinds and "variable" in kinds)
    return found


def needed(places: Iterable[tuple[str, ...]]) -> tuple[Clause, ...]:
    """The clauses that hold wherever all conditions of one of these places do."""
    try:
        made = [[_condition(text) for text in around] for around in places]
    except (ValueError, RecursionError):
        return ()
    names = sorted({name for around in made for _, asked in around for name in asked})
    if len(names) > MOST:
        return ()
    there = [values for values in _every(names) if any(all(asks(values) for asks, _ in around) for around in made)]
    return tuple(_clauses([name for name in names if name.startswith("CONFIG_")], there))


def _every(names: list[str]) -> Iterator[Values]:
    return (dict(zip(names, one, strict=True)) for one in product((False, True), repeat=len(names)))


def _clauses(symbols: list[str], there: list[Values]) -> Iterator[Clause]:
    done: list[frozenset[str]] = []
    for size in range(1, WIDE + 1) if there else ():
        for some in map(frozenset, combinations(symbols, size)):
            if not any(one <= some for one in done) and all(any(values[name] for name in some) for values in there):
                done.append(some)
                yield tuple(name.removeprefix("CONFIG_") for name in sorted(some))


def declarations(text: bytes) -> Iterator[Declared]:
    """What stands at the top of a header or C file."""
    code = mask(text).decode("utf-8", "surrogateescape").replace("\\\n", " \n")
    around: list[list[str]] = []
    depth, typed, at = 0, False, 0
    for line in code.split("\n"):
        directive = _DIRECTIVE.match(line)
        if directive is None:
            if depth == 0 and line[:1] not in ("", "#", " ", "\t", "}"):
                yield from _declared(code, at, line, typed, _all(around))
                typed = line[0].isalpha() and "(" not in line and ";" not in line
            depth = max(0, depth + line.count("{") - line.count("}"))
        elif directive[1] != "define":
            _turn(around, directive[1], directive[2])
        elif (macro := _MACRO.match(directive[2])) is not None:
            yield Declared("function" if macro[2] else "constant", macro[1], _all(around), True)
        at += len(line) + 1


def _declared(code: str, at: int, line: str, typed: bool, around: tuple[str, ...]) -> Iterator[Declared]:
    """What the line at ``at`` declares; ``typed``: the one above it is a type."""
    variable = _VARIABLE.match(line)
    if variable is not None:
        yield Declared("variable", variable[1], around)
        return
    function = _FUNCTION.match(line) or (_LATER.match(line) if typed else None)
    if function is not None:
        next_ = _BODY.search(code, at, at + FAR)
        body = next_ is not None and next_[0] == "{"
        yield Declared("function", function[1], around, body, "static" in line.split())


def _turn(around: list[list[str]], word: str, rest: str) -> None:
    """Take an ``#if`` line into account: each open group is the branches that were not taken, and the one that is."""
    if word in ("ifdef", "ifndef"):
        name = rest.split()[0] if rest.split() else "?"
        around.append([f"defined({name})" if word == "ifdef" else f"!defined({name})"])
    elif word == "if":
        around.append([rest])
    elif word == "endif":
        del around[-1:]
    elif around:
        around[-1][-1] = f"!({around[-1][-1]})"
        around[-1].append(rest if word == "elif" else "defined(1)")


def _all(around: list[list[str]]) -> tuple[str, ...]:
    return tuple(part for group in around for part in group if part != "defined(1)")


def _condition(text: str) -> tuple[Condition, frozenset[str]]:
    """An ``#if`` condition, and the names that it asks for.  Raises ValueError for one that is none."""
    reader = _Reader(text)
    made = reader.either()
    if reader.at != len(text.rstrip()):
        raise ValueError(text)
    return made, frozenset(reader.asked)


class _Reader:
    """``defined(A) && (B || !IS_ENABLED(C))``; what is neither is a name of its own, which nobody knows."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text.rstrip(), 0
        self.asked: list[str] = []

    def sign(self, *signs: str) -> str:
        token = _TOKEN.match(self.text, self.at)
        if token is None or token[3] not in signs:
            return ""
        self.at = token.end()
        return token[3]

    def either(self) -> Condition:
        parts = [self.both()]
        while self.sign("||"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else lambda values: any(part(values) for part in parts)

    def both(self) -> Condition:
        parts = [self.one()]
        while self.sign("&&"):
            parts.append(self.one())
        return parts[0] if len(parts) == 1 else lambda values: all(part(values) for part in parts)

    def one(self) -> Condition:
        if self.sign("!"):
            inner = self.one()
            return lambda values: not inner(values)
        if self.sign("("):
            inner = self.either()
            if not self.sign(")"):
                raise ValueError(self.text)
            return inner
        token = _TOKEN.match(self.text, self.at)
        if token is not None and not token[3]:
            self.at = token.end()
            return self.name((token[1] or token[2]).removesuffix("_MODULE"))
        other = re.compile(r"(?:[^&|()]|&(?!&)|\|(?!\|)|\([^()]*\))+").match(self.text, self.at)
        if other is None:
            raise ValueError(self.text)
        self.at = other.end()
        return self.name(other[0].strip())

    def name(self, name: str) -> Condition:
        self.asked.append(name)
        return lambda values: values[name]
