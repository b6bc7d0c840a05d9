# SPDX-License-Identifier: GPL-2.0-or-later
"""Compiled data: built once from its sources, then read back section by section.

A file holds a header and the sections, each with its own checksum; only what
is asked for is parsed.  Both are in the form of Python's own bytecode files,
which is read four times as fast as JSON.  It is looked for in two places:

- ``gfplint/compiled/`` of an installed wheel, made when the wheel was built;
- the user's cache folder, which nobody else can write.

Whether a cache file still holds is found out without reading the sources:
their size, inode, modification and change time stand in the header.  Where
one differs, the digest of their content decides.  A cache that cannot be
read or written costs time, never an error.
"""

from __future__ import annotations

import marshal
import os
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gfplint import bytecode

FORMAT = 2
MARSHAL = 4  # the version that Python has written since 3.4, and reads for ever
PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SHIPPED = os.path.join(PACKAGE, "compiled")

Build = Callable[[], Mapping[str, Any]]


class Compiled:
    """Sections of compiled data, each parsed when it is first asked for."""

    __slots__ = ("_build", "_index", "_parsed", "_text", "digest", "file")

    def __init__(self, digest: str, index: Mapping[str, Sequence[Any]], text: bytes, build: Build) -> None:
        self.digest = digest  # hex, of the content of the sources
        self._index = index  # section -> offset, length, checksum
        self._text = text
        self._build = build
        self._parsed: dict[str, Any] = {}
        self.file = ""  # of the cache, which goes when a section turns out to be damaged

    def __contains__(self, section: object) -> bool:
        return section in self._parsed or section in self._index

    @property
    def sections(self) -> list[str]:
        """Their names."""
        return sorted({*self._index, *self._parsed})

    def section(self, name: str) -> Any:
        """The data of a section; KeyError for one that is not there.

        A section that does not match its checksum is built again.
        """
        if name not in self._parsed:
            offset, length, sum = self._index[name]
            text = self._text[offset : offset + length]
            if len(text) == length and checksum(text) == sum:
                self._parsed[name] = marshal.loads(text)
            else:
                self._parsed = dict(self._build())
                _remove(self.file)
        return self._parsed[name]


def compiled(name: str, sources: Sequence[str], build: Build) -> Compiled:
    """What ``build`` makes of ``sources``: sections by name, of JSON data.

    ``name`` is that of the file; the folders of the sources tell apart two
    uses of one name.  Code that builds is to be among the sources.  Raises what
    ``build`` raises, and OSError for a source; never for an unusable cache.
    """
    found = _shipped(name, sources, build)
    if found is not None:
        return found
    folder = _folder()
    file = os.path.join(folder, f"{name}-{checksum(_key(sources))}") if folder else ""
    stamps = _stamps(sources)
    cached = _read(file, build) if file else None
    if cached is not None:
        cached[0].file = file
    if cached is not None and cached[1] == stamps and stamps:
        return cached[0]
    content = digest(sources)
    if cached is not None and cached[0].digest == content:
        made = cached[0]
    else:
        made = pack(content, build(), build)
    if file:
        _write(folder, file, _header(made, _settled(stamps)), made._text)
    return made


def pack(digest: str, sections: Mapping[str, Any], build: Build) -> Compiled:
    """Sections as they are stored."""
    from json import dumps, loads  # only when something is compiled

    index: dict[str, tuple[int, int, str]] = {}
    places: dict[bytes, tuple[int, int, str]] = {}  # equal sections are stored once
    offset = 0
    for name, data in sections.items():
        text = marshal.dumps(loads(dumps(data)), MARSHAL)
        if text not in places:
            places[text] = (offset, len(text), checksum(text))
            offset += len(text)
        index[name] = places[text]
    return Compiled(digest, index, b"".join(places), build)


def ship(sources: Sequence[str], build: Build) -> bytes:
    """The file for a wheel; it holds as long as the sizes of ``sources`` do."""
    made = pack(digest(sources), build(), build)
    return _header(made, [[_shipped_path(source), os.path.getsize(source)] for source in sources]) + made._text


def digest(files: Sequence[str]) -> str:
    """Hex digest of the content of ``files``, in their order.  Raises OSError."""
    hash = _hasher()(digest_size=16)
    for file in files:
        with open(file, "rb") as stream:
            text = stream.read()
        hash.update(b"%d " % len(text))
        hash.update(text)
    return str(hash.hexdigest())


def kept(name: str) -> bytes | None:
    """What an earlier run left in the user's cache by ``keep()``; None where there is nothing."""
    folder = _folder()
    return _own(os.path.join(folder, name)) if folder else None


