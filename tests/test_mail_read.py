# SPDX-License-Identifier: GPL-2.0-or-later
"""One mail: headers, encodings, parts, and where the message ends and the diff begins."""

import base64
import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gfplint.diff.model import Mail
from gfplint.diff.parse import parse
from gfplint.mail.body import is_scissors
from gfplint.mail.headers import address, decode_words
from gfplint.mail.intake import Intake
from gfplint.mail.read import Place, date, read_mail
from gfplint.mail.subject import read_subject

DIFF = """\
diff --git a/mm/one.c b/mm/one.c
index 1111111..2222222 100644
--- a/mm/one.c
+++ b/mm/one.c
@@ -1,3 +1,3 @@ static int first(void)
 a = "\u00e4";
-b = 2;
+b = 3;
 c = 4;
-- \n2.39.5
"""
HEAD = "From: A. Developer <dev@example.org>\nSubject: [PATCH] mm: one\nMessage-ID: <1@example.org>\n"
BODY = "Why.\n\nSigned-off-by: A. Developer <dev@example.org>\n---\n mm/one.c | 2 +-\n\n"


def mail(text: str | bytes) -> Mail:
    return read_mail(text if isinstance(text, bytes) else text.encode(), Place("x.eml", 0))


def test_plain() -> None:
    read = mail(HEAD + "\n" + BODY + DIFF)
    assert read.kind == "patch"
    assert read.message == "Why.\n\nSigned-off-by: A. Developer <dev@example.org>\n"
    assert read.diff == DIFF
    assert read.trailers == (("Signed-off-by", "A. Developer <dev@example.org>"),)
    assert (read.author.name, read.author.email, read.title) == ("A. Developer", "dev@example.org", "mm: one")
    assert (HEAD + "\n" + BODY + DIFF).split("\n")[(read.diff_line or 0) - 1].startswith("diff --git")


def encoded(how: str, text: bytes) -> bytes:
    if how == "base64":
        return base64.encodebytes(text)
    return binascii.b2a_qp(text) if how == "quoted-printable" else text


@pytest.mark.parametrize("how", ["7bit", "8bit", "quoted-printable", "base64", "x-unknown", ""])
@pytest.mark.parametrize("charset", ["utf-8", "us-ascii", "y", ""])
@pytest.mark.parametrize("crlf", [False, True])
def test_transfer_encodings_and_charsets(how: str, charset: str, crlf: bool) -> None:
    fields = f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: {how}\n"
    data = (HEAD + fields + "\n").encode() + encoded(how, (BODY + DIFF).encode())
    read = mail(data.replace(b"\n", b"\r\n") if crlf else data)
    assert read.diff == DIFF
    assert read.diff_line == 13
    assert read.message.startswith("Why.\n")


def test_crlf_inside_of_an_encoding() -> None:
    inside = (BODY + DIFF).replace("\n", "\r\n").encode()
    assert mail((HEAD + "Content-Transfer-Encoding: base64\n\n").encode() + base64.encodebytes(inside)).diff == DIFF


def test_cr_that_belongs_to_the_file_stays() -> None:
    text = HEAD + "\n" + BODY + "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\r\n+b\r\n"
    assert mail(text).diff.endswith("-a\r\n+b\r\n")


@pytest.mark.parametrize("how", ["base64", "quoted-printable"])
def test_stale_transfer_encoding(how: str) -> None:
    code = DIFF.replace("b = 3;", "b = c == 3D ? a=1 : x=y;")
    assert mail(HEAD + f"Content-Transfer-Encoding: {how}\n\n" + BODY + code).diff == code


def test_list_footer_behind_base64() -> None:
    data = (HEAD + "Content-Transfer-Encoding: base64\n\n").encode() + base64.encodebytes((BODY + DIFF).encode())
    read = mail(data + b"_______\nA list <https://example.org/?a=b>\n")
    assert read.diff.startswith(DIFF)
    assert "A list" in read.diff


@pytest.mark.parametrize(
    ("charset", "text"), [("iso-8859-1", "\u00e4"), ("windows-1252", "\u20ac"), ("shift_jis", "\u3042")]
)
def test_other_charsets(charset: str, text: str) -> None:
    fields = f"Content-Type: text/plain; charset={charset}\n\n"
    read = mail((HEAD + fields).encode() + (BODY.replace("Why", text) + DIFF.replace("\u00e4", text)).encode(charset))
    assert read.message.startswith(text)
    assert f'a = "{text}"' in read.diff


