# SPDX-License-Identifier: GPL-2.0-or-later
"""The pages of the rules that a report speaks of."""

from __future__ import annotations

from collections.abc import Iterable

from gfplint.rule import Page
from gfplint.rulebook import Rulebook, RuleError, UnknownRule


def pages(rules: Iterable[str]) -> dict[str, Page]:
    """The pages of those rules that gfplint brings; of a user's own rules a report has the id alone."""
    wanted = list(rules)
    found: dict[str, Page] = {}
    book = Rulebook() if wanted else None
    for rule in wanted:
        try:
            found[rule] = book.page(book.get(rule)) if book else found[rule]
        except (UnknownRule, RuleError):
            continue
    return found
