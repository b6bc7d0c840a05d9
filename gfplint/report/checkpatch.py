# SPDX-License-Identifier: GPL-2.0-or-later
"""Reports in the form of checkpatch.pl, for all that reads that form; b4 above all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from gfplint.diff.model import Mail
from gfplint.finding import SEVERITIES, Finding, Severity
from gfplint.report.places import Places
from gfplint.report.sinks import Style
from gfplint.report.summary import Summary
from gfplint.report.terminal import asides, visible_findings
from gfplint.report.text import visible
from gfplint.review import Review

LEVELS = {"error": "ERROR", "warning": "WARNING", "info": "CHECK"}


def type_of(rule: str) -> str:
    """A rule as a type of checkpatch: GFP_BARE_MODIFIER."""
    return rule.replace("/", "_").replace("-", "_").upper()


class Checkpatch:
    """The default form, and what --emacs, --terse, --showfile, --show-types, --no-summary and --mailback make of it."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        self._stream = stream
        self._style = style
        self._words = style.dialect | ({"emacs"} if "terse" in style.dialect else frozenset())  # terse implies emacs
        self._quiet = style.quiet + ("terse" in style.dialect)

    def begin(self) -> None:
        pass

    def patch(self, review: Review) -> None:
        findings = visible_findings(review, self._style)
        if "mailback" in self._words and not findings:
            return
        name = _one_line(review.patch.mail.input)
        for finding in findings:
            self._finding(finding, name, review)
        for lead, text in asides(review):
            self._stream.write(f"NOTE: {lead}{text}\n")
        counts = {level: sum(finding.severity == level for finding in findings) for level in SEVERITIES}
        if "no-summary" not in self._words and (findings or not self._quiet):
            start = f"{name} " if "summary-file" in self._words else ""
            self._stream.write(f"{start}{_total(counts, self._style.strict, _lines(review))}\n")
        if not self._quiet:
            state = (
                "has style problems, please review."
                if findings
                else "has no obvious style problems and is ready for submission."
            )
            self._stream.write(f"\n{_called(review.patch.mail)} {state}\n")

    def end(self, summary: Summary) -> None:
        pass

    def _finding(self, finding: Finding, name: str, review: Review) -> None:
        at, number = finding.report.at, _input_line(finding, review)
        path, whole = _one_line(at.path), not review.patch.mail.diff  # whole: a file was linted, there is no patch
        place = (
            f"{path}:{at.line}: " if "showfile" in self._words or (number is None and "emacs" in self._words) else ""
        )
        if not place and "emacs" in self._words:
            place = f"{name}:{at.line if whole else number}: "
        shown = f"{type_of(finding.rule)}:" if "show-types" in self._words else ""
        head = f"{place}{LEVELS[finding.severity]}:{shown} {_one_line(finding.report.message)}\n"
        if "terse" in self._words:
            self._stream.write(head)
            return
        lines = [head]
        if finding.report.help:
            lines.append(f"{_one_line(finding.report.help)}\n")
        if "showfile" not in self._words:
            here = at.line if whole else number
            lines.append(f"#{here}: FILE: {path}:{at.line}:\n" if here is not None else f"FILE: {path}:{at.line}:\n")
        marker = "+" if whole else Places(review).marker(at.path, finding.side, at.line)
        self._stream.write("".join([*lines, f"{marker}{visible(finding.code)}\n\n"]))


def _called(mail: Mail) -> str:
    """What checkpatch calls its input in the last line."""
    name = _one_line(mail.input)
    if name == "-":
        return f'"{_one_line(mail.subject)}"' if mail.subject else "Your patch"
    if len(name) >= 40 and not name.strip("0123456789abcdef"):
        return f'Commit {name[:12]} ("{_one_line(mail.title)}")'
    return name


def _input_line(finding: Finding, review: Review) -> int | None:
    """The line of the input where an editor is to go; None where that is not known.

    A finding counts from the first header of its mail.  Before it there may
    be a "From " line (git format-patch writes one), or other mails.
    """
    mail = review.patch.mail
    if finding.mail_line is None or mail.index:
        return None
    try:
        with open(mail.input, "rb") as stream:
            return finding.mail_line + (stream.read(5) == b"From ")
    except (OSError, ValueError):  # standard input, a commit
        return finding.mail_line


def _total(counts: dict[Severity, int], strict: bool, lines: int) -> str:
    checks = f"{counts['info']} checks, " if strict else ""
    return f"total: {counts['error']} errors, {counts['warning']} warnings, {checks}{lines} lines checked"


def _lines(review: Review) -> int:
    """Lines as checkpatch counts them: those of the hunks, or of the file."""
    if review.patch.mail.diff:
        return sum(len(hunk.lines) for diff in review.patch.files for hunk in diff.hunks)
    return sum(piece.text.count(b"\n") for image in review.images.values() for piece in image.pieces)


def _one_line(text: str) -> str:
    return " ".join(visible(text).split())


class B4:
    """For ``b4 am``: one line a finding, with its line in the mail on standard input."""

    prefix = "mail"

    def __init__(self, stream: TextIO, style: Style) -> None:
        self._stream = stream
        self._style = style

    def begin(self) -> None:
        pass

    def patch(self, review: Review) -> None:
        for finding in visible_findings(review, self._style):
            self._stream.write(self._line(finding) + "\n")

    def end(self, summary: Summary) -> None:
        for line in problem_lines(summary):
            self._stream.write(line + "\n")

    def _line(self, finding: Finding) -> str:
        at = finding.report.at
        place = f"{_one_line(at.path)}:{at.line}"
        text = _one_line(finding.report.message)
        if self.prefix == "mail" and finding.mail_line is not None:
            text, place = f"{text} ({place})", f"-:{finding.mail_line}"
        level = LEVELS[finding.severity]
        line = f"{place}: {level}:{type_of(finding.rule)}: {text}"
        return line if level == "ERROR" else tame(line)


class B4Prep(B4):
    """For ``b4 prep --check``: one line a finding, with its place in the file."""

    prefix = "file"


def problem_lines(summary: Summary) -> Iterator[str]:
    """What could not be read or went wrong; a byte on stderr would count as a failure of the patch."""
    for problem in summary.problems:
        yield tame(f"-: WARNING:GFPLINT: {_one_line(str(problem))}")


def tame(line: str) -> str:
    """A line that b4 does not take for a failure: it looks for these six characters anywhere."""
    return line.replace("ERROR:", "ERROR :")
