# SPDX-License-Identifier: GPL-2.0-or-later
"""TOML tables -> the sections that the store keeps; every fault is named by file, table and key.

Imported only when a table changed: tomllib alone costs more than a run.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from typing import Any

from gfplint.facts.schema import FactError, Place, check_table

__all__ = ["FactError", "compile_folder"]

Raw = Mapping[str, Any]
MERGED = ("gates",)  # tables that are read in another form only: large ones, which every start would read twice
NEEDED = ("allocators", "gfp", "gfp_args", "locks")


def compile_folder(folder: str) -> dict[str, Any]:
    """The sections of all tables in ``folder``.  Raises FactError."""
    raw = {
        name[:-5]: _read(os.path.join(folder, name)) for name in sorted(os.listdir(folder)) if name.endswith(".toml")
    }
    for table in NEEDED:
        if table not in raw:
            raise FactError(Place(os.path.join(folder, f"{table}.toml")), "no such table")
    kernels = sorted(raw["gfp"].get("flags", {}), key=lambda version: [int(part) for part in version.split(".")])
    flags = {name for rows in raw["gfp"].get("flags", {}).values() for name in rows}
    for table, data in raw.items():
        check_table(os.path.join(folder, f"{table}.toml"), table, data, kernels, flags)
    return compile_tables(raw, kernels)


def compile_tables(raw: Mapping[str, Raw], kernels: list[str]) -> dict[str, Any]:
    """The sections of tables that passed their checks."""
    sections: dict[str, Any] = {"kernels": kernels, "tables": {}}
    for table, data in raw.items():
        if table in MERGED:
            continue
        sections["tables"][table] = [key for key in data if key != "schema"]
        sections |= {f"{table} {key}": value for key, value in data.items() if key != "schema"}
    sections["@allocators"] = {name: _allocator(row) for name, row in raw["allocators"]["alloc"].items()}
    sections["@locks"] = [_lock(row) for row in raw["locks"]["lock"]]
    sections["@contexts"] = [
        [row["enter"], row["leave"], row["kind"], row["in"]] for row in raw["locks"].get("context", [])
    ]
    sections["@guards"] = _guards(raw["locks"].get("guards", {}), kernels)
    versions = {version: raw["gfp_args"].get(version, {}) for version in kernels}
    sections |= _by_kernel("gfp_args", versions, everywhere=False)
    gates = {version: _gates(raw.get("gates", {}), version) for version in kernels}
    sections |= _differences("gates", _by_kernel("gates", gates, everywhere=False, said=lambda row: [row[0], *row[2:]]))
    absent = {version: raw.get("gates", {}).get("unexported", {}).get(version, {}) for version in kernels}
    sections |= _differences("unexported", _by_kernel("unexported", absent, everywhere=True, said=bool))
    leaves = {
        version: {name: sorted(bits) for name, bits in raw["gfp"]["flags"][version].items()} for version in kernels
    }
    return sections | _by_kernel("gfp_flags", leaves, everywhere=True)


def _read(file: str) -> Raw:
    try:
        with open(file, "rb") as stream:
            return tomllib.load(stream)
    except OSError as error:
        raise FactError(Place(file), f"cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FactError(Place(file), f"not TOML: {error}") from error


def _allocator(row: Raw) -> list[Any]:
    numbers = [row.get(key, -1) for key in ("gfp", "size", "count", "order", "nid", "nargs")]
    return [row["class"], *numbers, row["free"], row["fail"], row.get("zero", False), row.get("forbid", []), row["in"]]


def _lock(row: Raw) -> list[Any]:
    keys = ("lock", "acquire", "release", "mode", "result", "atomic", "arg", "acquire_may_sleep", "in")
    return [row[key] if row[key] != "ptr" else "bool" for key in keys]  # held where it is not NULL: where it is true


def _gates(table: Raw, version: str) -> dict[str, list[Any]]:
    kinds = ("defined", "declared", "variables")
    return {name: [kind, *row] for kind in kinds for name, row in table.get(kind, {}).get(version, {}).items()}


def _guards(table: Raw, kernels: list[str]) -> list[list[Any]]:
    acquire = table.get("acquire", {})
    rows: list[list[Any]] = []
    for key, atomic in (("spin_atomic", True), ("sleeping", False)):
        for name in table.get(key, []):
            known = [version for version in kernels if name in table.get(f"guards_{version.replace('.', '_')}", [name])]
            rows.append([name, acquire.get(name, ""), atomic, known])
    return rows


def _by_kernel(
    name: str, versions: Mapping[str, Raw], everywhere: bool, said: Callable[[Any], Any] = lambda value: value
) -> dict[str, Any]:
    """A section for each kernel, and one of what all of them, or all that have it, agree on, as the newest has it.

    ``said`` is the part of a value that they must agree on.
    """
    common: dict[str, Any] = {}
    for key in {key for rows in versions.values() for key in rows}:
        values = [rows[key] for rows in versions.values() if key in rows]
        if all(said(value) == said(values[0]) for value in values) and (len(values) == len(versions) or not everywhere):
            common[key] = values[-1]
    common = dict(sorted(common.items()))
    return {f"@{name} {version}": dict(rows) for version, rows in versions.items()} | {f"@{name} ": common}


def _differences(name: str, sections: Mapping[str, Raw]) -> dict[str, Any]:
    """Of each kernel what it has otherwise than all, None for what it has not: such tables are large."""
    common = sections[f"@{name} "]
    found: dict[str, Any] = {
        f"@names {name}": sorted({key for rows in sections.values() for key in rows}),
        f"@{name} ": common,
    }
    for section, rows in sections.items():
        if rows is not common:
            found[section] = {key: rows.get(key) for key in {*rows, *common} if rows.get(key) != common.get(key)}
    return found
