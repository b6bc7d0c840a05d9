# SPDX-License-Identifier: GPL-2.0-or-later
"""Blocks as lines of styled text for a width: what a terminal, a pipe and a picture show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from gfplint.finding import Finding
from gfplint.record import NamedTuple
from gfplint.report.quote import Block, Gap, Mark, Part, Quoted, Remark, Row, header
from gfplint.report.text import TAB, Glyph, cells, glyphs, visible, wrap

Span = tuple[str, str]  # text, style: a key of terminal.STYLES
Line = list[Span]
NARROWEST = 24  # columns; below this nothing is promised
PIECES = 4  # a code line is shown on at most so many lines


class Signs(NamedTuple):
    """The few characters that are not of the mail."""

    bar: str
    gap: str
    under: str
    cut: str


UNICODE = Signs("│", "⋮", "━", "…")
ASCII = Signs("|", "...", "~", "...")


class Layout:
    """Lays out blocks at a width."""

    def __init__(self, width: int, signs: Signs) -> None:
        self.width = max(width, NARROWEST)
        self._signs = signs

    def block(self, block: Block) -> Iterator[Line]:
        """The lines of a block: place, hunk, remarks."""
        yield from self._place(block)
        path = block.path
        digits = max((len(str(n)) for row in _rows(block) for n in (row.old, row.new) if n), default=1)
        for part in block.parts:
            if part.path != path:
                path = part.path
                yield from self._words([("--> ", "dim")], visible(path), "path")
            yield from self._part(part, digits)
        for remark in block.loose:
            yield from self._remark(remark, "  ")

    def text(self, text: str, style: str, lead: str = "") -> Iterator[Line]:
        """A paragraph, wrapped; ``lead`` stands before its first line in the same style."""
        yield from self._words([(lead, style)] if lead else [], text, style)

    def wrapped(self, text: str, room: int) -> list[str]:
        """Plain lines of at most ``room`` columns."""
        return wrap(text, room, room)

    def _place(self, block: Block) -> Iterator[Line]:
        at = block.findings[0].report.at
        place = f"{visible(at.path)}:{at.line}:{at.column}"
        functions = ", ".join(f"{visible(name)}()" for name in block.functions)
        if functions and cells(place) + cells(functions) + 5 <= self.width:
            yield [(place, "path"), ("  in ", "dim"), (functions, "function")]
            return
        yield from self._words([], place, "path")
        if functions:
            yield from self._words([("  in ", "dim")], functions, "function")

    def _part(self, part: Part, digits: int) -> Iterator[Line]:
        gutter = 2 * digits + 2
        room = self.width - gutter - 3  # the bar, a blank, the marker
        if part.hunk is not None:
            top = self._clip(visible(header(part.hunk)), room + 1)
            yield [(" " * gutter, ""), (f"{self._signs.bar} ", "gutter"), (top, "hunk")]
        shown = [item for item in part.items if isinstance(item, Quoted)]
        lines = [list(glyphs(item.row.text.rstrip("\r\n"))) for item in shown]
        margin = _margin(lines, room)
        rows = iter(zip(shown, lines, strict=True))
        for item in part.items:
            if isinstance(item, Gap):
                if not item.edge:
                    yield [(f"{self._signs.gap:>{gutter - 1}} ", "gap"), (self._signs.bar, "gutter")]
                continue
            yield from self._row(item, _strip(next(rows)[1], margin), digits, room)

    def _row(self, item: Quoted, line: list[Glyph], digits: int, room: int) -> Iterator[Line]:
        row = item.row
        style = {"+": "add", "-": "del"}.get(row.kind, "context")
        blank = " " * (2 * digits + 2)
        numbers = f"{row.old or '':>{digits}} {row.new or '':>{digits}} "
        for index, piece in enumerate(self._pieces(line, item.marks, room)):
            lead: Line = [(numbers if index == 0 else blank, "lineno"), (self._signs.bar + " ", "gutter")]
            marker = row.kind if index == 0 else " "
            code = _styled(piece, item.marks, style)
            if not code:
                marker = marker.rstrip()
            yield lead + ([(marker, style)] if marker else []) + code
            under = self._underline(piece, item.marks)
            if under:
                yield [(blank, "lineno"), (self._signs.bar + "  ", "gutter"), *under]
        for remark in item.remarks:
            yield from self._remark(remark, blank, self._signs.bar + "  ")

    def _pieces(self, line: list[Glyph], marks: Sequence[Mark], room: int) -> list[list[Glyph]]:
        """A code line cut to the width; of a very long one, what is marked, else its beginning."""
        pieces: list[list[Glyph]] = [[]]
        used = 0
        for glyph in line:
            if used + glyph.cells > room:
                pieces.append(_carried(pieces[-1]))
                used = sum(glyph.cells for glyph in pieces[-1])
            pieces[-1].append(glyph)
            used += glyph.cells
        if len(pieces) <= PIECES:
            return pieces
        first = min((mark.start for mark in marks), default=1)
        at = next((n for n, piece in enumerate(pieces) if piece and piece[-1].column >= first), 0)
        kept = pieces[at : at + PIECES]
        cut = cells(self._signs.cut)
        if at + PIECES < len(pieces):
            while kept[-1] and sum(glyph.cells for glyph in kept[-1]) > room - cut:
                kept[-1].pop()
            kept[-1].append(Glyph(self._signs.cut, cut, 1 << 60, 1))
        return kept

    def _underline(self, piece: list[Glyph], marks: Sequence[Mark]) -> Line:
        signs = [(_level(glyph, marks), glyph.cells) for glyph in piece]
        while signs and not signs[-1][0]:
            signs.pop()
        line: Line = []
        for level, width in signs:
            sign = self._signs.under if level else " "
            style = f"mark.{level}" if level else ""
            if line and line[-1][1] == style:
                line[-1] = (line[-1][0] + sign * width, style)
            elif width:
                line.append((sign * width, style))
        return line

    def _remark(self, remark: Remark, blank: str, bar: str = "") -> Iterator[Line]:
        lead: Line = [(blank, ""), (bar, "gutter")]
        rule = f" [{tag(remark.finding)}]" if remark.level == remark.finding.severity else ""
        label = f"{remark.level}: "
        room = self.width - len(blank) - cells(bar)
        hang = len(label) if room > 50 else 2
        lines = wrap(remark.text + rule, room - len(label), room - hang)
        for index, text in enumerate(lines):
            start: Line = [(label, f"label.{remark.level}")] if index == 0 else [(" " * hang, "")]
            yield lead + start + self._tagged(text, rule.strip(), "message" if rule else remark.level)

    def _tagged(self, text: str, rule: str, style: str) -> Line:
        """The rule's id stands out from the message where it was not broken."""
        if rule and text.endswith(rule):
            return [(text[: -len(rule)], style), (rule, "rule")]
        return [(text, style)]

    def _words(self, lead: Line, text: str, style: str) -> Iterator[Line]:
        indent = sum(cells(part) for part, _ in lead)
        for index, line in enumerate(wrap(text, self.width - indent, self.width - indent)):
            yield [*(lead if index == 0 else [(" " * indent, "")] if indent else []), (line, style)]

    def _clip(self, text: str, room: int) -> str:
        if cells(text) <= room:
            return text
        cut = self._signs.cut
        while text and cells(text) + cells(cut) > room:
            text = text[:-1]
        return text + cut


