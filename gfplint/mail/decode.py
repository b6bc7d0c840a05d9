# SPDX-License-Identifier: GPL-2.0-or-later
"""The body of a mail -> its text: transfer encodings, charsets, parts, flowed lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import AnyStr

from gfplint import regex
from gfplint.mail.headers import Headers, text_of
from gfplint.mail.transfer import encoding, transfer_decoded
from gfplint.record import NamedTuple

_LIMIT = 4096  # characters of a Content-Type
DEPTH = 8  # of parts in parts
PARTS = 256  # of one mail
LINES = 1_000_000  # of one mail: the largest patches have a tenth, and each costs some dozen bytes
_PARAMETER = r';\s*{}\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))'
_BOUNDARY = regex.compile(_PARAMETER.format("boundary"), re.IGNORECASE)
_CHARSET = regex.compile(_PARAMETER.format("charset"), re.IGNORECASE)
_FLOWED = regex.compile(_PARAMETER.format("format"), re.IGNORECASE)
_DELSP = regex.compile(_PARAMETER.format("delsp"), re.IGNORECASE)
_FILE = regex.compile(r"\.(?:patch|diff|mbox|eml|txt|c|h)\b", re.IGNORECASE)
_STATEFUL = regex.compile(r"(?:iso-2022|utf-?7|utf-?16|utf-?32|hz)", re.IGNORECASE)  # ASCII bytes are no ASCII there
_WIDE = regex.compile(r"(?:gb|big5|euc|hz|shift|sjis|cp9[345]|ks_c)", re.IGNORECASE)  # as UTF-8, texts of three bytes
_INNER = regex.compile(rb"^content-transfer-encoding:[ \t]*(?:quoted|base64)", re.IGNORECASE | re.MULTILINE)
_PGP = "-----BEGIN PGP SIGNED MESSAGE-----\n"
_STRUCTURE = regex.compile(r"^(?:diff --git |\+\+\+ |@@ -)[^\n]*[^\r\n]$", re.MULTILINE)


class Body(NamedTuple):
    """The text of a mail."""

    text: str  # surrogateescape where no charset fits
    first: int | None  # line of the mail of the first line of text; None when lines do not follow the mail's
    cut: str | None = None  # the bound that was met: what lies beyond it is not read
    origin: tuple[int, ...] = ()  # line of the text before flowed lines were joined, for each line; () when none were


class _Left:
    """How many parts of a mail may still be read, and what must be said of it."""

    def __init__(self) -> None:
        self.parts = PARTS
        self.cut: str | None = None
        self.html = False  # a part of HTML with what looks like a diff


def read_body(headers: Headers, data: bytes) -> Body:
    """Decode the body that stands behind ``headers``."""
    kind = headers.get(b"content-type") if b"content-type" in headers else ""
    left = _Left()
    data = _bounded(data, b"\n", left)
    if kind[:10].lower() == "multipart/":
        text = _bounded("".join(_parts(kind, _unwrapped(headers, kind, data), 0, left)), "\n", left)
        return Body(text, None, _html(text, left))
    text = _bounded(_without_cr(_text(data, headers, kind, left)), "\n", left)
    first = headers.lines + 2
    if kind[:9].lower() == "text/html":
        left.html = "@@ -" in text
        return Body("", first, _html("", left))
    if _PGP in text and (found := _pgp(text)):
        return Body(found[0], first, left.cut, found[1])
    if _value(_FLOWED, kind).lower() == "flowed":
        text, origin = _flow(text, _value(_DELSP, kind).lower() == "yes")
        return Body(text, first, left.cut, origin)
    return Body(text, first, left.cut)


def plain_body(text: str) -> Body:
    """The body of what has no headers, bounded like that of a mail."""
    left = _Left()
    text = _bounded(text, "\n", left)
    return Body(text, 1, left.cut)


def _bounded(data: AnyStr, end: AnyStr, left: _Left) -> AnyStr:
    """The first LINES lines, of text or bytes."""
    if data.count(end) <= LINES:
        return data
    left.cut = f"more than {LINES} lines: the rest is not read"
    return first_lines(data, end, LINES)


def first_lines(data: AnyStr, end: AnyStr, count: int) -> AnyStr:
    """Text or bytes up to the end of a line; all of it where there are not so many lines."""
    at = 0
    for _ in range(count):
        at = data.find(end, at) + 1
        if not at:
            return data
    return data[:at]


def _html(text: str, left: _Left) -> str | None:
    return "a patch in HTML: not read" if left.html and not text.strip() else left.cut


def _unwrapped(headers: Headers, kind: str, data: bytes) -> bytes:
    """Multipart data that somebody encoded as a whole, which RFC 2045 forbids, decoded."""
    how = encoding(headers)
    if how == "quoted-printable" and not _INNER.search(data):
        return transfer_decoded(headers, data)[0]
    if how == "base64" and _value(_BOUNDARY, kind).encode("utf-8", "surrogateescape") not in data:
        return transfer_decoded(headers, data)[0]
    return data


def _value(pattern: re.Pattern[str], field: str) -> str:
    found = pattern.search(field[:_LIMIT])
    return "" if not found else found[1] if found[1] is not None else found[2]


def _text(data: bytes, headers: Headers, kind: str, left: _Left) -> str:
    """The decoded bytes as text: UTF-8 whenever they are; else the declared charset; else kept as they are."""
    data, damage = transfer_decoded(headers, data)
    left.cut = left.cut or damage
    charset = _value(_CHARSET, kind).lower()
    if _STATEFUL.match(charset) and (b"\0" in data or charset[:5] not in ("utf-1", "utf16", "utf-3", "utf32")):
        try:
            return data.decode(charset)
        except (LookupError, UnicodeError):
            pass
    try:
        text: str | None = data.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    if text is not None and not (_WIDE.match(charset) and not text.isascii() and max(text) < "\u0800"):
        return text
    if charset not in ("", "utf-8", "utf8", "us-ascii", "ascii"):
        try:
            return data.decode(charset)
        except (LookupError, UnicodeError, ValueError):
            pass
    return data.decode("utf-8", "surrogateescape") if text is None else text


def _without_cr(text: str) -> str:
    """CRLF to LF, unless the diff's own lines end with LF: then the CR belong to the file."""
    if "\r\n" not in text or _STRUCTURE.search(text):
        return text
    return text.replace("\r\n", "\n")


