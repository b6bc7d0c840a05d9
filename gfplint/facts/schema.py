# SPDX-License-Identifier: GPL-2.0-or-later
"""What a fact table may hold, and the checks that hold it to that."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from gfplint.record import NamedTuple


class Place(NamedTuple):
    """Where in the tables: file, table, key."""

    file: str
    table: str = ""
    key: str = ""

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, f"[{self.table}]" if self.table else "", self.key) if part)


class FactError(Exception):
    """A table that cannot be used: one line that names file, table, key and fault."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(f"{place}: {message}")
        self.place = place


class Known(NamedTuple):
    """What values are held against."""

    kernels: Collection[str]
    flags: Collection[str]


Test = Callable[[Any, Known], str | None]  # the fault, None for none
Spec = Mapping[str, Test]


def _is(kind: type, name: str) -> Test:
    return lambda value, known: None if type(value) is kind else f"{value!r} is not {name}"


text = _is(str, "a string")
number = _is(int, "a number")
truth = _is(bool, "true or false")


def index(value: Any, known: Known) -> str | None:
    """Number of an argument, from 0; -1 for none, -2 for an optional last one."""
    return None if type(value) is int and -2 <= value <= 20 else f"{value!r} is no number of an argument"


def one_of(*choices: str) -> Test:
    return lambda value, known: None if value in choices else f"{value!r} is none of {', '.join(choices)}"


def names(value: Any, known: Known) -> str | None:
    """A list of different strings."""
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        return "not a list of names"
    twice = sorted({item for item in value if value.count(item) > 1})
    return f"twice: {', '.join(twice)}" if twice else None


def kernels(value: Any, known: Known) -> str | None:
    """A list of kernels, all of them known."""
    unknown = [item for item in value if item not in known.kernels] if isinstance(value, list) else value
    return names(value, known) or (f"unknown kernel {', '.join(map(repr, unknown))}" if unknown else None)


def flags(value: Any, known: Known) -> str | None:
    """A list of gfp flags, all of them known."""
    unknown = [item for item in value if item not in known.flags] if isinstance(value, list) else value
    return names(value, known) or (f"unknown flag {', '.join(map(repr, unknown))}" if unknown else None)


ALLOCATOR: Spec = {
    "class": text,
    "gfp": index,
    "size": index,
    "count": index,
    "order": index,
    "nid": index,
    "gfp_6_1": index,
    "nargs": index,
    "free": names,
    "fail": one_of("null", "zero", "errno", "errptr", "bool", "count", "never_if_blocking", "void"),
    "zero": truth,
    "forbid": flags,
    "note": text,
    "in": kernels,
    "header": text,
}
LOCK: Spec = {
    "lock": text,
    "acquire": text,
    "release": names,
    "mode": one_of("read", "write", "excl", "count"),
    "result": one_of("void", "errno", "bool", "ptr"),
    "atomic": truth,
    "arg": index,
    "acquire_may_sleep": truth,
    "note": text,
    "in": kernels,
}
CONTEXT: Spec = {"enter": text, "leave": names, "kind": text, "note": text, "in": kernels}
HOTPLUG: Spec = {
    **dict.fromkeys(("name", "src", "basis", "locked_variant", "args", "note"), text),
    **dict.fromkeys(("takes", "forbids", "requires", "callers_allowed"), names),
    "must_check": truth,
}
REMOVED: Spec = {
    **dict.fromkeys(("name", "removed_in", "replacement", "source"), text),
    **dict.fromkeys(("files_in_6_1", "files_in_6_12"), number),
}
HELD: Spec = {
    "of": text,
    "held": one_of("read", "write", "excl"),
    **dict.fromkeys(("members", "locks", "by", "unless"), names),
    "core": lambda value, known: None if isinstance(value, dict) and value else "no file of the core",
    "note": text,
    "in": kernels,
}


class Rows(NamedTuple):
    """How the rows of one table are checked."""

    spec: Spec
    needed: Sequence[str]
    unique: str = ""  # for an array of tables: the keys that no two rows share


ROWS: Mapping[tuple[str, str], Rows] = {
    ("allocators", "alloc"): Rows(ALLOCATOR, ("class", "gfp", "free", "fail", "in")),
    ("locks", "lock"): Rows(LOCK, [key for key in LOCK if key != "note"], "acquire"),
    ("locks", "context"): Rows(CONTEXT, ("enter", "leave", "kind", "in"), "enter"),
    ("hotplug", "fn"): Rows(HOTPLUG, ("name", "src", "basis"), "name"),
    ("ops", "held"): Rows(HELD, ("of", "members", "locks", "held", "core", "in")),
    ("gfp", "removed"): Rows(REMOVED, ("name", "removed_in", "replacement"), "name"),
}
OTHER: Mapping[str, tuple[str, ...]] = {  # further tables, which hold no rows; None of them is needed
    "gfp": (
        *("bits", "flags", "classes"),
        *("added", "masks_mm_internal", "masks_other_headers", "partial", "scope_api"),
        *("context_tests", "covered"),
        "nowait_callbacks",
    ),
    "allocators": (
        *(
            "always_sleep",
            "arrays",
            "bitmaps",
            "bulk",
            "copies",
            "drops_lock",
            "failure",
            "keeps_content",
            "unchecked",
            "ranges",
            "frees",
            "frees_by_place",
            "fills",
            "frees_only",
            "free_one",
            "free_order",
            "free_size",
            "splits",
            "must_check",
            "needs_node",
            "idle",
            "needs_reclaim_or_kswapd",
            "by_address",
            "one_page",
            "waits",
        ),
        *("of_one", "realloc", "refusals", "slab_backed", "zeroing"),
    ),
    "locks": ("families", "asserts", "irqs_off", "shown", "ordering", "guards"),
    "ops": ("macros",),
    "hotplug": ("notifier", "callback", "abuse", "adds", "references", "cpu_mask", "pfn_walk"),
    "kconfig_gates": ("headers", "architectures", "everywhere", "asked", "eliminated", "modules", "not_selected"),
    "gates": ("declared", "variables", "defined", "unexported"),
}


