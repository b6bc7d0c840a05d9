# SPDX-License-Identifier: GPL-2.0-or-later
"""Commits, index and work tree, through the real git."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gfplint.mail.git import GitError, commits, staged, worktree

Git = Callable[..., str]


@pytest.fixture
def git(tmp_path: Path) -> Git:
    identity = {"GIT_AUTHOR_NAME": "A. D\u00e9v", "GIT_AUTHOR_EMAIL": "dev@example.org"}
    identity |= {
        "GIT_COMMITTER_NAME": "C",
        "GIT_COMMITTER_EMAIL": "c@example.org",
        "GIT_AUTHOR_DATE": "2026-11-02T10:00:00+01:00",
    }

    def run(*args: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(tmp_path), *args], check=True, capture_output=True, env=os.environ | identity
        )
        return done.stdout.decode()

    run("init", "-q", "-b", "main")
    for number in range(1, 4):
        (tmp_path / "x.c").write_text(f"int a = {number};\n")
        run("add", "x.c")
        run("commit", "-qm", f"x: number {number}\n\nWhy {number}.\n\nSigned-off-by: A. D\u00e9v <dev@example.org>")
    return run


@pytest.mark.parametrize(
    ("args", "titles"),
    [
        (["HEAD"], [["x: number 3"]]),
        (["HEAD-2"], [["x: number 2", "x: number 3"]]),
        (["HEAD~2..HEAD"], [["x: number 2", "x: number 3"]]),
        (["HEAD~1.."], [["x: number 3"]]),
        (["HEAD~2", "main"], [["x: number 1"], ["x: number 3"]]),
        (["HEAD..HEAD"], []),
    ],
)
def test_commits(git: Git, tmp_path: Path, args: list[str], titles: list[list[str]]) -> None:
    found = list(commits(args, str(tmp_path)))
    assert [[patch.mail.title for patch in series.patches] for series in found] == titles


def test_a_commit_is_read_like_a_mail(git: Git, tmp_path: Path) -> None:
    (series,) = commits(["HEAD"], str(tmp_path))
    mail = series.patches[0].mail
    assert mail.input == git("rev-parse", "HEAD").strip()
    assert (mail.author.name, mail.author.email, mail.date) == (
        "A. D\u00e9v",
        "dev@example.org",
        "2026-11-02T10:00:00+01:00",
    )
    assert mail.trailers == (("Signed-off-by", "A. D\u00e9v <dev@example.org>"),)
    (file,) = series.patches[0].files
    assert [(line.kind, line.text, line.mail) for line in file.hunks[0].lines] == [
        ("-", "int a = 2;", None),
        ("+", "int a = 3;", None),
    ]
    assert str(series.patches[0].diff) == mail.diff


def test_merges_are_passed_over(git: Git, tmp_path: Path) -> None:
    git("checkout", "-qb", "side", "HEAD~1")
    (tmp_path / "y.c").write_text("int y;\n")
    git("add", "y.c")
    git("commit", "-qm", "y")
    git("merge", "-q", "-m", "merge", "main")
    (series,) = commits(["main..side"], str(tmp_path))
    assert [patch.mail.title for patch in series.patches] == ["y"]


def test_a_branch_that_looks_like_a_count(git: Git, tmp_path: Path) -> None:
    git("branch", "topic-2", "HEAD~1")
    (series,) = commits(["topic-2"], str(tmp_path))
    assert [patch.mail.title for patch in series.patches] == ["x: number 2"]


@pytest.mark.parametrize("wrong", ["nothing", "--output=x", "a..b", "", "HEAD:x.c", "a\nb", "nothing-3"])
def test_wrong_revision_is_one_line(git: Git, tmp_path: Path, wrong: str) -> None:
    with pytest.raises(GitError) as error:
        list(commits([wrong], str(tmp_path)))
    assert "\n" not in str(error.value)
    assert not (tmp_path / "x").exists()


def test_no_repository(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="not a git repository"):
        list(commits(["HEAD"], str(tmp_path)))
    with pytest.raises(GitError):
        list(staged(str(tmp_path)))


def test_staged_and_worktree_see_what_they_say(git: Git, tmp_path: Path) -> None:
    assert list(staged(str(tmp_path))) == []
    assert list(worktree(str(tmp_path))) == []
    (tmp_path / "x.c").write_text("int staged;\n")
    git("add", "x.c")
    (tmp_path / "x.c").write_text("int unstaged;\n")
    before = (tmp_path / ".git" / "index").read_bytes()

    def added(found: list[str]) -> list[str]:
        return [line for line in found if line.startswith("+int")]

    (one,) = staged(str(tmp_path))
    (two,) = worktree(str(tmp_path))
    assert added(one.patches[0].mail.diff.split("\n")) == ["+int staged;"]
    assert added(two.patches[0].mail.diff.split("\n")) == ["+int unstaged;"]
    assert one.patches[0].files[0].path == "x.c"
    assert (tmp_path / ".git" / "index").read_bytes() == before
    assert not (tmp_path / ".git" / "index.lock").exists()


def test_repository_without_a_commit(tmp_path: Path) -> None:
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    (tmp_path / "x.c").write_text("int a;\n")
    subprocess.run(["git", "-C", str(tmp_path), "add", "x.c"], check=True)
    assert [series.patches[0].files[0].status for series in staged(str(tmp_path))] == ["added"]
    assert [series.patches[0].files[0].status for series in worktree(str(tmp_path))] == ["added"]


def test_settings_of_the_user_change_nothing(git: Git, tmp_path: Path) -> None:
    plain = next(commits(["HEAD"], str(tmp_path))).patches[0].mail.diff
    (tmp_path / ".gitattributes").write_text("*.c diff=own\n")
    script = tmp_path / "ran"
    for key, value in {
        "diff.noprefix": "true",
        "diff.mnemonicPrefix": "true",
        "diff.external": f"touch {script}",
        "diff.own.textconv": f"touch {script}; cat",
        "diff.own.command": f"touch {script}",
        "core.fsmonitor": f"touch {script}",
        "color.ui": "always",
        "diff.context": "0",
        "diff.orderFile": str(script),
        "log.showSignature": "true",
        "diff.renames": "false",
    }.items():
        git("config", key, value)
    (series,) = commits(["HEAD"], str(tmp_path))
    assert series.patches[0].mail.diff == plain
    (tmp_path / "x.c").write_text("int b;\n")
    assert len(list(worktree(str(tmp_path)))) == 1
    assert not script.exists()
