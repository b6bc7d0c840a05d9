# SPDX-License-Identifier: GPL-2.0-or-later
"""What all commands share: their parsers, their errors, their rules."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from gfplint.record import NamedTuple

if TYPE_CHECKING:
    import argparse

    from gfplint.mail.intake import Intake
    from gfplint.rulebook import Rulebook


class Look(NamedTuple):
    """How a report looks on a terminal or elsewhere."""

    color: str  # auto, always, never
    width: int | None  # columns; None: the painter asks
    paged: bool = False  # a pager is to be started before the first line


class Usage(Exception):
    """Wrong usage: one line on stderr, exit status 2."""


def parser(command: str, description: str, usage: str | None = None) -> argparse.ArgumentParser:
    """The parser of a command."""
    import argparse  # 6 ms with all that it loads: see quick.py

    class Parser(argparse.ArgumentParser):
        """An argument parser whose errors are one line."""

        def error(self, message: str) -> NoReturn:
            raise Usage(f"{message}{self._near(message)} (see {self.prog} --help)")

        def _near(self, message: str) -> str:
            """The option that was meant, where one was misspelt."""
            from difflib import get_close_matches

            head, _, wrong = message.partition(": ")
            if head != "unrecognized arguments" or not wrong.startswith("-"):
                return ""
            name = wrong.split()[0].partition("=")[0]
            near = get_close_matches(name, self._option_string_actions, 1, 0.6)
            return f", did you mean {near[0]}?" if near else ""

    return Parser(
        prog=f"gfplint {command}",
        description=description,
        usage=usage,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def complain(text: object) -> None:
    """One line on stderr; control characters of hostile input are made visible."""
    line = "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in str(text))
    sys.stderr.write(f"gfplint: {line.encode('utf-8', 'backslashreplace').decode()}\n")


def open_book(folders: Sequence[str]) -> Rulebook:
    """The rules that gfplint brings and those in ``folders``."""
    from gfplint.rulebook import Rulebook, rules_folder

    for folder in folders:
        if not os.path.isdir(folder):
            raise Usage(f"--rules {folder}: no such folder")
    return Rulebook([rules_folder(), *folders])


def finish(problems: Sequence[object]) -> int:
    """Say what went wrong; the exit status."""
    for problem in problems:
        complain(problem)
    return 2 if problems else 0


def open_mails(patches: Sequence[str], given: argparse.Namespace) -> Intake:
    """The mails that the arguments name; of an archive those that --since, --until and --message-id want."""
    from gfplint.mail.forms import Filter
    from gfplint.mail.intake import Intake

    if sys.stdin is None and "-" in (patches or ["-"]):
        raise Usage("cannot read standard input: it is closed")
    ids = frozenset(id.strip("<>") for id in given.message_id)
    return Intake(
        patches or ["-"], stdin=sys.stdin.buffer if sys.stdin else None, wanted=Filter(given.since, given.until, ids)
    )
