# SPDX-License-Identifier: GPL-2.0-or-later
"""The program around the commands: where its output goes, and how it ends."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

REPO = Path(__file__).resolve().parent.parent


def gfplint(*args: object, **words: Any) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "gfplint", *map(str, args)]
    words = {"cwd": REPO, "stdout": subprocess.PIPE, **words}
    return subprocess.run(command, stderr=subprocess.PIPE, text=True, timeout=60, **words)


def test_the_demo(demo: Path) -> None:
    """One finding in each of the first three patches, none in the last; it is what git takes."""
    done = gfplint("check", "--no-tree", "--format", "terse", demo)
    assert (done.returncode, done.stderr) == (1, "")
    rules = ("gfp/bare-modifier", "hotplug/lock-leaked", "pageflags/reserved-by-driver")
    assert [sum(f"[{rule}" in line for line in done.stdout.splitlines()) for rule in rules] == [1, 1, 1]
    assert done.stdout.count("[") == 3
    numbers = subprocess.run(["git", "apply", "--numstat", demo], cwd=REPO, capture_output=True, text=True)
    assert (numbers.returncode, len(numbers.stdout.splitlines())) == (0, 4)


@pytest.mark.parametrize("args", [["--version"], ["--help"], ["rules"], ["check", "--no-tree", "examples/demo.mbox"]])
def test_a_full_disk_is_one_line(args: list[str]) -> None:
    with open("/dev/full", "w") as full:
        done = gfplint(*args, stdout=full)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "No space left on device" in done.stderr


def test_a_closed_output(demo: Path) -> None:
    """The verdict is in the exit status all the same."""
    line = f'exec "{sys.executable}" -m gfplint check --no-tree "{demo}" >&-'
    done = subprocess.run(["sh", "-c", line], cwd=REPO, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (1, "")


def test_a_reader_that_has_seen_enough(demo: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as gone:
        done = gfplint("check", "--no-tree", demo, stdout=gone)
    assert (done.returncode, done.stderr) == (141, "")


def test_a_broken_table_is_one_line(demo: Path, tmp_path: Path) -> None:
    """Not one for each rule that reads it, and nothing is linted by halves."""
    for name in ("gfplint", "rules"):
        shutil.copytree(REPO / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    table = tmp_path / "rules" / "facts" / "locks.toml"
    table.write_text(table.read_text().replace('mode = "excl"', 'mode = "exclusive"', 1))
    done = gfplint("check", "--no-tree", demo, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path)})
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"gfplint: {table}: [lock.")
    assert "mode: 'exclusive' is none of read, write, excl, count" in line
