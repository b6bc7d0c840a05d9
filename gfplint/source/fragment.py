# SPDX-License-Identifier: GPL-2.0-or-later
"""Functions as hunks show them: without their beginning, their end, or both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from gfplint import regex
from gfplint.diff.image import Image, Piece
from gfplint.record import NamedTuple
from gfplint.source.begun import begun, behind_heads, ends_do
from gfplint.source.language import parse_c
from gfplint.source.mask import blank, mask
from gfplint.source.model import Definition, Unit
from gfplint.source.pairs import Pairs
from gfplint.source.repair import repaired
from gfplint.source.window import Window, head_name, is_aggregate, windows

if TYPE_CHECKING:
    from tree_sitter import Node

Lines = tuple[int, int]

_OPERATORS = tuple(bytes((c,)) for c in b"=+-*/%&|^<>?,!~.")  # a statement that ends in one goes on
_MARK = regex.compile(rb"[(){};]")
_FIRST = regex.compile(rb"(?:\s*+#[^\n]*+)*+\s*+")  # directives stand at the first column anywhere
_CONTINUED = regex.compile(rb"(?:[^\n]*\\[ \t]*\n)++[^\n]*+")
_STARRED = regex.compile(rb"(?:[ \t]*+\*(?![^\s/])[^\n]*+(?:\n|\Z))++")
_LABEL = regex.compile(rb"[A-Za-z_]\w*+[ \t]*+:(?!:)")
_COLUMN0 = regex.compile(rb"\n(?=[A-Za-z_])(?![A-Za-z_]\w*+[ \t]*+:)")
_CODE = regex.compile(rb"\b(?:return|goto|(?<!#)if)\b")
_STATIC = regex.compile(rb"\n(?=static[ \t])")
_MEMBERS = regex.compile(rb"\s*+(?:\.\w|\[[^\]\n]*\]\s*=)")


class _Part(NamedTuple):
    """A fragment: inside a function, or at file level."""

    start: int
    end: int
    line: int
    inside: bool
    closed: bool  # ends with the brace of a function
    first: bool  # of its piece


def functions(image: Image, piece: Piece, section: str, keep: Sequence[Lines]) -> Iterator[Definition]:
    """Every function that the piece shows, whole or in part."""
    name = head_name(section)
    aggregate = is_aggregate(section)
    for window in windows(piece.text):
        for part in _parts(piece, window):
            text = piece.text[part.start : part.end]
            code = blank_macro(text) if part.start == 0 else text
            line = piece.line + part.line - 1
            shift = line - 1
            fixed = repaired(code, [(low - shift, high - shift) for low, high in keep])
            dropped = tuple((low + shift, high + shift) for low, high in fixed.dropped)
            if not part.inside:
                yield from _at_file_level(image, piece, line, text, fixed.text, dropped, part.closed)
                continue
            if not fixed.text.strip() or (_MEMBERS.match(fixed.text) and not begun(fixed.text).stop):
                continue
            if part.first and aggregate and not part.closed:
                continue  # inside a struct or an initialiser
            if not part.closed and window.end < len(piece.text) and not (part.first and name):
                if not _CODE.search(fixed.text):
                    continue  # ends with }; or } name; as aggregates do, and a function now and then
            yield inside(image, line, text, fixed.text, dropped, name if part.first else "")


def blank_macro(text: bytes) -> bytes:
    """Without the rest of a macro's definition, or of a comment with stars, in which the text begins."""
    found = _CONTINUED.match(text) or _STARRED.match(text)
    return blank(text[: found.end()]) + text[found.end() :] if found is not None else text


def _parts(piece: Piece, window: Window) -> Iterator[_Part]:
    """A window cut where file level is seen to begin again."""
    raw = piece.text[window.start : window.end]
    text = repaired(blank_macro(raw) if window.start == 0 else raw).text
    first = window.start == 0
    space = _FIRST.match(text)
    begin = space.end() if space is not None else 0
    if begin == len(text):
        return
    indented = raw[text.rfind(b"\n", 0, begin) + 1 :][:1].isspace()
    inside = first and (indented or text[begin : begin + 1] in b"{}" or bool(_LABEL.match(text, begin)))
    if not inside:
        yield _Part(window.start, window.end, window.line, False, window.function, first)
        return
    again = _COLUMN0.search(text) or _STATIC.search(mask(raw))  # the repair takes the word from macros
    if again is None:
        yield _Part(window.start, window.end, window.line, True, window.function, first)
        return
    cut = again.start() + 1
    lines = text.count(b"\n", 0, cut)
    yield _Part(window.start, window.start + cut, window.line, True, False, first)
    yield _Part(window.start + cut, window.end, window.line + lines, False, window.function, False)


