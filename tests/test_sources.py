# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the whole file before a patch comes from: the order, and that nothing is fetched or written for it."""

import subprocess
from pathlib import Path

import pytest

from tests.test_stories import A, B, Repo, repo, rules, without_blobs

__all__ = ["repo"]

C = "drivers/example/c.c"


def seen(patch: dict) -> dict[str, tuple[str, str | None]]:  # type: ignore[type-arg]
    return {file["path"]: (file["context"], file["base"]) for file in patch["files"]}


def break_b(repo: Repo) -> None:
    repo.commit("break", **{B: repo.read(B).replace("GFP_KERNEL", "__GFP_ZERO")})


def test_blob_of_the_index_line_is_first(repo: Repo) -> None:
    """HEAD would take the patch too, a line further down; the blob is what it was made for."""
    break_b(repo)
    mails = repo.mails(1)
    blob = repo.git("rev-parse", f"HEAD:{B}")
    repo.commit("head", **{B: "/* new head */\n" + repo.read(B)})
    [patch] = repo.check("-", input=mails)
    context, base = seen(patch)[B]
    assert context == "whole" and base is not None and blob.startswith(base.removeprefix("blob "))
    assert patch["files"][0]["note"] is None
    assert rules(patch["findings"]) == [("gfp/bare-modifier", 8)]


def test_blob_goes_before_what_the_series_left(repo: Repo) -> None:
    """The first patch goes into a HEAD with a line more; the second one's index line names its file exactly."""
    repo.commit("one", **{A: repo.read(A).replace("example_two", "example_2")})
    repo.commit("two", **{A: repo.read(A).replace("\t\tcpus_read_unlock();\n\t\treturn -EAGAIN", "\t\treturn -EAGAIN")})
    one, two = repo.git("format-patch", "--stdout", "-2", "--thread").split("\nFrom ", 1)
    repo.git("branch", "keep")
    repo.git("reset", "-q", "--hard", "HEAD~2")
    repo.commit("head", **{A: "/* new head */\n" + repo.read(A)})
    mails = without_blobs(one.encode()) + b"\nFrom " + two.encode()
    first, second = repo.check("-", input=mails)
    assert seen(first)[A] == ("whole", "HEAD")
    assert str(seen(second)[A][1]).startswith("blob ")
    assert rules(second["findings"]) == [("hotplug/lock-leaked", 22)]


def test_base_commit_is_before_head(repo: Repo) -> None:
    base = repo.git("rev-parse", "HEAD").strip()
    break_b(repo)
    mails = without_blobs(repo.git("format-patch", "--stdout", "-1", f"--base={base}").encode())
    repo.git("reset", "-q", "--hard", base)
    repo.commit("head", **{B: "int nothing;\n"})
    [patch] = repo.check("-", input=mails)
    assert seen(patch)[B] == ("whole", f"base {base[:12]}")
    assert rules(patch["findings"]) == [("gfp/bare-modifier", 8)]


def test_what_earlier_patches_left(repo: Repo) -> None:
    repo.commit(
        "one",
        **{
            B: repo.read(B)
            .replace("*other(size_t len)", "*other(size_t size)")
            .replace("(len, GFP_KERNEL", "(size, GFP_KERNEL")
        },
    )
    repo.commit("two", **{B: repo.read(B).replace("(size, GFP_KERNEL)", "(size, __GFP_ZERO)")})
    first, second = repo.check("-", input=without_blobs(repo.mails(2)))
    assert seen(first)[B] == seen(second)[B] == ("whole", "HEAD")
    assert first["findings"] == [] and rules(second["findings"]) == [("gfp/bare-modifier", 8)]


@pytest.mark.parametrize("similar", [True, False])
def test_renamed_by_an_earlier_patch(repo: Repo, similar: bool) -> None:
    """A rename without a hunk leaves its file to the next patch as well."""
    repo.git("mv", B, C)
    repo.commit("move", **({} if similar else {C: repo.read(C) + "\n"}))
    repo.commit("break", **{C: repo.read(C).replace("GFP_KERNEL", "__GFP_ZERO")})
    _, second = repo.check("-", input=without_blobs(repo.mails(2, "-M")))
    assert seen(second)[C] == ("whole", "HEAD")
    assert rules(second["findings"]) == [("gfp/bare-modifier", 8)]


