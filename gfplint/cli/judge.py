# SPDX-License-Identifier: GPL-2.0-or-later
"""By what a run judges: the tree, the configuration of its base side, and the rules that this selects."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gfplint.cli import settings
from gfplint.cli.common import Usage, open_book

if TYPE_CHECKING:
    import argparse

    from gfplint.cli.settings import TreeFile
    from gfplint.config import Config
    from gfplint.diff.model import Series
    from gfplint.mail.tree import Tree
    from gfplint.review import Options


def names(values: Sequence[str]) -> list[str]:
    """The names of options that take several, with commas or one by one."""
    return [name.strip() for value in values for name in value.split(",") if name.strip()]


class Judge:
    """What a series is judged by: the configuration of its base, and the rules that this one selects."""

    def __init__(self, given: argparse.Namespace, tree: Tree | None, file: TreeFile | None) -> None:
        if given.select and not names(given.select):
            raise Usage("--select names no rule")  # an empty variable of a script must not mean all of them
        wanted = {
            "select": names(given.select),
            "extend-select": names(given.extend_select),
            "ignore": names(given.ignore),
            "kernel": given.kernel,
            "fail-on": given.fail_on,
        }
        self.file = file
        self.config = settings.gather(file, {key: value for key, value in wanted.items() if value})
        self.folders = (*self.config.names("rules"), *given.rules)
        self.book = open_book(self.folders)
        settings.check_rules(self.config, self.book)
        settings.choose(self.config, self.book)
        self.options = _options(given, self.config, tree)
        self._given, self._tree = given, tree

    def bare(self) -> Judge:
        """The judge of a series whose tree has no configuration that can be used."""
        return Judge(self._given, self._tree, None)

    def job(self, tree: Tree | None) -> tuple[object, ...]:
        """What a process must know that reviews files: see files.Job."""
        root = os.path.abspath(tree.root) if tree is not None else None
        select = self.config.names("select")
        chosen = (*select, *self.config.names("extend-select")) if select else ()
        return self.folders, chosen, self.config.names("ignore"), root, self.options

    def of(self, series: Series) -> Judge:
        """The judge of one series of mails, which the tree may have already.  Raises Usage."""
        if self.file is None:
            return self
        file = settings.before(self.file, series)
        return self if file is self.file else Judge(self._given, self._tree, file)


def judge_of(given: argparse.Namespace, tree: Tree | None, series: list[Series] | None) -> Judge:
    """The judge of a run; of commits, by the configuration before the first of them.  Raises Usage."""
    base = None
    if given.git and series:
        from gfplint.mail import git

        base = git.before(series, ".")
    return Judge(given, tree, settings.tree_file(tree, base))


def tree_of(given: argparse.Namespace) -> Tree | None:
    """The kernel tree that the options name, or the one around the current folder."""
    from gfplint.mail.tree import Tree, find_tree

    if given.no_tree:
        return None
    if given.tree is None:
        found = find_tree(".")
        return Tree(found) if found else None
    if not os.path.isfile(os.path.join(given.tree, "include/linux/mm.h")):
        raise Usage(f"--tree {given.tree}: not a kernel tree, no include/linux/mm.h")
    return Tree(given.tree)


def _options(given: argparse.Namespace, config: Config, tree: Tree | None) -> Options:
    from gfplint.review import Options

    return Options(
        kernel=config.text("kernel") or (tree.kernel if tree is not None else None),
        any_path=given.any_path,
        severity=config.severity,
        paths=tuple(config.paths),
        suppress=None if given.no_suppress else tuple(config.suppress),
    )
