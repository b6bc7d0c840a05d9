# SPDX-License-Identifier: GPL-2.0-or-later
"""Statements that a fragment of a function shows in part: where it begins in one, or ends in one."""

from __future__ import annotations

from gfplint import regex
from gfplint.record import NamedTuple
from gfplint.source.names import NAMED, skip
from gfplint.source.pairs import Pairs

_MARK = regex.compile(rb"[(){};]")
_GOES_ON = regex.compile(rb"\s*+(?:[-+/%&|^=<>?:,.\])]|\"|\*(?!\w*\s*=)(?!\*)(?!\([^;={}]*\)[\w.>\[\]-]*\s*=[^=]))")
_HEAD = regex.compile(rb"(if|for|while|switch)\s*+\(")
_WHILE = regex.compile(rb"\s*+while\s*+\(")
_ELSE = regex.compile(rb"else\b")
_STATEMENTS = 40  # of the first one, one in the other, that are looked at


class Begun(NamedTuple):
    """How much of the text belongs to what begins out of sight, and what stands for its head."""

    stop: int
    head: bytes


NOTHING = Begun(0, b"")


def begun(text: bytes) -> Begun:
    """What must be taken away of repaired text that begins inside a function, and put in front of it."""
    stop = _initialiser(text)
    if stop:
        return Begun(stop, b"")
    found = _statement(text)
    if found == NOTHING and _else_without_if(text):
        return Begun(0, b" if (f) ")
    return found


def _initialiser(text: bytes) -> int:
    """Behind the initialiser in which the text begins; 0 where it begins in none, or does not show its end."""
    depth = 0
    for found in _MARK.finditer(text):
        mark = found.group()
        if mark in b"({":
            depth += 1
        elif mark == b";" and depth <= 0:
            return 0
        elif mark in b")}" and depth > 0:
            depth -= 1
        elif mark == b"}":
            after = skip(text, found.end())
            follows = text[after : after + 1]
            if follows == b";":
                return after + 1
            if follows not in (b",", b"}"):
                return 0
    return 0


def _statement(text: bytes) -> Begun:
    """The rest of a statement; the body of an ``if`` or a loop whose head ends here stays."""
    depth, closed = 0, -1
    stop = len(text)
    for found in _MARK.finditer(text):
        mark = found.group()
        if mark == b"(":
            depth += 1
        elif mark == b")":
            depth -= 1
            if depth < 0:
                depth, closed = 0, found.end()
        elif mark in b"{}":
            stop = found.start()
            break
        elif depth == 0:
            stop = found.end()
            break
    if closed >= 0:
        body = skip(text, closed)
        if text[body : body + 1] == b"{":  # at the first column: of the function
            return Begun(body, b"" if text[body - 1 : body] == b"\n" else b" if (f) ")
        if body < len(text) and NAMED[text[body]]:
            return Begun(closed, b" if (f) ")
    return Begun(stop, b"") if _GOES_ON.match(text) else NOTHING


def _else_without_if(text: bytes) -> bool:
    """The first statement is followed by the ``else`` of an ``if`` that is out of sight."""
    pairs = Pairs(text)
    at, own = skip(text, 0), 0
    for _ in range(_STATEMENTS):
        behind, ifs = _heads(text, at, pairs)
        own += ifs
        end = _end(text, behind)
        if end is None:
            return False
        at = skip(text, end)
        other = _ELSE.match(text, at)
        if other is None:
            return False
        if not own:
            return True
        own -= 1
        at = skip(text, other.end())
    return False


def behind_heads(text: bytes, at: int) -> int:
    """Behind the ``if (...)``, ``else``, ``for (...)`` with which the statement at ``at`` begins."""
    pairs = Pairs(text)
    at = skip(text, at)
    for _ in range(_STATEMENTS):
        other = _ELSE.match(text, at)
        behind, _ = _heads(text, other.end() if other is not None else at, pairs)
        if skip(text, behind) == at:
            break
        at = skip(text, behind)
    return at


def _heads(text: bytes, at: int, pairs: Pairs) -> tuple[int, int]:
    """Behind the heads that stand at ``at``, and how many of them are those of an ``if``."""
    at, ifs = skip(text, at), 0
    for _ in range(_STATEMENTS):
        head = _HEAD.match(text, at)
        close = pairs.close(head.end() - 1) if head is not None else None
        if head is None or close is None:
            break
        ifs += head[1] == b"if"
        at = skip(text, close + 1)
    return at, ifs


def ends_do(text: bytes, at: int, pairs: Pairs) -> bool:
    """``while (...);`` stands at ``at``: the end of a loop that began with ``do``."""
    head = _WHILE.match(text, at)
    close = pairs.close(head.end() - 1) if head is not None else None
    return close is not None and text.startswith(b";", skip(text, close + 1))


def _end(text: bytes, at: int) -> int | None:
    """Behind the statement that begins at ``at``; None where its end is not in sight."""
    depth = 0
    for found in _MARK.finditer(text, at):
        mark = found.group()
        if mark in b"({":
            depth += 1
        elif mark in b")}":
            depth -= 1
            if depth < 0:
                return None
            if depth == 0 and mark == b"}" and text[at] == 123:
                return found.end()
        elif depth == 0:
            return found.end()
    return None
