# SPDX-License-Identifier: GPL-2.0-or-later
"""Content-Transfer-Encoding undone, also where the header is stale or the data are damaged."""

from __future__ import annotations

from gfplint import regex
from gfplint.mail.headers import Headers

_CLEAN = regex.compile(rb"(?:[A-Za-z0-9+/]*={0,2}[ \t]*\r?\n)*(?:[A-Za-z0-9+/]*={0,2}[ \t]*)?")
_FOREIGN = regex.compile(rb"[^A-Za-z0-9+/]+")
_ESCAPE = regex.compile(rb"=(?:[0-9A-Fa-f]{2}|[ \t]*\r?\n|[ \t]*\Z)")
_FULL = regex.compile(rb"[A-Za-z0-9+/]{60,}={0,2}[ \t]*\r?(?:\n|\Z)")  # a line that no text has
_LAST = regex.compile(rb"[A-Za-z0-9+/]+={0,2}[ \t]*\r?(?:\n|\Z)")
_WORD = 40  # characters of what is no word


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
        from binascii import a2b_qp

        escapes = len(_ESCAPE.findall(data))
        return a2b_qp(data) if escapes and 2 * escapes > data.count(b"=") else data, None
    if how == "base64":
        return _base64(data)
    return data, None


def _base64(data: bytes) -> tuple[bytes, str | None]:
    """Decode base64, with whatever a list put behind it as plain text."""
    from binascii import a2b_base64

    start = len(data) - len(data.lstrip())
    match = _CLEAN.match(data, start)
    end = match.end() if match else start
    coded = b"".join(data[start:end].split())
    rest = data[end:].lstrip(b"\r\n")
    mostly = bool(coded) and end - start >= len(data) - end
    if not mostly or (rest and b" " not in rest[:_WORD]):
        plain, damage = _damaged(data)
        if damage or not mostly:
            return plain, damage
    damage = None
    if len(coded) % 4 == 1:
        coded, damage = coded[:-1], "base64 data that end early"
    try:
        return _with_rest(a2b_base64(coded + b"=" * (-len(coded) % 4)), rest), damage
    except ValueError:
        return _damaged(data)


def _damaged(data: bytes) -> tuple[bytes, str | None]:
    """Decode line by line, as git does: a bad byte spoils its line, not those behind it."""
    from binascii import a2b_base64

    lines = data.splitlines(keepends=True)
    good = [at for at, line in enumerate(lines) if _FULL.match(line)]
    if not good:
        return data, None
    end = good[-1] + 1
    end += end < len(lines) and bool(_LAST.match(lines[end]))
    size = sum(map(len, lines[:end]))
    if 2 * len(good) < end - lines[:end].count(b"\n") or 2 * size < len(data):
        return data, None
    plain: list[bytes] = []
    bad = 0
    for line in lines[:end]:
        letters = _FOREIGN.sub(b"", line)
        odd = len(letters) % 4 == 1
        bad += odd or len(letters) < len(line.strip().rstrip(b"="))
        letters = letters[: len(letters) - odd]
        plain.append(a2b_base64(letters + b"=" * (-len(letters) % 4)))
    damage = f"damaged base64 data in {bad} of {end} lines" if bad else None
    return _with_rest(b"".join(plain), data[size:].lstrip(b"\r\n")), damage


def _with_rest(plain: bytes, rest: bytes) -> bytes:
    return plain + (b"\n" if rest and not plain.endswith(b"\n") else b"") + rest
