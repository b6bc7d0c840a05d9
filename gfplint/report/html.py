# SPDX-License-Identifier: GPL-2.0-or-later
"""One self-contained page: the series, its annotated hunks with remarks beside the line, the rules' pages.

It fetches nothing and runs nothing: the policy in its head forbids all but
its own style, which it names by hash.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TextIO

from gfplint.finding import Finding
from gfplint.report.html_style import STYLE
from gfplint.report.layout import tag
from gfplint.report.quote import Block, Gap, Mark, Part, Quoted, Quoter, Remark, header
from gfplint.report.rulepages import pages
from gfplint.report.sinks import Style
from gfplint.report.summary import Summary, plural, sentence
from gfplint.report.terminal import asides, fixes, skipped_line, skips, title, visible_findings
from gfplint.report.text import glyphs, visible
from gfplint.review import Review
from gfplint.rule import Example, Page

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})


class _Entry(NamedTuple):
    """A patch in the list at the top."""

    title: str
    anchor: str | None  # None: nothing is said of it
    state: str


class Html:
    """Collects the sections: the summary and the list stand above them."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        self._stream = stream
        self._style = style
        self._entries: list[_Entry] = []
        self._sections: list[str] = []
        self._rules: dict[str, Finding] = {}

    def begin(self) -> None:
        pass

    def patch(self, review: Review) -> None:
        findings = visible_findings(review, self._style._replace(strict=True))  # a page has room for remarks
        said = bool(findings or review.resolved or asides(review) or skips(review, self._style))
        anchor = f"patch-{len(self._entries) + 1}" if said else None
        count = plural(len(findings), "finding") if findings else "mends only" if review.resolved else "nothing found"
        self._entries.append(_Entry(title(review), anchor, count))
        if anchor:
            for finding in findings:
                self._rules.setdefault(finding.rule, finding)
            self._sections.append("".join(self._section(review, findings, anchor)))

    def end(self, summary: Summary) -> None:
        name = (
            f"{self._entries[0].title}" if len(self._entries) == 1 else plural(len(self._entries), "patch", "patches")
        )
        write = self._stream.write
        write(page_head(f"gfplint: {name}"))
        write(f"<header>\n<h1>{_text(name)}</h1>\n<p>{_text(sentence(summary, strict=True))}</p>\n</header>\n<main>\n")
        if len(self._entries) > 1:
            write(f'<nav aria-label="patches"><ol class="patches">\n{"".join(map(_item, self._entries))}</ol></nav>\n')
        for section in self._sections:
            write(section)
        for rule, page in pages(self._rules).items():
            write("".join(rule_page(rule, page)))
        for problem in summary.problems:
            write(f'<p class="meta">problem: {_text(str(problem))}</p>\n')
        kernel = f", facts of {summary.kernel}" if summary.kernel else ""
        foot = _text(f"gfplint {summary.version}, rules {summary.rules}{kernel}")
        write(f'</main>\n<p class="foot">{foot}</p>\n')
        write("</body>\n</html>\n")

    def _section(self, review: Review, findings: list[Finding], anchor: str) -> Iterator[str]:
        mail = review.patch.mail
        yield f'<section id="{anchor}" aria-labelledby="{anchor}-title">\n'
        yield f'<h2 id="{anchor}-title">{_text(title(review))}</h2>\n'
        facts = [str(mail.author), mail.date[:10], mail.message_id]
        yield f'<p class="meta">{_text(" · ".join(fact for fact in facts if fact))}</p>\n'
        for block in Quoter(review).blocks(findings):
            yield from _block(block)
        if review.resolved:
            yield f"<p>{_text(fixes(review.resolved))}</p>\n"
        for lead, text in asides(review):
            yield f'<p class="meta">{lead}{_text(text)}</p>\n'
        for skip in skips(review, self._style):
            yield f'<p class="meta">skipped: {_text(skipped_line(skip))}</p>\n'
        yield "</section>\n"


def _text(text: str) -> str:
    """Text for HTML, of which nothing is markup."""
    return visible(text).translate(_ESCAPES)


def page_head(name: str) -> str:
    """The head of a page, to where its body has begun, with a policy that forbids all but its own style."""
    import base64
    import hashlib

    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="generator" content="gfplint">\n'
        f"<title>{_text(name)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
    )


def _item(entry: _Entry) -> str:
    name = f'<a href="#{entry.anchor}">{_text(entry.title)}</a>' if entry.anchor else _text(entry.title)
    kind = "count" if entry.anchor else "count none"
    return f'<li><span>{name}</span> <span class="{kind}">{_text(entry.state)}</span></li>\n'


def _block(block: Block) -> Iterator[str]:
    at = block.findings[0].report.at
    functions = ", ".join(f"<code>{_text(name)}()</code>" for name in block.functions)
    yield f"<h3><code>{_text(at.path)}:{at.line}</code>" + (f" in {functions}" if functions else "") + "</h3>\n"
    for part in block.parts:
        if part.path != block.path:
            yield f'<p class="meta"><code>{_text(part.path)}</code></p>\n'
        yield from _part(part)
    if block.loose:
        yield _remarks(block.loose)


