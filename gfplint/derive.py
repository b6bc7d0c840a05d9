# SPDX-License-Identifier: GPL-2.0-or-later
"""A kernel tree -> the generated part of the fact tables, and how it differs from what is shipped.

Generated are, for each kernel version:

    gfp        bits.VERSION and flags.VERSION   include/linux/gfp_types.h (gfp.h before 6.1)
    gfp_args   VERSION                          every gfp_t parameter declared below include/
    macros     iterators.VERSION                every iterator macro of the tree
    gates      four tables of VERSION           the headers that kconfig_gates.toml names; see gating.py

Written by hand and held against the tree is

    ops        held                             the functions of the core that call a member, and with which lock

``corrections.toml`` holds what was then put right by hand, each row with its
reason; a difference that a correction explains is none.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TextIO

from gfplint.facts import tables
from gfplint.gating import gating
from gfplint.source.annotations import blank_annotations
from gfplint.source.declare import split_args
from gfplint.source.mask import mask
from gfplint.source.pairs import Pairs

Rows = dict[str, Any]  # name -> value

CODE = ("include", "arch", "drivers", "fs", "net", "mm", "kernel", "lib", "sound", "block")
_PRIVATE = ("mm/internal.h", "mm/slab.h")  # headers of the allocators themselves
_VERSION = re.compile(r"^(VERSION|PATCHLEVEL)\s*=\s*(\d+)", re.M)
_DEFINE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]+((?:[^\n\\]|\\.)*)", re.M | re.S)
_BIT = re.compile(r"\b(___GFP_\w+)_BIT\b")
_NUMBER = re.compile(r"(0x[0-9a-fA-F]+|\d+)[uUlL]*")
_CAST = re.compile(r"\(\s*__force\s+gfp_t\s*\)")
_TOKEN = re.compile(r"\w+|[|&~()]")
_FLAG = re.compile(r"(?:__)?GFP_[A-Z0-9_]+")
_NO_FLAGS = frozenset(
    ("GFP_MOVABLE_MASK", "GFP_MOVABLE_SHIFT", "__GFP_BITS_SHIFT", "__GFP_BITS_MASK", "GFP_ZONES_SHIFT")
)
_HEAD = re.compile(rb"\n[ \t]{0,60}+((?!typedef|return)[A-Za-z_][\w \t\n*]{0,400}+)\(")
_HOOKS = re.compile(
    rb"#[ \t]*define[ \t]+(\w+)\(([^()\n]*)\)[\s\\]*(?:\([\w ]+ \*\))?\(*"
    rb"(?:alloc_hooks\(\s*(\w+)|(\w+_noprof))\((.*)",
    re.S,
)
_ITERATOR = re.compile(rb"^[ \t]*#[ \t]*define[ \t]+(\w*(?:for_each|foreach|FOR_EACH)\w*)\(", re.M)
_TYPED = re.compile(r"\bgfp_t\b(?!\s*\*)")


class DeriveError(Exception):
    """The tree lacks what a table is made of; one line that says what and where."""


class Derived(NamedTuple):
    """The generated tables of one kernel: (table, key) -> rows."""

    kernel: str  # "6.12"
    tables: Mapping[tuple[str, str], Rows]


class Change(NamedTuple):
    """A row that the tree has otherwise than the shipped tables."""

    table: str
    key: str
    name: str
    shipped: Any  # None: not there
    derived: Any
    reason: str | None  # of the correction that explains it


def main(tree: str, out: TextIO) -> int:
    """``gfplint facts TREE``: print the difference.

    Status 0 for none, 1 for some, 2 for a tree that cannot be read.
    """
    try:
        found = derive(tree)
    except DeriveError as error:
        import sys  # only to say why there is nothing to say

        print(error, file=sys.stderr)
        return 2
    changes = difference(found)
    for line in report(found, changes):
        print(line, file=out)
    return 1 if any(change.reason is None for change in changes) else 0


def derive(tree: str) -> Derived:
    """Read the tree.  Raises DeriveError."""
    kernel = _kernel(tree)
    types = _first(tree, "include/linux/gfp_types.h", "include/linux/gfp.h")
    bits = gfp_bits(types)
    found: dict[tuple[str, str], Rows] = {
        ("gfp", f"bits.{kernel}"): bits,
        ("gfp", f"flags.{kernel}"): gfp_flags(types, bits),
        ("gfp_args", kernel): dict(sorted(gfp_args(tree).items())),
        ("macros", f"iterators.{kernel}"): dict.fromkeys(sorted(iterators(tree)), True),
        ("ops", "held"): held(tree, kernel),
    }
    for name, rows in gating(tree, tables.load().section("kconfig_gates")).items():
        found["gates", f"{name}.{kernel}"] = dict(sorted(rows.items()))
    return Derived(kernel, found)


def _kernel(tree: str) -> str:
    parts = dict(_VERSION.findall(_text(os.path.join(tree, "Makefile"))))
    if len(parts) < 2:
        raise DeriveError(f"{os.path.join(tree, 'Makefile')}: no VERSION and PATCHLEVEL: not a kernel's")
    return f"{parts['VERSION']}.{parts['PATCHLEVEL']}"


def _first(tree: str, *paths: str) -> str:
    for path in paths:
        if os.path.isfile(os.path.join(tree, path)):
            return _text(os.path.join(tree, path))
    raise DeriveError(f"{tree}: no {' or '.join(paths)}")


def _bytes(path: str) -> bytes:
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except OSError as error:
        raise DeriveError(f"{path}: {error.strerror}") from error


def _text(path: str) -> str:
    return _bytes(path).decode("utf-8", "surrogateescape")


def gfp_bits(text: str) -> Rows:
    """Bit numbers with every optional bit enabled."""
    code = mask(text.encode("utf-8", "surrogateescape")).decode("ascii", "replace")
    names = _BIT.findall(code.split("___GFP_LAST_BIT")[0]) if "___GFP_LAST_BIT" in code else []
    if names:
        return {name: number for number, name in enumerate(names)}
    found: Rows = {}
    for name, value in _DEFINE.findall(code):
        number = _NUMBER.fullmatch(value.strip())
        if name.startswith("___GFP_") and number and int(number[1], 0):
            found.setdefault(name, int(number[1], 0).bit_length() - 1)
    if not found:
        raise DeriveError("no ___GFP_ bits in the header of the gfp flags")
    return found


def gfp_flags(text: str, bits: Rows) -> Rows:
    """Each flag as the sorted list of the leaf flags that it sets."""
    code = mask(text.encode("utf-8", "surrogateescape")).decode("ascii", "replace")
    known: dict[str, frozenset[str]] = {name: frozenset((name[1:],)) for name in bits}
    found: Rows = {}
    for name, value in _DEFINE.findall(code):
        if not _FLAG.fullmatch(name) or name in _NO_FLAGS or name in found:
            continue
        tokens = _TOKEN.findall(_CAST.sub("", value.replace("\\\n", " ")))
        leaves = _Flags(tokens, known).value()
        if leaves is not None:
            known[name] = leaves
            found[name] = sorted(leaves)
    return found


class _Flags:
    """Evaluates ``a | (b & ~c)`` over sets of flags."""

    def __init__(self, tokens: list[str], known: Mapping[str, frozenset[str]]) -> None:
        self.tokens, self.known, self.at = tokens, known, 0
        self.all = frozenset().union(*known.values()) if known else frozenset()

    def value(self) -> frozenset[str] | None:
        """The flags; None for an expression that is not made of known ones."""
        try:
            found = self.either()
        except (KeyError, IndexError):
            return None
        return found if self.at == len(self.tokens) else None

    def either(self) -> frozenset[str]:
        found = self.both()
        while self.at < len(self.tokens) and self.tokens[self.at] == "|":
            self.at += 1
            found |= self.both()
        return found

    def both(self) -> frozenset[str]:
        found = self.one()
        while self.at < len(self.tokens) and self.tokens[self.at] == "&":
            self.at += 1
            found &= self.one()
        return found

    def one(self) -> frozenset[str]:
        token = self.tokens[self.at]
        self.at += 1
        if token == "~":
            return self.all - self.one()
        if token == "(":
            found = self.either()
            if self.tokens[self.at] != ")":
                raise KeyError(token)
            self.at += 1
            return found
        return self.known[token]


def files(tree: str, folders: Iterable[str], ends: tuple[str, ...]) -> Iterator[str]:
    """The tree's files below ``folders``, sorted."""
    for folder in folders:
        for root, inner, names in os.walk(os.path.join(tree, folder)):
            inner.sort()
            yield from (os.path.join(root, name) for name in sorted(names) if name.endswith(ends))


