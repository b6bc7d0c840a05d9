# SPDX-License-Identifier: GPL-2.0-or-later
"""Names out of the fact tables, for the words that trigger a rule and for what it checks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from gfplint import regex
from gfplint.facts import tables

_LAST = regex.compile(r".*[^\w]")


def families() -> Mapping[str, list[str]]:
    """The families of lock classes, such as "hotplug"."""
    found: Mapping[str, list[str]] = tables.load().section("locks")["families"]
    return found


def family_of(cls: str) -> str | None:
    """The family that a class of locks belongs to."""
    return next((name for name, classes in families().items() if cls in classes), None)


def lock_words(family: str) -> tuple[str, ...]:
    """The functions that take or release a lock of a family: trigger words of a rule."""
    classes = families()[family]
    ops = [op for ops in tables.load().acquires.values() for op in ops if op.lock in classes]
    return tuple(sorted({name for op in ops for name in (op.acquire, *op.release)}))


def operation_words() -> tuple[str, ...]:
    """What names a lock of facts/ops.toml: the functions that take it, or its field; and what a guard begins with."""
    facts = tables.load()
    found: set[str] = {*facts.section("locks")["guards"]["macros"]}
    for row in facts.section("ops")["held"].values():
        classes = [ops for ops in facts.acquires.values() if any(op.lock in row["locks"] for op in ops)]
        takers = {*row.get("by", ()), *(op.acquire for ops in classes for op in ops if op.result != "bool")}
        found |= takers or {_LAST.sub("", lock) for lock in row["locks"]}
    return tuple(sorted(found))


def contract_words(*fields: str) -> tuple[str, ...]:
    """The functions of hot(un)plug whose row has one of these fields, such as "requires": trigger words of a rule."""
    found = tables.load().contracts.values()
    return tuple(row.name for row in found if any(getattr(row, field) for field in fields))


def fact(table: str, *keys: str) -> list[str]:
    """A list of names out of a fact table.  Raises KeyError for one that is not there."""
    value = tables.load().section(table)
    for key in keys:
        value = value[key]
    return list(value)


def rows(table: str, *keys: str) -> list[dict[str, str]]:
    """The rows of a fact table that are texts by name.  Raises KeyError for one that is not there."""
    value: Any = tables.load().section(table)
    for key in keys:
        value = value[key]
    return [{str(name): str(text) for name, text in row.items()} for row in value]


def allocator_words(*classes: str, zero: bool | None = None, fail: str = "") -> tuple[str, ...]:
    """The allocators of some classes (of all, without one), that zero or do not, that fail in some way."""
    known = tables.load().allocators
    rows = ((name, known[name]) for name in known)
    return tuple(
        name
        for name, row in rows
        if (not classes or row.cls in classes) and zero in (None, row.zero) and fail in ("", row.fail)
    )


def gated_words() -> tuple[str, ...]:
    """What is there, or is a variable, in some configurations only."""
    return tuple(tables.load().names_of("gates"))


def unexported_words() -> tuple[str, ...]:
    """The functions that no module can call."""
    return tuple(tables.load().names_of("unexported"))


@cache
def sleepers() -> frozenset[str]:
    """The functions that may sleep whatever they are given."""
    sleep = tables.load().section("sleep")
    names = {*sleep["may_sleep"]["names"], *sleep["might_sleep_bodies_6_12"]["names"]}
    return frozenset(names.difference(sleep["may_sleep"]["only_if"]))


def twins_of(table: str, *keys: str) -> dict[str, str]:
    """A fact table that leads from one name to another.  Raises KeyError for one that is not there."""
    value: Any = tables.load().section(table)
    for key in keys:
        value = value[key]
    return {str(name): str(other) for name, other in value.items()}
