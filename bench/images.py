# SPDX-License-Identifier: GPL-2.0-or-later
"""Patches reviewed a second, on one core, with a tree and from hunks alone.

    python bench/images.py [--tree REPO] MBOX...

Only patches that reach analysis count: those that a trigger word dismisses
cost next to nothing and would flatter the figure.  Reading the mailbox is
not in it (see bench/intake.py), the rules are.
"""

import argparse
import resource
import time

from gfplint.mail.intake import Intake
from gfplint.mail.tree import Tree
from gfplint.review import Options, review
from gfplint.rulebook import Rulebook
from gfplint.source import parse as reading
from gfplint.source.model import Source


class Count:
    """What tree-sitter was given to do."""

    def __init__(self) -> None:
        self.functions = self.bytes = self.calls = 0

    def watch(self) -> None:
        """Count from now on; the review looks the parser up when it needs it."""
        parse = reading.parse_image

        def counted(*args: object, **options: object) -> Source:
            source = parse(*args, **options)  # type: ignore[arg-type]
            self.calls += 1
            self.functions += len(source.functions)
            units = {id(fn.unit): fn.unit for fn in source.functions}
            self.bytes += sum(len(unit.text) for unit in units.values())
            return source

        reading.parse_image = counted


def measure(mboxes: list[str], tree: Tree | None) -> None:
    """Review all and print one line."""
    count = Count()
    count.watch()
    book = Rulebook()
    options = Options(tree.kernel if tree is not None else None)
    spent, reached, every = 0.0, 0, 0
    for series in Intake(mboxes):
        before, begun = count.calls, time.process_time()
        reviews = list(review(series, tree, book, options))
        every += len(reviews)
        if count.calls > before:
            spent += time.process_time() - begun
            reached += len(reviews)
    name = "with a tree" if tree is not None else "hunks alone"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{name:12} {reached} of {every} patches reach analysis, "
        f"{reached / max(spent, 1e-9):.0f} a second; "
        f"a patch: {count.functions / max(reached, 1):.1f} functions parsed, "
        f"{count.bytes / max(reached, 1) / 1024:.1f} KiB repaired; peak {peak:.0f} MiB"
    )


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--tree", help="a kernel repository")
    options.add_argument("mbox", nargs="+")
    given = options.parse_args()
    measure(given.mbox, Tree(given.tree) if given.tree else None)


if __name__ == "__main__":
    main()
