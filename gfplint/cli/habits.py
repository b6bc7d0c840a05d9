# SPDX-License-Identifier: GPL-2.0-or-later
"""The options of checkpatch.pl, for those who have ``alias checkpatch='gfplint check'``.

Its command lines are put into gfplint's words: what shapes the output becomes
``--format checkpatch:...``, its types become rules, and what has no meaning
here is dropped, as checkpatch's own configuration may hold it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from gfplint.cli.common import Usage

FORMS = ("emacs", "terse", "showfile", "show-types", "mailback", "summary-file")
# Options without a meaning here: those that take a value, and switches, which checkpatch also knows with no- and no.
_VALUES = ("max-line-length", "min-conf-desc-length", "tab-size", "debug", "test-only", "kconfig-prefix")
_FILES = ("codespellfile", "typedefsfile")
_SWITCHES = ("signoff", "fixes-tag", "patch", "fix", "fix-inplace", "ignore-perl-version", "codespell")
_NEGATED = ("tree", "file", "git", "verbose", "strict", "subjective")


def translate(args: Sequence[str], types: Callable[[], Iterable[tuple[str, str]]]) -> list[str]:
    """A command line as ``gfplint check`` has it.

    ``types`` gives the rules as (type of checkpatch, rule id); it is only asked
    where types are spoken of.  Options that are not checkpatch's stay as they are.
    """
    return _Translator(types).all(args)


class _Translator:
    def __init__(self, types: Callable[[], Iterable[tuple[str, str]]]) -> None:
        self._types = types
        self._out: list[str] = []
        self._form: list[str] = []
        self._format = False

    def all(self, args: Sequence[str]) -> list[str]:
        rest = list(args)
        while rest:
            arg = rest.pop(0)
            if arg == "--":
                self._out += [arg, *rest]
                break
            self._one(arg, rest)
        if self._form and not self._format:
            self._out.insert(0, f"--format=checkpatch:{','.join(dict.fromkeys(self._form))}")
        return self._out

    def _one(self, arg: str, rest: list[str]) -> None:
        name, equals, value = arg.partition("=")
        word = name.removeprefix("--") if name.startswith("--") else ""
        positive = word.removeprefix("no-").removeprefix("no") if word.startswith("no") else word
        if word in ("types", "ignore", "root", *_VALUES, *_FILES):
            if not equals and not rest:
                raise Usage(f"{name}: expected one argument")
            self._value(word, value if equals else rest.pop(0))
        elif word in FORMS:
            self._form.append(word)
        elif word in ("no-summary", "nosummary"):
            self._form.append("no-summary")
        elif word == "subjective":
            self._out.append("--strict")
        elif word in ("color", "no-color", "nocolor") and not equals:
            self._out.append("--color=auto" if word == "color" else "--color=never")
        elif word == "notree":
            self._out.append("--no-tree")
        elif word in _SWITCHES or (
            word != positive and positive in (*_SWITCHES, *FORMS, *_NEGATED) and word != "no-tree"
        ):
            pass
        else:
            self._format = self._format or word == "format"
            self._out.append(arg)

    def _value(self, word: str, value: str) -> None:
        if word == "root":
            self._out.append(f"--tree={value}")
        elif word in ("types", "ignore"):
            known = dict(self._types())
            names = [name for name in value.replace(",", " ").split() if name]
            ours = [known.get(name, name) for name in names if name in known or not _foreign(name)]
            if ours:
                self._out.append(f"--{'select' if word == 'types' else word}={','.join(ours)}")
            elif word == "types":  # types of checkpatch alone: none of ours is asked for
                self._out.append("--ignore=*")


def _foreign(name: str) -> bool:
    """A type of checkpatch: upper case, and never the id of a rule."""
    return name.replace("_", "").isalnum() and name.upper() == name
