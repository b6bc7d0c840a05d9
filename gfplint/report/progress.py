# SPDX-License-Identifier: GPL-2.0-or-later
"""A progress bar: on a terminal, and only when the work is long."""

from __future__ import annotations

import time
from typing import TextIO

PATIENCE = 1.0  # seconds before anything is shown
EVERY = 0.1  # seconds between two pictures


class Progress:
    """Counts what is done; shows it when somebody has to wait.

    Made by hand: rich would cost 100 ms in runs that need no bar at all.
    """

    def __init__(self, stream: TextIO, total: int | None = None, noun: str = "patches") -> None:
        self._stream = stream
        self._total = total
        self._noun = noun
        self._done = 0
        self._drawn = False
        self._live = stream.isatty()
        self._next = time.monotonic() + PATIENCE if self._live else 0.0

    def step(self, done: int | None = None) -> None:
        """One more is done (or so many in all)."""
        self._done = self._done + 1 if done is None else done
        if self._live and time.monotonic() >= self._next:
            self._draw()
            self._next = time.monotonic() + EVERY

    def clear(self) -> None:
        """Take the bar away, before something else is written."""
        if self._drawn:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._drawn = False

    def _draw(self) -> None:
        import shutil

        columns = shutil.get_terminal_size((80, 24)).columns
        self._stream.write("\r" + self._picture(columns)[: columns - 1] + "\x1b[K")
        self._stream.flush()
        self._drawn = True

    def _picture(self, columns: int) -> str:
        if not self._total:
            return f"{self._done} {self._noun}"
        tail = f" {self._done}/{self._total} {self._noun}"
        room = min(columns - len(tail) - 4, 40)
        if room < 8:
            return tail.strip()
        full = min(room * self._done // self._total, room)
        return f"[{'=' * full}{' ' * (room - full)}]{tail}"
