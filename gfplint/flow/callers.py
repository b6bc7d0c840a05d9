# SPDX-License-Identifier: GPL-2.0-or-later
"""Is a lock held at a place, also as the function's callers in the same file have it?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from gfplint import regex
from gfplint.flow import locks
from gfplint.flow.registered import held_around
from gfplint.record import NamedTuple
from gfplint.source.mask import masked
from gfplint.source.model import Definition, Source

if TYPE_CHECKING:
    from tree_sitter import Node

    from gfplint.diff.image import Image
    from gfplint.facts.tables import Tables
    from gfplint.flow.lockstate import State

LockState = Literal["held", "free", "unknown"]
DEPTH = 3
CALLS = 12  # of one function, in its file


def state_at(definition: Definition, node: Node, cls: str, tables: Tables, source: Source, depth: int = 0) -> LockState:
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
    if held_around(definition, cls, tables, source):
        return "held"
    return entered(definition, cls, tables, source, depth)


def wanted(comment: str, classes: Iterable[str]) -> tuple[str, ...]:
    """The locks that the comment on a function says its callers hold; not those that it says it takes itself."""
    text = " ".join(comment.split())
    own = r"(?:(?!\b(?:acquire|take|grab|get)s?\b)[^.])*"
    asks = (
        r"\b(?:call\w*|must|under|with|hold\w*|context)\b"
        + own
        + r"\b{0}\b|\b{0}\b[^.]*\b(?:is|be|must) (?:\w+ )?held\b"
    )
    named = [cls for cls in classes if cls.lower() in text.lower()]
    return tuple(cls for cls in named if re.search(asks.format(cls), text, re.IGNORECASE))


_LOCK = r"&?((?:\w+(?:->|\.))*\w*(?:lock|mutex|sem|rwsem))\b"
_HELD = regex.compile(
    rf"\b(?:called|callers?)\b(?:(?!\b(?:either|without)\b)[^.])*?(?<![\w>]){_LOCK}(?: is)?(?: already)?(?: be)? held\b"
    rf"|\b(?:must|callers?) (?:must |should )?holds? (?:the )?{_LOCK}",
    re.IGNORECASE,
)


def named(comment: str) -> tuple[str, ...]:
    """The locks that a comment says are held, as it writes them: "ex->lock", "example_mutex"."""
    return tuple(match[1] or match[2] for match in _HELD.finditer(" ".join(comment.split())))


def _holds(state: State, cls: str) -> str:
    own = [held for held in state.held if held.op.lock == cls]
    if own:
        return "held" if any(held.sure for held in own) else "unknown"
    if f"#{cls}" in state.freed:
        return "unknown"
    if f"#{cls}" in state.done:
        return "given"
    return "unknown" if state.gap else "free"


def entered(definition: Definition, cls: str, tables: Tables, source: Source, depth: int = 0) -> LockState:
    """How the callers come, where all of them are in sight."""
    if depth >= DEPTH:
        return "unknown"
    found = {state_at(one.caller, one.node, cls, tables, one.source, depth + 1) for one in sites(definition, source)}
    return found.pop() if len(found) == 1 else "unknown"


class Site(NamedTuple):
    """A call of a function, in the function and the file that make it."""

    caller: Definition
    node: Node
    source: Source


def sites(definition: Definition, source: Source) -> list[Site]:
    """The calls of a function; none where it may be called, or is used, in a way that is not in sight.

    Those of a static function are in its file, which must be seen whole.  Another function's are in
    its folder, if a kernel tree is there and a header of that folder declares it; what is
    exported, or declared for all the kernel, is called from anywhere.
    """
    if not source.image.whole or not definition.name:
        return []
    files = [source]
    if not definition.static:
        others = source.elsewhere(definition.name) if source.elsewhere is not None else None
        if not others or not any(image.path.endswith(".h") for image in others) or _exported(definition, source):
            return []
        files += [source._replace(image=image, functions=()) for image in others]
    found: list[Site] = []
    for file in files:
        here = _in_file(definition, file)
        if here is None or len(found) + len(here) > CALLS:
            return []
        found += here
    return found


def some(definition: Definition, source: Source) -> list[Site]:
    """Calls of a function that are in sight, of its file and then of its folder; there may be others."""
    if not definition.name:
        return []
    found = _in_file(definition, source, every=False) or []
    others = source.elsewhere(definition.name) if source.elsewhere is not None and not definition.static else ()
    for image in others if source.image.whole else ():
        if len(found) < CALLS and not _own(definition.name, image):
            there = source._replace(image=image, functions=())
            found += _in_file(definition, there, every=False) or []
    return found[:CALLS]


def _own(name: str, image: Image) -> bool:
    """The file has a function of that name itself."""
    head = re.compile(rb"(?m)^(?:static\b|#\s*define\s)[^;{}=]*?\b" + re.escape(name.encode()) + rb"\b")
    return any(head.search(piece.text) for piece in image.pieces)


def _exported(definition: Definition, source: Source) -> bool:
    exported = re.compile(rb"EXPORT_SYMBOL\w*\s*\(\s*" + re.escape(definition.name.encode()) + rb"\b")
    return any(exported.search(piece.text) for piece in source.image.pieces)


def _in_file(definition: Definition, source: Source, every: bool = True) -> list[Site] | None:
    """The calls of a function in one file; None where it is used in any other way, and ``every`` one is asked for."""
    from gfplint.source.function import calls
    from gfplint.source.parse import parse_image

    name = re.escape(definition.name.encode())
    own = source.image == definition.unit.image
    lines: list[int] = []
    for piece in source.image.pieces:
        text = masked(piece.text)
        for match in re.compile(rb"(?m)^.*?\b" + name + rb"\b(?P<call>\s*\()?").finditer(text):
            line = piece.line + text.count(b"\n", 0, match.end())
            if (own and definition.first <= line <= definition.last) or match[0][:1] not in b"\t \n":
                continue  # itself, and a prototype
            if match["call"] and len(lines) < CALLS:
                lines.append(line)
            elif every:
                return None
    found: dict[tuple[int, int], Site] = {}
    for line in dict.fromkeys(lines):
        parsed = parse_image(source.image, [(line, line)])
        where = parsed._replace(functions=(), elsewhere=source.elsewhere)
        for one in parsed.functions:
            for site in calls(one):
                if site.name == definition.name and not site.indirect:
                    found.setdefault((one.first, site.node.start_byte), Site(one, site.node, where))
    return list(found.values()) if not every or len(found) >= len(set(lines)) else None
