# SPDX-License-Identifier: GPL-2.0-or-later
"""Which questions a function asks of a pointer: is it NULL, is it an error; and where it follows it."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import TYPE_CHECKING, Literal

from gfplint.record import NamedTuple
from gfplint.source.function import walk
from gfplint.source.model import CallSite, Definition
from gfplint.source.use import fold, followers, statement_of, uncast

if TYPE_CHECKING:
    from tree_sitter import Node

Question = Literal["null", "error", "either"]
# include/linux/err.h
ASKS: dict[str, Question] = {
    "IS_ERR": "error",
    "IS_ERR_VALUE": "error",
    "PTR_ERR_OR_ZERO": "error",
    "IS_ERR_OR_NULL": "either",
}
_NOTHING = ("NULL", "0")
_UNEVALUATED = ("sizeof_expression", "alignof_expression", "offsetof_expression")
_MEASURES = ("typeof", "__typeof__", "typeof_member", "struct_size", "flex_array_size", "ARRAY_SIZE", "sizeof_field")


class Check(NamedTuple):
    """A question asked of a pointer."""

    node: Node
    asks: Question


def checks(definition: Definition, node: Node, value: str) -> Iterator[Check]:
    """The questions about ``value``, as it is written, that stand in ``node``."""
    for part in walk(node):
        asks = _asked(definition, part, value)
        if asks is not None:
            yield Check(part, asks)


def next_checks(definition: Definition, site: CallSite, value: str) -> tuple[Check, ...]:
    """Those asked of a call's result in its own statement and in those that use it next, in the same block."""
    value = bare(value)
    here = statement_of(site.node)
    own = here.child_by_field_name("condition") if here is not None and here.type == "if_statement" else None
    inside = own is not None and own.start_byte <= site.node.start_byte and site.node.end_byte <= own.end_byte
    found = [*checks(definition, own, value)] if own is not None and inside else []
    for statement in followers(definition, site, value):
        asked = statement.child_by_field_name("condition") if statement.type == "if_statement" else statement
        if asked is not None:
            found += checks(definition, asked, value)
    return tuple(found)


def bare(value: str) -> str:
    """``(*p)`` without its parentheses."""
    inner = value[1:-1]
    return inner if value.startswith("(") and value.endswith(")") and "(" not in inner and ")" not in inner else value


def _asked(definition: Definition, node: Node, value: str) -> Question | None:
    if node.type == "call_expression":
        function, args = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        asks = ASKS.get(definition.unit.token(function)) if function is not None else None
        first = next((arg for arg in args.named_children if arg.type != "comment"), None) if args is not None else None
        return asks if asks is not None and first is not None and _is(definition, first, value) else None
    if node.type == "unary_expression":
        operator, inner = node.child_by_field_name("operator"), node.child_by_field_name("argument")
        asked = operator is not None and operator.type == "!" and inner is not None and _is(definition, inner, value)
        return "null" if asked else None
    if node.type == "binary_expression":
        return "null" if _compared(definition, node, value) else None
    if node.type == "if_statement":
        condition = node.child_by_field_name("condition")
        return "null" if condition is not None and _is(definition, condition, value) else None
    return None


def _compared(definition: Definition, node: Node, value: str) -> bool:
    """``value == NULL``, or one side of && and || that is ``value`` itself."""
    operator = node.child_by_field_name("operator")
    sides = [side for name in ("left", "right") if (side := node.child_by_field_name(name)) is not None]
    if operator is None or not any(_is(definition, side, value) for side in sides):
        return False
    if operator.type in ("&&", "||"):
        return True
    return operator.type in ("==", "!=") and any(definition.unit.token(side) in _NOTHING for side in sides)


def _is(definition: Definition, node: Node, value: str) -> bool:
    """The expression is ``value``, or an assignment to it."""
    node = uncast(node)
    if node.type == "assignment_expression" and (left := node.child_by_field_name("left")) is not None:
        node = left
    return fold(definition, node) == value


def followed(definition: Definition, site: CallSite, value: str, writers: Container[str]) -> Node | None:
    """Where a pointer is first followed (p->x, *p, p[i], or as the first argument of one of ``writers``), where
    nothing is done with it before, not even a question."""
    value, parent = bare(value), site.node.parent
    while parent is not None and parent.type in ("parenthesized_expression", "cast_expression"):
        parent = parent.parent
    outer = parent.parent if parent is not None and parent.type == "assignment_expression" else parent
    if outer is None or outer.type not in ("expression_statement", "init_declarator"):
        return None  # the assignment is part of a question, or of another one
    statement = next(followers(definition, site, value), None)
    if statement is None or statement.type not in ("expression_statement", "declaration"):
        return None
    first = next((node for node in _evaluated(definition, statement) if fold(definition, node) == value), None)
    if first is None or not (_follows(first) or _written(definition, first, writers)):
        return None
    later = _address(first) and asked_anywhere(definition, value, "null")
    return first if not later else None


