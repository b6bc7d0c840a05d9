# SPDX-License-Identifier: GPL-2.0-or-later
"""The macros of the kernel, as sets of bytes; from the table ``macros``."""

from __future__ import annotations

from functools import cache

from gfplint.facts import tables
from gfplint.record import NamedTuple


class Words(NamedTuple):
    """What each name means to the repair."""

    attributes: frozenset[bytes]
    plain_attributes: tuple[bytes, ...]  # those of them that do not begin with two underscores
    attributes_with_args: frozenset[bytes]
    iterators: frozenset[bytes]
    callbacks: frozenset[bytes]  # real functions although named like iterators
    openers: frozenset[bytes]  # scoped_guard() and its kind


@cache
def words() -> Words:
    """The table's names, read once."""
    macros = tables.load().section("macros")

    def names(table: str, key: str = "names") -> frozenset[bytes]:
        return frozenset(name.encode() for name in macros[table][key])

    attributes = names("attributes_bare")
    return Words(
        attributes,
        tuple(sorted(name for name in attributes if not name.startswith(b"__"))),
        names("attributes_with_args"),
        frozenset(name.encode() for rows in macros["iterators"].values() for name in rows["names"]),
        names("iterator_pattern", "not_iterators"),
        names("flow_macros", "block_openers"),
    )
