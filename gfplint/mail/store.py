# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the bytes of the mails are: memory, a file, or a spool of what was compressed or piped."""

from __future__ import annotations

import os
from typing import Any, BinaryIO, Protocol

SMALL = 32 << 20  # bytes that are kept in memory; more is read from the disk a second time
CHUNK = 4 << 20
_MARK = b"\xef\xbb\xbf"  # what some editors put in front of UTF-8
_RATIO = 200  # no text is packed that well: such a file was made to fill the disk
_SAFE = 256 << 20  # bytes up to which the ratio does not matter
_MAGIC = ((b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ\x00", "xz"), (b"\x28\xb5\x2f\xfd", "zstd"))


class StoreError(Exception):
    """An input that cannot be read: one line."""


class Store(Protocol):
    """Bytes by offset."""

    size: int

    def read(self, offset: int, length: int) -> bytes:
        """At most ``length`` bytes; fewer at the end."""
        ...


class Memory:
    """Bytes at hand."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.size = len(data)

    def read(self, offset: int, length: int) -> bytes:
        return self._data[offset : offset + length]


class File:
    """A large regular file, read in place."""

    def __init__(self, path: str, size: int) -> None:
        self._file = open(path, "rb")  # noqa: SIM115 - open as long as the store is used
        self.size = size

    def read(self, offset: int, length: int) -> bytes:
        self._file.seek(offset)
        return self._file.read(length)


class Reopened:
    """A small file, one of many: read from the disk again when it is wanted."""

    _last: tuple[str, Store] | None = None  # of all: a compressed mbox is not unpacked for each of its mails

    def __init__(self, path: str, size: int) -> None:
        self._path = path
        self.size = size

    def read(self, offset: int, length: int) -> bytes:
        if Reopened._last is None or Reopened._last[0] != self._path:
            Reopened._last = self._path, open_path(self._path)
        return Reopened._last[1].read(offset, length)


class Spool:
    """What came through a pipe or out of a compressed file: in memory while small, then in an unnamed file."""

    def __init__(self) -> None:
        import tempfile  # only for what is large and compressed or piped

        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the store is used
        self.size = 0

    def write(self, data: bytes) -> None:
        """Add bytes at the end."""
        self._file.seek(0, os.SEEK_END)
        self._file.write(data)
        self.size += len(data)

    def read(self, offset: int, length: int) -> bytes:
        self._file.seek(offset)
        return self._file.read(length)


class _Joined:
    """A stream whose first bytes were read already."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head = head
        self._stream = stream

    def read(self, length: int = -1) -> bytes:
        if self._head:
            head, self._head = (self._head, b"") if length < 0 else (self._head[:length], self._head[length:])
            return head
        return self._stream.read(length)


def open_path(path: str) -> Store:
    """The bytes of a file, decompressed.  Raises StoreError, OSError."""
    with open(path, "rb") as file:
        head = file.read(6)
        size = os.fstat(file.fileno()).st_size
        if size > SMALL and not packing(head) and os.path.isfile(path):
            return File(path, size)
        return open_stream(file, head)


def open_bytes(data: bytes) -> Store:
    """Bytes at hand, decompressed.  Raises StoreError."""
    if not packing(data[:6]):
        return Memory(data.removeprefix(_MARK))
    import io  # already loaded by the interpreter

    return open_stream(io.BytesIO(data))


def open_stream(stream: BinaryIO, head: bytes = b"") -> Store:
    """The bytes of a stream, decompressed; ``head`` was read from it already.  Raises StoreError, OSError."""
    while len(head) < 6 and (more := stream.read(6 - len(head))):
        head += more
    name = packing(head)
    joined: _Readable = _Joined(head, stream)
    if name:
        joined = _unpacker(name, joined)
    return _fill(joined, name, stream)


def packing(head: bytes) -> str:
    """How bytes are compressed, by their first ones; "" when they are not."""
    return next((name for magic, name in _MAGIC if head.startswith(magic)), "")


def _fill(plain: _Readable, name: str, packed: BinaryIO) -> Store:
    """Read everything, into memory while it is small."""
    parts: list[bytes] = []
    size = 0
    spool: Spool | None = None
    while data := _read(plain, name):
        size += len(data)
        if name and size > _SAFE and packed.seekable() and size > _RATIO * packed.tell():
            raise StoreError(f"{name} data that grows to more than {size >> 20} MB: refused")
        if spool is None and size > SMALL:
            spool = Spool()
            for part in parts:
                spool.write(part)
            parts = []
        if spool is None:
            parts.append(data)
        else:
            spool.write(data)
    return spool or Memory(b"".join(parts).removeprefix(_MARK))


def _read(plain: _Readable, name: str) -> bytes:
    try:
        return plain.read(CHUNK)
    except Exception as error:  # each of the four libraries has errors of its own
        if not name:
            raise
        raise StoreError(f"damaged {name} data: {error}") from error


class _Readable(Protocol):
    def read(self, length: int = -1, /) -> bytes: ...


def _unpacker(name: str, stream: Any) -> _Readable:
    """A reader of compressed bytes; its library is imported only for a file that is compressed."""
    if name == "gzip":
        import gzip

        return gzip.GzipFile(fileobj=stream)
    if name == "bzip2":
        import bz2

        return bz2.BZ2File(stream)
    if name == "xz":
        import lzma

        return lzma.LZMAFile(stream)
    return _zstd(stream)


def _zstd(stream: Any) -> _Readable:
    import importlib

    for module in ("compression.zstd", "zstandard"):
        try:
            library = importlib.import_module(module)
        except ImportError:
            continue
        if module == "zstandard":
            reader: _Readable = library.ZstdDecompressor().stream_reader(stream, read_across_frames=True)
        else:
            reader = library.ZstdFile(stream)
        return reader
    raise StoreError("zstd data: install gfplint with its extra, gfplint[zstd]")
