# SPDX-License-Identifier: GPL-2.0-or-later
"""A kernel tree, and the whole files that it gives to the images of a series."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from gfplint import regex
from gfplint.diff.apply import Applied, apply
from gfplint.diff.image import Image, Piece, hunk_images
from gfplint.diff.model import FileDiff, Series
from gfplint.finding import Side
from gfplint.mail.blobs import Blobs
from gfplint.record import NamedTuple

KCONFIG = "*Kconfig*"  # names of Kconfig files, Kconfig.debug and the like among them
_KCONFIG_LINE = regex.compile(rb"^[ \t]*(config|menuconfig|select|imply)[ \t]+(\w+)", re.MULTILINE)
_SAYS = {b"config": b"config", b"menuconfig": b"config", b"select": b"select", b"imply": b"select"}
_LIMIT = 16 << 20  # bytes of a file that is opened
_VERSION = regex.compile(rb"^(VERSION|PATCHLEVEL) = (\d+)$", re.MULTILINE)


class Seen(NamedTuple):
    """A file of a patch with its images; ``diff`` is numbered as the hunks were placed."""

    diff: FileDiff
    before: Image | None
    after: Image | None


class Tree:
    """A kernel tree on disk: a git repository, or an unpacked one."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.git = os.path.exists(os.path.join(root, ".git"))
        self._blobs: Blobs | None = None
        self._found: dict[tuple[str, ...], list[str]] = {}  # by what was asked for

    @property
    def blobs(self) -> Blobs | None:
        """The repository's blobs; None for a tree without one."""
        if self.git and self._blobs is None:
            self._blobs = Blobs(self.root)
        return self._blobs

    @property
    def kernel(self) -> str | None:
        """Version of the tree, "6.12", from its Makefile."""
        makefile = self.on_disk("Makefile") or (self.head("Makefile") or (b"",))[0]
        numbers = dict(_VERSION.findall(makefile))
        if len(numbers) < 2:
            return None
        return f"{numbers[b'VERSION'].decode()}.{numbers[b'PATCHLEVEL'].decode()}"

    def on_disk(self, path: str) -> bytes | None:
        """A file of the work tree; None for what is not there, too large, or would leave the tree."""
        if not safe(path):
            return None
        name = os.path.join(self.root, path)
        try:
            if os.path.realpath(name) != os.path.join(os.path.realpath(self.root), os.path.normpath(path)):
                return None  # through a symbolic link
            if os.path.getsize(name) > _LIMIT:
                return None
            with open(name, "rb") as file:
                return file.read()
        except (OSError, ValueError):
            return None

    def head(self, path: str) -> tuple[bytes, str] | None:
        """The file as the tree has it, and where that is: "HEAD" or "file"."""
        if not safe(path):
            return None
        if self.blobs is not None:
            text = self.blobs.get(f"HEAD:{path}")
            return None if text is None else (text, "HEAD")
        text = self.on_disk(path)
        return None if text is None else (text, "file")

    def naming(self, word: str, names: Sequence[str]) -> list[str]:
        """The files with a path like one of ``names`` in which an identifier stands.  Raises Unseen."""
        from gfplint.mail import search  # only few patches ask

        key = (word, *names)
        if key not in self._found:
            look = search.git if self.git else search.files
            self._found[key] = look(self.root, word, names)
        return self._found[key]

    @cached_property
    def kconfigs(self) -> dict[tuple[bytes, bytes], list[str]]:
        """The Kconfig files by what they say of a symbol: (config, name) and (select, name).  Raises Unseen."""
        from gfplint.mail import search

        texts = search.git_texts(self.root, KCONFIG) if self.git else dict(search.texts(self.root, KCONFIG))
        found: dict[tuple[bytes, bytes], list[str]] = {}
        for path, text in texts.items():
            for said in kconfig_lines(text):
                found.setdefault(said, []).append(path)
        return found

    def close(self) -> None:
        """End the git child, if one was started."""
        if self._blobs is not None:
            self._blobs.close()
            self._blobs = None


