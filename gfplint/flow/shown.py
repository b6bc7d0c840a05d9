# SPDX-License-Identifier: GPL-2.0-or-later
"""What stands next to a place shows that it may sleep: an allocation, or a call, that does.

Two statements of one block run in the same context, where nothing between
them opens or closes a section and nothing asks which context it is.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gfplint import regex
from gfplint.facts import words
from gfplint.flow import masks
from gfplint.flow.context import SECTION, UNKNOWN, Context, ContextFlow, sleepers
from gfplint.source.function import calls, walk
from gfplint.source.model import CallSite, Definition

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tree_sitter import Node

    from gfplint.facts.tables import Tables

_ASKS = regex.compile(r"(?:can|may|no|not|allow)_?(?:sleep|block|wait)|^(?:is_|in_)?atomic$|nonblock")
_WORDS = regex.compile(r"\w+")
_CLOSES = regex.compile(r"enable|leave|restore|put_cpu")
_LEAVES = ("return_statement", "goto_statement", "break_statement", "continue_statement")
_LABELS = ("labeled_statement", "case_statement")
_CHOOSING = ("if_statement", "while_statement", "switch_statement", "conditional_expression")


def shown(flow: ContextFlow, node: Node, defines: Mapping[str, str], allocations: bool = True) -> Context:
    """A call in a straight line before ``node``, or behind it, may sleep, so ``node`` may; UNKNOWN for none.

    ``allocations``: also one that may sleep by its mask.
    """
    if spins(flow, node):
        return UNKNOWN
    for site in calls(flow.definition):
        behind = site.node.start_byte >= node.end_byte
        if site.indirect or not (behind or site.node.end_byte <= node.start_byte) or not _may(site.name, flow.tables):
            continue
        mask = _mask(flow, site, defines) if allocations or site.name in words.sleepers() else None
        if mask is None or spins(flow, site.node):
            continue
        if _after(node, site.node) if behind else _before(site.node, node):
            if _same(flow, *((node, site.node) if behind else (site.node, node))):
                way = "after" if behind else "before"
                return Context("sleepable", f"{site.name}(){mask} {way} it may sleep", site.node)
    return UNKNOWN


def sleeps(flow: ContextFlow, node: Node) -> bool:
    """A call next to ``node`` sleeps whatever it is given, so whoever comes here may sleep, or is wrong already."""
    found = shown(flow, node, {}, allocations=False)
    return found.kind == "sleepable"


def _may(name: str, tables: Tables) -> bool:
    return name in words.sleepers() or name in tables.allocators


def _mask(flow: ContextFlow, site: CallSite, defines: Mapping[str, str]) -> str | None:
    """What a call that may sleep is handed: " with GFP_KERNEL", "" where it needs no mask; None: it need not sleep."""
    if site.name in words.sleepers():
        return ""
    row = flow.tables.allocators.get(site.name)
    if row is None or row.nargs != len(site.args) or not 0 <= row.gfp < len(site.args):
        return None
    written = site.args[row.gfp]
    made = masks.evaluate(flow.definition, written, flow.tables, None, defines)
    literal = all(word.startswith(("GFP_", "__GFP_")) for word in _WORDS.findall(made.spelling))
    return f" with {made.spelling}" if literal and "__GFP_DIRECT_RECLAIM" in made.sure else None


def spins(flow: ContextFlow, node: Node) -> bool:
    """A lock is held, or may be, under which nobody sleeps."""
    surely, maybe = flow.flow.at(node)
    return any(held.op.atomic for held in (*surely, *maybe)) or flow.flow.place(node) is None


def _before(first: Node, node: Node) -> bool:
    """Every path to ``node`` comes from ``first``: a statement before it in a block around it."""
    inner = node
    while inner.parent is not None and inner.parent.type != "function_definition":
        around = inner.parent
        if around.type == "labeled_statement" or (around.type == "compound_statement" and _labelled(inner, first)):
            return False
        if around.type == "compound_statement" and around.start_byte <= first.start_byte:
            return _always(first, around)
        inner = around
    return False


def _labelled(inner: Node, first: Node) -> bool:
    """Something may jump in between."""
    return any(one.type in _LABELS for one in _back(inner) if one.start_byte > first.start_byte)


def _back(node: Node) -> Iterator[Node]:
    before = node.prev_named_sibling
    while before is not None:
        yield before
        before = before.prev_named_sibling


def _after(node: Node, last: Node) -> bool:
    """Every path on from ``node`` that does not leave early comes to ``last``."""
    inner = node
    while inner.parent is not None and inner.parent.type != "function_definition":
        around = inner.parent
        if inner.type in _LEAVES:
            return False
        if around.type in ("compound_statement", "case_statement"):
            behind = inner.next_named_sibling
            while behind is not None and behind.end_byte <= last.start_byte:
                if behind.type in _LEAVES:
                    return False
                behind = behind.next_named_sibling
            if around.end_byte >= last.end_byte:
                return around.type == "compound_statement" and _always(last, around)
        inner = around
    return False


def _always(node: Node, block: Node) -> bool:
    """Whoever runs the statement of ``block`` that ``node`` stands in, runs ``node``."""
    inner = node
    while inner.parent is not None and inner.parent != block:
        around = inner.parent
        if around.type in _CHOOSING and around.child_by_field_name("condition") != inner:
            return False
        if around.type == "binary_expression" and around.child_by_field_name("right") == inner:
            return False
        if around.type.endswith(("statement", "clause")) and not (
            around.type in _CHOOSING or around.type in ("expression_statement", "return_statement")
        ):
            return False
        if around.type.startswith("preproc") or around.type == "sizeof_expression":
            return False
        inner = around
    return inner.parent == block and inner.type not in _LABELS


def _same(flow: ContextFlow, first: Node, last: Node) -> bool:
    """Nothing between the two changes the context, and nothing in the function asks for it."""
    between = (
        site.name for site in calls(flow.definition) if first.start_byte < site.node.start_byte < last.start_byte
    )
    return all(_harmless(name, flow.tables) for name in between) and not asks(flow.definition, flow.tables)


def asks(definition: Definition, tables: Tables) -> bool:
    """Something in the function asks whether it may sleep."""
    tests, unit = _tests(tables), definition.unit
    names = (unit.token(node) for node in walk(definition.body) if node.type in ("identifier", "field_identifier"))
    return any(name in tests or _ASKS.search(name) for name in names)


@lru_cache(maxsize=2)
def _tests(tables: Tables) -> frozenset[str]:
    facts: Any = tables.section("gfp")["context_tests"]
    return frozenset(facts["names"])


def _harmless(name: str, tables: Tables) -> bool:
    """By its name, it opens and closes no section in which nobody may sleep."""
    if name in sleepers(tables) or name in tables.allocators:
        return True
    if not SECTION.search(name.encode()) and not _CLOSES.search(name):
        return True
    ops = (*tables.acquires.get(name, ()), *tables.releases.get(name, ()))
    return bool(ops) and not any(op.atomic for op in ops)
