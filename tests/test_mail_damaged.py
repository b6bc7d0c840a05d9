# SPDX-License-Identifier: GPL-2.0-or-later
"""Mails that senders, lists and archives have damaged: read as they were meant, or said to be damaged."""

import base64
import gzip
import quopri

import pytest

from gfplint import regex
from gfplint.diff.parse import parse
from gfplint.mail.intake import Intake
from gfplint.mail.read import Place, read_plain
from tests.test_mail_read import BODY, DIFF, HEAD, mail, multipart

BASE64 = (HEAD + "Content-Transfer-Encoding: base64\n\n").encode()


def files(diff: str) -> list[tuple[str, int, int]]:
    return [(file.path, file.added, file.removed) for file in parse(diff).files]


WHOLE = [("mm/one.c", 1, 1)]


def test_damaged_byte_in_base64_costs_its_line_only() -> None:
    text = (BODY + DIFF).encode()
    coded = bytearray(base64.encodebytes(text))
    coded[10] = ord("!")
    read = mail(BASE64 + bytes(coded))
    assert read.diff == DIFF
    assert "base64" in (read.cut or "")


@pytest.mark.parametrize("cut", [1, 2, 3, 4, 5])
def test_base64_that_ends_early(cut: int) -> None:
    coded = base64.encodebytes((BODY + DIFF).encode()).rstrip()
    read = mail(BASE64 + coded[:-cut])
    assert read.diff[:-8] in DIFF
    assert files(read.diff) == WHOLE


def test_damage_behind_the_middle_of_base64() -> None:
    coded = base64.encodebytes((BODY + DIFF).encode()).splitlines(keepends=True)
    coded[-2] = b"?" + coded[-2][1:]
    assert files(mail(BASE64 + b"".join(coded)).diff)[0][0] == "mm/one.c"


def test_patch_without_a_hunk_is_said_to_be_damaged() -> None:
    text = "diff --git a/x b/x\nindex 1..2\n--- a/x\n+++ b/x\n=@@ -1 +1 @@\n-a\n+b\n"
    assert "no hunk" in parse(mail(HEAD + "\n" + BODY + text).diff).errors[0].reason
    assert mail(HEAD.replace("[PATCH] ", "") + "\n" + BODY + text).diff == ""


def test_a_mail_that_ends_inside_a_header_is_said_to_be_damaged() -> None:
    text = "diff --git a/x b/x\nindex 1111111..2222222 100644\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"
    for end in ("--- a/x\n+++ b", "--- a/x\n+++ b/x\n", "--- a/x\n+++ b/x\n@@ -1", "--- a/x"):
        cut = text[: text.index(end) + len(end)]
        assert "no hunk" in parse(mail(HEAD + "\n" + BODY + cut).diff).errors[0].reason, end


def test_more_lines_than_any_commit_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gfplint.mail.decode.LINES", 50)
    read = read_plain(f"commit 1234567\nAuthor: a <a@b>\n\n{BODY}{DIFF}{chr(10) * 100}".encode(), Place("x", 0))
    assert read.diff.startswith(DIFF) and read.cut is not None and "more than 50 lines" in read.cut


@pytest.mark.parametrize("how", ["quoted-printable (as ever)", "Quoted-Printable;", " QUOTED-PRINTABLE "])
def test_name_of_a_transfer_encoding_with_something_behind_it(how: str) -> None:
    data = quopri.encodestring((BODY + DIFF).encode())
    assert mail((HEAD + f"Content-Transfer-Encoding: {how}\n\n").encode() + data).diff == DIFF


@pytest.mark.parametrize("how", ["base64", "quoted-printable"])
def test_multipart_that_is_encoded_as_a_whole(how: str) -> None:
    """What git send-email --transfer-encoding makes of git format-patch --attach."""
    head, _, body = multipart(("Content-Type: text/plain", BODY), ("Content-Type: text/x-patch", DIFF)).partition(
        "\n\n"
    )
    encode = base64.encodebytes if how == "base64" else quopri.encodestring
    read = mail((head + f"\nContent-Transfer-Encoding: {how}\n\n").encode() + encode(body.encode()))
    assert files(read.diff) == WHOLE
    assert read.message.startswith("Why.")


