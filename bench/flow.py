# SPDX-License-Identifier: GPL-2.0-or-later
"""The flow analyses over a kernel tree: crashes, time, memory, steps, and what they would report.

python bench/flow.py TREE [FOLDER...] [--sample N] [--seed 1] [--jobs 2] [--findings]

Each function is analysed for itself, with what it needs of the others of its file.  Time is that of the process: on a
machine with something else to do it is longer.  A function that takes more than LIMIT is named.
"""

import argparse
import gc
import multiprocessing
import os
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from gfplint.diff.image import Image, Piece
from gfplint.facts import tables
from gfplint.flow import context, lifetime, locks, masks
from gfplint.source import function as reading
from gfplint.source.model import Definition, Source
from gfplint.source.parse import parse_image

LIMIT = 2.0  # seconds of CPU that one function may take
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


class Share(NamedTuple):
    """What one process found."""

    counts: Counter[str]
    slow: list[tuple[float, str]]  # the slowest functions
    broken: list[str]
    findings: list[str]
    seconds: float
    mebibytes: int  # at most


def share(tree: str, paths: Sequence[str]) -> Share:
    """Analyse the functions of some files."""
    gc.disable()  # it runs between the files: the second that it takes with a heap full of trees is no function's
    counts: Counter[str] = Counter()
    slow: list[tuple[float, str]] = []
    broken: list[str] = []
    told: list[str] = []
    begin = time.process_time()
    for path in paths:
        with open(path, "rb") as file:
            text = file.read()
        name = os.path.relpath(path, tree)
        source = parse_image(Image(name, "after", (Piece(1, text),), True, ("",)))
        for definition in source.functions:
            start = time.process_time()
            try:
                found = list(analyse(definition, source, counts))
            except Exception as fault:  # the point of the run: to see them all
                broken.append(f"{name}:{definition.first} {definition.name}: {fault!r}")
                continue
            took = time.process_time() - start
            slow.append((took, f"{name} {definition.name}"))
            counts["slow"] += took > LIMIT
            counts["found"] += len(found)
            told += [f"{name}:{line} [{definition.name}]" for line in found]
        slow = sorted(slow, reverse=True)[:20]
        if gc.get_count()[0] > 500_000:
            gc.collect()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Share(counts, slow, broken, told, time.process_time() - begin, memory)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("tree")
    parser.add_argument("folders", nargs="*", default=list(PLACES))
    parser.add_argument("--sample", type=int, default=0, help="so many files at random")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1, help="processes (1)")
    parser.add_argument("--findings", action="store_true")
    args = parser.parse_args()
    paths = files(args.tree, args.folders)
    if args.sample:
        paths = random.Random(args.seed).sample(paths, min(args.sample, len(paths)))
    parts = [(args.tree, paths[number :: args.jobs]) for number in range(args.jobs)]
    if args.jobs == 1:
        shares = [share(*parts[0])]
    else:
        with multiprocessing.Pool(args.jobs) as pool:
            shares = pool.starmap(share, parts)
    counts = sum((one.counts for one in shares), Counter())
    slow = sorted((one for part in shares for one in part.slow), reverse=True)
    broken = sorted(one for part in shares for one in part.broken)
    for line in sorted(line for part in shares for line in part.findings) if args.findings else ():
        print(line)
    for line in broken:
        print(line, file=sys.stderr)
    print(f"flow: {len(paths)} files, {dict(counts)}")
    print(f"{len(broken)} exceptions; {counts['slow']} functions over {LIMIT} s; slowest: ", end="")
    print(", ".join(f"{took:.2f} s {what}" for took, what in slow[: max(3, counts["slow"])]))
    print(f"{sum(part.seconds for part in shares):.1f} s of CPU, {max(part.mebibytes for part in shares)} MiB at most")
    return 1 if broken or counts["slow"] else 0


if __name__ == "__main__":
    sys.exit(main())
