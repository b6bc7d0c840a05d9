# SPDX-License-Identifier: GPL-2.0-or-later
"""A rule's docstring, taken apart into its page."""

from __future__ import annotations

from gfplint import regex
from gfplint.rule import Example, ExampleKind, Page

_HEADING = regex.compile(r"(?P<kind>[A-Z][A-Za-z ]*?)(?:, (?P<title>[^\n]*))?:")
_PATH = regex.compile(r"(?:^|\b)in (?P<path>[\w./-]*(?:\.[ch]|Kconfig\S*|Makefile))$")
_EXAMPLES: tuple[ExampleKind, ...] = ("Bad", "Bad patch", "Good", "Good patch")
_HEADINGS = (*_EXAMPLES, "Known problems", "See")


class PageError(ValueError):
    """A rule's docstring is not a page; ``line`` counts from its first line."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def parse_page(doc: str) -> Page:
    """Take a docstring apart.  Raises PageError for an unknown heading or no title."""
    lines = doc.split("\n")
    title = lines[0].strip()
    if not title:
        raise PageError(1, "the docstring has no title on its first line")
    starts = [number for number in range(1, len(lines)) if _is_heading(lines, number)]
    prose = "\n".join(lines[1 : starts[0] if starts else len(lines)]).strip()
    examples: list[Example] = []
    texts: dict[str, str] = {}
    for number, end in zip(starts, [*starts, len(lines)][1:], strict=True):
        kind, heading = _split(lines[number], number + 1)
        body = lines[number + 1 : end]
        if kind in _EXAMPLES:
            examples.append(_example(kind, heading, body, number + 2))
        else:
            texts[kind] = "\n".join(line.strip() for line in body).strip()
    see = tuple(line for line in texts.get("See", "").split("\n") if line)
    return Page(title, prose, tuple(examples), texts.get("Known problems", ""), see)


def _is_heading(lines: list[str], number: int) -> bool:
    """A line at the margin that ends in a colon and stands above something indented."""
    line = lines[number]
    if not line.endswith(":") or line[:1].isspace() or lines[number - 1].strip():
        return False
    below = next((text for text in lines[number + 1 :] if text.strip()), "")
    return below[:1] in (" ", "\t")


def _split(line: str, number: int) -> tuple[str, str]:
    found = _HEADING.fullmatch(line)
    if found is None or found["kind"] not in _HEADINGS:
        raise PageError(number, f"unknown heading '{line}': one of {', '.join(_HEADINGS)}")
    return found["kind"], found["title"] or ""


def _example(kind: str, heading: str, body: list[str], line: int) -> Example:
    while body and not body[-1].strip():
        body.pop()
    while body and not body[0].strip():
        body, line = body[1:], line + 1
    path = _PATH.search(heading)
    text = "".join(text.removeprefix("\t") + "\n" for text in body)
    known = next(name for name in _EXAMPLES if name == kind)
    return Example(known, heading, path["path"] if path else None, text, line)
