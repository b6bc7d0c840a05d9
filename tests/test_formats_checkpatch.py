# SPDX-License-Identifier: GPL-2.0-or-later
"""``alias checkpatch='gfplint check'``: command lines as b4, NIPA and the kernel's documentation spell them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gfplint.cli.common import Usage
from gfplint.cli.habits import translate
from tests.reports import DIFF

TYPES = [("GFP_BARE_MODIFIER", "gfp/bare-modifier"), ("HOTPLUG_LOCK_LEAKED", "hotplug/lock-leaked")]
MAIL = f"""\
From: "A. Developer" <dev@example.org>
Date: Mon, 2 Nov 2026 10:00:00 +0000
Subject: [PATCH] example: pool: stay on the node
Message-ID: <1@example.org>

Stay on the node.
---
{DIFF}{"-- "}
2.39.5
"""
CLEAN = MAIL.replace("__GFP_THISNODE | __GFP_NOWARN", "GFP_KERNEL").replace("+\tcpus_read_lock();", "+\tpool_lock();")


def said(*args: str) -> list[str]:
    return translate(args, lambda: TYPES)


@pytest.mark.parametrize(
    ("args", "made"),
    [
        (["x.patch"], ["x.patch"]),
        # b4 am, b4 prep
        (["-q", "--terse", "--no-summary", "--mailback"], ["--format=checkpatch:terse,no-summary,mailback", "-q"]),
        (
            ["-q", "--terse", "--no-summary", "--mailback", "--showfile", "--codespell"],
            ["--format=checkpatch:terse,no-summary,mailback,showfile", "-q"],
        ),
        # NIPA
        (
            ["--strict", "--ignore=COMMIT_LOG_LONG_LINE,MACRO_ARG_REUSE,NO_AUTHOR_SIGN_OFF", "-g", "HEAD"],
            ["--strict", "-g", "HEAD"],
        ),
        # Documentation/process and Documentation/dev-tools
        (["--terse", "--file", "mm/x.c"], ["--format=checkpatch:terse", "--file", "mm/x.c"]),
        (["--types", "SPACING,GFP_BARE_MODIFIER", "x"], ["--select=gfp/bare-modifier", "x"]),
        (["--types=SPACING", "x"], ["--ignore=*", "x"]),
        (["--root=/k", "x"], ["--tree=/k", "x"]),
        (["--root", "/k", "x"], ["--tree=/k", "x"]),
        (["--subjective", "--emacs", "x"], ["--format=checkpatch:emacs", "--strict", "x"]),
        (["--color", "x"], ["--color=auto", "x"]),
        (["--color=always", "--nocolor", "x"], ["--color=always", "--color=never", "x"]),
        (["--no-tree", "--notree", "--no-signoff", "--nosignoff", "--no-fixes-tag"], ["--no-tree", "--no-tree"]),
        (["--max-line-length=100", "--tab-size", "8", "--fix", "--debug", "type=1", "x"], ["x"]),
        (["--nosummary", "--noemacs", "x"], ["--format=checkpatch:no-summary", "x"]),
        # what is gfplint's own stays
        (["--ignore", "gfp/bare-modifer", "--ignore=gfp"], ["--ignore=gfp/bare-modifer", "--ignore=gfp"]),
        (["--ignore", "HOTPLUG_LOCK_LEAKED,gfp,LONG_LINE"], ["--ignore=hotplug/lock-leaked,gfp"]),
        (["--no-suppress", "--no-such", "x"], ["--no-suppress", "--no-such", "x"]),
        (["--format", "json", "--terse"], ["--format", "json"]),
        (["--terse", "--", "--terse"], ["--format=checkpatch:terse", "--", "--terse"]),
    ],
)
def test_translation(args: list[str], made: list[str]) -> None:
    assert said(*args) == made


def test_an_option_without_its_value() -> None:
    with pytest.raises(Usage, match="--types: expected one argument"):
        said("x", "--types")


def run(*args: str, input: str = MAIL, cwd: Path | None = None) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "gfplint", "check", *args],
        input=input.encode(),
        capture_output=True,
        cwd=cwd,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_as_b4_am_calls_it() -> None:
    status, out, err = run("-q", "--terse", "--no-summary", "--mailback")
    assert (status, err) == (1, "")
    assert [line.split(":")[:3] for line in out.splitlines()] == [
        ["-", "18", " WARNING"],
        ["-", "20", " ERROR"],
    ]
    assert run("-q", "--terse", "--no-summary", "--mailback", input=CLEAN) == (0, "", "")


def test_as_nipa_calls_it(tmp_path: Path) -> None:
    (tmp_path / "x.patch").write_text(MAIL)
    status, out, _ = run(
        "--format", "checkpatch", "--strict", "--ignore=LONG_LINE,MACRO_ARG_REUSE", "x.patch", cwd=tmp_path
    )
    assert status == 1
    assert "\ntotal: 1 errors, 1 warnings, 0 checks, 22 lines checked\n" in out


def test_types_choose_rules() -> None:
    assert "ERROR" not in run("--terse", "--types", "GFP_BARE_MODIFIER,SPACING")[1]
    assert run("--terse", "-q", "--types", "SPACING") == (0, "", "")
    assert "WARNING" not in run("--terse", "--ignore", "GFP_BARE_MODIFIER")[1]


@pytest.mark.parametrize("name", ["b4", "b4-prep", "b4-review"])
def test_b4_hears_nothing_on_stderr(name: str, tmp_path: Path) -> None:
    status, out, err = run("--format", name, str(tmp_path / "no-such.mbox"))
    assert (status, err) == (2, "")
    assert "no-such.mbox" in out and "ERROR:" not in out


def test_b4_pipes_a_body_that_is_decoded_already() -> None:
    lies = MAIL.replace("\n\n", "\nContent-Transfer-Encoding: base64\nContent-Type: text/plain; charset=utf-8\n\n", 1)
    status, out, _ = run("--format", "b4", input=lies)
    assert status == 1
    assert [line.split(":")[1] for line in out.splitlines()] == ["20", "22"]  # two headers more


def test_the_other_formats_are_written_where_one_cannot_be(tmp_path: Path) -> None:
    status, out, err = run("--format", "terse", "--format", "json=/no/such/x", "--format", "jsn")
    assert status == 2
    assert len(err.splitlines()) == 2
    assert "cannot write /no/such/x" in err and "did you mean json" in err
    assert out.count("\n") == 2
    status, out, err = run("--format=terse", f"--format=sarif={tmp_path}/x.sarif", f"--format=html={tmp_path}/x.html")
    assert (status, err, out.count("\n")) == (1, "", 2)
    assert (tmp_path / "x.sarif").read_text().startswith('{"$schema"')
    assert (tmp_path / "x.html").read_text().startswith("<!DOCTYPE html>")


def test_editors_go_to_the_line_of_the_file(tmp_path: Path) -> None:
    one = "From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\n" + MAIL
    (tmp_path / "0001-x.patch").write_text(one)
    (tmp_path / "plain.patch").write_text(MAIL)
    (tmp_path / "two.mbox").write_text(CLEAN.join(["From a Thu Jan  1 00:00:00 1970\n", "\n"]) + one)
    for name in ("0001-x.patch", "plain.patch"):
        for line in run("--terse", "--no-summary", name, cwd=tmp_path)[1].splitlines():
            file, number, _ = line.split(":", 2)
            text = (tmp_path / file).read_text().splitlines()[int(number) - 1]
            assert ("__GFP_THISNODE" in text) == ("GFP_" in line) and text.startswith(
                ("+\tpage", " \t\treturn -ENOMEM")
            )
    out = run("--terse", "--no-summary", "two.mbox", cwd=tmp_path)[1]
    assert out.startswith("drivers/example/pool.c:44: WARNING: ")  # which line of the mailbox is not known
