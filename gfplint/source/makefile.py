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
_BITS = regex.compile(r"\$[({]BITS[)}]")
WIDE = frozenset(("64BIT",))  # what is set where $(BITS) is 64
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
                symbols = frozenset([*own, *filter(None, around)])
                for wide, words in _by_bits(listed):
                    objects = tuple(word for word in words.split() if word.endswith((".o", "/")))
                    yield Build(rule[1], symbols | wide, objects, number, rule[5] == "+")


def _by_bits(listed: str) -> Iterator[tuple[frozenset[str], str]]:
    """The objects of a line, and those that it has where the kernel is one of 64 bits, or of 32."""
    if "BITS" not in listed:
        yield frozenset(), listed
        return
    words = listed.split()
    yield frozenset(), " ".join(word for word in words if not _BITS.search(word))
    for bits, symbols in (("64", WIDE), ("32", frozenset[str]())):
        yield symbols, " ".join(_BITS.sub(bits, word) for word in words if _BITS.search(word))


def _prefixed(found: re.Match[str]) -> str:
    return " ".join(found[1] + word for word in found[2].split())


def ways_of(builds: Sequence[Build], source: str) -> tuple[frozenset[str], ...] | None:
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
