# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the examples of a rule: its page is its test.

An arrow, ``/* <-- words */`` in C or ``# <-- words`` in Kconfig, stands on
the line at fault; the words are part of the message.  A run can only be
noisy (a finding without an arrow) or missing (an arrow without a finding).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gfplint import engine, regex
from gfplint.diff.image import Image, Piece
from gfplint.diff.model import Mail, Patch, Series
from gfplint.diff.parse import parse
from gfplint.facts import paths
from gfplint.finding import Finding, Problem, Report
from gfplint.mail.ground import Ground
from gfplint.record import NamedTuple
from gfplint.review import Options, review
from gfplint.rule import Example, Page
from gfplint.rulebook import Rulebook, RuleError, load, read_page
from gfplint.view import File, Setting

_ARROW = regex.compile(r"(?:/\*|#)\s*<--\s*(?P<words>.*?)\s*(?:\*/|$)")
_KERNEL = re.compile(r"\bfor (\d+\.\d+)\b")
_DEFAULT_PATH = "drivers/example/example.c"


class Verdict(NamedTuple):
    """One disagreement of an example with its rule."""

    kind: str  # "noisy", "missing" or "broken"
    line: int  # of the rule file
    text: str


class Result(NamedTuple):
    """How an example came out."""

    example: Example
    verdicts: tuple[Verdict, ...]


class _Arrow(NamedTuple):
    line: int  # of the example's text, from 0
    words: str
    gone: bool  # stands on a removed line: the finding must be resolved


def try_rule(id: str, file: str) -> tuple[Page, list[Result]]:
    """Run every example of a rule file.  Raises RuleError when it is no rule."""
    rule, page = load(id, file), read_page(file)
    if not any(example.kind.startswith("Bad") for example in page.examples):
        raise RuleError(file, None, "the page has no Bad example")
    book = Rulebook([])
    book.adopt(rule, page.title)
    return page, [Result(example, tuple(_run(example, book))) for example in page.examples]


def _run(example: Example, book: Rulebook) -> Iterator[Verdict]:
    patch = example.kind.endswith("patch")
    arrows = list(_arrows(example.text, patch))
    if example.kind.startswith("Bad") != bool(arrows):
        text = "a Bad example needs an arrow" if not arrows else "a Good example has no arrow"
        yield Verdict("broken", example.line, text)
        return
    log = engine.Log()
    found = list(_patch(example, book, log) if patch else _code(example, book, log))
    yield from (Verdict("broken", example.line, str(problem)) for problem in log.problems)
    for line, message, gone in found:
        arrow = next((a for a in arrows if a.line == line and a.gone == gone and a.words in message), None)
        if arrow is None:
            yield Verdict("noisy", example.line + line, ("resolved: " if gone else "") + message)
    for arrow in arrows:
        if not any(
            arrow.line == line and arrow.gone == gone and arrow.words in message for line, message, gone in found
        ):
            yield Verdict("missing", example.line + arrow.line, arrow.words)


def _arrows(text: str, patch: bool) -> Iterator[_Arrow]:
    for number, line in enumerate(text.split("\n")):
        if arrow := _ARROW.search(line):
            yield _Arrow(number, arrow["words"], patch and line.startswith("-"))


def _code(example: Example, book: Rulebook, log: engine.Log) -> Iterator[tuple[int, str, bool]]:
    """Findings in a piece of C: (line of the example from 0, message, resolved)."""
    from gfplint.source.parse import parse_image

    text, shift = example.text, 0
    if not re.search(r"^[{}]", text, re.MULTILINE):  # statements: put a function around them
        text, shift = f"static void example(void)\n{{\n{text}}}\n", 2
    if paths.kind(example.path or _DEFAULT_PATH) == "kconfig":
        yield from _kconfig(example, book, log)
        return
    image = Image(example.path or _DEFAULT_PATH, "after", (Piece(1, text.encode()),), True, ("",))
    alone = Setting(Ground(None, Series("example", 1, None, (), None, None, True), "after"))
    file = File(parse_image(image), _kernel(example), alone)
    raws: list[Report] = [raw.report for raw in engine.run_file(file, book, book.entries, log)]
    yield from ((report.at.line - 1 - shift, report.message, False) for report in raws)


def _kconfig(example: Example, book: Rulebook, log: engine.Log) -> Iterator[tuple[int, str, bool]]:
    image = Image(example.path or "", "after", (Piece(1, example.text.encode()),), True, ("",))
    for raw in engine.run_kconfig(engine.kconfig_entries(image), book, book.entries, log):
        yield raw.report.at.line - 1, raw.report.message, False


def _patch(example: Example, book: Rulebook, log: engine.Log) -> Iterator[tuple[int, str, bool]]:
    """Findings in a patch, seen as hunks: (line of the example from 0, message, resolved)."""
    diff = parse(example.text, 1)
    log.problems += [Problem(example.title or example.kind, damage.line, damage.reason) for damage in diff.errors]
    patch = Patch(Mail.of_file("example", example.text), parse)
    series = Series("example", 1, None, (patch,), None, None, True)
    for result in review(series, None, book, Options(_kernel(example))):
        log.problems += result.errors
        for finding in (*result.findings, *result.resolved):
            yield _place(finding), finding.report.message, finding.status == "resolved"


def _kernel(example: Example) -> str | None:
    """The kernel that a heading names, as "Bad, for 6.12:" does."""
    named = _KERNEL.search(example.title)
    return named[1] if named is not None else None


def _place(finding: Finding) -> int:
    return (finding.mail_line or 0) - 1


def id_of(file: str) -> str:
    """The id that a rule file has by its place: rules/gfp/bare_modifier.py is gfp/bare-modifier."""
    import os

    family, name = os.path.split(os.path.abspath(file))
    return f"{os.path.basename(family)}/{os.path.splitext(name)[0].replace('_', '-')}"
