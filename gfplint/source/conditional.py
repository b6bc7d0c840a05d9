# SPDX-License-Identifier: GPL-2.0-or-later
"""``#if`` groups: kept where the grammar takes them, flattened or decided where not.

The grammar takes a conditional between statements, declarations and members,
each branch whole.  A single branch that stands elsewhere (among arguments,
initialisers, before an ``else``) is read as if its directives were not there;
of several such branches one is read: the one that a patch changes, else the
one that the file's earlier groups chose, else the first.
"""

from __future__ import annotations

from collections.abc import Sequence

from gfplint import regex
from gfplint.source.mask import blank

Lines = tuple[int, int]
Stack = tuple[object, ...] | None  # (kind, what was open before); compared by identity

_DIRECTIVE = regex.compile(rb"\n[ \t]*+#[ \t]*+(\w*+)((?:[^\n\\]++|\\(?s:.)?)*+)")
_OPENS = frozenset((b"if", b"ifdef", b"ifndef"))
_TURNS = frozenset((b"elif", b"elifdef", b"elifndef", b"else"))
_BRACKET = regex.compile(rb"\n\}|[(){}]")
_SPACE = regex.compile(rb"\s{0,4096}+")
_WORD = regex.compile(rb"\w*+")
_LABEL = regex.compile(rb"(?:^|[;{}:\n])\s*+(?!case\b|default\b)\w+\s*+:$")
_LAST = regex.compile(rb"(?:\belse|\bdo)$")
_DEEP = 32  # groups nested deeper than any human's are flattened: keeps the work linear
_NEAR = 4096  # bytes looked at in front of a group


class _Branch:
    """A directive and what it guards."""

    __slots__ = ("after", "before", "cond", "end", "last", "line", "start", "word")

    def __init__(self, word: bytes, cond: bytes, start: int, end: int, line: int, before: Stack) -> None:
        self.word, self.cond = word, cond
        self.start, self.end = start, end  # of the directive's text
        self.line = line  # first line of the body
        self.last = line  # the line of the directive that ends the body
        self.before = self.after = before


class _Group:
    """An ``#if`` with its branches; ``close`` is the ``#endif``."""

    __slots__ = ("branches", "close")

    def __init__(self, first: _Branch) -> None:
        self.branches = [first]
        self.close: tuple[int, int] = (0, 0)

    def bodies(self) -> list[tuple[int, int]]:
        ends = [branch.start for branch in self.branches[1:]] + [self.close[0]]
        return [(branch.end, end) for branch, end in zip(self.branches, ends, strict=True)]


def resolve(code: bytes, keep: Sequence[Lines]) -> tuple[bytes, tuple[Lines, ...]]:
    """Masked text without directives except conditionals that parse; and the line ranges dropped."""
    return _Resolver(code, keep).resolve()


