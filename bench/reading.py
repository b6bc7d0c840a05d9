# SPDX-License-Identifier: GPL-2.0-or-later
"""How well and how fast kernel C is read: ``make bench-c TREE=/path/to/linux``.

Four measures, each against its target:

errors   functions whose tree has an ERROR or MISSING node, bare and repaired
calls    call expressions found, against Coccinelle on random functions
speed    repair and parse, in bytes a second of the bare parse
whole    every C file of the tree is read, and the time grows with the size

Samples are drawn with a seed, so that two runs compare.
"""

import argparse
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from gfplint.diff.image import Image, Piece
from gfplint.source.function import calls
from gfplint.source.language import parse_c
from gfplint.source.model import CallSite, Definition
from gfplint.source.parse import definitions, parse_image
from gfplint.source.repair import repair

FIXED = ("mm", "drivers/base", "arch/powerpc/platforms/powernv")
SAMPLED = ("drivers", "fs", "net")
RUNS = 3  # of a timing; the least counts
SMPL = """@c@
identifier f;
position p;
@@
f@p(...)
@script:python@
f << c.f;
p << c.p;
@@
print("C %s %s %s" % (p[0].file, p[0].line, f))
@m@
identifier f;
expression E;
position p;
@@
(
E->f@p(...)
|
E.f@p(...)
)
@script:python@
f << m.f;
p << m.p;
@@
print("C %s %s %s" % (p[0].file, p[0].line, f))
@d@
identifier f;
position p;
@@
f@p(...) { ... }
@script:python@
f << d.f;
p << d.p;
@@
print("D %s %s %s" % (p[0].file, p[0].line, f))
"""
_FUNCTION = re.compile(rb"\n(?:[A-Za-z_][^\n;{}#=]*\n?)?[A-Za-z_][^;{}#=/\"]*\)\n\{\n(?:(?!\n\}).)*\n\}\n", re.S)

Call = tuple[str, int, str]  # file, line, name


class Errors(NamedTuple):
    """Functions and those of them with an error; bytes and CPU seconds."""

    files: int
    functions: int
    bare: int
    repaired: int
    size: int
    bare_time: float
    repair_time: float
    parse_time: float

    def __str__(self) -> str:
        ratio = self.bare_time / (self.repair_time + self.parse_time)
        return (
            f"{self.files} files, {self.functions} functions, with an error: "
            f"bare {self.bare / max(1, self.functions):.2%}, "
            f"repaired {self.repaired} = {self.repaired / max(1, self.functions):.3%}; MB/s: bare "
            f"{self.size / self.bare_time / 1e6:.2f}, repair {self.size / self.repair_time / 1e6:.2f}, both "
            f"{self.size / (self.repair_time + self.parse_time) / 1e6:.2f}, ratio {ratio:.2f}"
        )


def c_files(tree: str, folder: str) -> list[str]:
    """All .c files below ``folder``, sorted."""
    found = []
    for root, folders, names in os.walk(os.path.join(tree, folder)):
        folders.sort()
        found += [os.path.join(root, name) for name in sorted(names) if name.endswith(".c")]
    return found


def read(path: str) -> bytes:
    with open(path, "rb") as stream:
        return stream.read()


def measure_errors(paths: Sequence[str]) -> Errors:
    """Parse whole files, bare and repaired."""
    functions = bare = fixed = size = 0
    times = [0.0, 0.0, 0.0]
    for path in paths:
        text = read(path)
        size += len(text)
        took, trees = [1e9] * 3, []
        for _ in range(RUNS):
            t0 = time.process_time()
            raw = parse_c(text)
            t1 = time.process_time()
            code = repair(text)
            t2 = time.process_time()
            tree = parse_c(code)
            t3 = time.process_time()
            took = [min(a, b) for a, b in zip(took, (t1 - t0, t2 - t1, t3 - t2), strict=True)]
            trees = [raw, tree]
        times = [a + b for a, b in zip(times, took, strict=True)]
        found = list(definitions(trees[1].root_node))
        functions += len(found)
        fixed += sum(node.has_error for node in found)
        bare += sum(node.has_error for node in definitions(trees[0].root_node))
    return Errors(len(paths), functions, bare, fixed, size, *times)