def _part(part: Part) -> Iterator[str]:
    yield '<div class="hunk">\n'
    if part.hunk:
        yield f'<div class="at">{_text(header(part.hunk))}</div>\n'
    for segment in _segments(part):
        yield from _segment(segment)
    yield "</div>\n"


def _segments(part: Part) -> Iterator[list[Quoted | Gap]]:
    """The rows, cut before each one that is remarked on: it and what follows it share their height with the remark."""
    items: list[Quoted | Gap] = []
    for item in part.items:
        if isinstance(item, Quoted) and item.remarks and items:
            yield items
            items = []
        items.append(item)
    if items:
        yield items


def _segment(items: list[Quoted | Gap]) -> Iterator[str]:
    first = items[0]
    if isinstance(first, Quoted) and first.remarks:
        yield f'<div class="segment said"><div class="first">{_row(first)}</div>\n{_remarks(first.remarks)}'
        yield f'<div class="rest">{"".join(map(_row, items[1:]))}</div></div>\n'
    else:
        yield f'<div class="segment">{"".join(map(_row, items))}</div>\n'


def _row(item: Quoted | Gap) -> str:
    if isinstance(item, Gap):
        return "" if item.edge else '<div class="gap" aria-label="lines left out">⋮</div>\n'
    row = item.row
    element = {"+": "ins", "-": "del"}.get(row.kind, "div")
    numbers = f'<span class="n old">{row.old or ""}</span>'
    if row.new is None:  # on a phone there is one column of numbers: that of the line, whichever side it is of
        numbers += f'<span class="n wide"></span><span class="n narrow">{row.old or ""}</span>'
    else:
        numbers += f'<span class="n">{row.new}</span>'
    code = _code(row.text, item.marks)
    return f'<{element} class="line">{numbers}<span class="sign">{row.kind}</span><code>{code}</code></{element}>\n'


def _code(text: str, marks: tuple[Mark, ...]) -> str:
    """A source line with its faulty stretches marked; tabs stay, the browser puts them at 8."""
    pieces: list[tuple[str, str]] = []
    for glyph, char in zip(glyphs(text), text, strict=True):
        level = next((m.level for m in marks if m.start < glyph.column + glyph.size and glyph.column < m.end), "")
        shown = "\t" if char == "\t" else glyph.text
        if pieces and pieces[-1][1] == level:
            pieces[-1] = (pieces[-1][0] + shown, level)
        else:
            pieces.append((shown, level))
    return "".join(
        f'<mark class="{level}">{part.translate(_ESCAPES)}</mark>' if level else part.translate(_ESCAPES)
        for part, level in pieces
    )


def _remarks(remarks: tuple[Remark, ...]) -> str:
    lines = []
    for remark in remarks:
        rule = remark.finding.rule
        link = f' <a class="rule" href="#{rule_anchor(rule)}">{_text(tag(remark.finding))}</a>'
        mine = remark.level == remark.finding.severity
        lines.append(
            f'<p><b class="{remark.level}">{remark.level}:</b> {_text(remark.text)}{link if mine else ""}</p>\n'
        )
    return f'<div class="remarks {remarks[0].level}">{"".join(lines)}</div>\n'


def rule_anchor(rule: str) -> str:
    """Where the page of a rule stands."""
    return "rule-" + "".join(char if char.isascii() and char.isalnum() else "-" for char in rule)


def rule_page(rule: str, page: Page) -> Iterator[str]:
    """The page of a rule, as a section."""
    yield f'<section class="rulepage" id="{rule_anchor(rule)}">\n<h2>{_text(rule)}</h2>\n'
    yield f"<p><b>{_text(page.title)}</b></p>\n"
    for paragraph in page.prose.split("\n\n"):
        yield f"<p>{_text(' '.join(paragraph.split()))}</p>\n"
    for example in page.examples:
        yield from _example(example)
    if page.known_problems:
        yield f"<h3>Known problems</h3>\n<p>{_text(' '.join(page.known_problems.split()))}</p>\n"
    if page.see:
        items = "".join(f"<li>{_text(place)}</li>" for place in page.see)
        yield f"<h3>See</h3>\n<ul>{items}</ul>\n"
    yield "</section>\n"


def _example(example: Example) -> Iterator[str]:
    kind = "bad" if example.kind.startswith("Bad") else "good"
    heading = example.kind + (f", {example.title}" if example.title else "")
    lines = []
    for line in example.text.rstrip("\n").split("\n"):
        code, arrow, rest = line.partition("/* <--")
        lines.append(_text(code) + (f'<span class="arrow">{_text(arrow + rest)}</span>' if arrow else ""))
    yield f'<h3>{_text(heading)}</h3>\n<pre class="{kind}">' + "\n".join(lines) + "</pre>\n"
