# SPDX-License-Identifier: GPL-2.0-or-later
"""Gathers the configuration of a run, from the base side only."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gfplint.cli.common import Usage
from gfplint.config import Config, ConfigError, load

if TYPE_CHECKING:
    from gfplint.diff.model import Series
    from gfplint.mail.tree import Tree
    from gfplint.rulebook import Rulebook

TREE_FILE = ".gfplint.toml"
TreeFile = tuple[bytes, str]  # its text, and what it is called


def gather(tree_file: TreeFile | None, options: Mapping[str, Any]) -> Config:
    """The configuration in force.  Raises Usage for one that cannot be used."""
    try:
        return load(tree_file, git_values, os.environ, options)
    except ConfigError as error:
        raise Usage(str(error)) from error


def check_rules(config: Config, book: Rulebook) -> None:
    """Whatever the configuration calls a rule is one.  Raises Usage with the origin of the first that is not."""
    if not config.patterns:
        return
    from gfplint.rulebook import UnknownRule

    for pattern, origin in config.patterns:
        try:
            book.match(pattern)
        except UnknownRule as error:
            raise Usage(f"{origin}: {error}") from error


def choose(config: Config, book: Rulebook) -> None:
    """Keep the rules that the configuration selects."""
    select = config.names("select")
    book.select((*select, *config.names("extend-select")) if select else (), config.names("ignore"))


def tree_file(tree: Tree | None, base: str | None = None) -> TreeFile | None:
    """The tree's own file as it stands before the patches; ``base`` is the commit before the first of them."""
    if tree is None:
        return None
    if tree.blobs is not None:
        name = f"{base or 'HEAD'}:{TREE_FILE}"
        text = tree.blobs.get(name)
        return None if text is None else (text, name)
    name = os.path.join(tree.root, TREE_FILE)
    text = tree.on_disk(TREE_FILE)
    if text is None and os.path.lexists(name):
        link = os.path.islink(name)
        raise Usage(f"{name}: {'a symbolic link is not followed' if link else 'cannot be read'}")
    return None if text is None else (text, name)


def before(found: TreeFile | None, series: Series) -> TreeFile | None:
    """The tree's file without what ``series`` brings to it, where the tree has the series already.

    Whoever lints a mail may have applied it first: its changes must not judge it.
    Raises Usage where it cannot be told which of the two it is.
    """
    if found is None:
        return None
    text, name = found
    touching = [
        diff
        for patch in series.patches
        if TREE_FILE in patch.mail.diff
        for diff in patch.files
        if TREE_FILE in (diff.old_path, diff.new_path)
    ]
    if not touching:
        return found
    from gfplint.diff.apply import apply

    first, last = touching[0], touching[-1]
    if first.old_path == TREE_FILE and apply(text, first) is not None:
        if last.new_path == TREE_FILE and apply(text, last, reverse=True) is not None:
            raise Usage(f"{name}: has the series brought this, or will it? no configuration of the tree is used")
        return found  # not applied yet
    for diff in reversed(touching):
        undone = apply(text, diff, reverse=True) if diff.new_path == TREE_FILE and diff.hunks else None
        if undone is None:
            break
        if diff.old_path != TREE_FILE:  # this patch made the file
            return None
        text = undone.text
    return text, name


def git_values() -> Sequence[tuple[str, str, str]]:
    """Keys and values of ``git config gfplint.*``, and the file of each.

    A process costs more than all the rest of the start-up, so git is asked
    only where one of its files speaks of gfplint or includes another.
    """
    if not any(map(_speaks, _git_files())):
        return ()
    import subprocess

    command = ["git", "config", "--null", "--show-origin", "--get-regexp", r"^gfplint\."]
    try:
        done = subprocess.run(command, capture_output=True)
    except OSError:
        return ()
    items = done.stdout.decode("utf-8", "replace").split("\0")
    pairs = zip(items[0::2], items[1::2], strict=False)
    return [(*item.partition("\n")[::2], origin.removeprefix("file:")) for origin, item in pairs]


def _git_files() -> list[str]:
    home = os.environ.get("HOME", "")
    base = os.environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
    files = ["/etc/gitconfig", os.path.join(base, "git", "config"), os.path.join(home, ".gitconfig")]
    files += [os.environ[name] for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM") if os.environ.get(name)]
    if os.environ.get("GIT_DIR"):
        return [*files, os.path.join(os.environ["GIT_DIR"], "config")]
    folder = os.getcwd()
    while not os.path.exists(os.path.join(folder, ".git")):
        above = os.path.dirname(folder)
        if above == folder:
            return files
        folder = above
    return files + _repository_files(os.path.join(folder, ".git"))


def _repository_files(inner: str) -> list[str]:
    """The configuration of a repository, by its .git: a folder, or the file of a worktree (gitrepository-layout(5))."""
    if os.path.isdir(inner):
        return [os.path.join(inner, "config")]
    own = os.path.join(os.path.dirname(inner), _line(inner).removeprefix("gitdir: "))
    common = os.path.join(own, _line(os.path.join(own, "commondir")))
    return [os.path.join(common, "config"), os.path.join(own, "config.worktree")]


def _line(file: str) -> str:
    """The first line of a small file; "" for one that cannot be read."""
    try:
        with open(file, encoding="utf-8", errors="surrogateescape") as stream:
            return stream.readline(4096).rstrip("\n")
    except OSError:
        return ""


def _speaks(file: str) -> bool:
    try:
        with open(file, "rb") as stream:
            text = stream.read(1 << 20)
    except OSError:
        return False
    return b"gfplint" in text or b"[include" in text.lower()
