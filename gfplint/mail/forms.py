# SPDX-License-Identifier: GPL-2.0-or-later
"""The forms in which patches arrive: what a path holds, and the mails in it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Literal

from gfplint import regex
from gfplint.mail import mbox
from gfplint.mail.read import is_mail
from gfplint.mail.store import Store, StoreError, open_path
from gfplint.record import NamedTuple

Form = Literal["mail", "escaped", "plain"]

LIMIT = 64 << 20  # bytes of one mail
_HEAD = 256 << 10
_DIFF = regex.compile(rb"^(?:diff -|--- \S[^\n]*\n\+\+\+ \S|Index: \S|@@ -\d+(?:,\d+)? \+\d)", re.MULTILINE)
_MESSAGE = (".patch", ".diff", ".eml", ".mbox", ".mbx", ".mail", ".msg", ".txt", ".gz", ".bz2", ".xz", ".zst")


class Filter(NamedTuple):
    """Which mails are wanted."""

    since: str | None = None  # as git understands it: 2024-01-31, "2 weeks ago"; when the archive got the mail
    until: str | None = None
    message_ids: frozenset[str] = frozenset()  # these mails, and the patches that answer them


class Raw(NamedTuple):
    """One mail, where it is."""

    input: str
    store: Store
    offset: int
    length: int
    form: Form
    head: bytes  # its first bytes
    together: bool = False  # one series with the one before, whatever its headers say
    first: bool = False  # of those


def in_store(store: Store, name: str) -> Iterator[Raw]:
    """The mails of one file.  Raises StoreError."""
    head = store.read(0, _HEAD)
    if not head.strip():
        raise StoreError("empty" if not store.size else "nothing but white space")
    if mbox.is_mbox(head):
        for piece in mbox.split(store):
            yield Raw(name, store, piece.offset, piece.length, "escaped" if piece.escaped else "mail", piece.head)
        return
    start = len(head) - len(head.lstrip(b"\r\n"))
    if is_mail(head):
        yield Raw(name, store, start, store.size - start, "mail", head[start:])
        return
    if not _has_diff(store):
        raise StoreError("no mail and no diff in it")
    if mbox.is_log(head):
        for piece in mbox.split_log(store):
            yield Raw(name, store, piece.offset, piece.length, "plain", piece.head)
        return
    yield Raw(name, store, 0, store.size, "plain", head)


def _has_diff(store: Store) -> bool:
    return bool(_DIFF.search(store.read(0, min(store.size, LIMIT))))


def in_path(path: str, wanted: Filter | None = None) -> Iterator[Raw | StoreError]:
    """The mails of a file or folder; an error stands for what could not be read, and the rest follows."""
    try:
        if os.path.isdir(path):
            yield from _in_folder(path, wanted or Filter())
        else:
            yield from in_store(open_path(path), path)
    except StoreError as error:
        yield StoreError(f"{path}\0{error}") if "\0" not in str(error) else error
    except (OSError, ValueError) as error:
        yield StoreError(f"{path}\0{getattr(error, 'strerror', None) or error}")


def _in_folder(path: str, wanted: Filter) -> Iterator[Raw | StoreError]:
    if os.path.isdir(os.path.join(path, "cur")) and os.path.isdir(os.path.join(path, "new")):
        yield from _maildir(path)
        return
    for folder in (path, os.path.join(path, "patches")):
        if os.path.isfile(os.path.join(folder, "series")):
            yield from _quilt(folder)
            return
    from gfplint.mail import inbox  # only for a folder that is nothing simpler

    repos = inbox.repositories(path)
    if repos:
        yield from _archive(repos, wanted)
        return
    names = sorted(name for name in os.listdir(path) if name.endswith(_MESSAGE))
    names = [name for name in names if os.path.isfile(os.path.join(path, name))]
    if not names:
        raise StoreError("a folder that is no maildir, no quilt series and no public-inbox, and holds no patches")
    for name in names:
        yield from in_path(os.path.join(path, name))


def _maildir(path: str) -> Iterator[Raw | StoreError]:
    """Delivered mails, in the order of their unique names, which begin with the time; tmp/ is being written."""
    found = [(name, folder) for folder in ("cur", "new") for name in os.listdir(os.path.join(path, folder))]
    for name, folder in sorted(found):
        if not name.startswith("."):
            yield from in_path(os.path.join(path, folder, name))


def _archive(repos: list[str], wanted: Filter) -> Iterator[Raw | StoreError]:
    """The mails of a public-inbox."""
    from gfplint.mail import inbox

    for repo in repos:
        try:
            store = inbox.mails(repo, wanted)
        except StoreError as error:
            yield StoreError(f"{repo}\0{error}")
            continue
        for number in range(store.size):
            data = store.read(number, LIMIT + 1)
            if data:
                yield Raw(repo, store, number, len(data), "mail", data[:_HEAD])


def _quilt(folder: str) -> Iterator[Raw | StoreError]:
    """The patches that a series file names, in its order: one series."""
    with open(os.path.join(folder, "series"), encoding="utf-8", errors="surrogateescape") as file:
        names = [line.split("#", 1)[0].split() for line in file]
    first = True
    for words in names:
        if not words:
            continue
        name = os.path.join(folder, words[0])
        if os.path.isabs(words[0]) or ".." in words[0].split("/"):
            yield StoreError(f"{name}\0outside of the folder of its series: not read")
            continue
        for raw in in_path(name):
            if isinstance(raw, StoreError):
                yield raw
                continue
            yield raw._replace(together=True, first=first)
            first = False
