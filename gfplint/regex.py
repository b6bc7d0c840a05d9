# SPDX-License-Identifier: GPL-2.0-or-later
"""Regular expressions that are compiled when they are first used.

Compiling one takes 0.05 to 0.7 ms, at the start of every run; gfplint has
hundreds, and a mail needs a hundred of them: 8 ms, a tenth of which it
takes to make them again from what the compiler of an earlier run put out.  So a
program may ``restore()`` that, and ``fresh()`` what is missing in it.
"""

from __future__ import annotations

import marshal
import re
from collections.abc import Mapping
from typing import Any, AnyStr, cast

_METHODS = ("findall", "finditer", "fullmatch", "match", "search", "split", "sub", "subn")
_kept: Mapping[str, bytes] = {}
_missing: dict[str, tuple[Any, int]] = {}
_globs: dict[str, re.Pattern[str]] = {}


class _Lazy:
    """Stands for a pattern; from the first use on its methods are those of the pattern."""

    def __init__(self, pattern: Any, flags: int) -> None:
        self._given = (pattern, flags)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = _made(*self._given)
        self.__dict__.update({method: getattr(made, method) for method in _METHODS})
        return getattr(made, name)


def compile(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """``re.compile``, later: a pattern that is wrong is found by the tests, which use them all.

    For those of gfplint and of its tables; one that is made of a patch's text is no use to the next run.
    """
    return cast("re.Pattern[AnyStr]", _Lazy(pattern, flags))


def glob(path: str, pattern: str) -> bool:
    """``fnmatch.fnmatchcase``: a * also matches slashes; the pattern's program is kept like those of all others."""
    made = _globs.get(pattern)
    if made is None:
        from fnmatch import translate

        made = _globs[pattern] = compile(translate(pattern))
    return made.match(path) is not None


def restore(programs: Mapping[str, bytes]) -> None:
    """Use what ``fresh()`` gave in an earlier run of this very Python."""
    global _kept
    _kept = programs


def fresh() -> dict[str, bytes]:
    """The programs of the patterns that had to be compiled since ``restore()``."""
    found = {key: _program(pattern, flags) for key, (pattern, flags) in _missing.items()}
    _missing.clear()
    return {key: program for key, program in found.items() if program is not None}


def python() -> str:
    """What must be the same for a program to be used again: Python, and the form of its programs; "" for never."""
    import sys

    try:
        import _sre  # type: ignore[import-not-found]  # the core of re, in no stub
    except ImportError:
        return ""
    return f"{sys.implementation.cache_tag} {sys.hexversion:x} {_sre.MAGIC} {_sre.CODESIZE}"


def _made(pattern: Any, flags: int) -> Any:
    key = _key(pattern, flags)
    kept = _kept.get(key)
    if kept is not None:
        try:
            import _sre

            return _sre.compile(pattern, *marshal.loads(kept))  # checks the program before it takes it
        except (TypeError, ValueError, EOFError, RuntimeError, OverflowError):
            pass
    _missing[key] = (pattern, flags)
    return re.compile(pattern, flags)


def _key(pattern: Any, flags: int) -> str:
    if isinstance(pattern, bytes):
        return f"b{int(flags)}:{pattern.decode('latin-1')}"
    return f"s{int(flags)}:{pattern}"


def _program(pattern: Any, flags: int) -> bytes | None:
    """What the compiler makes of a pattern; None where it is not, to the letter, what re.compile() makes."""
    try:
        import _sre
        from re import _compiler, _parser  # type: ignore[attr-defined]  # Python's own, in no stub

        parsed = _parser.parse(pattern, int(flags))
        groups = dict(parsed.state.groupdict)
        names: list[str | None] = [None] * parsed.state.groups
        for name, number in groups.items():
            names[number] = name
        code = list(map(int, _compiler._code(parsed, int(flags))))
        program = (int(flags | parsed.state.flags), code, parsed.state.groups - 1, groups, tuple(names))
        same = _sre.compile(pattern, *program) == re.compile(pattern, flags)
    except Exception:  # another Python may have another compiler: then nothing is kept
        return None
    return marshal.dumps(program) if same else None
