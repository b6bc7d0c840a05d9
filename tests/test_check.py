# SPDX-License-Identifier: GPL-2.0-or-later
"""``gfplint check`` as a user runs it: a process, real files, exit status."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

MAIL = """\
From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001
From: "A. Developer" <dev@example.org>
Date: Mon, 2 Nov 2026 10:00:00 +0000
Subject: [PATCH] example: allocate on the node
Message-ID: <1@example.org>

Allocate on the node of the device.
---
 drivers/example/example.c | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

diff --git a/drivers/example/example.c b/drivers/example/example.c
index 1111111111..2222222222 100644
--- a/drivers/example/example.c
+++ b/drivers/example/example.c
@@ -10,7 +10,7 @@ static int example_probe(struct device *dev)
 {
 	struct page *page;

-	page = alloc_pages(GFP_KERNEL, 0);
+	page = alloc_pages_node(nid, __GFP_THISNODE | __GFP_NOWARN, 0);
 	if (!page)
 		return -ENOMEM;

--
2.39.5
"""
CLEAN = MAIL.replace("__GFP_THISNODE | __GFP_NOWARN", "GFP_KERNEL")


def gfplint(*args: object, input: bytes = b"", cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
    done = subprocess.run(
        [sys.executable, "-m", "gfplint", *map(str, args)],
        input=input,
        capture_output=True,
        cwd=cwd,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )
    text = subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())
    assert "Traceback" not in text.stderr
    return text


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    file = tmp_path / "one.patch"
    file.write_text(MAIL)
    return file


def test_finding_is_quoted_with_its_place(mail: Path) -> None:
    done = gfplint(mail)
    assert done.returncode == 1
    assert "drivers/example/example.c" in done.stdout
    assert "example_probe" in done.stdout
    assert "gfp/bare-modifier" in done.stdout
    assert "GFP_KERNEL | __GFP_THISNODE | __GFP_NOWARN" in done.stdout
    assert max(map(len, done.stdout.expandtabs(8).splitlines())) <= 80
    assert done.stderr == ""


def test_check_is_the_default_command(mail: Path) -> None:
    assert gfplint("check", mail).stdout == gfplint(mail).stdout


def test_standard_input() -> None:
    done = gfplint("-", "--format", "terse", input=MAIL.encode())
    assert done.returncode == 1
    assert done.stdout.splitlines()[0].startswith("drivers/example/example.c:13:31: warning: [gfp/bare-modifier] ")


def test_clean_patch(tmp_path: Path) -> None:
    file = tmp_path / "clean.patch"
    file.write_text(CLEAN)
    done = gfplint(file)
    assert (done.returncode, done.stderr) == (0, "")


def test_fail_on_and_exit_zero(mail: Path) -> None:
    assert gfplint(mail, "--fail-on", "error").returncode == 0
    assert gfplint(mail, "--exit-zero").returncode == 0


def test_json(mail: Path) -> None:
    report = json.loads(gfplint(mail, "--format", "json").stdout)
    [patch] = report["patches"]
    assert patch["message_id"] == "1@example.org"
    [finding] = patch["findings"]
    assert (finding["line"], finding["column"], finding["mail_line"]) == (13, 31, 20)
    assert report["summary"]["by_rule"] == {"gfp/bare-modifier": 1}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty", b""),
        ("text", b"this is no mail\nat all\n"),
        ("nul", b"\0\0\0\0" * 100),
        ("truncated", MAIL.encode().partition(b"-\tpage")[0]),
    ],
)
def test_bad_input_costs_only_itself(mail: Path, tmp_path: Path, name: str, content: bytes) -> None:
    bad = tmp_path / name
    bad.write_bytes(content)
    done = gfplint(bad, mail, "--format", "terse")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert str(bad) in done.stderr
    assert "gfp/bare-modifier" in done.stdout


def test_missing_file(mail: Path, tmp_path: Path) -> None:
    done = gfplint(tmp_path / "none.mbox", mail, "--exit-zero")
    assert done.returncode == 2
    assert "none.mbox" in done.stderr and len(done.stderr.splitlines()) == 1


def test_folder_that_is_no_maildir(tmp_path: Path) -> None:
    done = gfplint(tmp_path)
    assert done.returncode == 2
    assert str(tmp_path) in done.stderr


def test_mail_without_a_patch_is_no_error(tmp_path: Path) -> None:
    file = tmp_path / "talk.eml"
    file.write_text(MAIL.partition("---\n")[0])
    done = gfplint(file)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "0 patches, 0 files: nothing found; 1 mail without a patch\n"


def test_wrong_charset_and_control_characters(tmp_path: Path) -> None:
    text = MAIL.replace("Message-ID", 'Content-Type: text/plain; charset="no-such"\nMessage-ID')
    file = tmp_path / "odd.patch"
    file.write_bytes(text.encode().replace(b"struct page *page;", b"/* \x1b]0;\xff [red]bold[/red] */"))
    done = gfplint(file, "--color", "always")
    assert done.returncode == 2  # linted all the same, and said
    assert len(done.stderr.splitlines()) == 1 and str(file) in done.stderr
    assert "\x1b]0" not in done.stdout
    assert "[red]bold[/red]" in done.stdout


@pytest.mark.parametrize(
    "args", [["--select", "gfp/bare-modifer"], ["--format", "jsn"], ["--no-such-option"], ["-g"], ["-g", "--output=x"]]
)
def test_wrong_usage_is_one_line(mail: Path, args: list[str]) -> None:
    done = gfplint(*args, *([] if "-g" in args else [mail]))
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1


def test_unknown_rule_is_answered_with_the_nearest(mail: Path) -> None:
    assert "gfp/bare-modifier" in gfplint(mail, "--select", "gfp/bare-modifer").stderr


def test_rule_with_a_syntax_error_costs_only_itself(mail: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine" / "gfp"
    folder.mkdir(parents=True)
    (folder / "broken.py").write_text('r"""A rule.\n"""\ndef check(:\n')
    done = gfplint(mail, "--rules", tmp_path / "mine", "--format", "terse")
    assert done.returncode == 2
    assert f"{folder / 'broken.py'}:3:" in done.stderr
    assert "gfp/bare-modifier" in done.stdout


def test_rule_that_throws_costs_only_itself(mail: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine" / "gfp"
    folder.mkdir(parents=True)
    (folder / "throws.py").write_text(
        'r"""A rule.\n"""\nfrom gfplint.rule import Function, Reports\n\n'
        'SEVERITY = "error"\nWORDS = ("alloc_pages_node",)\n\n\n'
        "def check(fn: Function) -> Reports:\n    raise ValueError('oops')\n"
    )
    done = gfplint(mail, "--rules", tmp_path / "mine", "--format", "terse")
    assert done.returncode == 2
    assert "gfp/throws" in done.stderr and "example_probe" in done.stderr and "oops" in done.stderr
    assert "gfp/bare-modifier" in done.stdout


def test_nul_bytes_are_said_and_linted_around(tmp_path: Path) -> None:
    file = tmp_path / "nul.patch"
    file.write_bytes(MAIL.encode().replace(b"struct page *page;", b"struct page *\0page;"))
    done = gfplint(file, "--format", "terse")
    assert done.returncode == 2
    assert "NUL" in done.stderr and "gfp/bare-modifier" in done.stdout


def test_nesting_has_a_bound_that_is_told(tmp_path: Path) -> None:
    """A mask of a thousand terms costs neither a minute nor the run, and does not pass in silence."""
    file = tmp_path / "deep.patch"
    file.write_text(MAIL.replace("__GFP_THISNODE | __GFP_NOWARN", " | ".join(["__GFP_NOWARN"] * 1000)))
    done = gfplint(file)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1 and "nested too deeply" in done.stderr


def test_skipped_files_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "tools.patch"
    file.write_text(MAIL.replace("drivers/example", "tools/example"))
    assert "1 file skipped" in gfplint(file).stdout
    assert "tools/" in gfplint(file, "-v").stdout


def test_empty_selection_is_no_selection(mail: Path) -> None:
    assert gfplint(mail, "--select", "").returncode == 2


def test_ignore(mail: Path) -> None:
    assert gfplint(mail, "--ignore", "gfp").returncode == 0


def test_huge_mail(tmp_path: Path) -> None:
    """A mail of 50 MB is read, and its finding is there."""
    text = MAIL.replace("Allocate on the node of the device.\n", ("x" * 70 + "\n") * (50_000_000 // 71))
    file = tmp_path / "huge.patch"
    file.write_text(text)
    done = gfplint(file, "--format", "terse")
    assert (done.returncode, done.stderr) == (1, "")


HEAD, _, HUNK = MAIL.partition("diff --git ")
COMBINED = "diff --cc drivers/example/example.c\nindex 1,2..3\n@@@ -1,1 -1,1 +1,1 @@@\n  a\n--b\n++c\n"


def skipped(text: str) -> tuple[list[dict[str, object]], str]:
    """What the JSON report says of it, and the summary for people."""
    done = gfplint("check", "--no-tree", "--format", "json", "-", input=text.encode())
    return json.loads(done.stdout)["patches"][0]["skipped"], gfplint(
        "check", "--no-tree", "-", input=text.encode()
    ).stdout


@pytest.mark.parametrize("rest", ["", "diff --git " + HUNK])
def test_combined_diff_is_said_to_be_skipped(rest: str) -> None:
    told, summary = skipped(HEAD + COMBINED + rest)
    assert {"path": "drivers/example/example.c", "line": None, "reason": "combined diff of a merge"}.items() <= told[
        0
    ].items()
    assert "1 file skipped" in summary


@pytest.mark.parametrize("word", ["__GFP_THISNODE", "nothing"])
def test_healed_hunk_is_reported_as_healed(word: str) -> None:
    """Also where no rule has a word to say."""
    told, summary = skipped(MAIL.replace("-10,7 +10,7", "-10,8 +10,8").replace("alloc", word).replace("GFP", word))
    assert [(skip["path"], skip["line"]) for skip in told] == [("drivers/example/example.c", 10)]
    assert str(told[0]["reason"]).startswith("healed: counts -8 +8 do not fit")
    assert "skipped" not in summary
