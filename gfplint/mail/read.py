# SPDX-License-Identifier: GPL-2.0-or-later
"""Bytes -> one mail."""

from __future__ import annotations

import re

from gfplint import regex
from gfplint.diff.model import Author, Mail, MessageKind
from gfplint.mail import body as bodies
from gfplint.mail.decode import Body, plain_body, read_body, readable
from gfplint.mail.headers import Headers, address, decode_words, ids, message_id, squeeze
from gfplint.mail.subject import read_subject, title_of
from gfplint.record import NamedTuple

_BLANK = regex.compile(rb"\n\r*+\n")
_FIELD = regex.compile(rb"[!-9;-~]+[ \t]*:")
_KNOWN = regex.compile(
    rb"^(?:from|subject|date|message-id|received|return-path|delivered-to|to|mime-version|content-type|x-[a-z-]+) *:",
    re.IGNORECASE | re.MULTILINE,
)
_DATE = regex.compile(
    r"(\d{1,2})\s+([A-Za-z]{3})[a-z]*\s+(\d{2,4})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([+-]\d{4}|[A-Z]{1,4})?"
)
_GIT_DATE = regex.compile(r"([A-Z][a-z]{2}) +(\d{1,2}) (\d{1,2}):(\d{2}):(\d{2}) (\d{4})(?: ([+-]\d{4}))?")
_ISO_DATE = regex.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d) ?([+-]\d\d:?\d\d|Z)?")
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_NAMES, 1)}


class Place(NamedTuple):
    """Where a mail came from."""

    input: str
    number: int  # from 0


def is_mail(data: bytes) -> bool:
    """Whether bytes begin with the header of a mail (rather than with a diff)."""
    head = data[:65536].lstrip(b"\r\n")
    if head.startswith((b"diff ", b"Index: ", b"--- ", b"@@ ", b"commit ")):
        return False
    block = _BLANK.split(head, maxsplit=1)[0]
    return bool(_FIELD.match(head) or head.startswith(b">From ")) and bool(_KNOWN.search(block))


def split_head(data: bytes) -> tuple[bytes, bytes, bool]:
    """Header block, body, and whether the mail's lines end with CRLF."""
    found = _BLANK.search(data)
    if found is None:
        return data, b"", False
    block = data[: found.start()]
    crlf = block.endswith(b"\r") and block.count(b"\n") == block.count(b"\r\n")
    return block, data[found.end() :], crlf


def read_mail(data: bytes, place: Place) -> Mail:
    """Read a mail: headers, a blank line, a body."""
    block, rest, crlf = split_head(data)
    if crlf:
        if b"\r\r\n" in block:  # translated twice
            rest = rest.replace(b"\r\r\n", b"\n")
        block, rest = block.replace(b"\r", b""), rest.replace(b"\r\n", b"\n")
    headers = Headers(block)
    return _mail(headers, read_body(headers, rest), place)


def read_plain(data: bytes, place: Place) -> Mail:
    """Read a diff without a mail around it; what stands before it is its message (quilt, git show)."""
    mail = _mail(Headers(b""), plain_body(_plain_text(data)), place)
    found = re.match(r"commit [0-9a-f]{7,64}[^\n]*\n(?:Merge: [^\n]*\n)?Author: ([^\n]*)\n(?:[^\n]+\n)*", mail.message)
    if not found:
        return mail
    message = re.sub(r"^    ", "", mail.message[found.end() :].lstrip("\n"), flags=re.MULTILINE)
    author = address(found[1].strip())
    title = message.partition("\n")[0]
    when = re.search(r"^(?:Author)?Date: +([^\n]*)$", found[0], re.MULTILINE)
    return mail._replace(
        message=message,
        author=author,
        sender=author,
        subject=title,
        title=title,
        date=date(when[1]) if when else "",
        trailers=bodies.trailers(message),
    )


def _plain_text(data: bytes) -> str:
    text = data.decode("utf-8", "surrogateescape")
    if "\r\n" in text and not re.search(r"^(?:diff |\+\+\+ |@@ -)[^\n]*[^\r\n]$", text, re.MULTILINE):
        return text.replace("\r\n", "\n")
    return text


