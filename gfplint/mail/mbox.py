# SPDX-License-Identifier: GPL-2.0-or-later
"""An mbox -> its mails, one slice each, without holding more than a chunk of it.

A mail begins at a line that git mailsplit takes for one: ``From``, anything, a
time and a year.  Where a Content-Length (mboxcl) leads to such a line or to
the end, lines in between are text.  ``>From`` (mboxo, mboxrd) is unescaped by
whoever reads the slice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gfplint import regex
from gfplint.mail import decode
from gfplint.mail.store import CHUNK, SMALL, Store
from gfplint.record import NamedTuple

_SEPARATOR = regex.compile(rb"From [^\n]*\d.\d\d:\d\d[ \t]++\d{4,}+[^:\n]*+\n")
_LINE = b"\nFrom "  # searched for before the expression is tried: a hundred times as fast
_LENGTH = regex.compile(rb"^content-length:[ \t]*(\d{1,10})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_ESCAPED = regex.compile(rb"^>(>*From )", re.MULTILINE)
_END_OF_HEAD = regex.compile(rb"\n\r?\n")
_HEAD = 256 << 10  # bytes in which the header of a mail is looked for
_FORMAT_PATCH = b" Mon Sep 17 00:00:00 2001"  # git's own separator: what stands below is not escaped


_COMMIT = regex.compile(rb"commit [0-9a-f]{40,64}(?: \([^\n]*\))?\n")
_COMMIT_LINE = b"\ncommit "


class Slice(NamedTuple):
    """One mail in a store."""

    offset: int
    length: int
    escaped: bool  # lines may begin with >From
    head: bytes  # its first bytes, the header in them


def is_mbox(head: bytes) -> bool:
    """Whether bytes begin with a separator line."""
    head = head.lstrip(b"\r\n")
    return head.startswith(b"From ") and bool(_SEPARATOR.match(head[: head.find(b"\n") + 1]))


def unescape(data: bytes) -> bytes:
    """One ``>`` off each line that an mbox escaped; a line that it should have escaped says that it escapes none."""
    if b">From " not in data or _LINE in data:
        return data
    if data.count(b"\n") > 2 * decode.LINES:  # of which the rest is not read
        data = decode.first_lines(data, b"\n", 2 * decode.LINES)
    return _ESCAPED.sub(rb"\1", data)


def split(store: Store) -> Iterator[Slice]:
    """The mails of an mbox, in order."""
    chunk = SMALL if store.size <= SMALL else CHUNK
    window = _Window(store, chunk, _LINE, _SEPARATOR)
    current: tuple[int, bool] | None = None  # where the mail began, whether it is escaped
    skip = -1  # no mail begins before, by a Content-Length; -1: not looked for yet
    for start, end, line in window.separators():
        if current is not None:
            skip = _length(store, current[0], start) if skip < 0 else skip
            if start < skip:
                continue
            yield _slice(store, current, start)
        current = end, not line.rstrip().endswith(_FORMAT_PATCH)
        skip = -1
    if current is not None:
        yield _slice(store, current, store.size)


def is_log(head: bytes) -> bool:
    """Whether bytes begin as git log and git show print commits."""
    return bool(_COMMIT.match(head))


def split_log(store: Store) -> Iterator[Slice]:
    """The commits of what git log -p has printed, in order: messages are indented there, so no line of one is taken."""
    start = 0
    for at, _, _ in _Window(store, SMALL if store.size <= SMALL else CHUNK, _COMMIT_LINE, _COMMIT).separators():
        if at > start:
            yield _slice(store, (start, False), at)
        start = at
    yield _slice(store, (start, False), store.size)


def _slice(store: Store, current: tuple[int, bool], end: int) -> Slice:
    start, escaped = current
    return Slice(start, end - start, escaped, store.read(start, min(_HEAD, end - start)))


def _length(store: Store, start: int, until: int) -> int:
    """Where the mail that begins at ``start`` ends by its Content-Length, if a mail or the end is there; else 0.

    Its header is looked for before ``until``, the next separator line.
    """
    head = store.read(start, min(16384, until - start))
    stop = _END_OF_HEAD.search(head)
    found = _LENGTH.search(head, 0, stop.start() + 1) if stop else None
    if found is None or stop is None:
        return 0
    end = start + stop.end() + int(found[1])
    if end > store.size:
        return 0
    after = store.read(end, 256).lstrip(b"\r\n")
    return end if not after or _SEPARATOR.match(after) else 0


class _Window:
    """Separator lines of a store that is read chunk by chunk."""

    def __init__(self, store: Store, chunk: int, line: bytes, separator: re.Pattern[bytes]) -> None:
        """``line`` is how each begins, with the line feed before it: searched for before the expression is tried."""
        self._store = store
        self._chunk = chunk
        self._line = line
        self._separator = separator

    def separators(self) -> Iterator[tuple[int, int, bytes]]:
        """Start, end and text of each, by offset in the store."""
        base = 0
        rest = b""
        while base + len(rest) < self._store.size:
            data = rest + self._store.read(base + len(rest), self._chunk)
            last = base + len(data) >= self._store.size
            usable = len(data) if last else data.rfind(b"\n") + 1
            for at in self._candidates(data, usable, base == 0):
                found = self._separator.match(data, at, usable)
                if found:
                    yield base + at, base + found.end(), found[0]
            if last:
                return
            # The byte before the rest stays, so that a separator at its start is seen behind a line end.
            keep = max(usable - 1, 0)
            if len(data) - keep > self._chunk * 4:
                keep = len(data) - 1  # one endless line
            rest, base = data[keep:], base + keep

    def _candidates(self, data: bytes, end: int, first: bool) -> Iterator[int]:
        """Where lines begin like a separator; ``first``: the data begin with a line."""
        if first and data.startswith(self._line[1:]):
            yield 0
        at = data.find(self._line, 0, end)
        while at >= 0:
            yield at + 1
            at = data.find(self._line, at + 1, end)
