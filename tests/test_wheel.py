# SPDX-License-Identifier: GPL-2.0-or-later
"""gfplint as it is installed: built, put into a fresh venv, run far from the checkout."""

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.slow


def run(command: Sequence[object], cwd: Path, env: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(part) for part in command], cwd=cwd, env=env, capture_output=True, text=True, timeout=300
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel that is built from it."""
    folder = tmp_path_factory.mktemp("dist")
    done = run([sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", folder], REPO, dict(os.environ))
    assert done.returncode == 0, done.stderr
    (sdist,) = folder.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder / "sdist", filter="data")
    (source,) = (folder / "sdist").iterdir()
    done = run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], source, dict(os.environ))
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict[str, str]]:
    """The scripts of a fresh venv, an empty home, and an environment that knows nothing of the checkout."""
    folder = tmp_path_factory.mktemp("installed")
    home = folder / "home"
    home.mkdir()
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "XDG_", "VIRTUAL_ENV"))}
    venv.create(folder / "venv", with_pip=True)
    scripts = folder / "venv" / "bin"
    (wheel,) = built.glob("*.whl")
    done = run([scripts / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check", wheel], folder, env)
    assert done.returncode == 0, done.stderr
    return scripts, home, env | {"HOME": str(home)}


def test_what_is_in_the_wheel(built: Path) -> None:
    """Package, rules, facts, what was compiled, the licence; no tests."""
    (wheel,) = built.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    tops = {name.split("/")[0] for name in names}
    assert {"gfplint"} == {top for top in tops if not top.endswith(".dist-info")}
    checkout = {
        f"gfplint/{path.relative_to(REPO)}" for path in (REPO / "rules").rglob("*.*") if "__pycache__" not in path.parts
    }
    checkout |= {str(path.relative_to(REPO)) for path in (REPO / "gfplint").rglob("*.py")}
    assert checkout <= names
    assert {"gfplint/py.typed", "gfplint/compiled/facts", "gfplint/compiled/rules"} <= names
    assert any(name.endswith("/licenses/COPYING") for name in names)


def test_what_is_in_the_sdist(built: Path) -> None:
    """All that it takes to build and to test; nothing of the working folder."""
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    tops = {name.split("/")[0] for name in names}
    assert {
        "gfplint",
        "rules",
        "tests",
        "Makefile",
        "COPYING",
        "README.md",
        "pyproject.toml",
        "hatch_build.py",
        "examples",
    } <= tops
    assert not tops & {".git", ".venv", ".ci", "dist"}
    assert "rules/facts/gfp.toml" in names


def test_the_commands(installed: tuple[Path, Path, dict[str, str]], demo: Path) -> None:
    """Rules, a page, the demo, and python -m gfplint, in an empty home and another folder."""
    scripts, home, env = installed
    gfplint = scripts / "gfplint"
    listed = run([gfplint, "rules"], home, env)
    assert (listed.returncode, listed.stderr) == (0, "")
    assert "gfp/bare-modifier" in listed.stdout
    page = run([gfplint, "explain", "hotplug/lock-leaked"], home, env)
    assert (page.returncode, page.stderr) == (0, "")
    assert "device_hotplug" in page.stdout
    checked = run([gfplint, "check", "--format", "terse", demo], home, env)
    assert (checked.returncode, checked.stderr) == (1, "")
    for rule in ("gfp/bare-modifier", "hotplug/lock-leaked", "pageflags/reserved-by-driver"):
        assert checked.stdout.count(f"[{rule}]") == 1
    again = run([scripts / "python", "-m", "gfplint", "check", "--format", "terse", demo], home, env)
    assert (again.returncode, again.stdout) == (1, checked.stdout)


def test_nothing_is_compiled_at_the_user(installed: tuple[Path, Path, dict[str, str]], demo: Path) -> None:
    """The wheel brings the tables and the index: only what is of one Python is cached."""
    scripts, home, env = installed
    done = run([scripts / "python", "-X", "importtime", "-m", "gfplint", "check", "--format", "terse", demo], home, env)
    assert (done.returncode, done.stdout.count("[gfp/bare-modifier]")) == (1, 1)
    assert "gfplint.facts.tables" in done.stderr
    assert "tomllib" not in done.stderr
    kept = {file.name.partition("-")[0] for file in (home / ".cache" / "gfplint").iterdir()}
    assert {"patterns"} <= kept <= {"code", "patterns"}  # code only of files that are older than two seconds


def test_a_changed_table_counts(installed: tuple[Path, Path, dict[str, str]], demo: Path) -> None:
    """Who edits the installed rules gets what is written there, not what was shipped."""
    scripts, home, env = installed
    (facts,) = (scripts.parent / "lib").glob("python*/site-packages/gfplint/rules/facts")
    table = facts / "page_flags.toml"
    text = table.read_text()
    try:
        table.write_text(text.replace('owners = ["mm/*"', 'owners = ["drivers/misc/*", "mm/*"'))
        done = run([scripts / "gfplint", "check", "--format", "terse", demo], home, env)
        table.write_text(text + "oops\n")
        broken = run([scripts / "gfplint", "check", "--format", "terse", demo], home, env)
    finally:
        table.write_text(text)
    assert (done.returncode, done.stderr) == (1, "")
    assert "gfp/bare-modifier" in done.stdout
    assert "pageflags/reserved-by-driver" not in done.stdout
    assert broken.returncode == 2
    assert len(broken.stderr.splitlines()) == 1
    assert f"{table}: not TOML:" in broken.stderr
