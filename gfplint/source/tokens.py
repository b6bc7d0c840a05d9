# SPDX-License-Identifier: GPL-2.0-or-later
"""The dialect inside functions: annotations, block macros, types as arguments."""

import re
from collections.abc import Iterator, Set

from gfplint.source.mask import blank
from gfplint.source.pairs import Pairs
from gfplint.source.words import words

_NAME = re.compile(rb"[A-Za-z_]\w*+")
_NAMED = [chr(c).isalnum() or c == 95 for c in range(128)] + [False] * 128
_MANY = 48  # names looked for one by one; more are looked for in one pass
_TYPEOF = frozenset((b"typeof", b"__typeof__", b"__typeof", b"typeof_unqual", b"TYPEOF_UNQUAL", b"typeof_member"))
_QUALIFIERS = frozenset(
    b"static extern const volatile register auto typedef return case goto sizeof else do struct union enum in_ if while for".split()
)

# The first line of a statement that begins with name( and does not end there.
_STATEMENT = re.compile(
    rb"\n[\t ]++(?:\}?+[ \t]*+else[ \t]++)?+(?!(?:if|for|while|switch|return|sizeof|do|goto|case)\b)"
    rb"([A-Za-z_]\w*+)[ \t]*+\((?![^\n]*;[ \t]*+\n)"
)
_LOOPLIKE = re.compile(rb"for_?each|for_every|each_|_each|_loop|iterate|_iter|_walk", re.I)
_ENDS_OPEN = re.compile(rb"[;}]\s*+\)")
_MACRO = re.compile(rb"\n[\t ]++(?!(?:if|for|while|switch|return|sizeof|do|goto|case)\b)([A-Za-z_]\w*+)[ \t]*+\(")
_COMMA = re.compile(rb"[(),;{]")
_LEAVES = re.compile(rb"\b(?:break|continue)\b")
_SPACE = re.compile(rb"\s*+")
_INDENT = re.compile(rb"\n([ \t]*+)\Z")
_TYPES = frozenset(b"int long short char void unsigned signed float double bool struct union enum const volatile static".split())
_JUMP = re.compile(rb"(?<=[(,])\s*+(?:return|goto|break|continue)\b")

_TYPE_ARG = re.compile(
    rb"[(,]\s*+(?:((?:const|volatile)\s++)*+"
    rb"(?:(?:struct|union|enum)\s++\w++|(?:(?:unsigned|signed|long|short|int|char|double)\b\s*+){2,})\s*+(?:const\s*+)?+(?:\*[\s*]*+)?+"
    rb"|[A-Za-z_][\w\s]*+\*[\s*]*+)(?=[,)])"
)
_NO_CALLEE = frozenset(b"sizeof return case else typeof __alignof__ _Alignof alignof __alignof in".split())
# A declaring macro inside a function: static NAME(...), NAME(...) = {
_LOCAL = re.compile(
    rb"\n[\t ]++(?:static[ \t]++([A-Za-z_]\w*+)[ \t]*+\((?!\s*+\*)"
    rb"|([A-Z][A-Z0-9_]{4,})\([^()\n]*+(?:\([^()\n]*+\)[^()\n]*+)*+\)\s*+=\s*+\{)"
)
_ASM = re.compile(
    rb"\b(?:asm|__asm__|__asm|asm_inline)\b\s*+"
    rb"(?:(?:volatile|__volatile__|__volatile|goto|inline|asm_volatile_goto)\b\s*+)*+\("
)
_ASM_MARK = re.compile(rb"[():]")
_ASM_NAMES = frozenset((b"asm", b"__asm__", b"__asm", b"asm_inline"))
_ALIGN_NAMES = frozenset((b"__alignof__", b"__alignof", b"_Alignof", b"alignof"))
_ALIGN = re.compile(rb"\b(?:__alignof__|__alignof|_Alignof|alignof)\b(?=\s*+\()")
_OFFSETOF = re.compile(rb"\boffsetof\b(?=\s*+\(\s*+[\w\s]*+,\s*+\w++\s*+[^\s\w)])")
_OPERATOR = re.compile(rb"(,\s*+)([=!<>]=|[<>]|&&|\|\|)(?=\s*+,)")
_RANGE = re.compile(rb"\bcase\b[^:;{}\n]*?\.\.\.")
_STRINGS = re.compile(rb"((?:\b[A-Za-z_]\w*+\s++)+)(?=\")")
_GOTO = re.compile(rb"\bgoto\s*+\*")
_LABEL_END = re.compile(rb"(\n[ \t]*+(?:\w++|case\b[^;{}:\n]*+)[ \t]*+:)([ \t]*+\n[ \t]*+)\}")


