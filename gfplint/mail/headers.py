# SPDX-License-Identifier: GPL-2.0-or-later
"""Header fields of a mail: unfolded, decoded, taken apart as git takes them.

No email package: importing its policies costs more than reading a hundred mails.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import overload

from gfplint import regex
from gfplint.diff.model import Author

_FIELD = regex.compile(rb"^([!-9;-~]++)[ \t]*+:[ \t]*+([^\n]*+(?:\n[ \t][^\n]*+)*+)", re.MULTILINE)
_WORD = regex.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN = regex.compile(r"(\?=)\s+(=\?[^?\s]{1,60}\?[bBqQ]\?)")
_SPACE = regex.compile(r"[ \t\n\r\v\f]+")
_ID = regex.compile(r"<\s*([^<>\s]+)\s*>")
_KEPT = frozenset(
    b"from to cc reply-to mail-followup-to mail-reply-to sender subject date message-id in-reply-to references"
    b" list-id list-post list-unsubscribe auto-submitted precedence return-path content-type x-original-from"
    b" x-patchwork-hint x-patchwork-delegate x-mailer user-agent x-mailing-list".split()
)
_LIMIT = 1 << 20  # bytes of one header block; what is longer is cut


class Headers:
    """The fields of one mail, by name in small letters; values are decoded when asked for."""

    __slots__ = ("_fields", "cut", "lines")

    def __init__(self, block: bytes) -> None:
        """``block`` holds the lines of the header, without the blank line behind it."""
        self.lines = block.count(b"\n") + (not block.endswith(b"\n") and bool(block))
        self.cut = len(block) > _LIMIT  # there was more than is read
        self._fields: dict[bytes, list[tuple[bytes, bytes]]] = {}
        for name, value in _FIELD.findall(block[:_LIMIT]):
            self._fields.setdefault(name.lower(), []).append((name, value))

    def raw(self, name: bytes) -> bytes | None:
        """The first field of that name, still folded and encoded."""
        found = self._fields.get(name)
        return found[0][1] if found else None

    def get(self, name: bytes) -> str:
        """The first field of that name, unfolded and decoded; "" when it is not there."""
        found = self._fields.get(name)
        return decoded(found[0][1]) if found else ""

    def kept(self) -> Kept:
        """The fields that a reply may need: not those that only transport wrote."""
        return Kept(
            [
                field
                for key, fields in self._fields.items()
                if key in _KEPT or key.startswith(b"x-gfplint")
                for field in fields
            ]
        )

    def __contains__(self, name: bytes) -> bool:
        return name in self._fields

    def __bool__(self) -> bool:
        return bool(self._fields)


class Kept(Sequence[tuple[str, str]]):
    """Name and value of fields, decoded when they are looked at: most mails need no reply."""

    __slots__ = ("_fields",)

    def __init__(self, fields: list[tuple[bytes, bytes]]) -> None:
        self._fields = fields

    @overload
    def __getitem__(self, index: int) -> tuple[str, str]: ...
    @overload
    def __getitem__(self, index: slice) -> Kept: ...
    def __getitem__(self, index: int | slice) -> tuple[str, str] | Kept:
        if isinstance(index, slice):
            return Kept(self._fields[index])
        name, value = self._fields[index]
        return name.decode("ascii"), decoded(value)

    def __len__(self) -> int:
        return len(self._fields)

    def raw(self, name: str) -> str:
        """The first field of that name, unfolded but with its encoded words as they are; "" for none.

        An address must be taken from here: decoded, a display name may hold what looks like another one.
        """
        wanted = name.lower().encode("ascii", "replace")
        value = next((value for key, value in self._fields if key.lower() == wanted), b"")
        return " ".join(text_of(value).split())


def text_of(data: bytes) -> str:
    """Bytes of no known charset: UTF-8 where they are, else what git takes them for, Latin-1.

    A bad byte among good characters of UTF-8 is marked as bad.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
        return text if any("\x7f" < char != "\ufffd" for char in text) else data.decode("latin-1")


