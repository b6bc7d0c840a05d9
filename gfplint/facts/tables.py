# SPDX-License-Identifier: GPL-2.0-or-later
"""What is known of the kernel: ``rules/facts/*.toml``, compiled and checked.

``load()`` gives the one object; its views are built when first asked for.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import Any

from gfplint.facts import store
from gfplint.facts.model import Allocator, Context, Contract, Gated, Guard, LockOp

_MAKERS = [os.path.join(os.path.dirname(os.path.abspath(__file__)), name) for name in ("compile.py", "schema.py")]
TWIN = "_noprof"  # 6.10 on: the allocator proper, below the wrapper that counts (include/linux/alloc_tag.h)


def folder() -> str:
    """Where the tables are: in the wheel inside the package, in a checkout beside it."""
    inside = os.path.join(store.PACKAGE, "rules", "facts")
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(store.PACKAGE), "rules", "facts")


@cache
def sources() -> tuple[str, ...]:
    """The files of the tables, sorted."""
    where = folder()
    return tuple(os.path.join(where, name) for name in sorted(os.listdir(where)) if name.endswith(".toml"))


@cache
def load() -> Tables:
    """The tables.  Raises FactError (one line: file, table, key, fault) when one cannot be used."""
    return Tables(store.compiled("facts", (*sources(), *_MAKERS), build))


def build() -> Mapping[str, Any]:
    """Compile the tables: what the store keeps.  Raises FactError."""
    from gfplint.facts.compile import compile_folder  # tomllib and the checks: only when a table changed

    return compile_folder(folder())


def shipped() -> bytes:
    """The compiled tables as a wheel carries them.  Raises FactError."""
    return store.ship((*sources(), *_MAKERS), build)


class Tables:
    """The facts.  Every mapping is read-only."""

    def __init__(self, data: store.Compiled) -> None:
        self._data = data

    @property
    def digest(self) -> str:
        """Hex; changes with any table."""
        return self._data.digest

    @cached_property
    def kernels(self) -> tuple[str, ...]:
        """The kernels that the tables know, oldest first, such as "6.1"."""
        return tuple(self._data.section("kernels"))

    def kernel(self, version: str | None) -> str | None:
        """The kernel of the tables that ``version`` ("6.12.117-rc1") belongs to; None when there is none."""
        if version is None:
            return None
        short = ".".join(version.lstrip("v").split("-")[0].split(".")[:2])
        return short if short in self.kernels else None

    def section(self, table: str) -> Table:
        """A whole table, as its TOML has it.  Raises KeyError for an unknown one."""
        return Table(self._data, table)

    @cached_property
    def allocators(self) -> Allocators:
        """By name of the function, also of its _noprof twin."""
        return Allocators(self._data.section("@allocators"))

    def gfp_args(self, kernel: str | None) -> Mapping[str, tuple[int, int]]:
        """Function -> (index of the gfp argument, number of arguments), for all that the headers declare.

        Without a kernel, or for one that the tables do not know: those on which all that have them agree.
        """
        return self._view("gfp_args", self.kernel(kernel), tuple)

    def gfp_flags(self, kernel: str | None) -> Mapping[str, frozenset[str]]:
        """Name -> the leaf bits that it stands for, of that kernel.

        Without a kernel, or for one that the tables do not know: those on which all agree.
        """
        return self._view("gfp_flags", self.kernel(kernel), frozenset)

    def gates(self, kernel: str | None) -> Gates:
        """What is there in some configurations only, by name: functions, and variables that are constants in others.

        Without a kernel, or for one that the tables do not know: those on which all that have them agree.
        """
        return Gates(self._layered("gates", kernel))

    def unexported(self, kernel: str | None) -> Mapping[str, list[str]]:
        """Functions that no module can call -> the files that define them.

        Without a kernel, or for one that the tables do not know: those that all have so.
        """
        return self._layered("unexported", kernel)

    def names_of(self, table: str) -> list[str]:
        """All names of "gates" or "unexported", of whatever kernel."""
        found: list[str] = self._data.section(f"@names {table}")
        return found

    def _layered(self, name: str, kernel: str | None) -> dict[str, list[str]]:
        """What all kernels have, and what one has otherwise, None for what it has not."""
        known = self.kernel(kernel)
        found = self._views.get((name, known))
        if found is None:
            own = self._data.section(f"@{name} {known}") if known else {}
            rows = {**self._data.section(f"@{name} "), **own}
            found = self._views[name, known] = {key: row for key, row in rows.items() if row is not None}
        return found

    @cached_property
    def _views(self) -> dict[tuple[str, str | None], dict[str, Any]]:
        return {}

    def _view(self, name: str, kernel: str | None, make: type) -> dict[str, Any]:
        found = self._views.get((name, kernel))
        if found is None:
            rows = self._data.section(f"@{name} {kernel or ''}")
            found = self._views[name, kernel] = {key: make(value) for key, value in rows.items()}
        return found

    @cached_property
    def acquires(self) -> Mapping[str, tuple[LockOp, ...]]:
        """Lock operations by the function that takes the lock."""
        found: dict[str, tuple[LockOp, ...]] = {}
        for row in self._data.section("@locks"):
            op = LockOp._make((*row[:2], tuple(row[2]), *row[3:8], tuple(row[8])))
            found[op.acquire] = (*found.get(op.acquire, ()), op)
        return found

    @cached_property
    def releases(self) -> Mapping[str, tuple[LockOp, ...]]:
        """Lock operations by each function that gives the lock back."""
        found: dict[str, tuple[LockOp, ...]] = {}
        for ops in self.acquires.values():
            for op in ops:
                for name in op.release:
                    found[name] = (*found.get(name, ()), op)
        return found

    @cached_property
    def contexts(self) -> Mapping[str, Context]:
        """Sections without a lock that forbid sleeping, by the function that opens one."""
        return {
            row[0]: Context(row[0], tuple(row[1]), row[2], tuple(row[3])) for row in self._data.section("@contexts")
        }

    @cached_property
    def contracts(self) -> Mapping[str, Contract]:
        """What the functions of hot(un)plug ask of their callers, by name."""

        def classes(row: Mapping[str, Any], key: str) -> tuple[str, ...]:
            return tuple(name.partition("(")[0] for name in row.get(key, ()))

        return {
            row["name"]: Contract(
                row["name"],
                classes(row, "requires"),
                classes(row, "takes"),
                classes(row, "forbids"),
                row.get("locked_variant", ""),
                row.get("must_check", False),
                tuple(row.get("callers_allowed", ())),
            )
            for row in self.section("hotplug")["fn"]
        }

    @cached_property
    def guards(self) -> Mapping[str, Guard]:
        """Classes of guard() and scoped_guard(), by name (include/linux/cleanup.h)."""
        return {row[0]: Guard(row[0], row[1], row[2], tuple(row[3])) for row in self._data.section("@guards")}


class Table(Mapping[str, Any]):
    """One table; a key's value is parsed when it is first asked for."""

    __slots__ = ("_data", "_keys", "_name")

    def __init__(self, data: store.Compiled, name: str) -> None:
        self._data = data
        self._name = name
        self._keys: list[str] = data.section("tables")[name]

    def __getitem__(self, key: str) -> Any:
        if key not in self._keys:
            raise KeyError(f"{self._name}.{key}")
        return self._data.section(f"{self._name} {key}")

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


