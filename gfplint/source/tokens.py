# SPDX-License-Identifier: GPL-2.0-or-later
"""Types as arguments, and constructs that are rare: each looked for by its sign."""

from __future__ import annotations

import re

from gfplint import regex
from gfplint.source.mask import blank
from gfplint.source.names import IDENTIFIER, NAMED, before, last_word, occurrences, skip
from gfplint.source.pairs import Pairs

_TAG = regex.compile(rb"struct\s++\w++\s*+(?=[,)])")
_OTHER_TAGS = (
    regex.compile(rb"enum\s++\w++\s*+(?=[,)])"),
    regex.compile(rb"union\s++\w++\s*+(?=[,)])"),
    regex.compile(rb"const\s++(?:struct\s++|union\s++)?+\w++\s*+(?=[,)])"),
)
_UNSIGNED = regex.compile(rb"unsigned(?:\s++(?:long|int|short|char)\b){1,6}+\s*+(?=[,)])")
_LONG = regex.compile(rb"long(?:\s++(?:long|int|unsigned)\b){1,6}+\s*+(?=[,)])")
_STAR = regex.compile(rb"\*[\s*]{0,20}+(?=[,)])")
_NO_CALLEE = frozenset(b"sizeof return case else __alignof__ _Alignof alignof in".split())
_WORDS = IDENTIFIER + b" \t\n"
_WORD = regex.compile(rb"\w++")
_JUMPS = regex.compile(rb",(\s*+)(return|goto|break|continue)\b")

_STATIC = regex.compile(rb"static([ \t]++)([A-Za-z_]\w*+)[ \t]*+\((?!\s*+\*)")
_FILLED = regex.compile(rb"\n[\t ]++([A-Z][A-Z0-9_]{4,})\([^()\n]*+(?:\([^()\n]*+\)[^()\n]*+)*+\)\s*+=\s*+\{")
_DECLARED = regex.compile(
    rb"\n[\t ]++([A-Z_][A-Z0-9_]{4,})(\([^()\n]*+(?:\([^()\n]*+\)[^()\n]*+)*+\))[\t ]++"
    rb"(?=\w++(?:;| =))"
)
_ASM_MARK = regex.compile(rb"[():]")
_DECLARES = regex.compile(rb"(?:\w\s++|\*\s*+)\w++[ \t]++(?:__)?+\Z")
_ASM = regex.compile(rb"asm(?:__|_inline)?+\b\s*+(?:(?:volatile|__volatile__|__volatile|goto|inline)\b\s*+)*+\(")
_OFFSETOF = regex.compile(rb"offsetof\b(?=\s*+\(\s*+[\w\s]*+,\s*+\w++\s*+[^\s\w)])")
_OPERATOR = regex.compile(rb",(\s*+)([=!<>]=|[<>]|&&|\|\|)(?=\s*+,)")
_RANGE = regex.compile(rb"case\b[^:;{}\n]*?\.\.\.")
_GOTO = regex.compile(rb"goto\s*+\*[^;{}\n]*+")
_LABEL_END = regex.compile(rb":[ \t]*+\n([ \t]*+)\}")
_LABEL = regex.compile(rb"(?:\A|\n)[ \t]*+(?:\w++|case\b[^;{}:\n]*+)[ \t]*+\Z")
_ODD_NUMBER = regex.compile(rb"([,(]\s*+)\d(?!\d*+[uUlLfF]{0,3}\s*+[,)]|[xXbB])(\w*+)(?=\s*+[,)])")  # pasted to a name
_TWO_MACROS = regex.compile(rb"\((?:[A-Z][A-Z0-9_]++\s++)++(?=[A-Z][A-Z0-9_]++\s*+[,)])")
_LONG_ARGUMENTS = 2000  # bytes
_NAMED = regex.compile(rb"\(\s*+\.\w++\s*+=(?!=)")
_NEXT_NAMED = regex.compile(rb",\s*+\.(?=\w++\s*+=(?!=))")
_EXTRA = regex.compile(rb",\s*+\)")
_LITERAL = regex.compile(rb'"[^"\n]*+"')
_TYPES = frozenset(
    b"int long short char void unsigned signed float double bool struct union enum const volatile".split()
)


