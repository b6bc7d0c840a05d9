# SPDX-License-Identifier: GPL-2.0-or-later
"""Expressions to blocks: conditions, and the branches hidden in other expressions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gfplint.flow.frame import Goto
from gfplint.flow.graph import Edge, Step

if TYPE_CHECKING:
    from tree_sitter import Node

    from gfplint.flow.statements import Builder

_EFFECTS = frozenset(("call_expression", "assignment_expression", "update_expression", "compound_statement"))
_UNEVALUATED = frozenset(("sizeof_expression", "alignof_expression", "offsetof_expression"))


def stripped(node: Node) -> Node:
    """``node`` without parentheses and comments around it."""
    while node.type == "parenthesized_expression":
        inner = next((child for child in node.named_children if child.type != "comment"), None)
        if inner is None or inner.type == "compound_statement":
            return node
        node = inner
    return node


def callee(node: Node) -> str:
    """The plain name that a call expression calls, "" for anything else."""
    function = node.child_by_field_name("function")
    if function is None or function.type != "identifier" or function.text is None:
        return ""
    return function.text.decode("utf-8", "surrogateescape")


def cast(node: Node) -> bool:
    """``(gfp_t)(x)``, which reads like a call."""
    function = node.child_by_field_name("function")
    if function is None or function.type != "parenthesized_expression" or len(arguments(node)) != 1:
        return False
    return function.named_child_count == 1 and function.named_children[0].type == "identifier"


def arguments(node: Node) -> list[Node]:
    """The arguments of a call, without comments."""
    args = node.child_by_field_name("arguments")
    return [child for child in args.named_children if child.type != "comment"] if args is not None else []


def listed(node: Node) -> list[Node]:
    """The parts of a comma expression."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if node.type != "comma_expression" or left is None or right is None:
        return [node]
    return [*listed(left), *listed(right)]


def branching(node: Node) -> bool:
    """Some call, assignment or statement inside runs only on a condition, or is a block of statements."""
    text = node.text or b""
    if b"?" not in text and b"&&" not in text and b"||" not in text and b"{" not in text:
        return False  # told without a walk: nearly always
    return _branching(node)


def _branching(node: Node) -> bool:
    kind = node.type
    if kind in _UNEVALUATED:
        return False
    if kind == "compound_statement":
        return True
    if kind == "conditional_expression" or (kind == "binary_expression" and _operator(node) in ("&&", "||")):
        return _acts(node)
    return any(_branching(child) for child in node.named_children)


def _operator(node: Node) -> str:
    operator = node.child_by_field_name("operator")
    return operator.type if operator is not None else ""


def _acts(node: Node) -> bool:
    if node.type in _EFFECTS:
        return True
    return node.type not in _UNEVALUATED and any(_acts(child) for child in node.named_children)


def condition(builder: Builder, node: Node, then: int, other: int) -> None:
    """Go on at ``then`` where ``node`` is true and at ``other`` where it is not."""
    node = stripped(node)
    kind = node.type
    if kind == "binary_expression" and (operator := _operator(node)) in ("&&", "||"):
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is not None and right is not None:
            second = builder.block()
            condition(builder, left, second if operator == "&&" else then, other if operator == "&&" else second)
            builder.here = second
            condition(builder, right, then, other)
            return
    if kind == "unary_expression" and _operator(node) == "!":
        inner = node.child_by_field_name("argument")
        if inner is not None:
            condition(builder, inner, other, then)
            return
    if kind == "conditional_expression" and _three(builder, node, then, other):
        return
    if kind == "comma_expression":
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is not None and right is not None:
            evaluate(builder, left)
            condition(builder, right, then, other)
            return
    if kind == "call_expression" and (index := builder.words.transparent.get(callee(node))) is not None:
        args = arguments(node)
        if index < len(args):
            condition(builder, args[index], then, other)
            return
    fixed = constant(builder, node)
    if fixed is not None:
        builder.go(then if fixed else other)
        return
    if node.start_byte < builder.unit.lead:
        builder.edge(builder.current(), Edge(then))
        builder.go(other)
        return
    evaluate(builder, node, keep=True)
    here = builder.here
    builder.edge(here, Edge(then, node, True))
    builder.edge(here, Edge(other, node, False))
    builder.here = None


