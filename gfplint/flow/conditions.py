# SPDX-License-Identifier: GPL-2.0-or-later
"""What is known of values on a path: signs, constants, and which conditions hold.

Expressions are told apart by their normalised text (``Namer``).  A value is a
set of signs: negative (an errno, an ERR_PTR), zero (NULL, false), positive
(a pointer, true), and the constant that it is equal to, if any.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from gfplint import regex
from gfplint.flow.branches import arguments, callee, cast, stripped
from gfplint.record import NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node

    from gfplint.source.model import Unit

NEG, ZERO, POS = 1, 2, 4
ANY, NONZERO = 7, 5
_WORD = regex.compile(r"(->|\.)?\s*\b([A-Za-z_]\w*)(\s*\()?")
_ERRNO = regex.compile(r"-E[A-Z0-9]+$")
_CONSTANT = regex.compile(r"-?(?:[A-Z][A-Z0-9_]+|\d\w*)$")
_FLIP = {NEG: POS, ZERO: ZERO, POS: NEG}
_SWAP = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}
_TRUE = {"<": NEG, ">": POS, "<=": NEG | ZERO, ">=": ZERO | POS, "==": ZERO, "!=": NONZERO}


class Val(NamedTuple):
    """What is known of a value; ``stale``: something may have changed it since."""

    signs: int = ANY
    const: str | None = None
    stale: bool = False


UNKNOWN = Val()
Env = Mapping[str, Val]


class Atom(NamedTuple):
    """A condition that is not taken apart further: which signs of ``key`` make it true, which false."""

    key: str
    true: int
    false: int
    const: str | None = None  # true where key is equal to this
    negate: bool = False  # the condition is the contrary


class Parts(NamedTuple):
    """What an expression is made of, to know what changes it."""

    roots: frozenset[str]
    fields: frozenset[str]
    memory: bool  # reads through a pointer, a field, or calls something


class Namer:
    """Normalised texts of expressions of one function.

    ``aliases`` are locals that are set once, to something that needs no call:
    they are written as what they stand for.
    """

    def __init__(self, unit: Unit, aliases: Mapping[str, str] | None = None) -> None:
        self.unit = unit
        self.aliases = dict(aliases or {})
        self._names: dict[int, str] = {}

    def __call__(self, node: Node) -> str:
        found = self._names.get(node.id)
        if found is None:
            found = self._names[node.id] = self._name(node)
        return found

    def _name(self, node: Node) -> str:
        kind = node.type
        if kind == "identifier":
            text = self.unit.token(node)
            return self.aliases.get(text, text)
        if kind == "parenthesized_expression":
            inner = stripped(node)
            return self(inner) if inner != node else self._raw(node)
        if kind == "cast_expression":
            value = node.child_by_field_name("value")
            return self(value) if value is not None else self._raw(node)
        if kind == "field_expression":
            return self._field(node)
        if kind == "pointer_expression":
            return self._pointer(node)
        if kind == "call_expression":
            if cast(node):
                return self(arguments(node)[0])
            function = node.child_by_field_name("function")
            head = self(function) if function is not None else ""
            return f"{head}({','.join(self(arg) for arg in arguments(node))})"
        if node.child_count == 0:
            return self.unit.token(node)
        return "".join(_space(self(child)) for child in node.children if child.type != "comment")

    def _raw(self, node: Node) -> str:
        return "".join(self.unit.token(node).split())

    def _field(self, node: Node) -> str:
        base, field = node.child_by_field_name("argument"), node.child_by_field_name("field")
        operator = node.child_by_field_name("operator")
        if base is None or field is None:
            return self._raw(node)
        text, dot = self(base), operator.type if operator is not None else "->"
        if dot == "->" and text.startswith("&"):
            text, dot = text[1:], "."
        elif dot == "." and text.startswith("*"):
            text, dot = text[1:], "->"
        return f"{text}{dot}{self.unit.token(field)}"

    def _pointer(self, node: Node) -> str:
        inner = node.child_by_field_name("argument")
        operator = node.child_by_field_name("operator")
        if inner is None or operator is None:
            return self._raw(node)
        text = self(inner)
        if operator.type == "&":
            if text.startswith("*"):
                return text[1:]
            return "&" + text.removesuffix("[0]")
        return text[1:] if text.startswith("&") else "*" + text


def _space(text: str) -> str:
    return " " + text if text in ("sizeof", "struct") else text


@lru_cache(maxsize=16384)
def parts(text: str) -> Parts:
    """What the expression of this normalised text depends on."""
    roots: set[str] = set()
    fields: set[str] = set()
    calls = False
    for match in _WORD.finditer(text):
        if match[3]:
            calls = True
            if not match[1]:
                continue
        (fields if match[1] else roots).add(match[2])
    memory = calls or bool(fields) or "*" in text or "[" in text
    return Parts(frozenset(roots), frozenset(fields), memory)


def sign_of(text: str) -> int:
    """The sign of a constant, as far as its text tells."""
    if text in ("0", "NULL", "false", "0UL", "0L"):
        return ZERO
    if _ERRNO.match(text):
        return NEG
    if text == "true" or text[:1].isdigit():
        return ZERO if text.strip("0xXuUlL") == "" else POS
    if text.startswith("-") and text[1:2].isdigit():
        return NEG
    return ANY


def constant(text: str) -> bool:
    return text in ("NULL", "true", "false") or bool(_CONSTANT.match(text))


def atom(namer: Namer, node: Node) -> Atom:
    """The condition ``node`` as an atom; ``&&`` and ``||`` have been taken apart before."""
    node = stripped(node)
    kind = node.type
    if kind == "unary_expression" and _operator(node) == "!":
        inner = node.child_by_field_name("argument")
        if inner is not None:
            found = atom(namer, inner)
            return found._replace(negate=not found.negate)
    if kind == "binary_expression" and (operator := _operator(node)) in _TRUE:
        return _comparison(namer, node, operator)
    if kind == "update_expression" and (inner := node.child_by_field_name("argument")) is not None:
        return Atom(namer(inner), NONZERO, ZERO)  # of a pointer: what it points at has been tested
    if kind == "assignment_expression":
        left = node.child_by_field_name("left")
        return Atom(namer(left) if left is not None else namer(node), NONZERO, ZERO)
    if kind == "call_expression":
        name, args = callee(node), arguments(node)
        if len(args) == 1:
            if name == "IS_ERR":
                return Atom(_value(namer, args[0]), NEG, ZERO | POS)
            if name == "IS_ERR_OR_NULL":
                return Atom(_value(namer, args[0]), NEG | ZERO, POS)
        if name in SAME and args:
            return atom(namer, args[0])
    if kind == "cast_expression" and (value := node.child_by_field_name("value")) is not None:
        return atom(namer, value)
    return Atom(namer(node), NONZERO, ZERO)


# Their truth is their argument's; the list of the tables is for what the graph must take apart.
SAME = frozenset(("likely", "unlikely", "WARN_ON", "WARN_ON_ONCE", "WARN", "WARN_ONCE", "READ_ONCE", "PTR_ERR"))


def _value(namer: Namer, node: Node) -> str:
    """The key of the value of ``node``: that of the variable for an assignment."""
    node = stripped(node)
    if node.type == "assignment_expression" and (left := node.child_by_field_name("left")) is not None:
        return namer(left)
    if node.type == "call_expression" and callee(node) in ("PTR_ERR", "READ_ONCE") and (args := arguments(node)):
        return _value(namer, args[0])
    return namer(node)


def negation(node: Node) -> bool:
    """``!x``"""
    return node.type == "unary_expression" and _operator(node) == "!"


def _operator(node: Node) -> str:
    operator = node.child_by_field_name("operator")
    return operator.type if operator is not None else ""


def _comparison(namer: Namer, node: Node, operator: str) -> Atom:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return Atom(namer(node), NONZERO, ZERO)
    one, two = _value(namer, left), _value(namer, right)
    if constant(one) and not constant(two):
        one, two, operator = two, one, _SWAP[operator]
    if sign_of(two) == ZERO:
        return Atom(one, _TRUE[operator], ANY & ~_TRUE[operator])
    if operator in ("==", "!="):
        if constant(two):
            return Atom(one, sign_of(two), ANY, two, operator == "!=")
        one, two = sorted((one, two))
        return Atom(f"{one}=={two}", *((NONZERO, ZERO) if operator == "==" else (ZERO, NONZERO)))
    if two == "1" and operator in ("<", ">="):  # of an integer
        return Atom(one, NEG | ZERO, POS) if operator == "<" else Atom(one, POS, NEG | ZERO)
    if operator in (">", "<="):
        one, two, operator = two, one, _SWAP[operator]
    return Atom(f"{one}<{two}", *((NONZERO, ZERO) if operator == "<" else (ZERO, NONZERO)))


def assume(env: Env, atom: Atom, truth: bool) -> tuple[Env | None, bool]:
    """``env`` where ``atom`` is ``truth``.

    None where that contradicts what is known; True with it where it
    contradicts only what was known before something may have changed it.
    """
    truth = truth != atom.negate
    allowed = atom.true if truth else atom.false
    old = env.get(atom.key, UNKNOWN)
    wrong = not old.signs & allowed
    const = old.const
    new = dict(env)
    if atom.const is not None:
        wrong |= old.const is not None and (old.const == atom.const) != truth
        const = atom.const if truth else old.const
        twin = f"{atom.key}=={atom.const}"
        before = env.get(twin, UNKNOWN)
        told = NONZERO if truth else ZERO
        wrong |= not before.signs & told
        new[twin] = Val(told, stale=False)
    if wrong and not old.stale:
        return None, False
    new[atom.key] = Val(old.signs & allowed or allowed, None if wrong and not truth else const)
    return new, wrong


def join(one: Env, two: Env) -> Env:
    """What both know."""
    joined: dict[str, Val] = {}
    for key, val in one.items():
        other = two.get(key)
        if other is None:
            continue
        if val == other:
            joined[key] = val
        elif (signs := val.signs | other.signs) != ANY or val.const == other.const:
            joined[key] = Val(signs, val.const if val.const == other.const else None, val.stale or other.stale)
    return joined
