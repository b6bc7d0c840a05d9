# SPDX-License-Identifier: GPL-2.0-or-later
"""The lines in front of the hunks of a file: names, modes, what happens to it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gfplint import regex
from gfplint.diff.model import FileStatus
from gfplint.record import NamedTuple

_FIELD = regex.compile(
    r"(old mode|new mode|new file mode|deleted file mode|similarity index|dissimilarity index"
    r"|rename from|rename to|rename old|rename new|copy from|copy to|index|diff --git|---|\+\+\+|Index:) (.*)"
)
_BLOBS = regex.compile(r"([0-9a-f]{4,64})\.\.([0-9a-f]{4,64})(?: ([0-7]{6}))?$")
_DATE = regex.compile(
    r"(?<![ \t])[ \t]++(?:\d{4}-\d\d-\d\d[ \t]\d\d:\d\d|(?:[A-Z][a-z]{2} ){2}[ \d]\d \d\d:\d\d:\d\d)[^\n]*$"
)
_EPOCH = regex.compile(r"\t(?:1970-01-01 [0-9:.]+ \+|1969-12-31 [0-9:.]+ -|1970-01-01 00:00|Thu Jan  1 00:00:00 1970)")
_ESCAPE = regex.compile(r"((?:\\[0-7]{3})+|\\.)", re.DOTALL)
_QUOTED = regex.compile(r'"(?:[^"\\]|\\.)*+"')
_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\", '"': '"'}
_PREFIXES = frozenset("abciow12")  # git's own: a/ b/, and with diff.mnemonicPrefix c/ i/ o/ w/, with --no-index 1/ 2/
_LIMIT = 9000  # characters of a header line: two paths of the greatest length
_NOTHING = "/dev/null"


class Header(NamedTuple):
    """What the header of a file says; paths without prefix, unquoted."""

    old_path: str | None
    new_path: str | None
    status: FileStatus
    old_mode: str | None
    new_mode: str | None
    blobs: tuple[str, str] | None
    similarity: int | None
    binary: bool


def read_header(lines: Iterable[str], hunks: Iterable[tuple[int, int]]) -> Header | None:
    """Read header lines; ``hunks`` are the line counts (old, new) of the hunks.  None when no file is named."""
    fields: dict[str, str] = {}
    binary = False
    for line in lines:
        line = line[:_LIMIT].rstrip("\r\n")
        if line.startswith(("GIT binary patch", "Binary files ", "Binary file ", "Files ")):
            binary = True
            fields.setdefault("binary", line)
        elif found := _FIELD.match(line):
            fields[found[1]] = found[2]
    names = _names(fields)
    if names is None:
        return None
    old, new, status = _status(fields, *names, list(hunks), binary)
    if not old and not new:
        return None
    blobs = _BLOBS.match(fields.get("index", ""))
    mode = blobs[3] if blobs else None
    old_mode = fields.get("old mode") or fields.get("deleted file mode") or (mode if old is not None else None)
    new_mode = fields.get("new mode") or fields.get("new file mode") or (mode if new is not None else None)
    similarity = re.match(r"(\d{1,3})%", fields.get("similarity index", ""))
    return Header(
        old,
        new,
        status,
        old_mode,
        new_mode,
        (blobs[1], blobs[2]) if blobs else None,
        int(similarity[1]) if similarity else None,
        binary,
    )


def _status(
    fields: dict[str, str], old: str | None, new: str | None, hunks: list[tuple[int, int]], binary: bool
) -> tuple[str | None, str | None, FileStatus]:
    if "rename to" in fields or "rename new" in fields:
        return old, new, "renamed"
    if "copy to" in fields:
        return old, new, "copied"
    if "new file mode" in fields or old is None:
        return None, new or old, "added"
    if "deleted file mode" in fields or new is None:
        return old or new, None, "deleted"
    if "diff --git" not in fields and len(hunks) == 1 and 0 in hunks[0]:  # diff -N dates the missing side, or not
        return (None, new, "added") if hunks[0][0] == 0 else (old, None, "deleted")
    if not hunks and not binary and "new mode" in fields:
        return old, new, "mode"
    return old, new, "modified"


def _names(fields: dict[str, str]) -> tuple[str | None, str | None] | None:
    """Both paths; None for a side that does not exist; None in all when no file is named."""
    for kind, first, second in (("rename", "from", "to"), ("rename", "old", "new"), ("copy", "from", "to")):
        if f"{kind} {first}" in fields and f"{kind} {second}" in fields:  # these carry no prefix
            return unquote(fields[f"{kind} {first}"]), unquote(fields[f"{kind} {second}"])
    if "---" in fields and "+++" in fields:
        old, new = _file_name(fields["---"]), _file_name(fields["+++"])
        if old is None and new is None:
            return None
        if "diff --git" not in fields and old is not None and new is not None:
            old, new = strip_prefix(old, new)
            return new, new  # x.c.orig and x.c are one file
        return strip_prefix(old, new)
    if "diff --git" in fields:
        return _git_names(fields["diff --git"])
    if "Index:" in fields:
        return strip_prefix(fields["Index:"].strip(), fields["Index:"].strip())
    if found := re.match(r"(?:Binary files|Files) (.+) and (.+) differ", fields.get("binary", "")):
        return strip_prefix(_file_name(found[1]), _file_name(found[2]))
    return None


def _file_name(text: str) -> str | None:
    """The name in a ``---`` or ``+++`` line; None for no file."""
    if text.startswith('"') and (end := _QUOTED.match(text)):
        return unquote(end[0])
    if _EPOCH.search(text):
        return None
    name = _DATE.sub("", text).split("\t")[0].rstrip()
    return None if name == _NOTHING else name


def _git_names(text: str) -> tuple[str | None, str | None] | None:
    """The two names of a ``diff --git`` line, which are the same but for their prefix."""
    if '"' in text:
        first = _QUOTED.match(text)
        end = first.end() if first else text.find(' "')
        return strip_prefix(unquote(text[:end]), unquote(text[end:].strip(" "))) if end > 0 else None
    middle = len(text) // 2
    if len(text) % 2 and text[middle] == " ":
        old, new = text[:middle], text[middle + 1 :]
        if old == new or old.partition("/")[2] == new.partition("/")[2]:
            return strip_prefix(old, new)
    parts = re.match(r"(\S+) (\S+)$", text)
    return strip_prefix(parts[1], parts[2]) if parts else None


def unquote(text: str) -> str:
    """A name as git quotes it ("\\303\\244.c"), or one that needs no quotes."""
    if len(text) < 2 or not (text.startswith('"') and text.endswith('"')):
        return text

    def plain(piece: str) -> str:
        if len(piece) > 2:  # octal escapes are bytes, a run of them is UTF-8
            return bytes(int(code, 8) & 0xFF for code in piece[1:].split("\\")).decode("utf-8", "surrogateescape")
        return _ESCAPES.get(piece[1:], piece[1:])

    pieces = [plain(part) if index % 2 else part for index, part in enumerate(_ESCAPE.split(text[1:-1]))]
    return "".join(pieces)


def strip_prefix(old: str | None, new: str | None) -> tuple[str | None, str | None]:
    """Take a/ and b/, linux.orig/ and linux/, or nothing (-p0) off two names."""
    known = [name for name in (old, new) if name is not None]
    if not all("/" in name for name in known):
        return old, new
    tops = [name.partition("/")[0] for name in known]
    if not _PREFIXES.issuperset(tops):
        from gfplint.facts.paths import is_top  # only here: nearly all diffs have a/ and b/

        if len(set(tops)) == 1 and is_top(tops[0]):
            return old, new
    return old and old.partition("/")[2], new and new.partition("/")[2]
