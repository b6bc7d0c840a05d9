# SPDX-License-Identifier: GPL-2.0-or-later
"""Source lines of a review, by path, side and number; and their lines in the mail."""

from __future__ import annotations

from gfplint.diff.linemap import LineMap
from gfplint.finding import Side
from gfplint.review import Review


class Places:
    """Looks lines up in the images and hunks of one review."""

    def __init__(self, review: Review) -> None:
        self._review = review
        self._maps: dict[tuple[str, str], LineMap] = {}
        for diff in (*review.patch.files, *review.placed):
            lines = LineMap(diff)
            for path, side in ((diff.old_path, "before"), (diff.new_path, "after")):
                if path is not None:
                    self._maps[path, side] = lines

    def code(self, path: str, side: Side, line: int) -> str:
        """A source line, "" where it is not known."""
        image = self._review.images.get((path, side))
        for piece in image.pieces if image else ():
            if piece.line <= line <= piece.last:
                return piece.text.split(b"\n")[line - piece.line].decode("utf-8", "surrogateescape")
        return ""

    def mail_line(self, path: str, side: Side, line: int) -> int | None:
        """The line of the mail, None where it is in no hunk."""
        lines = self._maps.get((path, side))
        return lines.mail(side, line) if lines else None

    def marker(self, path: str, side: Side, line: int) -> str:
        """The sign before a line in the patch; a blank outside the hunks too."""
        lines = self._maps.get((path, side))
        if lines is None or line not in lines.changed(side):
            return " "
        return "-" if side == "before" else "+"
