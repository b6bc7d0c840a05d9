# SPDX-License-Identifier: GPL-2.0-or-later
"""The corpus of real mails: git is the yardstick, and every mail is read or refused in one line."""

from collections import Counter
from pathlib import Path

import pytest

from gfplint.diff.parse import parse
from gfplint.diff.sound import sound
from gfplint.mail.intake import Intake
from tests.compare_with_git import EXPLAINED, run


@pytest.mark.slow
def test_git_says_the_same(shared: Path) -> None:
    corpus = shared / "corpus"
    outcomes = run([corpus / "sample.mbox.xz", corpus / "oddities", corpus / "mails"])
    taken = [outcome for outcome in outcomes if outcome.taken]
    assert (len(outcomes), len(taken)) == (1351, 1330)
    differs = {(outcome.name, field): text for outcome in outcomes for field, text in outcome.differs.items()}
    assert {key: text for key, text in differs.items() if key not in EXPLAINED} == {}


@pytest.mark.slow
def test_what_git_refuses_is_read_or_explained(shared: Path) -> None:
    outcomes = [outcome for outcome in run([shared / "corpus" / "oddities"]) if not outcome.taken]
    kinds = Counter(
        word for outcome in outcomes for word in ("healed", "refused", "skipped", "no diff") if word in outcome.ours
    )
    assert kinds == {"healed": 11, "refused": 1, "skipped": 1, "no diff": 3}, [outcome.ours for outcome in outcomes]


@pytest.mark.slow
def test_text_of_every_diff_comes_back(shared: Path) -> None:
    corpus = shared / "corpus"
    intake = Intake([str(corpus / name) for name in ("sample.mbox.xz", "oddities", "mails")])
    quick = 0
    for read in intake.all_mails():
        diff = parse(read.mail.diff, read.mail.diff_line)
        assert str(diff) == read.mail.diff
        if read.mail.diff and sound(read.mail.diff):
            quick += 1
            assert not (diff.errors or diff.healed or diff.skipped)
    assert intake.mails == 1351
    assert quick > 1300


def test_oddities_end_no_run(shared: Path) -> None:
    intake = Intake([str(shared / "corpus" / "oddities")])
    assert sum(len(series.patches) for series in intake) == intake.patches > 45
    assert intake.mails == 55
    assert all("\n" not in str(problem) for problem in intake.problems)