def random_functions(tree: str, count: int, rng: random.Random) -> Iterator[tuple[str, bytes]]:
    """Functions of random files, cut by their shape alone: a head at the first column, ``{`` and ``}`` too."""
    paths = [path for folder in (*FIXED, *SAMPLED) for path in c_files(tree, folder)]
    while count:
        path = rng.choice(paths)
        found = [m.group() for m in _FUNCTION.finditer(read(path).replace(b"\r", b""))]
        if found:
            yield path, rng.choice(found)
            count -= 1


def coccinelle(folder: str) -> tuple[Counter[Call], set[str]]:
    """Calls by Coccinelle's account, and the files whose function it could read."""
    with open(os.path.join(folder, "calls.cocci"), "w", encoding="ascii") as stream:
        stream.write(SMPL)
    command = ["spatch", "--no-includes", "--very-quiet", "--sp-file", "calls.cocci", "--dir", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=1200, check=False)
    found: Counter[Call] = Counter()
    good: set[str] = set()
    for line in done.stdout.splitlines():
        kind, _, rest = line.partition(" ")
        if kind in ("C", "D"):
            path, number, name = rest.split(" ")
            name_of = os.path.basename(path)
            if kind == "D":
                good.add(name_of)
            else:
                found[name_of, int(number), name] += 1
    return found, good


def our_calls(folder: str, name: str) -> Counter[Call]:
    """Calls by our account; block macros are no calls for Coccinelle."""
    text = read(os.path.join(folder, name))
    source = parse_image(Image(name, "after", (Piece(1, text),), True, ("",)))
    found: Counter[Call] = Counter()
    for fn in source.functions:
        for call in calls(fn):
            function = call.node.child_by_field_name("function")
            if call.name and (function is not None or call.name == "offsetof"):
                place = (function.child_by_field_name("field") or function) if function is not None else call.node
                found[name, fn.unit.position(*place.start_point)[0], call.name] += 1
    return found


def measure_calls(tree: str, count: int, rng: random.Random, show: bool) -> str:
    """Found and extra calls, over the functions that Coccinelle reads."""
    with tempfile.TemporaryDirectory() as folder:
        origin = {}
        for number, (path, text) in enumerate(random_functions(tree, count, rng)):
            name = f"f{number}.c"
            origin[name] = path
            with open(os.path.join(folder, name), "wb") as stream:
                stream.write(text)
        theirs, good = coccinelle(folder)
        ours: Counter[Call] = Counter()
        for name in sorted(good):
            ours += our_calls(folder, name)
        theirs = Counter({call: n for call, n in theirs.items() if call[0] in good})
        missing, extra = theirs - ours, ours - theirs
        if show:
            for word, calls_ in (("missing", missing), ("extra", extra)):
                for file, line, name in sorted(calls_):
                    code = read(os.path.join(folder, file)).split(b"\n")[line - 1].decode("latin-1").strip()
                    print(f"  {word} {os.path.relpath(origin[file], tree)}: {name}: {code}")
    total = theirs.total()
    return (
        f"{len(good)} of {count} functions read by Coccinelle, {total} calls: found "
        f"{1 - missing.total() / total:.3%}, extra {extra.total() / total:.3%}"
    )


def head_lines(fn: Definition, site: CallSite) -> tuple[int, int]:
    """The image lines of the statement that a call stands in, up to the end of its head where it has a body."""
    node, inner = site.node, site.node
    if node.type in ("call_expression", "offsetof_expression"):
        while node.parent is not None and not node.type.endswith(("_statement", "declaration")):
            node, inner = node.parent, node
    else:  # a macro with a block
        inner = node.child_by_field_name("condition") or node
    return fn.unit.span(node).start[0], fn.unit.span(inner).end[0]


class Stretch(NamedTuple):
    """What a stretch of a file shows as a hunk, by the whole file and by itself."""

    want: Counter[tuple[int, str]]  # line and name of the calls whose statement is in sight
    cut: Counter[tuple[int, str]]  # those of a statement that begins or ends out of sight
    got: Counter[tuple[int, str]]
    shown: int  # functions, or parts
    broken: int
    named: int
    wrong: int


