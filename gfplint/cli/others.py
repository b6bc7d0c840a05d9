# SPDX-License-Identifier: GPL-2.0-or-later
"""The small commands, one function each."""

import os
import sys
from collections.abc import Sequence

from gfplint.cli.common import Usage, complain, finish, open_book, parser


def rules(args: Sequence[str]) -> int:
    options = parser("rules", "List the rules.")
    options.add_argument(
        "--rules",
        metavar="DIR",
        action="append",
        default=[],
        help="rules of your own, besides those that gfplint brings",
    )
    options.add_argument("--color", choices=("auto", "always", "never"), default="auto")
    given = options.parse_args(args)
    from gfplint.report import page

    book = open_book(given.rules)
    page.paint_list(book.entries, sys.stdout, color=given.color)
    return finish(book.problems)


def explain(args: Sequence[str]) -> int:
    options = parser("explain", "Show the page of a rule.")
    options.add_argument("rule", nargs="+")
    options.add_argument("--rules", metavar="DIR", action="append", default=[], help="rules of your own")
    options.add_argument("--color", choices=("auto", "always", "never"), default="auto")
    given = options.parse_args(args)
    from gfplint.report import page
    from gfplint.rulebook import UnknownRule

    book = open_book(given.rules)
    try:
        entries = [book.get(rule) for rule in given.rule]
    except UnknownRule as error:
        raise Usage(str(error)) from error
    for entry in entries:
        page.paint_page(entry, book.page(entry), sys.stdout, color=given.color)
    return 0


def try_(args: Sequence[str]) -> int:
    options = parser("try", "Run the examples of rule files.")
    options.add_argument("file", nargs="+", help="a rule, such as rules/gfp/bare_modifier.py")
    given = options.parse_args(args)
    from gfplint.rulebook import RuleError
    from gfplint.testing import id_of, try_rule

    worst = 0
    for file in given.file:
        try:
            _, results = try_rule(id_of(file), file)
        except RuleError as error:
            complain(error.problem)
            worst = 2
            continue
        bad = 0
        for result in results:
            name = result.example.kind + (f", {result.example.title}" if result.example.title else "")
            print(f"{'FAIL' if result.verdicts else 'ok  '} {file}:{result.example.line}: {name}")
            for verdict in result.verdicts:
                print(f"     {verdict.kind}: {file}:{verdict.line}: {verdict.text}")
            bad += bool(result.verdicts)
        print(f"{id_of(file)}: {len(results)} examples, {bad} wrong")
        worst = max(worst, 1 if bad else 0)
    return worst


def parse(args: Sequence[str]) -> int:
    options = parser("parse", "Print what was read, as JSON: mails, series, files, hunks.")
    options.add_argument("patch", nargs="*", default=["-"])
    given = options.parse_args(args)
    from gfplint.mail.dump import dump
    from gfplint.mail.intake import Intake

    intake = Intake(given.patch or ["-"], stdin=sys.stdin.buffer)
    dump(intake, sys.stdout)
    return finish(intake.problems)


def hook(args: Sequence[str]) -> int:
    from gfplint import hooks

    try:
        return hooks.main(args)
    except hooks.HookError as error:
        raise Usage(str(error)) from error


def facts(args: Sequence[str]) -> int:
    options = parser("facts", "Derive the generated part of the fact tables from a kernel tree; print the difference.")
    options.add_argument("tree", help="an unpacked kernel tree")
    given = options.parse_args(args)
    if not os.path.isdir(os.path.join(given.tree, "include", "linux")):
        raise Usage(f"{given.tree} is not a kernel tree: no include/linux")
    from gfplint import derive

    return derive.main(given.tree, sys.stdout)


def config(args: Sequence[str]) -> int:
    """``gfplint config``."""
    options = parser("config", "Show the configuration in force, and where each value came from.")
    options.add_argument("--tree", metavar="DIR", help="default: the kernel tree around the current folder")
    given = options.parse_args(args)
    from gfplint.cli.settings import gather
    from gfplint.config import KEYS
    from gfplint.mail.tree import Tree, find_tree

    root = given.tree or find_tree(".")
    found = gather(Tree(root) if root else None, None, {})
    for key in KEYS:
        if key in found.values:
            value, origin = found.values[key]
            text = ", ".join(value) if isinstance(value, tuple) else value
            print(f"{key} = {text}\n    from {origin}")
    for table in found.paths:
        print(
            f"paths {', '.join(table.match)}: ignore {', '.join(table.ignore) or '-'}, severity {dict(table.severity) or '-'}"
        )
    for row in found.suppress:
        print(f"suppress {row.rule} in {row.path}: {row.reason}\n    from {row.origin}")
    if not (found.values or found.paths or found.suppress):
        print("nothing is configured: all defaults hold")
    return 0
