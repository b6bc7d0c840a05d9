# SPDX-License-Identifier: GPL-2.0-or-later
"""Gfp flags as they stand in the text: which are put together, which are taken out, what is asked of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from gfplint.facts import tables
from gfplint.finding import Span
from gfplint.flow import flagtext
from gfplint.flow.branches import stripped
from gfplint.regex import compile as pattern
from gfplint.source.function import walk
from gfplint.source.model import Definition

if TYPE_CHECKING:
    from tree_sitter import Node

_FLAG = pattern(r"_*GFP_[A-Z][A-Z0-9_]*\Z")
_CALL = pattern(r"([A-Za-z_]\w*)\s*\(")
_JOINING = ("|", "&", "^", "+")
_LOGICAL = ("||", "&&")
_ENDS = ("compound_statement", "function_definition", "call_expression")


Kernels = list[Mapping[str, frozenset[str]]]


class Written:
    """An expression with gfp flags in it, as large as operators on flags make it.

    ``terms``: the flags that it puts together, in order.  ``only``: there is
    nothing else in it.  ``tested``: its truth is asked for.
    """

    __slots__ = ("defines", "definition", "kernels", "node", "only", "terms")

    def __init__(self, definition: Definition, node: Node, kernels: Kernels, defines: Mapping[str, str]) -> None:
        self.definition = definition
        self.node = node
        self.kernels = kernels
        self.defines = defines
        found = list(self._terms(node))
        self.terms = tuple(name for name in found if name)
        self.only = "" not in found

    @property
    def span(self) -> Span:
        return self.definition.unit.span(self.node)

    def __str__(self) -> str:
        return self._text(self.node)

    def _text(self, node: Node) -> str:
        return " ".join(self.definition.unit.source(node).split())

    def _terms(self, node: Node) -> Iterator[str]:
        node = stripped(node)
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if node.type == "identifier":
            yield self._text(node) if _FLAG.match(self._text(node)) else ""
        elif _sign(node) in ("|", "+") and left is not None and right is not None:
            yield from self._terms(left)
            yield from self._terms(right)
        else:
            yield ""

    @property
    def names(self) -> tuple[str, ...]:
        """All flags in it, put together or taken out."""
        return tuple(dict.fromkeys(name for name in map(self._text, walk(self.node)) if _FLAG.match(name)))

    @property
    def signs(self) -> tuple[str, ...]:
        """The operators between flags, both sides nothing but flags; & where it leaves nothing of them."""
        found: dict[str, None] = {}
        for node in walk(self.node):
            sign, sides = _sign(node), [self._part(side) for side in _sides(node) if pure(side)]
            if node.type != "binary_expression" or len(sides) != 2:
                continue
            if sign != "&" or (sides[1].only and sides[0].lacks(sides[1].terms) == sides[1].terms):
                found[sign] = None
        return tuple(found)

    @property
    def taken_out(self) -> tuple[tuple[Written, tuple[str, ...]], ...]:
        """(what, flags) for each ``what & ~flags`` of flags alone."""
        found = []
        for node in walk(self.node):
            for one, two in (_sides(node), _sides(node)[::-1]) if _sign(node) == "&" and len(_sides(node)) == 2 else ():
                inner = stripped(two)
                if inner.type == "unary_expression" and _sign(inner) == "~" and pure(one) and pure(inner):
                    found.append((self._part(one), self._part(inner.named_children[-1]).names))
        return tuple(found)

    @property
    def tests(self) -> tuple[str, ...]:
        """In ``mask & FLAGS``, asked for its truth: the FLAGS; () for anything else."""
        sides = _sides(stripped(self.node))
        if _sign(stripped(self.node)) != "&" or len(sides) != 2 or not self.tested:
            return ()
        flags = [side for side in sides if pure(side) and side.type != "unary_expression"]
        return self._part(flags[0]).names if len(flags) == 1 and not pure(sides[1 - sides.index(flags[0])]) else ()

    @property
    def tested(self) -> bool:
        """Stands where only its truth counts."""
        return truth(self.node, self.definition)

    @property
    def compared(self) -> str:
        """What is compared with it by == or !=, where it is flags and nothing else; "" where nothing is."""
        node, parent = self.node, self.node.parent
        while parent is not None and parent.type == "parenthesized_expression":
            node, parent = parent, parent.parent
        if parent is None or _sign(parent) not in ("==", "!=") or not self.only:
            return ""
        return next((self._text(side) for side in _sides(parent) if not _same(side, stripped(node))), "")

    @property
    def chosen_by(self) -> str:
        """The condition of the ``?:`` or the ``if`` that it is one branch of; "" for none."""
        node, parent = self.node, self.node.parent
        while parent is not None and parent.type not in _ENDS:
            if parent.type in ("conditional_expression", "if_statement"):
                condition = parent.child_by_field_name("condition")
                return self._text(condition) if condition is not None and condition != node else ""
            node, parent = parent, parent.parent
        if parent is None or parent.type != "compound_statement" or parent.named_child_count != 1:
            return ""
        above = parent.parent
        if above is not None and above.type == "else_clause":
            above = above.parent
        if above is None or above.type != "if_statement":
            return ""
        condition = above.child_by_field_name("condition")
        return self._text(condition) if condition is not None else ""

    @property
    def calls_of_choice(self) -> tuple[str, ...]:
        """The functions that the condition of ``chosen_by`` asks."""
        return tuple(found[1] for found in _CALL.finditer(self.chosen_by))

    @property
    def redundant(self) -> tuple[str, ...]:
        """The terms that say nothing that the others do not say, on every kernel that is asked about."""
        left, found = list(self.terms), []
        for name in reversed(self.terms):
            rest = list(left)
            rest.reverse()
            rest.remove(name)
            rest.reverse()
            if rest and all(
                bits and bits <= union for bits, union in zip(self.bits(name), self._union(rest), strict=True)
            ):
                found.append(name)
                left = rest
        return tuple(found)

    def bits(self, name: str) -> tuple[frozenset[str] | None, ...]:
        """The leaf bits that a name stands for, one a kernel; None where it is not known."""
        known = flagtext.constant(name, list(self.kernels), self.defines)
        if known is None:
            return tuple(None for _ in self.kernels)
        return tuple(_sure(bits) for bits in known[0])

    def _union(self, names: list[str]) -> tuple[frozenset[str], ...]:
        each = [self.bits(name) for name in names]
        return tuple(frozenset(bit for bits in column if bits for bit in bits) for column in zip(*each, strict=True))

    @property
    def unknown(self) -> tuple[str, ...]:
        """The names that no kernel that is asked about has, nor the file."""
        return tuple(name for name in self.names if not any(self._has(name)) and not self._own(name))

    def _has(self, name: str) -> tuple[bool, ...]:
        return tuple(bits is not None for bits in self.bits(name))

    def _own(self, name: str) -> bool:
        return name in self.defines or name.startswith("___")

    def meant(self, name: str) -> str:
        """The known flag that ``name`` is one letter or its prefix away from; "" where there is none, or two."""
        known = {flag for kernel in self.kernels for flag in kernel}
        bare = name.lstrip("_")
        same = {flag for flag in known if flag.lstrip("_") == bare and flag != name}
        near = same or {flag for flag in known if len(bare) > 8 and _one_off(flag, name)}
        return near.pop() if len(near) == 1 else ""

    def adds(self, to: str, among: frozenset[str]) -> tuple[str, ...]:
        """The bits of ``among`` that the other terms set and ``to`` does not, on every kernel."""
        union = self._union(list(self.terms))
        missing = [all_ - (own if own is not None else all_) for all_, own in zip(union, self.bits(to), strict=True)]
        return tuple(sorted(bit for bit in among if all(bit in bits for bits in missing)))

    def lacks(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Of ``names``, those of which no bit is set in what is written here, on any kernel."""
        union = self._union(list(self.terms)) if self.only and self.terms else ()
        if any(bits is None for name in self.terms for bits in self.bits(name)):
            return ()

        def apart(name: str) -> bool:
            pairs = zip(self.bits(name), union, strict=True)
            return bool(union) and all(bits is not None and not bits & all_ for bits, all_ in pairs)

        return tuple(name for name in names if apart(name))

    def _part(self, node: Node) -> Written:
        return Written(self.definition, node, self.kernels, self.defines)


