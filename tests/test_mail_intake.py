# SPDX-License-Identifier: GPL-2.0-or-later
"""Every form in which patches arrive, and the series that they make."""

import bz2
import gzip
import io
import json
import lzma
import subprocess
import sys
from pathlib import Path

import pytest

from gfplint.diff.model import Series
from gfplint.mail import store
from gfplint.mail.dump import dump
from gfplint.mail.forms import Filter
from gfplint.mail.intake import Intake

SEPARATOR = "From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\n"
DIFF = "--- a/mm/{0}.c\n+++ b/mm/{0}.c\n@@ -1 +1 @@\n-a\n+b\n"


def mail(subject: str, name: str = "", answers: str = "", body: str | None = None, extra: str = "") -> str:
    """A mail; without ``body`` with a diff of mm/NAME.c."""
    head = f"From: A. Developer <dev@example.org>\nSubject: {subject}\n"
    head += f"Message-ID: <{name}@example.org>\n" if name else ""
    head += f"In-Reply-To: <{answers}@example.org>\n" if answers else ""
    text = "Why.\n---\n" + DIFF.format(name or "x") + "-- \n2.39.5\n" if body is None else body
    return head + extra + "\n" + text


def mbox(*mails: str) -> bytes:
    return "".join(SEPARATOR + text + "\n" for text in mails).encode()


def read(data: bytes) -> list[Series]:
    intake = Intake.of_bytes(data, "box")
    found = list(intake)
    assert intake.problems == []
    return found


def shape(series: list[Series]) -> list[tuple[str, list[str], bool]]:
    """Id, titles and completeness of each."""
    return [(one.id.split("@")[0], [patch.mail.title for patch in one.patches], one.complete) for one in series]


SINGLE = mail("[PATCH] mm: one", "one")


def packed(how: str, data: bytes) -> bytes:
    return {"": data, "gz": gzip.compress(data), "bz2": bz2.compress(data), "xz": lzma.compress(data)}[how]


@pytest.mark.parametrize("how", ["", "gz", "bz2", "xz"])
@pytest.mark.parametrize("form", ["mbox", "mail", "diff"])
def test_files_by_content_not_by_name(tmp_path: Path, form: str, how: str) -> None:
    data = {"mbox": mbox(SINGLE), "mail": SINGLE.encode(), "diff": DIFF.format("one").encode()}[form]
    file = tmp_path / "thing.dat"
    file.write_bytes(packed(how, data))
    intake = Intake([str(file)])
    (series,) = intake
    assert [diff.path for diff in series.patches[0].files] == ["mm/one.c"]
    assert (intake.mails, intake.patches, intake.problems) == (1, 1, [])
    assert series.patches[0].mail.input == str(file)


@pytest.mark.parametrize("how", ["", "gz", "xz"])
def test_standard_input(how: str) -> None:
    intake = Intake(["-"], stdin=io.BytesIO(packed(how, mbox(SINGLE))))
    assert [series.patches[0].mail.input for series in intake] == ["-"]


def test_concatenated_compressed_streams() -> None:
    assert len(read(gzip.compress(mbox(SINGLE)) + gzip.compress(mbox(SINGLE)))) == 2


@pytest.mark.parametrize("how", ["gz", "bz2", "xz"])
def test_damaged_compressed_data(how: str) -> None:
    intake = Intake.of_bytes(packed(how, mbox(SINGLE))[:-9], "box")
    list(intake)
    assert len(intake.problems) == 1
    assert "data" in intake.problems[0].message


def test_zstd_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zstandard", None)
    monkeypatch.setitem(sys.modules, "compression.zstd", None)
    intake = Intake.of_bytes(b"\x28\xb5\x2f\xfd" + b"x" * 20, "box")
    assert list(intake) == []
    assert "gfplint[zstd]" in str(intake.problems[0])


def test_bomb_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(store, "_SAFE", 1 << 20)
    file = tmp_path / "bomb.xz"
    file.write_bytes(lzma.compress(b"\0" * (64 << 20)))
    intake = Intake([str(file)])
    assert list(intake) == []
    assert "refused" in intake.problems[0].message


@pytest.mark.parametrize("small", [1 << 30, 64])
def test_large_input_is_spooled_not_held(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, small: int) -> None:
    monkeypatch.setattr(store, "SMALL", small)
    monkeypatch.setattr("gfplint.mail.mbox.SMALL", small)
    monkeypatch.setattr("gfplint.mail.mbox.CHUNK", 50)
    data = mbox(*(mail("[PATCH] n", f"n{number}") for number in range(20)))
    (tmp_path / "box").write_bytes(data)
    (tmp_path / "box.gz").write_bytes(gzip.compress(data))
    for given in (
        Intake([str(tmp_path / "box")]),
        Intake([str(tmp_path / "box.gz")]),
        Intake(["-"], stdin=io.BytesIO(data)),
    ):
        assert [series.id for series in given] == [f"n{number}@example.org" for number in range(20)]
        assert given.problems == []