def test_stale_utf_16() -> None:
    text = HEAD + "Content-Type: text/plain; charset=utf-16\n\n" + BODY + DIFF.replace("\u00e4", "a")
    assert files(mail(text).diff) == WHOLE
    assert files(mail(text + "\n").diff) == WHOLE


def test_a_charset_of_two_bytes_that_could_be_utf_8() -> None:
    words = "\u4e3a\u4ec0\u4e48"  # whose bytes in GB 2312 are UTF-8 by chance
    head = (HEAD + "Content-Type: text/plain; charset=gb2312\n\n").encode()
    text = BODY.replace("Why", words) + DIFF
    assert mail(head + text.replace("\u00e4", "a").encode("gb2312")).message.startswith(words)
    assert mail(head + text.encode()).message.startswith(words)  # decoded already


def test_html_is_no_patch() -> None:
    text = f"<pre>\n{DIFF.replace('b = 3', 'b = a &lt; 3')}</pre>"
    read = mail(HEAD + "Content-Type: text/html\n\n" + text)
    assert (read.kind, read.diff) == ("other", "")
    assert "HTML" in (read.cut or "")
    assert "HTML" in (mail(multipart(("Content-Type: text/html", text))).cut or "")
    assert mail(HEAD + "Content-Type: text/html\n\n<p>Hello</p>\n").cut is None


def test_binary_attachments_are_not_taken_for_text() -> None:
    packed = base64.encodebytes(gzip.compress(DIFF.encode())).decode()
    head = "Content-Type: application/{}; name=x.patch.gz\nContent-Transfer-Encoding: base64"
    for kind in ("gzip", "octet-stream"):
        read = mail(multipart(("Content-Type: text/plain", BODY + DIFF), (head.format(kind), packed)))
        assert read.diff == DIFF + "\n"
        assert mail(multipart(("Content-Type: text/plain", "See there.\n"), (head.format(kind), packed))).diff == ""


def test_nothing_of_a_mail_is_kept_between_runs() -> None:
    """Programs of regular expressions are: one made of a boundary would fill memory and the user's cache."""
    mail(multipart(("Content-Type: text/plain", BODY + DIFF)).replace("xx", "boundary-of-a-mail"))
    assert not any("boundary-of-a-mail" in key for key in regex.fresh())


