# SPDX-License-Identifier: GPL-2.0-or-later
"""Is a lock held at a place, also as the function's callers in the same file have it?"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from gfplint.flow import locks
from gfplint.source.model import Definition, Source

if TYPE_CHECKING:
    from tree_sitter import Node

    from gfplint.facts.tables import Tables
    from gfplint.flow.lockstate import State

LockState = Literal["held", "free", "unknown"]
DEPTH = 3
CALLS = 12  # of one function, in its file


def state_at(
    definition: Definition, node: "Node", cls: str, tables: "Tables", source: Source, depth: int = 0
) -> LockState:
    """Whether a lock of class ``cls``, one without an argument, is held when ``node`` runs.

    "free" needs a proof: the function gave it back or takes it later (such a
    lock is taken once), or all callers are in sight and come without it.
    """
    flow = locks.analyse(definition, tables, source)
    if flow is None:
        return "unknown"
    states = [state for state in flow.states(node) if not state.doubt] or flow.states(node)
    holds = {_holds(state, cls) for state in states}
    if holds == {"held"}:
        return "held"
    if not states or holds - {"free", "given"}:
        return "unknown"
    if holds == {"given"} or (definition.complete and flow.takes(cls, node)):
        return "free"
    if not definition.complete or any(out.held != "yes" and op.lock == cls for out in flow.releases for op in out.ops):
        return "unknown"
    return entered(definition, cls, tables, source, depth)


def wanted(comment: str, classes: Iterable[str]) -> tuple[str, ...]:
    """The locks that the comment on a function says its callers hold."""
    text = " ".join(comment.split())
    asks = r"\b(?:call\w*|must|under|with|hold\w*|context)\b[^.]*\b{0}\b|\b{0}\b[^.]*\b(?:is|be|must) (?:\w+ )?held\b"
    named = [cls for cls in classes if cls.lower() in text.lower()]
    return tuple(cls for cls in named if re.search(asks.format(cls), text, re.IGNORECASE))


def _holds(state: "State", cls: str) -> str:
    own = [held for held in state.held if held.op.lock == cls]
    if own:
        return "held" if any(held.sure for held in own) else "unknown"
    if f"#{cls}" in state.freed:
        return "unknown"
    if f"#{cls}" in state.done:
        return "given"
    return "unknown" if state.gap else "free"


def entered(definition: Definition, cls: str, tables: "Tables", source: Source, depth: int = 0) -> LockState:
    """How the callers come: a static function of a file that is seen whole, and not used as a callback."""
    unit = definition.unit
    head = unit.parsed[definition.node.start_byte : definition.body.start_byte].split(b"(")[0].split()
    if depth >= DEPTH or not source.image.whole or not definition.name or b"static" not in head:
        return "unknown"
    sites = _sites(definition, source)
    found = {state_at(one, node, cls, tables, source, depth + 1) for one, node in sites}
    return found.pop() if len(found) == 1 else "unknown"


def _sites(definition: Definition, source: Source) -> list[tuple[Definition, "Node"]]:
    """The calls of a function in its file; none where it is used in any other way."""
    from gfplint.source.function import calls
    from gfplint.source.parse import parse_image

    name = re.escape(definition.name.encode())
    lines: list[int] = []
    for piece in source.image.pieces:
        for match in re.compile(rb"(?m)^.*?\b" + name + rb"\b(?P<call>\s*\()?").finditer(piece.text):
            line = piece.line + piece.text.count(b"\n", 0, match.end())
            if definition.first <= line <= definition.last or match[0][:1] not in b"\t \n":
                continue  # itself, and a prototype
            if not match["call"] or len(lines) >= CALLS:
                return []
            lines.append(line)
    found = []
    for line in lines:
        for one in parse_image(source.image, [(line, line)]).functions:
            found += [(one, site.node) for site in calls(one) if site.name == definition.name and not site.indirect]
    return found if len(found) >= len(lines) else []
