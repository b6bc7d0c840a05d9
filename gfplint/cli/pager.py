# SPDX-License-Identifier: GPL-2.0-or-later
"""A pager as git has it: only on a terminal, by GIT_PAGER, PAGER or less, which leaves alone what fits on a screen."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from gfplint.cli.common import Look

if TYPE_CHECKING:
    import subprocess

_running: list[subprocess.Popen[bytes]] = []


def look(color: str, width: int | None, wanted: bool = True) -> Look:
    """How a report looks that goes to a terminal, perhaps through a pager; elsewhere as asked for."""
    if not (wanted and sys.stdout.isatty() and _command() not in ("", "cat") and _keys()):
        return Look(color, width)
    import shutil

    likes = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    painted = color == "always" or (color == "auto" and likes)
    columns = width or shutil.get_terminal_size((80, 24)).columns
    return Look("always" if painted else "never", columns, True)


def _keys() -> bool:
    """Somebody can press the keys that a pager waits for: there is a controlling terminal."""
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True


def _command() -> str:
    return next((os.environ[name] for name in ("GIT_PAGER", "PAGER") if name in os.environ), "less")


def start() -> None:
    """Send standard output through the pager, and errors with it: they would stand in the midst of its screen."""
    import subprocess

    sys.stdout.flush()
    env = {"LESS": "FRX", "LV": "-c", **os.environ}
    child = subprocess.Popen(_command(), shell=True, stdin=subprocess.PIPE, env=env)
    assert child.stdin is not None
    _running.append(child)
    os.dup2(child.stdin.fileno(), 1)
    if sys.stderr.isatty():
        os.dup2(child.stdin.fileno(), 2)
    child.stdin.close()


def finish() -> None:
    """Let the reader read to the end."""
    import signal

    for child in _running:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is the pager's now
        null = os.open(os.devnull, os.O_WRONLY)
        for number in (1, 2):
            os.dup2(null, number)
        child.wait()
    _running.clear()