def test_utf_16() -> None:
    data = (HEAD + "Content-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: base64\n\n").encode()
    assert mail(data + base64.encodebytes((BODY + DIFF).encode("utf-16"))).diff == DIFF


def test_undeclared_bytes() -> None:
    read = mail((HEAD + "\n" + BODY.replace("Why", "\u00e4h")).encode("latin-1") + DIFF.encode("latin-1"))
    assert read.message.startswith("\u00e4h")
    assert read.diff.encode("utf-8", "surrogateescape") == DIFF.encode("latin-1")


def test_flowed() -> None:
    fields = "Content-Type: text/plain; charset=utf-8; format=flowed\n\n"
    text = " a long  \nline of text\n\n---\n\n" + "".join(
        (" " if line.startswith(" ") else "") + line + "\n" for line in DIFF.split("\n")[:-1]
    )
    read = mail(HEAD + fields + text)
    assert read.message.startswith("a long  line of text\n")
    assert read.diff == DIFF
    assert read.diff_line == 11
    stuffed = mail(HEAD + fields.replace("flowed", 'flowed; DelSp="yes"') + text)
    assert stuffed.message.startswith("a long line of text\n")


def test_flowed_lines_in_the_diff_have_no_line_of_the_mail() -> None:
    fields = "Content-Type: text/plain; format=flowed\n\n"
    assert mail(HEAD + fields + DIFF.replace("+b = 3;", "+b = \n3;").replace("\n ", "\n  ")).diff_line is None


def multipart(*parts: tuple[str, str], kind: str = "mixed") -> str:
    body = "".join(f"--xx\n{head}\n\n{text}\n" for head, text in parts)
    return HEAD + f'MIME-Version: 1.0\nContent-Type: multipart/{kind}; boundary="xx"\n\nPreamble\n' + body + "--xx--\n"


@pytest.mark.parametrize(
    "head",
    [
        "Content-Type: text/plain",
        "Content-Type: text/x-patch; name=0001.patch",
        "Content-Type: application/octet-stream; name=0001.patch",
        "Content-Type: application/octet-stream\nContent-Disposition: attachment; filename=0001.patch",
        "Content-Type: text/x-diff; charset=utf-8\nContent-Transfer-Encoding: 8bit\nContent-Disposition: inline",
    ],
)
def test_attached_patch(head: str) -> None:
    read = mail(multipart(("Content-Type: text/plain", "Why.\n"), (head, DIFF)))
    assert read.kind == "patch"
    assert [file.path for file in parse(read.diff).files] == ["mm/one.c"]
    assert read.message.startswith("Why.")
    assert read.diff_line is None


def test_attached_and_encoded() -> None:
    head = "Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64"
    read = mail(multipart((head, base64.encodebytes(DIFF.encode()).decode())))
    assert read.diff.startswith(DIFF)


def test_html_is_not_read_twice() -> None:
    parts = ("Content-Type: text/plain", BODY + DIFF), ("Content-Type: text/html", f"<pre>{DIFF}</pre>")
    assert mail(multipart(*parts, kind="alternative")).diff.count("diff --git") == 1


def test_pgp_mime_and_pgp_inline() -> None:
    signature = "Content-Type: application/pgp-signature; name=signature.asc", "-----BEGIN PGP SIGNATURE-----"
    read = mail(multipart(("Content-Type: text/plain", BODY + DIFF), signature, kind="signed"))
    assert "PGP" not in read.diff
    escaped = (BODY + DIFF).replace("\n-", "\n- -")
    inline = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n" + escaped + "-----BEGIN PGP SIGNATURE-----\n\nxx\n"
    read = mail(HEAD + "\n" + inline)
    assert read.diff == DIFF
    assert (HEAD + "\n" + inline).split("\n")[(read.diff_line or 0) - 1].startswith("diff --git")


def test_nested_parts_have_an_end() -> None:
    text = HEAD
    for number in range(50):
        text += f"Content-Type: multipart/mixed; boundary=b{number}\n\n--b{number}\n"
    read = mail(text + "\n" + DIFF)
    assert read.subject == "[PATCH] mm: one"
    assert read.cut is not None and "deeper than" in read.cut


