# SPDX-License-Identifier: GPL-2.0-or-later
"""What each user and each project decides, and where each value came from.

In rising strength: the user's own file, ``.gfplint.toml`` of the tree, ``git
config gfplint.*``, the environment, the options.  The patch under review never
has a say: the caller hands in the tree's file as the *base* has it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from gfplint import regex
from gfplint.finding import SEVERITIES, Severity
from gfplint.record import NamedTuple

LEVELS = ("error", "warning", "never")
# key -> what it is; "names" are lists that may be written as one string with commas
KEYS: Mapping[str, str] = {
    "select": "names",
    "extend-select": "names",
    "ignore": "names",
    "kernel": "version",
    "fail-on": "level",
    "severity": "severities",
    "rules": "folders",
    "paths": "tables",
    "suppress": "tables",
}
_FLAT = tuple(key for key, kind in KEYS.items() if kind != "tables")  # may stand in a variable
_OTHERS = ("GFPLINT_TRACEBACK",)  # variables that are no configuration
_PATHS_KEYS = {"match": "names", "ignore": "names", "select": "names", "severity": "severities"}
_SUPPRESS_KEYS = {"path": "text", "function": "text", "rule": "text", "reason": "text"}


class ConfigError(ValueError):
    """A configuration that cannot be used: one line that names the place and the key."""


class Value(NamedTuple):
    """A value and where it came from."""

    value: Any
    origin: str


class PathTable(NamedTuple):
    """What holds for some paths only."""

    match: tuple[str, ...]
    ignore: tuple[str, ...]
    select: tuple[str, ...]  # none: all that are in force
    severity: Mapping[str, Severity]
    origin: str = "[[paths]]"

    def fits(self, path: str) -> bool:
        return any(regex.glob(path, glob) for glob in self.match)


class Suppress(NamedTuple):
    """A finding that the project accepts, and why."""

    path: str  # a glob
    function: str | None
    rule: str  # an id, a family or a glob
    reason: str
    origin: str


class Config:
    """The values in force, by key, each with its origin."""

    def __init__(self) -> None:
        self.values: dict[str, list[Value]] = {}  # one for each source that counts
        self.paths: list[PathTable] = []
        self.suppress: list[Suppress] = []
        self.patterns: list[Value] = []  # all that is to name a rule, wherever it stands

    def names(self, key: str) -> tuple[str, ...]:
        return tuple(name for part in self.values.get(key, ()) for name in part.value)

    def text(self, key: str) -> str | None:
        return str(self.values[key][-1].value) if key in self.values else None

    def shown(self) -> Iterator[tuple[str, str, str]]:
        """What is in force, as TOML would have it: key, value, origin."""
        for key in KEYS:
            for value, origin in self.values.get(key, ()):
                if isinstance(value, Mapping):
                    yield from ((f'severity."{rule}"', f'"{level}"', origin) for rule, level in value.items())
                elif isinstance(value, tuple):
                    yield key, "[" + ", ".join(f'"{name}"' for name in value) + "]", origin
                else:
                    yield key, f'"{value}"', origin

    @property
    def severity(self) -> Mapping[str, Severity]:
        return {rule: level for part in self.values.get("severity", ()) for rule, level in part.value.items()}

    def put(self, data: Mapping[str, Any], origin: str, own: bool = True) -> None:
        """Lay one source over what is there; ``own`` when it is the user's.  Raises ConfigError."""
        for key in data:
            if key not in KEYS:
                raise ConfigError(f"{origin}: unknown key '{key}'{near(key, KEYS)}")
        for key, kind in KEYS.items():  # their order: select starts anew, before the others add to it
            if key not in data:
                continue
            if key == "rules" and not own:
                raise ConfigError(f"{origin}: rules: a folder of rules is named by the user only, never by a tree")
            if kind == "tables":
                self._tables(key, _tables(data[key], key, origin), origin)
                continue
            # An option, a variable and a key of git name themselves.
            place = origin if origin.lower().replace("_", "-").endswith(key) else f"{origin}: {key}"
            value = _checked(kind, data[key], place)
            if kind == "names" or key == "severity":
                self.patterns += [Value(name, place) for name in value]
            if key == "select":
                self.values |= {"extend-select": [], "ignore": []}
            if key in ("extend-select", "ignore", "severity", "rules"):
                self.values.setdefault(key, []).append(Value(value, origin))
            else:
                self.values[key] = [Value(value, origin)]

    def _tables(self, key: str, tables: Sequence[Mapping[str, Any]], origin: str) -> None:
        for number, table in enumerate(tables, 1):
            place = f"{origin}: [[{key}]] {number}" if len(tables) > 1 else f"{origin}: [[{key}]]"
            if key == "suppress":
                row = _suppress(table, place)
                self.suppress.append(row)
                self.patterns.append(Value(row.rule, f"{place}: rule"))
            else:
                path = _path_table(table, place)
                self.paths.append(path)
                for name, rules in (("select", path.select), ("ignore", path.ignore), ("severity", path.severity)):
                    self.patterns += [Value(rule, f"{place}: {name}") for rule in rules]


def near(word: str, words: Sequence[str] | Mapping[str, Any]) -> str:
    """ ", did you mean X?", or nothing."""
    from difflib import get_close_matches

    found = get_close_matches(word, sorted(words), 1, 0.6)
    return f", did you mean '{found[0]}'?" if found else ""


