# SPDX-License-Identifier: GPL-2.0-or-later
"""Seeded faults: does the lock analysis find an unlock that was taken away, at the right way out?

Takes functions of a kernel tree that lock and unlock, deletes one unlock of
each or moves a return before it, and looks for the leak.  The right ways out
are those that plain reachability over the statements leads to from the place
of the fault, and the last gotos before it, where the path goes by a goto to a
label that others share; the analysis has no part in saying which they are.

    python bench/seeded.py TREE [--count 300] [--seed 1] [-v]
"""

import argparse
import os
import random
import sys
import time
from collections.abc import Iterator
from typing import NamedTuple

from tree_sitter import Node

from gfplint.diff.image import Image, Piece
from gfplint.facts import tables
from gfplint.flow import locks
from gfplint.flow.graph import Graph, build
from gfplint.source.model import Definition, Source
from gfplint.source.parse import parse_image

PLACES = (
    "arch",
    "block",
    "crypto",
    "drivers",
    "fs",
    "io_uring",
    "ipc",
    "kernel",
    "lib",
    "mm",
    "net",
    "security",
    "sound",
)


class Fault(NamedTuple):
    """A mutation of a function, and where its leak must show."""

    kind: str
    text: bytes  # of the whole file
    line: int
    exits: frozenset[int]  # lines
    key: str


def files(tree: str, chance: random.Random) -> Iterator[str]:
    """The C files of the tree in random order."""
    found = [
        os.path.join(folder, name)
        for place in PLACES
        for folder, _, names in os.walk(os.path.join(tree, place))
        for name in names
        if name.endswith(".c")
    ]
    found.sort()
    chance.shuffle(found)
    return iter(found)


def source_of(path: str, text: bytes, lines: list[tuple[int, int]] | None = None) -> Source:
    return parse_image(Image(path, "after", (Piece(1, text),), True, ("",)), lines)


def statement(node: Node) -> Node | None:
    """The statement that a call is all of."""
    parent = node.parent
    return parent if parent is not None and parent.type == "expression_statement" else None


def correct(flow: locks.LockFlow | None) -> bool:
    """It takes and gives back, and leaves with nothing."""
    if flow is None or flow.twice or any(way.leaks or way.surely or way.maybe for way in flow.exits):
        return False
    return any(release.held == "yes" for release in flow.releases)


def faults(definition: Definition, flow: locks.LockFlow, text: bytes, chance: random.Random) -> Fault | None:
    """One fault of the function, at random; None where it offers none."""
    unit = definition.unit
    choices = []
    for release in flow.releases:
        if release.held == "yes" and (whole := statement(release.node)) is not None:
            choices.append(("deleted", release, whole))
            after = whole.next_named_sibling
            if after is not None and after.type == "return_statement":
                choices.append(("moved", release, whole))
    if not choices:
        return None
    kind, release, whole = chance.choice(choices)
    shift = text.find(unit.text)
    if shift < 0 or text.count(unit.text) != 1:
        return None
    start, end = whole.start_byte - unit.lead + shift, whole.end_byte - unit.lead + shift
    lines = reached(
        definition, release.node, {other.node.start_byte for other in flow.releases if other.key == release.key}
    )
    if kind == "moved" and (back := whole.next_named_sibling) is not None:
        stop = back.end_byte - unit.lead + shift
        mutated = text[:start] + text[end:stop] + b" " + text[start:end] + text[stop:]
        lines = frozenset((unit.span(back).line,))
    elif not lines:
        return None
    else:
        mutated = text[:start] + b";" + b" " * (end - start - 1) + text[end:]
    return Fault(kind, mutated, unit.span(whole).line, lines, release.key)


