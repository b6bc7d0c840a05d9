# SPDX-License-Identifier: GPL-2.0-or-later
"""What stands in a function: calls, assignments, statements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gfplint.record import NamedTuple
from gfplint.source.model import CallSite, Definition, Unit

if TYPE_CHECKING:
    from tree_sitter import Node


class Assignment(NamedTuple):
    """``target op value``, or an initialiser."""

    target: str  # as written, white space folded
    operator: str  # "=", "|=", ...
    value: Node
    node: Node


_DECLARING = ("DECLARE_", "DEFINE_")
_NO_CALL = frozenset(("LIST_HEAD", "HLIST_HEAD", "__attribute__", "asm", "__asm__", "CLASS"))


def walk(node: Node) -> Iterator[Node]:
    """The named nodes below and including ``node``, in the order of the source."""
    todo = [node]
    while todo:
        top = todo.pop()
        yield top
        todo.extend(reversed(top.named_children))


def calls(definition: Definition) -> tuple[CallSite, ...]:
    """All calls, in the order of the source; nested ones behind the one that they are in.

    Those in a branch of an ``#if`` that had to be left out of the tree are
    there too; their nodes belong to another tree of the same text.

    An iterator macro that was read as a loop is a call of its name, with the
    loop as its node; likewise scoped_guard().  A guard is the call
    ``guard(class)``, inside an indirect call without a name.  What only looks
    like a call is none: declaring macros, a cast ``(u8)(x)``.
    """
    found = _calls(definition)
    if any(definition.first <= high and low <= definition.last for low, high in definition.unit.dropped):
        from gfplint.source.variant import variants  # rare: only where an #if splits a statement

        missing = list(definition.unit.dropped)
        for other in variants(definition):
            for site in _calls(other):
                line = other.unit.position(*site.node.start_point)[0]
                if any(low <= line <= high for low, high in missing):
                    found.append(site)
            missing = [lines for lines in missing if lines in other.unit.dropped]
        found.sort(key=lambda site: site.node.start_byte)
    return tuple(found)


def _calls(definition: Definition) -> list[CallSite]:
    unit = definition.unit
    found = []
    for node in walk(definition.body):
        if node.type == "call_expression":
            site = _call(unit, node)
            if site is not None and not site.name.startswith(_DECLARING) and site.name not in _NO_CALL:
                found.append(site)
        elif node.type == "offsetof_expression":  # a call where the member is not a plain name
            found.append(CallSite("offsetof", node, tuple(node.named_children), False))
        elif node.type in ("while_statement", "if_statement"):
            name = opener(unit, node)
            if name:
                found.append(_opened(name, node))
    return found


def _call(unit: Unit, node: Node) -> CallSite | None:
    function = node.child_by_field_name("function")
    listed = node.child_by_field_name("arguments")
    args = tuple(child for child in listed.named_children if child.type != "comment") if listed is not None else ()
    while function is not None and function.type == "parenthesized_expression" and function.named_child_count:
        function = function.named_children[0]
        if function.type == "identifier" and len(args) == 1:
            return None  # (u8)(x): a cast
    if function is None:
        return CallSite("", node, args, True)
    if function.type == "identifier":
        return CallSite(unit.source(function), node, args, False)
    if function.type == "field_expression":
        member = function.child_by_field_name("field")
        return CallSite(unit.source(member) if member is not None else "", node, args, True)
    return CallSite("", node, args, True)


def opener(unit: Unit, node: Node) -> str:
    """The macro that was read as the ``while`` or ``if`` that ``node`` is; "" where it is a real one."""
    start = node.start_byte - unit.lead
    if start < 0:
        return ""
    size = 5 if node.type == "while_statement" else 2
    word = unit.text[start : start + 100]
    end = 0
    while end < len(word) and (chr(word[end]).isalnum() or word[end] == 95):
        end += 1
    if end <= size and word[:end] in (b"while", b"if", b""):
        return ""
    return word[:end].decode("ascii", "replace")


def _opened(name: str, node: Node) -> CallSite:
    condition = node.child_by_field_name("condition")
    inner = condition.named_children[0] if condition is not None and condition.named_child_count else None
    args: list[Node] = []
    while inner is not None and inner.type == "comma_expression":
        left, right = inner.child_by_field_name("left"), inner.child_by_field_name("right")
        if left is None or right is None:
            break
        args.append(left)
        inner = right
    if inner is not None:
        args.append(inner)
    return CallSite(name, node, tuple(args), False)


def assignments(definition: Definition) -> tuple[Assignment, ...]:
    """Assignments and initialisers of variables, in the order of the source."""
    unit = definition.unit
    found = []
    for node in walk(definition.body):
        if node.type == "assignment_expression":
            target, value = node.child_by_field_name("left"), node.child_by_field_name("right")
            operator = node.child_by_field_name("operator")
        elif node.type == "init_declarator":
            target, value, operator = node.child_by_field_name("declarator"), node.child_by_field_name("value"), None
            while target is not None and target.type in ("pointer_declarator", "array_declarator"):
                target = target.child_by_field_name("declarator")
        else:
            continue
        if target is not None and value is not None:
            text = " ".join(unit.source(target).split())
            found.append(Assignment(text, unit.token(operator) if operator is not None else "=", value, node))
    return tuple(found)


def statements(definition: Definition) -> tuple[Node, ...]:
    """Statements and declarations, nested ones too, in the order of the source."""
    return tuple(
        node
        for node in walk(definition.body)
        if (node.type.endswith("_statement") or node.type == "declaration") and node.type != "compound_statement"
    )
