# SPDX-License-Identifier: GPL-2.0-or-later
"""The values of a diff and of the mail around it.

All text is ``str``, decoded as UTF-8 with ``surrogateescape``: encoding it
the same way gives the bytes back.  ``str(file_diff)`` is the text that was
read, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from gfplint.record import NamedTuple

Kind = Literal[" ", "+", "-", "\\"]
FileStatus = Literal["modified", "added", "deleted", "renamed", "copied", "mode"]


class Line(NamedTuple):
    """One line of a hunk.

    ``text`` is without the marker and without the line end.  ``old`` and
    ``new`` count in the pre-image and post-image, ``mail`` in the mail (its
    first header line is 1, body decoded); each is None where the line is not
    in that text.
    """

    kind: Kind
    text: str
    old: int | None
    new: int | None
    mail: int | None


class Hunk(NamedTuple):
    """A hunk: the four numbers and the section of its ``@@`` line, and its lines."""

    old_start: int
    old_lines: int
    new_start: int
    new_lines: int
    section: str  # what stands behind the second @@, stripped
    lines: tuple[Line, ...]
    raw: str  # the hunk as read, with its @@ line and line ends
    tail: str = ""  # what stood behind it and belongs to no hunk, such as a hunk that was given up

    @property
    def text(self) -> str:
        """The hunk as understood; differs from ``raw`` where it was healed."""
        section = f" {self.section}" if self.section else ""
        head = f"@@ -{self.old_start},{self.old_lines} +{self.new_start},{self.new_lines} @@{section}\n"
        return head + "".join(f"{line.kind}{line.text}\n" for line in self.lines)


class FileDiff(NamedTuple):
    """What a patch does to one file.

    Paths have their ``a/`` and ``b/`` removed and are unquoted; they are data
    from a mail and may be hostile: never open one without checking it.
    """

    old_path: str | None  # None: the file is new
    new_path: str | None  # None: the file is deleted
    status: FileStatus
    old_mode: str | None
    new_mode: str | None
    blobs: tuple[str, str] | None  # of the "index abc..def" line
    similarity: int | None  # percent
    binary: bool
    hunks: tuple[Hunk, ...]
    raw: str  # the header lines as read, before the first hunk

    @property
    def path(self) -> str:
        """The path after the patch, or before it for a deleted file."""
        return self.new_path or self.old_path or ""

    @property
    def added(self) -> int:
        return sum(line.kind == "+" for hunk in self.hunks for line in hunk.lines)

    @property
    def removed(self) -> int:
        return sum(line.kind == "-" for hunk in self.hunks for line in hunk.lines)

    def __str__(self) -> str:
        return self.raw + "".join(hunk.raw + hunk.tail for hunk in self.hunks)


class Damage(NamedTuple):
    """A line of a diff that was healed or could not be read."""

    line: int | None  # of the mail
    reason: str
    path: str = ""  # the file; then the reason begins with it
    start: int | None = None  # line of the file where a hunk begins that was healed

    @property
    def what(self) -> str:
        """The reason without the path."""
        return self.reason.removeprefix(f"{self.path}: ") if self.path else self.reason


class Diff(NamedTuple):
    """A parsed diff text: its files, what was healed, what was given up."""

    files: tuple[FileDiff, ...]
    healed: tuple[Damage, ...] = ()
    errors: tuple[Damage, ...] = ()
    tail: str = ""  # what stood behind the last file: a signature, a footer
    skipped: tuple[Damage, ...] = ()  # read, but of a kind that is not looked at: combined diffs

    def __str__(self) -> str:
        return "".join(map(str, self.files)) + self.tail


class Author(NamedTuple):
    name: str
    email: str

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>" if self.name else self.email


MessageKind = Literal["patch", "cover", "reply", "other"]


class Mail(NamedTuple):
    """A mail as read: headers decoded, log message and diff apart.

    A commit or a plain diff is the same thing with fewer headers.
    """

    input: str  # path as given, "-", or a commit
    index: int  # type: ignore[assignment]  # position in the input, from 0; hides tuple.index, which nobody wants
    kind: MessageKind
    message_id: str  # without angle brackets; "" where there is none
    subject: str  # decoded, unfolded
    title: str  # as git mailinfo has it: without [PATCH...] and Re:
    author: Author  # the in-body From: wins, as for git
    sender: Author  # X-Original-From, else From: whom a reply goes to
    date: str  # RFC 3339, "" where there is none
    number: int | None
    total: int | None
    version: int
    tags: tuple[str, ...]  # RFC, RESEND, net-next...
    trailers: tuple[tuple[str, str], ...]
    base_commit: str | None
    change_id: str | None
    in_reply_to: str | None
    references: tuple[str, ...]
    message: str  # the log message
    diff: str  # the diff text as read, "" where there is none
    diff_line: int | None  # line of the mail where the diff starts; None for multipart
    headers: Sequence[tuple[str, str]] = ()  # decoded, in order, for replies; without what only transport wrote
    prerequisites: tuple[str, ...] = ()  # patch ids that git format-patch --base names
    cut: str | None = None  # damage, or the bound that was met: what must be said of a mail that was read
    notes: str = ""  # what stands between the --- line and the diff

    @classmethod
    def of_file(cls, name: str, diff: str = "") -> Mail:
        """What stands for a mail where there is none: a file, or a bare ``diff``."""
        nobody = Author("", "")
        return cls(
            name, 0, "patch", "", "", "", nobody, nobody, "", None, None, 1, (), (), None, None, None, (), "", diff, 1
        )


class Patch:
    """A mail with a diff; the diff is parsed when ``files`` is first asked for."""

    __slots__ = ("_diff", "_parse", "mail")

    def __init__(self, mail: Mail, parse: Callable[[str, int | None], Diff]) -> None:
        self.mail = mail
        self._parse = parse
        self._diff: Diff | None = None

    @property
    def diff(self) -> Diff:
        if self._diff is None:
            self._diff = self._parse(self.mail.diff, self.mail.diff_line)
        return self._diff

    @property
    def damages(self) -> tuple[tuple[Damage, ...], tuple[Damage, ...]]:
        """What was healed and what skipped, as far as the diff was parsed: a damaged one always is."""
        return ((), ()) if self._diff is None else (self._diff.healed, self._diff.skipped)

    @property
    def files(self) -> tuple[FileDiff, ...]:
        return self.diff.files

    @property
    def file_count(self) -> int:
        """How many files it touches; of a diff that nobody has asked for, by its header lines alone."""
        if self._diff is not None:
            return len(self._diff.files)
        text = "\n" + self.mail.diff
        return max(text.count("\ndiff --git "), text.count("\n+++ "))

    def __str__(self) -> str:
        return self.mail.diff


class Series(NamedTuple):
    """Patches that belong together, in their order; a lone patch is a series of one."""

    id: str  # message id of the cover or of the first patch, else the input
    version: int
    cover: Mail | None
    patches: tuple[Patch, ...]
    base_commit: str | None
    change_id: str | None
    complete: bool  # all of 1..total are there
