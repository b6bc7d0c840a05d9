# SPDX-License-Identifier: GPL-2.0-or-later
"""Public-inbox archives: made with git as the format describes them, and by the real tools where they are."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from gfplint.mail.forms import Filter
from gfplint.mail.intake import Intake
from tests.test_mail_intake import SINGLE, git, mail, shape


def archive(folder: Path, version: int, mails: list[tuple[str, str | None]]) -> Path:
    """A public-inbox with mails of (date, text); no text: the mail before is removed."""
    work = folder / ("git/0.git" if version == 2 else "v1")
    work.mkdir(parents=True)
    git(work, "init", "-q")
    file = work
    for number, (day, text) in enumerate(mails):
        if text is None and version == 2:
            file.rename(work / "d")
        elif text is None:
            file.unlink()
        else:
            (work / "d").unlink(missing_ok=True)
            file = work / ("m" if version == 2 else f"{number:02x}/{number:038x}")
            file.parent.mkdir(exist_ok=True)
            file.write_text(text)
        git(work, "add", "-A")
        environment = {"GIT_COMMITTER_DATE": f"{day}T00:00:00Z", "GIT_AUTHOR_DATE": f"{day}T00:00:00Z"}
        command = ["git", "-C", str(work), "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-qm", "x"]
        subprocess.run(command, check=True, env=environment | {"PATH": "/usr/bin:/bin", "HOME": str(folder)})
    bare = work.with_name("bare")
    git(folder, "clone", "-q", "--bare", str(work), str(bare))
    work.rename(folder / "was")
    bare.rename(work)
    return folder if version == 2 else work


@pytest.mark.parametrize("version", [1, 2])
def test_public_inbox(tmp_path: Path, version: int) -> None:
    mails: list[tuple[str, str | None]] = [
        ("2026-01-01", SINGLE),
        ("2026-02-01", mail("[PATCH 1/2] a", "a", "c")),
        ("2026-03-01", mail("[PATCH 2/2] b", "b", "c")),
    ]
    path = archive(tmp_path, version, mails)
    intake = Intake([str(path)])
    assert shape(list(intake)) == [("one", ["mm: one"], True), ("a", ["a", "b"], True)]
    assert intake.problems == []

    def picked(**wanted: object) -> list[str]:
        return [one.id.split("@")[0] for one in Intake([str(path)], wanted=Filter(**wanted))]  # type: ignore[arg-type]

    assert picked(since="2026-02-15") == ["b"]
    assert picked(until="2026-01-15") == ["one"]
    assert picked(message_ids=frozenset(["one@example.org"])) == ["one"]
    assert picked(message_ids=frozenset(["c@example.org"])) == ["a"]  # the series that answers the cover


@pytest.mark.parametrize("version", [1, 2])
def test_a_removed_mail_is_not_read(tmp_path: Path, version: int) -> None:
    mails: list[tuple[str, str | None]] = [
        ("2026-01-01", SINGLE),
        ("2026-02-01", mail("spam", "spam")),
        ("2026-03-01", None),
        ("2026-04-01", mail("[PATCH] mm: two", "two")),
    ]
    path = archive(tmp_path, version, mails)
    for wanted in (Filter(), Filter(since="2026-01-15"), Filter(until="2026-04-15"), Filter(until="2026-02-15")):
        ids = [read.mail.message_id.split("@")[0] for read in Intake([str(path)], wanted=wanted).all_mails()]
        assert "spam" not in ids
        assert ids


@pytest.mark.skipif(not shutil.which("public-inbox-init"), reason="wants Debian's public-inbox")
@pytest.mark.parametrize("version", [1, 2])
def test_what_public_inbox_itself_makes(tmp_path: Path, version: int) -> None:
    config, inbox = tmp_path / "config", tmp_path / "inbox"
    env = os.environ | {"PI_CONFIG": str(config), "HOME": str(tmp_path), "ORIGINAL_RECIPIENT": "list@example.org"}

    def run(*command: str, text: str = "") -> None:
        subprocess.run(command, check=True, env=env, input=text.encode(), capture_output=True)

    run("public-inbox-init", f"-V{version}", "list", str(inbox), "http://example.org/list", "list@example.org")
    run("git", "config", "-f", str(config), "publicinboxmda.spamcheck", "none")
    to = "To: list@example.org\nDate: Mon, 2 Nov 2026 10:00:00 +0000\n"
    mails = [mail(f"[PATCH {number}/2] p{number}", f"p{number}", "p1", extra=to) for number in (1, 2)]
    mails.append(mail("spam", "spam", extra=to))
    for text in mails:
        run("public-inbox-mda", "--no-precheck", text=text)
    run("public-inbox-learn", "rm", text=mails[2])
    inputs = [inbox, inbox / "git" / "0.git"] if version == 2 else [inbox]
    for path in inputs:
        intake = Intake([str(path)])
        assert shape(list(intake)) == [("p1", ["p1", "p2"], True)]
        assert (intake.mails, intake.problems) == (2, [])