def repair_tokens(code: bytes) -> bytes:
    """Masked text without conditionals that hurt -> what tree-sitter gets."""
    names = set(_NAME.findall(code))
    code = _annotations(code, names)
    code = _statements(code)
    if _ENDS_OPEN.search(code):
        code = _statement_arguments(code)
    code = _type_arguments(code)
    return _odds(code, names)


def occurrences(code: bytes, names: Set[bytes]) -> Iterator[tuple[int, bytes]]:
    """Where the identifiers ``names`` stand, with what; in no particular order."""
    if len(names) > _MANY:
        for found in _NAME.finditer(code):
            if found.group() in names:
                yield found.start(), found.group()
        return
    for name in names:
        size = len(name)
        at = code.find(name)
        while at >= 0:
            end = at + size
            if not (at and _NAMED[code[at - 1]]) and not (end < len(code) and _NAMED[code[end]]):
                yield at, name
            at = code.find(name, end)


def _annotations(code: bytes, names: "set[bytes]") -> bytes:
    known = words()
    plain = known.attributes & names
    with_args = (known.attributes_with_args | _TYPEOF) & names
    shaped = {name for name in names if name.startswith(b"__")} - plain - with_args
    if not plain and not with_args and not shaped:
        return code
    out = bytearray(code)
    for at, name in occurrences(code, plain):
        out[at : at + len(name)] = b" " * len(name)
    if with_args:
        pairs = Pairs(code)
        for at, name in occurrences(code, with_args):
            _with_args(code, out, pairs, at, name)
    if shaped:
        code = bytes(out)
        for at, name in occurrences(code, shaped):
            if _between(code, at, at + len(name)):
                out[at : at + len(name)] = b" " * len(name)
    return bytes(out)


def _with_args(code: bytes, out: bytearray, pairs: Pairs, at: int, name: bytes) -> None:
    end = at + len(name)
    found = _SPACE.match(code, end)
    opening = found.end() if found is not None else end
    if code[opening : opening + 1] != b"(":
        if name not in _TYPEOF:
            out[at:end] = b" " * len(name)
        return
    close = pairs.close(opening)
    if close is None:
        return
    start = end if name in _TYPEOF else at
    out[start : close + 1] = blank(code[start : close + 1])


def _between(code: bytes, start: int, end: int) -> bool:
    """An unknown name with two underscores between a type and what is declared: an annotation."""
    before = code[max(0, start - 200) : start].rstrip()
    after = code[end : end + 200].lstrip()[:1]
    if not before or not after or not (after in b"*(" or _NAMED[after[0]]):
        return False
    if before[-1] == 42:
        return after not in b"*(" and before.rstrip(b"* \t\n")[-1:] not in b";{}(,=&|"
    if not _NAMED[before[-1]] or after == b"(":
        return False
    word = _last_word(before)
    if word in _QUALIFIERS:
        return False
    return True


def _last_word(text: bytes) -> bytes:
    at = len(text)
    while at and _NAMED[text[at - 1]]:
        at -= 1
    return text[at:]