def test_many_small_files_are_read_again_not_held(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("gfplint.mail.intake.SMALL", 64)
    for number in range(3):
        data = mbox(mail("[PATCH 1/2] a", f"a{number}"), mail("[PATCH 2/2] b", f"b{number}", f"a{number}"))
        (tmp_path / f"{number}.mbox.gz").write_bytes(gzip.compress(data))
    found = shape(list(Intake([str(tmp_path)])))
    assert found == [(f"a{number}", ["a", "b"], True) for number in range(3)]


@pytest.mark.parametrize(
    ("separator", "text", "wanted"),
    [
        (
            "From dev@example.org Mon Nov  2 10:00:00 2026\n",
            ">From here on\n>>From there\n",
            "From here on\n>From there\n",
        ),
        (SEPARATOR, ">From here on\n", ">From here on\n"),
        ("From a Mon Nov  2 10:00:00 2026\n", "From here on it works\n", "From here on it works\n"),
        # Who leaves one as it is escapes none: mboxcl2, and mailers that look for a whole separator.
        ("From a Mon Nov  2 10:00:00 2026\n", "From here on\n>From there\n", "From here on\n>From there\n"),
    ],
)
def test_from_lines(separator: str, text: str, wanted: str) -> None:
    data = separator + mail("[PATCH] a", "a", body=text + "---\n" + DIFF.format("a"))
    assert read(data.encode())[0].patches[0].mail.message == wanted


def test_mboxcl_goes_by_its_length() -> None:
    inner = "Why.\n" + SEPARATOR + "not a mail\n---\n" + DIFF.format("a")
    first = mail("[PATCH] a", "a", body=inner, extra=f"Content-Length: {len(inner)}\n")
    assert [one.id for one in read(mbox(first, mail("[PATCH] b", "b")))] == ["a@example.org", "b@example.org"]
    wrong = first.replace(f"Content-Length: {len(inner)}", "Content-Length: 7")
    intake = Intake.of_bytes(mbox(wrong), "box")
    list(intake)
    assert intake.mails == 2


def test_several_format_patch_files_in_one() -> None:
    data = mbox(mail("[PATCH 1/2] a"), mail("[PATCH 2/2] b"))
    assert shape(read(data)) == [("box", ["a", "b"], True)]


def test_maildir(tmp_path: Path) -> None:
    for folder in ("cur", "new", "tmp"):
        (tmp_path / folder).mkdir()
    (tmp_path / "cur" / "2.host:2,S").write_text(mail("[PATCH 2/2] b", "b", "a"))
    (tmp_path / "new" / "1.host").write_text(mail("[PATCH 1/2] a", "a"))
    (tmp_path / "tmp" / "3.host").write_text("half a ma")
    intake = Intake([str(tmp_path)])
    assert shape(list(intake)) == [("a", ["a", "b"], True)]
    assert intake.problems == []


def test_folder_of_patches(tmp_path: Path) -> None:
    (tmp_path / "0002-b.patch").write_text(SEPARATOR + mail("[PATCH 2/2] b"))
    (tmp_path / "0001-a.patch").write_text(SEPARATOR + mail("[PATCH 1/2] a"))
    (tmp_path / "notes.rst").write_text("nothing")
    (tmp_path / "broken.patch").write_text("nothing")
    intake = Intake([str(tmp_path)])
    assert [titles for _, titles, _ in shape(list(intake))] == [["a", "b"]]
    assert [Path(problem.input).name for problem in intake.problems] == ["broken.patch"]


def test_patches_of_two_folders_are_two_series(tmp_path: Path) -> None:
    for number, folder in enumerate("ab", 1):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.patch").write_text(SEPARATOR + mail(f"[PATCH {number}/2] {folder}"))
    intake = Intake([str(tmp_path / "a"), str(tmp_path / "b")])
    assert [titles for _, titles, _ in shape(list(intake))] == [["a"], ["b"]]


def test_quilt_series(tmp_path: Path) -> None:
    patches = tmp_path / "patches"
    patches.mkdir()
    (patches / "series").write_text("# comment\nsecond.patch -p1 # why\n\nfirst.patch\ngone.patch\n../out.patch\n")
    (patches / "first.patch").write_text("Text\n\n" + DIFF.format("first"))
    (patches / "second.patch").write_text("From: B <b@example.org>\nSubject: second\n\n" + DIFF.format("second"))
    intake = Intake([str(tmp_path)])
    (series,) = intake
    assert [patch.files[0].path for patch in series.patches] == ["mm/second.c", "mm/first.c"]
    assert series.complete
    assert [Path(problem.input).name for problem in intake.problems] == ["gone.patch", "out.patch"]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("empty", b"", "empty"),
        ("blank", b"\n\n", "white space"),
        ("text", b"Dear all,\nnothing.\n", "no mail and no diff"),
        ("nul", b"\0" * 100, "no mail and no diff"),
    ],
)
def test_no_input_at_all(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(data)
    good = tmp_path / "good"
    good.write_text(SINGLE)
    intake = Intake([str(tmp_path / name), str(good)])
    assert len(list(intake)) == 1
    assert [(problem.input, words in problem.message) for problem in intake.problems] == [(str(tmp_path / name), True)]


def test_missing_file_and_other_folder(tmp_path: Path) -> None:
    intake = Intake([str(tmp_path / "gone"), str(tmp_path), "a\0b"])
    assert list(intake) == []
    assert [problem.message.split(",")[0] for problem in intake.problems[:2]] == [
        "No such file or directory",
        "a folder that is no maildir",
    ]
    assert len(intake.problems) == 3


def test_a_mail_without_a_patch_is_counted() -> None:
    data = mbox(
        mail("[PATCH 0/1] c", "c", body="Text\n"), mail("Re: x", "r", "c", body="Text\n"), mail("x", "x", body="T\n")
    )
    intake = Intake.of_bytes(data, "box")
    assert list(intake) == []
    assert (intake.mails, intake.patches, intake.covers, intake.others, intake.problems) == (3, 0, 1, 2, [])


def test_damage_is_reported_whether_anybody_asks_for_files_or_not() -> None:
    broken = mail("[PATCH] b", "b", body="Why.\n---\n" + DIFF.format("b").replace("-1 +1", "-1,5 +1,5"))
    intake = Intake.of_bytes(mbox(SINGLE, broken[:-1]), "box")
    assert len(list(intake)) == 2
    assert [str(problem) for problem in intake.problems] == [
        "box:9: mail 2 <b@example.org>: mm/b.c: hunk ends early: 1 of 5 lines before, 1 of 5 after"
    ]


def test_mail_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gfplint.mail.forms.LIMIT", 1 << 20)
    intake = Intake.of_bytes(mbox(SINGLE, mail("x", "y", body="a\n" * (1 << 20)), SINGLE), "box")
    assert len(list(intake)) == 2
    assert ["limit" in problem.message for problem in intake.problems] == [True]


def test_series_in_any_order() -> None:
    mails = [mail("[PATCH 0/3] c", "c", body="Text\nbase-commit: " + "1" * 40 + "\n")]
    mails += [mail(f"[PATCH {number}/3] p{number}", f"p{number}", "c") for number in (3, 1, 2)]
    (series,) = read(mbox(*mails[1:], mails[0]))
    assert shape([series]) == [("c", ["p1", "p2", "p3"], True)]
    assert series.cover is not None
    assert series.base_commit == "1" * 40


def test_series_with_a_hole_and_without_its_cover() -> None:
    mails = [mail(f"[PATCH {number}/4] p{number}", f"p{number}", "c") for number in (4, 2)]
    assert shape(read(mbox(*mails))) == [("p2", ["p2", "p4"], False)]


def test_deep_threads() -> None:
    mails = [mail("[PATCH 1/3] a", "a"), mail("[PATCH 2/3] b", "b", "a"), mail("[PATCH 3/3] c", "c", "b")]
    assert shape(read(mbox(*mails))) == [("a", ["a", "b", "c"], True)]


def test_two_versions_in_one_thread() -> None:
    old = [mail(f"[PATCH {number}/2] p{number}", f"v1p{number}", "c") for number in (1, 2)]
    new = [mail(f"[PATCH v2 {number}/2] p{number}", f"v2p{number}", "c") for number in (1, 2)]
    found = read(mbox(mail("[PATCH 0/2] c", "c", body="Text\n"), old[0], new[0], new[1], old[1]))
    assert shape(found) == [("c", ["p1", "p2"], True), ("v2p1", ["p1", "p2"], True)]
    assert [series.version for series in found] == [1, 2]


def test_the_same_patch_again_is_another_series() -> None:
    data = mbox(mail("[PATCH 1/2] a", "a", "c"), mail("[PATCH 2/2] b", "b", "c"), mail("[PATCH 2/2] b again", "d", "c"))
    assert shape(read(data)) == [("a", ["a", "b"], True), ("d", ["b again"], False)]


def test_series_by_message_ids_alone() -> None:
    ids = [f"20261102100000.123-{number}-dev" for number in (1, 2)]
    mails = [mail(f"[PATCH {number}/2] p", ids[number - 1]) for number in (1, 2)]
    assert [len(series.patches) for series in read(mbox(mails[0], SINGLE, mails[1]))] == [2, 1]


def test_replies_join_no_series() -> None:
    mails = [mail("[PATCH 1/2] a", "a"), mail("Re: [PATCH 2/2] b", "r", "a"), mail("[PATCH 2/2] b", "b", "a")]
    assert shape(read(mbox(*mails))) == [("a", ["a", "b"], True), ("r", ["b"], False)]


def test_all_mails_come_in_the_order_of_the_input() -> None:
    data = mbox(
        mail("[PATCH 2/2] b", "b", "c"),
        mail("x", "x", body="T\n"),
        mail("[PATCH 0/2] c", "c", body="T\n"),
        mail("[PATCH 1/2] a", "a", "c"),
    )
    intake = Intake.of_bytes(data, "box")
    found = [(item.mail.kind, item.series, item.mail.index) for item in intake.all_mails()]
    assert found == [
        ("patch", "c@example.org", 0),
        ("other", None, 1),
        ("cover", "c@example.org", 2),
        ("patch", "c@example.org", 3),
    ]


def test_dump_is_json_with_the_fields_of_the_manual() -> None:
    out = io.StringIO()
    dump(Intake.of_bytes(mbox(mail("[PATCH 1/1] a", "a")), "box"), out)
    document = json.loads(out.getvalue())
    assert document["schema"] == 1
    (found,) = document["mails"]
    assert found["series"] == {"id": "a@example.org", "number": 1, "total": 1, "version": 1, "tags": []}
    assert found["files"][0]["hunks"] == [
        {"old_start": 1, "old_lines": 1, "new_start": 1, "new_lines": 1, "section": ""}
    ]
    assert " ".join(found) == (
        "input index kind message_id date subject title author series trailers base_commit prerequisites change_id "
        "in_reply_to references message diff files healed skipped errors"
    )
    assert list(found["author"]) == ["name", "email"]
    fields = "old_path new_path status binary old_mode new_mode similarity blob added removed hunks"
    assert " ".join(found["files"][0]) == fields


def test_dump_tells_what_is_wrong_with_a_mail() -> None:
    out = io.StringIO()
    dump(Intake.of_bytes(SINGLE.replace("+b\n", "+b\0\n").encode(), "box"), out)
    assert json.loads(out.getvalue())["mails"][0]["errors"] == [{"line": None, "reason": "NUL bytes in the diff"}]


def git(folder: Path, *args: str) -> None:
    identity = ["-c", "user.name=A. Developer", "-c", "user.email=dev@example.org", "-c", "commit.gpgSign=false"]
    subprocess.run(["git", "-C", str(folder), *identity, *args], check=True, capture_output=True)


@pytest.mark.parametrize("how", [["--no-decorate"], ["--decorate=full", "--stat", "-p", "--pretty=fuller"]])
def test_what_git_log_prints(tmp_path: Path, how: list[str]) -> None:
    git(tmp_path, "init", "-q")
    for number in (1, 2):
        (tmp_path / "x.c").write_text(f"int a = {number};\n")
        git(tmp_path, "add", "x.c")
        git(tmp_path, "commit", "-qm", f"x: number {number}\n\ncommit {'1' * 40}\n")
    log = subprocess.run(["git", "-C", tmp_path, "log", "-p", *how], check=True, capture_output=True).stdout
    found = read(log)
    assert [patch.mail.title for one in found for patch in one.patches] == ["x: number 2", "x: number 1"]
    assert [[(file.added, file.removed) for file in one.patches[0].files] for one in found] == [[(1, 1)], [(1, 0)]]
    assert found[0].patches[0].mail.author.email == "dev@example.org"


def test_message_id_that_is_not_there() -> None:
    intake = Intake([__file__], wanted=Filter(message_ids=frozenset(["nobody@example.org"])))
    assert list(intake) == []
    assert "nobody@example.org" in " ".join(map(str, intake.problems))


def test_git_repository_that_is_no_archive(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "file.c").write_text("int a;\n")
    git(tmp_path, "add", "file.c")
    git(tmp_path, "commit", "-qm", "x")
    intake = Intake([str(tmp_path)])
    assert list(intake) == []
    assert "-g" in intake.problems[0].message
