# SPDX-License-Identifier: GPL-2.0-or-later
"""Hostile mails: the time to read one grows with its size, not faster."""

import time
from collections.abc import Callable

import pytest

from gfplint.mail.intake import Intake

HEAD = b"From: A <a@example.org>\nMessage-ID: <1@x>\n"
DIFF = b"diff --git a/mm/a.c b/mm/a.c\n--- a/mm/a.c\n+++ b/mm/a.c\n@@ -1,2 +1,2 @@\n-a\n+b\n c\n"
PATCH = b"Subject: [PATCH] x\n"


def fill(text: bytes, size: int) -> bytes:
    """The text again and again, up to about that size."""
    return text * (size // len(text) + 1)


CASES: dict[str, Callable[[int], bytes]] = {
    "header no colon": lambda size: HEAD + PATCH + fill(b"a", size) + b"\n\n" + DIFF,
    "folded": lambda size: HEAD + b"Subject: x\n" + fill(b" y\n", size) + b"\n" + DIFF,
    "headers": lambda size: HEAD + PATCH + fill(b"X-a: b\n", size) + b"\n" + DIFF,
    "brackets": lambda size: HEAD + b"Subject: " + fill(b"[a]", size) + b"\n\n" + DIFF,
    "brackets open": lambda size: HEAD + b"Subject: " + fill(b"[", size) + b"\n\n" + DIFF,
    "re": lambda size: HEAD + b"Subject: " + fill(b"re: ", size) + b"\n\n" + DIFF,
    "words": lambda size: HEAD + b"Subject: " + fill(b"=?utf-8?q?aa?= ", size) + b"\n\n" + DIFF,
    "word open": lambda size: HEAD + b"Subject: " + fill(b"=?utf-8?q?", size) + b"\n\n" + DIFF,
    "word spaces": lambda size: HEAD + b"Subject: a?=" + fill(b" ", size) + b"x\n\n" + DIFF,
    "from": lambda size: b"From: " + fill(b"a@b <", size) + b"\nSubject: x\n\n" + DIFF,
    "from quotes": lambda size: b"From: " + fill(b'"(\\', size) + b"\nSubject: x\n\n" + DIFF,
    "date": lambda size: HEAD + PATCH + b"Date: " + fill(b"1 ", size) + b"\n\n" + DIFF,
    "date sp": lambda size: HEAD + PATCH + b"Date: 1" + fill(b" ", size) + b"\n\n" + DIFF,
    "refs": lambda size: HEAD + b"Subject: [PATCH 1/2] x\nReferences: " + fill(b"<a@b> ", size) + b"\n\n" + DIFF,
    "refs open": lambda size: HEAD + b"Subject: [PATCH 1/2] x\nReferences: " + fill(b"<", size) + b"\n\n" + DIFF,
    "ctype": lambda size: HEAD + PATCH + b"Content-Type: text/plain" + fill(b'; a="\\', size) + b"\n\n" + DIFF,
    "parts": lambda size: HEAD + PATCH + b"Content-Type: multipart/mixed; boundary=x\n\n" + fill(b"--x\n\na\n", size),
    "nested": lambda size: (
        HEAD
        + PATCH
        + b"Content-Type: multipart/mixed; boundary=x\n\n"
        + fill(b"--x\nContent-Type: multipart/mixed; boundary=x\n\n", size)
    ),
    "qp": lambda size: HEAD + PATCH + b"Content-Transfer-Encoding: quoted-printable\n\n" + fill(b"=", size),
    "qp sp": lambda size: HEAD + PATCH + b"Content-Transfer-Encoding: quoted-printable\n\n=" + fill(b" ", size),
    "b64": lambda size: HEAD + PATCH + b"Content-Transfer-Encoding: base64\n\n" + fill(b"QUJD", size),
    "b64 lines": lambda size: HEAD + PATCH + b"Content-Transfer-Encoding: base64\n\n" + fill(b"=\n", size),
    "flowed": lambda size: HEAD + PATCH + b"Content-Type: text/plain; format=flowed\n\n" + fill(b"a \n", size) + DIFF,
    "inbody": lambda size: HEAD + PATCH + b"\nFrom: a\n" + fill(b" y\n", size) + b"\n" + DIFF,
    "dashes": lambda size: HEAD + PATCH + b"\n" + fill(b"-", size) + b"\n" + DIFF,
    "dash sp": lambda size: HEAD + PATCH + b"\n---" + fill(b" ", size) + b"x\n" + DIFF,
    "scissors": lambda size: HEAD + PATCH + b"\n" + fill(b"-- >8 --\n", size) + b"\n" + DIFF,
    "scissors line": lambda size: HEAD + PATCH + b"\nx" + fill(b"-- >8 -- a", size) + b"\n" + DIFF,
    "trailers": lambda size: HEAD + PATCH + b"\n\n" + fill(b"A-by: b\n", size) + b"---\n" + DIFF,
    "base": lambda size: HEAD + PATCH + b"\n\n" + fill(b"base-commit: \n", size) + b"---\n" + DIFF,
    "files": lambda size: HEAD + PATCH + b"\n" + fill(DIFF, size),
    "hunks": lambda size: HEAD + PATCH + b"\n" + DIFF + fill(b"@@ -9 +9 @@\n-a\n+b\n", size),
    "bad hunks": lambda size: HEAD + PATCH + b"\n" + DIFF + fill(b"@@ -9,3 +9,3 @@\n-a\nx\n", size),
    "huge counts": lambda size: HEAD + PATCH + b"\n" + DIFF + fill(b"@@ -9,999999999 +9,999999999 @@\n-a\n", size),
    "one hunk": lambda size: (
        HEAD
        + PATCH
        + b"\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,999999999 +1,999999999 @@\n"
        + fill(b"+a\n c\n", size)
    ),
    "orphans": lambda size: HEAD + PATCH + b"\n" + DIFF + b"x\n" + fill(b"@@ -9 +9 @@\n", size),
    "wrapped": lambda size: HEAD + PATCH + b"\n" + DIFF + b"@@ -9,3 +9,3 @@\n-a\n" + fill(b"xx\n", size),
    "long line": lambda size: HEAD + PATCH + b"\n" + DIFF + b"@@ -9,3 +9,3 @@\n-a\n" + fill(b"x", size),
    "blank": lambda size: HEAD + PATCH + b"\n" + DIFF + fill(b"\n", size),
    "blank hunks": lambda size: HEAD + PATCH + b"\n" + DIFF + fill(b"\n\n\n@@ -9 +9 @@\n-a\n+b\n", size),
    "headers only": lambda size: HEAD + PATCH + b"\n" + DIFF + fill(b"diff --git a/x b/x\n", size),
    "minus": lambda size: HEAD + PATCH + b"\n" + DIFF + fill(b"--- a\n+++ b\n", size),
    "names sp": lambda size: (
        HEAD
        + PATCH
        + b"\n"
        + fill(b"--- a" + b" " * 8000 + b"b\n+++ a" + b" " * 8000 + b"b\n@@ -1 +1 @@\n-a\n+b\n", size)
    ),
    "quoted names": lambda size: (
        HEAD + PATCH + b"\n" + fill(b"diff --git " + b"a " * 4000 + b'"\n@@ -1 +1 @@\n-a\n+b\n', size)
    ),
    "quoted names2": lambda size: (
        HEAD + PATCH + b"\n" + fill(b'diff --git "' + b"\\" * 8001 + b" b\nold mode 1\n", size)
    ),
    "binary": lambda size: (
        HEAD + PATCH + b"\ndiff --git a/x b/x\nGIT binary patch\n" + fill(b"literal 1\nAaaa\n\n", size)
    ),
    "combined": lambda size: HEAD + PATCH + b"\n" + fill(b"diff --cc x\n@@@ -1 -1 +1 @@@\n", size),
    "from lines": lambda size: fill(b"From a Mon Sep 17 00:00:00 2001\n", size) + DIFF,
    "false from": lambda size: (
        b"From a Mon Sep 17 00:00:00 2001\n" + HEAD + PATCH + b"\n" + fill(b"From a\n", size) + DIFF
    ),
    "from colons": lambda size: (
        b"From a Mon Sep 17 00:00:00 2001\n"
        + HEAD
        + PATCH
        + b"\n"
        + b"From "
        + fill(b"0 00:00:00 1", size)
        + b"\n"
        + DIFF
    ),
    "from digits": lambda size: (
        b"From a Mon Sep 17 00:00:00 2001\n"
        + HEAD
        + PATCH
        + b"\n"
        + b"From 0 00:00 "
        + fill(b"1", size)
        + b":\n"
        + DIFF
    ),
    "mails": lambda size: fill(b"From a Mon Sep 17 00:00:00 2001\n" + HEAD + PATCH + b"\n" + DIFF, size),
    "series": lambda size: fill(b"From a Mon Sep 17 00:00:00 2001\nSubject: [PATCH 1/2] x\n\n" + DIFF, size),
    "series same id": lambda size: fill(
        b"From a Mon Sep 17 00:00:00 2001\nMessage-ID: <a-1-b@c>\nSubject: [PATCH 1/2] x\n\n" + DIFF, size
    ),
    "content-length": lambda size: fill(b"From a Mon Sep 17 00:00:00 2001\nContent-Length: 999\n\n" + DIFF, size),
    "gt from": lambda size: (
        b"From a b Mon Sep 18 00:00:00 2001\n" + HEAD + PATCH + b"\n" + fill(b">>>From x\n", size) + DIFF
    ),
    "gt": lambda size: b"From a b Mon Sep 18 00:00:00 2001\n" + HEAD + PATCH + b"\n" + fill(b">", size) + DIFF,
    "crlf": lambda size: (HEAD + PATCH + b"\n" + fill(b"a\n", size) + DIFF).replace(b"\n", b"\r\n"),
    "nul": lambda size: HEAD + PATCH + b"\n" + fill(b"\0", size) + b"\n" + DIFF,
    "pgp": lambda size: HEAD + PATCH + b"\n-----BEGIN PGP SIGNED MESSAGE-----\n" + fill(b"- -\n", size) + b"\n" + DIFF,
    "pgp again": lambda size: HEAD + PATCH + b"\n" + fill(b"-----BEGIN PGP SIGNED MESSAGE-----\nx\n", size) + DIFF,
    "b64 damaged": lambda size: (
        HEAD + PATCH + b"Content-Transfer-Encoding: base64\n\n" + fill(b"QUJD" * 19 + b"\n!\n", size)
    ),
    "b64 words": lambda size: (
        HEAD + PATCH + b"Content-Transfer-Encoding: base64\n\n" + fill(b"a b\n" + b"A" * 76 + b"\n", size)
    ),
    "multipart qp": lambda size: (
        HEAD
        + PATCH
        + b"Content-Type: multipart/mixed; boundary=x\nContent-Transfer-Encoding: quoted-printable\n\n"
        + fill(b"content-transfer-encoding:  \n", size)
    ),
    "html parts": lambda size: (
        HEAD
        + PATCH
        + b"Content-Type: multipart/mixed; boundary=x\n\n"
        + fill(b"--x\nContent-Type: text/html\n\n@@ -\n", size)
    ),
    "forwards": lambda size: (
        HEAD + b"Subject: Re: [PATCH] x\n\n" + fill(b"From: a\nDate: b\nFrom: c\n*From:\n", size) + DIFF
    ),
    "malformed hunks": lambda size: HEAD + PATCH + b"\n" + DIFF + fill(b"@@ -x\n", size),
    "dashes behind": lambda size: HEAD + PATCH + b"\n" + DIFF + fill(b"-\n", size),
    "removed dashes": lambda size: HEAD + PATCH + b"\n" + DIFF + b"@@ -1,999999 +1 @@\n" + fill(b"--\n", size),
    "more than counts": lambda size: HEAD + PATCH + b"\n" + fill(DIFF + b"+x\ny\n", size),
    "log": lambda size: fill(b"commit " + b"1" * 40 + b"\nAuthor: a <a@b>\n\n    x\n\n" + DIFF, size),
    "false log": lambda size: b"commit " + b"1" * 40 + b"\n\n" + fill(b"commit 1\n", size) + DIFF,
    "cr cr": lambda size: (HEAD + PATCH + b"\n" + fill(b"\r", size) + DIFF).replace(b"\n", b"\r\r\n"),
    "plain commit": lambda size: b"commit 1234567\nAuthor: a <a@b>\n" + fill(b"a\n", size) + b"\n" + DIFF,
    "latin1": lambda size: HEAD + PATCH + b"\n" + fill(b"\xe9\n", size) + DIFF,
    "charset": lambda size: (
        HEAD + PATCH + b"Content-Type: text/plain; charset=utf-7\n\n" + fill(b"+", size) + b"\n" + DIFF
    ),
}


def seconds(data: bytes) -> float:
    """Processor time to read a mail and all of its files."""
    start = time.process_time()
    for series in Intake.of_bytes(data, "hostile"):
        for patch in series.patches:
            assert patch.files is not None
    return time.process_time() - start


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_time_grows_with_size(name: str) -> None:
    small, large = CASES[name](1 << 17), CASES[name](1 << 20)
    best = min(seconds(small) for _ in range(3))
    grown = seconds(large)
    assert grown < 0.3 or grown / len(large) < 3 * best / len(small)


def test_no_hostile_mail_takes_long() -> None:
    spent = {name: seconds(make(1 << 13)) for name, make in CASES.items()}
    assert max(spent.values()) < 0.5, spent


@pytest.mark.parametrize("size", [0, 1, 7])
def test_small_ones_are_read(size: int) -> None:
    for make in CASES.values():
        seconds(make(size))
