# SPDX-License-Identifier: GPL-2.0-or-later
"""gfplint: reviews the memory-management side of Linux kernel patches.

``lint()`` is ``gfplint check`` as a call.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os

    from gfplint.review import Review

__version__ = "0.1.0"
__all__ = ["BadInput", "lint"]


class BadInput(ValueError):
    """Something could not be read; ``reviews`` holds those of all the rest."""

    def __init__(self, problems: Sequence[object], reviews: list[Review]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = tuple(problems)
        self.reviews = reviews


def lint(
    data_or_path: bytes | str | os.PathLike[str],
    *,
    name: str = "-",
    select: str | Sequence[str] = (),
    ignore: str | Sequence[str] = (),
    tree: str | os.PathLike[str] | None = None,
    kernel: str | None = None,
) -> list[Review]:
    """Lint a mailbox, a mail or a diff; one Review for each patch in it, in order.

    ``data_or_path`` is the text as bytes (``name`` is what it is called in the
    reviews) or the path of a file or maildir.  ``select`` and ``ignore`` take
    rule ids, families and globs.  ``tree`` is a kernel tree that whole files come
    from, ``kernel`` a version such as "6.12" (default: the tree's).

    Raises BadInput when something could not be read or a rule broke (all else
    is reviewed first, and is in its ``reviews``), ValueError for an unknown rule.
    """
    import os

    from gfplint.mail.intake import Intake
    from gfplint.mail.tree import Tree
    from gfplint.review import Options, review
    from gfplint.rulebook import Rulebook

    ground = Tree(os.fspath(tree)) if tree is not None else None
    kernel = kernel or (ground.kernel if ground is not None else None)
    book = Rulebook()
    book.select([select] if isinstance(select, str) else select, [ignore] if isinstance(ignore, str) else ignore)
    intake = (
        Intake.of_bytes(data_or_path, name) if isinstance(data_or_path, bytes) else Intake([os.fspath(data_or_path)])
    )
    reviews = [one for series in intake for one in review(series, ground, book, Options(kernel))]
    problems = [*book.problems, *intake.problems, *(problem for one in reviews for problem in one.errors)]
    if problems:
        raise BadInput(problems, reviews)
    return reviews
