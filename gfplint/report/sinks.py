# SPDX-License-Identifier: GPL-2.0-or-later
"""The formats, and where each is written to."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Protocol, TextIO

from gfplint.record import NamedTuple
from gfplint.report.summary import Summary
from gfplint.review import Review

# Name -> "module:class", imported when asked for.  The names are also those of --format.
FORMATS: Mapping[str, str] = {
    "terminal": "terminal:Terminal",
    "terse": "terse:Terse",
    "json": "document:Json",
    "jsonl": "document:Lines",
    "sarif": "sarif:Sarif",
    "github": "github:Github",
    "gitlab": "gitlab:Gitlab",
    "checkstyle": "junit:Checkstyle",
    "junit": "junit:JUnit",
    "rdjson": "rdjson:Rdjson",
    "rdjsonl": "rdjson:Rdjsonl",
    "checkpatch": "checkpatch:Checkpatch",
    "b4": "checkpatch:B4",
    "b4-prep": "checkpatch:B4Prep",
    "b4-review": "b4review:B4Review",
    "mail": "mail:Replies",
    "markdown": "markdown:Markdown",
    "kpd-comment": "markdown:KpdComment",
    "html": "html:Html",
    "svg": "picture:Picture",
}
# Formats in which problems are said on standard output: b4 takes any byte on stderr for a failure.
QUIET_STDERR = frozenset(("b4", "b4-prep", "b4-review"))
# Words of checkpatch that shape its format, as its options are spelt: "checkpatch:terse,showfile".
DIALECT = frozenset(("emacs", "terse", "showfile", "show-types", "no-summary", "mailback", "summary-file"))


class SinkError(ValueError):
    """An unknown format, or a file that cannot be written: one line."""


class Style(NamedTuple):
    """What the options say of the form of a report."""

    color: str = "auto"  # auto, always, never
    width: int | None = None  # columns; None: the terminal's, else 80
    strict: bool = False  # people see info findings too
    quiet: bool = False  # no summary
    verbose: bool = False  # what was skipped, too
    all: bool = False  # what stood before, too
    dialect: frozenset[str] = frozenset()  # of DIALECT
    why_not: bool = False  # also each abstention of a rule


class Painter(Protocol):
    """A format: writes what it is given to a stream, review by review."""

    def __init__(self, stream: TextIO, style: Style) -> None: ...
    def begin(self) -> None: ...
    def patch(self, review: Review) -> None: ...
    def end(self, summary: Summary) -> None: ...


class Sink:
    """A painter with the stream that it writes to; closes what it opened."""

    def __init__(self, painter: Painter, stream: TextIO, name: str, own: bool, quiet_stderr: bool = False) -> None:
        self._painter = painter
        self._stream = stream
        self._own = own
        self._begun = False
        self.name = name  # of the file, "-" for standard output
        self.quiet_stderr = quiet_stderr  # it tells the problems itself, and nothing may come on stderr

    def patch(self, review: Review) -> None:
        """Report one patch.  Raises SinkError when the file cannot be written."""
        with _Failures(self.name):
            self._begin()
            self._painter.patch(review)

    def end(self, summary: Summary) -> None:
        """Finish the report.  Raises SinkError when the file cannot be written."""
        with _Failures(self.name):
            self._begin()
            self._painter.end(summary)
            self._stream.flush()
            if self._own:
                self._stream.close()

    def _begin(self) -> None:
        if not self._begun:
            self._begun = True
            if self._own and os.path.isfile(self.name):
                self._stream.truncate(0)  # an older report stands until there is a new one
            self._painter.begin()


class _Failures:
    """Turns a failing write into one line; a reader that went away stays BrokenPipeError."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
            name = "standard output" if self._name == "-" else self._name
            raise SinkError(f"cannot write {name}: {error.strerror or error}") from error


def split(spec: str) -> tuple[str, frozenset[str], str | None]:
    """NAME[:WORDS][=FILE] as name, words and file.  Raises SinkError for an unknown one."""
    full, sign, file = spec.partition("=")
    name, _, words = full.partition(":")
    if name not in FORMATS:
        raise SinkError(f"unknown format '{name}'{_near(name, FORMATS)}")
    dialect = frozenset(words.split(",")) - {""}
    for word in sorted(dialect - (DIALECT if name == "checkpatch" else frozenset())):
        raise SinkError(
            f"--format {spec}: {name} knows no '{word}'" + (_near(word, DIALECT) if name == "checkpatch" else "")
        )
    if sign and not file:
        raise SinkError(f"--format {spec}: no file name after the =")
    return name, dialect, file or None


def _near(name: str, names: Iterable[str]) -> str:
    from difflib import get_close_matches  # only when something is wrong

    near = get_close_matches(name, names, 1, 0.5)
    return f", did you mean {near[0]}?" if near else f": one of {', '.join(sorted(names))}"


def open_sink(
    spec: str,
    stream: TextIO,
    *,
    color: str = "auto",
    width: int | None = None,
    strict: bool = False,
    quiet: bool = False,
    verbose: bool = False,
    all: bool = False,
    why_not: bool = False,
) -> Sink:
    """The sink of NAME[=FILE] (for checkpatch also NAME:WORD,WORD...); without a FILE it writes to ``stream``.

    Raises SinkError for an unknown name or a file that cannot be written.
    """
    name, dialect, file = split(spec)
    target = stream if file is None or file == "-" else _create(file)
    module, _, kind = FORMATS[name].partition(":")
    from importlib import import_module

    painter: Painter = getattr(import_module(f"gfplint.report.{module}"), kind)(
        target, Style(color, width, strict, quiet, verbose, all, dialect, why_not)
    )
    return Sink(painter, target, file or "-", target is not stream, name in QUIET_STDERR and target is stream)


def _create(file: str) -> TextIO:
    try:
        return open(file, "a", encoding="utf-8", errors="surrogateescape", newline="\n")
    except OSError as error:
        raise SinkError(f"cannot write {file}: {error.strerror}") from error
