# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tables say that the lock analysis asks for often."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from gfplint import regex
from gfplint.facts.model import LockOp
from gfplint.record import NamedTuple

if TYPE_CHECKING:
    from gfplint.facts.tables import Tables


class Vocabulary(NamedTuple):
    """What the tables say that the lock analysis asks for often."""

    acquires: dict[str, tuple[LockOp, ...]]
    releases: dict[str, tuple[LockOp, ...]]
    guards: dict[str, LockOp]
    false_after: frozenset[str]
    true_after: frozenset[str]
    releasing: re.Pattern[str]
    perhaps_releasing: re.Pattern[str]
    neutral: re.Pattern[str]
    taking: re.Pattern[str]
    converts: dict[str, str]
    loose: frozenset[str]
    returned: frozenset[str]
    stored: frozenset[str]
    drops: frozenset[str]
    release_args: dict[str, int]
    inside: dict[str, str]
    locked: tuple[str, ...]

    def speaks(self, words: Iterable[str]) -> bool:
        """One of these identifiers takes or gives back a lock, or has a name as if it did."""
        return any(
            word in self.acquires
            or word in self.releases
            or word in self.drops
            or word in _GUARDING
            or self.releasing.search(word)
            for word in words
        )


_GUARDING = frozenset(("guard", "scoped_guard", "scoped_cond_guard", "CLASS"))  # include/linux/cleanup.h


@cache
def vocabulary(tables: Tables) -> Vocabulary:
    flow = tables.section("flow")
    graph, locks = flow["graph"], flow["locks"]
    acquires = dict(tables.acquires)
    releases = dict(tables.releases)
    for context in tables.contexts.values():  # counted, and never alone a reason to speak
        atomic = context.kind != "pagefault"
        op = LockOp(
            f"section:{context.enter}",
            context.enter,
            context.leave,
            "count",
            "void",
            atomic,
            -1,
            False,
            context.kernels,
        )
        if context.enter not in acquires:
            acquires[context.enter] = (op,)
            for name in context.leave:
                releases[name] = (*releases.get(name, ()), op)
    guards = {}
    for name, guard in tables.guards.items():
        ops = acquires.get(guard.acquire, ())
        own = LockOp(name, f"guard({name})", (), "excl", "void", guard.atomic, 0, False, guard.kernels)
        guards[name] = ops[-1] if ops else own
    return Vocabulary(
        acquires,
        releases,
        guards,
        frozenset(graph["asserts_false"]),
        frozenset(graph["asserts_true"]),
        _words(locks["releasing"]),
        _words(locks["perhaps_releasing"]),
        _words(locks["neutral"]),
        _words(locks["taking"]),
        dict(locks["converts"]),
        frozenset(locks["loose"]),
        frozenset(locks["returned"]),
        frozenset(locks["stored"]),
        frozenset(locks["drops"]),
        dict(locks["release_args"]),
        dict(locks["inside"]),
        tuple(locks["locked"]),
    )


def _words(words: Iterable[str]) -> re.Pattern[str]:
    return regex.compile(r"(?:^|_|un)(?:" + "|".join(words) + r")(?:$|_|ed|ing|s$)")
