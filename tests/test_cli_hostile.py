# SPDX-License-Identifier: GPL-2.0-or-later
"""Whoever sends a patch, or owns the repository, has no say in how the patch is judged, and runs nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_stories import BASE, A, B, Repo, rules

ROOT = Path(__file__).parents[1]
FOUND = [("gfp/bare-modifier", 8)]
HIDE = 'ignore = ["gfp"]\n'


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return made(tmp_path / "linux")


def made(folder: Path) -> Repo:
    folder.mkdir()
    return Repo(folder)


def broken(repo: Repo) -> str:
    return repo.read(B).replace("GFP_KERNEL", "__GFP_ZERO")


def gfplint(*args: object, cwd: Path) -> "subprocess.CompletedProcess[str]":
    env = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(cwd / "none")}
    command = [sys.executable, "-m", "gfplint", *map(str, args)]
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=60)
    assert "Traceback" not in done.stderr
    return done


def test_the_index(repo: Repo) -> None:
    """What is staged is judged by HEAD, whatever is staged, or lies in the work tree, as configuration."""
    (repo.folder / B).write_text(broken(repo))
    (repo.folder / ".gfplint.toml").write_text(HIDE)
    repo.git("add", "-A")
    assert rules(repo.check("--staged")[0]["findings"]) == FOUND
    assert rules(repo.check("--worktree")[0]["findings"]) == FOUND


def test_commits_named_one_by_one(repo: Repo) -> None:
    """The later commit is not judged by what the earlier one, under review too, has set up; in any order."""
    repo.commit("hide", **{".gfplint.toml": HIDE})
    repo.commit("break", **{B: broken(repo)})
    for args in (("HEAD", "HEAD~1"), ("HEAD~1", "HEAD"), ("HEAD-2",), ("HEAD~2..HEAD",)):
        found = repo.check("-g", *args)
        assert [rules(patch["findings"]) for patch in found if patch["findings"]] == [FOUND], args


def test_a_commit_whose_date_lies(repo: Repo) -> None:
    """git log shows commits by date: a lying one does not become the base."""
    repo.commit("hide", **{".gfplint.toml": HIDE})
    repo.commit("break", **{B: broken(repo)})
    repo.git("commit", "-q", "--amend", "--no-edit", "--date", "2001-01-01T00:00:00Z")
    env = {"GIT_COMMITTER_DATE": "2001-01-01T00:00:00Z", "GIT_AUTHOR_DATE": "2001-01-01T00:00:00Z"}
    old, new = repo.git("rev-parse", "HEAD~1").strip(), repo.git("rev-parse", "HEAD^{tree}").strip()
    who = ["-c", "user.name=A. Developer", "-c", "user.email=dev@example.org"]
    commit = subprocess.run(
        ["git", *who, "commit-tree", new, "-p", old, "-m", "break"],
        cwd=repo.folder,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
    ).stdout.strip()
    found = repo.check("-g", f"{old}~1..{commit}")
    assert [rules(patch["findings"]) for patch in found if patch["findings"]] == [FOUND]


def test_a_merge_that_brings_a_configuration(repo: Repo) -> None:
    """A merge is not linted, and is under review all the same when it lies in the range."""
    repo.commit("older", **{A: repo.read(A) + "\n"})
    base = repo.git("rev-parse", "HEAD").strip()
    (repo.folder / ".gfplint.toml").write_text(HIDE)
    repo.git("add", "-A")
    tree = repo.git("write-tree").strip()
    merge = repo.git("commit-tree", tree, "-p", base, "-p", "HEAD~1", "-m", "merge").strip()
    repo.git("reset", "-q", "--hard", merge)
    repo.commit("break", **{B: broken(repo)})
    for arg in (f"{base}..HEAD", f"{base}...HEAD"):
        assert rules(repo.check("-g", arg)[0]["findings"]) == FOUND
    assert rules(repo.check("-g", "HEAD")[0]["findings"]) == []  # here the merge is what stood before


def test_a_first_commit_has_nothing_before_it(repo: Repo) -> None:
    repo.git("checkout", "-q", "--orphan", "other")
    repo.commit("all", **{".gfplint.toml": HIDE, B: broken(repo)})
    assert rules(repo.check("-g", "HEAD")[0]["findings"]) == [("gfp/bare-modifier", 3), *FOUND]


def test_mails_in_an_unpacked_tree(tmp_path: Path) -> None:
    """No git at all: the tree's own file holds, not what the series makes of it, applied or not."""
    repo = made(tmp_path / "author")
    repo.commit("config", **{".gfplint.toml": 'ignore = ["locks"]\n'})
    repo.commit("hide", **{".gfplint.toml": 'ignore = ["locks", "gfp"]\n'})
    repo.commit("break", **{B: broken(repo)})
    mails = repo.mails(2)
    tree = tmp_path / "tree"
    for name in (*BASE, ".gfplint.toml"):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(repo.read(name))
    (tmp_path / "series.mbox").write_bytes(mails)
    before = gfplint("--format=terse", "../series.mbox", cwd=tree)
    assert "[gfp/bare-modifier]" in before.stdout, before.stderr
    subprocess.run(["git", "apply", "../series.mbox"], cwd=tree, check=True, env={**os.environ, "GIT_DIR": "/nowhere"})
    assert '"gfp"' in (tree / ".gfplint.toml").read_text()
    after = gfplint("--format=terse", "../series.mbox", cwd=tree)
    assert after.stdout == before.stdout