def tag(finding: Finding) -> str:
    """The rule of a finding, and how sure it is where it is not quite."""
    return finding.rule if finding.confidence == "high" else f"{finding.rule}, {finding.confidence} confidence"


def plain(line: Iterable[Span]) -> str:
    """The text of a line."""
    return "".join(text for text, _ in line).rstrip(" ")


def _rows(block: Block) -> Iterator[Row]:
    return (item.row for part in block.parts for item in part.items if isinstance(item, Quoted))


def _carried(piece: list[Glyph]) -> list[Glyph]:
    """Takes the word that a full piece ends in the middle of off it, unless that is most of it."""
    at = next((n for n in range(len(piece) - 1, len(piece) // 2, -1) if not piece[n].text.strip()), None)
    if at is None:
        return []
    word = piece[at + 1 :]
    del piece[at + 1 :]
    return word


def _level(glyph: Glyph, marks: Sequence[Mark]) -> str:
    end = glyph.column + glyph.size
    return next((mark.level for mark in marks if mark.start < end and glyph.column < mark.end), "")


def _styled(piece: list[Glyph], marks: Sequence[Mark], style: str) -> Line:
    line: Line = []
    for glyph in piece:
        this = f"{style}.marked" if _level(glyph, marks) else style
        if line and line[-1][1] == this:
            line[-1] = (line[-1][0] + glyph.text, this)
        else:
            line.append((glyph.text, this))
    if line and not line[-1][1].endswith(".marked"):
        line[-1] = (line[-1][0].rstrip(" "), line[-1][1])
    return line


def _margin(lines: list[list[Glyph]], room: int) -> int:
    """Tabs that all lines begin with and that must go for the longest to fit."""
    over = max((sum(glyph.cells for glyph in line) for line in lines), default=0) - room
    if over <= 0:
        return 0
    tabs = [_tabs(line) for line in lines if any(glyph.text.strip() for glyph in line)]
    return min(min(tabs, default=0), -(-over // TAB))


def _tabs(line: list[Glyph]) -> int:
    count = 0
    for glyph in line:
        if glyph.text != " " * TAB:
            break
        count += 1
    return count


def _strip(line: list[Glyph], margin: int) -> list[Glyph]:
    return line[min(margin, _tabs(line)) :]