def repair_tokens(code: bytes) -> bytes:
    """What is left once annotations and macros with blocks are dealt with."""
    code = _strings(_types(code))
    if b"static" in code:
        code = _STATIC.sub(_static, code)
    if b") = {" in code:
        code = _FILLED.sub(_filled, code)
    code = _DECLARED.sub(_declared, code)
    if b"asm" in code:
        code = _asm(code)
    if b"lignof" in code:
        code = _alignof(code)
    if b"offsetof" in code:
        code = _OFFSETOF.sub(b"Offsetof", code)
    if b"..." in code:
        code = _RANGE.sub(lambda m: m.group()[:-3] + b" | ", code)
    if b"goto *" in code or b"goto*" in code:
        code = _GOTO.sub(lambda m: b"goto ".ljust(len(m.group()), b"_"), code)  # a label that is nowhere
    return _arguments(code)


def _types(code: bytes) -> bytes:
    """``f(x, struct foo *, y)``: the type becomes one name."""
    edits: list[tuple[int, int]] = []
    spans = [found.span() for found in _TAG.finditer(code)]
    spans += [found.span() for found in _UNSIGNED.finditer(code)]
    spans += [found.span() for found in _LONG.finditer(code)]
    spans += [found.span() for pattern in _OTHER_TAGS for found in pattern.finditer(code)]
    for start, end in spans:
        _type(code, edits, start, end)
    for found in _STAR.finditer(code):
        # Most are casts: (struct foo *)x.  Look at what stands in front of the words first.
        start = found.start()
        words = code[max(0, start - 200) : start]
        ahead = words.rstrip(_WORDS)
        if len(ahead) < len(words) and ahead[-1:] in (b"(", b","):
            begin = skip(code, start - (len(words) - len(ahead)))
            if begin < start:
                _type(code, edits, begin, found.end())
    if not edits:
        return code
    out = bytearray(code)
    for start, end in edits:
        _join(code, out, start, end)
    return bytes(out)


def _type(code: bytes, edits: list[tuple[int, int]], start: int, end: int) -> None:
    """Note a type that is an argument."""
    ahead = before(code, start, 200)
    if ahead[-1:] == b"(":
        callee = last_word(ahead[:-1].rstrip())
        if not callee or callee in _NO_CALLEE:
            return
    elif ahead[-1:] != b",":
        return
    edits.append((start, end))


def _join(code: bytes, out: bytearray, start: int, end: int) -> None:
    """One identifier of what stands from ``start`` to ``end``."""
    text = code[start:end]
    body = text.rstrip()
    if b"\n" in body:
        first = _WORD.match(body)
        keep = first.end() if first is not None else 1
        out[start:end] = text[:keep] + blank(text[keep:])
    else:
        out[start : start + len(body)] = bytes(c if NAMED[c] else 95 for c in body)


def _static(found: re.Match[bytes]) -> bytes:
    """``static NAME(...)`` inside a function: a declaring macro, which reads as a call without the word."""
    text, at = found.string, found.start()
    if found[2] in _TYPES or at == 0 or text[at - 1] not in b" \t":
        return found.group()
    return b"      " + found.group()[6:]


def _filled(found: re.Match[bytes]) -> bytes:
    """``NAME(...) = {``: the macro gets a type, of its first letters, and loses its arguments."""
    text = found.group()
    start, end = found.start(1) - found.start(), found.end(1) - found.start() + 1
    close = text.rindex(b")")
    return text[:start] + b"int " + text[start + 4 : end] + b" " * (close - end) + text[close:]


def _declared(found: re.Match[bytes]) -> bytes:
    """``PADDED(...) name;``: a type without its arguments."""
    text = found.group()
    start = found.end(1) - found.start()
    return text[:start] + b" " * (len(text) - start)


def _alignof(code: bytes) -> bytes:
    for name in (b"__alignof__", b"__alignof", b"_Alignof", b"alignof"):
        for at in list(occurrences(code, name)):
            code = code[:at] + b"sizeof".ljust(len(name)) + code[at + len(name) :]
    return code


def _asm(code: bytes) -> bytes:
    """The template of an asm statement, strings and macros, becomes one string."""
    out = bytearray(code)
    pairs = Pairs(code)
    for found in _ASM.finditer(code):
        close = pairs.close(found.end() - 1)
        start = found.end()
        if close is None or last_word(before(code, found.start() + 1, 20)) not in (b"a", b"__a"):
            continue  # the end of another name
        if _DECLARES.search(code, max(0, found.start() - 80), found.start()):
            out[found.start() : close + 1] = blank(code[found.start() : close + 1])  # register u64 x asm("r1");
            continue
        end = _template_end(code, start, close)
        dull = bytearray(blank(code[start:end]))
        at = dull.find(b"  ")
        if at >= 0:
            dull[at : at + 2] = b'""'
            out[start:end] = dull
    return bytes(out)


