# SPDX-License-Identifier: GPL-2.0-or-later
"""Regular expressions that are compiled when they are first used.

Compiling one takes 0.05 to 0.7 ms, at the start of every run; gfplint has
hundreds, and most mails need few of them.
"""

import re
from typing import Any, AnyStr, cast

_METHODS = ("findall", "finditer", "fullmatch", "match", "search", "split", "sub", "subn")


class _Lazy:
    """Stands for a pattern; from the first use on its methods are those of the pattern."""

    def __init__(self, pattern: Any, flags: int) -> None:
        self._given = (pattern, flags)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = re.compile(*self._given)
        self.__dict__.update({method: getattr(made, method) for method in _METHODS})
        return getattr(made, name)


def compile(pattern: AnyStr, flags: int = 0) -> "re.Pattern[AnyStr]":
    """``re.compile``, later: a pattern that is wrong is found by the tests, which use them all."""
    return cast("re.Pattern[AnyStr]", _Lazy(pattern, flags))