def written(definition: Definition, kernel: str | None, defines: Mapping[str, str]) -> tuple[Written, ...]:
    """The expressions of a function that are made of gfp flags, in the order of the source."""
    facts = tables.load()
    one = facts.kernel(kernel)
    kernels = [flagtext.names(facts, version) for version in (facts.kernels if one is None else (one,))]
    roots: dict[int, Node] = {}
    for node in walk(definition.body):
        if node.type == "identifier" and _FLAG.match(definition.unit.source(node)):
            root = _root(node)
            if root.start_byte >= definition.unit.lead:
                roots.setdefault(root.id, root)
    return tuple(Written(definition, node, kernels, defines) for node in roots.values())


def _root(node: Node) -> Node:
    parent = node.parent
    while parent is not None:
        sign = _sign(parent)
        logical = sign in _LOGICAL and all(pure(side) for side in _sides(parent))
        unary = parent.type == "unary_expression" and sign == "~"
        if not (parent.type == "parenthesized_expression" and parent.parent is not None and _operand(parent.parent)):
            if not (parent.type == "binary_expression" and (sign in _JOINING or logical)) and not unary:
                return node
        node, parent = parent, parent.parent
    return node


def _operand(node: Node) -> bool:
    return node.type in ("binary_expression", "parenthesized_expression") or (
        node.type == "unary_expression" and _sign(node) == "~"
    )


