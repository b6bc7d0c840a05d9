# SPDX-License-Identifier: GPL-2.0-or-later
"""Whole series on a real git repository: what a user sees of what a patch brings."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
BASE = {
    "Kbuild": "\n",
    "MAINTAINERS": "\n",
    "Makefile": "VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 0\n",
    "include/linux/mm.h": "\n",
    "drivers/example/a.c": """\
#include <linux/cpu.h>

static int first(struct example *ex)
{
	int ret;

	cpus_read_lock();
	ret = example_begin(ex);
	if (ret) {
		cpus_read_unlock();
		return ret;
	}

	example_one(ex);
	example_two(ex);
	example_three(ex);
	example_four(ex);
	example_five(ex);
	example_six(ex);

	if (!ex->done) {
		cpus_read_unlock();
		return -EAGAIN;
	}
	cpus_read_unlock();
	return 0;
}
""",
    "drivers/example/b.c": """\
static void *grab(size_t len)
{
	return kmalloc(len, __GFP_NOWARN);
}

static void *other(size_t len)
{
	return kmalloc(len, GFP_KERNEL);
}
""",
}


class Repo:
    """A git repository that looks like a kernel tree."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.git("init", "-q", "-b", "main")
        self.commit("base", **BASE)

    def git(self, *args: str) -> str:
        env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        who = ["-c", "user.name=A. Developer", "-c", "user.email=dev@example.org"]
        done = subprocess.run(["git", *who, *args], cwd=self.folder, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def read(self, path: str) -> str:
        return (self.folder / path).read_text()

    def commit(self, title: str, **files: str) -> None:
        for path, text in files.items():
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", title)

    def mails(self, count: int, *options: str) -> bytes:
        """The last commits as a mailbox; then HEAD goes back to before them."""
        text = self.git("format-patch", "--stdout", "--thread", *options, f"-{count}")
        self.git("reset", "-q", "--hard", f"HEAD~{count}")
        return text.encode()

    def check(self, *args: str, input: bytes = b"") -> list[dict[str, Any]]:
        command = [sys.executable, "-m", "gfplint", "check", "--format", "json", *args]
        env = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(self.folder / "none")}
        done = subprocess.run(command, cwd=self.folder, input=input, env=env, capture_output=True)
        assert done.returncode in (0, 1), done.stderr.decode()
        patches: list[dict[str, Any]] = json.loads(done.stdout)["patches"]
        return patches


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path)


A, B = "drivers/example/a.c", "drivers/example/b.c"


def without_blobs(mails: bytes) -> bytes:
    """The mails without their index lines, which name the exact pre-image."""
    return b"\n".join(line for line in mails.split(b"\n") if not line.startswith(b"index "))


def rules(found: list[dict[str, Any]]) -> list[tuple[str, int]]:
    return [(finding["rule"], finding["line"]) for finding in found]


def test_fault_fixed_later_in_the_series(repo: Repo) -> None:
    fixed = repo.read(B)
    broken = fixed.replace("GFP_KERNEL", "__GFP_ZERO")
    repo.commit("break", **{B: broken})
    repo.commit("between", **{A: repo.read(A) + "\n"})
    repo.commit("fix", **{B: fixed})
    one, _, three = repo.check("-", input=repo.mails(3))
    assert rules(one["findings"]) == [("gfp/bare-modifier", 8)]
    assert one["findings"][0]["fixed_later_by"]["number"] == 3
    assert one["findings"][0]["severity"] == "info"
    assert not three["resolved"] and not three["findings"]


