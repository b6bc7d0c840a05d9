# SPDX-License-Identifier: GPL-2.0-or-later
"""A pager as git has it: only on a terminal, by GIT_PAGER, PAGER or less, which leaves alone what fits on a screen."""

import os
import sys
from typing import TYPE_CHECKING

from gfplint.record import NamedTuple

if TYPE_CHECKING:
    import subprocess

_running: "list[subprocess.Popen[bytes]]" = []


class Look(NamedTuple):
    """How a report looks that goes through a pager to a terminal."""

    color: str  # auto, always, never
    width: int | None


def start(color: str, width: int | None, wanted: bool = True) -> Look:
    """Send standard output through the pager where there is a terminal; what a report is to look like then."""
    if not (wanted and sys.stdout.isatty()):
        return Look(color, width)
    command = next((os.environ[name] for name in ("GIT_PAGER", "PAGER") if name in os.environ), "less")
    if command in ("", "cat") or _running:
        return Look(color, width)
    import shutil
    import subprocess

    env = {"LESS": "FRX", "LV": "-c", **os.environ}
    painted = color == "always" or (
        color == "auto" and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )
    columns = width or shutil.get_terminal_size((80, 24)).columns
    sys.stdout.flush()
    try:
        child = subprocess.Popen(command, shell=True, stdin=subprocess.PIPE, env=env)
    except OSError:
        return Look(color, width)
    assert child.stdin is not None
    _running.append(child)
    os.dup2(child.stdin.fileno(), 1)
    if sys.stderr.isatty():  # a line of ours would stand in the midst of the pager's screen
        os.dup2(child.stdin.fileno(), 2)
    child.stdin.close()
    return Look("always" if painted else "never", columns)


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