def pure(node: Node) -> bool:
    """Nothing but flags and operators on them."""
    leaves = [part for part in walk(node) if part.named_child_count == 0 and part.type != "comment"]
    return all(
        leaf.type == "identifier" and _FLAG.match((leaf.text or b"").decode("ascii", "replace")) for leaf in leaves
    )


def truth(node: Node, definition: Definition) -> bool:
    """``node`` stands where only its truth counts."""
    parent = node.parent
    while parent is not None and parent.type == "parenthesized_expression":
        node, parent = parent, parent.parent
    if parent is None:
        return False
    if parent.type in ("if_statement", "while_statement", "do_statement", "for_statement"):
        return parent.child_by_field_name("condition") == node
    if parent.type == "conditional_expression":
        return parent.child_by_field_name("condition") == node
    if parent.type == "binary_expression":
        return _sign(parent) in _LOGICAL
    if parent.type == "unary_expression":
        return _sign(parent) == "!"
    if parent.type == "return_statement":
        return definition.type.split()[-1:] == ["bool"]
    return False


def _sign(node: Node) -> str:
    operator = node.child_by_field_name("operator")
    return operator.type if operator is not None else ""


def _sides(node: Node) -> list[Node]:
    sides = (node.child_by_field_name("left"), node.child_by_field_name("right"))
    return [stripped(side) for side in sides if side is not None]


def _same(one: Node, two: Node) -> bool:
    return (one.start_byte, one.end_byte) == (two.start_byte, two.end_byte)


def _sure(bits: flagtext.Bits) -> frozenset[str] | None:
    if bits.rest != "0":
        return None
    return frozenset(bit for bit, state in bits.bits.items() if state == "1")


def _one_off(one: str, two: str) -> bool:
    """One letter more, less, other, or two neighbours changed about."""
    if abs(len(one) - len(two)) > 1 or one == two:
        return False
    start = next((at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    a, b = one[start:], two[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[1::-1] == b[:2] and a[2:] == b[2:])
