# SPDX-License-Identifier: GPL-2.0-or-later
"""In-memory application gives what ``git apply`` gives, and refuses what it refuses."""

import difflib
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from gfplint.diff.apply import apply
from gfplint.diff.linemap import LineMap
from gfplint.diff.parse import parse

LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "\tx;\n", "\n", "}\n"]), max_size=14)


def unified(old: str, new: str, context: int = 3) -> str:
    made = []
    for line in difflib.unified_diff(old.splitlines(True), new.splitlines(True), "a/f.c", "b/f.c", n=context):
        made.append(line if line.endswith("\n") else line + "\n\\ No newline at end of file\n")
    return "".join(made)


def git_apply(folder: Path, text: str, diff: str, *options: str) -> bytes | None:
    (folder / "f.c").write_text(text)
    done = subprocess.run(
        ["git", "apply", "--whitespace=nowarn", *options], cwd=folder, input=diff.encode(), capture_output=True
    )
    return (folder / "f.c").read_bytes() if done.returncode == 0 else None


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("apply")
    subprocess.run(["git", "init", "-q", str(made)], check=True)
    return made


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(old=LINES, new=LINES, target=LINES, same=st.booleans(), reverse=st.booleans(), newline=st.booleans())
def test_as_git_applies(
    folder: Path, old: list[str], new: list[str], target: list[str], same: bool, reverse: bool, newline: bool
) -> None:
    """Over made diffs, on the text they were made of and on others."""
    cut = None if newline else -1
    before, after = "".join(old)[:cut], "".join(new)[:cut]
    diff = unified(before, after)
    assume(diff and before and after)
    [file] = parse(diff).files
    text = (after if reverse else before) if same else "".join(target)
    assume(text)
    ours = apply(text.encode(), file, reverse)
    theirs = git_apply(folder, text, diff, *(["-R"] if reverse else []))
    assert (None if ours is None else ours.text) == theirs


@given(head=st.integers(0, 9), old=LINES, new=LINES)
@settings(deadline=None)
def test_hunks_are_renumbered_to_where_they_went(head: int, old: list[str], new: list[str]) -> None:
    """Each line of a placed hunk stands at its number in the text of its side."""
    frame = [f"unique {n}\n" for n in range(8)]
    before, after = [*frame, *old, *frame[::-1]], [*frame, *new, *frame[::-1]]
    diff = unified("".join(before), "".join(after))
    assume(diff)
    [file] = parse(diff).files
    moved = "".join([f"head {n}\n" for n in range(head)] + before)
    done = apply(moved.encode(), file)
    if done is None:
        return
    sides = moved.split("\n"), done.text.decode().split("\n")
    for hunk in done.hunks:
        for line in hunk.lines:
            assert line.old is None or sides[0][line.old - 1] == line.text
            assert line.new is None or sides[1][line.new - 1] == line.text
    undone = apply(done.text, file, reverse=True)
    assert undone is None or undone.text == moved.encode() or head


def test_line_map_follows_placed_hunks() -> None:
    before = "".join(f"line {n}\n" for n in range(1, 30))
    after = before.replace("line 15\n", "line 15\nmore\n")
    [file] = parse(unified(before, after)).files
    done = apply(("top\n" * 4 + before).encode(), file)
    assert done is not None and done.offset == 4
    lines = LineMap(file._replace(hunks=done.hunks))
    assert lines.to_after(18) == 18
    assert lines.to_after(20) == 21
    assert lines.to_before(20) is None
