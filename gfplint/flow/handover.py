# SPDX-License-Identifier: GPL-2.0-or-later
"""Locks that one function takes and another one of the file gives back, as the text of the file has it."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from gfplint import regex
from gfplint.record import NamedTuple

if TYPE_CHECKING:
    from gfplint.diff.image import Image
    from gfplint.facts.model import LockOp


_UNLOCK = regex.compile(rb"(\w*unlock\w*)\s*\([^()]*\)\s*(?:__\w+\([^()]*\)\s*)*$")


_NAME = regex.compile(rb"(?m)^(?:(?!#|\*|/)([^\n;{}()#]*?[\s*]))?([A-Za-z_]\w*)[ \t]*\(")
_MACRO = regex.compile(rb"(?m)^[ \t]*#[ \t]*define\b(?:[^\n]*\\\n)*[^\n]*")


class Other(NamedTuple):
    """A function of the file, by its text."""

    first: int
    last: int
    name: bytes
    static: bool
    head: bytes
    body: bytes


@lru_cache(maxsize=4)
def _functions(image: Image) -> tuple[Other, ...]:
    from gfplint.source.window import windows

    return tuple(
        _other(piece.line + window.line - 1, piece.line + window.last - 1, piece.text[window.start : window.end])
        for piece in image.pieces
        for window in windows(piece.text)
        if window.function
    )


def _other(first: int, last: int, text: bytes) -> Other:
    head, _, body = text.partition(b"\n{")
    name, static = b"", False
    for found in _NAME.finditer(head):
        if found[2] not in (b"__acquires", b"__releases", b"__must_hold", b"__attribute__"):
            name, static = found[2], b"static" in (found[1] or b"").split()
    return Other(first, last, name, static, head, body)


def last_name(key: str) -> str:
    """The last field or name of a lock's expression."""
    return re.split(r"->|\.", key.lstrip("&*"))[-1].split("[")[0].split("(")[0]


def released_elsewhere(image: Image, op: LockOp, key: str, own: tuple[int, int], helpers: bool) -> bool:
    """Some function of the file other than that of the lines ``own`` gives such a lock back without taking it.

    One that is explained does not count: its own callers take the lock, kref_put_mutex() and its like take it
    for it, or it has a partner that is called so.  ``helpers``: nor does one that is called unlock.
    """
    field = rf"\b{re.escape(last_name(key))}\b" if op.arg >= 0 and (key.startswith("&") or "->" in key) else ""
    release = _call(op.release, field)
    stem = re.escape(re.sub(r"_(?:interruptible|killable|nested|io|irq|irqsave|bh|sysfs)\b.*", "", op.acquire))
    locker = rf"|(?!\w*(?:unlock|lockdep|assert|locked))\w*lock\w*\s*\([^;{{}}]*?{field}" if field else ""
    acquire = re.compile(rf"\b(?:(?:{stem}\w*|\w*trylock\w*)\s*\([^;{{]*?{field}{locker})".encode())
    mine, others = b"", []
    for one in _functions(image):
        if one.first <= own[0] and own[1] <= one.last:
            mine = one.name
        else:
            others.append(one)
    takers = {one.name for one in others if acquire.search(one.body)}
    alone = []
    for one in others:
        if release.search(one.body) and not acquire.search(one.body):
            helper = _UNLOCK.search(one.head) if helpers else None
            if helper is not None:
                alone.append(helper[1])
            elif not (_partnered(one, mine, takers, others, acquire) or _entered_locked(one, others, acquire)):
                return True
    return any(_alone(name, one.body) for name in alone for one in others) or _macro(image, release)


def _macro(image: Image, release: re.Pattern[bytes]) -> bool:
    """A macro of the file gives such a lock back."""
    return any(release.search(line[0]) for piece in image.pieces for line in _MACRO.finditer(piece.text))


def _partnered(one: Other, mine: bytes, takers: set[bytes], others: list[Other], acquire: re.Pattern[bytes]) -> bool:
    """One of ``takers`` has the name of what takes what ``one`` gives back, as m_start() for m_stop(); ``mine`` not.

    Who calls ``one`` calls that, too.
    """
    for close, opens in _partners().items():
        for word in opens:
            twin = re.sub(rb"(?:^|(?<=_))" + close + rb"(?=_|$)", word, one.name)
            if twin == one.name or mine.startswith(twin) or not any(taker.startswith(twin) for taker in takers):
                continue
            users = [other.body for other in others if one.name + b"(" in other.body]
            if all(twin in body or acquire.search(body) for body in users):
                return True
    return False


@cache
def _partners() -> dict[bytes, tuple[bytes, ...]]:
    from gfplint.facts import tables

    partners = tables.load().section("flow")["locks"]["partners"]
    return {close.encode(): tuple(one.encode() for one in opens) for close, opens in partners.items()}


def _entered_locked(one: Other, others: list[Other], acquire: re.Pattern[bytes]) -> bool:
    """A static function that is called by such as take the lock themselves, or run by one that takes it for it."""
    if not one.name or not one.static:
        return False
    use = re.compile(rb"\b" + re.escape(one.name) + rb"\b")
    hands = re.compile(rb"_(?:lock|mutex)\w*\s*\([^;{}]*\b" + re.escape(one.name) + rb"\b")
    users = [other for other in others if other is not one and use.search(other.body)]
    return bool(users) and all(acquire.search(user.body) or hands.search(user.body) for user in users)


def _alone(name: bytes, body: bytes) -> bool:
    """A function calls the helper ``name`` and not its partner."""
    return name + b"(" in body and name.replace(b"unlock", b"lock") + b"(" not in body


def _call(names: tuple[str, ...], field: str) -> re.Pattern[bytes]:
    words = "|".join(re.escape(name) for name in names)
    return re.compile(rf"\b(?:{words})\s*\([^;{{]*?{field}".encode())