def test_mails_that_the_repository_has_already(repo: Repo) -> None:
    """Whoever runs git am first, and lints then, is not fooled either; nor by a file that the series makes."""
    repo.commit("hide", **{".gfplint.toml": HIDE})
    repo.commit("break", **{B: broken(repo)})
    mails = repo.git("format-patch", "--stdout", "-2").encode()
    assert [rules(patch["findings"]) for patch in repo.check("-", input=mails)] == [[], FOUND]
    own = repo.git("format-patch", "--stdout", "-1").encode()  # of this one, the other commit is the base
    assert [rules(patch["findings"]) for patch in repo.check("-", input=own)] == [[]]


def test_a_patch_that_may_be_applied_or_not(repo: Repo) -> None:
    """A file made for the purpose: the hunk fits before and after.  Then the tree's file has no say."""
    lines = "# a\n# b\n# c\n# d\n"
    repo.commit("config", **{".gfplint.toml": HIDE + lines + "# b\n# b\n"})
    hunk = "--- a/.gfplint.toml\n+++ b/.gfplint.toml\n@@ -6,2 +6,3 @@\n # b\n+# b\n # b\n"
    diff = f"--- a/{B}\n+++ b/{B}\n@@ -6,4 +6,4 @@\n static void *other(size_t len)\n {{\n"
    diff += "-\treturn kmalloc(len, GFP_KERNEL);\n+\treturn kmalloc(len, __GFP_ZERO);\n }\n"
    repo.commit("more", **{".gfplint.toml": HIDE + lines + "# b\n# b\n# b\n"})
    (repo.folder / "a.patch").write_text(hunk + diff)
    done = gfplint("a.patch", "--format=terse", cwd=repo.folder)
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1
    assert "no configuration of the tree is used" in done.stderr
    assert "[gfp/bare-modifier]" in done.stdout


@pytest.mark.parametrize("target", ["/etc/passwd", "elsewhere.toml", "nowhere"])
def test_a_symbolic_link_is_not_followed(tmp_path: Path, target: str) -> None:
    for name, text in BASE.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "elsewhere.toml").write_text(HIDE)
    (tmp_path / ".gfplint.toml").symlink_to(target)
    done = gfplint("-f", B, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith(".gfplint.toml: a symbolic link is not followed\n")


def test_a_symbolic_link_in_the_index_or_the_work_tree(repo: Repo) -> None:
    (repo.folder / "elsewhere.toml").write_text(HIDE)
    (repo.folder / ".gfplint.toml").symlink_to("elsewhere.toml")
    (repo.folder / B).write_text(broken(repo))
    repo.git("add", "-A")
    assert rules(repo.check("--staged")[0]["findings"]) == FOUND


def test_a_repository_whose_configuration_runs_programs(repo: Repo, tmp_path: Path) -> None:
    """Not one of them is run, and the finding is made all the same."""
    marker = tmp_path / "ran"
    program = tmp_path / "program"
    program.write_text(f'#!/bin/sh\necho "$0 $*" >> "{marker}"\ncat\n')
    program.chmod(0o755)
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for hook in ("post-index-change", "pre-commit", "fsmonitor-watchman", "reference-transaction"):
        (hooks / hook).write_text(program.read_text())
        (hooks / hook).chmod(0o755)
    repo.commit("break", **{B: broken(repo)})
    mails = repo.git("format-patch", "--stdout", "-1").encode()
    (repo.folder / ".gitattributes").write_text("*.c diff=evil filter=evil\n")
    (repo.folder / ".git" / "info").mkdir(exist_ok=True)
    (repo.folder / ".git" / "info" / "attributes").write_text("*.c diff=evil filter=evil\n")
    settings = ["core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "core.askPass", "diff.external"]
    settings += ["diff.evil.textconv", "diff.evil.command", "filter.evil.clean", "filter.evil.smudge"]
    settings += ["filter.evil.process", "gpg.program", "pager.log", "pager.diff", "interactive.diffFilter"]
    settings += ["uploadpack.packObjectsHook", "credential.helper", "alias.log", "alias.cat-file", "alias.config"]
    for name in settings:
        repo.git("config", name, f"!{program}" if name.startswith("alias") else str(program))
    repo.git("config", "log.showSignature", "true")
    repo.git("config", "core.hooksPath", str(hooks))
    marker.unlink(missing_ok=True)
    text = (repo.folder / B).read_text()
    (repo.folder / B).write_text(text + "\n")
    assert rules(repo.check("-", input=mails)[0]["findings"]) == FOUND
    assert rules(repo.check("-g", "HEAD")[0]["findings"]) == FOUND
    repo.check("--worktree")
    repo.check("--staged")
    assert not marker.exists(), marker.read_text()
    subprocess.run(["git", "diff"], cwd=repo.folder, capture_output=True)  # the trap would have sprung
    assert marker.exists()


def test_facts_and_rules_of_the_tree_are_not_loaded(repo: Repo) -> None:
    """Rules and tables lie in a checkout of gfplint; a kernel tree that has such folders is not one."""
    repo.commit(
        "rules",
        **{
            "rules/gfp/bare_modifier.py": "raise SystemExit('run from the tree')\n",
            "rules/facts/gfp.toml": "= broken\n",
            "gfplint/__init__.py": "raise SystemExit('run from the tree')\n",
        },
    )
    repo.commit("break", **{B: broken(repo)})
    command = [sys.executable, "-P", "-c", "import gfplint.cli; gfplint.cli.run()", "-g", "HEAD", "--format=terse"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=repo.folder, env=env, capture_output=True, text=True)
    assert "[gfp/bare-modifier]" in done.stdout, done.stderr
