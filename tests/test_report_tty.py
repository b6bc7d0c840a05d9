# SPDX-License-Identifier: GPL-2.0-or-later
"""What a terminal gets, and what nothing but a terminal gets."""

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from gfplint.report import progress
from gfplint.report.text import cells

REPO = Path(__file__).parents[1]


def on_a_terminal(columns: int, *args: str, **env: str) -> str:
    """What gfplint writes to a terminal of so many columns."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "gfplint", "check", "--no-tree", *args],
        stdin=subprocess.DEVNULL,
        stdout=slave,
        stderr=slave,
        env={**os.environ, "PYTHONPATH": str(REPO), "TERM": "xterm-256color", "GIT_PAGER": "cat", **env},
    )
    os.close(slave)
    out = b""
    while True:
        try:
            piece = os.read(master, 1 << 16)
        except OSError:  # the last writer has gone
            break
        if not piece:
            break
        out += piece
    os.close(master)
    process.wait(60)
    return out.decode().replace("\r\n", "\n")


def test_colour_and_width_are_those_of_the_terminal(demo: Path) -> None:
    for columns in (50, 100):
        text = on_a_terminal(columns, str(demo))
        assert "\x1b[" in text
        bare = re.sub(r"\x1b\[[0-9;]*m", "", text)
        widest = max(cells(line) for line in bare.splitlines())
        assert columns - 15 <= widest <= columns
        piped = subprocess.run(
            [sys.executable, "-m", "gfplint", "check", "--no-tree", f"--width={columns}", str(demo)],
            capture_output=True,
            env={**os.environ, "PYTHONPATH": str(REPO)},
        ).stdout.decode()
        assert [line.rstrip() for line in bare.splitlines()] == piped.splitlines()


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_colour_where_it_is_not_wanted(demo: Path, env: dict[str, str]) -> None:
    assert "\x1b" not in on_a_terminal(80, str(demo), **env)
    assert "\x1b[" in on_a_terminal(80, "--color=always", str(demo), **env)
    assert "\x1b" not in on_a_terminal(80, "--color=never", str(demo))


class Screen(io.StringIO):
    """A terminal that keeps what it was sent."""

    def isatty(self) -> bool:
        return True


def test_the_bar_comes_when_somebody_has_to_wait_and_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("gfplint.report.progress.time.monotonic", lambda: now[0])
    screen = Screen()
    bar = progress.Progress(screen, 20)
    for _ in range(10):
        bar.step()
    assert screen.getvalue() == ""
    now[0] = progress.PATIENCE
    bar.step()
    assert screen.getvalue().startswith("\r[") and " 11/20 patches" in screen.getvalue()
    drawn = screen.getvalue()
    bar.step()
    assert screen.getvalue() == drawn  # not more often than is of use
    bar.clear()
    assert screen.getvalue() == drawn + "\r\x1b[K"
    bar.clear()
    assert screen.getvalue() == drawn + "\r\x1b[K"


def test_a_bar_of_unknown_length(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0)
    screen = Screen()
    progress.Progress(screen).step(7)
    assert screen.getvalue() == "\r7 patches\x1b[K"


def test_no_bar_for_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0)
    stream = io.StringIO()
    bar = progress.Progress(stream, 5)
    bar.step()
    bar.clear()
    assert stream.getvalue() == ""