def _three(builder: Builder, node: Node, then: int, other: int) -> bool:
    """c ? a : b as a condition."""
    parts = [node.child_by_field_name(name) for name in ("condition", "consequence", "alternative")]
    cond, yes, no = parts
    if cond is None or yes is None or no is None:
        return False
    first, second = builder.block(), builder.block()
    condition(builder, cond, first, second)
    builder.here = first
    condition(builder, yes, then, other)
    builder.here = second
    condition(builder, no, then, other)
    return True


def constant(builder: Builder, node: Node) -> bool | None:
    """The truth of a literal; None for anything else, and for what only makes a fragment parse."""
    kind = node.type
    if node.start_byte < builder.unit.lead:
        return None
    if kind in ("true", "false"):
        return kind == "true"
    if kind == "number_literal":
        text = builder.unit.token(node).rstrip("uUlL")
        return text.strip("0xX") != "" if re.fullmatch(r"0[xX]?[0-9a-fA-F]*|[0-9]+", text) else None
    if kind == "null":
        return False
    return None


def evaluate(builder: Builder, node: Node, keep: bool = False) -> None:
    """Run an expression for its effects; ``keep``: a condition follows that looks at its value."""
    if not keep and _whole(builder, node):
        return
    if branching(node):
        _take_out(builder, node)
    if builder.here is not None or not keep:
        builder.add(Step("eval", node))


def _whole(builder: Builder, node: Node) -> bool:
    """Expressions that are statements of their own kind."""
    node = stripped(node)
    kind = node.type
    if kind == "comma_expression":
        for name in ("left", "right"):
            if (part := node.child_by_field_name(name)) is not None:
                evaluate(builder, part)
        return True
    if kind == "assignment_expression" and _operator(node) == "=":
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is not None and right is not None:
            assign(builder, node, left, right)
            return True
    if kind == "conditional_expression" or (kind == "binary_expression" and _operator(node) in ("&&", "||")):
        if _acts(node):
            out = builder.block()
            _run(builder, node, out)
            builder.here = out
            return True
    if kind == "call_expression":
        return _call(builder, node)
    return False


def _run(builder: Builder, node: Node, out: int) -> None:
    """A conditional expression as a statement."""
    yes, no = node.child_by_field_name("consequence"), node.child_by_field_name("alternative")
    cond = node.child_by_field_name("condition")
    if cond is None:
        condition(builder, node, out, out)
        return
    first, second = builder.block(), builder.block()
    condition(builder, cond, first, second)
    for block, part in ((first, yes), (second, no)):
        builder.here = block
        if part is not None:
            evaluate(builder, part)
        if builder.here is not None:
            builder.go(out)


def _call(builder: Builder, node: Node) -> bool:
    """A call as a statement: guards, and what does not return."""
    function = node.child_by_field_name("function")
    if function is not None and function.type == "call_expression" and callee(function) == "guard":
        names = arguments(function)
        args = arguments(node)
        step = Step("guard", node, args[0] if args else None, names[0] if names else None)
        builder.add(step)
        builder.scopes[-1].guards.append(step)
        return True
    name = callee(node)
    if name in builder.words.returns:
        args, index = arguments(node), builder.words.returns[name]
        leave(builder, node, args[index] if 0 <= index < len(args) else None)
        return True
    if name in builder.words.returns_error or name in builder.words.jumps:
        return _perhaps_leaves(builder, node, name in builder.words.jumps)
    if name in builder.words.noreturn:
        if branching(node):
            _take_out(builder, node)
        builder.add(Step("eval", node))
        builder.stop("never")
        return True
    return False


