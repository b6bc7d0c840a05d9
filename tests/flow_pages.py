# SPDX-License-Identifier: GPL-2.0-or-later
"""Pages of C with expectations: ``// WORD tokens; WORD tokens`` at the end of the line they are about."""

import os
import re
from collections.abc import Iterator
from typing import NamedTuple

from tree_sitter import Node

from gfplint.diff.image import Image, Piece
from gfplint.source.model import Definition, Source
from gfplint.source.parse import parse_image

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "flow")
_NOTE = re.compile(rb"// ([A-Z]{3,}\b.*)$")
_STATEMENT = re.compile(r"_statement$|^declaration$")
_AROUND = ("labeled_statement", "compound_statement", "case_statement")


class Page(NamedTuple):
    """A page, parsed, without its expectations."""

    name: str
    source: Source
    wanted: dict[int, list[tuple[str, tuple[str, ...]]]]  # line -> word and tokens

    def functions(self) -> dict[str, Definition]:
        return {definition.name: definition for definition in self.source.functions}

    def expected(self, definition: Definition) -> Iterator[tuple[int, str, tuple[str, ...]]]:
        for line in range(definition.first, definition.last + 1):
            for word, tokens in self.wanted.get(line, []):
                yield line, word, tokens


def read(name: str) -> Page:
    """A page of tests/flow."""
    with open(os.path.join(FOLDER, name), "rb") as file:
        return parse(name, file.read())


def parse(name: str, text: bytes) -> Page:
    wanted: dict[int, list[tuple[str, tuple[str, ...]]]] = {}
    lines = text.split(b"\n")
    for number, line in enumerate(lines, 1):
        note = _NOTE.search(line)
        if note is not None:
            lines[number - 1] = line[: note.start()]
            parts = [part.split() for part in note[1].decode().split(";")]
            wanted[number] = [(part[0], tuple(part[1:])) for part in parts]
    code = b"\n".join(lines)
    image = Image(f"drivers/example/{name}", "after", (Piece(1, code),), True, ("",))
    return Page(name, parse_image(image), wanted)


def statement(definition: Definition, line: int) -> Node | None:
    """The outermost statement that begins on an image line; the body for its closing brace."""
    unit = definition.unit

    def look(node: Node) -> Node | None:
        if unit.span(node).line == line and node != definition.body:
            if _STATEMENT.search(node.type) and node.type not in _AROUND:
                return node
        if node.end_point[0] + unit.line - unit.lead_lines < line:
            return None
        for child in node.named_children:
            if (found := look(child)) is not None:
                return found
        return None

    return look(definition.body)
