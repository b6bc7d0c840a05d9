# SPDX-License-Identifier: GPL-2.0-or-later
"""The other files of the kernel, as a series finds them and as it leaves them: Kconfig, Makefiles, callers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING

from gfplint.diff.image import Unseen
from gfplint.diff.model import Series
from gfplint.mail.tree import Overlay, Tree

if TYPE_CHECKING:
    from gfplint.diff.image import Image
    from gfplint.finding import Side

_KCONFIG = "*Kconfig*"  # names of Kconfig files, Kconfig.debug and the like among them


class Ground:
    """One state of the tree that a series is made for; the ``Ground`` of view/setting.py.

    ``before``: without the series.  ``after``: with all of it, also what its later
    patches bring.  Without a tree only the hunks of the series are known.
    """

    def __init__(self, tree: Tree | None, series: Series, side: Side) -> None:
        self._tree = tree
        self._series = series
        self._side = side
        self._found: dict[tuple[bytes | str, ...], list[str]] = {}

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

    def kconfigs(self, pattern: str) -> list[str]:
        """The Kconfig files with a line that the expression matches.  Raises Unseen."""
        made = re.compile(pattern.encode(), re.MULTILINE)
        texts = self._tree.texts(_KCONFIG) if self._tree is not None else {}  # the next question will be of them, too
        return self._merged(made, (_KCONFIG,), lambda: [path for path, text in texts.items() if made.search(text)])

    def mentions(self, name: str, folder: str) -> list[str]:
        """The C files and headers in a folder and below it that have an identifier in them.  Raises Unseen."""
        tree = self._tree
        if tree is None or not name.isidentifier():
            return []
        made, names = re.compile(rb"\b" + name.encode() + rb"\b"), (f"{folder}/*.c", f"{folder}/*.h")
        return self._merged(made, names, lambda: tree.naming(name, names))

    def _merged(self, made: re.Pattern[bytes], names: tuple[str, ...], there: Callable[[], list[str]]) -> list[str]:
        """The files of the tree that match, and those of the series as this state has them."""
        key: tuple[bytes | str, ...] = (made.pattern, *names)
        if key not in self._found:
            own = [
                path
                for path, image in self._touched.items()
                if image is not None and any(fnmatchcase(path, name) for name in names) and _matches(made, image)
            ]
            self._found[key] = [*(path for path in there() if path not in self._touched), *own]
        return self._found[key]

    def names(self, symbol: str) -> bool:
        """A Kconfig file of the series speaks of the symbol, in what is seen of it."""
        made = re.compile(rb"\b" + symbol.encode() + rb"\b")
        return any(
            image is not None and fnmatchcase(path, _KCONFIG) and _matches(made, image)
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
