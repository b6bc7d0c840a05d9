# SPDX-License-Identifier: GPL-2.0-or-later
"""Replies: read back by Python's email and by git, and made of hostile mails."""

import email
import email.policy
import mailbox
import subprocess
from email.message import EmailMessage, Message
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gfplint.diff.model import Author
from gfplint.report import mailtext
from tests.reports import DIFF, At, bare, leaked, paint, review


@pytest.fixture(autouse=True)
def own_sender(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "gitconfig"
    config.write_text('[gfplint]\n\tfrom = "gfplint robot" <robot@example.org>\n[user]\n\temail = x@example.org\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1793613600")


def replies(*reviews: Any) -> str:
    return str(paint("mail", *reviews))


def parsed(text: str) -> EmailMessage:
    head, _, rest = text.partition("\n")
    assert head.startswith("From gfplint ")
    return email.message_from_bytes(rest.encode(), policy=email.policy.default)


def test_a_reply() -> None:
    message = parsed(replies(review(bare(), leaked())))
    assert message["To"] == '"A. Developer" <dev@example.org>'
    assert message["From"] == "gfplint robot <robot@example.org>"
    assert message["Subject"] == "Re: [PATCH v2 1/2] example: pool: stay on the node"
    assert message["In-Reply-To"] == "<2-dev@example.org>"
    assert message["References"] == "<1-dev@example.org> <2-dev@example.org>"
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["Date"] == "Mon, 02 Nov 2026 10:00:00 -0000"
    assert message["X-Gfplint-Rules"] == "gfp/bare-modifier hotplug/lock-leaked"
    assert message["X-Gfplint-Series"] == "<1-dev@example.org> v2"
    assert message.get_content_type() == "text/plain"
    assert "flowed" not in message["Content-Type"]
    assert [name for name in message if name.lower() in ("list-id", "precedence", "reviewed-by")] == []
    lines = message.get_content().splitlines()
    assert lines[:2] == ["On 2026-11-02, A. Developer wrote:", "> [...]"]
    at = lines.index("> +\tpage = alloc_pages_node(nid, __GFP_THISNODE | __GFP_NOWARN, 0);")
    assert lines[at + 1] == ""
    assert lines[at + 2].startswith("warning: __GFP_THISNODE | __GFP_NOWARN has modifiers")
    assert "-- " in lines
    assert not any(line.startswith("> ") and line.endswith(" ") for line in lines)


def test_every_quoted_line_is_of_the_patch() -> None:
    content = parsed(replies(review(bare(), leaked()))).get_content()
    quoted = [line[2:] for line in content.splitlines() if line.startswith("> ") and line != "> [...]"]
    patch = {line.rstrip() for line in DIFF.splitlines()}
    assert set(quoted) <= patch


def test_several_replies_are_a_mailbox(tmp_path: Path) -> None:
    file = tmp_path / "replies.mbox"
    other = review(leaked(), header={"message_id": "3-dev@example.org", "subject": "From here on"})
    text = replies(review(bare(message="From now on\nx")), review(), other)
    file.write_text(text)
    messages = list(mailbox.mbox(str(file)))
    assert [message["In-Reply-To"] for message in messages] == ["<2-dev@example.org>", "<3-dev@example.org>"]
    assert len({message["Message-ID"] for message in messages}) == 2


def test_from_lines_are_quoted_as_in_mboxrd() -> None:
    assert mailtext.mboxrd("Subject: x\n\nFrom me\n>From you\n From us\n").splitlines()[3:] == [
        ">From me",
        ">>From you",
        " From us",
        "",
    ]


def test_git_reads_it(tmp_path: Path) -> None:
    text = replies(review(leaked(help="schön"), header={"subject": "[PATCH] añb: ção " + "lang " * 30}))
    done = subprocess.run(
        ["git", "mailinfo", "--encoding=UTF-8", tmp_path / "msg", tmp_path / "patch"],
        input=text.partition("\n")[2].encode(),
        capture_output=True,
        check=True,
    )
    info = done.stdout.decode()
    assert "Email: robot@example.org" in info
    assert "Subject: añb: ção " + "lang " * 29 + "lang\n" in info
    assert "schön" in (tmp_path / "msg").read_text()


def test_non_ascii_headers_are_encoded_words() -> None:
    dev = Author("Ä. Developer, the 2nd", "dev@example.org")
    text = replies(review(bare(), header={"sender": dev, "author": dev, "subject": "[PATCH] é: " + "ü" * 100}))
    head = text.partition("\n\n")[0]
    assert head.isascii()
    assert max(map(len, head.splitlines())) <= 78
    message = parsed(text)
    assert message["To"].addresses[0].display_name == "Ä. Developer, the 2nd"
    assert message["Subject"] == "Re: [PATCH] é: " + "ü" * 100
    assert message["Content-Transfer-Encoding"] == "8bit"


HOSTILE = "x\r\nBcc: victim@example.org\n\nbody\x00\x1b[2J\u2028\u202e\udcff"


def test_no_header_can_be_smuggled_in() -> None:
    one = review(
        bare(message=HOSTILE, help=HOSTILE, rule="gfp/x"),
        header={
            "subject": HOSTILE,
            "message_id": "2@example.org>\nBcc: <v@example.org",
            "references": ("1@example.org", "a b@c", HOSTILE),
            "sender": Author(HOSTILE, "dev@example.org"),
            "author": Author(HOSTILE, "dev@example.org"),
            "date": HOSTILE,
        },
    )
    text = replies(one)
    message = parsed(text)
    assert message.keys() == [
        *("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"),
        *(
            "Content-Transfer-Encoding",
            "Auto-Submitted",
            "X-Gfplint-Version",
            "X-Gfplint-Rules",
            "X-Gfplint-Fingerprint",
            "X-Gfplint-Series",
        ),
    ]
    assert message["Subject"].startswith("Re: x Bcc: victim@example.org body")
    assert "\x1b" not in text and "\x00" not in text


@pytest.mark.parametrize(
    "address", ["", "a b@example.org", "dev@example.org\nBcc: v@example.org", "@x", "dev", "<dev@x>", "d,e@x"]
)
def test_no_reply_to_nowhere(address: str) -> None:
    assert replies(review(bare(), header={"sender": Author("D", address), "author": Author("D", "")})) == ""


@pytest.mark.parametrize(
    ("headers", "answered"),
    [
        ({}, True),
        ({"Auto-Submitted": "no"}, True),
        ({"Auto-Submitted": "No; comment"}, True),
        ({"Auto-Submitted": "auto-generated"}, False),
        ({"auto-submitted": "auto-replied"}, False),
        ({"Auto-Submitted": "something-new"}, False),
        ({"X-Gfplint-Version": "0.1"}, False),
        ({"Precedence": "bulk"}, False),
        ({"Precedence": "bulk", "List-Id": "<l.example.org>"}, True),
        ({"Return-Path": "<>"}, False),
    ],
)
def test_machines_are_not_answered(headers: dict[str, str], answered: bool) -> None:
    assert bool(replies(review(bare(), header={"headers": tuple(headers.items())}))) == answered


def test_the_first_header_of_a_name_counts_not_a_later_one() -> None:
    twice = (("Auto-Submitted", "auto-replied"), ("Auto-Submitted", "no"))
    assert replies(review(bare(), header={"headers": twice})) == ""


def test_what_stood_before_and_mere_remarks_are_not_mailed() -> None:
    assert replies(review(existing=[bare()])) == ""
    assert paint("mail", review(existing=[bare()]), style={"all": True}) == ""
    assert replies(review(bare(severity="info"))) == ""


def test_the_same_findings_make_the_same_message_id() -> None:
    first, second = parsed(replies(review(bare()))), parsed(replies(review(bare())))
    other = parsed(replies(review(bare(fingerprint="ffffffffffffffff"))))
    assert first["Message-ID"] == second["Message-ID"] != other["Message-ID"]


def test_re_only_once() -> None:
    assert parsed(replies(review(bare(), header={"subject": "Re: [PATCH] x"})))["Subject"] == "Re: [PATCH] x"


def test_very_long_lines_go_as_quoted_printable() -> None:
    line = "+\t/* " + "é" * 600 + " */ f(__GFP_THISNODE | __GFP_NOWARN);"
    message = parsed(replies(review(bare(), diff=DIFF.replace("+\tcpus_read_lock();", line))))
    assert message["Content-Transfer-Encoding"] == "quoted-printable"
    assert f"> {line}\n" in message.get_content()


def test_a_long_thread_is_folded_between_ids() -> None:
    many = tuple(f"{n}-{'x' * 60}@example.org" for n in range(20))
    text = replies(review(bare(), header={"references": many}))
    assert "=?" not in text
    message: Message = parsed(text)
    assert message["References"].split() == [*(f"<{i}>" for i in many), "<2-dev@example.org>"]


def test_a_fault_outside_of_the_mail_is_not_quoted_as_if_it_were_in_it() -> None:
    whole = {("drivers/example/pool.c", "after"): "".join(f"line {n}\n" for n in range(1, 200))}
    content = parsed(replies(review((At("line 150"), {}), whole=whole))).get_content()
    assert "In drivers/example/pool.c, outside the hunks:\n" in content
    assert "     150  line 150\n" in content
    assert "> line" not in content and ">  line" not in content
    assert "> +\tkvfree(pool->slots);" in content


@given(st.text(max_size=300), st.text(max_size=60), st.text(max_size=60))
def test_no_text_breaks_the_headers(subject: str, name: str, ident: str) -> None:
    for raw in (subject, name, ident):
        line = mailtext.header("Subject", raw)
        assert line.isascii() or not line.startswith("Subject: =?")
        assert all(part.startswith(" ") for part in line.rstrip("\n").split("\n")[1:])
        made = email.message_from_string(line + "X: y\n\n", policy=email.policy.default)
        assert made.keys() == ["Subject", "X"]
        address = mailtext.address(Author(raw, "dev@example.org"))
        assert address is not None
        made = email.message_from_string(f"To: {address}\nX: y\n\n", policy=email.policy.default)
        assert [a.addr_spec for a in made["To"].addresses] == ["dev@example.org"]
        assert mailtext.message_id(raw) is None or "\n" not in str(mailtext.message_id(raw))


@pytest.mark.parametrize(
    ("sender", "to"),
    [
        ("=?utf-8?q?=3Cvictim=40x=2Eorg=3E?= <dev@example.org>", "dev@example.org"),
        ("=?utf-8?b?SiwgIiA8ZXZpbEB6Pg==?= <dev@example.org>", "dev@example.org"),
        ("dev@example.org, other@example.org", "dev@example.org"),
    ],
)
def test_the_recipient_is_the_address_of_the_header_not_of_its_name(sender: str, to: str) -> None:
    """An encoded word is decoded after the address was taken, so that a name cannot stand for one."""
    from email.utils import parseaddr

    from gfplint.mail.intake import Intake
    from gfplint.report.mail import recipient

    text = f"From: {sender}\nSubject: [PATCH] x\nMessage-ID: <1@example.org>\n\nx\n---\n{DIFF}"
    [series] = Intake.of_bytes(text.encode(), "-")
    assert parseaddr(recipient(series.patches[0].mail) or "")[1] == to
