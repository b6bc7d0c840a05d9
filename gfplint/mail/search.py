# SPDX-License-Identifier: GPL-2.0-or-later
"""Which files of a tree have a line of some shape: through git, or by reading them."""

from __future__ import annotations

import os
import re
import stat
from bisect import bisect_left
from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import cache, lru_cache

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


def files(root: str, pattern: str, names: Sequence[str], word: str = "") -> list[str]:
    """The paths, of a tree without git.  ``word`` stands in every line that matches, and is found faster."""
    made, wanted = compiled(pattern), word.encode()
    texts = (
        (path, _text(os.path.join(root, path)))
        for path in sorted({path for name in names for path in _named(root, name)})
    )
    return [path for path, text in texts if wanted in text and made.search(text)]


@lru_cache(maxsize=64)
def _named(root: str, name: str) -> tuple[str, ...]:
    """The paths like ``name``; only those below the folder that it begins with are compared."""
    listed = _listed(root)
    folder = re.split(r"[*?\[]", name, maxsplit=1)[0].rpartition("/")[0]
    first = bisect_left(listed, folder)
    last = bisect_left(listed, f"{folder}0") if folder else len(listed)  # "0" comes behind "/"
    return tuple(path for path in listed[first:last] if fnmatchcase(path, name))


@cache
def _listed(root: str) -> tuple[str, ...]:
    found = []
    for folder, folders, here in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        inner = os.path.relpath(folder, root)
        names = (name for name in sorted(here) if name.endswith((".c", ".h")) or name.startswith("Kconfig"))
        found += [os.path.normpath(os.path.join(inner, name)) for name in names]
    return tuple(sorted(found))


def _text(file: str) -> bytes:
    """A file's text; nothing of one that is too large, or cannot be read.  Kconfig files are asked again and again."""
    try:
        found = os.lstat(file)
        if stat.S_ISLNK(found.st_mode) or found.st_size > _LIMIT:
            return b""
        if "Kconfig" in file.rpartition("/")[2]:
            return _kept(file, found.st_mtime_ns, found.st_size)
        return _read(file)
    except OSError:
        return b""


def _read(file: str) -> bytes:
    with open(file, "rb") as stream:
        return stream.read()


@lru_cache(maxsize=4096)  # four megabytes, of a whole tree
def _kept(file: str, time: int, size: int) -> bytes:
    """The text of a file that was changed last at ``time``."""
    return _read(file)
