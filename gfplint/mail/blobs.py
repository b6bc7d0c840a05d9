# SPDX-License-Identifier: GPL-2.0-or-later
"""What a git repository holds: one ``git cat-file --batch`` child for a whole run.

Nothing is ever written, checked out or fetched.
"""

from __future__ import annotations

import os
from types import TracebackType

_LIMIT = 16 << 20  # bytes; no C file of the kernel is near it
KEPT = 8 << 20  # bytes of answers
MOST = 64  # answers


class Blobs:
    """The blobs of a repository, by any name that git knows: an id, ``REV:path``, ``:path``."""

    def __init__(self, repo: str) -> None:
        import subprocess  # 10 ms that a run without a tree must not pay

        self._kept: dict[str, bytes | None] = {}
        self._size = 0
        # A missing promisor object must not be fetched: no transport is allowed.
        command = ["git", "-C", repo, "-c", "protocol.allow=never", "cat-file", "--batch"]
        self._child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"},
        )

    def get(self, name: str) -> bytes | None:
        """The content of a blob; None for what is missing, ambiguous, no blob, or too large.

        A third of what a series asks for it has asked for a moment ago: the last answers are kept.
        """
        if name in self._kept:
            self._kept[name] = found = self._kept.pop(name)  # the latest comes last
            return found
        self._kept[name] = found = self._ask(name)
        self._size += len(found or b"")
        while self._size > KEPT or len(self._kept) > MOST:
            self._size -= len(self._kept.pop(next(iter(self._kept))) or b"")
        return found

    def _ask(self, name: str) -> bytes | None:
        if "\n" in name or "\0" in name or name.startswith("-"):
            return None
        stdin, stdout = self._child.stdin, self._child.stdout
        assert stdin is not None and stdout is not None
        try:
            stdin.write(name.encode("utf-8", "surrogateescape") + b"\n")
            stdin.flush()
        except BrokenPipeError:
            return None
        head = stdout.readline().split()
        if len(head) != 3 or not head[2].isdigit():
            return None  # "NAME missing", "NAME ambiguous", or the child is gone
        size = int(head[2])
        if size > _LIMIT:
            while size > 0:  # pass over it
                size -= len(stdout.read(min(size, 1 << 20))) or size
            stdout.read(1)
            return None
        content = stdout.read(size)
        stdout.read(1)
        return content if head[1] == b"blob" else None

    def close(self) -> None:
        """End the child."""
        if self._child.stdin is not None:
            self._child.stdin.close()
        if self._child.stdout is not None:
            self._child.stdout.close()
        self._child.wait()

    def __enter__(self) -> Blobs:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
