# SPDX-License-Identifier: GPL-2.0-or-later
"""Gathers the configuration of a run, from the base side only."""

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gfplint.cli.common import Usage
from gfplint.config import Config, ConfigError, load

if TYPE_CHECKING:
    from gfplint.mail.tree import Tree

TREE_FILE = ".gfplint.toml"


def gather(tree: "Tree | None", base: str | None, options: Mapping[str, Any]) -> Config:
    """The configuration in force; ``base`` is the commit before the first one under review.

    Raises Usage for a configuration that cannot be used.
    """
    try:
        return load(_tree_file(tree, base), git_values, os.environ, options)
    except ConfigError as error:
        raise Usage(str(error)) from error


def _tree_file(tree: "Tree | None", base: str | None) -> tuple[bytes, str] | None:
    """The tree's own file as it stands before the patches: never what they make of it."""
    if tree is None:
        return None
    if tree.blobs is not None:
        name = f"{base or 'HEAD'}:{TREE_FILE}"
        text = tree.blobs.get(name)
        return None if text is None else (text, name)
    text = tree.on_disk(TREE_FILE)
    return None if text is None else (text, os.path.join(tree.root, TREE_FILE))


def git_values() -> Sequence[tuple[str, str]]:
    """The pairs of ``git config gfplint.*``.

    A process costs more than all the rest of the start-up, so git is asked
    only where one of its files speaks of gfplint or includes another.
    """
    if not any(map(_speaks, _git_files())):
        return ()
    import subprocess

    command = ["git", "config", "--null", "--get-regexp", r"^gfplint\."]
    try:
        done = subprocess.run(command, capture_output=True)
    except OSError:
        return ()
    pairs = [item.partition("\n") for item in done.stdout.decode("utf-8", "replace").split("\0") if item]
    return [(key, value) for key, _, value in pairs]


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
    inner = os.path.join(folder, ".git")
    return [*files, os.path.join(inner, "config") if os.path.isdir(inner) else inner]


def _speaks(file: str) -> bool:
    try:
        with open(file, "rb") as stream:
            text = stream.read(1 << 20)
    except OSError:
        return False
    return b"gfplint" in text or b"[include" in text.lower() or text.startswith(b"gitdir:")
