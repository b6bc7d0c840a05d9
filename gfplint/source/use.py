# SPDX-License-Identifier: GPL-2.0-or-later
"""What becomes of a value: where a call's result goes, what is done with it next, what a number is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gfplint.regex import compile as pattern
from gfplint.source.function import assignments, walk
from gfplint.source.model import CallSite, Definition

if TYPE_CHECKING:
    from tree_sitter import Node

_THROUGH = ("parenthesized_expression", "cast_expression")
_SIZE = pattern(r"SZ_(\d+)([KMG]?)\Z")  # include/linux/sizes.h
_SIZEOF = pattern(r"sizeof\((struct \w+)\)")
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def fold(definition: Definition, node: Node) -> str:
    """The text of ``node`` on one line."""
    return " ".join(definition.unit.source(node).split())


def uncast(node: Node) -> Node:
    """An expression without the casts and parentheses around it."""
    while node.type in _THROUGH:
        inner = node.child_by_field_name("value") or (node.named_children[0] if node.named_children else None)
        if inner is None:
            break
        node = inner
    return node


def result(definition: Definition, site: CallSite) -> str:
    """What the call's result is put into, as written; "" where it is used in another way."""
    node, parent = site.node, site.node.parent
    while parent is not None and parent.type in _THROUGH:
        node, parent = parent, parent.parent
    if parent is None:
        return ""
    if parent.type == "assignment_expression" and parent.child_by_field_name("right") == node:
        operator, left = parent.child_by_field_name("operator"), parent.child_by_field_name("left")
        return fold(definition, left) if left is not None and operator is not None and operator.type == "=" else ""
    if parent.type == "init_declarator" and parent.child_by_field_name("value") == node:
        name = parent.child_by_field_name("declarator")
        while name is not None and name.type == "pointer_declarator":
            name = name.child_by_field_name("declarator")
        return fold(definition, name) if name is not None else ""
    return ""


def count(definition: Definition, node: Node, name: str) -> int:
    """How often the identifier ``name`` stands in ``node``."""
    return sum(part.type == "identifier" and definition.unit.token(part) == name for part in walk(node))


def stored(definition: Definition, name: str) -> bool:
    """``... = name`` stands somewhere in the function."""
    return any(fold(definition, uncast(one.value)) == name for one in assignments(definition))


def assigned_through(definition: Definition, name: str) -> bool:
    """``*name = ...`` stands somewhere in the function."""
    return any(one.target.replace(" ", "") in (f"*{name}", f"*({name})") for one in assignments(definition))


def copied(definition: Definition, name: str) -> bool:
    """``name`` is a parameter, is set to something that is neither a call nor a constant, or kept elsewhere."""
    if any(param.name == name for param in definition.params):
        return True
    made = assignments(definition)
    if any(fold(definition, one.value) == name for one in made):
        return True
    values = (one.value for one in made if one.target == name and one.operator == "=")
    return any(
        value.type in ("identifier", "field_expression", "subscript_expression", "pointer_expression")
        and definition.unit.token(value) != "NULL"
        for value in values
    )


def head_says(definition: Definition, *words: str) -> bool:
    """One of ``words`` stands before the function's body."""
    unit = definition.unit
    start = max(0, definition.node.start_byte - unit.lead)
    start = unit.text.rfind(b"\n", 0, start) + 1  # the repair blanks annotations
    head = unit.text[start : max(0, definition.body.start_byte - unit.lead)]
    return not set(words).isdisjoint(re.findall(r"\w+", head.decode("utf-8", "surrogateescape")))


def discarded(site: CallSite) -> bool:
    """The call is a statement of its own, in parentheses and casts or not."""
    parent = site.node.parent
    while parent is not None and parent.type in _THROUGH:
        parent = parent.parent
    return parent is not None and parent.type == "expression_statement"


def statement_of(node: Node) -> Node | None:
    """The statement or declaration that ``node`` stands in, a child of a block."""
    while node.parent is not None and node.parent.type != "compound_statement":
        node = node.parent
    return node if node.parent is not None else None


def mentions(text: str, value: str) -> bool:
    """``value``, an expression such as p or p->q, stands in ``text``."""
    return re.search(rf"(?<![\w.>]){re.escape(value)}(?!\w)", text) is not None