def _tables(value: Any, key: str, origin: str) -> list[Mapping[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
        raise ConfigError(f"{origin}: {key} is an array of tables: [[{key}]]")
    return value


def _checked(kind: str, value: Any, place: str) -> Any:
    if kind == "names":
        if isinstance(value, str):
            value = [name.strip() for name in value.split(",") if name.strip()]
        if not isinstance(value, list | tuple) or not all(isinstance(name, str) for name in value):
            raise ConfigError(f"{place} is a list of names")
        return tuple(value)
    if kind == "folders":
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list | tuple) or not all(isinstance(name, str) and name for name in value):
            raise ConfigError(f"{place} is a list of folders")
        return tuple(os.path.expanduser(name) for name in value)
    if kind == "severities":
        if isinstance(value, str):
            value = dict(pair.replace(" ", "").partition("=")[::2] for pair in value.split(","))
        if not isinstance(value, dict) or any(level not in SEVERITIES for level in value.values()):
            raise ConfigError(f"{place} is a table of rule = level, one of {', '.join(SEVERITIES)}")
        return value
    if not isinstance(value, str):
        raise ConfigError(f"{place} is a text in quotes")
    if kind == "level" and value not in LEVELS:
        raise ConfigError(f"{place} is one of {', '.join(LEVELS)}, not '{value}'")
    if kind == "version" and not all(part.isdigit() for part in value.lstrip("v").split("-")[0].split(".")):
        raise ConfigError(f"{place} is a version such as 6.12, not '{value}'")
    return value


def _keys(table: Mapping[str, Any], keys: Mapping[str, str], place: str) -> dict[str, Any]:
    for key in table:
        if key not in keys:
            raise ConfigError(f"{place}: unknown key '{key}'{near(key, keys)}")
    return {key: _checked(keys[key], value, f"{place}: {key}") for key, value in table.items()}


def _path_table(table: Mapping[str, Any], place: str) -> PathTable:
    found = _keys(table, _PATHS_KEYS, place)
    if not found.get("match"):
        raise ConfigError(f'{place} wants match = "mm/*"')
    return PathTable(found["match"], found.get("ignore", ()), found.get("select", ()), found.get("severity", {}), place)


def _suppress(table: Mapping[str, Any], place: str) -> Suppress:
    found = _keys(table, _SUPPRESS_KEYS, place)
    for key in ("path", "rule", "reason"):
        if not found.get(key, "").strip():
            raise ConfigError(f"{place} wants a {key}: a finding is only put aside for a reason")
    return Suppress(found["path"], found.get("function"), found["rule"], found["reason"], place)


def read_toml(text: bytes, origin: str) -> dict[str, Any]:
    """TOML as a dict.  Raises ConfigError with the line."""
    from tomllib import TOMLDecodeError, loads  # only where there is a file to read

    try:
        return loads(text.decode())
    except (TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{origin}: {error}") from error


def user_file(env: Mapping[str, str]) -> str:
    """The user's own file; "" where there is no home."""
    base = env.get("XDG_CONFIG_HOME") or os.path.join(env.get("HOME", ""), ".config")
    return os.path.join(base, "gfplint", "config.toml") if os.path.isabs(base) else ""


def load(
    tree_file: tuple[bytes, str] | None,
    git: Callable[[], Sequence[tuple[str, str, str]]],
    env: Mapping[str, str],
    options: Mapping[str, Any],
) -> Config:
    """All sources in their order.

    ``tree_file`` is ``.gfplint.toml`` as the base has it and what to call it,
    ``git`` gives key, value and file of each ``git config gfplint.*``.  Raises
    ConfigError, one line that names the source.
    """
    config = Config()
    own = user_file(env)
    if own and os.path.isfile(own):
        try:
            with open(own, "rb") as file:
                config.put(read_toml(file.read(), own), own)
        except OSError as error:
            raise ConfigError(f"{own}: {error.strerror}") from error
    if tree_file is not None:
        config.put(read_toml(*tree_file), tree_file[1], own=False)
    _put_git(config, git())
    _put_environment(config, env)
    for key, value in options.items():
        config.put({key: value}, f"--{key}")
    return config


def _put_git(config: Config, found: Sequence[tuple[str, str, str]]) -> None:
    many: dict[str, list[str]] = {}
    files: dict[str, str] = {}
    for name, value, file in found:
        key = name.lower().removeprefix("gfplint.")
        many.setdefault(key, []).append(value)
        files[key] = file
    for key in many:
        if key in KEYS and (key not in _FLAT or key == "rules"):
            raise ConfigError(f"git config gfplint.{key}: only in {'your own file' if key == 'rules' else 'a file'}")
    for key in sorted(many, key=[*KEYS, *many].index):  # select first
        lists = KEYS.get(key) in ("names", "severities")
        config.put({key: ",".join(many[key]) if lists else many[key][-1]}, f"git config of {files[key]}: gfplint.{key}")


def _put_environment(config: Config, env: Mapping[str, str]) -> None:
    names = {"GFPLINT_" + key.upper().replace("-", "_"): key for key in _FLAT}
    for name in env:
        if name.startswith("GFPLINT_") and name not in names and name not in _OTHERS:
            raise ConfigError(f"${name}: unknown variable{near(name, [*names, *_OTHERS])}")
    for name, key in names.items():
        if env.get(name):
            value: object = env[name].split(os.pathsep) if key == "rules" else env[name]
            config.put({key: value}, f"${name}")
