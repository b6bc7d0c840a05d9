# SPDX-License-Identifier: GPL-2.0-or-later
"""The page of a rule, and the list of rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TextIO

from gfplint.report.c import highlight
from gfplint.report.layout import Layout, Line
from gfplint.report.terminal import Writer
from gfplint.report.text import visible
from gfplint.rule import Example, Page
from gfplint.rulebook import Entry

WIDEST = 100  # columns: prose is not made wider than can be read


def paint_list(entries: Sequence[Entry], stream: TextIO, *, color: str = "auto", width: int | None = None) -> None:
    """All rules, a line each, by family."""
    out = Writer(stream, color, width)
    layout = Layout(out.width, out.signs)
    names = max((len(entry.id) for entry in entries), default=0)
    levels = max((len(_level(entry)) for entry in entries), default=0)
    for family, group in groupby(entries, key=lambda entry: entry.family):
        if out.width >= names + levels + 40:
            for entry in group:
                room = out.width - names - levels - 4
                lead: Line = [(f"{entry.id:<{names}}  ", "rule.id"), (f"{_level(entry):<{levels}}  ", _style(entry))]
                for index, line in enumerate(layout.wrapped(entry.title, room)):
                    out.lines([[*(lead if index == 0 else [(" " * (names + levels + 4), "")]), (line, "")]])
        else:
            out.lines([[(family, "title")]])
            for entry in group:
                out.lines([[("  ", ""), (entry.id, "rule.id"), (f"  {_level(entry)}", _style(entry))]])
                out.lines([("    ", ""), (line, "")] for line in layout.wrapped(entry.title, out.width - 4))


def paint_page(entry: Entry, page: Page, stream: TextIO, *, color: str = "auto", width: int | None = None) -> None:
    """The page of a rule: why, examples, known problems, sources."""
    out = Writer(stream, color, min(width or WIDEST, WIDEST) if width else None)
    out.lines(page_lines(entry, page, Layout(min(out.width, WIDEST), out.signs)))


def page_lines(entry: Entry, page: Page, layout: Layout) -> Iterator[Line]:
    """The page of a rule as styled lines."""
    yield from layout.text(f"{entry.id}: {page.title}", "title")
    words = [entry.severity, f"{entry.confidence} confidence", *_needs(entry)]
    yield from layout.text(", ".join(words), "dim")
    yield from _prose(page.prose, layout)
    for example in page.examples:
        yield []
        yield from _example(example)
    if page.known_problems:
        yield []
        yield [("Known problems", "title")]
        for line in _paragraphs(page.known_problems, layout, 4):
            yield [("    ", ""), (line, "")] if line else []
    if page.see:
        yield []
        yield [("See", "title")]
        for place in page.see:
            for index, line in enumerate(layout.wrapped(place, layout.width - 6)):
                yield [("    " if index == 0 else "      ", ""), (line, "path.see")]


def _level(entry: Entry) -> str:
    return entry.severity if entry.confidence == "high" else f"{entry.severity} ({entry.confidence})"


def _style(entry: Entry) -> str:
    return f"label.{entry.severity}"


def _needs(entry: Entry) -> list[str]:
    return {
        "hunk": [],
        "function": ["needs the whole function"],
        "file": ["needs the whole file"],
        "tree": ["needs a tree"],
    }[entry.needs]


def _prose(text: str, layout: Layout) -> Iterator[Line]:
    if text:
        yield []
        for line in _paragraphs(text, layout, 0):
            yield [(line, "")] if line else []


def _paragraphs(text: str, layout: Layout, indent: int) -> Iterator[str]:
    """Paragraphs filled to the width; what is indented stays as it is."""
    for index, paragraph in enumerate(text.split("\n\n")):
        if index:
            yield ""
        if paragraph[:1] in (" ", "\t"):
            yield from (visible(line).expandtabs(8) for line in paragraph.split("\n"))
        else:
            yield from layout.wrapped(" ".join(paragraph.split()), layout.width - indent)


def _example(example: Example) -> Iterator[Line]:
    bad = example.kind.startswith("Bad")
    heading: Line = [(example.kind, "label.error" if bad else "label.help")]
    if example.title:
        heading.append((f", {visible(example.title)}", ""))
    yield heading
    patch = example.kind.endswith("patch")
    for line in example.text.rstrip("\n").split("\n"):
        yield [("    ", ""), *_code(line, patch)] if line else []


def _code(line: str, patch: bool) -> Line:
    if patch and (line.startswith(("---", "+++", "@@", "diff ", "index "))):
        return [(visible(line), "hunk")]
    if patch and line[:1] in ("+", "-"):
        style = "add" if line[0] == "+" else "del"
        text, arrow = _arrow(line[1:])
        return [(line[0] + _tabs(text), style), (arrow, "c.arrow")]
    text = _tabs(line[1:]) if patch else _tabs(line)
    return [(" " if patch else "", ""), *_merged(highlight(text))]


def _arrow(text: str) -> tuple[str, str]:
    at = text.find("/* <--")
    return (text[:at], text[at:]) if at >= 0 else (text, "")


def _tabs(text: str) -> str:
    return visible(text).expandtabs(8)


def _merged(pieces: Iterable[tuple[str, str]]) -> Line:
    line: Line = []
    for text, kind in pieces:
        if line and line[-1][1] == kind:
            line[-1] = (line[-1][0] + text, kind)
        else:
            line.append((text, kind))
    return line