def reached(definition: Definition, node: Node, releases: set[int]) -> frozenset[int]:
    """Lines of the ways out that are reached from ``node`` without another release of the lock.

    Where none is reached, the function does not come back from there.
    """
    graph = build(definition)
    assert graph is not None
    unit = definition.unit
    lines: set[int] = set()
    todo: list[tuple[int, int]] = []
    for block in graph.blocks:
        for index, step in enumerate(block.steps):
            if step.kind == "eval" and step.node.start_byte <= node.start_byte < step.node.end_byte:
                todo.append((block.index, index + 1))
    start, seen = list(todo), set()
    while todo:
        index, first = todo.pop()
        if (index, first) in seen:
            continue
        seen.add((index, first))
        block = graph.blocks[index]
        stopped = False
        for step in block.steps[first:]:
            if any(step.node.start_byte <= place < step.node.end_byte for place in releases) and step.kind == "eval":
                stopped = True
                break
            if step.kind == "jump":
                lines.add(unit.span(step.node).line)
        if stopped:
            continue
        if block.end == "end":
            lines.add(definition.last)
        todo += [(edge.target, 0) for edge in block.edges]
    return frozenset(lines | came_by(graph, {index for index, _ in start}, definition)) if lines else frozenset()


def came_by(graph: Graph, blocks: set[int], definition: Definition) -> set[int]:
    """Lines of the last gotos on the ways to ``blocks``."""
    lines: set[int] = set()
    todo, seen = list(blocks), set(blocks)
    while todo:
        target = todo.pop()
        for block in graph.blocks:
            for edge in block.edges:
                if edge.target != target:
                    continue
                if edge.jump is not None:
                    lines.add(definition.unit.span(edge.jump).line)
                elif block.index not in seen:
                    seen.add(block.index)
                    todo.append(block.index)
    return lines


def found(fault: Fault, definition: Definition, flow: locks.LockFlow | None) -> bool:
    """A leak of that lock at one of the right ways out, or the next acquisition while it is held."""
    if flow is None:
        return False
    leaks = any(held.key == fault.key and way.span.line in fault.exits for way in flow.exits for held in way.leaks)
    twice = any(twice.key == fault.key for twice in flow.twice)
    return leaks or twice


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tree")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-v", "--verbose", action="store_true")
    args = parser.parse_args()
    facts = tables.load()
    chance = random.Random(args.seed)
    begin = time.perf_counter()
    tried = hits = clean = noise = 0
    missed: list[str] = []
    for path in files(args.tree, chance):
        if tried >= args.count:
            break
        with open(path, "rb") as file:
            text = file.read()
        name = os.path.relpath(path, args.tree)
        if not any(word.encode() in text for word in ("_lock", "_unlock", "down_")):
            continue
        source = source_of(name, text)
        picked = 0
        for definition in chance.sample(source.functions, len(source.functions)):
            if picked >= 2 or tried >= args.count:
                break
            flow = locks.analyse(definition, facts, source) if definition.complete else None
            if flow is None or not any(release.held == "yes" for release in flow.releases):
                continue
            clean += 1
            if any(way.leaks for way in flow.exits) or flow.twice:
                noise += 1
                print(f"untouched: {name}:{definition.first} {definition.name}")
            if not correct(flow):
                continue
            fault = faults(definition, flow, text, chance)
            if fault is None:
                continue
            picked += 1
            tried += 1
            mutated = source_of(name, fault.text)
            again = next(
                (one for one in mutated.functions if one.name == definition.name and one.first == definition.first),
                None,
            )
            if again is not None and found(fault, again, locks.analyse(again, facts, mutated)):
                hits += 1
            else:
                missed.append(f"missed: {name}:{fault.line} {definition.name}: {fault.kind} unlock of {fault.key}")
    if args.verbose:
        print("\n".join(missed))
    share = 100 * hits / max(1, tried)
    print(f"{tried} faults, {hits} found at the right way out ({share:.1f} %)")
    print(f"{noise} of {clean} untouched functions reported")
    print(f"{time.perf_counter() - begin:.1f} s, seed {args.seed}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
