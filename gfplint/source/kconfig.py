# SPDX-License-Identifier: GPL-2.0-or-later
"""Kconfig entries and the ``obj-`` lines of Makefiles, whole or as hunks show them.

The language: Documentation/kbuild/kconfig-language.rst, makefiles.rst.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gfplint import regex
from gfplint.diff.image import Image
from gfplint.record import NamedTuple

_LINE = regex.compile(r"[ \t]*([A-Za-z_-]+)[ \t]*(.*)")
_BLOCKS = ("if", "menu", "choice")
_ENDS = {"endif": "if", "endmenu": "menu", "endchoice": "choice"}
_TYPES = ("bool", "tristate", "string", "hex", "int")
_HEADS = ("config", "menuconfig")
_OTHER = ("comment", "source", "mainmenu", "osource", "rsource", "orsource")
_SOURCE = regex.compile(r'\s*o?source\s+"([^"]+)"')
_STRING = regex.compile(r'"(?:[^"\\]|\\.)*"?|\'[^\']*\'?')
_CONDITION = regex.compile(r"(?:^|\s)if\s+(.*)$")
_TOKEN = regex.compile(r"\s*(&&|\|\||!=|<=|>=|[!()=<>]|\"[^\"]*\"|'[^']*'|\$\([^)]*\)|[A-Za-z0-9_.-]+)")
_SHELL = regex.compile(r"\$\((?:[^()]++|\([^()]*+\))*+\)")  # $(success,$(CC) ...)
_DEEP = 32  # blocks in blocks; more are no human's
_SYMBOL = regex.compile(r"[A-Z0-9_]*[A-Z][A-Z0-9_]*")


class Select(NamedTuple):
    """``select SYMBOL if condition``, or ``imply``."""

    symbol: str
    condition: str  # "" for none
    line: int


class Expression(NamedTuple):
    """An expression and where it stands."""

    text: str
    line: int


class Entry(NamedTuple):
    """A ``config`` entry."""

    name: str  # "" where hunks do not show it
    type: str  # bool, tristate, string, hex, int; "" where not seen
    prompt: bool  # the user can set it
    depends: tuple[Expression, ...]  # its own
    around: tuple[Expression, ...]  # of the if blocks, menus and choices around it
    selects: tuple[Select, ...]
    implies: tuple[Select, ...]
    defaults: tuple[Expression, ...]
    first: int  # image lines, inclusive
    last: int
    complete: bool  # all of it is in sight, and what is around it

    @property
    def requires(self) -> frozenset[str]:
        """The symbols that are surely set where this one can be."""
        return frozenset[str]().union(*(required(part.text) for part in (*self.depends, *self.around)))


def parse_kconfig(image: Image) -> tuple[Entry, ...]:
    """The entries of a Kconfig file.  Never fails: what is no Kconfig gives none."""
    found: list[Entry] = []
    for piece, section in zip(image.pieces, image.sections, strict=True):
        reader = _Reader(image.whole, section)
        for number, line in joined(piece.text, piece.line):
            reader.line(number, line)
        reader.close(image.whole)
        found += reader.found
    return tuple(found)


def parse_sources(image: Image) -> tuple[tuple[str, frozenset[str]], ...]:
    """The files that a Kconfig file brings in, each with the symbols that are surely set where it does."""
    found = []
    for piece in image.pieces:
        reader = _Reader(image.whole, "")
        for number, line in joined(piece.text, piece.line):
            reader.line(number, line)
            if (source := _SOURCE.match(line)) is not None:
                around = (part.text for block in reader.blocks[:_DEEP] for part in block.needs)
                found.append((source[1], frozenset[str]().union(*map(required, around))))
    return tuple(found)


def joined(text: bytes, first: int) -> Iterator[tuple[int, str]]:
    """Lines with the number of their first, those continued by a backslash joined."""
    whole, start = "", first
    for number, line in enumerate(text.decode("utf-8", "surrogateescape").split("\n"), first):
        if not whole:
            start = number
        line = line.rstrip("\r")
        if line.endswith("\\"):
            whole += line[:-1] + " "
            continue
        yield start, whole + line
        whole = ""
    if whole:
        yield start, whole


class _Open:
    """A block that is open: its keyword, and what it asks for."""

    __slots__ = ("keyword", "needs")

    def __init__(self, keyword: str, needs: list[Expression]) -> None:
        self.keyword, self.needs = keyword, needs


class _Reader:
    """Line by line."""

    def __init__(self, whole: bool, section: str) -> None:
        self.found: list[Entry] = []
        self.whole = whole
        self.blocks: list[_Open] = []
        self.entry: dict[str, list[Expression] | list[Select]] | None = None
        self.name = self.type = ""
        self.prompt = False
        self.first = self.last = 0
        self.head = False  # of the entry, in sight
        self.help = -1  # columns of the help text, 0 before its first line, -1 outside
        self.attributes: list[Expression] | None = None  # of the menu or choice just opened
        words = section.split()
        if not whole and (not words or words[0] in _HEADS):
            self.begin(words[1] if len(words) > 1 else "", 0, False)

    def begin(self, name: str, line: int, head: bool) -> None:
        self.name, self.type, self.prompt, self.head = name, "", False, head
        self.first = self.last = line
        self.entry = {"depends": [], "selects": [], "implies": [], "defaults": []}
        self.attributes = None

    def close(self, ended: bool = True) -> None:
        """The entry is at its end; ``ended``: that is in sight."""
        if self.entry is not None and self.last:
            around = tuple(part for block in self.blocks[:_DEEP] for part in block.needs)
            lists = {key: tuple(values) for key, values in self.entry.items()}
            self.found.append(
                Entry(
                    name=self.name,
                    type=self.type,
                    prompt=self.prompt,
                    around=around,
                    first=self.first or self.last,
                    last=self.last,
                    complete=self.whole and self.head and ended,
                    **lists,  # type: ignore[arg-type]
                )
            )
        self.entry = None

    def line(self, number: int, line: str) -> None:
        if self.help >= 0 and self.helps(line):
            if self.entry is not None and line.strip():
                self.note(number)
            return
        self.help = -1
        text = line.split("#", 1)[0] if '"' not in line else line
        found = _LINE.match(text)
        if found is None:
            return
        word, rest = found[1], found[2].strip()
        if word in _HEADS:
            self.close()
            self.begin(rest.split()[0] if rest else "", number, True)
        elif word in _BLOCKS or word in _ENDS or word in _OTHER:
            self.close()
            self.block(word, rest, number)
        else:
            self.attribute(word, rest, number)

    def note(self, number: int) -> None:
        self.first = self.first or number
        self.last = number

    def helps(self, line: str) -> bool:
        """The line still belongs to a help text."""
        if not line.strip():
            return True
        columns = len(line.expandtabs(8)) - len(line.expandtabs(8).lstrip())
        if self.help == 0:
            self.help = columns
            return columns > 0
        return columns >= self.help

    def block(self, word: str, rest: str, number: int) -> None:
        self.attributes = None
        if word in _ENDS:
            if self.blocks and self.blocks[-1].keyword == _ENDS[word]:
                self.blocks.pop()
        elif word == "if":
            self.blocks.append(_Open(word, [Expression(rest, number)]))
        elif word in _BLOCKS:
            self.attributes = []
            self.blocks.append(_Open(word, self.attributes))

    def attribute(self, word: str, rest: str, number: int) -> None:
        if word in ("help", "---help---"):
            self.help = 0
        if self.attributes is not None:
            if word == "depends":
                self.attributes.append(Expression(rest.removeprefix("on").strip(), number))
            return
        if self.entry is None:
            return
        self.note(number)
        bare = _STRING.sub('""', rest)
        if word in _TYPES or word in ("def_bool", "def_tristate"):
            self.type = word.removeprefix("def_")
            self.prompt = self.prompt or bare.startswith('""')
        if word == "prompt":
            self.prompt = True
        self.put(word, rest, bare, number)

    def put(self, word: str, rest: str, bare: str, number: int) -> None:
        assert self.entry is not None
        if word == "depends":
            self.entry["depends"].append(Expression(rest.removeprefix("on").strip(), number))  # type: ignore[arg-type]
        elif word in ("select", "imply"):
            condition = _CONDITION.search(bare)
            symbol = bare.split()[0] if bare else ""
            key = "selects" if word == "select" else "implies"
            self.entry[key].append(Select(symbol, condition[1].strip() if condition else "", number))  # type: ignore[arg-type]
        elif word in ("default", "def_bool", "def_tristate"):
            self.entry["defaults"].append(Expression(rest, number))  # type: ignore[arg-type]


def symbols(expression: str) -> frozenset[str]:
    """All symbols that an expression names."""
    return frozenset(_SYMBOL.findall(_STRING.sub(" ", _SHELL.sub(" ", expression))))


def required(expression: str) -> frozenset[str]:
    """The symbols that are set wherever the expression holds; not set is n."""
    tokens = _TOKEN.findall(expression)
    if len(tokens) > 500:
        return frozenset()
    try:
        found, end = _either(tokens, 0)
    except (IndexError, RecursionError):
        return frozenset()
    return found if end == len(tokens) else frozenset()


def _either(tokens: Sequence[str], at: int) -> tuple[frozenset[str], int]:
    found, at = _both(tokens, at)
    while at < len(tokens) and tokens[at] == "||":
        other, at = _both(tokens, at + 1)
        found &= other
    return found, at


def _both(tokens: Sequence[str], at: int) -> tuple[frozenset[str], int]:
    found, at = _one(tokens, at)
    while at < len(tokens) and tokens[at] == "&&":
        other, at = _one(tokens, at + 1)
        found |= other
    return found, at


def _one(tokens: Sequence[str], at: int) -> tuple[frozenset[str], int]:
    token = tokens[at]
    if token == "!":
        _, end = _one(tokens, at + 1)
        return frozenset(), end
    if token == "(":
        found, end = _either(tokens, at + 1)
        if tokens[end] != ")":
            raise IndexError
        return found, end + 1
    own = frozenset((token,)) if _SYMBOL.fullmatch(token) else frozenset[str]()
    if at + 1 < len(tokens) and tokens[at + 1] in ("=", "!=", "<", ">", "<=", ">="):
        operator, value = tokens[at + 1], tokens[at + 2]
        holds = (operator == "=" and value in ("y", "m")) or (operator == "!=" and value == "n")
        return (own if holds else frozenset()), at + 3
    return own, at + 1
