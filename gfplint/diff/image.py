# SPDX-License-Identifier: GPL-2.0-or-later
"""Images: what a file says before and after a patch, as far as it is known."""

from __future__ import annotations

from gfplint.diff.model import FileDiff
from gfplint.finding import Side
from gfplint.record import NamedTuple


class Unseen(Exception):
    """Something of a tree is there, and what it says is not known: whoever asks must not take it for nothing."""


class Piece(NamedTuple):
    """A stretch of an image that is known without a gap."""

    line: int  # image line of the first line of text, from 1
    text: bytes  # whole lines

    @property
    def last(self) -> int:
        """Image line of the last line."""
        return self.line + self.text.count(b"\n") - (1 if self.text.endswith(b"\n") else 0)


class Image(NamedTuple):
    """One side of a file: a single piece when it is whole, a piece a hunk else."""

    path: str
    side: Side
    pieces: tuple[Piece, ...]
    whole: bool
    sections: tuple[str, ...]  # for each piece, what stands behind its @@; "" when whole
    base: str | None = None  # "blob <id>", "HEAD", "file": where a whole image came from
    note: str | None = None  # "offset 3"


def hunk_images(diff: FileDiff) -> tuple[Image | None, Image | None]:
    """Both sides of a file from its hunks alone; None where the file is not there.

    A new or deleted file is seen whole: its hunk holds all of it.
    """
    sections = tuple(hunk.section for hunk in diff.hunks)

    def side(which: Side, path: str, whole: bool) -> Image:
        kinds = " -" if which == "before" else " +"
        pieces = []
        for hunk in diff.hunks:
            lines = [line.text for line in hunk.lines if line.kind in kinds]
            text = "".join(text + "\n" for text in lines).encode("utf-8", "surrogateescape")
            pieces.append(Piece((hunk.old_start if which == "before" else hunk.new_start) or 1, text))
        return Image(path, which, tuple(pieces), whole, ("",) if whole else sections)

    before = after = None
    if diff.old_path is not None and diff.status not in ("added", "copied"):
        before = side("before", diff.old_path, diff.status == "deleted" and len(diff.hunks) == 1)
    if diff.new_path is not None:
        after = side("after", diff.new_path, diff.status == "added" and len(diff.hunks) == 1)
    return before, after
