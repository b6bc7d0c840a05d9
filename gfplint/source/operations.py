# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables of operations of a file, member by member: which structure calls a function by which name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from gfplint import regex
from gfplint.diff.image import Image
from gfplint.record import NamedTuple
from gfplint.source.declare import split_args
from gfplint.source.mask import masked
from gfplint.source.pairs import Pairs

_TABLE = regex.compile(
    rb"\n[ \t]*+(?:(?:static|const|extern|__\w++)\s++)*+struct\s++(\w++)\s++(?:const\s++)?+(?:__\w++\s++)*+"
    rb"\w++(\[[^\]\n]*+\])?+\s*+(?:__\w++(?:\([^()\n]*+\))?+\s*+)*+=\s*+\{"
)
_PART = regex.compile(rb"[{}]|\.(\w++)\s*+=\s*+&?+([A-Za-z_]\w*+)(?=\s*+[,}])")
_CALL = regex.compile(rb"\b([A-Z][A-Z0-9_]++)\s*+\(")

Macros = Mapping[str, Mapping[str, Sequence[str]]]  # structure -> macro -> the members that its arguments become


class Member(NamedTuple):
    """A function in a table of operations."""

    table: str  # the structure
    name: str  # its member
    beside: frozenset[str]  # the members that the same entry sets to functions


def members_of(image: Image, function: str, macros: Macros) -> tuple[Member, ...]:
    """The members that the file sets to a function, by an initialiser or by one of the macros for that."""
    listed = _tables(image).get(function, ())
    found = [Member(*one, frozenset()) for text in _texts(image) for one in _by_macro(text, function, macros)]
    return (*listed, *found)


@lru_cache(maxsize=16)
def _texts(image: Image) -> tuple[bytes, ...]:
    return tuple(b"\n" + masked(piece.text) for piece in image.pieces)


@lru_cache(maxsize=16)
def _tables(image: Image) -> dict[str, list[Member]]:
    found: dict[str, list[Member]] = {}
    for text in _texts(image):
        for table in _TABLE.finditer(text) if b"struct" in text else ():
            for entry in _entries(text, table.end(), 2 if table[2] else 1):
                beside = frozenset(member for member, _ in entry)
                for member, function in entry:
                    found.setdefault(function, []).append(Member(table[1].decode(), member, beside))
    return found


def _entries(text: bytes, start: int, own: int) -> Iterator[list[tuple[str, str]]]:
    """The entries of an initialiser that begins at ``start``, each with its members; ``own``: how deep they stand."""
    depth = 1
    entry: list[tuple[str, str]] = []
    for part in _PART.finditer(text, start):
        if part[0] == b"{":
            depth += 1
        elif part[0] == b"}":
            if depth == own:
                yield entry
                entry = []
            depth -= 1
            if not depth:
                return
        elif depth == own:
            entry.append((part[1].decode(), part[2].decode()))


def _by_macro(text: bytes, function: str, macros: Macros) -> Iterator[tuple[str, str]]:
    if function.encode() not in text:
        return
    pairs = Pairs(text)
    for table, rows in macros.items():
        for found in _CALL.finditer(text):
            members = rows.get(found[1].decode(), ())
            close = pairs.close(found.end() - 1) if members else None
            if close is not None:
                args = split_args(text[found.end() : close].decode("utf-8", "surrogateescape"))
                for member, arg in zip(members, args, strict=False):
                    if member and arg.strip().lstrip("&") == function:
                        yield table, member
