# SPDX-License-Identifier: GPL-2.0-or-later
"""A public-inbox archive: mails as blobs of a git repository.

Version 2 has a folder ``git`` of epochs ``0.git``, ``1.git``...; in each, every
commit holds one mail, as the file ``m``.  Version 1 is one repository with a
file for each mail, named by the SHA-1 of its message id.  See
public-inbox-v2-format(5) and public-inbox-v1-format(5).
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from gfplint import regex
from gfplint.mail.blobs import Blobs
from gfplint.mail.forms import Filter
from gfplint.mail.store import StoreError

_EPOCH = regex.compile(r"(\d+)\.git$")
_COMMIT = regex.compile(rb"^[0-9a-f]{40,64}$")
_SHARD = regex.compile(rb"[0-9a-f]{2}$")
_V1 = regex.compile(rb"[0-9a-f]{2}/[0-9a-f]{38}$")


class Mails:
    """Mails of one repository by number: a Store whose offsets are numbers of mails."""

    def __init__(self, repo: str, names: bytes, width: int) -> None:
        self._repo = repo
        self._names = names  # of the blobs, one after the other: 40 bytes a mail
        self._width = width
        self._blobs: Blobs | None = None
        self.size = len(names) // width if width else 0

    def read(self, offset: int, length: int) -> bytes:
        """The first ``length`` bytes of mail number ``offset``; b"" when it is gone."""
        if self._blobs is None:
            self._blobs = Blobs(self._repo)
        start = offset * self._width
        name = self._names[start : start + self._width].decode("ascii")
        return (self._blobs.get(name) or b"")[:length]


def repositories(path: str) -> list[str]:
    """The repositories of an archive, oldest epoch first; none when the folder is no public-inbox."""
    epochs = os.path.join(path, "git")
    if os.path.isdir(epochs):
        found = [(int(match[1]), name) for name in os.listdir(epochs) if (match := _EPOCH.match(name))]
        repos = [os.path.join(epochs, name) for _, name in sorted(found)]
        return [repo for repo in repos if _is_bare(repo)]
    for repo in (path, os.path.join(path, ".git")):
        if _is_bare(repo):
            return [repo]
    return []


def _is_bare(repo: str) -> bool:
    return os.path.isfile(os.path.join(repo, "HEAD")) and os.path.isdir(os.path.join(repo, "objects"))


def mails(repo: str, wanted: Filter) -> Mails:
    """The mails of one repository, oldest first, without those that were removed.  Raises StoreError."""
    since = [f"--since={wanted.since}"] if wanted.since else []
    top = _git(repo, ["ls-tree", "--name-only", "HEAD"])
    if top is None:
        raise StoreError("no public-inbox: a git repository without a commit")
    entries = top.split(b"\n")
    if not (b"m" in entries or b"d" in entries or any(_SHARD.match(entry) for entry in entries)):
        raise StoreError("a git repository, but no public-inbox; name commits with -g")
    found = _log(repo, [*since, f"--until={wanted.until}"] if wanted.until else since)
    if wanted.until:  # what was removed later is gone all the same
        found += [one for one in _log(repo, [f"--since={wanted.until}"]) if not one[1]]
    return _listed(repo, found)


def _log(repo: str, range_: Sequence[str]) -> list[tuple[bytes, bool]]:
    """The blobs that commits brought (True) or took out (False), oldest first.

    A line of git's is ``:000000 100644 0000... ID A\\tPATH``.  Version 1 removes
    the file; version 2 adds what it removes as ``d``.
    """
    args = ["log", "--reverse", "--no-merges", "--diff-filter=AMD", "--raw", "--no-abbrev", "--no-renames"]
    found: list[tuple[bytes, bool]] = []
    for line in (_git(repo, [*args, "--format=", *range_, "HEAD"]) or b"").split(b"\n"):
        fields = line.split(None, 5)
        if len(fields) != 6 or not _COMMIT.match(fields[3]):
            continue
        _, _, old, new, what, path = fields
        if path == b"d" and what != b"D":
            found.append((new, False))
        elif what == b"D" and _V1.match(path):
            found.append((old, False))
        elif (path == b"m" and what != b"D") or (what == b"A" and _V1.match(path)):
            found.append((new, True))
    return found


def _listed(repo: str, found: Sequence[tuple[bytes, bool]]) -> Mails:
    """The mails that were brought and stayed."""
    gone = {name for name, added in found if not added}
    where: dict[bytes, list[int]] = {name: [] for name in gone}
    dropped: set[int] = set()
    for at, (name, added) in enumerate(found):
        if name in gone:
            if added:
                where[name].append(at)
            elif where[name]:
                dropped.add(where[name].pop())
    names = [name for at, (name, added) in enumerate(found) if added and at not in dropped]
    return Mails(repo, b"".join(names), len(names[0]) if names else 0)


def _git(repo: str, args: Sequence[str]) -> bytes | None:
    import subprocess  # only for an archive

    command = ["git", "-C", repo, "--no-pager", "-c", "safe.bareRepository=all", "-c", "core.fsmonitor=false", *args]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except FileNotFoundError as error:
        raise StoreError("git is not installed") from error
    return None if done.returncode else done.stdout