def in_charset(data: bytes, charset: str) -> str:
    """Bytes of a declared charset; a wrong or unknown one is passed over."""
    try:
        return data.decode(charset)
    except (LookupError, UnicodeError, ValueError):
        return text_of(data)


def decoded(value: bytes) -> str:
    """A header value: unfolded (RFC 5322), encoded words decoded (RFC 2047)."""
    text = text_of(value)
    if "\n" in text:
        text = " ".join([line.strip(" \t\r") for line in text.split("\n")])
    return decode_words(text.strip()) if "=?" in text else text.strip()


def decode_words(text: str) -> str:
    """Decode ``=?charset?b|q?...?=``; words that follow each other are one text."""
    pieces: list[str] = []
    pending: list[bytes] = []
    charset = ""
    end = 0
    for match in _WORD.finditer(_BETWEEN.sub(r"\1\2", _BETWEEN.sub(r"\1\2", text))):
        between = match.string[end : match.start()]
        if between or match[1].lower() != charset:  # a character may be split over two words of one charset
            pieces += [in_charset(b"".join(pending), charset) if pending else "", between]
            pending = []
        charset = match[1].partition("*")[0].lower()
        pending.append(_word(match[2], match[3]))
        end = match.end()
    if pending:
        pieces.append(in_charset(b"".join(pending), charset))
    return "".join(pieces) + _BETWEEN.sub(r"\1\2", _BETWEEN.sub(r"\1\2", text))[end:]


def _word(encoding: str, text: str) -> bytes:
    from binascii import a2b_base64, a2b_qp  # a library of its own, which most mails do without

    data = text.encode("utf-8", "surrogateescape")
    if encoding in "qQ":
        return a2b_qp(data, header=True)
    try:
        return a2b_base64(data + b"=" * (-len(data) % 4))
    except ValueError:
        return data


def squeeze(text: str) -> str:
    """Every run of white space as one blank, as git cleans names and subjects."""
    return _SPACE.sub(" ", text)


def ids(value: str) -> tuple[str, ...]:
    """The message ids of a field, without their angle brackets."""
    return tuple(_ID.findall(value))


def message_id(value: str) -> str:
    """The one id of a Message-ID field; also where the brackets were forgotten."""
    found = _ID.search(value)
    return found[1] if found else value.strip().strip("<>") if " " not in value.strip() else ""


def address(value: str) -> Author:
    """Name and address of a From field, by the rules of git mailinfo."""
    text = _unquoted(value)
    at = text.find("@")
    if at < 0:
        return _bogus(text)
    start = at
    while start and not text[start - 1].isspace() and text[start - 1] != "<":
        start -= 1
    end = at
    while end < len(text) and text[end] not in " \n\t\r\v\f>":
        end += 1
    email = text[start:end]
    before = text[: start - 1] + " " if start and text[start - 1] == "<" else text[:start]
    name = squeeze(before + text[end + 1 :]).strip()
    if name.startswith("(") and name.endswith(")"):
        name = name[1:-1]
    return Author(_sane(name, email), email)


def _bogus(text: str) -> Author:
    """An address without an @, such as ``name <user>``."""
    found = re.match(r"([^<]*)<([^>]*)>", text)
    if not found:
        return Author("", "")
    return Author(_sane(found[1].strip(), found[2]), found[2])


def _sane(name: str, email: str) -> str:
    """git distrusts names that are very short or long, or look like an address."""
    if not 3 <= len(name.encode("utf-8", "surrogateescape")) <= 60 or re.search(r"[@<>]", name):
        return email
    return name


def _unquoted(value: str) -> str:
    """Quotes and backslashes taken off a phrase, comments kept with their parentheses."""
    if '"' not in value and "(" not in value and "\\" not in value:
        return value
    out: list[str] = []
    depth, quoted, at = 0, False, 0
    while at < len(value):
        char = value[at]
        if char == "\\" and (quoted or depth) and at + 1 < len(value):
            at += 1
            out.append(value[at])
        elif char == '"' and not depth:
            quoted = not quoted
        else:
            if not quoted:
                depth += (char == "(") - (char == ")" and depth > 0)
            out.append(char)
        at += 1
    return "".join(out)
