# SPDX-License-Identifier: GPL-2.0-or-later
"""Locks taken in a function that the kernel's core calls back while it holds them (facts/ops.toml)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from gfplint import regex
from gfplint.flow import callers, locks
from gfplint.flow.shape import last_of
from gfplint.record import NamedTuple
from gfplint.source.function import assignments
from gfplint.source.operations import Member, members_of

if TYPE_CHECKING:
    from tree_sitter import Node

    from gfplint.diff.image import Image
    from gfplint.facts.model import LockOp
    from gfplint.facts.tables import Tables
    from gfplint.flow.locks import Taking
    from gfplint.source.model import Definition, Source

DEPTH = 2  # helpers between the callback and the lock
_VALUE = regex.compile(r"&?[A-Za-z_]\w*(?:(?:->|\.)\w+)*|[a-z_]\w*\(&?[A-Za-z_]\w*(?:(?:->|\.)\w+)*\)")
_ROOT = regex.compile(r"&?(?:[a-z_]\w*\()?&?([A-Za-z_]\w*)")
_HELD = regex.compile(r"lock|held|atomic")
_BLOCKS = ("compound_statement", "case_statement")
_BRANCHES = ("if_statement", "switch_statement", "while_statement", "for_statement", "do_statement")


class Again(NamedTuple):
    """A lock taken where the core holds it."""

    node: Node
    op: LockOp
    key: str  # as the function writes it, "" for an implicit one
    name: str  # the function that takes it, or the guard
    operation: str  # "snd_kcontrol_new.put"
    held: str  # how the core holds it: read, write, excl
    core: str  # the file of the core that calls it
    through: str  # the callback that calls the function; "" where it is the callback


class Looked(NamedTuple):
    """What is looked through for one function."""

    tables: Tables
    kernel: str | None
    settled: Callable[[str], Image | None]  # the file as the tree has it, for what it does with a function


def again(definition: Definition, source: Source, looked: Looked) -> Iterator[Again]:
    """The locks that the function takes although its caller in the core holds them."""
    rows = [row for row in looked.tables.section("ops")["held"].values() if _holds_for(row, looked)]
    flow = locks.analyse(definition, looked.tables, source)
    if flow is None:
        return
    for taking in flow.takings:
        near = [row for row in rows if _near(row, taking.op, taking.key)]
        if near and _waits(taking.op) and _certain(definition, taking, flow):
            found = _called(definition, taking.key, taking.op, near, source, looked)
            if found is not None:
                row, member, through = found
                yield Again(
                    *(taking.node, taking.op, taking.key, taking.op.acquire, f"{row['of']}.{member}", row["held"]),
                    *(next(iter(row["core"])), through),
                )


def _holds_for(row: Any, looked: Looked) -> bool:
    version = looked.tables.kernel(looked.kernel)
    return version in row["in"] if version else [*looked.tables.kernels] == row["in"]


def _waits(op: LockOp) -> bool:
    return op.waits and op.result != "bool"


def _near(row: Any, op: LockOp, key: str) -> bool:
    """The row may be about this lock: the last word of its expression, the function that takes it."""
    if op.arg < 0:
        return op.lock in row["locks"]
    if "by" in row:
        return op.acquire in row["by"]
    return bool(key) and any(last_of(lock) == last_of(key) or last_of(key) == key for lock in row["locks"])


def _certain(definition: Definition, taking: Taking, flow: locks.LockFlow) -> bool:
    """Who comes to that place takes the lock, and nothing before it may have given it back."""
    before = [one for one in flow.unlocks if one.node.start_byte < taking.node.start_byte]
    if any(taking.slot in one.slots or last_of(one.key) == last_of(taking.key) for one in before):
        return False
    after = [one for one in flow.unlocks if one.node.start_byte >= taking.node.start_byte and taking.slot in one.slots]
    if not definition.complete:
        return bool(after) and _first_level(taking.node, definition) and not _branches(taking.node, definition)
    branches = _branches(taking.node, definition)
    if branches is None or any(_asks(definition.unit.source(one), taking.op) for one in branches):
        return False
    block = _statement(taking.node).parent
    own = any(one.node == taking.node or _statement(one.node).parent == block for one in after)
    return (own or not branches) and flow.fresh(taking)


def _first_level(node: Node, definition: Definition) -> bool:
    """Of a function that is not all in sight: the line is indented once."""
    line = definition.unit.text[: max(0, node.start_byte - definition.unit.lead)].rpartition(b"\n")[2]
    return line.startswith(b"\t") and not line.startswith(b"\t\t")


def _asks(condition: str, op: LockOp) -> bool:
    """A condition may ask whether the lock is held."""
    return bool(_HELD.search(condition)) or (op.arg < 0 and op.lock.partition("_")[0] in condition)


def _statement(node: Node) -> Node:
    """The statement of a block that something stands in."""
    while node.parent is not None and node.parent.type not in _BLOCKS:
        node = node.parent
    return node


def _branches(node: Node, definition: Definition) -> list[Node] | None:
    """The conditions of the branches and loops around it; None where it stands behind an && or a ?."""
    found: list[Node] = []
    inner, around = node, node.parent
    while around is not None and around != definition.node:
        condition = around.child_by_field_name("condition")
        if around.type == "binary_expression" and inner == around.child_by_field_name("right"):
            operator = around.child_by_field_name("operator")
            if operator is not None and operator.type in ("&&", "||"):
                return None
        elif around.type == "conditional_expression" and inner != condition:
            return None
        elif around.type in _BRANCHES and inner != condition:
            found.append(condition or around)
        inner, around = around, around.parent
    return found


def _called(
    definition: Definition, key: str, op: LockOp, rows: list[Any], source: Source, looked: Looked, depth: int = 0
) -> tuple[Any, str, str] | None:
    """The row by which the core calls the function with that lock held, the member, and the callback in between."""
    full = expanded(definition, key)
    if full is None:
        return None
    for member in _members(definition, source, looked):
        for row in rows:
            if _is(member, row) and _same(row, op, full, definition):
                return row, member.name, ""
    return _through(definition, full, op, rows, source, looked, depth)


def _is(member: Member, row: Any) -> bool:
    named = row["of"] == member.table and member.name in row["members"]
    return named and not member.beside & {*row.get("unless", ())}


def _through(
    definition: Definition, key: str, op: LockOp, rows: list[Any], source: Source, looked: Looked, depth: int
) -> tuple[Any, str, str] | None:
    """All callers of a static function are such callbacks, and none of them gives the lock back before."""
    if depth >= DEPTH or not definition.static:
        return None
    found: list[tuple[Any, str, str]] = []
    for site in callers.sites(definition, source):
        flow = locks.analyse(site.caller, looked.tables, site.source)
        handed = _handed(definition, key, site)
        if flow is None or handed is None or any(one.node.start_byte < site.node.start_byte for one in flow.unlocks):
            return None
        row = _called(site.caller, handed, op, rows, site.source, looked, depth + 1)
        if row is None:
            return None
        found.append((row[0], row[1], row[2] or site.caller.name))
    return found[0] if found else None


def _handed(definition: Definition, key: str, site: callers.Site) -> str | None:
    """The expression of a lock as the caller writes it; None where it depends on what only the function knows."""
    root = _ROOT.match(key)
    names = [param.name for param in definition.params]
    if not key or root is None or root[1] not in names:
        return key if not key or root is None or root[1] not in _locals(definition) else None
    args = site.node.child_by_field_name("arguments")
    given = [one for one in args.named_children if one.type != "comment"] if args is not None else []
    index = names.index(root[1])
    value = "".join(site.caller.unit.source(given[index]).split()) if index < len(given) else ""
    return _put(key, root[1], value)


def _members(definition: Definition, source: Source, looked: Looked) -> tuple[Member, ...]:
    """What the file sets to the function; where only hunks are in sight and say nothing, what the tree's file does."""
    name, macros = definition.name, looked.tables.section("ops")["macros"]
    found = members_of(source.image, name, macros) if name else ()
    if found or source.image.whole or not name:
        return found
    own = looked.settled(name)
    return members_of(own, name, macros) if own is not None else ()


