# SPDX-License-Identifier: GPL-2.0-or-later
"""Heads of functions: name, return type, parameters, the comment above."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from gfplint import regex
from gfplint.record import NamedTuple
from gfplint.source.model import Param, Unit
from gfplint.source.window import defined_name

if TYPE_CHECKING:
    from tree_sitter import Node

    from gfplint.diff.image import Image

_COMMENT = regex.compile(r"/\*.*?\*/|//[^\n]*", re.S)
_WORD = regex.compile(r"[A-Za-z_]\w*")
_MARKS = regex.compile(r"^[ \t]*\*?[ \t]?", re.M)
_NOT_NAMES = frozenset(
    ("void", "int", "char", "long", "short", "unsigned", "signed", "float", "double", "bool", "const", "volatile")
    + ("struct", "union", "enum", "size_t")
)
_STORAGE = regex.compile(r"\b(?:static|extern|inline|__always_inline|__init|__exit|noinline|asmlinkage)\b")


class Head(NamedTuple):
    """What stands in front of a function's body."""

    name: str
    type: str
    params: tuple[Param, ...]


def head_of(unit: Unit, node: Node) -> Head:
    """The head of a ``function_definition``."""
    declarator = node.child_by_field_name("declarator")
    while declarator is not None and declarator.type != "function_declarator":
        declarator = declarator.child_by_field_name("declarator")
    if declarator is None:
        return Head("", "", ())
    named = declarator.child_by_field_name("declarator")
    while named is not None and named.type != "identifier":
        named = named.child_by_field_name("declarator") or _inner(named)
    listed = declarator.child_by_field_name("parameters")
    if named is None or listed is None:
        return Head("", "", ())
    args = unit.source(listed)[1:-1]
    raw = unit.text[node.start_byte - unit.lead : listed.start_byte - unit.lead].decode("utf-8", "surrogateescape")
    macro = _COMMENT.sub(" ", raw).split()[-1:] if raw else []
    if macro and (unit.source(named) != unit.token(named) or _typed(unit, node)):
        return _macro_head(macro[0], args)
    before = unit.parsed[node.start_byte : named.start_byte].decode("utf-8", "surrogateescape")
    return Head(unit.source(named), fold(before), params(args))


def _inner(node: Node) -> Node | None:
    """The declarator in parentheses, which has no field of its own."""
    inside = (child for child in node.named_children if child.type.endswith("declarator") or child.type == "identifier")
    return next(inside, None)


def _typed(unit: Unit, node: Node) -> bool:
    """The repair wrote a type over the first letters of a macro."""
    kind = node.child_by_field_name("type")
    return kind is not None and unit.token(kind) != unit.source(kind)


def _macro_head(macro: str, args: str) -> Head:
    name = defined_name(macro.encode("utf-8", "surrogateescape"), args.encode("utf-8", "surrogateescape"))
    text = name.decode("utf-8", "surrogateescape")
    parts = split_args(args)
    if "SYSCALL_DEFINE" in macro or macro.startswith("BPF_CALL_"):
        rest = [fold(part) for part in parts[1:]]
        return Head(text, "long", tuple(Param(kind, name) for kind, name in zip(rest[::2], rest[1::2], strict=False)))
    return Head(text, "", ())


def fold(text: str) -> str:
    """Without comments and storage classes, white space folded."""
    return " ".join(_STORAGE.sub(" ", _COMMENT.sub(" ", text)).split())


def split_args(text: str) -> list[str]:
    """Split at the commas that stand in no brackets."""
    parts, depth, start = [], 0, 0
    for found in re.finditer(r"[](){}[,]", text):
        mark = found.group()
        if mark in "([{":
            depth += 1
        elif mark in ")]}":
            depth -= 1
        elif depth == 0:
            parts.append(text[start : found.start()])
            start = found.end()
    parts.append(text[start:])
    return parts


def params(text: str) -> tuple[Param, ...]:
    """The parameters of ``text``, what stands between the parentheses."""
    parts = [" ".join(_COMMENT.sub(" ", part).split()) for part in split_args(_COMMENT.sub(" ", text))]
    if parts in ([""], ["void"]):
        return ()
    return tuple(map(_param, parts))


def _param(text: str) -> Param:
    pointer = re.search(r"\(\s*\*\s*(\w+)", text)
    if pointer is not None:
        return Param(" ".join((text[: pointer.start(1)] + text[pointer.end(1) :]).split()), pointer[1])
    head = re.sub(r"(?:\[[^\]]*\]\s*)+$", "", text)
    names = list(_WORD.finditer(head))
    if not names or names[-1].end() != len(head.rstrip()) or names[-1].group() in _NOT_NAMES:
        return Param(text, "")
    if len(names) == 1 or (len(names) == 2 and names[0].group() in ("struct", "union", "enum", "const", "unsigned")):
        if "*" not in head:
            return Param(text, "")
    last = names[-1]
    return Param(" ".join((head[: last.start()] + text[len(head) :]).split()), last.group())


_DEFINED = regex.compile(
    rb"^(?P<type>[A-Za-z_][^\n;{}()=#]*[\s*])(?P<name>[A-Za-z_]\w*)[ \t]*+\((?:[^;{}()]|\([^()]*\))*+\)[^;{}()]*+\{",
    re.M,
)


def shared(image: Image) -> frozenset[str]:
    """The functions that an image defines for other files: those that are not static, or are in a header."""
    header = image.path.endswith(".h")
    return frozenset(
        found["name"].decode("ascii")
        for piece in image.pieces
        for found in _DEFINED.finditer(piece.text)
        if header or b"static" not in found["type"].split()
    )


@lru_cache(maxsize=256)
def prototype(image: Image, name: str) -> tuple[Param, ...] | None:
    """The parameters of a function as the text of an image declares or defines it; None where it does not, or twice
    and differently."""
    head = re.compile(
        rb"(?m)^(?:[A-Za-z_][^\n;{}()=#]*[\s*])?" + re.escape(name.encode()) + rb"[ \t]*\(([^;{}#]*)\)\s*[;{]"
    )
    found = {
        params(match[1].decode("utf-8", "surrogateescape"))
        for piece in image.pieces
        if name.encode() in piece.text
        for match in head.finditer(piece.text)
    }
    kinds = {tuple(param.type for param in one) for one in found}
    return found.pop() if len(kinds) == 1 else None


def comment_above(unit: Unit, at: int) -> str:
    """The comment that ends right above byte ``at`` of the unit's text; "" for none."""
    before = unit.text[max(0, at - 20000) : max(0, at)].rstrip()
    if not before.endswith(b"*/"):
        return ""
    start = before.rfind(b"/*")
    if start < 0:
        return ""
    text = before[start + 2 : -2].decode("utf-8", "surrogateescape")
    return _MARKS.sub("", text.lstrip("*")).strip()