def _template_end(code: bytes, start: int, close: int) -> int:
    """Where the operands of an asm statement begin: at the first colon in no inner parentheses."""
    depth = 0
    for found in _ASM_MARK.finditer(code, start, close):
        mark = found.group()
        if mark == b"(":
            depth += 1
        elif mark == b")":
            depth -= 1
        elif depth == 0:
            return found.start()
    return close


def _strings(code: bytes) -> bytes:
    """Macros beside strings: the grammar takes one name at most between two, and no call."""
    edits: list[tuple[int, int]] = []
    pairs: Pairs | None = None
    for found in _LITERAL.finditer(code):
        start, end = found.span()
        if start and code[start - 1] in b" \t\n":
            edits += _names_before(code, start)
        after = skip(code, end)
        if after < len(code) and NAMED[code[after]]:
            word = _WORD.match(code, after)
            opening = skip(code, word.end()) if word is not None else after
            if code[opening : opening + 1] == b"(":
                pairs = pairs or Pairs(code)
                close = pairs.close(opening)
                if close is not None:
                    edits.append((after, close + 1))
    if not edits:
        return code
    out = bytearray(code)
    for start, end in edits:
        out[start:end] = blank(code[start:end])
    return bytes(out)


def _names_before(code: bytes, at: int) -> list[tuple[int, int]]:
    """All but the last of several names in front of a string."""
    ahead = before(code, at, 300)
    words: list[tuple[int, int]] = []
    end = at - (min(at, 300) - len(ahead))
    while True:
        word = last_word(ahead)
        if not word or word in (b"return", b"case"):
            break
        words.append((end - len(word), end))
        rest = ahead[: -len(word)]
        ahead = rest.rstrip()
        end -= len(word) + len(rest) - len(ahead)
    return words[1:]


def _arguments(code: bytes) -> bytes:
    """Operators and jumps as arguments, a comma too many, a label without a statement."""
    code = _OPERATOR.sub(lambda m: b"," + m[1] + b"_" * len(m[2]), code)
    code = _JUMPS.sub(_jump, code)
    code = _ODD_NUMBER.sub(lambda m: m[1] + b"_" + m[2], code)
    if b"(." in code or b"( ." in code:
        code = _named(code)
    code = _TWO_MACROS.sub(_one_macro, code)
    code = _EXTRA.sub(lambda m: b" " + m.group()[1:], code)
    return _LABEL_END.sub(_end_label, code)


def _named(code: bytes) -> bytes:
    """``f(.a = 1, .b = 2)``: designators for a macro, which read as assignments without their dots."""
    out = bytearray(code)
    pairs = Pairs(code)
    for found in _NAMED.finditer(code):
        close = pairs.close(found.start())
        if close is None or close - found.start() > _LONG_ARGUMENTS or b"{" in code[found.start() : close]:
            continue
        out[code.index(b".", found.start())] = 32
        for other in _NEXT_NAMED.finditer(code, found.end(), close):
            out[other.end() - 1] = 32
    return bytes(out)


def _one_macro(found: re.Match[bytes]) -> bytes:
    """``f(PREFIX FORMAT, ...)``: macros that are strings, of which one is enough."""
    return b"(" + blank(found.group()[1:])


def _jump(found: re.Match[bytes]) -> bytes:
    """``CHECK(x, return -EIO)``: without the word; ``CHECK(x, break)``: a name."""
    word = found[2]
    ahead = skip(found.string, found.end())
    bare = found.string[ahead : ahead + 1] in (b",", b")")
    return b"," + found[1] + (b"_" if bare else b" ") * len(word)


def _end_label(found: re.Match[bytes]) -> bytes:
    text = found.group()
    line = found.string[max(0, found.start() - 200) : found.start()]
    if not _LABEL.search(line):
        return text
    at = max(text.rfind(b" "), text.rfind(b"\t"))
    return text[:at] + b";" + text[at + 1 :] if at > 0 else text
