# SPDX-License-Identifier: GPL-2.0-or-later
"""Macros that are statements: with a block, without a semicolon, with statements inside."""

from __future__ import annotations

import re

from gfplint import regex
from gfplint.source.mask import blank
from gfplint.source.names import NAMED, before, skip
from gfplint.source.pairs import Pairs
from gfplint.source.words import words

# The first line of a statement that begins with name( and does not end there.
_STATEMENT = regex.compile(
    rb"\n[\t ]++(?:\}?+[ \t]*+else[ \t]++)?+(?!(?:if|for|while|switch|return|sizeof|do|goto|case)\b)"
    rb"([A-Za-z_]\w*+)[ \t]*+\((?![^\n]*;[ \t]*+\n)"
)
_LOOPLIKE = regex.compile(rb"for_?each|for_every|each_|_each|_loop|iterate|_iter|_walk", re.I)
_TYPES = frozenset(
    b"int long short char void unsigned signed float double bool struct union enum const volatile static".split()
)
_JUMP = regex.compile(rb"[(,]\s*+(?:return|goto|break|continue)\b")
_ENDS = (regex.compile(rb";\s*+\)"), regex.compile(rb"\}[ \t]*+\n\s*+\)"))
_DO_EACH = regex.compile(
    rb"(\n[\t ]++\}[\t ]++)((?!while)\w*for_?each_\w++)(?=\([^;{}\n)][^;{}\n]*+;)"
)  # do { } for_each(x);
_FOR = regex.compile(rb"for\s*+\([^;{}]*+;[^;{}]*+;\s*+\)")
_CALLED = regex.compile(rb"([A-Za-z_]\w*+)[ \t]*+\Z")
_COMMA = regex.compile(rb"[(),;{]")
_ALONE = regex.compile(
    rb"\n[\t ]++([A-Z][A-Z0-9_]++)[\t ]*+\n[\t ]++(?=[a-z]\w*+[\t ]*+(?:[\[(=.]|->|\+\+|--|[-+|&]=))"
)
_CONSTANT = frozenset((b"NULL", b"EOF"))
_NOT_MACROS = frozenset(b"for if while switch return sizeof".split())


def repair_statements(code: bytes) -> bytes:
    """Block macros become ``while`` or ``if``; the other two kinds get what they lack."""
    known = words()
    out: bytearray | None = None
    pairs = Pairs(code)
    for found in _STATEMENT.finditer(code):
        name = found[1]
        close = pairs.close(found.end() - 1)
        if close is None or name in _TYPES:
            continue
        after = skip(code, close + 1)
        follows = code[after : after + 1]
        if follows in b"+-" and code[after : after + 2] in (b"++", b"--"):
            follows = b"*"
        if not follows or not (follows in b"{}*(" or NAMED[follows[0]]):
            continue
        iterator = name in known.iterators or (name not in known.callbacks and bool(_LOOPLIKE.search(name)))
        if (follows in b"*(" and not iterator) or not _starts(code, found.start(1)):
            continue
        if out is None:
            out = bytearray(code)
        if follows == b"{" or (follows != b"}" and (iterator or _deeper(code, found.start(), after))):
            loop = iterator and name not in known.openers
            _open(code, out, found.start(1), found.end() - 1, close, b"while" if loop else b"if")
        else:
            _end(code, out, close + 1, after)
    code = bytes(out) if out is not None else code
    code = _DO_EACH.sub(lambda m: m[1] + b"while".ljust(len(m[2])), code)
    return _ALONE.sub(_alone, code)


def _alone(found: re.Match[bytes]) -> bytes:
    """A macro that is a statement of its own, without parentheses and semicolon."""
    text = found.group()
    ahead = before(found.string, found.start())[-1:]
    if found[1] in _CONSTANT or ahead not in (b";", b"{", b"}") or not _starts(found.string, found.start()):
        return text
    at = found.end(1) - found.start()
    gap = text.find(b"\t", at) if b"\t" in text[at:] else text.find(b" ", at)
    return text[:gap] + b";" + text[gap + 1 :] if gap >= 0 else text


def _starts(code: bytes, at: int) -> bool:
    """A statement may begin at ``at``."""
    ahead = before(code, at)
    if not ahead:
        return True
    if ahead[-1:] == b"{":
        return ahead[-200:-1].rstrip()[-1:] not in (b"=", b",", b"{")
    if ahead[-1:] in b";}):" or ahead.endswith((b"else", b"do")):
        return True
    return ahead[ahead.rfind(b"\n") + 1 :].lstrip()[:1] == b"#"


