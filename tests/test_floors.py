# SPDX-License-Identifier: GPL-2.0-or-later
"""The shape of the house: imports go down only, files stay small, every file says its licence."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parent.parent
PACKAGE = REPO / "gfplint"
SPDX = "SPDX-License-Identifier: GPL-2.0-or-later"
LIMIT = 400

# (floor, place on it): a module imports from lower floors, from its own folder, and, on its
# own floor, from those that stand before it.  Equal places do not know each other.
FLOORS = {
    "record": (0, 0),  # stand-ins for what costs too much at start-up
    "regex": (0, 0),
    "bytecode": (0, 0),
    "finding": (0, 1),
    "facts": (0, 1),
    "diff": (1, 0),
    "source": (2, 0),
    "mail": (2, 0),
    "flow": (3, 0),
    "view": (4, 0),
    "page": (5, 1),  # a rule's docstring, taken apart
    "config": (5, 0),
    "rule": (5, 0),
    "rulebook": (5, 2),
    "engine": (6, 0),
    "novelty": (6, 1),
    "suppress": (6, 0),
    "findings": (6, 1),
    "later": (6, 0),
    "endstate": (6, 2),
    "review": (7, 0),
    "testing": (7, 1),
    "gating": (7, 1),
    "derive": (7, 2),
    "report": (8, 0),
    "fix": (8, 0),
    "bot": (9, 0),
    "hooks": (9, 0),
    "cli": (10, 0),
    "__main__": (11, 0),
}
API = {"gfplint": {"mail", "review", "rulebook"}}  # __init__.py: lint() as a call, imported in the function


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def rules() -> list[Path]:
    return sorted((REPO / "rules").rglob("*.py"))


def test_annotations_are_not_evaluated() -> None:
    """To make them takes two milliseconds of each start."""
    late = "from __future__ import annotations\n"
    assert [path.name for path in modules() if "import" in path.read_text() and late not in path.read_text()] == []


def unit(path: Path) -> str:
    """The folder or module that a file of the package belongs to; "" for the package's own file."""
    first = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return "" if first == "__init__" else first


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of all that a file imports, wherever the import stands."""
    parts = list(path.relative_to(REPO).with_suffix("").parts)
    package = parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            where = ".".join([*base, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{where}.{name.name}") for name in node.names)


def target(name: str) -> str | None:
    """The unit that an imported name belongs to; None outside of the package, "" for the package's own names."""
    parts = name.split(".")
    if parts[0] != "gfplint":
        return None
    return parts[1] if len(parts) > 1 and parts[1] in FLOORS else ""


def faults(path: Path) -> list[str]:
    """Imports of a file of the package that go up or aside."""
    here = unit(path)
    found = []
    for line, name in imports(path):
        there = target(name)
        if there is None or there == here or (there == "" and name != "gfplint"):
            continue
        if here == "":
            allowed = there in API["gfplint"]
        else:
            (floor, place), (other, position) = FLOORS[here], FLOORS[there] if there else (-1, 0)
            allowed = other < floor or (other == floor and position < place)
        if not allowed:
            found.append(f"{path.relative_to(REPO)}:{line}: {here or 'gfplint'} imports {name}")
    return found


def test_every_module_has_a_floor() -> None:
    """A new folder or module says where it stands."""
    assert {unit(path) for path in modules()} - {""} <= set(FLOORS)


def test_imports_go_down() -> None:
    """house.md, "The plan": also those in functions and for type checkers."""
    assert [fault for path in modules() for fault in faults(path)] == []


def test_rules_import_the_rule_module_only() -> None:
    """A rule knows gfplint.rule, and nothing else of the engine or of the world."""
    found = [
        (str(path), line, name)
        for path in rules()
        for line, name in imports(path)
        if not name.startswith("gfplint.rule.")
    ]
    assert found == []


@pytest.mark.parametrize(
    ("file", "text", "fault"),
    [
        ("diff/new.py", "from gfplint.view import File\n", True),
        ("diff/new.py", "def f():\n    from gfplint import cli\n", True),
        ("diff/new.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import gfplint.mail.read\n", True),
        ("source/new.py", "from gfplint.mail import read\n", True),
        ("source/new.py", "from . import parse\nfrom ..diff import model\n", False),
        ("source/new.py", "from ..flow import graph\n", True),
        ("rulebook.py", "from gfplint.rule import Rule\n", False),
        ("rule.py", "from gfplint.rulebook import Rulebook\n", True),
        ("cli/new.py", "from gfplint import __version__, hooks\n", False),
        ("finding.py", "from gfplint.facts import tables\n", True),
    ],
)
def test_the_test_sees(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, file: str, text: str, fault: bool) -> None:
    """The check above finds what it is there for."""
    monkeypatch.setattr("test_floors.REPO", tmp_path)
    monkeypatch.setattr("test_floors.PACKAGE", tmp_path / "gfplint")
    path = tmp_path / "gfplint" / file
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert bool(faults(path)) == fault


@pytest.mark.parametrize("folder", ["gfplint", "rules", "tests", "bench"])
def test_files_are_small(folder: str) -> None:
    """Four hundred lines are enough for one thought."""
    sizes = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in (REPO / folder).rglob("*.py")}
    assert {str(path.relative_to(REPO)): size for path, size in sizes.items() if size > LIMIT} == {}


def test_every_file_says_its_licence() -> None:
    """First line, or second where the first is for the kernel or the shell."""
    files = [path for folder in ("gfplint", "rules", "tests", "bench") for path in (REPO / folder).rglob("*.py")]
    files += [
        *(REPO / "rules").rglob("*.toml"),
        REPO / "pyproject.toml",
        REPO / "hatch_build.py",
        REPO / "Makefile",
        REPO / ".ci/run",
    ]
    missing = [
        path for path in files if not any(SPDX in line for line in path.read_text(encoding="utf-8").splitlines()[:2])
    ]
    assert [str(path.relative_to(REPO)) for path in missing] == []


def test_the_words_of_the_page_exist() -> None:
    """rules/README.md promises no word that a rule cannot use."""
    from gfplint import rule

    page = (REPO / "rules" / "README.md").read_text(encoding="utf-8")
    kinds = {"fn": rule.Function, "call": rule.Call, "mask": rule.Mask, "lock": rule.Lock, "exit": rule.Exit}
    words = set(re.findall(r"`(fn|call|mask|lock|exit)\.(\w+)", page))
    assert len(words) > 20
    missing = []
    for kind, word in sorted(words):
        made = vars(kinds[kind]).get("__init__")  # what is set there is not seen in the class
        if not hasattr(kinds[kind], word) and (made is None or word not in made.__code__.co_names):
            missing.append(f"{kind}.{word}")
    assert missing == []
    called = set(re.findall(r"`(\w+)\(", page)) - {"exit"}
    assert {name for name in called if not hasattr(rule, name)} == set()
