# SPDX-License-Identifier: GPL-2.0-or-later
"""Git hooks, with the real git: a commit, a push, a series that is sent."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from gfplint import hooks
from tests.smtp import serving

REPO = Path(__file__).parents[1]
GOOD = """\
#include <linux/gfp.h>

static int pool_fill(struct pool *pool, int nid)
{
	struct page *page;

	page = alloc_pages_node(nid, GFP_KERNEL, 0);
	if (!page)
		return -ENOMEM;
	pool->page = page;
	return 0;
}
"""
BAD = GOOD.replace("GFP_KERNEL", "__GFP_THISNODE | __GFP_NOWARN")
FILE = "drivers/example/pool.c"


class Done(NamedTuple):
    status: int
    out: str


class Work:
    """A repository with one commit, and git in it."""

    def __init__(self, root: Path, config: Path) -> None:
        self.root = root
        self.env = {
            **os.environ,
            "PYTHONPATH": str(REPO),
            "GIT_CONFIG_GLOBAL": str(config),
            "HOME": str(root.parent),
            "GIT_AUTHOR_DATE": "2026-11-02T10:00:00Z",
            "GIT_COMMITTER_DATE": "2026-11-02T10:00:00Z",
        }
        root.mkdir()
        self.git("init", "-q", "-b", "main")
        self.write(GOOD)
        self.git("add", ".")
        self.git("commit", "-qm", "pool: first")

    def write(self, text: str, name: str = FILE) -> None:
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def run(self, *args: str, input: str = "", cwd: Path | None = None, **env: str) -> Done:
        done = subprocess.run(
            args,
            cwd=cwd or self.root,
            env={**self.env, **env},
            input=input,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
        )
        assert "Traceback" not in done.stdout, done.stdout
        return Done(done.returncode, done.stdout)

    def git(self, *args: str, cwd: Path | None = None, **env: str) -> str:
        done = self.run("git", *args, cwd=cwd, **env)
        assert done.status == 0, done.out
        return done.out

    def gfplint(self, *args: str, cwd: Path | None = None) -> Done:
        return self.run(sys.executable, "-m", "gfplint", *args, cwd=cwd)

    def commit(self, text: str, name: str = FILE) -> Done:
        self.write(text, name)
        self.git("add", ".")
        return self.run("git", "commit", "-qm", "pool: change")


@pytest.fixture
def work(tmp_path: Path) -> Work:
    config = tmp_path / "gitconfig"
    config.write_text("[user]\n\tname = A. Developer\n\temail = dev@example.org\n")
    return Work(tmp_path / "work", config)


def test_a_commit_with_a_finding_is_stopped(work: Work) -> None:
    assert work.gfplint("hook", "install", "pre-commit").out == f"installed: {work.root}/.git/hooks/pre-commit\n"
    done = work.commit(BAD)
    assert done.status == 1
    assert "gfp/bare-modifier" in done.out
    assert "git commit --no-verify" in done.out
    assert work.git("log", "--oneline").count("\n") == 1
    assert work.run("git", "commit", "-qm", "x", "--no-verify").status == 0


def test_a_clean_commit_is_silent(work: Work) -> None:
    work.gfplint("hook", "install", "pre-commit")
    assert work.commit(GOOD.replace("return 0", "return 1")) == (0, "")


def test_what_counts_is_the_index(work: Work) -> None:
    work.gfplint("hook", "install", "pre-commit")
    work.write(GOOD.replace("return 0", "return 2"))
    work.git("add", ".")
    work.write(BAD)  # not staged
    assert work.run("git", "commit", "-qm", "staged") == (0, "")
    work.git("add", ".")
    work.write(GOOD)  # staged, and mended since
    assert work.run("git", "commit", "-qm", "staged").status == 1


def test_only_what_is_new_stops(work: Work) -> None:
    work.commit(BAD)
    work.gfplint("hook", "install", "pre-commit")
    assert work.commit(BAD.replace("return 0", "return 1")) == (0, "")


def test_commit_all_and_a_worktree(work: Work, tmp_path: Path) -> None:
    work.gfplint("hook", "install", "pre-commit")
    work.write(BAD)
    assert work.run("git", "commit", "-aqm", "x").status == 1
    other = tmp_path / "other"
    work.git("worktree", "add", "-q", str(other), "-b", "other", "HEAD")
    (other / FILE).write_text(BAD)
    done = work.run("git", "commit", "-aqm", "x", cwd=other)
    assert done.status == 1 and "gfp/bare-modifier" in done.out
    assert "pre-commit: ours" in work.gfplint("hook", "status", cwd=other).out


def test_hooks_path_is_respected(work: Work) -> None:
    work.git("config", "core.hooksPath", "my hooks")
    out = work.gfplint("hook", "install", "pre-commit").out
    assert out == f"installed: {work.root}/my hooks/pre-commit\n"
    assert work.commit(BAD).status == 1


def test_from_a_folder_below(work: Work) -> None:
    assert work.gfplint("hook", "install", cwd=work.root / "drivers").status == 0
    assert (work.root / ".git/hooks/pre-commit").exists()
    work.write(BAD)
    work.git("add", ".")
    assert work.run("git", "commit", "-qm", "x", cwd=work.root / "drivers").status == 1


def foreign(work: Work, text: str = "#!/bin/sh\necho mine\n", name: str = "pre-commit") -> Path:
    file = work.root / ".git/hooks" / name
    file.write_text(text)
    file.chmod(0o755)
    return file


def test_a_foreign_hook_is_left_alone(work: Work) -> None:
    file = foreign(work)
    done = work.gfplint("hook", "install")
    assert done.status == 2
    assert done.out == f"gfplint: {file}: there is a hook already; --force keeps it and runs it before gfplint\n"
    assert file.read_text() == "#!/bin/sh\necho mine\n"
    assert not (file.parent / "sendemail-validate").exists()
    assert work.gfplint("hook", "remove").out == "nothing to remove\n"
    assert "pre-commit: foreign" in work.gfplint("hook", "status").out


def test_force_keeps_it_and_remove_puts_it_back(work: Work) -> None:
    file = foreign(work)
    assert work.gfplint("hook", "install", "--force", "pre-commit").status == 0
    assert "pre-commit: ours, after another one" in work.gfplint("hook", "status").out
    done = work.commit(BAD)
    assert done.status == 1
    assert done.out.startswith("mine\n") and "gfp/bare-modifier" in done.out
    assert work.gfplint("hook", "install", "--force", "pre-commit").status == 0  # twice does not chain ourselves
    assert work.commit(GOOD.replace("return 0", "return 1")) == (0, "mine\n")
    work.gfplint("hook", "remove")
    assert file.read_text() == "#!/bin/sh\necho mine\n"
    assert not Path(f"{file}{hooks.CHAINED}").exists()


def test_a_foreign_hook_that_says_no_is_obeyed(work: Work) -> None:
    foreign(work, "#!/bin/sh\necho no; exit 7\n")
    work.gfplint("hook", "install", "--force", "pre-commit")
    assert work.commit(GOOD.replace("return 0", "return 1")) == (1, "no\n")


def test_install_twice_is_once_and_remove_is_all(work: Work) -> None:
    first = work.gfplint("hook", "install")
    assert work.gfplint("hook", "install") == first
    assert work.gfplint("hook", "remove").out.count("removed: ") == 2
    assert "none" in work.gfplint("hook", "status").out
    assert work.commit(BAD).status == 0


def test_a_gfplint_that_cannot_work_lets_git_go_on(work: Work) -> None:
    work.gfplint("hook", "install", "pre-commit")
    file = work.root / ".git/hooks/pre-commit"
    text = file.read_text()
    file.write_text(text.replace(sys.executable, "/no/such/python"))
    done = work.commit(BAD)
    assert done.status == 0
    assert "/no/such/python is gone or broken: nothing was linted" in done.out
    file.write_text(text.replace("check --quiet", "check --no-such-option"))
    done = work.commit(BAD.replace("return 0", "return 3"))
    assert done.status == 0
    assert "could not do its work (status 2); git goes on" in done.out


def test_what_lies_in_the_linted_folder_is_not_run(work: Work) -> None:
    work.gfplint("hook", "install", "pre-commit")
    work.write("raise SystemExit('owned')\n", "gfplint/__main__.py")
    work.write("raise SystemExit('owned')\n", "gfplint.py")
    work.write("raise SystemExit('owned')\n", "argparse.py")
    done = work.commit(BAD)
    assert "owned" not in done.out
    assert done.status == 1


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["install", "no-such"], "unknown name 'no-such': pre-commit, sendemail-validate, pre-push"),
        (["frobnicate"], "unknown action 'frobnicate'"),
        (["install", "--repo", "/no/such"], "--repo /no/such: no such folder"),
        (["install", "--repo", "/"], "not a git repository"),
        (["run"], "which one?"),
    ],
)
def test_wrong_usage_is_one_line(work: Work, args: list[str], words: str) -> None:
    done = work.gfplint("hook", *args)
    assert (done.status, done.out.count("\n")) == (2, 1)
    assert words in done.out


def series(work: Work) -> list[Path]:
    """A series of a cover and two patches, the second one with a finding."""
    work.commit(GOOD.replace("return 0", "return 1"))
    work.commit(BAD.replace("return 0", "return 1"))
    work.git("format-patch", "-q", "--cover-letter", "--thread", "-o", "out", "-2")
    return sorted((work.root / "out").iterdir())


def send(work: Work, *args: str) -> Done:
    words = [
        "--from=dev@example.org",
        "--to=list@example.org",
        "--confirm=never",
        "--quiet",
        "--force",
        "--suppress-cc=all",
    ]
    return work.run("git", "send-email", *words, *args)


@pytest.fixture
def sink() -> Iterator[tuple[int, list[str]]]:
    """A mail server that takes everything; its port, and the subjects that came."""
    with serving() as server:
        yield server


needs_send_email = pytest.mark.skipif(
    subprocess.run(["git", "send-email", "--dump-aliases"], capture_output=True).returncode != 0,
    reason="git send-email is not installed",
)


@needs_send_email
def test_a_series_with_a_finding_is_not_sent(work: Work, sink: tuple[int, list[str]]) -> None:
    port, got = sink
    files = [str(file) for file in series(work)]
    server = ["--smtp-server=127.0.0.1", f"--smtp-server-port={port}", "--smtp-domain=example.org"]
    work.gfplint("hook", "install", "sendemail-validate")
    done = send(work, *server, *files)
    assert done.status != 0
    assert "gfp/bare-modifier" in done.out and "git send-email --no-validate" in done.out
    assert got == []
    done = send(work, *server, "--no-validate", *files)
    assert done.status == 0, done.out
    assert len(got) == 3


@needs_send_email
def test_a_clean_series_is_sent(work: Work, sink: tuple[int, list[str]]) -> None:
    port, got = sink
    files = [str(file) for file in series(work)[:2]]
    work.gfplint("hook", "install", "sendemail-validate")
    done = send(work, "--smtp-server=127.0.0.1", f"--smtp-server-port={port}", "--smtp-domain=example.org", *files)
    assert done.status == 0, done.out
    assert "gfplint" not in done.out
    assert len(got) == 2


def validate(work: Work, files: list[Path]) -> list[Done]:
    """The hook as git from 2.41 on calls it: a mail and a file of headers, which and of how many."""
    results = []
    for number, file in enumerate(files, 1):
        headers = work.root / f"headers-{number}"
        headers.write_text("To: list@example.org\n")
        results.append(
            work.run(
                *("git", "hook", "run", "sendemail-validate", "--", str(file), str(headers)),
                GIT_SENDEMAIL_FILE_COUNTER=str(number),
                GIT_SENDEMAIL_FILE_TOTAL=str(len(files)),
            )
        )
        headers.unlink()
    return results


def test_the_new_protocol_lints_the_series_at_its_end(work: Work) -> None:
    files = series(work)
    work.gfplint("hook", "install", "sendemail-validate")
    results = validate(work, files)
    assert [done.status for done in results] == [0, 0, 1]
    assert [bool(done.out) for done in results] == [False, False, True]
    assert results[-1].out.count("gfp/bare-modifier") == 1
    assert not list((work.root / ".git").glob("gfplint-*"))
    assert [done.status for done in validate(work, files[:2])] == [0, 0]


def test_a_crash_leaves_nothing_that_counts(work: Work) -> None:
    files = series(work)
    work.gfplint("hook", "install", "sendemail-validate")
    work.run(
        *("git", "hook", "run", "sendemail-validate", "--", str(files[2]), str(files[2])),
        GIT_SENDEMAIL_FILE_COUNTER="1",
        GIT_SENDEMAIL_FILE_TOTAL="2",
    )
    assert [done.status for done in validate(work, files[:2])] == [0, 0]


@pytest.fixture
def pushed(work: Work, tmp_path: Path) -> Work:
    work.git("init", "-q", "--bare", str(tmp_path / "remote.git"))
    work.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    work.git("push", "-q", "origin", "main")
    work.gfplint("hook", "install", "pre-push")
    return work


def test_a_push_with_a_finding_is_stopped(pushed: Work) -> None:
    assert pushed.commit(GOOD.replace("return 0", "return 1")) == (0, "")
    assert pushed.run("git", "push", "-q", "origin", "main") == (0, "")
    pushed.commit(BAD)
    done = pushed.run("git", "push", "-q", "origin", "main")
    assert done.status == 1
    assert "gfp/bare-modifier" in done.out and "git push --no-verify" in done.out


def test_a_new_branch_and_a_deleted_one(pushed: Work) -> None:
    pushed.git("checkout", "-q", "-b", "topic")
    assert pushed.run("git", "push", "-q", "origin", "topic") == (0, "")  # brings nothing
    pushed.commit(BAD)
    assert pushed.run("git", "push", "-q", "origin", "topic:other").status == 1
    assert pushed.run("git", "push", "-q", "origin", ":topic") == (0, "")


def test_a_chained_push_hook_gets_its_input(pushed: Work) -> None:
    pushed.gfplint("hook", "remove")
    foreign(pushed, "#!/bin/sh\ncat >seen\n", "pre-push")
    pushed.gfplint("hook", "install", "--force", "pre-push")
    pushed.commit(BAD)
    assert pushed.run("git", "push", "-q", "origin", "main").status == 1
    assert (pushed.root / "seen").read_text().startswith("refs/heads/main ")