def _mail(headers: Headers, body: Body, place: Place) -> Mail:
    subject = squeeze(readable(headers.get(b"subject")))
    said = read_subject(subject)
    parts = bodies.split_body(body.text, said.reply, said.patch)
    title = said.title
    if "subject" in parts.inbody:
        title = title_of(decode_words(readable(parts.inbody["subject"])))
    sender = address(headers.get(b"x-original-from") or headers.get(b"from"))
    author = address(decode_words(readable(parts.inbody["from"]))) if "from" in parts.inbody else sender
    message = readable(parts.message)
    return Mail(
        cut=_damage(headers, body, parts.diff, said.patch),
        input=place.input,
        index=place.number,
        kind=_kind(said.number, said.reply or b"in-reply-to" in headers, said.reply, parts.diff),
        message_id=message_id(headers.get(b"message-id")),
        subject=subject,
        title=title,
        author=author if author.email else sender,
        sender=sender,
        date=date(parts.inbody.get("date") or headers.get(b"date")),
        number=said.number,
        total=said.total,
        version=said.version,
        tags=said.tags,
        trailers=bodies.trailers(message),
        base_commit=bodies.base_commit(body.text),
        change_id=bodies.change_id(body.text),
        in_reply_to=next(iter(ids(headers.get(b"in-reply-to"))), None),
        references=ids(headers.get(b"references")),
        message=message,
        diff=parts.diff,
        diff_line=_line(body, parts) if parts.diff else None,
        headers=headers.kept(),
        prerequisites=bodies.prerequisites(body.text),
        notes=readable(parts.notes),
    )


def _damage(headers: Headers, body: Body, diff: str, patch: bool) -> str | None:
    """What a reader must know of a mail that was read all the same."""
    if headers.cut:
        return "header of more than a megabyte: the rest is not read"
    if "\0" in diff:
        return "NUL bytes in the diff"
    if body.cut is None and diff and not diff.isascii() and readable(diff) is not diff:
        return "bytes in the diff that are of no charset that the mail names"
    if patch and not diff and "\n***************\n" in body.text:
        return "a context diff: only unified ones are read"
    return body.cut


def _kind(number: int | None, answers: bool, reply: bool, diff: str) -> MessageKind:
    if number == 0 and not reply:
        return "cover"
    if diff:
        return "patch"
    return "reply" if answers else "other"


def _line(body: Body, parts: bodies.Parts) -> int | None:
    """The line of the mail where the diff begins; None when its lines do not follow the mail's."""
    if body.first is None:
        return None
    if not body.origin:
        return body.first + parts.before
    start = body.origin[parts.before]
    lines = parts.diff.count("\n") + (not parts.diff.endswith("\n"))
    straight = body.origin[parts.before + lines - 1] - start == lines - 1
    return body.first + start if straight else None


def date(text: str) -> str:
    """A date as RFC 3339; "" when it cannot be read.

    Mails (RFC 5322), git's own form and ISO 8601 are known; a zone that is
    missing or has a name is taken for UTC, as git does.
    """
    text = text[:200]
    if found := _DATE.search(text):
        day, name, year, hour, minute, second, zone = found.groups()
        month = _MONTHS.get(name.lower())
        if month is None:
            return ""
        number = int(year) + (0 if len(year) > 2 else 2000 if int(year) < 70 else 1900)
        return f"{number:04}-{month:02}-{int(day):02}T{int(hour):02}:{minute}:{second or '00'}{_zone(zone)}"
    if found := _ISO_DATE.search(text):
        return f"{found[1]}T{found[2]}{_zone((found[3] or '').replace(':', ''))}"
    if found := _GIT_DATE.search(text):
        month = _MONTHS.get(found[1].lower(), 1)
        return f"{found[6]}-{month:02}-{int(found[2]):02}T{int(found[3]):02}:{found[4]}:{found[5]}{_zone(found[7])}"
    return ""


def _zone(text: str | None) -> str:
    if not text or text[0] not in "+-":
        return "Z"
    return f"{text[:3]}:{text[3:]}"


__all__ = ["Author", "Place", "date", "is_mail", "read_mail", "read_plain", "split_head"]