def test_fault_fixed_later_is_shown_but_fails_nothing(repo: Repo) -> None:
    """Between the two patches a bisection meets it: people are told without --strict."""
    repo.commit("break", **{B: repo.read(B).replace("GFP_KERNEL", "__GFP_ZERO")})
    repo.commit("fix", **{B: repo.read(B).replace("__GFP_ZERO", "GFP_KERNEL")})
    command = [sys.executable, "-m", "gfplint", "-g", "HEAD~2..HEAD"]
    done = subprocess.run(
        command, cwd=repo.folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert done.returncode == 0
    assert "gfp/bare-modifier" in done.stdout and "patch 2" in done.stdout


def test_deleted_unlock_far_from_the_return(repo: Repo) -> None:
    lines = repo.read(A).splitlines(True)
    del lines[21]
    repo.commit("tidy", **{A: "".join(lines)})
    [patch] = repo.check("-", input=repo.mails(1, "-U0"))
    assert patch["files"][0]["context"] == "whole"
    assert rules(patch["findings"]) == [("hotplug/lock-leaked", 22)]
    taken, gone = patch["findings"][0]["related"]
    assert (taken["side"], taken["line"]) == ("after", 7)
    assert (gone["side"], gone["line"], gone["mail_line"]) == ("before", 22, 15)


def test_early_return_far_below_a_lock(repo: Repo) -> None:
    """The lock is outside the hunk: only the whole file shows it."""
    repo.commit(
        "early",
        **{A: repo.read(A).replace("\texample_four(ex);\n", "\tif (ex->odd)\n\t\treturn -EIO;\n\texample_four(ex);\n")},
    )
    mails = repo.mails(1)
    [patch] = repo.check("-", input=mails)
    assert rules(patch["findings"]) == [("hotplug/lock-leaked", 18)]
    [patch] = repo.check("--no-tree", "-", input=mails)
    assert patch["findings"] == []


def test_rename_with_a_fault_inside(repo: Repo) -> None:
    repo.git("mv", B, "drivers/example/c.c")
    text = repo.read("drivers/example/c.c").replace(
        "kmalloc(len, __GFP_NOWARN)", "kmalloc(len,\n\t\t       __GFP_NOWARN)"
    )
    repo.commit("rename", **{"drivers/example/c.c": text})
    mails = repo.mails(1, "-M")
    assert b"rename from" in mails
    [patch] = repo.check("--all", "-", input=mails)
    assert patch["findings"] == [] and patch["resolved"] == []
    assert rules(patch["existing"]) == [("gfp/bare-modifier", 4)]


def test_one_of_two_files_does_not_apply(repo: Repo) -> None:
    repo.commit(
        "both",
        **{A: repo.read(A).replace("example_two", "example_2"), B: repo.read(B).replace("GFP_KERNEL", "__GFP_ZERO")},
    )
    mails = without_blobs(repo.mails(1))
    repo.commit("elsewhere", **{A: "int nothing;\n"})
    [patch] = repo.check("-", input=mails)
    seen = {file["path"]: file["context"] for file in patch["files"]}
    assert seen == {A: "hunks", B: "whole"}
    assert rules(patch["findings"]) == [("gfp/bare-modifier", 8)]


def test_patch_that_is_already_in_the_tree(repo: Repo) -> None:
    repo.commit("break", **{B: repo.read(B).replace("GFP_KERNEL", "__GFP_ZERO")})
    mails = repo.git("format-patch", "--stdout", "-1").encode()
    repo.commit("head", **{B: "/* new head */\n" + repo.read(B)})
    stripped = without_blobs(mails)
    [patch] = repo.check("-", input=stripped)
    [file] = patch["files"]
    assert (file["context"], file["base"]) == ("whole", "HEAD")
    assert "already" in file["note"]
    assert rules(patch["findings"]) == [("gfp/bare-modifier", 9)]


def test_hunks_go_where_git_puts_them(repo: Repo) -> None:
    repo.commit("break", **{B: repo.read(B).replace("GFP_KERNEL", "__GFP_ZERO")})
    mails = repo.mails(1)
    repo.commit("head", **{B: "/* two\n * lines */\n" + repo.read(B)})
    stripped = without_blobs(mails)
    [patch] = repo.check("-", input=stripped)
    assert patch["files"][0]["note"] == "offset 2"
    assert rules(patch["findings"]) == [("gfp/bare-modifier", 10)]
    line = stripped.decode().split("\n")[patch["findings"][0]["mail_line"]]  # the From line does not count
    assert line == "+\treturn kmalloc(len, __GFP_ZERO);"


def test_one_leak_fixed_and_a_twin_added(repo: Repo) -> None:
    leaky = repo.read(A).replace(
        "\tif (ret) {\n\t\tcpus_read_unlock();\n\t\treturn ret;\n\t}\n", "\tif (ret)\n\t\treturn ret;\n"
    )
    repo.commit("leak", **{A: leaky})
    repo.commit(
        "swap",
        **{
            A: repo.read(A)
            .replace("\tif (ret)\n\t\treturn ret;\n", "\tif (ret)\n\t\tgoto out;\n")
            .replace(
                "\tif (!ex->done) {\n\t\tcpus_read_unlock();\n\t\treturn -EAGAIN;\n\t}\n",
                "\tif (!ex->done)\n\t\treturn -EAGAIN;\nout:\n",
            )
        },
    )
    [patch] = repo.check("-", input=repo.mails(1))
    assert [rule for rule, _ in rules(patch["findings"])] == ["hotplug/lock-leaked"]
    assert [rule for rule, _ in rules(patch["resolved"])] == ["hotplug/lock-leaked"]


def test_a_function_of_an_earlier_patch_is_known(repo: Repo) -> None:
    """What 1/2 adds gives the lock back for 2/2; without that the unlock would be missing."""
    helper = "static void example_leave(struct example *ex)\n{\n\tcpus_read_unlock();\n}\n\n"
    used = repo.read(A).replace(
        "\t\tcpus_read_unlock();\n\t\treturn -EAGAIN", "\t\texample_leave(ex);\n\t\treturn -EAGAIN"
    )
    repo.commit("add", **{A: repo.read(A).replace("static int first", helper + "static int first")})
    repo.commit("use", **{A: used.replace("static int first", helper + "static int first")})
    mails = repo.mails(2)
    for patch in repo.check("-", input=without_blobs(mails)):
        assert patch["files"][0]["context"] == "whole" and patch["findings"] == []
    nothing = mails.replace(b"+\tcpus_read_unlock();", b"+\tcpus_read_look();").replace(
        b" \tcpus_read_unlock();\n }\n \n static", b" \tcpus_read_look();\n }\n \n static"
    )
    _, two = repo.check("-", input=without_blobs(nothing))
    assert two["files"][0]["context"] == "whole"
    assert [rule for rule, _ in rules(two["findings"])] == ["hotplug/lock-leaked"]


HELPERS = """
void example_lock(struct example *ex)
{
	mutex_lock(&ex->lock);
}

void example_unlock(struct example *ex)
{
	mutex_unlock(&ex->lock);
}
"""
USER = """
static int use(struct example *ex)
{
	spin_lock(&ex->slock);
	ex->users++;
	spin_unlock(&ex->slock);
	example_lock(ex);
	if (ex->done) {
		GIVE
		return -EAGAIN;
	}
	ex->count++;
	example_unlock(ex);
	return 0;
}
"""


@pytest.mark.parametrize("give", ["example_unlock(ex);", "ex->count--;"])
def test_a_lock_helper_of_another_file_of_the_series_is_known(repo: Repo, give: str) -> None:
    """1/2 adds functions that take and give a lock in one file, 2/2 calls them in the other."""
    repo.commit("add", **{B: repo.read(B) + HELPERS})
    repo.commit("use", **{A: repo.read(A) + USER.replace("GIVE", give)})
    one, two = repo.check("-", input=repo.mails(2))
    assert one["findings"] == []
    assert [rule for rule, _ in rules(two["findings"])] == ([] if "unlock" in give else ["locks/leaked"])


def test_taken_out_and_put_back_is_nobodys_finding(repo: Repo) -> None:
    whole = repo.read(B)
    _, _, tail = whole.partition("static void *other")
    repo.commit("out", **{B: "static void *other" + tail})
    repo.commit("back", **{B: whole})
    one, two = repo.check("-", input=repo.mails(2))
    assert not one["findings"] and not one["resolved"]
    assert not two["findings"] and not two["resolved"]


def test_commits_and_index(repo: Repo) -> None:
    repo.commit("break", **{B: repo.read(B).replace("GFP_KERNEL", "__GFP_ZERO")})
    for revision in ("HEAD", "HEAD-1", "HEAD~1..HEAD"):
        [patch] = repo.check("-g", revision)
        assert rules(patch["findings"]) == [("gfp/bare-modifier", 8)]
    (repo.folder / B).write_text(repo.read(B) + "\nstatic void *more(void)\n{\n\treturn kmalloc(1, __GFP_COMP);\n}\n")
    assert repo.check("--staged") == []
    [patch] = repo.check("--worktree")
    assert rules(patch["findings"]) == [("gfp/bare-modifier", 13)]
    repo.git("add", "-A")
    [patch] = repo.check("--staged")
    assert rules(patch["findings"]) == [("gfp/bare-modifier", 13)]


def test_nothing_is_written(repo: Repo) -> None:
    repo.commit("break", **{B: repo.read(B).replace("GFP_KERNEL", "__GFP_ZERO")})
    mails = repo.mails(1)

    def state() -> dict[str, tuple[int, bytes]]:
        return {str(f): (f.stat().st_mtime_ns, f.read_bytes()) for f in repo.folder.rglob("*") if f.is_file()}

    before = state()
    repo.check("-", input=mails)
    assert state() == before


def test_whole_files(repo: Repo) -> None:
    found = repo.check("-f", "drivers")
    assert [(p["input"], rules(p["findings"])) for p in found if p["findings"]] == [(B, [("gfp/bare-modifier", 3)])]


def test_hostile_series_cannot_change_what_judges_it(repo: Repo) -> None:
    """A series that ignores the rule in its own .gfplint.toml is judged by the base's."""
    repo.commit("hide", **{".gfplint.toml": 'ignore = ["gfp"]\n'})
    repo.commit("break", **{B: repo.read(B).replace("GFP_KERNEL", "__GFP_ZERO")})
    assert rules(repo.check("-g", "HEAD~2..HEAD")[-1]["findings"]) == [("gfp/bare-modifier", 8)]
    (repo.folder / ".gfplint.toml").write_text('ignore = ["gfp"]\nselect = ["hotplug"]\n')
    assert rules(repo.check("-", input=repo.mails(2))[-1]["findings"]) == [("gfp/bare-modifier", 8)]


def test_base_configuration_holds(repo: Repo) -> None:
    repo.commit("config", **{".gfplint.toml": 'ignore = ["gfp"]\n'})
    repo.commit("break", **{B: repo.read(B).replace("GFP_KERNEL", "__GFP_ZERO")})
    assert repo.check("-g", "HEAD")[0]["findings"] == []


def test_suppression_wants_a_reason(repo: Repo) -> None:
    repo.commit("break", **{B: repo.read(B).replace("GFP_KERNEL", "__GFP_ZERO")})
    mails = repo.mails(1)
    for line, kept, aside in (
        (b"gfplint-ok: gfp/bare-modifier", 1, 0),
        (b"gfplint-ok: gfp/bare-modifier the caller has it", 0, 1),
    ):
        [patch] = repo.check("-", input=mails.replace(b"---\n", b"---\n" + line + b"\n", 1))
        assert (len(patch["findings"]), len(patch["suppressed"])) == (kept, aside)