def keep(name: str, body: bytes) -> None:
    """Leave something in the cache for a later run; without a word where that cannot be."""
    folder = _folder()
    if folder:
        _write(folder, os.path.join(folder, name), b"", body)


def _hasher() -> Any:
    """blake2b; hashlib's way to it loads OpenSSL, which costs 5 to 10 ms."""
    try:
        from _blake2 import blake2b
    except ImportError:
        from hashlib import blake2b
    return blake2b


def checksum(text: bytes) -> str:
    """Hex, of 64 bits: against damage, not against malice."""
    return str(_hasher()(text, digest_size=8).hexdigest())


def _header(made: Compiled, stamps: Sequence[Sequence[Any]]) -> bytes:
    head = {"format": FORMAT, "digest": made.digest, "size": len(made._text), "stamps": stamps, "sections": made._index}
    text = marshal.dumps(head, MARSHAL)
    return b"%s %d\n" % (checksum(text).encode("ascii"), len(text)) + text


def _parse(text: bytes, build: Build) -> tuple[Compiled, list[list[Any]]] | None:
    """Sections and stamps; None when the text is damaged or of another format."""
    first, _, rest = text.partition(b"\n")
    sum, _, length = first.partition(b" ")
    line, body = rest[: int(length)], rest[int(length) :]
    if checksum(line).encode("ascii") != sum:
        return None
    head = marshal.loads(line)
    if head.get("format") != FORMAT or head["size"] != len(body):
        return None
    return Compiled(head["digest"], head["sections"], body, build), head["stamps"]


def _shipped(name: str, sources: Sequence[str], build: Build) -> Compiled | None:
    """What the wheel brought, if it was made of these sources."""
    try:
        with open(os.path.join(SHIPPED, name), "rb") as stream:
            found = _parse(stream.read(), build)
    except OSError:
        return None
    if found is None or len(found[1]) != len(sources):
        return None
    for source, (path, size) in zip(sources, found[1], strict=True):
        if os.path.join(PACKAGE, *path.split("/")) != source or os.stat(source).st_size != size:
            return None
    return found[0]


def _shipped_path(source: str) -> str:
    """Where a source stands in the wheel, from the package on: rules/ of a checkout moves into it."""
    base = PACKAGE if source.startswith(PACKAGE + os.sep) else os.path.dirname(PACKAGE)
    return os.path.relpath(source, base).replace(os.sep, "/")


def _folder() -> str:
    """The cache folder; "" where there is none to be had."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):  # the XDG base directory specification: ignore a relative one
        base = os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "gfplint") if os.path.isabs(base) else ""


def _key(sources: Sequence[str]) -> bytes:
    """What tells apart two uses of a name: the folders that it is made of, and the Python that reads it."""
    folders = sorted({os.path.dirname(source) for source in sources})
    return "\0".join([PACKAGE, *folders]).encode("utf-8", "surrogateescape")


def _stamps(files: Sequence[str]) -> list[list[Any]]:
    stamps: list[list[Any]] = []
    for file in files:
        stat = os.stat(file)
        stamps.append([file, stat.st_size, stat.st_ino, stat.st_mtime_ns, stat.st_ctime_ns])
    return stamps


def _settled(stamps: list[list[Any]]) -> list[list[Any]]:
    """The stamps, or none when a file changed so lately that its next change could leave them as they are."""
    newest = max((max(stamp[3:]) for stamp in stamps), default=0)
    return stamps if newest < time.time_ns() - bytecode.SETTLED else []


def _read(file: str, build: Build) -> tuple[Compiled, list[list[Any]]] | None:
    """A cache file, if it is ours and whole."""
    text = _own(file)
    try:
        return _parse(text, build) if text else None
    except (ValueError, KeyError, TypeError, AttributeError, EOFError):
        return None


def _own(file: str) -> bytes | None:
    """The bytes of a file that belongs to who runs gfplint; None for all others."""
    try:
        handle = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0))
    except (OSError, ValueError):
        return None
    with open(handle, "rb") as stream:
        if hasattr(os, "geteuid") and os.fstat(handle).st_uid != os.geteuid():
            return None
        try:
            return stream.read()
        except OSError:
            return None


def _remove(file: str) -> None:
    """Take a file out of the cache; "" for none."""
    try:
        if file:
            os.unlink(file)
    except OSError:
        return


def _write(folder: str, file: str, header: bytes, body: bytes) -> None:
    """Put the file in its place in one step; without a word where that cannot be."""
    part = f"{file}.{os.getpid()}"
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with open(handle, "wb") as stream:
                stream.write(header + body)
            os.replace(part, file)
        except OSError:
            os.unlink(part)
    except (OSError, ValueError):
        return