def _same(row: Any, op: LockOp, key: str, definition: Definition) -> bool:
    """The lock is the one of the row."""
    if op.arg < 0:
        return op.lock in row["locks"]
    params = [param.name for param in definition.params]
    for lock in row["locks"]:
        if lock.startswith("*->"):
            if last_of(key) == lock[3:] and key != lock[3:]:
                return True
        elif re.sub(r"\$(\d)", lambda hole: params[int(hole[1])] if int(hole[1]) < len(params) else "$", lock) == key:
            return True
    return False


def expanded(definition: Definition, key: str) -> str | None:
    """An expression with the variables that are set once replaced by what they are set to; None for changing ones."""
    params = {param.name for param in definition.params}
    for _ in range(4):
        root = _ROOT.match(key)
        if root is None:
            return key
        values = [one for one in assignments(definition) if one.target == root[1]]
        if not values:
            return key
        value = "".join(definition.unit.source(values[0].value).split())
        if len(values) > 1 or values[0].operator != "=" or root[1] in params:
            return None
        put = _put(key, root[1], value)
        if put is None:
            return None
        key = put
    return None


def _put(key: str, root: str, value: str) -> str | None:
    """``value`` in the place of the variable that an expression begins with; None where that is more than a path."""
    if not _VALUE.fullmatch(value):
        return None
    text = re.sub(rf"(?<![\w>.]){re.escape(root)}\b", lambda _: value, key, count=1)
    return re.sub(r"&&(\w+(?:->\w+|\.\w+)*)->", r"&\1.", text).replace("&*", "") if "&&" in text else text


def _locals(definition: Definition) -> frozenset[str]:
    from gfplint.flow.shape import declared

    return declared(definition)