class Gates(Mapping[str, Gated]):
    """What is there in some configurations only; a row is made when it is asked for."""

    __slots__ = ("_rows",)

    def __init__(self, rows: dict[str, list[str]]) -> None:
        self._rows = rows

    def __getitem__(self, name: str) -> Gated:
        return Gated.of(self._rows[name])

    def __contains__(self, name: object) -> bool:
        return name in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def variables(self) -> frozenset[str]:
        """Those that are variables in some configurations, and constants in others."""
        return frozenset(name for name, row in self._rows.items() if row[0] == "variables")

    def needing(self, symbols: Sequence[str]) -> list[str]:
        """The names of which a clause is just these symbols."""
        clause = "|".join(symbols)
        return [name for name, row in self._rows.items() if clause in row[2:]]


class Allocators(Mapping[str, Allocator]):
    """The allocators by name; a row is made when it is first asked for.

    A twin (kmalloc_noprof) is found by the name of its wrapper and is the same row.
    """

    __slots__ = ("_made", "_rows")

    def __init__(self, rows: Mapping[str, list[Any]]) -> None:
        self._rows = rows
        self._made: dict[str, Allocator] = {}

    def __getitem__(self, name: str) -> Allocator:
        key = name if name in self._rows else name.removesuffix(TWIN)
        made = self._made.get(key)
        if made is None:
            row = self._rows[key]
            made = self._made[key] = Allocator._make(
                (key, *row[:7], tuple(row[7]), row[8], row[9], tuple(row[10]), tuple(row[11]))
            )
        return made

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (name in self._rows or name.removesuffix(TWIN) in self._rows)

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)