def followers(definition: Definition, site: CallSite, value: str) -> Iterator[Node]:
    """The statements of the same block that follow the call and mention ``value``, up to the first that is more than
    a test of it for failure.  That one is the last."""
    here = statement_of(site.node)
    node = here.next_named_sibling if here is not None else None
    if here is not None and here.type == "if_statement":  # if (!(p = alloc()))
        body = here.child_by_field_name("consequence")
        if body is None or mentions(definition.unit.source(body), value):
            return
    while node is not None:
        if node.type != "comment" and _touches(definition, node, value):
            yield node
            if not failure_test(definition, node, value):
                return
        elif node.type in ("labeled_statement", "case_statement"):
            return
        node = node.next_named_sibling


def after(definition: Definition, site: CallSite, value: str) -> Node | None:
    """The statement that does the first thing with ``value`` after ``site`` filled it; None where that is not sure."""
    last = next(reversed([*followers(definition, site, value)]), None)
    return None if last is None or failure_test(definition, last, value) else last


def clears(definition: Definition, made: CallSite, site: CallSite, sizes: list[Node], page: bool = False) -> bool:
    """``site`` is memset(p, 0, all of it), or clear_page(p), and the first use of ``p``, the result of ``made``.

    ``page``: that is the address of one page.
    """
    value = result(definition, made)
    if not value or site.node.start_byte < made.node.end_byte or not site.args:
        return False
    texts = [fold(definition, arg) for arg in site.args]
    if re.sub(r"^\((?:void|char|u8) \*\) ?", "", texts[0]) != value:
        return False
    last = next(reversed([*followers(definition, made, value)]), None)
    if last is None or last.type != "expression_statement" or not _around(last, site.node):
        return False
    if len(texts) == 1:
        return True
    whole = texts[2] == "PAGE_SIZE" if page else _same_size(definition, texts[2], value, sizes)
    return texts[1] in ("0", "0x0", "0x00") and whole


def clears_param(definition: Definition, site: CallSite) -> tuple[int, int] | None:
    """``site`` is memset(p, 0, n), of parameters that the function does nothing else with before than ask whether they
    are there: the numbers of p and n.  None where it is not, or need not be reached."""
    texts = [fold(definition, arg) for arg in site.args]
    numbers = {param.name: number for number, param in enumerate(definition.params) if param.name}
    here = statement_of(site.node)
    if len(texts) != 3 or texts[1] != "0" or texts[0] not in numbers or texts[2] not in numbers or here is None:
        return None
    if here.parent != definition.body or here.type != "expression_statement":
        return None
    if any(one.target == texts[2] for one in assignments(definition)):
        return None
    before = here.prev_named_sibling
    while before is not None:
        asks = failure_test(definition, before, texts[0])
        if before.type == "labeled_statement" or (mentions(definition.unit.source(before), texts[0]) and not asks):
            return None
        before = before.prev_named_sibling
    return numbers[texts[0]], numbers[texts[2]]


def only_handed(definition: Definition, made: CallSite, call: CallSite, value: str) -> bool:
    """Nothing is done with ``value``, the result of ``made``, but to hand it to ``call``, and to ask for its number."""
    if not value.isidentifier() or call.node.start_byte < made.node.end_byte:
        return False
    for node in walk(definition.body):
        if node.type != "identifier" or definition.unit.token(node) != value or _around(call.node, node):
            continue
        set_here = statement_of(node) == statement_of(made.node) and node.end_byte <= made.node.start_byte
        around = node.parent
        kind = around.child_by_field_name("type") if around is not None and around.type == "cast_expression" else None
        if not (set_here or (kind is not None and "*" not in definition.unit.source(kind))):
            return False
    return True


def overwrites(definition: Definition, made: CallSite, site: CallSite, sizes: list[Node]) -> bool:
    """``site`` copies into all of what ``made`` made: memcpy(p, from, its size), and nobody looks at it before."""
    value = result(definition, made)
    if not value or len(site.args) != 3 or fold(definition, uncast(site.args[0])) != value:
        return False
    surely = (
        statement.child_by_field_name("condition") or statement for statement in followers(definition, made, value)
    )
    if not any(
        part.type in ("expression_statement", "parenthesized_expression") and _around(part, site.node)
        for part in surely
    ):
        return False
    return bool(sizes) and _same_size(definition, fold(definition, site.args[2]), value, sizes)


