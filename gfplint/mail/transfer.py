# SPDX-License-Identifier: GPL-2.0-or-later
"""Content-Transfer-Encoding undone, also where the header is stale or the data are damaged."""

from binascii import Error as BinasciiError
from binascii import a2b_base64, a2b_qp

from gfplint import regex
from gfplint.mail.headers import Headers

_CLEAN = regex.compile(rb"(?:[A-Za-z0-9+/]*={0,2}[ \t]*\r?\n)*(?:[A-Za-z0-9+/]*={0,2}[ \t]*)?")
_FOREIGN = regex.compile(rb"[^A-Za-z0-9+/]+")
_ESCAPE = regex.compile(rb"=(?:[0-9A-Fa-f]{2}|[ \t]*\r?\n|[ \t]*\Z)")
_BAD = 4  # bytes in a line of base64 that are none
_SHORTEST = 40  # characters of a line that may have any: words are no base64


def encoding(headers: Headers) -> str:
    """The declared encoding in small letters; "" for none."""
    if b"content-transfer-encoding" not in headers:
        return ""
    words = headers.get(b"content-transfer-encoding").lower().replace(";", " ").split()
    return words[0] if words else ""


def transfer_decoded(headers: Headers, data: bytes) -> tuple[bytes, str | None]:
    """The data decoded, unless they do not look like it: then the header is stale; and what is wrong with them."""
    how = encoding(headers)
    if how == "quoted-printable":
        escapes = len(_ESCAPE.findall(data))
        return a2b_qp(data) if escapes and 2 * escapes > data.count(b"=") else data, None
    if how == "base64":
        return _base64(data)
    return data, None


def _base64(data: bytes) -> tuple[bytes, str | None]:
    """Decode base64, with whatever a list put behind it as plain text."""
    start = len(data) - len(data.lstrip())
    match = _CLEAN.match(data, start)
    end = match.end() if match else start
    coded = b"".join(data[start:end].split())
    rest = data[end:].lstrip(b"\r\n")
    mostly = bool(coded) and end - start >= len(data) - end
    if not mostly or (rest and b" " not in rest[:_SHORTEST]):
        plain, damage = _damaged(data)
        if damage or not mostly:
            return plain, damage
    damage = None
    if len(coded) % 4 == 1:
        coded, damage = coded[:-1], "base64 data that end early"
    try:
        return _with_rest(a2b_base64(coded + b"=" * (-len(coded) % 4)), rest), damage
    except BinasciiError:
        return _damaged(data)


def _damaged(data: bytes) -> tuple[bytes, str | None]:
    """Decode line by line, as git does: a bad byte spoils its line, not those behind it."""
    plain: list[bytes] = []
    coded = bad = end = 0
    for line in data.splitlines(keepends=True):
        text = line.strip()
        letters = _FOREIGN.sub(b"", text)
        strange = len(text.rstrip(b"=")) - len(letters)
        if strange and (strange > _BAD or len(text) < _SHORTEST or b" " in text):
            break
        end += len(line)
        coded += len(letters)
        bad += bool(strange) or len(letters) % 4 == 1
        letters = letters[: len(letters) - (len(letters) % 4 == 1)]
        plain.append(a2b_base64(letters + b"=" * (-len(letters) % 4)))
    if not coded or end < len(data) - end or bad * 2 > len(plain):
        return data, None
    damage = f"damaged base64 data in {bad} of {len(plain)} lines" if bad else None
    return _with_rest(b"".join(plain), data[end:].lstrip(b"\r\n")), damage


def _with_rest(plain: bytes, rest: bytes) -> bytes:
    return plain + (b"\n" if rest and not plain.endswith(b"\n") else b"") + rest
