# SPDX-License-Identifier: GPL-2.0-or-later
"""What the commands and their options are called: the one source of the help, the manual page and the completion.

Loaded for all commands but ``check``, whose options are in options.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from gfplint.cli import options
from gfplint.cli.common import parser
from gfplint.record import NamedTuple

if TYPE_CHECKING:
    import argparse

SHELLS = ("bash", "zsh", "fish")
COLORS = ("auto", "always", "never")


class Option(NamedTuple):
    """An option, or an operand when its name has no dash."""

    names: tuple[str, ...]
    metavar: str | None  # what its value is called; None for a switch
    choices: tuple[str, ...]
    help: str
    group: str
    many: bool  # may be given several times; of an operand: takes several

    @property
    def operand(self) -> bool:
        return not self.names[0].startswith("-")


class Catalogue:
    """Stands in for an ArgumentParser, and keeps what is declared."""

    def __init__(self, group: str = "options", found: list[Option] | None = None) -> None:
        self.group = group
        self.found: list[Option] = [] if found is None else found

    def add_argument_group(self, title: str, *_: Any) -> Catalogue:
        return Catalogue(title, self.found)

    def add_mutually_exclusive_group(self, **_: Any) -> Catalogue:
        return self

    def add_argument(self, *names: str, **words: Any) -> None:
        """As argparse has it."""
        switch = words.get("action") in ("store_true", "store_const")
        choices = tuple(words.get("choices") or ())
        metavar = None if switch else words.get("metavar") or (names[0] if names[0][0] != "-" else "|".join(choices))
        many = words.get("action") == "append" or words.get("nargs") in ("*", "+")
        self.found.append(Option(names, metavar, choices, words.get("help", ""), self.group, many))


Declare = Callable[["argparse.ArgumentParser | Catalogue"], None]


class Command(NamedTuple):
    """A command: what the list says of it, and what its own help says."""

    name: str
    usage: str
    summary: str
    description: str  # with examples
    declare: Declare

    @property
    def options(self) -> list[Option]:
        found = Catalogue()
        self.declare(found)
        return found.found


def parse_args(name: str, args: Sequence[str]) -> argparse.Namespace:
    """Read the command line of a command."""
    command = COMMANDS[name]
    made = parser(name, command.description, command.usage)
    command.declare(made)
    return made.parse_intermixed_args(list(args))


def _own_rules(to: argparse.ArgumentParser | Catalogue) -> None:
    to.add_argument(
        "--rules",
        metavar="DIR",
        action="append",
        default=[],
        help="rules of your own, besides those that gfplint brings",
    )


def _paged(to: argparse.ArgumentParser | Catalogue) -> None:
    to.add_argument("--color", metavar="WHEN", choices=COLORS, default="auto", help="auto, always, never")
    to.add_argument("--no-pager", action="store_true", help="do not page what is longer than the terminal")


def _rules(to: argparse.ArgumentParser | Catalogue) -> None:
    _own_rules(to)
    _paged(to)


def _explain(to: argparse.ArgumentParser | Catalogue) -> None:
    to.add_argument("rule", metavar="RULE", nargs="+", help="a rule, such as gfp/bare-modifier")
    to.add_argument("--tree", metavar="DIR", help="a kernel tree: show what the page cites from there")
    _own_rules(to)
    _paged(to)


def _try(to: argparse.ArgumentParser | Catalogue) -> None:
    to.add_argument("file", metavar="FILE", nargs="+", help="a rule, such as rules/gfp/bare_modifier.py")


def _parse(to: argparse.ArgumentParser | Catalogue) -> None:
    to.add_argument("patch", metavar="PATCH", nargs="*", help="as for check; default: standard input")
    options.declare_mails(to)


def _hook(to: argparse.ArgumentParser | Catalogue) -> None:
    to.add_argument("action", choices=("install", "remove", "status"), help="install, remove or status")
    to.add_argument("name", metavar="NAME", nargs="*", help="pre-commit, pre-push, sendemail-validate; default: usual")
    to.add_argument("--repo", metavar="DIR", help="the repository; default: the one around the current folder")
    to.add_argument("--force", action="store_true", help="where there is a hook already: keep it, and run it first")


def _config(to: argparse.ArgumentParser | Catalogue) -> None:
    to.add_argument("--tree", metavar="DIR", help="default: the kernel tree around the current folder")
    _own_rules(to)


def _baseline(to: argparse.ArgumentParser | Catalogue) -> None:
    to.add_argument("action", choices=("write", "show", "prune"), help="write, show or prune")
    to.add_argument("path", metavar="PATH", nargs="*", help="files and folders to look at, as for check -f")
    to.add_argument("--baseline", metavar="FILE", default="gfplint-baseline.json", help="default: %(default)s")
    to.add_argument("--tree", metavar="DIR", help="default: the kernel tree around the current folder")
    _own_rules(to)
    to.add_argument("--jobs", metavar="N", type=int, default=1, help="processes; default 1")


def _facts(to: argparse.ArgumentParser | Catalogue) -> None:
    to.add_argument("tree", metavar="TREE", help="an unpacked kernel tree")


def _completion(to: argparse.ArgumentParser | Catalogue) -> None:
    to.add_argument("shell", choices=SHELLS, help="bash, zsh or fish")


_TABLE = (
    Command(
        "check",
        options.USAGE,
        "lint patch mails, commits, the index, files: the default command",
        options.DESCRIPTION,
        options.declare,
    ),
    Command(
        "rules", "gfplint rules [OPTION...]", "the list of rules", "List the rules, with their severity.\n", _rules
    ),
    Command(
        "explain",
        "gfplint explain [OPTION...] RULE...",
        "the page of a rule: why, examples, known problems, sources",
        """\
