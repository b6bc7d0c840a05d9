# SPDX-License-Identifier: GPL-2.0-or-later
"""What a file says outside its functions: constants, ops tables, prototypes.

Read from the text, without a tree, when first asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

from gfplint import regex
from gfplint.diff.image import Image
from gfplint.source.declare import params
from gfplint.source.mask import masked
from gfplint.source.model import Param
from gfplint.source.pairs import Pairs

Value = TypeVar("Value")

_DEFINE = regex.compile(rb"\n[ \t]*+#[ \t]*+define[ \t]++([A-Za-z_]\w*+)(?![\w(])((?:[^\n\\]++|\\(?s:.)?)*+)")
_CONTINUED = regex.compile(r"\\\r?\n")
_TABLE = regex.compile(
    rb"\n(?:(?:static|const|extern|__\w++)\s++)*+struct\s++(\w++)\s++(?:const\s++)?+(?:__\w++\s++)*+"
    rb"\w++(?:\[[^\]\n]*+\])?+\s*+(?:__\w++\s*+)*+=\s*+\{"
)
_MEMBER = regex.compile(rb"\.(\w++)\s*+=\s*+&?+([A-Za-z_]\w*+)\s*+[,}\n]")
_PROTOTYPE = regex.compile(rb"\n((?!typedef|return)[A-Za-z_][\w \t*]*+)\(")
_SPACE = regex.compile(rb"\s*+")


class _Lazy(Mapping[str, Value], Generic[Value]):
    """A mapping that is read from the image when first looked into."""

    __slots__ = ("_image", "_made")

    def __init__(self, image: Image) -> None:
        self._image = image
        self._made: dict[str, Value] | None = None

    def _read(self, text: bytes) -> Iterator[tuple[str, Value]]:
        raise NotImplementedError

    def _all(self) -> dict[str, Value]:
        if self._made is None:
            self._made = {}
            for piece in self._image.pieces:
                for name, value in self._read(b"\n" + piece.text):
                    self._made.setdefault(name, value)
        return self._made

    def __getitem__(self, key: str) -> Value:
        return self._all()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


class Defines(_Lazy[str]):
    """Object-like macros: name -> value, white space folded."""

    __slots__ = ()

    def _read(self, text: bytes) -> Iterator[tuple[str, str]]:
        if b"define" not in text:
            return
        code = masked(text)
        for found in _DEFINE.finditer(code):
            # Comments are blank in code, strings dull: take the strings from the text.
            start, end = found.span(2)
            value = code[start:end] if b'"' not in code[start:end] else text[start:end]
            yield _text(found[1]), " ".join(_CONTINUED.sub(" ", _text(value)).split())


class Callbacks(_Lazy[tuple[str, str]]):
    """Functions in ops tables: function -> (struct type, member)."""

    __slots__ = ()

    def _read(self, text: bytes) -> Iterator[tuple[str, tuple[str, str]]]:
        if b"=" not in text or b"struct" not in text:
            return
        code = masked(text)
        end = 0
        for table in _TABLE.finditer(code):
            if table.start() < end or end < 0:
                continue  # inside the last one, which lacks its end
            end = code.find(b"\n}", table.end())
            for found in _MEMBER.finditer(code, table.end() - 1, len(code) if end < 0 else end + 2):
                yield _text(found[2]), (_text(table[1]), _text(found[1]))


class Prototypes(_Lazy[tuple[Param, ...]]):
    """Functions declared or defined in sight: name -> parameters."""

    __slots__ = ()

    def _read(self, text: bytes) -> Iterator[tuple[str, tuple[Param, ...]]]:
        code = masked(text)
        pairs = Pairs(code)
        for found in _PROTOTYPE.finditer(code):
            words = found[1].replace(b"*", b" ").split()
            if len(words) < 2:
                continue
            close = pairs.close(found.end() - 1)
            if close is None:
                continue
            space = _SPACE.match(code, close + 1)
            follows = code[space.end() : space.end() + 1] if space is not None else b""
            if follows in (b";", b"{") or (follows and follows in b"_abcdefghijklmnopqrstuvwxyz"):
                yield _text(words[-1]), params(_text(code[found.end() : close]))
