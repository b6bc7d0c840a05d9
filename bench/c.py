# SPDX-License-Identifier: GPL-2.0-or-later
"""How much of a kernel tree's C is understood, and how fast.

    python bench/c.py TREE [FOLDER...] [--limit FILES]

Each file is parsed whole.  A function counts as understood when it is complete: it begins
and ends in sight and was parsed without an error.
"""

import argparse
import os
import time
from collections.abc import Iterator

from gfplint.diff.image import Image, Piece
from gfplint.source.parse import parse_image

FOLDERS = ("mm", "drivers/base", "arch/powerpc/platforms", "kernel", "drivers/misc")


def main() -> int:
    """Parse and count; prints a line a folder."""
    options = argparse.ArgumentParser(description="how much of a kernel tree's C is understood")
    options.add_argument("tree")
    options.add_argument("folder", nargs="*", default=FOLDERS)
    options.add_argument("--limit", type=int, default=400, help="files of a folder")
    given = options.parse_args()
    print(f"{'folder':28} {'files':>6} {'functions':>10} {'complete':>9} {'share':>8} {'MB/s':>6}")
    for folder in given.folder:
        files = functions = complete = size = 0
        taken = 0.0
        for path in list(sources(os.path.join(given.tree, folder)))[: given.limit]:
            with open(path, "rb") as stream:
                text = stream.read()
            start = time.perf_counter()
            found = parse_image(
                Image(os.path.relpath(path, given.tree), "after", (Piece(1, text),), True, ("",))
            ).functions
            taken += time.perf_counter() - start
            files, size, functions = files + 1, size + len(text), functions + len(found)
            complete += sum(function.complete for function in found)
        share = f"{complete / functions:8.2%}" if functions else "       -"
        speed = size / taken / 1e6 if taken else 0.0
        print(f"{folder:28} {files:6} {functions:10} {complete:9} {share} {speed:6.2f}")
    return 0


def sources(folder: str) -> Iterator[str]:
    """The C files below a folder, in a stable order."""
    for where, folders, names in os.walk(folder):
        folders.sort()
        yield from (os.path.join(where, name) for name in sorted(names) if name.endswith(".c"))


if __name__ == "__main__":
    raise SystemExit(main())
