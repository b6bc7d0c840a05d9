# SPDX-License-Identifier: GPL-2.0-or-later
"""Annotations blanked: ``__init``, ``__free(kfree)``, and unknown ones by their place."""

from __future__ import annotations

from gfplint import regex
from gfplint.source.mask import blank
from gfplint.source.names import NAMED, before, last_word, occurrences, skip
from gfplint.source.pairs import Pairs
from gfplint.source.words import words

_DUNDER = regex.compile(rb"__\w++")
_TYPEOF = frozenset((b"typeof", b"__typeof__", b"__typeof", b"typeof_unqual", b"TYPEOF_UNQUAL", b"typeof_member"))
_PLAIN_TYPEOF = tuple(name for name in _TYPEOF if not name.startswith(b"__"))
_NO_TYPE = frozenset(  # a name behind one of these is a type or an expression, not an annotation
    b"static extern const volatile register auto typedef return case goto sizeof else do struct union enum".split()
)


def blank_annotations(code: bytes) -> bytes:
    """Masked text without annotations.

    ``typeof(x)`` keeps its name, which then reads as a type's.
    """
    known = words()
    edits: list[tuple[int, int]] = []
    called: list[tuple[int, bytes]] = []
    unknown: list[tuple[int, bytes]] = []
    for found in _DUNDER.finditer(code):
        at = found.start()
        if at and (NAMED[code[at - 1]] or code[at - 1] in b".>"):
            continue
        name = found.group()
        if name in known.attributes:
            edits.append((at, found.end()))
        elif name in known.attributes_with_args or name in _TYPEOF:
            called.append((at, name))
        elif not name.startswith(b"__builtin_"):
            unknown.append((at, name))
    for name in known.plain_attributes:
        edits += [(at, at + len(name)) for at in occurrences(code, name)]
    if b"ypeof" in code or b"TYPEOF" in code:
        called += [(at, name) for name in _PLAIN_TYPEOF for at in occurrences(code, name)]
    if not edits and not called and not unknown:
        return code
    out = bytearray(code)
    for start, end in edits:
        out[start:end] = b" " * (end - start)
    if called:
        pairs = Pairs(code)
        for at, name in called:
            _with_args(code, out, pairs, at, name)
    if unknown:
        seen = bytes(out)
        for at, name in unknown:
            if _between(seen, at, at + len(name)):
                out[at : at + len(name)] = b" " * len(name)
    return bytes(out)


def _with_args(code: bytes, out: bytearray, pairs: Pairs, at: int, name: bytes) -> None:
    end = at + len(name)
    opening = skip(code, end)
    if code[opening : opening + 1] != b"(":
        if name not in _TYPEOF and _between(code, at, end):
            out[at:end] = b" " * len(name)
        return
    close = pairs.close(opening)
    if close is None:
        return
    start = end if name in _TYPEOF else at
    out[start : close + 1] = blank(code[start : close + 1])


def _between(code: bytes, start: int, end: int) -> bool:
    """A name with two underscores stands between a type and what is declared: an annotation."""
    ahead = before(code, start, 200)
    after = code[end : end + 200].lstrip()[:1]
    if not ahead or not after or not (after == b"*" or NAMED[after[0]]):
        return False
    if ahead[ahead.rfind(b"\n") + 1 :].lstrip()[:1] == b"#":
        return False  # the first word behind a directive
    if ahead[-1] == 42:
        return after != b"*" and ahead.rstrip(b"* \t\n")[-1:] not in b";{}(,=&|"
    return bool(NAMED[ahead[-1]]) and last_word(ahead) not in _NO_TYPE
