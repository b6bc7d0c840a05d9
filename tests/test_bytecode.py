# SPDX-License-Identifier: GPL-2.0-or-later
"""The code that one run leaves to the next: it saves time, and never changes what runs."""

import marshal
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parent.parent
PATCH = """\
--- a/drivers/example/example.c
+++ b/drivers/example/example.c
@@ -1,4 +1,4 @@ int example(void)
 	int a;
-	p = kmalloc(8, GFP_KERNEL);
+	p = kmalloc(8, __GFP_NOWARN);
 	return 0;
 }
"""
OLD = 10**9 * 1_000_000_000  # ns; long settled


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A checkout of its own, whose sources have been as they are for long, and an empty cache."""
    for name in ("gfplint", "rules"):
        shutil.copytree(REPO / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for file in tmp_path.rglob("*.py"):
        os.utime(file, ns=(OLD, OLD))
    (tmp_path / "x.patch").write_text(PATCH)
    return tmp_path


def run(house: Path, **more: str) -> tuple[str, set[str]]:
    """What gfplint says of the patch, and the modules of which Python read the code from their own files."""
    env = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    env |= {"XDG_CACHE_HOME": str(house / "cache"), **more}
    command = [sys.executable, "-v", "-m", "gfplint", "check", "--no-tree", "--format", "terse", "x.patch"]
    done = subprocess.run(command, cwd=house, env=env, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr[-2000:]
    lines = [line for line in done.stderr.splitlines() if line.startswith("# code object from")]
    return done.stdout, {line for line in lines if str(house) in line}


def kept(house: Path) -> list[Path]:
    return list((house / "cache" / "gfplint").glob("code-*"))


def test_the_second_run_reads_one_file(house: Path) -> None:
    first, _ = run(house)
    second, read = run(house)
    assert first == second and "gfp/bare-modifier" in first
    (file,) = kept(house)
    code = marshal.loads(file.read_bytes())[1]
    assert str(house / "gfplint" / "review.py") in code and str(house / "rules" / "gfp" / "bare_modifier.py") in code
    assert len(read) < 10, read  # the package, its command line, and what restores the rest


def test_a_changed_source_counts(house: Path) -> None:
    """Of the same size, so that only its time tells."""
    run(house)
    rule = house / "rules" / "gfp" / "bare_modifier.py"
    rule.write_text(rule.read_text().replace('SEVERITY = "warning"', 'SEVERITY = "error"  '))
    assert ": error: [gfp/bare-modifier]" in run(house)[0]


@pytest.mark.parametrize("damage", [b"", b"rubbish", b"\xe9\x00\x00\x00\x10", b"()"])
def test_a_damaged_file_costs_time_only(house: Path, damage: bytes) -> None:
    said = run(house)[0]
    (file,) = kept(house)
    file.write_bytes(damage)
    assert run(house)[0] == said
    assert kept(house)[0].stat().st_size > 10_000


def test_a_damaged_piece_costs_time_only(house: Path) -> None:
    said = run(house)[0]
    (file,) = kept(house)
    python, code = marshal.loads(file.read_bytes())
    damaged = {name: (size, stamp, body[:20]) for name, (size, stamp, body) in code.items()}
    file.write_bytes(marshal.dumps((python, damaged)))
    assert run(house)[0] == said


def test_the_code_of_another_python_is_not_run(house: Path) -> None:
    said = run(house)[0]
    (file,) = kept(house)
    _, code = marshal.loads(file.read_bytes())
    wrong = {name: (size, stamp, marshal.dumps(3)) for name, (size, stamp, _) in code.items()}
    file.write_bytes(marshal.dumps(("another", wrong)))
    assert run(house)[0] == said


def test_told_to_write_no_bytecode_it_leaves_none_beside_the_sources(house: Path) -> None:
    run(house, PYTHONDONTWRITEBYTECODE="1")
    assert len(kept(house)) == 1
    assert not list(house.rglob("__pycache__"))


def test_a_fresh_source_is_not_kept(house: Path) -> None:
    """It may change again within one tick of the clock."""
    rule = house / "rules" / "gfp" / "bare_modifier.py"
    later = time.time() + 3600  # however long the run takes
    os.utime(rule, (later, later))
    run(house)
    (file,) = kept(house)
    assert str(rule) not in marshal.loads(file.read_bytes())[1]