def gfp_args(tree: str) -> Rows:
    """Function -> [index of its gfp_t parameter, number of parameters]."""
    found: Rows = {}
    wrappers: list[tuple[str, str, str, str]] = []
    own = [path for name in _PRIVATE if os.path.isfile(path := os.path.join(tree, name))]
    for path in (*files(tree, ("include",), (".h",)), *own):
        text = _bytes(path)
        if b"gfp_t" in text:
            for name, row in _prototypes(text):
                found.setdefault(name, row)
        if b"_noprof" in text:
            wrappers += _wrappers(text)
    for _ in range(3):  # a wrapper of a wrapper of a wrapper
        for name, params, inner, rest in wrappers:
            wrapped = _wrapped(params, rest, found[inner]) if inner in found else None
            if wrapped is not None:
                found.setdefault(name, wrapped)
    return found


def _prototypes(text: bytes) -> Iterator[tuple[str, list[int]]]:
    code = blank_annotations(masked := b"\n" + mask(text))
    pairs = Pairs(code)
    for head in _HEAD.finditer(code):
        words = head[1].replace(b"*", b" ").split()
        close = pairs.close(head.end() - 1)
        if len(words) < 2 or close is None or masked[head.start() + 1 : head.start() + 2].isspace():
            continue
        args = split_args(code[head.end() : close].decode("ascii", "replace"))
        gfp = [number for number, arg in enumerate(args) if _TYPED.search(arg) and "(" not in arg]
        if gfp:
            yield words[-1].decode(), [gfp[0], len(args)]