def read_stretch(path: str, text: bytes, first: int, last: int) -> Stretch:
    """Read the lines ``first`` to ``last``, and all of the file."""
    lines = text.split(b"\n")
    whole = parse_image(Image(path, "after", (Piece(1, text),), True, ("",)))
    piece = Piece(first, b"".join(line + b"\n" for line in lines[first - 1 : last]))
    section = next((line for line in reversed(lines[: first - 1]) if re.match(rb"[A-Za-z_$]", line)), b"")
    hunk = Image(path, "after", (piece,), False, (section[:80].decode("latin-1"),))
    want: Counter[tuple[int, str]] = Counter()
    cut: Counter[tuple[int, str]] = Counter()
    for fn in whole.functions:
        for call in calls(fn) if fn.first <= last and first <= fn.last else ():
            line, (low, high) = fn.unit.span(call.node).start[0], head_lines(fn, call)
            if first <= line <= last:
                (want if first <= low and high <= last else cut)[line, call.name] += 1
    got: Counter[tuple[int, str]] = Counter()
    shown = broken = named = wrong = 0
    names = {fn.name for fn in whole.functions}
    for fn in parse_image(hunk).functions:
        shown += 1
        broken += fn.node.has_error
        named += bool(fn.name)
        wrong += bool(fn.name) and fn.name not in names
        for call in calls(fn):
            got[fn.unit.span(call.node).start[0], call.name] += 1
    return Stretch(want, cut, got, shown, broken, named, wrong)


def measure_hunks(tree: str, count: int, rng: random.Random, show: bool) -> str:
    """Calls and names of functions in random stretches of files, as hunks show them, against the whole file."""
    paths = [path for folder in (*FIXED, *SAMPLED) for path in c_files(tree, folder)]
    total = missing = extra = shown = broken = named = wrong = cut = 0
    for _ in range(count):
        path = rng.choice(paths)
        text = read(path)
        size = text.count(b"\n")
        first = rng.randrange(1, max(2, size - 8))
        found = read_stretch(path, text, first, min(size, first + rng.choice((6, 7, 8, 10, 12, 20, 40))))
        total, cut = total + found.want.total(), cut + found.cut.total()
        missing += (found.want - found.got).total()
        extra += (found.got - found.want - found.cut).total()
        shown, broken = shown + found.shown, broken + found.broken
        named, wrong = named + found.named, wrong + found.wrong
        for word, counter in (("missing", found.want - found.got), ("extra", found.got - found.want - found.cut)):
            for line, name in counter if show else ():
                code = text.split(b"\n")[line - 1].decode("latin-1").strip()
                print(f"  {word} {os.path.relpath(path, tree)}:{line} [{first}] {name}: {code}")
    return (
        f"{count} stretches, {total} calls in statements that they show whole: "
        f"found {1 - missing / max(1, total):.2%}, "
        f"extra {extra / max(1, total):.2%} ({cut} in statements that are cut, not counted); "
        f"{shown} functions, {broken} with an error, {named} named, {wrong} of them wrongly"
    )


def measure_whole(tree: str) -> str:
    """Read every C file; the slowest for its size."""
    worst, files, size = (0.0, ""), 0, 0
    start = time.process_time()
    for path in c_files(tree, "."):
        text = read(path)
        t0 = time.process_time()
        code = repair(text)
        took = time.process_time() - t0
        assert len(code) == len(text), path
        parse_c(code)
        files, size = files + 1, size + len(text)
        if len(text) > 20000:
            worst = max(worst, (took / len(text) * 1e9, os.path.relpath(path, tree)))
    took = time.process_time() - start
    return f"{files} files, {size / 1e6:.0f} MB in {took:.0f} s CPU; slowest repair {worst[0]:.0f} ms/MB: {worst[1]}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("tree", help="a kernel tree")
    parser.add_argument("--files", type=int, default=1500, help="random files for errors and speed (1500)")
    parser.add_argument("--functions", type=int, default=500, help="random functions for calls (500)")
    parser.add_argument("--hunks", type=int, default=1000, help="random stretches read as hunks (1000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--whole", action="store_true", help="also read every C file of the tree (minutes)")
    parser.add_argument("--show", action="store_true", help="show the calls that differ")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    for folder in FIXED if options.files else ():
        print(f"errors {folder}: {measure_errors(c_files(options.tree, folder))}", flush=True)
    if options.files:
        paths = [path for folder in SAMPLED for path in c_files(options.tree, folder)]
        rng.shuffle(paths)
        print(f"errors {options.files} of {' '.join(SAMPLED)}: {measure_errors(paths[: options.files])}", flush=True)
    if options.functions:
        print(f"calls: {measure_calls(options.tree, options.functions, rng, options.show)}", flush=True)
    if options.hunks:
        print(f"hunks: {measure_hunks(options.tree, options.hunks, rng, options.show)}", flush=True)
    if options.whole:
        print(f"whole: {measure_whole(options.tree)}", flush=True)


if __name__ == "__main__":
    main()
