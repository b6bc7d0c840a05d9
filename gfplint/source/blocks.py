# SPDX-License-Identifier: GPL-2.0-or-later
"""Stretches of a function: loops, cases of a switch, the branch taken where a call failed; what is set in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gfplint.record import NamedTuple
from gfplint.source import use
from gfplint.source.function import walk
from gfplint.source.model import CallSite, Definition

if TYPE_CHECKING:
    from tree_sitter import Node

_LOOPS = ("for_statement", "while_statement", "do_statement")
_LEAVING = ("return_statement", "goto_statement", "break_statement", "continue_statement")


class Change(NamedTuple):
    """``target op value``; of ``x++`` the operator is "+=" and the value "1"."""

    target: str  # as written, white space folded
    operator: str
    value: str
    node: Node


def changes(definition: Definition) -> Iterator[Change]:
    """What a function sets, initialisers apart, in the order of the source."""
    for node in walk(definition.body):
        if node.type == "assignment_expression":
            left, right, sign = (node.child_by_field_name(name) for name in ("left", "right", "operator"))
            if left is not None and right is not None and sign is not None:
                yield Change(use.fold(definition, left), sign.type, use.fold(definition, right), node)
        elif node.type == "update_expression":
            inner, sign = node.child_by_field_name("argument"), node.child_by_field_name("operator")
            if inner is not None and sign is not None:
                yield Change(use.fold(definition, inner), f"{sign.type[0]}=", "1", node)


def loop(site: CallSite) -> Node | None:
    """The innermost loop whose body the call stands in; None for none."""
    node, parent = site.node, site.node.parent
    while parent is not None:
        if parent.type in _LOOPS and parent.child_by_field_name("body") == node:
            return parent
        node, parent = parent, parent.parent
    return None


def before(site: CallSite) -> list[Node]:
    """The statements that stand before the call's in the same block, back to a label."""
    here = use.statement_of(site.node)
    found: list[Node] = []
    node = here.prev_named_sibling if here is not None else None
    while node is not None and node.type not in ("labeled_statement", "case_statement"):
        found.append(node)
        node = node.prev_named_sibling
    return found[::-1]


def failed(definition: Definition, site: CallSite) -> Node | None:
    """The branch that is taken where a function that returns an error number has failed; None where nobody asks."""
    node, parent = site.node, site.node.parent
    while parent is not None and parent.type in ("parenthesized_expression", "assignment_expression"):
        node, parent = parent, parent.parent
    if parent is not None and parent.type == "binary_expression" and re.search(r"(?:<|!=)\s*0\Z", _text(parent)):
        node, parent = parent, parent.parent
        while parent is not None and parent.type == "parenthesized_expression":
            node, parent = parent, parent.parent
    if parent is not None and parent.type == "if_statement" and parent.child_by_field_name("condition") == node:
        return parent.child_by_field_name("consequence")
    name, here = use.result(definition, site), use.statement_of(site.node)
    after = here.next_named_sibling if here is not None else None
    while after is not None and after.type == "comment":
        after = after.next_named_sibling
    if not name or after is None or after.type != "if_statement":
        return None
    condition = after.child_by_field_name("condition")
    asked = rf"\(\s*(?:unlikely\s*\()?\s*{re.escape(name)}\s*(?:(?:<|!=)\s*0\s*)?\)+"
    if condition is None or not re.fullmatch(asked, use.fold(definition, condition)):
        return None
    return after.child_by_field_name("consequence")


def refused(site: CallSite) -> Node | None:
    """The branch of an ``if`` that is taken wherever the result of the call is false; None for none."""
    node, parent = site.node, site.node.parent
    if parent is None or parent.type != "unary_expression" or not _text(parent).startswith("!"):
        return None
    node, parent = parent, parent.parent
    while parent is not None and (parent.type == "parenthesized_expression" or _either(parent)):
        node, parent = parent, parent.parent
    if parent is None or parent.type != "if_statement" or parent.child_by_field_name("condition") != node:
        return None
    return parent.child_by_field_name("consequence")


def _either(node: Node) -> bool:
    sign = node.child_by_field_name("operator") if node.type == "binary_expression" else None
    return sign is not None and sign.type == "||"


def cases(definition: Definition) -> Iterator[tuple[tuple[str, ...], list[Node]]]:
    """The cases of each switch: the labels that lead to the same statements, and these, those of a case that is
    fallen into included."""
    for node in walk(definition.body):
        if node.type == "switch_statement":
            body = node.child_by_field_name("body")
            yield from _cases(definition, body.named_children if body is not None else [])


def _cases(definition: Definition, children: list[Node]) -> Iterator[tuple[tuple[str, ...], list[Node]]]:
    labels: list[str] = []
    parts = [child for child in children if child.type == "case_statement"]
    for number, part in enumerate(parts):
        value = part.child_by_field_name("value")
        labels.append(use.fold(definition, value) if value is not None else "default")
        if not _statements(part):
            continue
        here: list[Node] = []
        for fallen in parts[number:]:
            here += _statements(fallen)
            if here and _leaves(here[-1]):
                break
        yield tuple(labels), here
        labels = []


def _statements(case: Node) -> list[Node]:
    value = case.child_by_field_name("value")
    return [child for child in case.named_children if child != value and child.type != "comment"]


def _leaves(node: Node) -> bool:
    inner = [child for child in node.named_children if child.type != "comment"]
    return node.type in _LEAVING or (node.type == "compound_statement" and bool(inner) and _leaves(inner[-1]))


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
