# SPDX-License-Identifier: GPL-2.0-or-later
"""The reply that a list bot would send: a mail to each patch with findings.

Nothing is sent here.  What goes to a file or to standard output is an mboxrd
mailbox, one reply after the other, which any mail tool takes from there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TextIO

from gfplint import __version__
from gfplint.diff.model import Author, Mail
from gfplint.finding import Finding
from gfplint.report import mailtext
from gfplint.report.layout import tag
from gfplint.report.quote import Block, Gap, Part, Quoted, Quoter, Remark, header
from gfplint.report.sinks import Style
from gfplint.report.summary import Summary, plural
from gfplint.report.terminal import asides, visible_findings
from gfplint.report.text import visible, wrap
from gfplint.review import Review

WIDTH = 72  # columns of what the reply itself says
_FOOT = 'gfplint {version}; "gfplint explain RULE" says why, and where a rule is known to be wrong'


class Replies:
    """Replies, as an mboxrd mailbox."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        self._stream = stream
        self._style = style._replace(all=False)  # what stood before is never put into a mail
        self._sender: Author | None = None

    def begin(self) -> None:
        pass

    def patch(self, review: Review) -> None:
        findings = visible_findings(review, self._style)
        if not findings:
            return
        mail = review.patch.mail
        reason = why_silent(mail) or (None if recipient(mail) else "it names nobody to answer")
        if reason is not None:
            import sys

            text = mailtext.one_line(f"{mail.input}: no reply to {mail.message_id or mail.subject}: {reason}")
            sys.stderr.write(f"gfplint: {text.encode('utf-8', 'backslashreplace').decode()}\n")
            return
        if self._sender is None:
            self._sender = own_address()
        message = reply(review, findings, self._sender, now())
        if message is not None:
            self._stream.write(mailtext.mboxrd(message))

    def end(self, summary: Summary) -> None:
        pass


def why_silent(mail: Mail) -> str | None:
    """Why a mail must not be answered by a machine (RFC 3834), None when it may."""
    headers: dict[str, str] = {}
    for name, value in mail.headers:
        headers.setdefault(name.lower(), value.strip())
    automatic = headers.get("auto-submitted", "no").partition(";")[0].strip().lower()
    if automatic != "no":
        return f"Auto-Submitted: {automatic}"
    if any(name.startswith("x-gfplint-") for name in headers):
        return "gfplint wrote it"
    if headers.get("precedence", "").lower() in ("bulk", "junk", "auto_reply") and "list-id" not in headers:
        return f"Precedence: {headers['precedence']}"
    if headers.get("return-path", "") == "<>" or mail.sender.email.lower().startswith(
        ("mailer-daemon@", "postmaster@")
    ):
        return "a bounce"
    return None


def recipient(mail: Mail) -> str | None:
    """Whom a reply goes to: the first usable address of X-Original-From or From, as it stands in the header."""
    from email.utils import getaddresses  # 10 ms; only where a reply is written

    from gfplint.mail.headers import Kept, decode_words

    if isinstance(mail.headers, Kept):
        for field in ("x-original-from", "from"):
            for name, email in getaddresses([mail.headers.raw(field)]):
                if found := mailtext.address(Author(decode_words(name), email)):
                    return found
        return None
    return mailtext.address(mail.sender) or mailtext.address(mail.author)


def reply(review: Review, findings: list[Finding], sender: Author, date: float) -> str | None:
    """A reply to a patch; None when the patch came from nowhere that a mail can go to."""
    mail = review.patch.mail
    to = recipient(mail)
    if to is None:
        return None
    text, encoding = mailtext.body(body(review, findings))
    series = mailtext.message_id(review.series.id)
    last = mailtext.structured("X-Gfplint-Series", [series, f"v{review.series.version}"]) if series else ""
    return "".join([*_headers(mail, findings, to, sender, date, encoding), last, "\n", text])


def _headers(mail: Mail, findings: list[Finding], to: str, sender: Author, date: float, encoding: str) -> Iterator[str]:
    from email.utils import formatdate

    parent = mailtext.message_id(mail.message_id)
    subject = mail.subject if mail.subject.lower().startswith("re:") else f"Re: {mail.subject or mail.title}"
    yield mailtext.structured("From", [mailtext.address(sender) or "gfplint <gfplint@localhost>"])
    yield mailtext.structured("To", [to])
    yield mailtext.header("Subject", subject)
    yield f"Date: {formatdate(date)}\n"
    yield f"Message-ID: {own_id(mail, findings, sender)}\n"
    if parent is not None:
        ancestors = [mailtext.message_id(other) for other in mail.references or (mail.in_reply_to or "",)]
        yield f"In-Reply-To: {parent}\n"
        yield mailtext.structured("References", [*(i for i in ancestors if i and i != parent), parent])
    yield "MIME-Version: 1.0\n"
    yield "Content-Type: text/plain; charset=utf-8\n"
    yield f"Content-Transfer-Encoding: {encoding}\n"
    yield "Auto-Submitted: auto-replied\n"
    yield f"X-Gfplint-Version: {__version__}\n"
    yield mailtext.structured("X-Gfplint-Rules", sorted({finding.rule for finding in findings}))
    yield mailtext.structured("X-Gfplint-Fingerprint", [finding.fingerprint for finding in findings])


