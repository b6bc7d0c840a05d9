# SPDX-License-Identifier: GPL-2.0-or-later
"""``gfplint check -f``: whole files and folders, with nothing before them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from gfplint.cli.common import open_book
from gfplint.finding import Problem
from gfplint.mail.tree import Tree

if TYPE_CHECKING:
    from gfplint.review import Options, Review


def sources(names: Sequence[str], problems: list[Problem]) -> Iterator[str]:
    """The C files that are named or lie below the folders named, sorted."""
    for name in names:
        if os.path.isdir(name):
            for folder, folders, files in os.walk(name):
                folders[:] = sorted(entry for entry in folders if not entry.startswith("."))
                yield from (
                    os.path.normpath(os.path.join(folder, file))
                    for file in sorted(files)
                    if file.endswith((".c", ".h"))
                )
        elif os.path.exists(name):
            yield os.path.normpath(name)
        else:
            problems.append(Problem(name, None, "no such file or folder"))


class Job:
    """Reviews one file; made once in each process."""

    def __init__(
        self, folders: Sequence[str], select: Sequence[str], ignore: Sequence[str], root: str | None, options: Options
    ) -> None:
        self.book = open_book(folders)
        self.book.select(select, ignore)
        self.root = root
        self.tree = Tree(root) if root is not None else None
        self.options = options

    def __call__(self, name: str) -> Review | Problem:
        from gfplint.review import review_file

        try:
            with open(name, "rb") as file:
                text = file.read()
        except OSError as error:
            return Problem(name, None, error.strerror or "cannot be read")
        path = os.path.relpath(os.path.abspath(name), self.root) if self.root else name
        return review_file(name if path.startswith("..") else path, text, self.book, self.options, self.tree)


_job: Job | None = None


def _start(*args: object) -> None:
    global _job
    _job = Job(*args)  # type: ignore[arg-type]


def _run(name: str) -> Review | Problem:
    assert _job is not None
    return _job(name)


def reviews(job_args: tuple[object, ...], names: Sequence[str], jobs: int) -> Iterator[Review | Problem]:
    """A Review for each file, in order; in ``jobs`` processes."""
    if jobs <= 1 or len(names) < 8:
        _start(*job_args)
        yield from map(_run, names)
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(jobs, initializer=_start, initargs=job_args) as pool:
        yield from pool.map(_run, names, chunksize=8)