@pytest.mark.parametrize("how", ["8bit", "base64", "multipart", "flowed"])
def test_more_lines_than_any_mail_has(monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    monkeypatch.setattr("gfplint.mail.decode.LINES", 50)
    text = BODY + DIFF + "\n" * 100
    head = HEAD
    if how == "multipart":
        head, _, text = multipart(("Content-Type: text/plain", text)).partition("\n\n")
        head += "\n"
    elif how == "flowed":
        head += "Content-Type: text/plain; format=flowed\n"
    elif how == "base64":
        head += "Content-Transfer-Encoding: base64\n"
        text = base64.b64encode(text.encode()).decode()
    read = mail(head + "\n" + text)
    assert files(read.diff) == WHOLE
    assert read.diff.count("\n") < 50
    assert read.cut == "more than 50 lines: the rest is not read"


def signed(text: str) -> str:
    escaped = ("\n" + text).replace("\n-", "\n- -")[1:]
    return f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n{escaped}-----BEGIN PGP SIGNATURE-----\n\nxx\n"


@pytest.mark.parametrize("before", ["", "\n\n", "A list says hello.\n\n"])
def test_pgp_inline_wherever_it_begins(before: str) -> None:
    text = HEAD + "\n" + before + signed(BODY + DIFF)
    read = mail(text)
    assert read.diff == DIFF
    assert read.diff_line is not None
    assert text.split("\n")[read.diff_line - 1] == "diff --git a/mm/one.c b/mm/one.c"
    assert read.message.endswith("Why.\n\nSigned-off-by: A. Developer <dev@example.org>\n")


def test_pgp_inline_in_a_part() -> None:
    assert files(mail(multipart(("Content-Type: text/plain", signed(BODY + DIFF)))).diff) == WHOLE


@pytest.mark.parametrize(
    "data", [HEAD + "\n" + BODY + DIFF, DIFF, "From a Mon Nov  2 10:00:00 2026\n" + HEAD + "\n" + DIFF]
)
def test_byte_order_mark_in_front(data: str) -> None:
    (series,) = Intake.of_bytes(data.encode("utf-8-sig"), "x")
    assert [file.path for file in series.patches[0].files] == ["mm/one.c"]
    assert series.patches[0].mail.message_id == ("1@example.org" if HEAD in data else "")


def test_cr_twice() -> None:
    read = mail((HEAD + "\n" + BODY + DIFF).replace("\n", "\r\r\n"))
    assert read.diff == DIFF
    assert read.message_id == "1@example.org"


def test_cr_in_a_message_means_nothing() -> None:
    read = mail(HEAD + "\n\r\nFrom: B <b@example.org>\r\n\r\n" + BODY.replace("Why.\n", "Why.\r\n") + DIFF)
    assert read.author.email == "b@example.org"
    assert read.message.startswith("Why.\n\n")
    assert read.diff == DIFF


def test_a_bad_byte_spoils_no_other_character() -> None:
    text = (HEAD + "\n" + BODY.replace("Why.", "\u00e4 X\nY\n\u00e9")).encode()
    read = mail(text.replace(b"X", b"\xfc").replace(b"Y", b"\xfc") + DIFF.encode())
    assert read.message.startswith("\u00e4 \ufffd\n\u00fc\n\u00e9\n")


def test_context_diff_is_said_to_be_one() -> None:
    text = "*** mm/x.c.orig\n--- mm/x.c\n***************\n*** 1 ****\n! a\n--- 1 ----\n! b\n"
    read = mail(HEAD + "\nWhy.\n\n" + text)
    assert read.diff == ""
    assert "context diff" in (read.cut or "")
    assert mail(HEAD.replace("[PATCH] ", "") + "\nWhy.\n\n" + text).cut is None


FORWARDS = {
    "Outlook": "________________________________\nFrom: B <b@example.org>\nSent: Monday\nTo: C\nSubject: [PATCH] x\n\n",
    "Outlook on the web": "From: B <b@example.org>\nSent: Monday, November 2\nTo: C <c@example.org>\nSubject: x\n\n",
    "bold": "*From:* B <b@example.org>\n*Date:* Monday\n*To:* C <c@example.org>\n*Subject:* x\n\n",
    "Gmail": "---------- Forwarded message ---------\nFrom: B <b@example.org>\n\n",
}


@pytest.mark.parametrize("name", FORWARDS)
def test_what_a_reply_quotes_without_marks_is_not_its_own(name: str) -> None:
    head = HEAD.replace("[PATCH]", "Re: [PATCH]") + "In-Reply-To: <0@example.org>\n"
    assert mail(head + "\nNo.\n\n" + FORWARDS[name] + BODY + DIFF).kind == "reply"


def test_a_patch_behind_scissors_is_the_replys_own() -> None:
    head = HEAD.replace("[PATCH]", "Re: [PATCH]") + "In-Reply-To: <0@example.org>\n"
    own = "-- >8 --\nFrom: B <b@example.org>\nDate: Mon, 2 Nov 2026 10:00:00 +0100\nSubject: mm: own\n\n"
    assert mail(head + "\n> No.\n\nRather:\n\n" + own + BODY + DIFF).kind == "patch"
