# SPDX-License-Identifier: GPL-2.0-or-later
"""What stands around a call and in a function or file: loops, conditions, names, exports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from gfplint import regex
from gfplint.diff.image import Image
from gfplint.finding import Span
from gfplint.source.function import walk
from gfplint.source.mask import masked
from gfplint.source.model import CallSite, Definition

if TYPE_CHECKING:
    from tree_sitter import Node

_DIRECTIVE = regex.compile(rb"[ \t]*#[ \t]*(if|ifdef|ifndef|elif|else|endif)\b")
_EXIT = regex.compile(r"\b(?:break|return|goto|if|switch)\b")
_GOTO = regex.compile(r"\bgoto\s+(\w+)\s*;\s*\}?\s*\Z")
_EXPORT = regex.compile(r"(?m)^[ \t]*(EXPORT_SYMBOL\w*)\s*\(\s*(\w+)")


def counted(definition: Definition, site: CallSite) -> bool:
    """A ``for`` around the call counts its first argument up or down."""
    name = definition.unit.token(site.args[0]) if site.args else ""
    node = site.node.parent
    while name and node is not None and node != definition.node:
        update = node.child_by_field_name("update") if node.type == "for_statement" else None
        if update is not None and re.search(rf"\b{re.escape(name)}\b", definition.unit.token(update)):
            return True
        node = node.parent
    return False


def guarded(site: CallSite) -> Node | None:
    """The branch of an ``if`` that the call alone decides, where its result is true; None for none."""
    node, parent = site.node, site.node.parent
    while parent is not None and parent.type == "parenthesized_expression":
        node, parent = parent, parent.parent
    if parent is None or parent.type != "if_statement" or parent.child_by_field_name("condition") != node:
        return None
    return parent.child_by_field_name("consequence")


def following(site: CallSite) -> range:
    """The bytes of the statements that follow the one of the call in its block, up to a label."""
    node = site.node
    while node.parent is not None and node.parent.type != "compound_statement":
        node = node.parent
    first = last = node.end_byte
    after = node.next_named_sibling
    while node.parent is not None and after is not None and after.type not in ("labeled_statement", "case_statement"):
        last = after.end_byte
        after = after.next_named_sibling
    return range(first, last)


def retried(definition: Definition, site: CallSite, value: str) -> Node | None:
    """The loop, or the test and jump back, that makes the call again until ``value`` is there; it ends no other way."""
    node = site.node
    while node.parent is not None and node.parent.type not in ("compound_statement", "do_statement", "while_statement"):
        node = node.parent
    loop = node.parent
    if loop is not None and loop.type == "compound_statement" and loop.parent is not None:
        loop = loop.parent
    if loop is not None and loop.type in ("do_statement", "while_statement"):
        asked = loop.child_by_field_name("condition")
        failed = asked is not None and _is_missing(definition, asked, site, value)
        return loop if failed and not _EXIT.search(definition.unit.source(loop)) else None
    test = node.next_named_sibling
    if test is None or test.type != "if_statement" or test.child_by_field_name("alternative") is not None:
        return None
    asked, body = test.child_by_field_name("condition"), test.child_by_field_name("consequence")
    jump = _GOTO.search(definition.unit.source(body)) if body is not None else None
    if asked is None or body is None or jump is None or not _is_missing(definition, asked, site, value):
        return None
    label = node if node.type == "labeled_statement" else node.prev_named_sibling
    if label is None or label.type != "labeled_statement":
        return None
    if not re.match(rf"{jump[1]}\s*:", definition.unit.source(label)):
        return None
    between = definition.unit.source(label) + definition.unit.source(body)[: jump.start()]
    return test if not _EXIT.search(between) else None


def _is_missing(definition: Definition, asked: Node, site: CallSite, value: str) -> bool:
    """The condition is that the call's result is NULL, and nothing else."""
    inside = asked.start_byte <= site.node.start_byte < asked.end_byte
    text = "".join(definition.unit.source(asked).split())
    bare, name = re.escape("".join(value.split())), r"[\w>.-]+"
    if inside:
        return re.match(rf"\(!\({name}=|\(\({name}=.*\)==NULL\)$", text) is not None and "&&" not in text
    return re.fullmatch(rf"\((?:unlikely\()?(?:!{bare}|{bare}==NULL|NULL=={bare})\)?\)", text) is not None


def names(definition: Definition) -> Iterator[str]:
    """The identifiers of a function's body, comments and strings apart."""
    for node in walk(definition.body):
        if node.type in ("identifier", "field_identifier", "type_identifier"):
            yield definition.unit.token(node)


def mentions(definition: Definition, wanted: Iterable[str]) -> bool:
    """One of ``wanted`` is among them."""
    return not frozenset(wanted).isdisjoint(names(definition))


def in_image(image: Image, wanted: Iterable[str]) -> bool:
    """One of ``wanted`` stands in the text of an image."""
    return next(lines(image, wanted), None) is not None


def lines(image: Image, wanted: Iterable[str]) -> Iterator[int]:
    """The image lines on which one of ``wanted`` stands, comments included."""
    names = [name.encode() for name in wanted]
    there = [name for name in names if any(name in piece.text for piece in image.pieces)]
    if not there:
        return  # mostly; to compile a pattern of dozens of names takes longer than to look for them
    pattern = re.compile(rb"\b(?:" + b"|".join(map(re.escape, there)) + rb")\b")
    for piece in image.pieces:
        for match in pattern.finditer(piece.text):
            yield piece.line + piece.text.count(b"\n", 0, match.start())


def written(image: Image, name: str, arg: str) -> int:
    """How often ``name(arg`` stands in the text of an image, strings and comments apart."""
    pattern = re.compile(rb"\b" + re.escape(name.encode()) + rb"\(\s*" + re.escape(arg.encode()) + rb"\s*[,)]")
    return sum(len(pattern.findall(masked(piece.text))) for piece in image.pieces)


def conditions(image: Image, line: int) -> tuple[str, ...]:
    """The ``#if`` lines that are open at an image line, as far as its piece shows them, outermost first."""
    piece = next((piece for piece in image.pieces if piece.line <= line <= piece.last), None)
    around: list[str] = []
    for text in piece.text.split(b"\n")[: line - piece.line] if piece is not None else ():
        word = _DIRECTIVE.match(text)
        if word is None:
            continue
        if word[1].startswith(b"if"):
            around.append(text.decode("utf-8", "surrogateescape"))
        elif word[1] == b"endif":
            del around[-1:]
        elif around:
            around[-1] = text.decode("utf-8", "surrogateescape")
    return tuple(around)


def exports(image: Image) -> Iterator[tuple[str, str, Span]]:
    """The EXPORT_SYMBOL lines: macro, symbol, and where the symbol stands."""
    for piece in image.pieces:
        text = piece.text.decode("utf-8", "surrogateescape")
        for match in _EXPORT.finditer(text):
            yield match[1], match[2], _span(image, piece.line, text, match)


def _span(image: Image, first: int, text: str, match: re.Match[str]) -> Span:
    line = first + text.count("\n", 0, match.start(2))
    column = len(text[text.rfind("\n", 0, match.start(2)) + 1 : match.start(2)].encode("utf-8", "surrogateescape")) + 1
    return Span(image.path, image.side, (line, column), (line, column + len(match[2])))
