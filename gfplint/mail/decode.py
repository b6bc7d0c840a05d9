# SPDX-License-Identifier: GPL-2.0-or-later
"""The body of a mail -> its text: transfer encodings, charsets, parts, flowed lines."""

import re
from binascii import Error as BinasciiError
from binascii import a2b_base64, a2b_qp
from collections.abc import Iterator

from gfplint import regex
from gfplint.mail.headers import Headers, text_of
from gfplint.record import NamedTuple

_LIMIT = 4096  # characters of a Content-Type
DEPTH = 8  # of parts in parts
PARTS = 256  # of one mail
_PARAMETER = r';\s*{}\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))'
_BOUNDARY = regex.compile(_PARAMETER.format("boundary"), re.IGNORECASE)
_CHARSET = regex.compile(_PARAMETER.format("charset"), re.IGNORECASE)
_FLOWED = regex.compile(_PARAMETER.format("format"), re.IGNORECASE)
_DELSP = regex.compile(_PARAMETER.format("delsp"), re.IGNORECASE)
_FILE = regex.compile(r"\.(?:patch|diff|mbox|eml|txt|c|h)\b", re.IGNORECASE)
_BASE64 = regex.compile(rb"(?:[A-Za-z0-9+/]*={0,2}[ \t]*\r?\n)*(?:[A-Za-z0-9+/]*={0,2}[ \t]*)?")
_ESCAPE = regex.compile(rb"=(?:[0-9A-Fa-f]{2}|[ \t]*\r?\n|[ \t]*\Z)")
_STATEFUL = regex.compile(r"(?:iso-2022|utf-?7|utf-?16|utf-?32|hz)", re.IGNORECASE)  # ASCII bytes are no ASCII there
_STRUCTURE = regex.compile(r"^(?:diff --git |\+\+\+ |@@ -)[^\n]*[^\r\n]$", re.MULTILINE)


class Body(NamedTuple):
    """The text of a mail."""

    text: str  # surrogateescape where no charset fits
    first: int | None  # line of the mail of the first line of text; None when lines do not follow the mail's
    cut: str | None = None  # the bound that was met: what lies beyond it is not read
    origin: tuple[int, ...] = ()  # line of the text before flowed lines were joined, for each line; () when none were


class Left:
    """How many parts of a mail may still be read, and which bound was met."""

    def __init__(self) -> None:
        self.parts = PARTS
        self.cut: str | None = None


def read_body(headers: Headers, data: bytes) -> Body:
    """Decode the body that stands behind ``headers``."""
    kind = headers.get(b"content-type") if b"content-type" in headers else ""
    if kind[:10].lower() == "multipart/":
        left = Left()
        parts = [text for text, wanted in _parts(kind, data, 0, left) if wanted]
        return Body("".join(parts), None, left.cut)
    text = _without_cr(_text(data, headers, kind))
    first = headers.lines + 2
    if text.startswith("-----BEGIN PGP SIGNED MESSAGE-----"):
        text, skipped = _pgp(text)
        return Body(text, first + skipped)
    if _value(_FLOWED, kind).lower() == "flowed":
        text, origin = _flow(text, _value(_DELSP, kind).lower() == "yes")
        return Body(text, first, origin=origin)
    return Body(text, first)


def _value(pattern: re.Pattern[str], field: str) -> str:
    found = pattern.search(field[:_LIMIT])
    return "" if not found else found[1] if found[1] is not None else found[2]


def transfer_decoded(headers: Headers, data: bytes) -> bytes:
    """Undo the transfer encoding, unless the body does not look like it: then the header is stale."""
    encoding = headers.get(b"content-transfer-encoding").lower() if b"content-transfer-encoding" in headers else ""
    if encoding == "quoted-printable":
        escapes = len(_ESCAPE.findall(data))
        return a2b_qp(data) if escapes and 2 * escapes > data.count(b"=") else data
    if encoding == "base64":
        return _base64(data)
    return data


def _base64(data: bytes) -> bytes:
    """Decode base64, with whatever a list put behind it as plain text."""
    start = len(data) - len(data.lstrip())
    match = _BASE64.match(data, start)
    end = match.end() if match else start
    coded = b"".join(data[start:end].split())
    if not coded or len(coded) % 4 == 1 or end - start < len(data) - end:
        return data
    try:
        plain = a2b_base64(coded + b"=" * (-len(coded) % 4))
    except BinasciiError:
        return data
    rest = data[end:].lstrip(b"\r\n")
    return plain + (b"\n" if rest and not plain.endswith(b"\n") else b"") + rest


def _text(data: bytes, headers: Headers, kind: str) -> str:
    """The decoded bytes as text: UTF-8 whenever they are; else the declared charset; else kept as they are."""
    data = transfer_decoded(headers, data)
    charset = _value(_CHARSET, kind)
    if charset and _STATEFUL.match(charset):
        try:
            return data.decode(charset)
        except (LookupError, UnicodeError):
            pass
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if charset.lower() not in ("", "utf-8", "utf8", "us-ascii", "ascii"):
        try:
            return data.decode(charset)
        except (LookupError, UnicodeError, ValueError):
            pass
    return data.decode("utf-8", "surrogateescape")


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
        return text_of(text.encode("utf-8", "surrogateescape"))
    return text


def _parts(kind: str, data: bytes, depth: int, left: Left) -> Iterator[tuple[str, bool]]:
    """The leaves of a multipart body, and whether each may hold text or a patch."""
    boundary = _value(_BOUNDARY, kind).encode("utf-8", "surrogateescape")
    if boundary and depth >= DEPTH:
        left.cut = f"parts in parts, deeper than {DEPTH}, are read as text"
    if not boundary or depth >= DEPTH:
        yield data.decode("utf-8", "surrogateescape"), True
        return
    plain = False
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
            continue
        wanted = _wanted(name, headers, inner)
        if name == "text/html":  # the same once more, where there is plain text
            wanted = not plain and "alternative" not in kind.lower()
        plain = plain or name == "text/plain"
        if not wanted:
            continue
        text = _without_cr(_text(body, headers, inner))
        if name == "text/plain" and _value(_FLOWED, inner).lower() == "flowed":
            text = _flow(text, _value(_DELSP, inner).lower() == "yes")[0]
        yield text if text.endswith("\n") or not text else text + "\n", True


def _wanted(name: str, headers: Headers, kind: str) -> bool:
    if name.startswith("text/") or name in ("application/mbox", "message/rfc822") or "patch" in name or "diff" in name:
        return True
    named = kind + " " + headers.get(b"content-disposition")
    return name == "application/octet-stream" or (name.startswith("application/") and bool(_FILE.search(named)))


def _split(data: bytes, boundary: bytes) -> list[bytes]:
    """The parts between the boundary lines."""
    line = regex.compile(rb"^--" + re.escape(boundary) + rb"(--)?[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
    parts: list[bytes] = []
    start = None
    for found in line.finditer(data):
        if start is not None:
            parts.append(data[start : found.start()])
        start = found.end()
        if found[1]:
            return parts
    if start is not None:
        parts.append(data[start:])  # the closing boundary is missing
    return parts


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


def _pgp(text: str) -> tuple[str, int]:
    """The signed text of an inline PGP message (RFC 4880, 7), dashes unescaped; and how many lines stood before."""
    head, _, rest = text.partition("\n\n")
    body = rest.partition("\n-----BEGIN PGP SIGNATURE-----")[0] + "\n"
    return re.sub(r"^- ", "", body, flags=re.MULTILINE), head.count("\n") + 2
