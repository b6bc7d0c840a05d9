# SPDX-License-Identifier: GPL-2.0-or-later
"""Every example of every rule, and what house rules ask of a page."""

import pytest

from gfplint.rulebook import Rulebook, rule_files, rules_folder
from gfplint.testing import try_rule

RULES = rule_files(rules_folder())


@pytest.mark.parametrize(("rule", "file"), RULES, ids=[rule for rule, _ in RULES])
def test_examples(rule: str, file: str) -> None:
    """An example is neither noisy nor missing."""
    _, results = try_rule(rule, file)
    wrong = [f"{v.kind}: {file}:{v.line}: {v.text}" for result in results for v in result.verdicts]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("rule", "file"), RULES, ids=[rule for rule, _ in RULES])
def test_page(rule: str, file: str) -> None:
    """Two bad and two good examples, one of them a patch; known problems and sources; one screen."""
    page, results = try_rule(rule, file)
    kinds = [result.example.kind for result in results]
    assert sum(kind.startswith("Bad") for kind in kinds) >= 2
    assert sum(kind.startswith("Good") for kind in kinds) >= 2
    assert any(kind.endswith("patch") for kind in kinds)
    assert page.prose and page.known_problems and page.see
    with open(file, encoding="utf-8") as text:
        assert len(text.readlines()) <= 120


def test_no_rule_is_left_out() -> None:
    """The index has every file, and its entries agree with the modules."""
    book = Rulebook()
    assert not book.problems
    assert [entry.id for entry in book.entries] == [rule for rule, _ in RULES]
    for entry in book.entries:
        rule = book.rule(entry)
        assert rule is not None
        assert (rule.severity, rule.needs, rule.words) == (entry.severity, entry.needs, entry.words)
