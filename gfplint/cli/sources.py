# SPDX-License-Identifier: GPL-2.0-or-later
"""What a rule's page cites, as a kernel tree has it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import TextIO

from gfplint.report.text import visible
from gfplint.rule import Page
from gfplint.rulebook import Entry

LONGEST = 40  # lines of one function
_PLACE = re.compile(r"(?P<path>[\w./+-]+/[\w.+-]+)(?:, (?P<rest>.*))?$")
_WHAT = re.compile(r'"(?P<text>[^"]+)"|(?P<name>\w+)\(\)')


def paint(entry: Entry, page: Page, tree: str, stream: TextIO) -> None:
    """Show each place of ``See:`` that is a file of the tree."""
    for line in page.see:
        found = _PLACE.match(line)
        if found is None:
            continue
        path = found["path"]
        stream.write(f"\n{visible(line)}\n")
        try:
            with open(os.path.join(tree, path), encoding="utf-8", errors="surrogateescape") as file:
                text = file.read().split("\n")
        except OSError:
            stream.write("    not in this tree\n")
            continue
        wanted = list(_WHAT.finditer(found["rest"] or ""))
        for what in wanted:
            first, last = _comment(text, what["text"]) if what["text"] else _definition(text, what["name"])
            if first is None:
                stream.write(f"    {visible(what[0])} is not in {path} of this tree\n")
                continue
            stream.writelines(_quoted(text, first, last))
        if not wanted:
            stream.write(f"    {len(text)} lines\n")


def _quoted(text: list[str], first: int, last: int) -> Iterator[str]:
    shown = text[first : min(last, first + LONGEST)]
    width = len(str(first + len(shown)))
    for number, line in enumerate(shown, first + 1):
        yield f"    {number:>{width}}  {visible(line).expandtabs(8)}".rstrip() + "\n"
    if last > first + LONGEST:
        yield f"    {'':>{width}}  ... {last - first - LONGEST} lines more\n"


def _definition(text: list[str], name: str) -> tuple[int | None, int]:
    """Lines of a function or a macro of this name, from 0; of the first mention where it has no body."""
    call = re.compile(rf"\b{name}\s*\(")
    define = re.compile(rf"#\s*define\s+{name}\b")
    mention = None
    for number, line in enumerate(text):
        if define.match(line):
            last = number
            while last < len(text) - 1 and text[last].endswith("\\"):
                last += 1
            return number, last + 1
        if not call.search(line):
            continue
        mention = number if mention is None else mention
        if line[:1].isspace() or line.startswith(("#", "/", "*", "EXPORT")):
            continue
        for end in range(number, min(number + 12, len(text))):
            if text[end].rstrip().endswith(";"):
                break  # a declaration
            if text[end].startswith("{") or text[end].rstrip().endswith("{"):
                last = next((n for n in range(end, len(text)) if text[n].startswith("}")), end)
                first = number - (number > 0 and bool(re.match(r"[a-z][\w *]*$", text[number - 1])))
                return first, last + 1
    return (None, 0) if mention is None else (mention, mention + 1)


def _comment(text: list[str], words: str) -> tuple[int | None, int]:
    """From the line in which words stand to the end of the comment or, elsewhere, of the paragraph."""
    for number, line in enumerate(text):
        if words in line:
            starred = line.lstrip().startswith("*")
            last = number + 1
            while last < len(text) and ("*/" not in text[last - 1] if starred else text[last].strip()):
                last += 1
            return number, last
    return None, 0