def readable(text: str) -> str:
    """Text for people: bytes of no charset are taken for Latin-1, as git does."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return "\n".join([text_of(line) for line in text.encode("utf-8", "surrogateescape").split(b"\n")])
    return text


def _parts(kind: str, data: bytes, depth: int, left: _Left) -> Iterator[str]:
    """The texts and patches of a multipart body."""
    boundary = _value(_BOUNDARY, kind).encode("utf-8", "surrogateescape")
    if boundary and depth >= DEPTH:
        left.cut = f"parts in parts, deeper than {DEPTH}, are read as text"
    if not boundary or depth >= DEPTH:
        yield data.decode("utf-8", "surrogateescape")
        return
    for part in _split(data, boundary):
        if left.parts <= 0:
            left.cut = f"more than {PARTS} parts: the rest is not read"
            return
        left.parts -= 1
        block, _, body = _head(part)
        headers = Headers(block)
        inner = headers.get(b"content-type")
        name = inner.partition(";")[0].strip().lower() or "text/plain"
        if name.startswith("multipart/"):
            yield from _parts(inner, body, depth + 1, left)
        elif _wanted(name, headers, inner):
            text = _leaf(name, headers, inner, body, left)
            yield text if text.endswith("\n") or not text else text + "\n"


def _leaf(name: str, headers: Headers, kind: str, data: bytes, left: _Left) -> str:
    """The text of one part; "" for what is none: HTML, packed data."""
    text = _without_cr(_text(data, headers, kind, left))
    if name == "text/html":  # the same once more where there is plain text, and no C where there is none
        left.html = left.html or "@@ -" in text
        return ""
    if not name.startswith("text/") and "\0" in text and "\n@@ -" not in text:
        return ""
    if _PGP in text and (found := _pgp(text)):
        return found[0]
    if name == "text/plain" and _value(_FLOWED, kind).lower() == "flowed":
        return _flow(text, _value(_DELSP, kind).lower() == "yes")[0]
    return text


def _wanted(name: str, headers: Headers, kind: str) -> bool:
    if name.startswith("text/") or name in ("application/mbox", "message/rfc822") or "patch" in name or "diff" in name:
        return True
    named = kind + " " + headers.get(b"content-disposition")
    return name == "application/octet-stream" or (name.startswith("application/") and bool(_FILE.search(named)))


def _split(data: bytes, boundary: bytes) -> Iterator[bytes]:
    """The parts between the boundary lines."""
    line = re.compile(rb"^--" + re.escape(boundary) + rb"(--)?[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
    start = None
    for found in line.finditer(data):
        if start is not None:
            yield data[start : found.start()]
        start = found.end()
        if found[1]:
            return
    if start is not None:
        yield data[start:]  # the closing boundary is missing


def _head(part: bytes) -> tuple[bytes, bytes, bytes]:
    """Header block and body of a part or mail."""
    if part.startswith((b"\n", b"\r\n")):
        return b"", b"\n", part.partition(b"\n")[2]
    found = re.search(rb"\r?\n\r?\n", part)
    return (part[: found.start()], b"\n", part[found.end() :]) if found else (part, b"", b"")


def _flow(text: str, delsp: bool) -> tuple[str, tuple[int, ...]]:
    """Join the soft breaks of format=flowed (RFC 3676), as git does; and where each line came from."""
    out: list[str] = []
    origin: list[int] = []
    held, since = "", -1
    for number, line in enumerate(text.split("\n")):
        line = line.removesuffix("\r")
        if line == "-- ":
            if held:
                out.append(held)
                origin.append(since)
            held, since = "", -1
            out.append(line)
            origin.append(number)
            continue
        if since < 0:
            since = number
        line = line.removeprefix(" ")
        if line.endswith(" "):
            held += line[:-1] if delsp else line
            continue
        out.append(held + line)
        origin.append(since)
        held, since = "", -1
    if held:
        out.append(held)
        origin.append(since)
    return "\n".join(out), tuple(origin)


def _pgp(text: str) -> tuple[str, tuple[int, ...]] | None:
    """The signed text of an inline PGP message (RFC 4880, 7), dashes unescaped; and where each line came from.

    What stands in front of it stays; the signature and what stands behind it goes.
    """
    start = 0 if text.startswith(_PGP) else text.find("\n" + _PGP) + 1
    if not start and not text.startswith(_PGP):
        return None
    blank = text.find("\n\n", start)
    if blank < 0:
        return None
    end = text.find("\n-----BEGIN PGP SIGNATURE-----", blank)
    body = text[blank + 2 :] if end < 0 else text[blank + 2 : end] + "\n"
    body = re.sub(r"^- ", "", body, flags=re.MULTILINE)
    before = text[:start] if text[:start].strip() else ""
    skipped = text.count("\n", 0, blank + 2)
    lines = range(skipped, skipped + body.count("\n") + 1)
    return before + body, (*range(before.count("\n")), *lines)
