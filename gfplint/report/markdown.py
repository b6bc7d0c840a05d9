# SPDX-License-Identifier: GPL-2.0-or-later
"""Markdown: the hunks with their remarks, and the comment that kernel-patches-daemon forwards as a mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TextIO

from gfplint.report.layout import tag
from gfplint.report.mail import body
from gfplint.report.quote import Block, Gap, Part, Quoter, Remark, header
from gfplint.report.sinks import Style
from gfplint.report.summary import Summary, sentence
from gfplint.report.terminal import asides, fixes, mended, title, visible_findings
from gfplint.report.text import visible
from gfplint.review import Review

_SPECIAL = re.compile(r"([\\`*_\[\]|~<>&])")
_LINKS = re.compile(
    r"(@(?=\w)|#(?=\d)|:(?=//))"
)  # what GitHub makes names, numbers and links of; a word joiner stops it


class Markdown:
    """A section for each patch with something to say."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        self._stream = stream
        self._style = style

    def begin(self) -> None:
        pass

    def patch(self, review: Review) -> None:
        self._stream.writelines(line + "\n" for line in section(review, self._style))

    def end(self, summary: Summary) -> None:
        self._stream.write(f"{escape(sentence(summary, self._style.strict))}\n")


class KpdComment:
    """One comment on a pull request: whom it answers on top, the summary first.

    The daemon looks for the title of the patch, in backticks, behind the tag,
    and sends the comment as a reply to that patch.  It takes one patch a
    comment: the first with findings is answered, and those of the others are
    in it too.  As it is read as plain text in a mail and as Markdown on the
    page, what is quoted stands in fences, as it would in a mail.
    """

    def __init__(self, stream: TextIO, style: Style) -> None:
        self._stream = stream
        self._style = style._replace(all=False)
        self._parts: list[str] = []
        self._title = ""

    def begin(self) -> None:
        pass

    def patch(self, review: Review) -> None:
        findings = visible_findings(review, self._style)
        if findings:
            self._title = self._title or _bare(review)
            lines = body(review, findings).rstrip("\n").split("\n")
            self._parts += [visible(title(review)).replace("`", "'"), "", *fence(lines, "")]

    def end(self, summary: Summary) -> None:
        if self._parts:  # no findings, no comment
            head = [f"In-Reply-To-Subject: `{self._title}`", "", sentence(summary, self._style.strict), ""]
            self._stream.write("\n".join([*head, *self._parts]).rstrip("\n") + "\n")


def _bare(review: Review) -> str:
    """The title of a patch as the daemon knows it.  A backtick would end it: there is no way to write one."""
    mail = review.patch.mail
    return visible(mail.title or mail.subject).replace("`", "'")


def section(review: Review, style: Style) -> Iterator[str]:
    """A patch, with a heading, its blocks and what it mends."""
    findings = visible_findings(review, style)
    mends = mended(review, style)
    if not (findings or mends or asides(review)):
        return
    yield f"### {escape(title(review))}"
    yield ""
    for block in Quoter(review).blocks(findings):
        yield from _block(block)
    if mends:
        yield escape(fixes(mends))
        yield ""
    for lead, text in asides(review):
        yield f"{lead}{escape(text)}"
        yield ""


def _block(block: Block) -> Iterator[str]:
    at = block.findings[0].report.at
    functions = ", ".join(code(f"{name}()") for name in block.functions)
    yield f"{code(f'{at.path}:{at.line}')}" + (f" in {functions}" if functions else "")
    yield ""
    for part in block.parts:
        if part.path != block.path:
            yield from (code(part.path), "")
        yield from _part(part)
    for remark in block.loose:
        yield from _remark(remark)


def _part(part: Part) -> Iterator[str]:
    """The lines in fences, interrupted by the remarks under them."""
    lines = [visible(header(part.hunk))] if part.hunk else []
    for item in part.items:
        if isinstance(item, Gap):
            if not item.edge:
                lines.append("...")
            continue
        lines.append(item.row.kind + visible(item.row.text))
        if item.remarks:
            yield from fence(lines, "diff")
            lines = []
            for remark in item.remarks:
                yield from _remark(remark)
    if lines:
        yield from fence(lines, "diff")


def _remark(remark: Remark) -> Iterator[str]:
    rule = f" [{code(tag(remark.finding))}]" if remark.level == remark.finding.severity else ""
    yield f"**{remark.level}**: {escape(remark.text)}{rule}"
    yield ""


def fence(lines: list[str], language: str) -> Iterator[str]:
    """A fenced block that nothing in it can end."""
    marks = "`" * max(3, longest("\n".join(lines)) + 1)
    yield from (f"{marks}{language}", *lines, marks, "")


def longest(text: str) -> int:
    """The longest run of backticks in a text."""
    return max((len(run) for run in re.findall("`+", text)), default=0)


def code(text: str) -> str:
    """Text as code in a line."""
    shown = visible(text)
    marks = "`" * (longest(shown) + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{marks}{pad}{shown}{pad}{marks}"


def escape(text: str) -> str:
    """Text of which nothing is markup, no link and nobody's name."""
    return _LINKS.sub("\\1\u2060", _SPECIAL.sub(r"\\\1", visible(text)))
