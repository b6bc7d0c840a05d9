# SPDX-License-Identifier: GPL-2.0-or-later
"""The rows of the fact tables, as the engine reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from gfplint.record import NamedTuple


class Allocator(NamedTuple):
    """An allocating function.  Argument numbers count from 0, -1: has none."""

    name: str
    cls: str  # page, slab, kvmalloc, vmalloc, mempool, dma, contig...
    gfp: int  # -2: the last one, optional
    size: int
    count: int  # type: ignore[assignment]  # the tables' word; nobody counts in a row
    order: int
    nid: int
    nargs: int  # -1 for variadic
    free: tuple[str, ...]
    fail: str  # null, zero, errno, errptr, bool, count, never_if_blocking, void
    zero: bool  # returns zeroed memory
    forbid: tuple[str, ...]  # bits that it rejects or drops
    kernels: tuple[str, ...]


class LockOp(NamedTuple):
    """One way to take a lock."""

    lock: str  # class: mutex, spinlock, device_hotplug_lock...
    acquire: str
    release: tuple[str, ...]
    mode: Literal["read", "write", "excl", "count"]
    result: Literal["void", "errno", "bool"]  # errno: held where it is 0; bool: where true
    atomic: bool  # the section forbids sleeping
    arg: int  # number of the argument that is the lock, -1: implicit global
    acquire_may_sleep: bool
    kernels: tuple[str, ...]

    @property
    def waits(self) -> bool:
        """Who takes it may have to wait for who holds it; a reader of SRCU never does."""
        return self.mode != "count" and (self.atomic or self.acquire_may_sleep)


class Context(NamedTuple):
    """A section without a lock that forbids sleeping, such as rcu_read_lock()."""

    enter: str
    leave: tuple[str, ...]
    kind: str  # rcu, bh, preempt, irq, spin, pagefault...
    kernels: tuple[str, ...]


class Guard(NamedTuple):
    """A class of guard() and scoped_guard()."""

    name: str
    acquire: str  # the function that it stands for; "" where the tables have none
    atomic: bool  # the section forbids sleeping
    kernels: tuple[str, ...]


class Contract(NamedTuple):
    """What a function of hot(un)plug asks of its caller, locks by class (facts/hotplug.toml)."""

    name: str
    requires: tuple[str, ...]  # must be held
    takes: tuple[str, ...]
    forbids: tuple[str, ...]  # must not be held
    locked_variant: str  # the function for those who hold the lock, "" for none
    must_check: bool
    callers: tuple[str, ...]  # globs of the files that may call it, () for all


class Gated(NamedTuple):
    """What is there in some configurations only (facts/gates.toml)."""

    kind: str  # "declared", "defined"; "variables": a constant in the others
    path: str  # of the header, or of a file that defines it
    clauses: tuple[tuple[str, ...], ...]  # of each, one of the CONFIG symbols must be set

    @classmethod
    def of(cls, row: Sequence[str]) -> Gated:
        """From the compiled tables."""
        return cls(row[0], row[1], tuple(tuple(clause.split("|")) for clause in row[2:]))