def _wrappers(text: bytes) -> Iterator[tuple[str, str, str, str]]:
    """``#define name(params) alloc_hooks(inner(rest...``, or inner_noprof(rest...

    include/linux/alloc_tag.h: the wrapper counts, the _noprof twin allocates.
    """
    code = mask(text)
    for start in (found.start() for found in re.finditer(rb"#[ \t]*define", code)):
        found = _HOOKS.match(code, start, start + 600)
        if found is not None:
            inner = found[3] or found[4]
            yield found[1].decode(), found[2].decode(), inner.decode(), found[5].decode("ascii", "replace")


def _wrapped(params: str, rest: str, row: list[int]) -> list[int] | None:
    """The row of a wrapper, from that of what it calls."""
    given = [name.strip() for name in params.split(",")]
    args = [arg.strip() for arg in split_args(_inside(rest))]
    if given == ["..."]:
        if "__VA_ARGS__" not in args or row[1] < len(args) - 1:
            return None
        shift, more = args.index("__VA_ARGS__"), len(args) - 1
        return [row[0] - shift, row[1] - more] if 0 <= row[0] - shift < row[1] - more else None
    if row[0] < len(args):
        named = [name for name in given if re.search(rf"\b{re.escape(name)}\b", args[row[0]])]
        if len(named) == 1:
            return [given.index(named[0]), len(given)]
    return None


def _inside(text: str) -> str:
    """``text`` up to the parenthesis that closes more than it opens."""
    depth = 0
    for at, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if depth < 0:
            return text[:at]
    return text


def iterators(tree: str) -> set[str]:
    """Function-like macros that are named as iterators."""
    found: set[str] = set()
    for path in files(tree, CODE, (".h", ".c")):
        text = _bytes(path)
        if b"for_each" in text or b"foreach" in text or b"FOR_EACH" in text:
            found |= {name.decode() for name in _ITERATOR.findall(text)}
    return found


