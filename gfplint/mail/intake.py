# SPDX-License-Identifier: GPL-2.0-or-later
"""Inputs -> series: one pass over all headers, a second one that reads mail after mail."""

from __future__ import annotations

import os
import sys
from array import array
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO

from gfplint.diff.model import Damage, Diff, Mail, Patch, Series
from gfplint.diff.sound import sound
from gfplint.finding import Problem
from gfplint.mail import forms, mbox
from gfplint.mail.forms import Filter, Form, Raw
from gfplint.mail.headers import Headers, ids, message_id
from gfplint.mail.read import Place, read_mail, read_plain, split_head
from gfplint.mail.series import Assembler, first_of, peek
from gfplint.mail.store import SMALL, Memory, Reopened, Store, StoreError, open_bytes, open_stream
from gfplint.mail.subject import read_subject
from gfplint.record import NamedTuple

_HEAD = 256 << 10  # bytes in which the header of a mail is looked for
_FORMS: tuple[Form, ...] = ("mail", "escaped", "plain")


class Read(NamedTuple):
    """A mail in the order of the input."""

    mail: Mail
    patch: Patch | None  # None for a mail that is none
    series: str | None  # id of the series that it is part of


class Intake:
    """What the inputs hold, as series in the order of their first mails.

    ``problems`` grows while this is iterated; what cannot be read never hides
    the rest.  Memory holds an index of some dozen bytes a mail and one series.
    """

    def __init__(self, inputs: Sequence[str], *, stdin: BinaryIO | None = None, wanted: Filter | None = None) -> None:
        """``inputs`` are paths, or "-" for ``stdin``; ``wanted`` picks mails, by date only in a public-inbox."""
        self.problems: list[Problem] = []
        self.mails = self.patches = self.covers = self.others = 0
        self._inputs = list(inputs)
        self._wanted = wanted or Filter()
        self._stdin = stdin
        self._index: _Index | None = None
        self._data: tuple[bytes, str] | None = None

    @classmethod
    def of_bytes(cls, data: bytes, name: str) -> Intake:
        """What bytes hold, compressed or not; ``name`` stands for them in reports."""
        made = cls([name])
        made._data = data, name
        return made

    def __iter__(self) -> Iterator[Series]:
        index = self._indexed()
        done: set[int] = set()
        for number, group in enumerate(index.assembler.group_of):
            if group < 0:
                mail = self._read(index, number)
                if mail is not None and mail.kind == "patch":
                    yield _series([mail], [self._patch(index, number, mail)], True)
            elif group not in done:
                done.add(group)
                series = self._group(index, group)
                if series is not None:
                    yield series

    def all_mails(self) -> Iterator[Read]:
        """Mails of every kind, in the order of the input."""
        index = self._indexed()
        for number, group in enumerate(index.assembler.group_of):
            mail = self._read(index, number)
            if mail is None:
                continue
            patch = self._patch(index, number, mail) if mail.kind == "patch" else None
            series = None
            if group >= 0:
                series = index.series_id(group)
            elif patch is not None and mail.number is not None:
                series = mail.message_id or mail.input
            yield Read(mail, patch, series)

    def _indexed(self) -> _Index:
        if self._index is None:
            self._index = _Index(self._wanted.message_ids)
            for raw in self._raws():
                if isinstance(raw, StoreError):
                    name, _, message = str(raw).partition("\0")
                    self.problems.append(Problem(name, None, message))
                else:
                    self._index.add(raw)
            if self._wanted.message_ids and not self._index.offset:
                name = ", ".join(sorted(self._wanted.message_ids))
                self.problems.append(Problem(", ".join(self._inputs), None, f"no mail with the id {name}"))
        return self._index

    def _raws(self) -> Iterator[Raw | StoreError]:
        if self._data is not None:
            data, name = self._data
            yield from _guarded(name, lambda: open_bytes(data))
            return
        for path in self._inputs:
            if path == "-":
                yield from _guarded("-", self._open_stdin)
            else:
                yield from forms.in_path(path, self._wanted)

    def _open_stdin(self) -> Store:
        return open_stream(self._stdin or sys.stdin.buffer)

    def _read(self, index: _Index, number: int) -> Mail | None:
        """Read and count one mail."""
        place, form = Place(index.names[index.store_of[number]], index.position(number)), _FORMS[index.form[number]]
        length = index.length[number]
        if length > forms.LIMIT:
            message = f"mail of {length >> 20} MB: limit is {forms.LIMIT >> 20}"
            self.problems.append(Problem(place.input, None, message))
            return None
        try:
            data = index.stores[index.store_of[number]].read(index.offset[number], length)
        except (OSError, StoreError) as error:  # it has changed since it was indexed
            reason = getattr(error, "strerror", None) or str(error)
            self.problems.append(Problem(place.input, None, reason))
            return None
        if form == "escaped":
            data = mbox.unescape(data)
        mail = read_plain(data, place) if form == "plain" else read_mail(data, place)
        if mail.cut is not None:
            self.problems.append(_problem(mail, Damage(None, mail.cut), index.many(number)))
        self.mails += 1
        self.patches += mail.kind == "patch"
        self.covers += mail.kind == "cover"
        self.others += mail.kind in ("reply", "other")
        return mail

    def _patch(self, index: _Index, number: int, mail: Mail) -> Patch:
        many = index.many(number)

        def parse(text: str, line: int | None) -> Diff:
            from gfplint.diff.parse import parse  # only for a patch whose files somebody wants

            diff = parse(text, line)
            self.problems += [_problem(mail, damage, many) for damage in diff.errors]
            return diff

        patch = Patch(mail, parse)
        if not sound(mail.diff):
            patch.diff  # noqa: B018 - damage is reported whoever asks for the files
        return patch

    def _group(self, index: _Index, group: int) -> Series | None:
        mails: list[Mail] = []
        patches: list[Patch] = []
        for number in index.assembler.groups[group].ordered():
            mail = self._read(index, number)
            if mail is not None:
                mails.append(mail)
                if mail.kind == "patch":
                    patches.append(self._patch(index, number, mail))
        return _series(mails, patches, index.assembler.groups[group].complete) if patches else None