def own_id(mail: Mail, findings: list[Finding], sender: Author) -> str:
    """The reply's Message-ID: the same findings on the same mail give the same one, so that twins are seen as twins."""
    from _blake2 import blake2b

    parts = "\0".join([mail.message_id or mail.diff, *(finding.fingerprint for finding in findings)])
    digest = blake2b(parts.encode("utf-8", "surrogateescape"), digest_size=12).hexdigest()
    host = sender.email.rpartition("@")[2] if mailtext.address(sender) else "localhost"
    return f"<gfplint.{digest}@{host}>"


def own_address() -> Author:
    """Who writes: gfplint.from of git's configuration, else gfplint at the user's address."""
    import subprocess

    def ask(key: str) -> str:
        try:
            return subprocess.run(
                ["git", "config", key], capture_output=True, text=True, errors="replace"
            ).stdout.strip()
        except OSError:
            return ""

    name, _, email = ask("gfplint.from").rpartition("<")
    if email.rstrip(">"):
        return Author(name.strip().strip('"') or "gfplint", email.rstrip("> "))
    return Author("gfplint", ask("user.email") or "gfplint@localhost")


def now() -> float:
    """The time, or that of SOURCE_DATE_EPOCH, for output that can be repeated."""
    import time

    fixed = os.environ.get("SOURCE_DATE_EPOCH", "")
    return float(fixed) if fixed.isdigit() else time.time()


def body(review: Review, findings: list[Finding]) -> str:
    """The text of a reply: what was found, hunk by hunk, the remarks under the lines."""
    mail = review.patch.mail
    who = visible(mail.author.name or mail.author.email)
    lines = [f"On {mail.date[:10]}, {who} wrote:" if mail.date else f"{who} wrote:", "> [...]"]
    path = ""
    for block in Quoter(review).blocks(findings):
        lines += _block(block, path)
        path = block.parts[0].path if block.parts else path
    if mail.diff and lines[-1] != "> [...]":
        lines.append("> [...]")
    lines += ["", *wrap(_closing(findings, review), WIDTH, WIDTH)]
    lines += [line for lead, text in asides(review) for line in wrap(lead + text, WIDTH, WIDTH - 2)]
    lines += ["", "-- ", _FOOT.format(version=__version__)]
    return "\n".join(lines) + "\n"


def _closing(findings: list[Finding], review: Review) -> str:
    seen = {finding.context for finding in findings}
    hunks = " Only the hunks of this mail were looked at, not the whole files." if seen == {"hunks"} else ""
    more = sum(finding.severity != "info" for finding in review.resolved)
    mended = f" The patch mends {plural(more, 'other')}." if more else ""
    return f"{plural(len(findings), 'finding')} that this patch brings.{mended}{hunks}"


def _block(block: Block, path: str) -> Iterator[str]:
    for index, part in enumerate(block.parts):
        if part.hunk is None:
            yield from _outside(part, index == 0)
            continue
        if part.path != path:
            path = part.path
            yield f"> +++ b/{visible(path)}"
        yield f"> {visible(header(part.hunk))}"
        yield from _items(part)
    yield from _remarks(block.loose)


def _items(part: Part) -> Iterator[str]:
    for item in part.items:
        if isinstance(item, Gap):
            yield "> [...]"
            continue
        yield f"> {item.row.kind}{visible(item.row.text)}".rstrip(" ")
        yield from _remarks(item.remarks)


def _outside(part: Part, first: bool) -> Iterator[str]:
    """Lines that the mail does not hold cannot be quoted from it: they are shown, indented, with their numbers."""
    yield ""
    yield f"In {visible(part.path)}, outside the hunks:" if first else f"See {visible(part.path)}:"
    yield ""
    for item in part.items:
        if isinstance(item, Quoted):
            number = item.row.new or item.row.old
            yield f"  {number:>6}  {visible(item.row.text)}".rstrip()
            yield from _remarks(item.remarks)
    yield ""


def _remarks(remarks: Sequence[Remark]) -> Iterator[str]:
    if remarks:
        yield ""
        for remark in remarks:
            yield from _remark(remark)
        yield ""


def _remark(remark: Remark) -> Iterator[str]:
    rule = f" [{tag(remark.finding)}]" if remark.level == remark.finding.severity else ""
    lead = f"{remark.level}: "
    for index, line in enumerate(wrap(lead + remark.text + rule, WIDTH, WIDTH - 2)):
        yield line if index == 0 else f"  {line}"