def _deeper(code: bytes, line: int, after: int) -> bool:
    """The text at ``after`` is the body of what begins on ``line``: indented deeper, or on its last line."""
    begin = code.rfind(b"\n", line, after)
    if begin <= line or code[begin + 1 : after].strip():
        return True
    return _columns(code[begin + 1 : after]) > _columns(code[line + 1 : skip(code, line + 1)])


def _columns(indent: bytes) -> int:
    return len(indent[-200:].expandtabs(8))


def _open(code: bytes, out: bytearray, start: int, opening: int, close: int, keyword: bytes) -> None:
    """``name(args)`` -> ``keyword (args)``; without arguments the condition is 1."""
    if opening - start < len(keyword):
        return
    out[start:opening] = keyword.ljust(opening - start)
    if not code[opening + 1 : close].strip():
        room = start + len(keyword)
        if opening - room >= 1:
            out[opening - 1 : opening + 1] = b"(1"
        return
    for jump in _JUMP.finditer(code, opening, close):
        out[jump.start() + 1 : jump.end()] = blank(code[jump.start() + 1 : jump.end()])


def _end(code: bytes, out: bytearray, start: int, after: int) -> None:
    """A semicolon in the white space behind a macro."""
    for at in range(start, after):
        if code[at] in b" \t":
            out[at] = 59
            return


def repair_statement_arguments(code: bytes) -> bytes:
    """``DEB(a(); b();)`` is a block; ``wait(x, if (a) break;)`` has a statement expression."""
    ends = [found for pattern in _ENDS for found in pattern.finditer(code)]
    if not ends or len(ends) <= sum(1 for _ in _FOR.finditer(code)):
        return code
    out = bytearray(code)
    openings = Pairs(code).openings()
    for found in ends:
        close = found.end() - 1
        opening = openings.get(close)
        name = _CALLED.search(code, max(0, opening - 80), opening) if opening is not None else None
        if opening is None or name is None or name[1] in _NOT_MACROS:
            continue
        comma = _last_comma(code, opening, close)
        if comma is None:
            out[name.start(1) : opening] = b" " * (opening - name.start(1))
            out[opening], out[close] = 123, 125
        elif not _expression(code, out, comma, found.start() + 1, close):
            _behind(code, out, name.start(1), opening, comma, close)
    return bytes(out)


def _behind(code: bytes, out: bytearray, start: int, opening: int, comma: int, close: int) -> None:
    """``wait(x, statements)`` as a statement -> ``while (x) { statements }``."""
    space = skip(code, comma + 1) - 1
    if code[space] in b" \t" and opening - start >= 5 and _starts(code, start):
        out[start:opening] = b"while".ljust(opening - start)
        out[comma], out[space], out[close] = 41, 123, 125


def _expression(code: bytes, out: bytearray, comma: int, end: int, close: int) -> bool:
    """``({`` behind the comma and ``})`` at the end, where there is room."""
    head = _room(code, comma + 1, skip(code, comma + 1))
    tail = _room(code, end, close)
    if head < 0:
        return False
    behind = skip(code, close + 2)
    if tail >= 0:
        out[tail : tail + 2] = b"})"
    elif code[close - 1] in b" \t" and code[close + 1 : close + 2] in (b" ", b"\t"):
        out[close - 1 : close + 2] = b"}))"
    elif code[close - 1] in b" \t" and code[close + 1 : close + 2] == b";" and code[behind - 1] in b" \t":
        out[close - 1 : close + 2] = b"}))"
        out[behind - 1] = 59
    else:
        return False
    out[head : head + 2] = b"({"
    return True


def _room(code: bytes, start: int, end: int) -> int:
    """Where two blanks stand side by side, -1 for nowhere."""
    for at in range(end - 2, start - 1, -1):
        if code[at] in b" \t" and code[at + 1] in b" \t":
            return at
    return -1


def _last_comma(code: bytes, opening: int, close: int) -> int | None:
    """The last comma before the first statement among a macro's arguments; None for none."""
    depth, comma = 0, None
    for found in _COMMA.finditer(code, opening + 1, close):
        mark = found.group()
        if mark == b"(":
            depth += 1
        elif mark == b")":
            depth -= 1
        elif mark != b",":
            break
        elif depth == 0:
            comma = found.start()
    return comma
