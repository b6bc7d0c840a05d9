# SPDX-License-Identifier: GPL-2.0-or-later
"""Which files of a tree have a word in them, and what is in them: through git, or by reading."""

from __future__ import annotations

import os
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from functools import cache, lru_cache

from gfplint.diff.image import Unseen

TIME = 20  # seconds that git may take
_LIMIT = 1 << 20  # bytes of a file that is read


def git(root: str, word: str, names: Sequence[str]) -> list[str]:
    """The paths, in HEAD.  Raises Unseen."""
    found = _grep(root, ["-l", "-w", "-F", "-e", word], names).decode("utf-8", "surrogateescape").split("\0")
    return [path.removeprefix("HEAD:") for path in found if path]


def git_texts(root: str, name: str) -> dict[str, bytes]:
    """The texts of all files with a path like ``name``, in HEAD; of none without a line.  Raises Unseen."""
    found: dict[bytes, list[bytes]] = {}
    for line in _grep(root, ["-I", "-e", ""], [name]).split(b"\n"):
        path, zero, text = line.partition(b"\0")
        if zero:
            found.setdefault(path, []).append(text)
    texts = {path.decode("utf-8", "surrogateescape"): b"\n".join(lines) for path, lines in found.items()}
    return {path.removeprefix("HEAD:"): text for path, text in texts.items()}


def _grep(root: str, options: Sequence[str], names: Sequence[str]) -> bytes:
    """What ``git grep`` prints.  Nothing is fetched or written.

    Raises Unseen where git fails, takes too long, or could not read all (a partial clone): some are not all.
    """
    import subprocess

    command = ["git", "-C", root, "-c", "protocol.allow=never", "--no-pager", "grep", "-z", "--no-color"]
    command += ["--no-textconv", "--no-recurse-submodules", *options, "HEAD", "--", *names]
    env = {**os.environ, "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=TIME, env=env)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unseen(f"git grep: {error}") from error
    if done.returncode not in (0, 1) or done.stderr:
        raise Unseen(f"git grep: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def files(root: str, word: str, names: Sequence[str]) -> list[str]:
    """The paths, of a tree without git."""
    wanted, made = word.encode(), re.compile(rb"\b" + re.escape(word.encode()) + rb"\b")
    found = ((path, text) for name in names for path, text in texts(root, name))
    return sorted({path for path, text in found if wanted in text and made.search(text)})


def texts(root: str, name: str) -> Iterator[tuple[str, bytes]]:
    """The files with a path like ``name``, of a tree without git; nothing of what is too large, or cannot be read."""
    return ((path, _text(os.path.join(root, path))) for path in _named(root, name))


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
        folders[:] = (name for name in folders if not name.startswith("."))
        inner = os.path.relpath(folder, root)
        names = (name for name in here if name.endswith((".c", ".h")) or name.startswith("Kconfig"))
        found += [os.path.normpath(os.path.join(inner, name)) for name in names]
    return tuple(sorted(found))


def _text(file: str) -> bytes:
    try:
        if os.path.islink(file) or os.path.getsize(file) > _LIMIT:
            return b""
        with open(file, "rb") as stream:
            return stream.read()
    except OSError:
        return b""