def check_table(
    file: str, table: str, data: Mapping[str, Any], kernels: Collection[str], flags: Collection[str]
) -> None:
    """Hold one table against what it may be.  Raises FactError."""
    known = Known(kernels, flags)
    if data.get("schema") != 1:
        raise FactError(Place(file, "", "schema"), f"{data.get('schema')!r} is not 1")
    for key, value in data.items():
        rows = ROWS.get((table, key))
        if rows is not None:
            _check_rows(Place(file, key), rows, value, known)
        elif key != "schema" and table in OTHER and key not in OTHER[table]:
            raise FactError(Place(file, key), "unknown table")
    special = SPECIAL.get(table)
    if special is not None:
        special(file, data, known)


def _check_rows(place: Place, rows: Rows, value: Any, known: Known) -> None:
    if rows.unique and isinstance(value, list):
        items = [
            (str(row.get(rows.unique, number)) if isinstance(row, dict) else "", row)
            for number, row in enumerate(value, 1)
        ]
    elif not rows.unique and isinstance(value, dict):
        items = list(value.items())
    else:
        raise FactError(place, "not a table of rows")
    seen: set[tuple[str, str]] = set()
    for name, row in items:
        at = place._replace(table=f"{place.table}.{name}")
        if not isinstance(row, dict):
            raise FactError(at, "not a table")
        _check_row(at, rows, row, known)
        for version in row.get("in", [""]):
            if (name, version) in seen:
                raise FactError(at, f"a second row for {name}")
            seen.add((name, version))


def _check_row(place: Place, rows: Rows, row: Mapping[str, Any], known: Known) -> None:
    for key, value in row.items():
        test = rows.spec.get(key)
        fault = test(value, known) if test else "unknown key"
        if fault:
            raise FactError(place._replace(key=key), fault)
    for key in rows.needed:
        if key not in row:
            raise FactError(place._replace(key=key), "missing")
    count = row.get("nargs", -1)
    for key in ("gfp", "size", "count", "order", "nid"):
        if 0 <= count <= row.get(key, -1):
            raise FactError(place._replace(key=key), f"argument {row[key]} of a function with {count}")


def _check_gfp(file: str, data: Mapping[str, Any], known: Known) -> None:
    if not known.kernels:
        raise FactError(Place(file, "flags"), "no kernel")
    for version in known.kernels:
        leaves = {
            name.removeprefix("_") for name in data.get("bits", {}).get(version, {})
        }  # ___GFP_IO is __GFP_IO's bit
        for name, bits in data["flags"][version].items():
            at = Place(file, f"flags.{version}", name)
            fault = names(bits, known)
            unknown = [bit for bit in bits if bit not in leaves] if not fault else []
            if fault or unknown:
                raise FactError(at, fault or f"no bit of this kernel: {', '.join(unknown)}")
    for name, value in data.get("classes", {}).items():
        fault = None if isinstance(value, str) else names(value, known)
        if fault:
            raise FactError(Place(file, "classes", name), fault)


def _check_args(file: str, data: Mapping[str, Any], known: Known) -> None:
    for version, rows in data.items():
        if version == "schema":
            continue
        if version not in known.kernels:
            raise FactError(Place(file, version), "unknown kernel")
        for name, row in rows.items():
            if not (isinstance(row, list) and len(row) == 2 and all(type(item) is int for item in row)):
                raise FactError(Place(file, version, name), f"{row!r} is not [argument, number of arguments]")
            if not 0 <= row[0] < row[1]:
                raise FactError(Place(file, version, name), f"argument {row[0]} of a function with {row[1]}")


def _check_gates(file: str, data: Mapping[str, Any], known: Known) -> None:
    for key, versions in data.items():
        for version, rows in versions.items() if key != "schema" else ():
            if version not in known.kernels:
                raise FactError(Place(file, f"{key}.{version}"), "unknown kernel")
            least = 1 if key == "unexported" else 2
            for name, row in rows.items():
                fault = names(row, known) or ("too short" if len(row) < least else None)
                if fault:
                    raise FactError(Place(file, f"{key}.{version}", name), fault)


def _check_locks(file: str, data: Mapping[str, Any], known: Known) -> None:
    classes = {row["lock"] for row in data.get("lock", [])}
    acquires = {row["acquire"] for row in data.get("lock", [])} | {row["enter"] for row in data.get("context", [])}
    for family, members in data.get("families", {}).items():
        fault = names(members, known)
        unknown = [name for name in members if name not in classes] if not fault else []
        if fault or unknown:
            raise FactError(Place(file, "families", family), fault or f"no such lock: {', '.join(unknown)}")
    guards = data.get("guards", {})
    for name, acquire in guards.get("acquire", {}).items():
        if name not in guards.get("spin_atomic", []) and name not in guards.get("sleeping", []):
            raise FactError(Place(file, "guards.acquire", name), "no such guard")
        if acquire not in acquires:
            raise FactError(Place(file, "guards.acquire", name), f"{acquire!r} takes no lock")


SPECIAL: Mapping[str, Callable[[str, Mapping[str, Any], Known], None]] = {
    "gfp": _check_gfp,
    "gates": _check_gates,
    "gfp_args": _check_args,
    "locks": _check_locks,
}