def clears_page(definition: Definition, made: CallSite, site: CallSite, address: list[str]) -> bool:
    """``site`` is clear_page(a), and ``a`` is nothing but the address of the page that ``made`` made."""
    page = result(definition, made)
    if not page or len(site.args) != 1 or site.node.start_byte < made.node.end_byte:
        return False
    name = fold(definition, site.args[0])
    ways = {f"{function}({page})" for function in address}
    if name in ways:
        return True
    before = site.node.start_byte
    values = [one for one in assignments(definition) if one.target == name and one.node.start_byte < before]
    return len(values) == 1 and re.sub(r"^\([^()]*\)\s*", "", fold(definition, values[0].value)) in ways


def printed(definition: Definition, site: CallSite) -> list[Node]:
    """The arguments, or the addresses of them, that follow a format and are a name alone."""
    for number, arg in enumerate(site.args):
        if arg.type in ("string_literal", "concatenated_string"):
            rest = site.args[number + 1 :] if "%" in definition.unit.source(arg) else ()
            return [one for one in rest if fold(definition, one).removeprefix("&").isidentifier()]
    return []


def _around(outer: Node, inner: Node) -> bool:
    return outer.start_byte <= inner.start_byte and inner.end_byte <= outer.end_byte


def _same_size(definition: Definition, text: str, value: str, sizes: list[Node]) -> bool:
    """``text`` is the size that was allocated: the same expression, the same product, or one object of that type."""
    said = [fold(definition, node) for node in sizes]
    if not said:  # a cache of objects
        return text == f"sizeof(*{value})"
    if len(said) == 1 and said[0] == f"sizeof(*{value})" and (named := _SIZEOF.fullmatch(text)):
        return value.isidentifier() and declared(definition, value) == {named[1]}
    factors = sorted(part.strip() for one in said for part in one.split("*"))
    return text == said[0] if len(said) == 1 else sorted(map(str.strip, text.split("*"))) == factors


def declared(definition: Definition, name: str) -> set[str]:
    """The structures that the function declares pointers of that name to."""
    text = definition.unit.source(definition.node)
    return {match[1] for match in re.finditer(rf"\b(struct \w+) ?\*(?:\w+,\s*\*)*\s*{name}\b", text)}


def _touches(definition: Definition, node: Node, value: str) -> bool:
    """``node`` mentions ``value``; for a field also where it hands the object to a function."""
    if mentions(definition.unit.source(node), value):
        return not value.isidentifier() or count(definition, node, value) > 0
    root = re.match(r"\w+", value)
    if root is None or root[0] == value:
        return False
    calls = (part.child_by_field_name("arguments") for part in walk(node) if part.type == "call_expression")
    return any(args is not None and count(definition, args, root[0]) for args in calls)


def failure_test(definition: Definition, node: Node, value: str) -> bool:
    """``node`` asks whether ``value`` is there, and does nothing with it."""
    if node.type != "if_statement" or node.child_by_field_name("alternative") is not None:
        return False
    condition, body = node.child_by_field_name("condition"), node.child_by_field_name("consequence")
    if condition is None or body is None or mentions(definition.unit.source(body), value):
        return False
    if not mentions(definition.unit.source(condition), value):
        return False
    name = re.escape(value)
    return not re.search(rf"{name}\s*(?:->|\[|\.)|\*\s*{name}", definition.unit.source(condition))


def sides(node: Node, sign: str) -> tuple[Node, Node] | None:
    """The sides of an operator, in parentheses or not."""
    while node.type == "parenthesized_expression" and node.named_child_count == 1:
        node = node.named_children[0]
    left, right, operator = (node.child_by_field_name(name) for name in ("left", "right", "operator"))
    if node.type != "binary_expression" or operator is None or operator.type != sign or left is None or right is None:
        return None
    return left, right


def number(definition: Definition, node: Node) -> int | None:
    """The value of an integer constant expression; None where it is not known from here alone."""
    if node.type == "parenthesized_expression" and node.named_child_count == 1:
        return number(definition, node.named_children[0])
    text = definition.unit.token(node)
    if node.type == "number_literal":
        try:
            return int(text.rstrip("uUlL"), 0)
        except ValueError:
            return None
    if node.type == "identifier":
        found = _SIZE.match(text)
        return int(found[1]) * _UNITS[found[2]] if found else None
    if node.type != "binary_expression":
        return None
    sides = [node.child_by_field_name("left"), node.child_by_field_name("right")]
    values = [number(definition, side) if side is not None else None for side in sides]
    operator = node.child_by_field_name("operator")
    one, two = values
    if one is None or two is None or operator is None:
        return None
    sign = operator.type
    if sign == "<<":
        return one << two if 0 <= two < 64 else None
    return {"*": one * two, "+": one + two, "-": one - two}.get(sign)
