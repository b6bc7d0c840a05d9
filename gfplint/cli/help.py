# SPDX-License-Identifier: GPL-2.0-or-later
"""The list of commands, made of the same declarations as their parsers."""

from __future__ import annotations

from gfplint.cli.catalogue import COMMANDS, Command

STATUS = (
    ("0", "nothing at or above --fail-on"),
    ("1", "there are findings"),
    ("2", "wrong usage, unreadable input or an internal error; all that could be read is reported"),
)
_GROUPS = (
    ("to lint", ("check", "baseline", "hook")),
    ("to read", ("rules", "explain", "config", "parse")),
    ("to work on gfplint", ("try", "facts")),
    ("of the shell", ("completion",)),
)


def overview() -> str:
    """What ``gfplint --help`` says."""
    lines = ["usage: gfplint [check] [OPTION...] [PATCH...]", "       gfplint COMMAND ...", ""]
    listed = [name for _, names in _GROUPS for name in names]
    others = tuple(name for name in COMMANDS if name not in listed)
    for title, names in (*_GROUPS, ("others", others)):
        if names:
            lines += [f"commands {title}:" if title != "others" else "other commands:"]
            lines += [f"  {name:<11} {COMMANDS[name].summary}" for name in names]
            lines.append("")
    lines += ["examples:", *_examples(COMMANDS["check"]), ""]
    lines += ["exit status:", *(f"  {number}  {words}" for number, words in STATUS), ""]
    lines += ["`gfplint COMMAND --help` says more."]
    return "\n".join(lines) + "\n"


def _examples(command: Command) -> list[str]:
    return [line for line in command.description.split("\n") if line.startswith("  ")]