def test_bounds_are_told() -> None:
    many = multipart(*[("Content-Type: text/plain", "x\n")] * 300)
    assert "more than 256 parts" in (mail(many).cut or "")
    assert "header of more than a megabyte" in (
        mail(HEAD + "X-Long: " + "x" * (1 << 20) + "\n\n" + BODY + DIFF).cut or ""
    )
    assert mail(HEAD + "\n" + BODY + DIFF).cut is None


def test_headers_in_the_body_win() -> None:
    inbody = "From: =?UTF-8?Q?B=C3=A4r?= <bear@example.org>\nSubject: [PATCH 3/3] mm: two\n words\n"
    inbody += "Date: 2 Nov 2026 10:00 +0100\n\n"
    read = mail(HEAD + "\n" + inbody + BODY + DIFF)
    assert (read.author.name, read.author.email) == ("B\u00e4r", "bear@example.org")
    assert read.sender.email == "dev@example.org"
    assert read.title == "mm: two words"
    assert read.date == "2026-11-02T10:00:00+01:00"
    assert read.message.startswith("Why.")


def test_original_from() -> None:
    read = mail("X-Original-From: B. Other <other@example.org>\n" + HEAD + "\n" + BODY + DIFF)
    assert read.author.email == read.sender.email == "other@example.org"


def test_scissors() -> None:
    read = mail(HEAD + "\nFrom: B <b@example.org>\n\nHello.\n\n-- >8 --\nSubject: mm: real\n\n" + BODY + DIFF)
    assert (read.title, read.author.email) == ("mm: real", "dev@example.org")
    assert read.message.startswith("Why.")


@pytest.mark.parametrize(
    ("line", "cuts"),
    [
        ("-- >8 --", True),
        ("---8<--- cut here ---8<---", True),
        ("- - >% - - %< - -", True),
        (">8", False),
        ("-- 8 --", False),
        ("see the table >8 below for the reasons", False),
    ],
)
def test_is_scissors(line: str, cuts: bool) -> None:
    assert is_scissors(line + "\n") is cuts


def quoted(text: str) -> str:
    return "".join(f"> {line}\n" for line in text.split("\n"))


def test_reply_that_quotes_a_patch_is_none() -> None:
    head = HEAD.replace("[PATCH]", "Re: [PATCH]") + "In-Reply-To: <0@example.org>\n"
    read = mail(head + "\nNo.\n\n" + quoted(BODY + DIFF))
    assert (read.kind, read.diff) == ("reply", "")
    outlook = "No.\n\n-----Original Message-----\nFrom: B\nSubject: [PATCH] mm: one\n\n" + BODY + DIFF
    assert mail(head + "\n" + outlook).kind == "reply"


def test_reply_with_a_patch_of_its_own() -> None:
    head = HEAD.replace("[PATCH]", "Re: [PATCH]") + "In-Reply-To: <0@example.org>\n"
    read = mail(head + "\nRather this:\n\n" + quoted(DIFF) + "\n" + DIFF.replace("one", "two"))
    assert read.kind == "patch"
    assert [file.path for file in parse(read.diff).files] == ["mm/two.c"]


def test_cover_letter_other_and_hunks_without_a_file() -> None:
    assert mail(HEAD.replace("[PATCH]", "[PATCH v2 0/3]") + "\nText\n").kind == "cover"
    assert mail(HEAD.replace("[PATCH] ", "") + "\nText\n").kind == "other"
    headless = mail(HEAD + "\nText\n\n@@ -1 +1 @@\n-a\n+b\n")
    assert headless.kind == "patch"
    assert parse(headless.diff, headless.diff_line).errors


def test_what_b4_and_git_write_below() -> None:
    tail = (
        "base-commit: " + "1" * 40 + "\nchange-id: 20261102-one-0123456789ab\nprerequisite-patch-id: " + "2" * 40 + "\n"
    )
    read = mail(HEAD + "\n" + BODY + DIFF + "\n" + tail)
    assert (read.base_commit, read.change_id, read.prerequisites) == (
        "1" * 40,
        "20261102-one-0123456789ab",
        ("2" * 40,),
    )


