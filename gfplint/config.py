# SPDX-License-Identifier: GPL-2.0-or-later
"""What each user and each project decides, and where each value came from.

In rising strength: the user's own file, ``.gfplint.toml`` of the tree, ``git
config gfplint.*``, the environment, the options.  The patch under review never
has a say: the caller hands in the tree's file as the *base* has it.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from gfplint.finding import SEVERITIES, Severity
from gfplint.record import NamedTuple

LEVELS = ("error", "warning", "info", "never")
# key -> what it is; "names" are lists that may be written as one string with commas
KEYS: Mapping[str, str] = {
    "select": "names",
    "extend-select": "names",
    "ignore": "names",
    "kernel": "version",
    "fail-on": "level",
    "severity": "severities",
    "paths": "tables",
    "suppress": "tables",
}
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
    select: tuple[str, ...]
    severity: Mapping[str, Severity]

    def fits(self, path: str) -> bool:
        return any(fnmatchcase(path, glob) for glob in self.match)


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
        self.values: dict[str, Value] = {}
        self.paths: list[PathTable] = []
        self.suppress: list[Suppress] = []

    def names(self, key: str) -> tuple[str, ...]:
        return tuple(self.values[key].value) if key in self.values else ()

    def text(self, key: str) -> str | None:
        return str(self.values[key].value) if key in self.values else None

    @property
    def severity(self) -> Mapping[str, Severity]:
        found: Mapping[str, Severity] = self.values["severity"].value if "severity" in self.values else {}
        return found

    def put(self, data: Mapping[str, Any], origin: str) -> None:
        """Lay one source over what is there.  Raises ConfigError."""
        for key, value in data.items():
            kind = KEYS.get(key)
            if kind is None:
                raise ConfigError(f"{origin}: unknown key '{key}'{near(key, KEYS)}")
            if key == "paths":
                self.paths += [_path_table(table, f"{origin}: [[paths]]") for table in _tables(value, key, origin)]
            elif key == "suppress":
                self.suppress += [_suppress(table, f"{origin}: [[suppress]]") for table in _tables(value, key, origin)]
            else:
                checked = _checked(kind, value, f"{origin}: {key}")
                if key == "severity":
                    checked = {**self.severity, **checked}
                elif key == "extend-select":
                    checked = (*self.names(key), *checked)
                self.values[key] = Value(checked, origin)


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
    if kind == "severities":
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
    return PathTable(found["match"], found.get("ignore", ()), found.get("select", ()), found.get("severity", {}))


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
    git: Callable[[], Sequence[tuple[str, str]]],
    env: Mapping[str, str],
    options: Mapping[str, Any],
) -> Config:
    """All sources in their order.

    ``tree_file`` is ``.gfplint.toml`` as the base has it and what to call it,
    ``git`` gives the (key, value) pairs of ``git config gfplint.*``.  Raises
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
        config.put(read_toml(*tree_file), tree_file[1])
    many: dict[str, list[str]] = {}
    for key, value in git():
        many.setdefault(key.removeprefix("gfplint.").lower(), []).append(value)
    for key, values in many.items():
        config.put({key: ",".join(values) if KEYS.get(key) == "names" else values[-1]}, f"git config gfplint.{key}")
    for key, kind in KEYS.items():
        name = "GFPLINT_" + key.upper().replace("-", "_")
        if kind in ("names", "version", "level") and env.get(name):
            config.put({key: env[name]}, f"${name}")
    for key, value in options.items():
        config.put({key: value}, f"--{key}")
    return config