def held(tree: str, kernel: str) -> Rows:
    """For each row of ops.toml, what its functions of the core do in this tree."""
    from gfplint.diff.image import Image, Piece
    from gfplint.flow.core import calling

    facts = tables.load()
    found: Rows = {}
    for name, row in _held_rows(kernel, facts):
        for path, functions in row["core"].items():
            file = os.path.join(tree, path)
            text = _bytes(file) if os.path.isfile(file) else b""
            image = Image(path, "after", (Piece(1, text),), True, ("",))
            found |= {f"{name}: {path}: {one}": calling(image, one, row, facts) for one in functions}
    return {name: how for name, how in found.items() if how}


def _held_rows(kernel: str, facts: tables.Tables) -> list[tuple[str, Any]]:
    try:
        rows = facts.section("ops")["held"]
    except KeyError:
        return []
    return [(name, row) for name, row in rows.items() if kernel in row["in"]]


def difference(found: Derived, facts: tables.Tables | None = None) -> list[Change]:
    """Where the tables, those that are shipped or ``facts``, say something else than the tree, in order."""
    facts = facts or tables.load()
    reasons = _reasons(found.kernel, facts)
    changes = []
    for (table, key), rows in found.tables.items():
        shipped = _shipped(table, key, found.kernel, facts)
        for name in sorted({*shipped, *rows}):
            old, new = shipped.get(name), rows.get(name)
            if old != new:
                changes.append(Change(table, key, name, old, new, reasons.get((table, name))))
    return changes


def _shipped(table: str, key: str, kernel: str, facts: tables.Tables) -> Rows:
    """A generated part of the shipped tables; {} for a kernel that they do not know."""
    head, _, version = key.partition(".") if not key[0].isdigit() else ("", "", key)
    if table == "ops":
        return _shipped_held(kernel, facts)
    if table == "gates":
        return _shipped_gates(head, version, facts) if version in facts.kernels else {}
    try:
        section = facts.section(table)
        rows = section[head][version] if head else section[version]
    except KeyError:
        return {}
    return dict.fromkeys(rows["names"], True) if table == "macros" else dict(rows)


def _shipped_gates(kind: str, kernel: str, facts: tables.Tables) -> Rows:
    if kind == "unexported":
        return {name: list(paths) for name, paths in facts.unexported(kernel).items()}
    rows = facts.gates(kernel).items()
    return {name: [row.path, *map("|".join, row.clauses)] for name, row in rows if row.kind == kind}


def _shipped_held(kernel: str, facts: tables.Tables) -> Rows:
    cores = [(name, path, core) for name, row in _held_rows(kernel, facts) for path, core in row["core"].items()]
    return {f"{name}: {path}: {one}": how for name, path, core in cores for one, how in core.items()}


def _reasons(kernel: str, facts: tables.Tables) -> dict[tuple[str, str], str]:
    """The corrections that hold for a kernel: (table, name) -> reason."""
    try:
        rows = facts.section("corrections")["row"]
    except KeyError:
        return {}
    return {(row["table"], name): row["reason"] for row in rows if kernel in row["in"] for name in row["names"]}


def report(found: Derived, changes: list[Change]) -> Iterator[str]:
    """The difference as text, a line a row, in the notation of the tables."""
    for table, key in found.tables:
        own = [change for change in changes if (change.table, change.key) == (table, key)]
        open_ = [change for change in own if change.reason is None]
        count = f"{len(found.tables[table, key])} rows derived, {len(open_)} differ"
        yield f"{table}.toml [{key}]: {count}, {len(own) - len(open_)} corrected by hand"
        for change in own:
            mark = " " if change.reason is not None else "-"
            if change.shipped is not None:
                yield f"{mark}{change.name} = {_toml(change.shipped)}{f'  # {change.reason}' if change.reason else ''}"
            elif change.reason is not None:
                yield f" # without {change.name}: {change.reason}"
            if change.derived is not None and change.reason is None:
                yield f"+{change.name} = {_toml(change.derived)}"


def _toml(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_toml(item) for item in value)}]"
    return f'"{value}"' if isinstance(value, str) else str(value).lower()