def _guarded(name: str, make: Callable[[], Store]) -> Iterator[Raw | StoreError]:
    try:
        yield from forms.in_store(make(), name)
    except StoreError as error:
        yield StoreError(f"{name}\0{error}")
    except (OSError, ValueError) as error:
        yield StoreError(f"{name}\0{getattr(error, 'strerror', None) or error}")


def _problem(mail: Mail, damage: Damage, many: bool) -> Problem:
    which = f"mail {mail.index + 1}{f' <{mail.message_id}>' if mail.message_id else ''}: " if many else ""
    return Problem(mail.input, damage.line, which + damage.reason)


def _series(mails: list[Mail], patches: list[Patch], complete: bool) -> Series:
    cover = next((mail for mail in mails if mail.kind == "cover"), None)
    first = cover or patches[0].mail
    if len(mails) == 1 and first.total is not None:
        complete = first.total == 1
    return Series(
        mails[0].message_id or mails[0].input,
        first.version,
        cover,
        tuple(patches),
        first_of([mail.base_commit for mail in mails]),
        first_of([mail.change_id for mail in mails]),
        complete,
    )


class _Index:
    """Where every mail is: numbers in arrays, so that a million mails fit."""

    def __init__(self, ids: frozenset[str] = frozenset()) -> None:
        self._ids = ids  # when there are any: of the mails that are wanted
        self.stores: list[Store] = []
        self.names: list[str] = []
        self.first: list[int] = []  # for each store, the number of its first mail
        self.store_of = array("l")
        self.offset = array("q")
        self.length = array("q")
        self.form = array("b")
        self.assembler = Assembler()
        self._last: Store | None = None
        self._held = 0  # bytes in memory

    def _kept(self, raw: Raw) -> Store:
        """The store itself while little is in memory, else one that reads the file again."""
        if not isinstance(raw.store, Memory):
            return raw.store
        if self._held + raw.store.size > SMALL and os.path.isfile(raw.input):
            return Reopened(raw.input, raw.store.size)
        self._held += raw.store.size
        return raw.store

    def add(self, raw: Raw) -> None:
        headers = Headers(b"" if raw.form == "plain" else split_head(raw.head)[0])
        if self._ids and not self._wanted(headers):
            return
        if raw.store is not self._last:
            self._last = raw.store
            self.stores.append(self._kept(raw))
            self.names.append(raw.input)
            self.first.append(len(self.offset))
        self.store_of.append(len(self.stores) - 1)
        self.offset.append(raw.offset)
        self.length.append(raw.length)
        self.form.append(_FORMS.index(raw.form))
        claim = peek(headers)
        if raw.together:
            self.assembler.together(raw.first)
        elif claim is None:
            self.assembler.alone()
        else:
            self.assembler.add(claim, os.path.dirname(raw.input))

    def _wanted(self, headers: Headers) -> bool:
        """One of the mails that are wanted, or a patch that answers one: a series by its cover."""
        if message_id(headers.get(b"message-id")) in self._ids:
            return True
        parents = {*ids(headers.get(b"in-reply-to")), *ids(headers.get(b"references"))}
        return not self._ids.isdisjoint(parents) and not read_subject(headers.get(b"subject")).reply

    def position(self, number: int) -> int:
        """Which mail of its input it is, from 0."""
        return number - self.first[self.store_of[number]]

    def many(self, number: int) -> bool:
        """Whether its input holds more than this mail."""
        store = self.store_of[number]
        end = self.first[store + 1] if store + 1 < len(self.first) else len(self.offset)
        return end - self.first[store] > 1

    def series_id(self, group: int) -> str:
        """The message id of its cover or first patch, else its input."""
        number = self.assembler.groups[group].ordered()[0]
        store = self.store_of[number]
        head = self.stores[store].read(self.offset[number], min(self.length[number], _HEAD))
        return message_id(Headers(split_head(head)[0]).get(b"message-id")) or self.names[store]