class _Resolver:
    """One pass over the directives."""

    def __init__(self, code: bytes, keep: Sequence[Lines]) -> None:
        self.code = code
        self.keep = keep
        self.plain = b""
        self.stack: Stack = None
        self.open: list[_Group] = []
        self.assumed: dict[bytes, bool] = {}
        self.restored: list[tuple[int, bytes]] = []
        self.gone: list[tuple[int, int]] = []
        self.dropped: list[Lines] = []

    def resolve(self) -> tuple[bytes, tuple[Lines, ...]]:
        text = b"\n" + self.code
        found = [(m[1], m[2], m.start(), m.end() - 1) for m in _DIRECTIVE.finditer(text)]
        out = bytearray(self.code)
        for _, _, start, end in found:
            out[start:end] = blank(self.code[start:end])
        self.plain = bytes(out)
        if any(word in _OPENS or word in _TURNS for word, _, _, _ in found):
            self.walk(found)
            for start, line in self.restored:
                out[start : start + len(line)] = line
            for start, end in self.gone:
                out[start:end] = blank(bytes(out[start:end]))
        return bytes(out), tuple(sorted(self.dropped))

    def walk(self, found: list[tuple[bytes, bytes, int, int]]) -> None:
        last = line = 0
        line = 1
        for word, cond, start, end in found:
            if word not in _OPENS and word not in _TURNS and word != b"endif":
                continue
            self.scan(last, start)
            line += self.code.count(b"\n", last, start)
            after = line + self.code.count(b"\n", start, end) + 1
            if word in _OPENS:
                self.open.append(_Group(_Branch(word, cond.strip(), start, end, after, self.stack)))
            elif word in _TURNS:
                self.turn(_Branch(word, cond.strip(), start, end, after, None), line)
            elif self.open:
                group = self.open.pop()
                self.leave(group, line)
                group.close = (start, end)
                if len(self.open) < _DEEP:
                    self.decide(group)
            line = after - 1
            last = end

    def turn(self, branch: _Branch, line: int) -> None:
        if not self.open:  # the #if stands above what is seen
            self.open.append(_Group(_Branch(b"", b"", 0, 0, 1, None)))
        group = self.open[-1]
        self.leave(group, line)
        branch.before = self.stack = group.branches[0].before
        group.branches.append(branch)

    def leave(self, group: _Group, line: int) -> None:
        group.branches[-1].after = self.stack
        group.branches[-1].last = line

    def scan(self, start: int, end: int) -> None:
        """Follow the brackets of a stretch without directives."""
        top = self.plain.rfind(b"\n}", start, end)
        if top >= 0:
            self.stack = None
            start = top + 2
        stack = self.stack
        for found in _BRACKET.finditer(self.plain, start, end):
            mark = found.group()
            if mark == b"{":
                stack = (self.kind(found.start(), stack), stack)
            elif mark == b"(":
                stack = (b"(", stack)
            elif stack is not None:
                stack = stack[1]  # type: ignore[assignment]
        self.stack = stack

    def kind(self, at: int, stack: Stack) -> bytes:
        """What a brace opens: ``i`` for an initialiser, ``b`` for anything else."""
        before = self.plain[max(0, at - 80) : at].rstrip()[-1:]
        if before == b"=":
            return b"i"
        if before in (b",", b"{", b")"):
            return b"i" if stack is not None and stack[0] == b"i" else b"b"
        return b"b"

    def decide(self, group: _Group) -> None:
        """Keep, flatten or choose."""
        first = group.branches[0]
        if first.word == b"if" and first.cond in (b"0", b"(0)"):
            touched = self.touched(group)
            if touched != 0:
                self.choose(group, touched if touched is not None else 1, quiet=True)
                return
        bodies = group.bodies()
        if first.word and self.grammatical(group, bodies):
            self.restore(group)
            return
        if len(bodies) == 1:
            branch = first
            if branch.before is not branch.after and not self.wanted(branch):
                self.choose(group, 1)
            return
        if not first.word and all(branch.before is branch.after for branch in group.branches):
            return  # the #if stands above what is seen; every branch is whole
        if self.elements(group, bodies):
            return
        self.choose(group, self.choice(group))

    def wanted(self, branch: _Branch) -> bool:
        """A lone branch that opens or closes a brace goes with the others of its condition."""
        value = branch.word != b"ifndef"
        known = self.assumed.setdefault(branch.cond, value)
        return known == value or self.overlaps(branch)

    def overlaps(self, branch: _Branch) -> bool:
        return any(low < branch.last and branch.line <= high for low, high in self.keep)

    def touched(self, group: _Group) -> int | None:
        """The branch that the patch changes."""
        return next((n for n, branch in enumerate(group.branches) if self.overlaps(branch)), None)

    def choice(self, group: _Group) -> int:
        touched = self.touched(group)
        first = group.branches[0]
        positive = first.word != b"ifndef"
        if touched is not None:
            self.assumed[first.cond] = positive == (touched == 0)
            return touched
        known = self.assumed.setdefault(first.cond, positive)
        return 0 if known == positive else 1

    def grammatical(self, group: _Group, bodies: list[tuple[int, int]]) -> bool:
        """The grammar takes the conditional where and as it stands."""
        plain = self.plain
        first = group.branches[0]
        if first.before is not None and first.before[0] != b"b":
            return False
        before = plain[max(0, first.start - _NEAR) : first.start].rstrip()
        if before and (before[-1:] not in b";{}:" or (before[-1:] == b":" and _LABEL.search(before[-200:]))):
            return False
        follows = _SPACE.match(plain, group.close[1])
        if follows is not None and plain.startswith(b"else", follows.end()):
            return False
        for branch, (start, end) in zip(group.branches, bodies, strict=True):
            if branch.before is not branch.after:
                return False
            body = plain[start:end].strip()
            if body and (body[-1:] not in b";}" or body[0] in b".[,)=&|?:" or body.startswith((b"else", b"while ("))):
                return False
            if branch.end - branch.start < (5 if branch.word in _OPENS else 7 if branch.word != b"else" else 5):
                return False
        return True

    def elements(self, group: _Group, bodies: list[tuple[int, int]]) -> bool:
        """Whole elements of an initialiser or an enumeration in every branch: all can stay."""
        first = group.branches[0]
        if first.before is None or first.before[0] == b"(":
            return False
        for branch, (start, end) in zip(group.branches, bodies, strict=True):
            body = self.plain[start:end].rstrip()
            if branch.before is not branch.after or (body.strip() and body[-1:] != b","):
                return False
        return True

    def restore(self, group: _Group) -> None:
        for branch in group.branches:
            line = b"#if 1" if branch.word in _OPENS else b"#else" if branch.word == b"else" else b"#elif 1"
            self.restored.append((branch.start, line))
        self.restored.append((group.close[0], b"#endif"))

    def choose(self, group: _Group, chosen: int, quiet: bool = False) -> None:
        """Only the branch ``chosen`` stays; ``quiet`` where the others are dead code."""
        for number, (branch, (start, end)) in enumerate(zip(group.branches, group.bodies(), strict=True)):
            if number == chosen:
                continue
            self.gone.append((start, end))
            if not quiet and self.plain[start:end].strip():
                self.dropped.append((branch.line, branch.last - 1))
        taken = group.branches[chosen] if chosen < len(group.branches) else None
        self.stack = taken.after if taken is not None else group.branches[0].before