Show the page of a rule: why it is, what is bad and what is good, what it gets wrong.

  gfplint explain gfp/bare-modifier
  gfplint explain --tree ~/linux hotplug/lock-leaked   with the kernel sources that it cites
""",
        _explain,
    ),
    Command(
        "try",
        "gfplint try FILE...",
        "run the examples of a rule that you are writing",
        "Run the examples of rule files.\n\n  gfplint try rules/gfp/bare_modifier.py\n",
        _try,
    ),
    Command(
        "parse",
        "gfplint parse [PATCH...]",
        "what was read, as JSON",
        "Print what was read, as JSON: mails, series, files, hunks.\n\n  gfplint parse v2.mbox | jq .mails[].title\n",
        _parse,
    ),
    Command(
        "hook",
        "gfplint hook install|remove|status [OPTION...] [NAME...]",
        "git hooks: before a commit, before mails are sent",
        "Install, remove or show git hooks.\n\n  gfplint hook install\n",
        _hook,
    ),
    Command(
        "baseline",
        "gfplint baseline write|show|prune [OPTION...] [PATH...]",
        "findings that are there already, for `check -f --baseline`",
        """\
Keep the findings that stand in files today, so that a later `gfplint check -f --baseline FILE` reports what is new.

  gfplint baseline write mm drivers/base       look, and write what is found
  gfplint check -f --baseline gfplint-baseline.json mm drivers/base
  gfplint baseline show                        what is in the file
  gfplint baseline prune mm drivers/base       look again, and drop what is no longer found there
""",
        _baseline,
    ),
    Command(
        "config",
        "gfplint config [--tree DIR]",
        "what is in force, and where each value came from",
        "Show the configuration in force, and where each value came from; docs/configuration.md has the keys.\n",
        _config,
    ),
    Command(
        "completion",
        "gfplint completion bash|zsh|fish",
        "completion for a shell",
        """\
Print completion for a shell.

  bash:  gfplint completion bash > ~/.local/share/bash-completion/completions/gfplint
  zsh:   gfplint completion zsh > ~/.zfunc/_gfplint      (a folder of $fpath)
  fish:  gfplint completion fish > ~/.config/fish/completions/gfplint.fish
""",
        _completion,
    ),
    Command(
        "facts",
        "gfplint facts TREE",
        "derive the generated fact tables from a kernel tree",
        "Derive the generated part of the fact tables from a kernel tree; print the difference.\n",
        _facts,
    ),
)
COMMANDS = {command.name: command for command in _TABLE}
