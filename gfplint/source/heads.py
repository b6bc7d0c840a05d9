# SPDX-License-Identifier: GPL-2.0-or-later
"""What stands at the first column: macros that declare or define at file level."""

from __future__ import annotations

from gfplint import regex
from gfplint.source.mask import blank
from gfplint.source.pairs import Pairs

# A line at the first column, up to its first parenthesis.
_HEAD = regex.compile(rb"\n((?:(?:static|extern|const|inline|volatile)\s++)*+)([A-Za-z_]\w*+)[ \t]*+\(")
_MEMBER = regex.compile(rb"\s*+\.\w")
_WORDS = regex.compile(rb"\n([A-Za-z_][\w \t\n*]{0,400}+)\((?!\s*+\*)")
_WORD = regex.compile(rb"\w++")
_FIXED = regex.compile(rb"(?:__)?(?:[us]|le|be)(?:8|16|32|64)")
_TAGS = frozenset((b"struct", b"union", b"enum"))
_BUILTIN = frozenset(b"void int char long short unsigned signed float double bool size_t".split())
_STORAGE = frozenset(b"static extern const inline volatile typedef register return else".split())
_SPACE = regex.compile(rb"\s*+")
_KEYWORDS = frozenset(
    b"if for while switch return sizeof else do asm __asm__ typeof __typeof__ __attribute__ void int".split()
)


def repair_heads(code: bytes) -> bytes:
    """Give macros at file level the shape of a declaration.

    ``static DEFINE_MUTEX(x);`` and ``SYSCALL_DEFINE1(...) {`` get a type, of
    the first letters of the macro's name; one without a semicolon is blank.
    """
    text = b"\n" + code
    edits: list[tuple[int, int, bytes]] = []
    pairs = Pairs(text)
    blanked = 0  # end of the last blank
    for found in _HEAD.finditer(text):
        name = found[2]
        if name in _KEYWORDS:
            continue
        start = found.start(2)
        before = text[max(blanked, found.start() - 400) : found.start()].rstrip()[-1:]
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
                edits.append((found.start(1), found.end(1), b" " * len(found[1])))
        elif follows == b"{" and _MEMBER.match(text, after + 1):
            edits.append((start, close + 1, _object(text[start : close + 1])))
        elif follows in (b"{", b"="):
            edits.append((start, start + len(_typed(name)), _typed(name)))
        elif b"\n" in text[close:after] or not follows:
            blanked = close + 1
            edits.append((found.start() + 1, blanked, blank(text[found.start() + 1 : blanked])))
    edits += _annotated(text)
    if not edits:
        return code
    out = bytearray(text)
    for start, end, new in edits:
        out[start:end] = new
    return bytes(out[1:])


def _annotated(text: bytes) -> list[tuple[int, int, bytes]]:
    """Unknown words in the head of a function, beside its type and its name, are annotations."""
    edits = []
    for found in _WORDS.finditer(text):
        words = found[1].replace(b"*", b" ").split()
        if len(words) > 2 and not _plain(words):
            edits += _extra_words(text, found.start(1), found.end(1))
    return edits


def _plain(words: list[bytes]) -> bool:
    """Storage, one type and a name."""
    rest = [word for word in words[:-1] if word not in _STORAGE]
    if len(rest) < 2 or (len(rest) == 2 and rest[0] in _TAGS):
        return True
    return all(word in _BUILTIN for word in rest)


def _extra_words(text: bytes, start: int, end: int) -> list[tuple[int, int, bytes]]:
    unknown = []
    tag = typed = False
    words = [(word.start(), word.group()) for word in _WORD.finditer(text, start, end)]
    for at, word in words[:-1]:
        if tag or word in _BUILTIN:
            typed, tag = True, False
        elif word in _TAGS:
            tag = True
        elif word not in _STORAGE:
            unknown.append((at, word))
    if unknown and not typed:
        unknown.remove(max(unknown, key=lambda item: _likely_type(item[1])))
    return [(at, at + len(word), b" " * len(word)) for at, word in unknown]


def _likely_type(word: bytes) -> int:
    """How much a name looks like a type's."""
    if word.endswith(b"_t") or _FIXED.fullmatch(word):
        return 3
    return 1 if word.startswith(b"__") or word.isupper() else 2


def _object(text: bytes) -> bytes:
    """``define_machine(x) {`` with members behind it is an object."""
    return b"int m[] =".ljust(len(text)) if len(text) >= 9 and b"\n" not in text else text


def _typed(name: bytes) -> bytes:
    """A type in place of the first letters of the head, as many as there is room for."""
    return b"int " if len(name) > 4 else b"t " if len(name) > 2 else b""


def _directive_above(text: bytes, at: int) -> bool:
    """Nothing, or a conditional's line, stands above."""
    line = text[max(0, at - 4096) : at].rstrip()
    return not line or line[line.rfind(b"\n") + 1 :].lstrip().startswith(b"#")