def _perhaps_leaves(builder: Builder, node: Node, jumps: bool) -> bool:
    """A macro that goes to a label, or returns an error, where something in it has failed."""
    args = arguments(node)
    if jumps and (not args or args[-1].type != "identifier"):
        return False
    builder.add(Step("eval", node))
    away, on = builder.block(), builder.block()
    here = builder.here
    builder.edge(here, Edge(away))
    builder.edge(here, Edge(on))
    builder.here = away
    builder.add(Step("jump", node))
    if jumps:
        builder.gotos.append(Goto(away, node, builder.unit.token(args[-1]), tuple(builder.scopes)))
    else:
        builder.finish(node, None)
    builder.here = on
    return True


def assign(builder: Builder, node: Node, target: Node | None, value: Node) -> None:
    """``target = value``, branch by branch where the value has branches."""
    value = stripped(value)
    if target is not None and branching(target):
        _take_out(builder, target)
    if value.type == "assignment_expression" and _operator(value) == "=":  # a = b = c
        left, right = value.child_by_field_name("left"), value.child_by_field_name("right")
        if left is not None and right is not None:
            assign(builder, value, left, right)
            value = left
    logical = value.type == "binary_expression" and _operator(value) in ("&&", "||")
    negated = value.type == "unary_expression" and _operator(value) == "!" and branching(value)
    if value.type == "conditional_expression" or ((logical or negated) and _acts(value)):
        out = builder.block()
        for block, part in _ways(builder, value):
            builder.here = block
            if isinstance(part, bool):
                builder.add(Step("assign", node, target, part))
            else:
                assign(builder, node, target, part)
            if builder.here is not None:
                builder.go(out)
        builder.here = out
        return
    if branching(value):
        _take_out(builder, value)
    builder.add(Step("assign", node, target, value))


def leave(builder: Builder, node: Node, value: Node | None) -> None:
    """``return value``, branch by branch."""
    builder.add(Step("jump", node))
    if value is None:
        builder.finish(node, None)
        return
    value = stripped(value)
    logical = value.type == "binary_expression" and _operator(value) in ("&&", "||")
    negated = value.type == "unary_expression" and _operator(value) == "!" and branching(value)
    if value.type == "conditional_expression" or ((logical or negated) and _acts(value)):
        for block, part in _ways(builder, value):
            builder.here = block
            if isinstance(part, bool):
                builder.finish(node, part)
            else:
                leave(builder, node, part)
        return
    if value.type == "comma_expression":
        left, right = value.child_by_field_name("left"), value.child_by_field_name("right")
        if left is not None and right is not None:
            evaluate(builder, left)
            leave(builder, node, right)
            return
    if branching(value):
        _take_out(builder, value)
    builder.add(Step("eval", value))  # before the guards of the scopes are let go
    builder.finish(node, value)


def _ways(builder: Builder, value: Node) -> list[tuple[int, Node | bool]]:
    """The blocks in which ``value`` has been decided, each with what it then is."""
    if value.type != "conditional_expression":
        yes, no = builder.block(), builder.block()
        condition(builder, value, yes, no)
        return [(yes, True), (no, False)]
    cond = value.child_by_field_name("condition")
    then, other = value.child_by_field_name("consequence"), value.child_by_field_name("alternative")
    yes, no = builder.block(), builder.block()
    if cond is None or other is None:
        return [(builder.current(), True)]
    condition(builder, cond, yes, no)
    return [(yes, then if then is not None else cond), (no, other)]  # a ?: b


def _take_out(builder: Builder, node: Node) -> None:
    """Evaluate the branching parts of ``node`` in blocks of their own, in order."""
    kind = node.type
    if kind in _UNEVALUATED:
        return
    if kind == "compound_statement":  # statement expression
        builder.split.add(node.id)
        builder.compound(node)
        builder.current()
        return
    logical = kind == "binary_expression" and _operator(node) in ("&&", "||")
    if (logical or kind == "conditional_expression") and _acts(node):
        builder.split.add(node.id)
        out = builder.block()
        if logical:
            condition(builder, node, out, out)
        else:
            _run(builder, node, out)
        builder.here = out
        return
    for child in node.named_children:
        if branching(child):
            _take_out(builder, child)
