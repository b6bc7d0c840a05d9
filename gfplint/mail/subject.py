# SPDX-License-Identifier: GPL-2.0-or-later
"""What a subject says: [PATCH v3 2/7] and what stands around it."""

from __future__ import annotations

import re

from gfplint import regex
from gfplint.mail.headers import squeeze
from gfplint.record import NamedTuple

_LIMIT = 2000  # characters; no subject is near it
_REPLY = regex.compile(r"\s*(?:re|aw|sv|antw|fwd?|wg)\s*(?:\[\d+\])?\s*:", re.IGNORECASE)
_BRACKETS = regex.compile(r"\[([^\]]*)\]")
_NUMBER = regex.compile(r"0*(\d{1,4})/0*(\d{1,4})$")
_VERSION = regex.compile(r"(?:patch|rfc|resend)?-?v(\d{1,3})(?:\.\d+)?$", re.IGNORECASE)
_SLASH = regex.compile(r"\s*+/\s*")
_GLUED = regex.compile(r"(patch)(v\d{1,3})?(?:,)?(\d{1,4}/\d{1,4})?$", re.IGNORECASE)


class Subject(NamedTuple):
    """A subject taken apart."""

    title: str
    number: int | None
    total: int | None
    version: int
    tags: tuple[str, ...]  # what else the brackets hold, PATCH apart: RFC, RESEND, net-next
    patch: bool  # the brackets say PATCH (or RFC with a number)
    reply: bool


def read_subject(text: str) -> Subject:
    """Take apart a subject that is decoded and unfolded."""
    text = text[:_LIMIT]
    number = total = None
    version, patch = 1, False
    tags: list[str] = []
    for word in _words(text):
        if word == "PATCH":
            patch = True
        elif "/" in word and number is None and (found := _NUMBER.match(word)):
            number, total = int(found[1]), int(found[2])
        elif found := _VERSION.match(word):
            version = int(found[1]) or 1
            patch = patch or word.lower().startswith("patch")
        elif word.upper() == "PATCH":
            patch = True
        else:
            tags.append(word)
    patch = patch or (number is not None and "RFC" in tags)
    return Subject(title_of(text), number, total, version, tuple(tags), patch, bool(_REPLY.match(text)))


def _words(text: str) -> list[str]:
    """The words in the brackets before the title."""
    words: list[str] = []
    rest = _after_reply(text)
    while rest.startswith("[") and (found := _BRACKETS.match(rest)):
        inside = found[1].replace(",", " ")
        if "/" in inside:
            inside = _SLASH.sub("/", inside)
        for word in inside.split():
            glued = _GLUED.match(word) if word != "PATCH" else None
            words += [part for part in glued.groups() if part] if glued else [word]
        rest = _after_reply(rest[found.end() :].lstrip(" \t:"))
    return words


def _after_reply(text: str) -> str:
    """The subject without the Re: in front of it."""
    text = text.lstrip()
    while not text.startswith("[") and (reply := _REPLY.match(text)):
        text = text[reply.end() :].lstrip()
    return text


def title_of(text: str) -> str:
    """The subject as git mailinfo leaves it: without Re:, leading brackets, blanks and colons."""
    at = 0
    while at < len(text):
        char = text[at]
        if char in "rR" and text[at + 1 : at + 3].lower() == "e:" and len(text) > at + 3:
            at += 3
        elif char in " \t:":
            at += 1
        elif char == "[" and (end := text.find("]", at)) >= 0:
            at = end + 1
        else:
            break
    return squeeze(text[at:]).strip(" ")
