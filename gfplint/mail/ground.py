# SPDX-License-Identifier: GPL-2.0-or-later
"""The other files of the kernel, as a series finds them and as it leaves them: Kconfig, Makefiles, callers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from gfplint.diff.image import Unseen
from gfplint.diff.model import Series
from gfplint.mail.tree import KCONFIG, Overlay, Tree, kconfig_lines

if TYPE_CHECKING:
    from gfplint.diff.image import Image
    from gfplint.finding import Side


class Ground:
    """One state of the tree that a series is made for; the ``Ground`` of view/setting.py.

    ``before``: without the series.  ``after``: with all of it, also what its later
    patches bring.  Without a tree only the hunks of the series are known.
    """

    def __init__(self, tree: Tree | None, series: Series, side: Side) -> None:
        self._tree = tree
        self._series = series
        self._side = side
        self._found: dict[tuple[str, str], list[str]] = {}

    @property
    def rooted(self) -> bool:
        """There is a tree below the series."""
        return self._tree is not None

    def read(self, path: str) -> bytes | None:
        """A file as this state has it; None where it is not there.  Raises Unseen where it is not known whole."""
        if path in self._touched:
            image = self._touched[path]
            if image is not None and not image.whole:
                raise Unseen(path)
            return b"".join(piece.text for piece in image.pieces) if image is not None else None
        found = self._tree.head(path) if self._tree is not None else None
        return found[0] if found is not None else None

    def stood(self, path: str) -> bytes | None:
        """A file as the tree has it, whatever the series does to it; None where it is not there."""
        found = self._tree.head(path) if self._tree is not None else None
        return found[0] if found is not None else None

    def speaks_of(self, name: str) -> bool:
        """The diffs of the series show the head of a function of that name: it stands in the first column."""
        head = re.compile(rf"^[ +][A-Za-z_][^\n;=]*\b{re.escape(name)}[ \t]*\(", re.MULTILINE)
        diffs = (patch.mail.diff for patch in self._series.patches)
        return any(name in diff and head.search(diff) for diff in diffs)

    def takes_out(self, name: str) -> bool:
        """A line that the series removes names a function, and neither calls nor defines it there."""
        line = re.compile(rf"^-.*\b{re.escape(name)}\b(?![ \t]*\()", re.MULTILINE)
        return any(name in patch.mail.diff and line.search(patch.mail.diff) for patch in self._series.patches)

    def touched(self) -> list[Image]:
        """The files of the series that are known whole, as this state has them; none where it is but one."""
        if len({diff.path for patch in self._series.patches for diff in patch.files}) < 2:
            return []
        return [image for image in self._touched.values() if image is not None and image.whole]

    def kconfigs(self, says: Literal["config", "select"], symbol: str) -> list[str]:
        """The Kconfig files that have an entry of a symbol, or select or imply it.  Raises Unseen."""
        key = (says.encode(), symbol.encode())
        there = self._tree.kconfigs.get(key, []) if self._tree is not None else []
        own = (path for path, lines in self._kconfigs.items() if key in lines)
        return [*(path for path in there if path not in self._touched), *own]

    @cached_property
    def _kconfigs(self) -> dict[str, set[tuple[bytes, bytes]]]:
        """What the Kconfig files of the series say, in this state."""
        images = ((path, image) for path, image in self._touched.items() if fnmatchcase(path, KCONFIG))
        return {
            path: {said for piece in image.pieces for said in kconfig_lines(piece.text)}
            for path, image in images
            if image is not None
        }

    def mentions(self, name: str, folder: str) -> list[str]:
        """The C files and headers in a folder and below it that have an identifier in them.  Raises Unseen."""
        if self._tree is None or not name.isidentifier():
            return []
        names = (f"{folder}/*.c", f"{folder}/*.h")
        if (key := (name, folder)) not in self._found:
            made = re.compile(rb"\b" + name.encode() + rb"\b")
            own = [
                path
                for path, image in self._touched.items()
                if image is not None and any(fnmatchcase(path, one) for one in names) and _matches(made, image)
            ]
            there = self._tree.naming(name, names)
            self._found[key] = [*(path for path in there if path not in self._touched), *own]
        return self._found[key]

    def names(self, symbol: str) -> bool:
        """A Kconfig file of the series speaks of the symbol, in what is seen of it."""
        made = re.compile(rb"\b" + symbol.encode() + rb"\b")
        return any(
            image is not None and fnmatchcase(path, KCONFIG) and _matches(made, image)
            for path, image in self._touched.items()
        )

    def exports(self, name: str, places: Iterable[str] = ()) -> bool:
        """The series exports a function to modules, or the tree does so in one of these files, or has it elsewhere."""
        line = rf"EXPORT_SYMBOL\w*[ \t]*\([ \t]*{re.escape(name)}\b"
        added = re.compile(rf"(?m)^\+[ \t]*{line}")
        if any(added.search(patch.mail.diff) for patch in self._series.patches):
            return True
        texts = [text for path in places if (text := self.stood(path)) is not None and name.encode() in text]
        if self._tree is not None and not texts:
            return True
        return any(re.search(line.encode(), text) for text in texts)

    @cached_property
    def _touched(self) -> dict[str, Image | None]:
        """The files that the series touches, each in this state."""
        found: dict[str, Image | None] = {}
        overlay = Overlay(self._tree, self._series)  # of its own: from the first patch to the last
        for patch in self._series.patches:
            for diff in patch.files:
                if self._tree is None and "Kconfig" not in diff.path and diff.status != "added":
                    continue  # of hunks nothing else is asked
                seen = overlay.see(diff)
                if self._side == "after":
                    found |= {path: None for path in (diff.old_path,) if path}
                    found |= {path: seen.after for path in (diff.new_path,) if path}
                else:
                    for path, image in ((diff.old_path, seen.before), (diff.new_path, None)):
                        if path:
                            found.setdefault(path, image)
        return found


def _matches(made: re.Pattern[bytes], image: Image) -> bool:
    return any(made.search(piece.text) for piece in image.pieces)
