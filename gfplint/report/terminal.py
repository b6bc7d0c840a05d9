# SPDX-License-Identifier: GPL-2.0-or-later
"""The report for people: in colour on a terminal, the same text in a pipe."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TextIO

from gfplint.finding import Finding, Skip
from gfplint.report.layout import ASCII, UNICODE, Layout, Line, plain
from gfplint.report.quote import Quoter
from gfplint.report.sinks import Style
from gfplint.report.summary import Summary, plural, sentence
from gfplint.report.text import visible
from gfplint.review import Review

if TYPE_CHECKING:
    from rich.console import Console

NAMED = 3  # functions that are named where a patch mends many
STYLES = {
    "title": "bold",
    "path": "bold cyan",
    "function": "bold",
    "hunk": "cyan",
    "lineno": "dim",
    "gutter": "dim",
    "gap": "dim",
    "dim": "dim",
    "context": "",
    "context.marked": "bold",
    "add": "green",
    "add.marked": "bold green",
    "del": "red",
    "del.marked": "bold red",
    "mark.error": "bold red",
    "mark.warning": "bold yellow",
    "mark.info": "bold blue",
    "mark.note": "blue",
    "label.error": "bold red",
    "label.warning": "bold yellow",
    "label.info": "bold blue",
    "label.help": "bold green",
    "label.note": "bold blue",
    "message": "bold",
    "help": "",
    "note": "",
    "rule": "dim",
    "rule.id": "bold",
    "path.see": "cyan",
    "c.arrow": "bold yellow",
    "c.comment": "dim",
    "c.string": "green",
    "c.directive": "magenta",
    "c.number": "cyan",
    "c.constant": "cyan",
    "c.keyword": "magenta",
    "c.type": "blue",
    "c.call": "bold",
    "good": "green",
    "code": "",
}


class Writer:
    """Puts styled lines on a stream: through rich where there is colour, plainly elsewhere."""

    def __init__(self, stream: TextIO, color: str, width: int | None) -> None:
        self._stream = stream
        self.painted = color == "always" or (color == "auto" and _likes_color(stream))
        self.width = width or _columns(stream)
        self._encoding = getattr(stream, "encoding", None) or "utf-8"
        self.signs = UNICODE if "utf" in self._encoding.lower() else ASCII
        self._console: Console | None = None

    def record(self, console: Console) -> Console:
        """Paint on ``console`` from now on."""
        self._console = console
        return console

    def lines(self, lines: Iterable[Line]) -> None:
        """Write lines; what the encoding has no sign for is escaped."""
        for line in lines:
            if self.painted:
                self._paint(line)
            else:
                self._stream.write(self._fit(plain(line)) + "\n")

    def _fit(self, text: str) -> str:
        return text if text.isascii() else text.encode(self._encoding, "backslashreplace").decode(self._encoding)

    def _paint(self, line: Line) -> None:
        from rich.text import Text  # rich only where there is colour to paint: it costs more than the whole job

        if self._console is None:
            self._console = console(self._stream, self.width)
        text = Text(end="")
        for part, style in line:
            text.append(self._fit(part), STYLES.get(style) or None)
        text.rstrip()
        self._console.print(text, soft_wrap=True, end="\n")


def console(stream: TextIO | None, width: int, record: bool = False) -> Console:
    """A console that takes text as it is: no markup, no emoji, nothing highlighted."""
    from rich.console import Console

    return Console(
        file=stream,
        width=width,
        record=record,
        force_terminal=True,
        no_color=False,  # whether to paint was decided before; rich would ask NO_COLOR again
        color_system="standard" if record or os.environ.get("TERM") in (None, "dumb") else "auto",
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
    )


def _likes_color(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _columns(stream: TextIO) -> int:
    """The terminal's width; 80 for a pipe, so that its text does not depend on who looks."""
    if not stream.isatty():
        return 80
    import shutil

    return shutil.get_terminal_size((80, 24)).columns


class Terminal:
    """Annotated hunks, patch by patch, and a summary."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        self._out = Writer(stream, style.color, style.width)
        self._style = style
        self._layout = Layout(self._out.width, self._out.signs)

    def begin(self) -> None:
        pass

    def patch(self, review: Review) -> None:
        shown = visible_findings(review, self._style)
        skipped = skips(review, self._style)
        aside = asides(review)
        mends = mended(review, self._style)
        if not (shown or mends or aside or skipped):
            return
        layout, write = self._layout, self._out.lines
        write(layout.text(title(review), "title"))
        for block in Quoter(review).blocks(shown):
            write([[]])
            write(layout.block(block))
        if shown:
            write([[]])
        if mends:
            write(layout.text(fixes(mends), "good"))
        for lead, text in aside:
            write(layout.text(text, "dim", lead))
        for skip in skipped:
            write(layout.text(skipped_line(skip), "dim", "skipped: "))
        if not shown or mends or aside or skipped:
            write([[]])

    def end(self, summary: Summary) -> None:
        if not self._style.quiet:
            self._out.lines(self._layout.text(sentence(summary, self._style.strict), "dim"))


def visible_findings(review: Review, style: Style) -> list[Finding]:
    """The findings that people are shown."""
    every = (*review.findings, *review.series_findings, *(review.existing if style.all else ()))
    return [one for one in every if style.strict or one.severity != "info" or one.fixed_later_by is not None]


def mended(review: Review, style: Style) -> list[Finding]:
    """What the patch takes away, as far as people are shown it."""
    return [one for one in review.resolved if style.strict or one.severity != "info"]


def skips(review: Review, style: Style) -> list[Skip]:
    """What people are shown of what was not looked at: files with -v, what rules abstained from with --why-not."""
    return [skip for skip in review.skipped if style.why_not or (style.verbose and skip.rule is None)]


def title(review: Review) -> str:
    """What a patch is called: its subject, else where it came from."""
    mail = review.patch.mail
    return visible(mail.subject or mail.title or mail.input)


def where(finding: Finding) -> str:
    """Rule, place and function of a finding on one line."""
    at = finding.report.at
    function = f" in {finding.function}()" if finding.function else ""
    return visible(f"{finding.rule} at {at.path}:{at.line}{function}")


def asides(review: Review) -> list[tuple[str, str]]:
    """What was put aside, with the reason, and what nothing needed: a heading and a line each."""
    found = [("suppressed: ", f"{where(finding)}: {visible(finding.reason or '')}") for finding in review.suppressed]
    return found + [("note: ", skipped_line(note)) for note in review.notes]


def fixes(resolved: Sequence[Finding]) -> str:
    """One line on what a patch mends: the rules, and the functions that it mends."""
    rules: dict[str, dict[str, None]] = {}
    for finding in resolved:
        functions = rules.setdefault(finding.rule, {})
        if finding.function:
            functions[f"{finding.function}()"] = None
    parts = []
    for rule, names in rules.items():
        shown = [*list(names)[:NAMED], *(["..."] if len(names) > NAMED else [])]
        parts.append(visible(rule) + (f" in {visible(', '.join(shown))}" if shown else ""))
    return f"fixes {plural(len(resolved), 'finding')}: {'; '.join(parts)}"


def skipped_line(skip: Skip) -> str:
    """What was not looked at, and why, on one line."""
    place = skip.path if skip.line is None else f"{skip.path}:{skip.line}"
    function = f" in {skip.function}()" if skip.function else ""
    rule = f" [{skip.rule}]" if skip.rule else ""
    return visible(f"{place}{function}: {skip.reason}{rule}")
