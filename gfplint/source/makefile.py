# SPDX-License-Identifier: GPL-2.0-or-later
"""The ``obj-`` lines of a kernel Makefile: what is built under which symbols.

The language: Documentation/kbuild/makefiles.rst.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gfplint import regex
from gfplint.diff.image import Image
from gfplint.record import NamedTuple
from gfplint.source.kconfig import joined

_RULE = regex.compile(
    r"([\w.-]+?)-(y|m|objs|\$[({]\s*CONFIG_(\w+)\s*[)}](?:\$[({]\s*CONFIG_(\w+)\s*[)}])?)"
    r"\s*([:+]?)=\s*(.*)"
)
_IFEQ = regex.compile(r"ifeq\s*\(\s*\$[({]\s*CONFIG_(\w+)\s*[)}]\s*,\s*[ym]\s*\)")
_IFNEQ = regex.compile(r"ifneq\s*\(\s*\$[({]\s*CONFIG_(\w+)\s*[)}]\s*,\s*n?\s*\)")
_IFDEF = regex.compile(r"ifdef\s+CONFIG_(\w+)")
_SUBST = regex.compile(r"\$\(\s*subst\s+m\s*,\s*y\s*,\s*(\$[({]\s*CONFIG_\w+\s*[)}])\s*\)")
_PREFIXED = regex.compile(r"\$\(\s*addprefix\s+([^\s,()$]+)\s*,([^()$]*)\)")
_NAMED = regex.compile(r"\$[({]([\w.-]+?)-(?:y|m|objs)[)}]")
_MOST = 100  # steps from a part to the composites that hold it


class Build(NamedTuple):
    """``target-$(CONFIG_SYMBOL) += objects``."""

    target: str  # "obj", "lib", or the composite object that they are parts of
    symbols: frozenset[str]  # without CONFIG_; all of them must be set
    objects: tuple[str, ...]  # "a.o", "folder/"; "a.o" for $(a-y), too
    line: int
    added: bool = True  # to what the variable held before


def parse_makefile(image: Image) -> tuple[Build, ...]:
    """The lines of a Makefile that add objects.  Never fails.

    In hunks the conditional around a line may be out of sight: then its
    symbols are not all that are needed.
    """
    return tuple(found for piece in image.pieces for found in _builds(piece.text, piece.line))


def _builds(text: bytes, first: int) -> Iterator[Build]:
    around: list[str] = []  # a symbol for each open conditional, "" for one that is not understood
    for number, line in joined(text, first):
        words = line.split("#", 1)[0].strip()
        if words.startswith(("ifeq", "ifneq", "ifdef", "ifndef")):
            found = _IFEQ.match(words) or _IFNEQ.match(words) or _IFDEF.match(words)
            around.append(found[1] if found else "")
        elif words.startswith("else") and around:
            again = words.removeprefix("else").strip()
            found = _IFEQ.match(again) or _IFDEF.match(again) if again else None
            around[-1] = found[1] if found else ""
        elif words.startswith("endif") and around:
            around.pop()
        else:
            rule = _RULE.match(_SUBST.sub(r"\1", words))  # built in where the symbol is m
            if rule is not None:
                own = [symbol for symbol in (rule[3], rule[4]) if symbol]
                listed = _PREFIXED.sub(_prefixed, _NAMED.sub(r" \1.o ", rule[6]))
                objects = tuple(word for word in listed.split() if word.endswith((".o", "/")))
                symbols = frozenset([*own, *filter(None, around)])
                yield Build(rule[1], symbols, objects, number, rule[5] == "+")


def _prefixed(found: re.Match[str]) -> str:
    return " ".join(found[1] + word for word in found[2].split())


def gates(builds: Sequence[Build], source: str) -> tuple[frozenset[str], ...] | None:
    """The ways in which ``source`` ("memtrace.c") is built, each as the symbols that it needs.

    An empty set: it is always built.  None: no line in sight builds it.
    """
    found: list[frozenset[str]] = []
    todo = [(source.removesuffix(".c").removesuffix(".S") + ".o", frozenset[str]())]
    for _ in range(_MOST):
        if not todo:
            break
        object, needs = todo.pop(0)
        for build in builds:
            if object not in build.objects:
                continue
            if _replaced(builds, build):
                return None
            if build.target in ("obj", "lib", "core"):
                found.append(needs | build.symbols)
            elif f"{build.target}.o" != object:
                todo.append((f"{build.target}.o", needs | build.symbols))
    return tuple(dict.fromkeys(found)) if found else None


def _replaced(builds: Sequence[Build], build: Build) -> bool:
    """Some symbol may put others in the place of these objects: ``x-$(CONFIG_A) := b.o`` behind ``x-y := a.o``."""
    return any(
        other.target == build.target and not other.added and other.symbols - build.symbols and other.line > build.line
        for other in builds
    )
