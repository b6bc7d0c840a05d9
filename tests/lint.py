# SPDX-License-Identifier: GPL-2.0-or-later
"""Lints text in the test's own process: a patch without a tree, or whole files before and after."""

from collections.abc import Mapping

from gfplint.diff.image import Image, Piece
from gfplint.diff.model import Mail, Patch, Series
from gfplint.diff.parse import parse
from gfplint.engine import Log, run_file
from gfplint.review import Options, Review, review
from gfplint.rulebook import Rulebook
from gfplint.source.parse import parse_image
from gfplint.view import File

BOOK = Rulebook()


def of_patch(diff: str) -> Review:
    """What gfplint says of a diff, seen as hunks."""
    patch = Patch(Mail.of_file("test.patch", diff), parse)
    assert not parse(diff, 1).errors, parse(diff, 1).errors
    (found,) = review(Series("test", 1, None, (patch,), None, None, True), None, BOOK, Options())
    assert not found.errors
    return found


def new(diff: str) -> set[str]:
    """The rules that a diff breaks."""
    return {finding.rule for finding in of_patch(diff).findings}


def gone(diff: str) -> set[str]:
    """The rules that a diff comes to keep."""
    return {finding.rule for finding in of_patch(diff).resolved}


def of_file(text: str, path: str = "drivers/example/example.c") -> list[tuple[str, int]]:
    """Rule and line, from 1, of each finding in a whole file."""
    image = Image(path, "after", (Piece(1, text.encode()),), True, ("",))
    log = Log()
    raws = run_file(File(parse_image(image), None), BOOK, BOOK.entries, log)
    assert not log.problems
    return sorted((raw.entry.id, raw.report.at.line) for raw in raws)


def added(files: Mapping[str, str]) -> str:
    """A diff that adds files."""
    parts = []
    for path, text in files.items():
        lines = text.splitlines()
        parts.append(f"diff --git a/{path} b/{path}\nnew file mode 100644\n--- /dev/null\n+++ b/{path}\n")
        parts.append(f"@@ -0,0 +1,{len(lines)} @@\n" + "".join(f"+{line}\n" for line in lines))
    return "".join(parts)


def marked(text: str) -> tuple[str, list[int]]:
    """A text without its ``//!`` marks, and the lines on which they stood."""
    lines = text.splitlines()
    return text.replace("//!", ""), [number for number, line in enumerate(lines, 1) if "//!" in line]
