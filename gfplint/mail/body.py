# SPDX-License-Identifier: GPL-2.0-or-later
"""The text of a mail -> log message and diff, cut where git mailinfo cuts."""

from __future__ import annotations

import re

from gfplint import regex
from gfplint.record import NamedTuple

_SEPARATOR = regex.compile(r"---(?: [^\s]|[^\S\n]*+$)", re.MULTILINE)
_FILE = regex.compile(r"^(?:diff -|Index: \S|--- [^\n]*\n\+\+\+ )", re.MULTILINE)
_NAMES = regex.compile(r"^(?:--- [^\n]*\n\+\+\+ |diff --git a/\S+ b/\S)", re.MULTILINE)
_SUBSTANCE = regex.compile(
    r"^(?:@@ -\d|@@@ |rename |copy |new file mode|deleted file mode|old mode|GIT binary patch|Binary files )",
    re.MULTILINE,
)
_HUNK = regex.compile(r"^@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@", re.MULTILINE)
_FORWARDED = regex.compile(
    r"^(?:-{3,} ?(?:Original Message|Forwarded message|Weitergeleitete Nachricht)"
    r"|\*?From:[^\n]{1,400}\n(?:\*?Date:[^\n]{1,400}\n)?+\*?(?:Sent|To|Cc):[^\n]{1,400}\n)",
    re.MULTILINE | re.IGNORECASE,
)
_INBODY = regex.compile(r"(from|subject|date)[ \t]*:[ \t]*(.*)", re.IGNORECASE | re.DOTALL)
_FORMAT_PATCH = regex.compile(r">From [0-9a-f]{40,64} Mon Sep 17 00:00:00 2001$")
_SCISSORS = (">8", "8<", ">%", "%<")
_MARKS = regex.compile(r">8|8<|>%|%<|.", re.DOTALL)
_TRAILER = regex.compile(r"^([A-Za-z][A-Za-z0-9-]*): +(\S[^\n]*)$", re.MULTILINE)
_BASE = regex.compile(r"^base-commit: ([0-9a-f]{7,64})\b", re.MULTILINE)
_CHANGE = regex.compile(r"^change-id: (\S+)", re.MULTILINE)
_PREREQUISITE = regex.compile(r"^prerequisite-patch-id: ([0-9a-f]{40,64})", re.MULTILINE)


class Parts(NamedTuple):
    """What a body holds."""

    message: str
    diff: str  # "" where there is none
    before: int  # lines of the body in front of the diff
    inbody: dict[str, str]  # from, subject, date in the body: they win over the header's
    notes: str = ""  # what stands between the message and the diff


def split_body(text: str, reply: bool, patch: bool) -> Parts:
    """Cut a body into message and diff.

    ``reply`` and ``patch`` say what the subject claims: a diff that a reply
    merely carries along is not its own, and hunks without a file header
    count as a (broken) diff only in a patch.
    """
    message, inbody, start, cut = _message(text)
    at = _diff_start(text, cut, patch and not reply)
    if at is None or (reply and _FORWARDED.search(text, start, at)):
        return Parts(message, "", 0, inbody)
    return Parts(message, text[at:], text.count("\n", 0, at), inbody, text[min(cut, at) : at])


def _diff_start(text: str, cut: int, patch: bool) -> int | None:
    found = _FILE.search(text, cut)
    while found:
        if _SUBSTANCE.search(text, found.start()) or (patch and _NAMES.search(text, found.start())):
            return found.start()
        return None
    if patch and (hunk := _HUNK.search(text)):
        return hunk.start()
    return None


def _end(text: str) -> int:
    """Where the log message ends: at a diff, or at a line of three dashes."""
    text = "\n" + text  # every line begins behind a line end, which stands where the line itself was
    ends = [at for start in ("\ndiff -", "\nIndex: ") if (at := text.find(start)) >= 0]
    at = text.find("\n---")
    while at >= 0 and not _SEPARATOR.match(text, at + 1):
        at = text.find("\n---", at + 1)
    return min([*ends, *([at] if at >= 0 else [])], default=len(text) - 1)


def _message(text: str) -> tuple[str, dict[str, str], int, int]:
    """The log message, the headers in the body, and where the message begins, behind scissors, and ends."""
    end = _end(text)
    inbody: dict[str, list[str]] = {}
    kept: list[str] = []
    text = text[:end]
    cuts = any(mark in text for mark in _SCISSORS)
    stage = True
    last = ""  # name of the in-body header that a folded line would go on with
    begin = 0  # first line behind the scissors
    lines = _lines(text)
    for number, line in enumerate(lines, 1):
        if stage:
            if line in ("\n", "\r\n"):
                stage = not last
                continue
            if last and line[0] in " \t" and not is_scissors(line):
                inbody[last].append(line.strip())
                continue
            name = _inbody(line, inbody)
            if name is not None:
                last = name or last
                continue
            stage = False
        if cuts and is_scissors(line):
            kept, inbody, stage, last, begin = [], {}, True, "", number
            continue
        kept.append(line)
    found = {name: " ".join(folded) for name, folded in inbody.items()}
    return "".join(kept).replace("\r\n", "\n"), found, sum(map(len, lines[:begin])), end


def _lines(text: str) -> list[str]:
    lines = [line + "\n" for line in text.split("\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def _inbody(line: str, inbody: dict[str, list[str]]) -> str | None:
    """The header that a line at the start of a body is; "" for one without a name; None for text."""
    if line.startswith(">From ") and _FORMAT_PATCH.match(line.rstrip()):
        return ""
    if line.startswith("[PATCH]") and line[7:8].isspace():
        inbody["subject"] = [line.strip()]
        return "subject"
    found = _INBODY.match(line)
    if found is None or found[1].lower() in inbody:
        return None
    inbody[found[1].lower()] = [found[2].strip()]
    return found[1].lower()


def is_scissors(line: str) -> bool:
    """A line of dashes with scissors, such as ``-- >8 --``: what stands above it is not the message."""
    if not any(mark in line for mark in _SCISSORS):
        return False
    perforation = scissors = gap = 0
    inside = False
    for found in _MARKS.finditer(line):
        mark = found[0]
        if mark.isspace():
            perforation += inside
            gap += inside
        elif mark == "-" or len(mark) == 2:
            inside = True
            perforation += len(mark)
            scissors += len(mark) == 2
        else:
            inside = False
    visible = len(line.strip())
    return scissors > 0 and 8 <= visible < perforation * 3 and gap * 2 < perforation


def trailers(message: str) -> tuple[tuple[str, str], ...]:
    """The trailers of a log message: the fields of its last paragraph that has any."""
    block = message.rstrip().rpartition("\n\n")[2]
    found = tuple(_TRAILER.findall(block))
    signed = any(name.lower().endswith("-by") for name, _ in found)
    return found if signed or len(found) == block.count("\n") + 1 else ()


def base_commit(text: str) -> str | None:
    """What git format-patch --base wrote."""
    found = _BASE.search(text) if "base-commit: " in text else None
    return found[1] if found else None


def change_id(text: str) -> str | None:
    """What b4 wrote: the same for all versions of a series."""
    found = _CHANGE.search(text) if "change-id: " in text else None
    return found[1] if found else None


def prerequisites(text: str) -> tuple[str, ...]:
    """Patch ids that git format-patch --base says must be applied first."""
    return tuple(_PREREQUISITE.findall(text)) if "prerequisite-patch-id: " in text else ()