class Overlay:
    """A series applied in memory, patch after patch, on a tree."""

    def __init__(self, tree: Tree | None, series: Series) -> None:
        self._tree = tree
        self._base = series.base_commit
        self._series = series
        self._left: dict[str, tuple[bytes | None, str]] = {}  # what earlier patches left, and on which base

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """All paths that the series touches."""
        files = [diff for patch in self._series.patches for diff in patch.files]
        return tuple(path for diff in files for path in (diff.old_path, diff.new_path) if path)

    @property
    def sees_more(self) -> bool:
        """There is a tree: images may hold more than the hunks."""
        return self._tree is not None

    def see(self, diff: FileDiff) -> Seen:
        """The images of a file: whole where they can be had, else its hunks."""
        if self._tree is not None and diff.old_path is not None and not diff.hunks and not diff.binary:
            self._moved(diff, diff.old_path)
        if self._tree is None or not diff.hunks or diff.binary:
            return Seen(diff, *hunk_images(diff))
        if diff.old_path is None:
            return self._new(diff)
        for text, base in self._candidates(diff, diff.old_path):
            if (done := apply(text, diff, exact=base.startswith("blob"))) is not None:
                return self._whole(diff, text, done, base)
        framed = all(any(line.kind == " " for line in hunk.lines) for hunk in diff.hunks)
        found = self._tree.head(diff.path) if framed else None  # without context a hunk fits anywhere
        if found is not None and (undone := apply(found[0], diff, reverse=True)) is not None:
            swapped = Applied(found[0], undone.hunks, undone.offset)
            return self._whole(diff, undone.text, swapped, found[1], "the tree has this patch already")
        self._left.pop(diff.path, None)
        return Seen(diff, *hunk_images(diff))

    def _candidates(self, diff: FileDiff, path: str) -> Iterator[tuple[bytes, str]]:
        """The texts that may be the pre-image, the likeliest first; none is read before the one before it failed."""
        assert self._tree is not None
        blobs = self._tree.blobs
        if blobs is not None and diff.blobs is not None and diff.blobs[0].strip("0"):
            if (blob := blobs.get(diff.blobs[0])) is not None:
                yield blob, f"blob {diff.blobs[0]}"
        if path in self._left:
            text, base = self._left[path]
            if text is not None:
                yield text, base
            return
        if blobs is not None and self._base is not None and re.fullmatch(r"[0-9a-f]{7,64}", self._base):
            if safe(path) and (blob := blobs.get(f"{self._base}:{path}")) is not None:
                yield blob, f"base {self._base[:12]}"
        if (head := self._tree.head(path)) is not None:
            yield head

    def _moved(self, diff: FileDiff, path: str) -> None:
        """A file that is renamed, copied or deleted as it is: what later patches of the series find."""
        old = next(self._candidates(diff, path), None)
        if diff.new_path != path and diff.status != "copied":
            self._left[path] = (None, "the series")
        if diff.new_path is not None and old is not None:
            self._left[diff.new_path] = old

    def _new(self, diff: FileDiff) -> Seen:
        before, after = hunk_images(diff)
        if after is not None and after.whole:
            self._left[diff.path] = (b"".join(piece.text for piece in after.pieces), "the series")
        return Seen(diff, before, after)

    def _whole(self, diff: FileDiff, old: bytes, done: Applied, base: str, note: str | None = None) -> Seen:
        placed = diff._replace(hunks=done.hunks)
        note = note or (f"offset {done.offset}" if done.offset else None)
        if diff.old_path is not None and diff.new_path != diff.old_path and diff.status != "copied":
            self._left[diff.old_path] = (None, base)
        if diff.new_path is not None:
            self._left[diff.new_path] = (done.text, base)

        def image(path: str | None, side: Side, text: bytes) -> Image | None:
            return None if path is None else Image(path, side, (Piece(1, text),), True, ("",), base, note)

        return Seen(placed, image(diff.old_path, "before", old), image(diff.new_path, "after", done.text))


def kconfig_lines(text: bytes) -> set[tuple[bytes, bytes]]:
    """What a Kconfig file says of which symbols: (config, name) of entries, (select, name) of select and imply."""
    return {(_SAYS[word], name) for word, name in _KCONFIG_LINE.findall(text)}


def safe(path: str) -> bool:
    """A path of a mail that stays in the tree and out of its repository."""
    parts = path.split("/")
    return (
        bool(path)
        and not path.startswith("/")
        and not any(part in ("", ".", "..", ".git") for part in parts)
        and path.isprintable()
    )


def find_tree(start: str) -> str | None:
    """The kernel tree that ``start`` lies in; None where there is none."""
    folder = os.path.abspath(start)
    while True:
        if all(os.path.exists(os.path.join(folder, name)) for name in ("Kbuild", "MAINTAINERS", "include/linux/mm.h")):
            return folder
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
