# SPDX-License-Identifier: GPL-2.0-or-later
"""What stands at the first column: macros that declare or define at file level."""

import re

from gfplint.source.mask import blank
from gfplint.source.pairs import Pairs

# A line at the first column, up to its first parenthesis.
_HEAD = re.compile(rb"\n((?:(?:static|extern|const|inline|volatile)\s++)*+)([A-Za-z_]\w*+)[ \t]*+\(")
_SPACE = re.compile(rb"\s*+")
_KEYWORDS = frozenset((b"if", b"for", b"while", b"switch", b"return", b"sizeof", b"else", b"do", b"asm", b"__asm__", b"typeof", b"__attribute__", b"__typeof__", b"void", b"int"))


def repair_heads(code: bytes) -> bytes:
    """Give macros at file level the shape of a declaration.

    ``static DEFINE_MUTEX(x);`` and ``SYSCALL_DEFINE1(...) {`` get a type, of
    the first letters of the macro's name; one without a semicolon is blank.
    """
    text = b"\n" + code
    edits: list[tuple[int, int, bytes]] = []
    pairs = Pairs(text)
    for found in _HEAD.finditer(text):
        name = found[2]
        if name in _KEYWORDS:
            continue
        start = found.start(2)
        before = text[max(0, found.start() - 400) : found.start()].rstrip()[-1:]
        if before not in b";}" and not _directive_above(text, found.start()):
            continue  # the type stands on the line above
        close = pairs.close(found.end() - 1)
        if close is None:
            continue
        space = _SPACE.match(text, close + 1)
        after = space.end() if space is not None else close + 1
        follows = text[after : after + 1]
        if follows == b";":
            if found[1]:
                edits.append((start, start + 4, _typed(name)))
        elif follows in (b"{", b"="):
            edits.append((start, start + 4, _typed(name)))
        elif b"\n" in text[close:after] or not follows:
            edits.append((found.start() + 1, close + 1, blank(text[found.start() + 1 : close + 1])))
    if not edits:
        return code
    out = bytearray(text)
    for start, end, new in edits:
        out[start:end] = new
    return bytes(out[1:])


def _typed(name: bytes) -> bytes:
    """The first four bytes of the head, as a type."""
    return b"int " if len(name) > 4 else name[:4].ljust(0) or name


def _directive_above(text: bytes, at: int) -> bool:
    """Nothing, or a conditional's line, stands above."""
    line = text[max(0, at - 4096) : at].rstrip()
    return not line or line[line.rfind(b"\n") + 1 :].lstrip().startswith(b"#")
