# SPDX-License-Identifier: GPL-2.0-or-later
"""Which files of a tree have a line of some shape: through git, or by reading them."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import cache

from gfplint.diff.image import Unseen

TIME = 20  # seconds that git may take
_LIMIT = 1 << 20  # bytes of a file that is read


def git(root: str, pattern: str, names: Sequence[str]) -> list[str]:
    """The paths, in HEAD.  Nothing is fetched or written.

    Raises Unseen where git fails, takes too long, or could not read all (a partial clone): some are not all.
    """
    import subprocess

    command = ["git", "-C", root, "-c", "protocol.allow=never", "--no-pager", "grep", "-l", "-z", "-E"]
    command += ["--no-textconv", "--no-recurse-submodules", "-e", pattern, "HEAD", "--", *names]
    env = {**os.environ, "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=TIME, env=env)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unseen(f"git grep: {error}") from error
    if done.returncode not in (0, 1) or done.stderr:
        raise Unseen(f"git grep: {done.stderr.decode(errors='replace').strip()}")
    found = done.stdout.decode("utf-8", "surrogateescape").split("\0")
    return [path.removeprefix("HEAD:") for path in found if path]


def compiled(pattern: str) -> re.Pattern[bytes]:
    """An extended regular expression, as far as gfplint writes them, for Python."""
    return re.compile(pattern.replace("[[:space:]]", r"\s").encode(), re.MULTILINE)


def files(root: str, pattern: str, names: Sequence[str]) -> list[str]:
    """The paths, of a tree without git."""
    made = compiled(pattern)
    paths = [path for path in _listed(root) if any(fnmatchcase(path, name) for name in names)]
    return [path for path in paths if _matches(os.path.join(root, path), made)]


@cache
def _listed(root: str) -> tuple[str, ...]:
    found = []
    for folder, folders, here in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        inner = os.path.relpath(folder, root)
        names = (name for name in sorted(here) if name.endswith((".c", ".h")) or name.startswith("Kconfig"))
        found += [os.path.normpath(os.path.join(inner, name)) for name in names]
    return tuple(found)


def _matches(file: str, made: re.Pattern[bytes]) -> bool:
    try:
        if os.path.islink(file) or os.path.getsize(file) > _LIMIT:
            return False
        with open(file, "rb") as stream:
            return made.search(stream.read()) is not None
    except OSError:
        return False
