# SPDX-License-Identifier: GPL-2.0-or-later
"""The flow analyses over a kernel tree: crashes, time, memory, steps, and what they would report.

python bench/flow.py TREE [FOLDER...] [--sample N] [--seed 1] [--findings]
"""

import argparse
import os
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator

from gfplint.diff.image import Image, Piece
from gfplint.facts import tables
from gfplint.flow import context, lifetime, locks, masks
from gfplint.source import function as reading
from gfplint.source.model import Definition, Source
from gfplint.source.parse import parse_image

PLACES = (
    "arch",
    "block",
    "crypto",
    "drivers",
    "fs",
    "init",
    "io_uring",
    "ipc",
    "kernel",
    "lib",
    "mm",
    "net",
    "security",
)


def files(tree: str, folders: list[str]) -> list[str]:
    found = []
    for place in folders:
        for folder, _, names in os.walk(os.path.join(tree, place)):
            found += [os.path.join(folder, name) for name in names if name.endswith(".c")]
    return sorted(found)


def findings(definition: Definition, flow: locks.LockFlow) -> Iterator[str]:
    """What the lock analysis has against a function, as file:line: words."""
    span = definition.unit.span
    for way in flow.exits:
        for held in way.leaks:
            yield f"{way.span.line}: leak of {held.op.acquire}({held.key}), taken in line {span(held.node).line}"
    for twice in flow.twice:
        first = span(twice.first.node).line
        yield f"{span(twice.node).line}: {twice.op.acquire}({twice.key}) again, first in line {first}"
    for release in flow.releases:
        if release.other is not None:
            yield f"{span(release.node).line}: {release.name}({release.key}) for {release.other.op.acquire}()"
        elif release.held == "no":
            yield f"{span(release.node).line}: {release.name}({release.key}) of a lock that is not held"


def analyse(definition: Definition, source: Source, counts: Counter[str]) -> Iterator[str]:
    """Run every analysis on a function."""
    facts = tables.load()
    flow = locks.analyse(definition, facts, source)
    counts["functions"] += 1
    if flow is None:
        counts["given up"] += 1
    else:
        counts["steps"] += flow.steps
        yield from findings(definition, flow)
        found = context.ContextFlow(definition, facts, flow, source)
        for site in reading.calls(definition)[:20]:
            counts[found.at(site.node).kind] += 1
    uses = lifetime.analyse(definition, facts, "6.12", source.defines)
    counts["uses"] += len(uses or ())
    for site in reading.calls(definition):
        row = facts.allocators.get(site.name)
        if row is not None and 0 <= row.gfp < len(site.args):
            values = masks.alternatives(definition, site.args[row.gfp], facts, "6.12", source.defines)
            counts["masks"] += len(values)
            counts["masks known"] += sum(value.known for value in values)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tree")
    parser.add_argument("folders", nargs="*", default=list(PLACES))
    parser.add_argument("--sample", type=int, default=0, help="so many files at random")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--findings", action="store_true")
    args = parser.parse_args()
    paths = files(args.tree, args.folders)
    if args.sample:
        paths = random.Random(args.seed).sample(paths, min(args.sample, len(paths)))
    counts: Counter[str] = Counter()
    slow: list[tuple[float, str]] = []
    broken = 0
    begin = time.process_time()
    for path in paths:
        with open(path, "rb") as file:
            text = file.read()
        name = os.path.relpath(path, args.tree)
        source = parse_image(Image(name, "after", (Piece(1, text),), True, ("",)))
        for definition in source.functions:
            start = time.process_time()
            try:
                found = list(analyse(definition, source, counts))
            except Exception as fault:  # the point of the run: to see them all
                broken += 1
                print(f"{name}:{definition.first} {definition.name}: {fault!r}", file=sys.stderr)
                continue
            slow.append((time.process_time() - start, f"{name} {definition.name}"))
            counts["found"] += len(found)
            if args.findings:
                for line in found:
                    print(f"{name}:{line} [{definition.name}]")
    slow.sort(reverse=True)
    print(f"{len(paths)} files, {dict(counts)}")
    print(f"{broken} exceptions; slowest: " + ", ".join(f"{took:.2f} s {what}" for took, what in slow[:3]))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{time.process_time() - begin:.1f} s of CPU, {memory} MiB at most")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