def _statements(code: bytes) -> bytes:
    """Block macros become ``while`` or ``if``; statement macros without a semicolon get one."""
    known = words()
    out: bytearray | None = None
    pairs = Pairs(code)
    for found in _STATEMENT.finditer(code):
        name = found[1]
        close = pairs.close(found.end() - 1)
        if close is None or name in _TYPES:
            continue
        after = _SPACE.match(code, close + 1).end()  # type: ignore[union-attr]
        follows = code[after : after + 1]
        if follows in (b"+", b"-"):
            follows = b"*" if code[after : after + 2] in (b"++", b"--") else b""
        if not follows or not (follows == b"{" or follows == b"}" or _NAMED[follows[0]] or follows in b"*("):
            continue
        iterator = name in known.iterators or bool(_LOOPLIKE.search(name))
        if follows in b"*(" and not iterator:
            continue
        if not _starts(code, found.start(1)):
            continue
        if out is None:
            out = bytearray(code)
        start = found.start(1)
        if follows == b"{" or (follows != b"}" and (iterator or _deeper(code, found.start(), after))):
            loop = iterator and name not in known.openers
            _open(code, out, start, found.end() - 1, close, b"while" if loop else b"if")
        elif after > close + 1:
            _end(code, out, close + 1, after)
    return bytes(out) if out is not None else code


def _statement_arguments(code: bytes) -> bytes:
    """``DEB(a(); b();)`` is a block; ``wait(x, if (a) break;)`` is one behind a condition."""
    out = bytearray(code)
    pairs = Pairs(code)
    for found in _MACRO.finditer(code):
        opening = found.end() - 1
        close = pairs.close(opening)
        if close is None or not _ENDS_OPEN.match(code, _last(code, opening, close)):
            continue
        comma = _last_comma(code, opening, close)
        if comma is None:
            out[found.start(1) : opening] = b" " * (opening - found.start(1))
            out[opening], out[close] = 123, 125
            continue
        space = next((at for at in range(comma + 1, close) if code[at] in b" \t"), None)
        keyword = b"while" if _LEAVES.search(code, comma, close) else b"if"
        if space is None or space > comma + 40 or opening - found.start(1) < len(keyword):
            continue
        out[found.start(1) : opening] = keyword.ljust(opening - found.start(1))
        out[comma], out[space], out[close] = 41, 123, 125
    return bytes(out)


def _last(code: bytes, start: int, end: int) -> int:
    """The last byte before ``end`` that is no white space."""
    while end > start and code[end - 1] in b" \t\n":
        end -= 1
    return end - 1


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


def _starts(code: bytes, at: int) -> bool:
    """A statement may begin at ``at``."""
    before = code[max(0, at - 4096) : at].rstrip()
    if not before:
        return True
    if before[-1:] == b"{":
        return before[-200:-1].rstrip()[-1:] not in (b"=", b",", b"{")
    return before[-1:] in b";}):" or before.endswith((b"else", b"do")) or before[before.rfind(b"\n") + 1 :].lstrip()[:1] == b"#"


def _deeper(code: bytes, line: int, after: int) -> bool:
    """The text at ``after`` is on a later line, indented deeper than the line that starts at ``line``."""
    begin = code.rfind(b"\n", line, after)
    if begin <= line:
        return True  # on the same line: its body
    own = _SPACE.match(code, line + 1)
    depth = _columns(code[line + 1 : own.end() if own is not None else line + 1])
    return _columns(code[begin + 1 : after]) > depth


def _columns(indent: bytes) -> int:
    return len(indent.expandtabs(8))


def _open(code: bytes, out: bytearray, start: int, opening: int, close: int, keyword: bytes) -> None:
    if opening - start < len(keyword):
        return
    out[start:opening] = keyword.ljust(opening - start)
    inner = code[opening + 1 : close]
    if not inner.strip():
        if close - start > len(keyword) + 2:
            out[close - 1 : close] = b"1"
            out[opening : close - 1] = b" " * (close - 1 - opening)
            out[close - 2 : close - 1] = b"("
        return
    for jump in _JUMP.finditer(code, opening, close):
        out[jump.start() : jump.end()] = blank(code[jump.start() : jump.end()])