@pytest.mark.parametrize(
    ("text", "number", "total", "version", "tags", "title"),
    [
        ("[PATCH] a: b", None, None, 1, (), "a: b"),
        ("[PATCH v3 02/17] a: b", 2, 17, 3, (), "a: b"),
        ("[RFC PATCH net-next v2 1/2] a", 1, 2, 2, ("RFC", "net-next"), "a"),
        ("[PATCHv4 1/1] a", 1, 1, 4, (), "a"),
        ("[PATCH,v2,2/3] a", 2, 3, 2, (), "a"),
        ("[RESEND][PATCH 1 / 2] a", 1, 2, 1, ("RESEND",), "a"),
        ("Re: [ndctl PATCH 0/4] a [b]", 0, 4, 1, ("ndctl",), "a [b]"),
        ("Re: Re: a", None, None, 1, (), "a"),
        ("[PATCH v2.1 1/2] a", 1, 2, 2, (), "a"),
        ("a [PATCH 1/2]", None, None, 1, (), "a [PATCH 1/2]"),
        ("", None, None, 1, (), ""),
    ],
)
def test_subject(
    text: str, number: int | None, total: int | None, version: int, tags: tuple[str, ...], title: str
) -> None:
    read = read_subject(text)
    assert (read.number, read.total, read.version, read.tags, read.title) == (number, total, version, tags, title)


@pytest.mark.parametrize(
    ("text", "name", "email"),
    [
        ("A. Developer <dev@example.org>", "A. Developer", "dev@example.org"),
        ('"Developer, A." <dev@example.org>', "Developer, A.", "dev@example.org"),
        ("dev@example.org (A. Developer)", "A. Developer", "dev@example.org"),
        ("dev@example.org", "dev@example.org", "dev@example.org"),
        ("A. Developer (at work) <dev@example.org> (x)", "A. Developer (at work) (x)", "dev@example.org"),
        ("AB <dev@example.org>", "dev@example.org", "dev@example.org"),
        ('"A \\"B\\" C" <dev@example.org>', 'A "B" C', "dev@example.org"),
        ("", "", ""),
    ],
)
def test_address(text: str, name: str, email: str) -> None:
    assert tuple(address(text)) == (name, email)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("=?UTF-8?q?a=20b?= =?utf-8?B?w6Q=?=", "a b\u00e4"),
        ("x =?utf-8?q?=C3?= =?utf-8?q?=A4?= y", "x \u00e4 y"),
        ("=?iso-8859-1?q?=E4_?=b", "\u00e4 b"),
        ("=?nonsense?q?=C3=A4?=", "\u00e4"),
        ("=?utf-8?b?YWI?=", "ab"),
        ("=?utf-8?x?a?=", "=?utf-8?x?a?="),
    ],
)
def test_encoded_words(text: str, plain: str) -> None:
    assert decode_words(text) == plain


@given(st.text(max_size=60), st.sampled_from(["utf-8", "utf-16"]), st.sampled_from("bq"))
def test_any_text_survives_an_encoded_word(text: str, charset: str, how: str) -> None:
    data = text.encode(charset, "ignore")
    word = base64.b64encode(data).decode() if how == "b" else "".join(f"={byte:02X}" for byte in data)
    assert decode_words(f"=?{charset}?{how}?{word}?=") == data.decode(charset)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Mon, 2 Nov 2026 10:00:01 +0100", "2026-11-02T10:00:01+01:00"),
        ("2 Nov 26 10:00 GMT", "2026-11-02T10:00:00Z"),
        ("Mon Nov  2 10:00:00 2026 -0500", "2026-11-02T10:00:00-05:00"),
        ("2026-11-02 10:00:00 +0100", "2026-11-02T10:00:00+01:00"),
        ("yesterday", ""),
        ("2 Foo 2026 10:00", ""),
    ],
)
def test_date(text: str, wanted: str) -> None:
    assert date(text) == wanted


@given(st.binary(max_size=300))
def test_any_bytes_are_read(data: bytes) -> None:
    for start in (b"", (HEAD + "\n").encode(), (HEAD + "Content-Type: multipart/mixed; boundary=\n").encode()):
        intake = Intake.of_bytes(start + data, "x")
        for series in intake:
            assert all(patch.diff is not None for patch in series.patches)
        assert intake.mails or intake.problems
