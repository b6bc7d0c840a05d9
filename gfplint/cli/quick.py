# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads plain command lines without argparse, which takes a tenth of a short run to load and set up.

It takes the declarations that argparse takes.  What is not plain (an unknown
or abbreviated option, one of the short ones joined, a value that is not
allowed, --help, --) it leaves to argparse, which knows what to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from gfplint.record import NamedTuple

_PLAIN = {"action", "choices", "default", "dest", "help", "metavar", "type"}
_ACTIONS = ("store", "store_true", "append")


class _Option(NamedTuple):
    dest: str
    action: str
    choices: Sequence[str] | None
    type: Any
    group: int  # of options that exclude each other; -1: none


class Quick:
    """Stands in for an ArgumentParser while the options are declared; then parses."""

    def __init__(self) -> None:
        self._options: dict[str, _Option] = {}
        self._defaults: dict[str, Any] = {}
        self._operands = ""
        self._group = -1

    def add_argument_group(self, *_: Any, **__: Any) -> Quick:
        return self

    def add_mutually_exclusive_group(self) -> _Exclusive:
        self._group += 1
        return _Exclusive(self, self._group)

    def add_argument(self, *names: str, **words: Any) -> None:
        """As argparse has it; an option that says more than is understood here is left to argparse."""
        self.declare(names, words, -1)

    def declare(self, names: Sequence[str], words: dict[str, Any], group: int) -> None:
        if not names[0].startswith("-"):
            self._operands = names[0]
            return
        dest = words.get("dest") or next((n for n in names if n.startswith("--")), names[0]).lstrip("-").replace(
            "-", "_"
        )
        action = words.get("action", "store")
        self._defaults[dest] = words.get("default", False if action == "store_true" else None)
        if set(words) <= _PLAIN and action in _ACTIONS:
            option = _Option(dest, action, words.get("choices"), words.get("type"), group)
            self._options |= dict.fromkeys(names, option)

    def parse(self, args: Sequence[str]) -> SimpleNamespace | None:
        """The values by name; None for a command line that argparse is to read."""
        given: dict[str, Any] = dict(self._defaults)
        operands: list[str] = []
        excluded: dict[int, str] = {}
        rest = iter(args)
        for arg in rest:
            if arg == "-" or not arg.startswith("-"):
                operands.append(arg)
                continue
            name, equals, text = arg.partition("=") if arg.startswith("--") else (arg, "", "")
            option = self._options.get(name)
            if option is None or (excluded.setdefault(option.group, option.dest) != option.dest and option.group >= 0):
                return None
            if option.action == "store_true":
                if equals:
                    return None
                given[option.dest] = True
                continue
            try:
                value = _value(option, text if equals else next(rest, "-"), bool(equals))
            except ValueError:
                return None
            given[option.dest] = [*(given[option.dest] or ()), value] if option.action == "append" else value
        given[self._operands] = operands
        return SimpleNamespace(**given)


def _value(option: _Option, text: str, joined: bool) -> Any:
    """The value of an option.  Raises ValueError for one that argparse is to judge."""
    if text.startswith("-") and not joined:
        raise ValueError
    value = option.type(text) if option.type is not None else text
    if option.choices is not None and value not in option.choices:
        raise ValueError
    return value


class _Exclusive:
    """A group of options that exclude each other."""

    def __init__(self, quick: Quick, number: int) -> None:
        self._quick = quick
        self._number = number

    def add_argument(self, *names: str, **words: Any) -> None:
        self._quick.declare(names, words, self._number)
