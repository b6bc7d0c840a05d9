# SPDX-License-Identifier: GPL-2.0-or-later
"""How a function of the kernel's core calls a member of a table of operations: with which lock, as its text says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gfplint.flow import locks
from gfplint.flow.shape import last_of
from gfplint.flow.summary import heads
from gfplint.source import within
from gfplint.source.function import calls
from gfplint.source.parse import parse_image

if TYPE_CHECKING:
    from tree_sitter import Node

    from gfplint.diff.image import Image
    from gfplint.facts.tables import Tables
    from gfplint.flow.lockstate import Held
    from gfplint.source.model import Definition, Source


def calling(image: Image, name: str, row: Any, tables: Tables) -> str:
    """What a function of the image does with a row of facts/ops.toml; "" where it calls none of its members.

    "holds": the lock, as the analysis has it, around each such call; "asserts": it
    says that its callers do; "calls": neither, so the lock is theirs, or has another name there.
    """
    lines = heads(image).get(name.encode(), ())
    source = parse_image(image, [(line, line) for line in lines])
    found = {_calling(one, row, tables, source) for one in source.functions if one.name == name} - {""}
    return found.pop() if len(found) == 1 else ""


def _calling(definition: Definition, row: Any, tables: Tables, source: Source) -> str:
    sites = [site for site in calls(definition) if site.indirect and site.name in row["members"]]
    flow = locks.analyse(definition, tables, source) if sites else None
    if flow is not None and all(_held(flow, site.node, row) for site in sites):
        return "holds"
    asserts = tables.section("locks")["asserts"]
    said = within.mentions(definition, (*asserts["held"], *asserts["somebody"]))
    return "asserts" if sites and said else "calls" if sites else ""


def _held(flow: locks.LockFlow, node: Node, row: Any) -> bool:
    return any(_same(held, row) for held in flow.at(node)[0])


def _same(held: Held, row: Any) -> bool:
    """The lock of the row: by its class, by the function that takes it, by its last field."""
    if held.op.arg < 0:
        return held.op.lock in row["locks"]
    last = {re.split(r"\W", lock)[-1] for lock in row["locks"]}
    return held.op.acquire in row.get("by", ()) if "by" in row else last_of(held.key) in last
