# SPDX-License-Identifier: GPL-2.0-or-later
"""What a function does with locks: a part of the vocabulary of functions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from gfplint.facts import tables
from gfplint.facts.words import family_of
from gfplint.flow.things import Again, Exit, Lock, Nested, Release, Twice
from gfplint.source import use, within

if TYPE_CHECKING:
    from gfplint.facts.model import LockOp
    from gfplint.flow import locks as lockflow
    from gfplint.source.model import Definition, Param
    from gfplint.view.call import Call
    from gfplint.view.file import File


class Locking:
    """Words of ``Function``, which has what is declared here."""

    definition: Definition
    file: File
    name: str
    params: tuple[Param, ...]
    comment: str
    if TYPE_CHECKING:

        @cached_property
        def calls(self) -> tuple[Call, ...]: ...

        def calls_to(self, *names: str) -> tuple[Call, ...]: ...

        @property
        def locals(self) -> frozenset[str]: ...

    @cached_property
    def _locks(self) -> lockflow.LockFlow | None:
        from gfplint.flow import locks

        return locks.analyse(self.definition, tables.load(), self.file.source)

    def _held(self, held: Iterable[lockflow.Held]) -> tuple[Lock, ...]:
        return tuple(map(self._lock, held))

    def _lock(self, held: lockflow.Held) -> Lock:
        return Lock(held.op.lock, held.key, held.op, self.definition.unit.span(held.node))

    @cached_property
    def exits(self) -> tuple[Exit, ...]:
        """The ways out, as far as locks are known there; () where the flow is not known."""
        if self._locks is None:
            return ()
        return tuple(
            Exit(
                *(out.span, self._held(out.surely), self._held(out.maybe), self._held(out.leaks), out.error),
                *(out.returns, out.node.type == "goto_statement"),
            )
            for out in self._locks.exits
        )

    @cached_property
    def releases(self) -> tuple[Release, ...]:
        """The unlocks, with what was held there; () where the flow is not known."""
        if self._locks is None:
            return ()
        return tuple(
            Release(
                release.name,
                self.definition.unit.span(release.node),
                release.held,
                self._lock(release.other) if release.other is not None else None,
                next((family_of(op.lock) for op in release.ops), None),
                release.key or next((op.lock for op in release.ops), ""),
                tuple(map(self.definition.unit.span, release.without)),
                self.definition.unit.span(release.tried) if release.tried is not None else None,
            )
            for release in self._locks.releases
        )

    @cached_property
    def twice(self) -> tuple[Twice, ...]:
        """The locks taken while they are held; () where the flow is not known."""
        found = self._locks.twice if self._locks is not None else ()
        return tuple(Twice(self.definition.unit.span(one.node), one.op.acquire, self._lock(one.first)) for one in found)

    @cached_property
    def held_by_core(self) -> tuple[Again, ...]:
        """The locks that it takes, and that the kernel's core holds when it calls the function back."""
        from gfplint.flow import operations

        looked = operations.Looked(tables.load(), self.file.kernel, self.file.settled)
        found = operations.again(self.definition, self.file.source, looked)
        return tuple(
            Again(self.definition.unit.span(one.node), one.name, one.key or one.op.lock, *one[4:], one.op.mode)
            for one in found
        )

    @property
    def lock_calls(self) -> tuple[Call, ...]:
        """The calls that take or give back a lock of facts/locks.toml."""
        facts = tables.load()
        return self.calls_to(*facts.acquires, *facts.releases)

    @cached_property
    def nested(self) -> tuple[Nested, ...]:
        """The locks without a second instance that it waits for while it surely holds others of that kind."""
        found = [(call, inner) for call in self.lock_calls for op in call.acquires for inner in self._shared(call, op)]
        return tuple(
            Nested(call.span, lock, inner)
            for call, inner in found
            for lock in call.holds
            if self._one(lock.key) and str(lock) != inner and lock.op.waits
        )

    def _shared(self, call: Call, op: LockOp) -> list[str]:
        """The name of the lock that ``op`` of ``call`` waits for, if there is but one of that name."""
        if op.result == "bool" or not op.waits or op.lock.startswith("section:") or op.arg >= len(call.args):
            return []
        key = "".join(str(call.args[op.arg]).split()) if op.arg >= 0 else ""
        return [key or op.lock] if self._one(key) else []

    def _one(self, key: str) -> bool:
        """A lock of that expression is the same one in all functions of a file."""
        root = key.lstrip("&").partition(".")[0]
        return not key or (not set(key) & set("-[(*") and root not in self.locals)

    @property
    def wants(self) -> tuple[str, ...]:
        """The hotplug locks that the comment on it says must be held."""
        from gfplint.flow.callers import wanted

        return wanted(self.comment, tables.load().section("locks")["families"]["hotplug"])

    @property
    def shown(self) -> bool:
        """A macro of the file makes it what a file of seq_file shows: a task calls it, with nothing held."""
        ends = tables.load().section("locks")["shown"].items()
        stems = ((macro, self.name.removesuffix(end)) for macro, end in ends if self.name.endswith(end))
        return any(within.written(self.file.image, macro, stem) for macro, stem in stems)

    @property
    def assertable(self) -> tuple[str, ...]:
        """The locks that the comment on it says are held, as expressions that it could assert itself."""
        from gfplint.flow.callers import named

        if use.head_says(self.definition, "__releases", "__must_hold") or any(
            "assert" in one.name for one in self.calls
        ):
            return ()

        def known(lock: str) -> bool:
            root, arrow, _ = lock.partition("->")
            return (
                any(param.name == root and "*" in param.type for param in self.params) if arrow else self._taken(lock)
            )

        return tuple(f"&{lock}" for lock in named(self.comment) if known(lock))

    def _taken(self, lock: str) -> bool:
        """A function of the file that is in sight takes a lock of that name."""
        text = re.compile(rf"lock\w*\(&{re.escape(lock)}\b|down_\w+\(&{re.escape(lock)}\b".encode())
        return any(text.search(piece.text) for piece in self.file.image.pieces)
