# SPDX-License-Identifier: GPL-2.0-or-later
"""Which mails make a series, from their headers alone.

A mail that says [PATCH v2 3/7] belongs to the series of its thread with the
same version and total, as long as that one has no third patch yet.  Where no
thread says so, the message ids that git send-email and b4 make do, and for
files without any, their neighbours.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence

from gfplint import regex
from gfplint.mail.headers import Headers, ids, message_id
from gfplint.mail.subject import read_subject
from gfplint.record import NamedTuple

_STEM = regex.compile(r"-\d{1,4}-(?=[^-@]*@|[^@-]*-?[^@]*@)")
_MANY = 200  # of the references of a mail: what a hostile one may make us look up


class Peek(NamedTuple):
    """What the header of a mail says about its series."""

    number: int
    total: int
    version: int
    tags: tuple[str, ...]
    message_id: str
    threads: tuple[str, ...]  # ids by which it may be found, the surest first


def peek(headers: Headers) -> Peek | None:
    """The place in a series that a mail claims; None when it claims none."""
    if b"subject" not in headers:
        return None
    said = read_subject(headers.get(b"subject"))
    if said.number is None or said.total is None or said.reply or said.total < 1:
        return None
    own = message_id(headers.get(b"message-id"))
    parents = [*ids(headers.get(b"in-reply-to"))[:1], *ids(headers.get(b"references"))[:_MANY]]
    threads = list(dict.fromkeys(parents))
    if own:
        threads += [own, "stem:" + _stem(own)]
    return Peek(said.number, said.total, said.version, said.tags, own, tuple(threads))


def _stem(own: str) -> str:
    """A message id without the number that the sender's tool gave to the patch."""
    return re.sub(r"-\d{1,4}-", "-", own, count=1)


class Group:
    """The mails of one series, by their number."""

    __slots__ = ("members", "total", "version")

    def __init__(self, version: int, total: int) -> None:
        self.version = version
        self.total = total
        self.members: dict[int, int] = {}  # number of the patch -> index of the mail

    def ordered(self) -> list[int]:
        """Indices of the mails: the cover, then the patches."""
        return [self.members[number] for number in sorted(self.members)]

    @property
    def complete(self) -> bool:
        """All of 1 to total are there."""
        return all(number in self.members for number in range(1, self.total + 1))


class Assembler:
    """Puts mails into groups as they come, in any order; keeps some numbers for each, never the mail."""

    def __init__(self) -> None:
        self.groups: list[Group] = []
        self.group_of = array("l")  # for each mail, -1 where it is alone
        self._by_thread: dict[int, int] = {}  # hash of thread, version and total -> group
        self._previous: tuple[str, int] | None = None  # folder and group of the mail before, if that had no message id

    def alone(self) -> None:
        """Count a mail that claims no place in a series."""
        self.group_of.append(-1)
        self._previous = None

    def together(self, first: bool) -> None:
        """Count a mail that stands with its neighbours in one series, as in a quilt folder."""
        if first or not self.groups:
            self.groups.append(Group(1, 0))
        group = self.groups[-1]
        group.total += 1
        group.members[group.total] = len(self.group_of)
        self.group_of.append(len(self.groups) - 1)

    def add(self, mail: Peek, folder: str = "") -> None:
        """Find the group of a mail, or open one; ``folder`` keeps apart the files of two folders."""
        keys = [hash((thread, mail.version, mail.total)) for thread in mail.threads]
        found = next((key for key in keys if self._free(key, mail)), None)
        group = self._by_thread[found] if found is not None else None
        if not mail.threads and self._previous is not None and self._previous[0] == folder:
            last = self.groups[self._previous[1]]
            if (last.version, last.total) == (mail.version, mail.total) and mail.number not in last.members:
                group = self._previous[1]
        if group is None:
            group = len(self.groups)
            self.groups.append(Group(mail.version, mail.total))
        self.groups[group].members[mail.number] = len(self.group_of)
        self.group_of.append(group)
        for key in keys:
            if key not in self._by_thread or found is None:
                self._by_thread[key] = group
        self._previous = (folder, group) if not mail.threads else None

    def _free(self, key: int, mail: Peek) -> bool:
        group = self._by_thread.get(key)
        return group is not None and mail.number not in self.groups[group].members


def first_of(values: Sequence[str | None]) -> str | None:
    """The first that is there."""
    return next((value for value in values if value), None)