def _address(node: Node) -> bool:
    """All that is done with what a pointer leads to is to take its address, &p->x: that may still be asked."""
    around = node.parent
    while around is not None and around.type in ("field_expression", "parenthesized_expression"):
        around = around.parent
    operator = around.child_by_field_name("operator") if around is not None else None
    return around is not None and around.type == "pointer_expression" and operator is not None and operator.type == "&"


def _follows(node: Node) -> bool:
    """What stands around a pointer follows it."""
    parent = node.parent
    while parent is not None and parent.type == "parenthesized_expression":
        node, parent = parent, parent.parent
    if parent is None:
        return False
    if parent.type == "field_expression":
        operator = parent.child_by_field_name("operator")
        return operator is not None and operator.type == "->" and parent.child_by_field_name("argument") == node
    if parent.type == "subscript_expression":
        return parent.child_by_field_name("argument") == node
    operator = parent.child_by_field_name("operator")
    return parent.type == "pointer_expression" and operator is not None and operator.type == "*"


def _written(definition: Definition, node: Node, writers: Container[str]) -> bool:
    """The first argument of one of ``writers``."""
    args = node.parent
    call = args.parent if args is not None and args.type == "argument_list" else None
    function = call.child_by_field_name("function") if call is not None else None
    if args is None or function is None or definition.unit.token(function) not in writers:
        return False
    return next((arg for arg in args.named_children if arg.type != "comment"), None) == node


def _evaluated(definition: Definition, node: Node) -> Iterator[Node]:
    """Nodes from the outermost in, without what is only measured."""
    yield node
    for child in node.named_children:
        function = child.child_by_field_name("function") if child.type == "call_expression" else None
        measured = function is not None and definition.unit.token(function) in _MEASURES
        if child.type not in _UNEVALUATED and not measured:
            yield from _evaluated(definition, child)


def asked_anywhere(definition: Definition, value: str, *asks: Question) -> bool:
    """The function asks one of these questions of ``value`` somewhere."""
    return any(check.asks in asks for check in checks(definition, definition.body, bare(value)))


def only_nothing(definition: Definition, site: CallSite, value: str) -> Node | None:
    """Where a count is asked whether it is nothing, if the function asks and does no more with it."""
    own = [node for node in walk(definition.body) if node.type == "identifier" and fold(definition, node) == value]
    used = [node for node in own if node.end_byte <= site.node.start_byte or node.start_byte >= site.node.end_byte]
    used = [node for node in used if not _set(node)]
    asked = [check.node for check in checks(definition, definition.body, value) if check.asks == "null"]
    asked += [
        node
        for node in walk(definition.body)
        if node.type == "binary_expression" and _negative(definition, node, value)
    ]
    within = [*asked, *(branch for one in asked if (branch := _branch(one)) is not None)]
    inside = all(
        any(one.start_byte <= node.start_byte and node.end_byte <= one.end_byte for one in within) for node in used
    )
    return asked[0] if used and asked and inside and asked[0].type != "if_statement" else None


def _branch(node: Node) -> Node | None:
    """What is done where a condition holds."""
    while node.parent is not None and node.parent.type in (
        "parenthesized_expression",
        "call_expression",
        "argument_list",
    ):
        node = node.parent
    return node.parent.child_by_field_name("consequence") if node.parent is not None else None


def nothing_asked(definition: Definition, site: CallSite) -> bool:
    """A call's own result is asked whether it is nothing, in place: if (!f())."""
    parent = site.node.parent
    operator = parent.child_by_field_name("operator") if parent is not None else None
    return parent is not None and parent.type == "unary_expression" and operator is not None and operator.type == "!"


def _set(node: Node) -> bool:
    """The variable is declared or assigned here."""
    parent = node.parent
    if parent is None or parent.type in ("init_declarator", "declaration"):
        return parent is None or parent.child_by_field_name("value") != node
    return parent.type == "assignment_expression" and parent.child_by_field_name("left") == node


def _negative(definition: Definition, node: Node, value: str) -> bool:
    """``value < 0``, ``value <= 0``, ``value < 1``."""
    operator, left, right = (node.child_by_field_name(name) for name in ("operator", "left", "right"))
    if operator is None or left is None or right is None or not _is(definition, left, value):
        return False
    return (operator.type, fold(definition, right)) in (("<", "0"), ("<=", "0"), ("<", "1"))
