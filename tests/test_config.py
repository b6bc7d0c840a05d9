# SPDX-License-Identifier: GPL-2.0-or-later
"""The sources of the configuration: their order, their origins, and what none of them may say."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from gfplint.cli.settings import git_values
from gfplint.config import Config, ConfigError, load


def loaded(
    tree: str | None = None,
    git: Sequence[tuple[str, str]] = (),
    env: Mapping[str, str] | None = None,
    **options: Any,
) -> Config:
    file = None if tree is None else (tree.encode(), "HEAD:.gfplint.toml")
    named = {key.replace("_", "-"): value for key, value in options.items()}
    return load(file, lambda: [(key, value, "f") for key, value in git], env or {}, named)


def test_the_stronger_source_wins(tmp_path: Path) -> None:
    own = tmp_path / "gfplint" / "config.toml"
    own.parent.mkdir()
    own.write_text('kernel = "6.1"\n')
    home = {"XDG_CONFIG_HOME": str(tmp_path)}
    steps: list[tuple[str, dict[str, Any]]] = [
        ("6.1", {}),
        ("6.2", {"tree": 'kernel = "6.2"'}),
        ("6.3", {"git": [("gfplint.kernel", "6.3")]}),
        ("6.4", {"env": {**home, "GFPLINT_KERNEL": "6.4"}}),
        ("6.5", {"kernel": "6.5"}),
    ]
    given: dict[str, Any] = {"env": home}
    for wanted, more in steps:
        given |= more
        assert loaded(**given).text("kernel") == wanted


def test_each_value_says_where_it_is_from() -> None:
    found = loaded('ignore = ["locks"]\nseverity = {gfp = "info"}', [("gfplint.ignore", "gfp")], ignore=["hotplug"])
    assert list(found.shown()) == [
        ("ignore", '["locks"]', "HEAD:.gfplint.toml"),
        ("ignore", '["gfp"]', "git config of f: gfplint.ignore"),
        ("ignore", '["hotplug"]', "--ignore"),
        ('severity."gfp"', '"info"', "HEAD:.gfplint.toml"),
    ]


def test_what_is_ignored_adds_up_and_select_starts_anew() -> None:
    tree = 'select = ["gfp"]\nextend-select = ["locks"]\nignore = ["hotplug"]\n'
    assert loaded(tree, ignore=["gfp"]).names("ignore") == ("hotplug", "gfp")
    anew = loaded(tree, select=["hotplug"], ignore=["gfp"])
    assert (anew.names("select"), anew.names("extend-select"), anew.names("ignore")) == (("hotplug",), (), ("gfp",))


def test_the_order_in_a_file_does_not_matter() -> None:
    assert loaded('ignore = ["gfp"]\nselect = ["locks"]\n').names("ignore") == ("gfp",)
    git = [("gfplint.ignore", "gfp"), ("gfplint.select", "locks")]
    assert loaded(git=git).names("ignore") == ("gfp",)


def test_severities_add_up() -> None:
    found = loaded('[severity]\ngfp = "info"\nlocks = "error"\n', env={"GFPLINT_SEVERITY": "gfp=error,hotplug=warning"})
    assert found.severity == {"gfp": "error", "locks": "error", "hotplug": "warning"}


def test_git_has_values_several_times_and_keys_in_any_case() -> None:
    found = loaded(git=[("gfplint.ignore", "gfp"), ("gfplint.Ignore", "locks"), ("gfplint.fail-on", "error")])
    assert (found.names("ignore"), found.text("fail-on")) == (("gfp", "locks"), "error")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"tree": "selct = []"}, ["HEAD:.gfplint.toml: unknown key 'selct', did you mean 'select'?"]),
        ({"tree": "ignore = 1"}, ["HEAD:.gfplint.toml: ignore is a list of names"]),
        ({"tree": "ignore = [1]"}, ["ignore is a list of names"]),
        ({"tree": "kernel = 6.12"}, ["kernel is a text in quotes"]),
        ({"tree": 'kernel = "new"'}, ["kernel is a version such as 6.12, not 'new'"]),
        ({"tree": 'fail-on = "info"'}, ["fail-on is one of error, warning, never"]),
        ({"tree": "= broken"}, ["HEAD:.gfplint.toml: ", "line 1"]),
        ({"tree": 'severity = {gfp = "bad"}'}, ["severity is a table", "info, warning, error"]),
        ({"tree": 'rules = ["/tmp"]'}, ["rules", "named by the user only"]),
        ({"tree": "[paths]\n"}, ["an array of tables: [[paths]]"]),
        ({"tree": "[[paths]]\nignore = []\n"}, ["[[paths]] wants match"]),
        ({"tree": '[[paths]]\nmatch = "a"\nselct = []\n'}, ["[[paths]]: unknown key 'selct', did you mean 'select'?"]),
        ({"tree": '[[suppress]]\npath = "a"\nrule = "gfp"\n'}, ["[[suppress]] wants a reason"]),
        ({"tree": '[[suppress]]\npath = "a"\nrule = "gfp"\nreason = " "\n'}, ["[[suppress]] wants a reason"]),
        (
            {"git": [("gfplint.selct", "x")]},
            ["git config of f: gfplint.selct: unknown key 'selct', did you mean 'sel"],
        ),
        ({"git": [("gfplint.rules", "x")]}, ["git config gfplint.rules: only in your own file"]),
        ({"env": {"GFPLINT_SELCT": "x"}}, ["$GFPLINT_SELCT: unknown variable, did you mean 'GFPLINT_SELECT'?"]),
        ({"env": {"GFPLINT_FAIL_ON": "sometimes"}}, ["$GFPLINT_FAIL_ON is one of"]),
    ],
)
def test_what_cannot_be_used_is_one_line(given: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(ConfigError) as error:
        loaded(**given)
    assert all(word in str(error.value) for word in words), str(error.value)
    assert "\n" not in str(error.value)


def test_paths_and_suppressions_say_which_table_they_are() -> None:
    table = '[[paths]]\nmatch = "mm/*"\nselect = ["gfp"]\n'
    row = '[[suppress]]\npath = "mm/*"\nrule = "gfp"\nreason = "because"\n'
    found = loaded(table + row + row)
    assert [one.origin for one in found.paths] == ["HEAD:.gfplint.toml: [[paths]]"]
    assert [one.origin[-2:] for one in found.suppress] == [" 1", " 2"]
    assert [(one.value, one.origin.rpartition("] ")[2]) for one in found.patterns] == [
        ("gfp", "HEAD:.gfplint.toml: [[paths]]: select"),
        ("gfp", "1: rule"),
        ("gfp", "2: rule"),
    ]


def test_a_worktree_has_the_configuration_of_its_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Real git: its files are found by name, so that git is asked only where they speak of gfplint."""
    main, other = tmp_path / "main", tmp_path / "other"
    for command in (
        ["init", "-q", str(main)],
        ["-C", str(main), "-c", "user.name=A", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "one"],
        ["-C", str(main), "worktree", "add", "-q", "-b", "other", str(other)],
    ):
        subprocess.run(["git", *command], check=True)
    monkeypatch.chdir(other)
    assert git_values() == ()
    subprocess.run(["git", "-C", str(main), "config", "gfplint.kernel", "6.1"], check=True)
    assert [value[:2] for value in git_values()] == [("gfplint.kernel", "6.1")]
