# SPDX-License-Identifier: GPL-2.0-or-later
"""Mail as text: headers that nobody can inject into, a body that survives the way.

Written by hand because the standard library folds long Message-IDs into
encoded words, and because a header made of hostile text must not raise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from gfplint import regex
from gfplint.diff.model import Author

LONGEST = 78  # columns of a header line
HARD = 998  # bytes of a line, RFC 5322
_ID = regex.compile(r"[!-;=?-~]+@[!-;=?-~]+")  # printable ASCII without <, > and blanks
_ADDRESS = regex.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_ATOMS = regex.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")


def message_id(text: str | None) -> str | None:
    """A Message-ID in its angle brackets, None when it is not one."""
    bare = (text or "").strip().removeprefix("<").removesuffix(">")
    return f"<{bare}>" if _ID.fullmatch(bare) and len(bare) < 900 else None


def address(author: Author) -> str | None:
    """An address for a header, None when the mail gave none that can be used."""
    if not _ADDRESS.fullmatch(author.email) or len(author.email) > 254:
        return None
    name = one_line(author.name)[:120]
    if not name:
        return author.email
    if not name.isascii():
        return f"{encoded(name, 0)} <{author.email}>"
    if not _ATOMS.fullmatch(name):
        name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{name} <{author.email}>"


def one_line(text: str) -> str:
    """Header text on one line: no control characters, no bytes that are no UTF-8."""
    import unicodedata

    kept = ("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
    return " ".join("".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in kept).split())


def header(name: str, text: str) -> str:
    """A header of free text, folded; RFC 2047 where it is not ASCII."""
    line = one_line(text)[:2000]
    if not line.isascii() or "=?" in line:
        return f"{name}: {encoded(line, len(name) + 2)}\n"
    return _folded(name, line.split(" "))


def structured(name: str, items: Iterable[str]) -> str:
    """A header of items that may not be broken, such as Message-IDs."""
    return _folded(name, list(items))


def _folded(name: str, words: list[str]) -> str:
    lines = [f"{name}:"]
    for word in words:
        if len(lines[-1]) + 1 + len(word) > LONGEST and lines[-1] != f"{name}:":
            lines.append("")
        lines[-1] += f" {word}"
    return "\n".join(lines) + "\n"


def encoded(text: str, used: int) -> str:
    """RFC 2047 words in base64, each a whole number of characters, folded."""
    import base64

    words: list[str] = []
    chunk = b""
    room = 75 - used
    for char in text:
        raw = char.encode("utf-8", "replace")
        if len(base64.b64encode(chunk + raw)) + 12 > max(room, 24):
            words.append(chunk.decode())
            chunk, room = b"", 75
        chunk += raw
    words.append(chunk.decode())
    return "\n ".join(f"=?utf-8?B?{base64.b64encode(word.encode()).decode()}?=" for word in words)


def body(text: str) -> tuple[str, str]:
    """A body as it is sent, and its Content-Transfer-Encoding: 7bit, 8bit, or quoted-printable for long lines."""
    text = text.encode("utf-8", "replace").decode()
    if all(len(line.encode()) <= HARD for line in text.split("\n")):
        return text, "7bit" if text.isascii() else "8bit"
    import quopri

    return quopri.encodestring(text.encode(), quotetabs=False).decode("ascii"), "quoted-printable"


def mboxrd(message: str) -> str:
    """A message as it stands in an mboxrd file."""
    quoted = re.sub(r"^(>*From )", r">\1", message, flags=re.MULTILINE)
    return f"From gfplint Thu Jan  1 00:00:00 1970\n{quoted}\n"