class _Scan:
    """What a fragment opens and closes too much."""

    def __init__(self, text: bytes) -> None:
        self.before: list[bytes] = []  # openers, outermost last
        self.blanked: list[tuple[int, int]] = []
        self.stack: list[int] = []
        start = 0  # of the statement
        lost = False  # its beginning is not seen
        owed = 0  # parentheses of openers
        pairs = Pairs(text)
        for found in _MARK.finditer(text):
            at = found.start()
            mark = text[at]
            if mark == 40:
                self.stack.append(mark)
            elif mark == 41:
                if self.stack and self.stack[-1] == 40:
                    self.stack.pop()
                elif owed:
                    owed -= 1
                elif not self.stack:
                    lost = True
            elif mark == 123:
                if lost:
                    self.blanked.append((start, at))
                    lost = False
                self.stack.append(61 if text[max(0, at - 40) : at].rstrip()[-1:] == b"=" else mark)
                start = at + 1
            elif mark == 125:
                while self.stack and self.stack[-1] == 40:
                    self.stack.pop()
                if self.stack:
                    self.stack.pop()
                else:
                    opener = _opener(text, at + 1, pairs)
                    owed += opener == b"({"
                    self.before.append(opener)
                start = at + 1
            elif not self.stack or self.stack[-1] != 40:
                if lost:
                    self.blanked.append((start, at + 1))
                    lost = False
                start = at + 1
        if lost or 40 in self.stack or text.rstrip()[-1:] in _OPERATORS:
            self.blanked.append((start if lost else behind_heads(text, start), len(text)))

    def closers(self) -> bytes:
        """What closes the braces that are open, innermost first."""
        return b"".join(b"};" if mark == 61 else b"}" for mark in reversed(self.stack) if mark != 40)


def _opener(text: bytes, at: int, pairs: Pairs) -> bytes:
    """What must have opened the brace that closes right before ``at``."""
    rest = text[at : at + 200].lstrip()
    if rest.startswith(b"else"):
        return b"if (0) {"
    if ends_do(text, at, pairs):
        return b"do {"
    return b"({" if rest[:1] == b")" else b"if (f) {"  # nobody knows whether it was entered


def inside(image: Image, line: int, text: bytes, code: bytes, dropped: tuple[Lines, ...], name: str) -> Definition:
    """A part of a function without its head; ``code`` is ``text`` repaired."""
    ends = code.rstrip()
    closing = ends.endswith(b"\n}") or ends == b"}"
    inner = ends[:-1] if closing else code
    begins = begun(inner)
    out = bytearray(code)
    out[: begins.stop] = blank(code[: begins.stop])
    scan = _Scan(bytes(out[: len(inner)]))
    for start, end in scan.blanked:
        out[start:end] = blank(bytes(out[start:end]))
    lead = b"void f(void) { " + b"".join(reversed(scan.before)) + begins.head
    if bytes(out).lstrip().startswith(b"else"):
        lead += b" if (0) ; "
    tail = _tail(bytes(out[: len(inner)]), scan) if not closing else b""
    if closing:
        tail = scan.closers()
    parsed = lead + b"\n" + bytes(out) + tail + (b"" if closing else b"}") + b"\n"
    unit = Unit(image, line, text, parsed, len(lead) + 1, 1, dropped)
    body = _body(parse_c(parsed).root_node)
    last = line + text.rstrip(b"\n").count(b"\n")
    return Definition(name, unit, body, body, line, last, False, "", (), "")


def _tail(text: bytes, scan: _Scan) -> bytes:
    ends = text.rstrip()[-1:]
    semicolon = b";" if ends not in b";{}" else b""
    return semicolon + scan.closers()


def _body(root: Node) -> Node:
    """The body of the function that wraps a fragment."""
    for node in root.children:
        if node.type == "function_definition":
            return node.child_by_field_name("body") or node
    return root


def _at_file_level(
    image: Image, piece: Piece, line: int, text: bytes, code: bytes, dropped: tuple[Lines, ...], closed: bool
) -> Iterator[Definition]:
    from gfplint.source.parse import define, definitions

    parsed = code
    if not closed:
        scan = _Scan(code)
        out = bytearray(code)
        for start, end in scan.blanked:
            out[start:end] = blank(code[start:end])
        parsed = bytes(out) + _tail(bytes(out), scan) + b"\n"
    unit = Unit(image, line, text, parsed, 0, 0, dropped)
    for node in definitions(parse_c(parsed).root_node):
        yield define(unit, node, piece, closed)