def _end(code: bytes, out: bytearray, start: int, after: int) -> None:
    """A semicolon in the white space behind a macro."""
    for at in range(start, after):
        if code[at] in b" \t":
            out[at] = 59
            return


def _type_arguments(code: bytes) -> bytes:
    out: bytearray | None = None
    for found in _TYPE_ARG.finditer(code):
        at = found.start()
        if code[at] == 40:
            before = code[max(0, at - 80) : at].rstrip()
            if not before or not _NAMED[before[-1]] or _last_word(before) in _NO_CALLEE:
                continue
        if out is None:
            out = bytearray(code)
        start, end = at + 1, found.end()
        while code[start] in b" \t\n":
            start += 1
        text = code[start:end]
        if b"\n" in text:
            first = _NAME.match(text)
            end_first = first.end() if first is not None else 1
            text = text[:end_first] + blank(text[end_first:])
        else:
            body = text.rstrip()
            text = re.sub(rb"\W", b"_", body) + text[len(body) :]
        out[start:end] = text
    return bytes(out) if out is not None else code


def _odds(code: bytes, names: "set[bytes]") -> bytes:
    """Rare constructs, each looked for only where its sign is there."""
    if b"static" in names or b"= {" in code:
        code = _LOCAL.sub(_local, code)
    if b"offsetof" in names:
        code = _OFFSETOF.sub(b"Offsetof", code)
    code = _OPERATOR.sub(_operator, code)
    if not names.isdisjoint(_ASM_NAMES):
        code = _asm(code)
    if not names.isdisjoint(_ALIGN_NAMES):
        code = _ALIGN.sub(lambda m: b"sizeof".ljust(len(m.group())), code)
    if b"case" in names and b"..." in code:
        code = _RANGE.sub(lambda m: m.group()[:-3] + b" | ", code)
    if b'"' in code:
        code = _STRINGS.sub(_string_macros, code)
    if b"goto" in names:
        code = _GOTO.sub(lambda m: m.group()[:-1] + b" ", code)
    return _LABEL_END.sub(_end_label, code)


def _local(found: "re.Match[bytes]") -> bytes:
    """A declaring macro loses its ``static``, or, with an initialiser, gets a type of its first letters."""
    text = found.group()
    if found[1]:
        start = found.start(1) - found.start()
        return text if found[1] in _TYPES else blank(text[:start]) + text[start:]
    start = found.start(2) - found.start()
    return text[:start] + b"int " + text[start + 4 :]


def _operator(found: "re.Match[bytes]") -> bytes:
    """An operator as an argument, as in ASSERTCMP(a, ==, b)."""
    return found[1] + b"_" * len(found[2])


def _asm(code: bytes) -> bytes:
    """The template of an asm statement, strings and macros, becomes one string."""
    out = bytearray(code)
    pairs = Pairs(code)
    for found in _ASM.finditer(code):
        close = pairs.close(found.end() - 1)
        if close is None:
            continue
        end = _template_end(code, found.end(), close)
        if end - found.end() < 2:
            continue
        dull = bytearray(blank(code[found.end() : end]))
        dull[0:2] = b'""' if dull[1:2] == b" " and dull[0:1] == b" " else dull[0:2]
        if dull[0:1] != b'"':
            at = dull.find(b"  ")
            if at < 0:
                continue
            dull[at : at + 2] = b'""'
        out[found.end() : end] = dull
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


def _string_macros(found: "re.Match[bytes]") -> bytes:
    text = found.group()
    parts = text.split()
    if len(parts) < 2 or parts[0] in (b"return", b"case"):
        return text
    last = text.rstrip().rfind(parts[-1])
    return blank(text[:last]) + text[last:]


def _end_label(found: "re.Match[bytes]") -> bytes:
    gap = found[2]
    at = max(gap.rfind(b" "), gap.rfind(b"\t"))
    return found[1] + (gap[:at] + b";" + gap[at + 1 :] if at >= 0 else gap) + b"}"
