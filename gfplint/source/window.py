# SPDX-License-Identifier: GPL-2.0-or-later
"""Where functions are in a text: cuts behind the braces at the first column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from gfplint import regex
from gfplint.record import NamedTuple

# A brace at the first column, unless the line above goes on (a macro's body).
_END = regex.compile(rb"(?<!\\)\n\}([^\n]*+)")
_HEAD = regex.compile(
    rb"^(?!(?:struct|union|enum|typedef|class|namespace)\b[^(]*$)"
    rb"(?:[A-Za-z_][\w\s*]*?\b)?([A-Za-z_]\w*)\s*\((.*)",
    re.S,
)
_AGGREGATE = regex.compile(rb"^(?:static\s+|const\s+|extern\s+)*(?:struct|union|enum)\s+\w*\s*\{|=")


class Window(NamedTuple):
    """A stretch of a text that ends with a brace at the first column, or with the text."""

    start: int  # bytes
    end: int
    line: int  # of its first byte, from 1
    last: int  # of its last line
    function: bool  # ends with a brace that can end a function


@lru_cache(maxsize=8)
def windows(text: bytes) -> tuple[Window, ...]:
    """The text cut behind each ``}`` at the first column; what follows the last one too.

    Kept for a while: a file is asked for once for each function that is looked up in it.
    """
    return tuple(_windows(text))


def _windows(text: bytes) -> Iterator[Window]:
    start, line = 0, 1
    for found in _END.finditer(text):
        if found[1].rstrip().endswith((b"{", b",", b"=")):
            continue  # } table[] = {
        end = found.end() + 1 if found.end() < len(text) else found.end()
        lines = text.count(b"\n", start, end)
        alone = not found[1].strip() or found[1].lstrip()[:2] in (b"/*", b"//") or found[1].lstrip()[:1] == b"\\"
        if end - start >= _LEAST:
            yield Window(start, end, line, max(line, line + lines - 1), alone)
        start, line = end, line + lines
    if text[start:].strip():
        yield Window(start, len(text), line, line + text.count(b"\n", start, len(text) - 1), False)


def head_name(section: str) -> str:
    """The name of the function whose head ``section`` is; "" where it is none.

    Behind @@ git shows the last line before the hunk that begins with a
    letter: a function's head, but also a struct, a label or a macro.
    """
    text = section.strip().encode("utf-8", "surrogateescape")
    if is_aggregate(section) or text.endswith((b";", b"}")):
        return ""
    found = _HEAD.match(text)
    if found is None:
        return ""
    return defined_name(found[1], found[2].split(b")")[0]).decode("utf-8", "surrogateescape")


def is_aggregate(section: str) -> bool:
    """The section is the head of a struct, a union, an enumeration or an initialiser."""
    text = section.strip().encode("utf-8", "surrogateescape")
    return _AGGREGATE.search(text.split(b"(")[0]) is not None


_LEAST = 6  # bytes of a window that can hold a function or its end
_DEFINER = regex.compile(rb"(?:[A-Z0-9_]*DEFINE\w*|BPF_CALL_\d|[A-Z][A-Z0-9_]{4,})$")


def defined_name(name: bytes, args: bytes) -> bytes:
    """The function that ``name(args`` at the first column defines: a macro's first argument, or ``name``.

    include/linux/syscalls.h: SYSCALL_DEFINEn(foo, ...) defines sys_foo().
    """
    if not _DEFINER.match(name):
        return name
    first = args.split(b",")[0].strip()
    if not re.fullmatch(rb"\w+", first):
        return name
    if name.startswith(b"SYSCALL_DEFINE"):
        return b"sys_" + first
    if name.startswith(b"COMPAT_SYSCALL_DEFINE"):
        return b"compat_sys_" + first
    return first
