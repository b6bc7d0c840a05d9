# SPDX-License-Identifier: GPL-2.0-or-later
"""The small commands, one function each."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from gfplint.cli import pager
from gfplint.cli.catalogue import parse_args
from gfplint.cli.common import Usage, complain, finish, open_book, open_mails


def rules(args: Sequence[str]) -> int:
    """``gfplint rules``."""
    given = parse_args("rules", args)
    from gfplint.report import page

    book = open_book(given.rules)
    look = pager.look(given.color, None, not given.no_pager)
    if look.paged:
        pager.start()
    page.paint_list(book.entries, sys.stdout, color=look.color, width=look.width)
    return finish(book.problems)


def explain(args: Sequence[str]) -> int:
    """``gfplint explain``."""
    given = parse_args("explain", args)
    from gfplint.report import page
    from gfplint.rulebook import UnknownRule

    book = open_book(given.rules)
    try:
        entries = [entry for rule in given.rule for entry in book.match(rule)]
    except UnknownRule as error:
        raise Usage(str(error)) from error
    if given.tree and not os.path.isdir(given.tree):
        raise Usage(f"--tree {given.tree}: no such folder")
    look = pager.look(given.color, None, not given.no_pager)
    if look.paged:
        pager.start()
    for number, entry in enumerate(entries):
        if number:
            print()
        found = book.page(entry)
        page.paint_page(entry, found, sys.stdout, color=look.color, width=look.width)
        if given.tree:
            from gfplint.cli import sources

            sources.paint(entry, found, given.tree, sys.stdout)
    return finish(book.problems)


def try_(args: Sequence[str]) -> int:
    """``gfplint try``."""
    given = parse_args("try", args)
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
    """``gfplint parse``."""
    given = parse_args("parse", args)
    from gfplint.mail.dump import dump

    mails = open_mails(given.patch, given)
    dump(mails, sys.stdout)
    return finish(mails.problems)


def hook(args: Sequence[str]) -> int:
    """``gfplint hook``."""
    from gfplint import hooks

    try:
        return hooks.main(args)
    except hooks.HookError as error:
        raise Usage(str(error)) from error


def facts(args: Sequence[str]) -> int:
    """``gfplint facts``."""
    given = parse_args("facts", args)
    if not os.path.isdir(os.path.join(given.tree, "include", "linux")):
        raise Usage(f"{given.tree} is not a kernel tree: no include/linux")
    from gfplint import derive

    return derive.main(given.tree, sys.stdout)


def config(args: Sequence[str]) -> int:
    """``gfplint config``."""
    given = parse_args("config", args)
    from gfplint.cli import settings
    from gfplint.cli.judge import tree_of

    given.no_tree = False
    tree = tree_of(given)
    found = settings.gather(settings.tree_file(tree), {})
    settings.check_rules(found, open_book((*found.names("rules"), *given.rules)))
    for key, value, origin in found.shown():
        print(f"{key} = {value}    # {origin}")
    for table in found.paths:
        print(f"[[paths]] {', '.join(table.match)}    # {table.origin}")
        lists = (("select", table.select), ("ignore", table.ignore))
        print("".join(f"    {key} = {', '.join(names)}\n" for key, names in lists if names), end="")
        print("".join(f"    severity of {rule} = {level}\n" for rule, level in table.severity.items()), end="")
    for row in found.suppress:
        function = f" in {row.function}()" if row.function else ""
        print(f"[[suppress]] {row.rule} at {row.path}{function}: {row.reason}    # {row.origin}")
    if not (found.values or found.paths or found.suppress):
        print("nothing is configured: all defaults hold")
    return 0


def completion(args: Sequence[str]) -> int:
    """``gfplint completion``."""
    given = parse_args("completion", args)
    from gfplint.cli.completion import script

    print(script(given.shell), end="")
    return 0


def baseline(args: Sequence[str]) -> int:
    """``gfplint baseline``."""
    given = parse_args("baseline", args)
    from gfplint.cli import baseline as work

    return work.main(given)