def test_added_and_deleted_by_an_earlier_patch(repo: Repo) -> None:
    repo.commit("add", **{C: repo.read(B).replace("__GFP_NOWARN", "GFP_KERNEL")})
    repo.commit("break", **{C: repo.read(C).replace("kmalloc(len, GFP_KERNEL)", "kmalloc(len, __GFP_ZERO)", 1)})
    first, second = repo.check("-", input=without_blobs(repo.mails(2)))
    assert first["findings"] == []
    assert seen(second)[C] == ("whole", "the series")
    assert rules(second["findings"]) == [("gfp/bare-modifier", 3)]


def test_hunks_are_last(repo: Repo) -> None:
    break_b(repo)
    mails = without_blobs(repo.mails(1))
    repo.commit("head", **{B: "int nothing;\n"})
    [patch] = repo.check("-", input=mails)
    assert seen(patch)[B] == ("hunks", None)
    assert [rule for rule, _ in rules(patch["findings"])] == ["gfp/bare-modifier"]


def objects(repo: Repo) -> str:
    return repo.git("count-objects", "-v") + repo.git("for-each-ref") + repo.git("status", "--porcelain")


def test_missing_promisor_object_is_not_fetched(repo: Repo, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Of a partial clone the blobs that are there are used, also after one that is not."""
    repo.commit("old", **{B: "/* old */\n" + repo.read(B)})
    break_b(repo)
    mails = repo.mails(1)
    repo.commit("head", **{B: repo.read(B).replace("/* old */", "/* newer */"), A: repo.read(A) + "\n"})
    repo.commit("more", **{A: repo.read(A).replace("example_one", "example_1")})
    mails += repo.mails(1)
    repo.git("config", "uploadpack.allowFilter", "true")
    partial = Repo.__new__(Repo)
    partial.folder = tmp_path_factory.mktemp("partial") / "tree"
    subprocess.run(
        ["git", "clone", "-q", "--filter=blob:none", f"file://{repo.folder}", str(partial.folder)], check=True
    )
    before = objects(partial)
    first, second = partial.check("-", input=mails)
    assert objects(partial) == before
    assert seen(first)[B] == ("whole", "HEAD")
    assert seen(second)[A][0] == "whole"


def test_alternates(repo: Repo, tmp_path_factory: pytest.TempPathFactory) -> None:
    break_b(repo)
    mails = repo.mails(1)
    borrower = Repo.__new__(Repo)
    borrower.folder = tmp_path_factory.mktemp("borrower") / "tree"
    subprocess.run(["git", "clone", "-q", "--shared", str(repo.folder), str(borrower.folder)], check=True)
    borrower.git("rm", "-q", B)
    borrower.git("commit", "-q", "-m", "gone")
    [patch] = borrower.check("-", input=mails)
    assert str(seen(patch)[B][1]).startswith("blob ")


def test_plain_tree(repo: Repo) -> None:
    break_b(repo)
    mails = repo.mails(1)
    subprocess.run(["rm", "-rf", str(repo.folder / ".git")], check=True)
    [patch] = repo.check("-", input=mails)
    assert seen(patch)[B] == ("whole", "file")


def test_kernel_follows_the_makefile(repo: Repo) -> None:
    """The tree's version, not the newest that the tables know; also where only HEAD has the Makefile."""
    from gfplint.mail.tree import Tree

    (repo.folder / "Makefile").write_text("VERSION = 6\nPATCHLEVEL = 1\n")
    assert Tree(str(repo.folder)).kernel == "6.1"
    Path(repo.folder / "Makefile").unlink()
    tree = Tree(str(repo.folder))
    assert tree.kernel == "6.12"
    tree.close()
