# SPDX-License-Identifier: GPL-2.0-or-later
"""The options of ``gfplint check``: for its parsers, its help, the manual page and the shells' completion."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from gfplint.cli.catalogue import Catalogue
    from gfplint.cli.quick import Quick

USAGE = "gfplint [check] [OPTION...] [PATCH...]"
DESCRIPTION = """\
Lint patch mails: report what is new in each patch, as a reviewer would quote it.

  gfplint check v2.mbox            a mailbox, a series, a .patch file
  git format-patch --stdout -3 | gfplint check -
  gfplint check -g HEAD~3..HEAD    commits
  gfplint check --staged           what `git commit` would take
"""


def declare(options: argparse.ArgumentParser | Quick | Catalogue) -> None:
    """Declare every option to a parser, or to what stands in for one."""
    options.add_argument(
        "patch", nargs="*", metavar="PATCH", help="mbox, .patch, .eml, maildir, or - for standard input"
    )
    what = options.add_argument_group("what to lint")
    kind = what.add_mutually_exclusive_group()
    kind.add_argument("-g", "--git", action="store_true", help="the arguments are commits: REV, REV-COUNT, A..B")
    kind.add_argument("-f", "--file", action="store_true", help="the arguments are whole files or folders")
    kind.add_argument("--staged", action="store_true", help="the index against HEAD")
    kind.add_argument("--worktree", action="store_true", help="what is not committed")
    tree = what.add_mutually_exclusive_group()
    tree.add_argument(
        "--tree",
        metavar="DIR",
        help="a kernel tree: whole files come from there; default: the one around the current folder",
    )
    tree.add_argument("--no-tree", action="store_true", help="look at the hunks alone")
    what.add_argument("--kernel", metavar="VERSION", help="whose facts hold, such as 6.12; default: what holds in all")
    what.add_argument("--any-path", action="store_true", help="also files that are not the kernel's C, such as tools/")
    declare_mails(options)
    rules = options.add_argument_group("which rules")
    rules.add_argument(
        "--select", metavar="RULES", action="append", default=[], help="only these: ids, families, globs, by comma"
    )
    rules.add_argument(
        "--extend-select", metavar="RULES", action="append", default=[], help="these too, where a configuration selects"
    )
    rules.add_argument("--ignore", metavar="RULES", action="append", default=[], help="not these")
    rules.add_argument(
        "--baseline", metavar="FILE", help="of -f: not what `gfplint baseline write` has put into this file"
    )
    rules.add_argument("--no-suppress", action="store_true", help="report also what was put aside for a reason")
    rules.add_argument(
        "--rules",
        metavar="DIR",
        action="append",
        default=[],
        help="rules of your own, besides those that gfplint brings",
    )
    out = options.add_argument_group("what to print")
    out.add_argument(
        "--format",
        metavar="NAME[=FILE]",
        action="append",
        default=[],
        help="terminal (default), terse, json, sarif, github, mail, html, ... (docs/formats.md); several at once",
    )
    out.add_argument(
        "--color", metavar="WHEN", choices=("auto", "always", "never"), default="auto", help="auto, always, never"
    )
    out.add_argument(
        "--width", metavar="COLUMNS", type=int, help="columns of the terminal report; default: the terminal's"
    )
    out.add_argument("--all", action="store_true", help="also what stood before the patch and still stands")
    out.add_argument("--strict", action="store_true", help="also findings that are only worth knowing (info)")
    out.add_argument("-q", "--quiet", action="store_true", help="no summary")
    out.add_argument("-v", "--verbose", action="store_true", help="also what was skipped")
    out.add_argument("--why-not", action="store_true", help="also each abstention of a rule, with its reason")
    out.add_argument("--statistics", action="store_true", help="also how many findings each rule has")
    out.add_argument("--no-pager", action="store_true", help="do not page a report that is longer than the terminal")
    out.add_argument("--jobs", metavar="N", type=int, default=1, help="processes for -f; default 1")
    status = options.add_argument_group("exit status")
    status.add_argument(
        "--fail-on", metavar="LEVEL", choices=("error", "warning", "never"), help="error, warning (default), never"
    )
    status.add_argument("--exit-zero", action="store_true", help="0 also with findings")


def declare_mails(options: argparse.ArgumentParser | Quick | Catalogue) -> None:
    """Declare which mails of a public-inbox are wanted."""
    mails = options.add_argument_group("which mails of an archive")
    mails.add_argument("--since", metavar="DATE", help="that came since then: 2026-01-31, '2 weeks ago'")
    mails.add_argument("--until", metavar="DATE", help="that came before then")
    mails.add_argument(
        "--message-id", metavar="ID", action="append", default=[], help="this mail, and the patches that answer it"
    )
