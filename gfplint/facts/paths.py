# SPDX-License-Identifier: GPL-2.0-or-later
"""Which files of a patch are the kernel's C: ``rules/facts/paths.toml``, asked."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, Literal

from gfplint.facts import tables
from gfplint.record import NamedTuple

Kind = Literal["c", "kconfig", "make"]


class _Paths(NamedTuple):
    dirs: frozenset[str]
    files: frozenset[str]
    sure: tuple[str, ...]
    foreign: frozenset[str]
    tags: frozenset[str]
    skip: tuple[tuple[tuple[str, ...], str], ...]  # parts of a folder, "*" for any; reason
    modules: tuple[str, ...]


@cache
def _paths() -> _Paths:
    table: Any = tables.load().section("paths")
    tree, foreign = table["tree"], table["foreign"]
    return _Paths(
        frozenset(tree["dirs"]),
        frozenset(tree["files"]),
        tuple(tree["sure"]),
        frozenset(foreign["names"]),
        frozenset(foreign["tags"]),
        tuple((tuple(folder.split("/")), reason) for folder, reason in table["skip"].items()),
        tuple(folder + "/" for folder in table["modules"]["dirs"]),
    )


def kind(path: str) -> Kind | None:
    """What a file is by its name: C, Kconfig, Makefile or Kbuild; None for the rest."""
    if path.endswith((".c", ".h")):
        return "c"
    name = path.rpartition("/")[2]
    if name == "Kconfig" or name.startswith("Kconfig."):
        return "kconfig"
    if name in ("Makefile", "Kbuild") or name.startswith(("Makefile.", "Kbuild.")):
        return "make"
    return None


def why_not(path: str) -> str | None:
    """Why a file is not linted, in a few words; None for the kernel's C, Kconfig and Makefiles."""
    if kind(path) is None:
        return "not C"
    known = _paths()
    if path.startswith(known.modules):
        return None
    parts = path.split("/")
    for folder, reason in known.skip:
        if len(parts) > len(folder) and all(want in ("*", part) for want, part in zip(folder, parts, strict=False)):
            return reason
    return None


def user_space(paths: Iterable[str], tags: Iterable[str] = ()) -> str | None:
    """Why a patch or series is not for the kernel at all; None when it is, or may be.

    ``paths`` are all that it touches, ``tags`` those of its subject: the more
    is known, the better.  One path that only a kernel tree has settles it.
    """
    known = _paths()
    named = next((tag for tag in tags if tag.lower() in known.tags), None)
    if named:
        return f"for {named}, not for the kernel"
    foreign = None
    for path in paths:
        if path.startswith(known.sure):
            return None
        top, slash, _ = path.partition("/")
        if top not in (known.dirs if slash else known.files) or path.rpartition("/")[2] in known.foreign:
            foreign = foreign or path
    return f"not for the kernel: {foreign} is in no kernel tree" if foreign else None


def is_top(name: str) -> bool:
    """Whether a folder of that name stands at the top of a kernel tree."""
    return name in _paths().dirs
