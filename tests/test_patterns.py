# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs of regular expressions are kept between runs, and never change what a pattern matches."""

import marshal
import os
import re
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from gfplint import bytecode, regex
from gfplint.cli import keep
from gfplint.facts import store

REPO = Path(__file__).resolve().parent.parent
WORDS = r"(?P<word>[a-z]\w*+)(?:\s*,\s*(\w+))?"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(regex, "_kept", {})
    monkeypatch.setattr(regex, "_missing", {})
    monkeypatch.setattr(bytecode, "restore", lambda code: None)
    return tmp_path / "gfplint" / keep.PATTERNS


@pytest.mark.parametrize(("pattern", "flags"), [(WORDS, re.I), (WORDS.encode(), re.M | re.X), ("[äß€]+|\\d", 0)])
def test_a_kept_program_is_the_same_pattern(cache: Path, pattern: Any, flags: int) -> None:
    assert regex.compile(pattern, flags).fullmatch(pattern[:0]) is None
    keep.keep()
    keep.restore()
    again = regex._made(pattern, flags)
    assert regex.fresh() == {}  # nothing had to be compiled
    assert again == re.compile(pattern, flags)
    assert again.groupindex == re.compile(pattern, flags).groupindex


def test_groups_have_their_names(cache: Path) -> None:
    regex.compile(WORDS).match("one, two")
    keep.keep()
    keep.restore()
    found = regex.compile(WORDS).match("one, two")
    assert found is not None and found["word"] == "one" and found[2] == "two"


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"rubbish",
        marshal.dumps(("", {})),
        b"\n",
    ],
)
def test_a_damaged_file_costs_time_only(cache: Path, text: bytes) -> None:
    cache.parent.mkdir()
    cache.write_bytes(text)
    keep.restore()
    assert regex.compile("a+").findall("caat") == ["aa"]
    keep.keep()
    assert "s0:a+" in marshal.loads(store.kept(keep.PATTERNS) or b"")[1]


@pytest.mark.parametrize("data", [b"\x00", b"(", marshal.dumps(3), marshal.dumps((f"{regex.python()} 0", 3))])
def test_another_content_costs_time_only(cache: Path, data: bytes) -> None:
    store.keep(keep.PATTERNS, data)
    keep.restore()
    assert regex.compile("a+").findall("caat") == ["aa"]


def test_a_program_that_is_none_is_not_run(cache: Path) -> None:
    wrong = {"s0:a+": marshal.dumps((32, [1, 2, 3], 0, {}, (None,))), "s0:b": marshal.dumps(("x",)), "s0:c": b""}
    regex.restore(wrong)
    assert [regex.compile(one).findall("abc") for one in ("a+", "b", "c")] == [["a"], ["b"], ["c"]]


@pytest.mark.parametrize("pattern", ["mm/*", "*/[!a]b.c", "a.c", "drivers/*/x?.c", "[", ""])
@pytest.mark.parametrize("path", ["mm/a/b.c", "x/cb.c", "x/ab.c", "a.c", "axc", "drivers/y/x1.c", "[", ""])
def test_globs_are_those_of_fnmatch(pattern: str, path: str) -> None:
    assert regex.glob(path, pattern) == fnmatchcase(path, pattern)


def test_another_python_compiles_anew(cache: Path) -> None:
    store.keep(keep.PATTERNS, marshal.dumps(("another", {"s0:a+": marshal.dumps((32, [1], 0, {}, (None,)))})))
    keep.restore()
    assert regex.compile("a+").findall("caat") == ["aa"]


def test_the_second_run_compiles_nothing(tmp_path: Path) -> None:
    """The program itself, twice: the second leaves the file as it is, and says the same."""
    env = os.environ | {"XDG_CACHE_HOME": str(tmp_path)}
    file = tmp_path / "gfplint" / keep.PATTERNS
    outputs, stamps = [], []
    for _ in range(2):
        command = [sys.executable, "-m", "gfplint", "check", "--no-tree", "examples/demo.mbox"]
        done = subprocess.run(command, cwd=REPO, env=env, capture_output=True, text=True)
        assert done.returncode == 1 and not done.stderr
        outputs.append(done.stdout)
        stamps.append((file.stat().st_ino, file.stat().st_mtime_ns))
    assert outputs[0] == outputs[1] and stamps[0] == stamps[1]
    assert len(marshal.loads(file.read_bytes())[1]) > 50
