# SPDX-License-Identifier: GPL-2.0-or-later
"""What is put aside, and what is not."""

from typing import Any

import pytest

from gfplint.config import PathTable, Suppress
from gfplint.finding import Finding, Report, Span
from gfplint.report.sinks import FORMATS
from gfplint.suppress import by_path, in_notes, levels, put_aside
from tests import reports


def finding(rule: str = "gfp/bare-modifier", path: str = "mm/a.c", function: str | None = "grab") -> Finding:
    report = Report(Span(path, "after", (3, 1), (3, 4)), "bad", ("kmalloc",))
    return Finding(rule, "warning", "high", report, function, "after", "new", "whole", "x", None, "00")


def row(**words: Any) -> Suppress:
    return Suppress(**{"path": "*", "function": None, "rule": "gfp", "reason": "measured", "origin": "here", **words})


@pytest.mark.parametrize(
    ("words", "aside"),
    [
        ({}, True),
        ({"rule": "gfp/bare-modifier"}, True),
        ({"rule": "gfp/*"}, True),
        ({"rule": "locks"}, False),
        ({"rule": "gf"}, False),
        ({"path": "mm/*"}, True),
        ({"path": "drivers/*"}, False),
        ({"function": "grab"}, True),
        ({"function": "other"}, False),
        ({"reason": ""}, False),
    ],
)
def test_what_a_suppression_fits(words: dict[str, Any], aside: bool) -> None:
    outcome = put_aside([finding()], (), [row(**words)])
    assert (len(outcome.kept), len(outcome.suppressed)) == ((0, 1) if aside else (1, 0))
    assert outcome.notes == ()  # of the configuration, the run tells at its end
    assert [one.reason for one in outcome.suppressed] == ["measured (here)"][: len(outcome.suppressed)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("gfplint-ok: gfp/bare-modifier the caller has it\n", [("gfp/bare-modifier", "the caller has it")]),
        ("gfplint-ok: gfp\n", [("gfp", "")]),
        ("  gfplint-ok: gfp indented\n", []),
        ("> gfplint-ok: gfp quoted\n", []),
        ("gfplint-ok:\ngfp next line\n", []),
        ("v2: less\ngfplint-ok: gfp one\ngfplint-ok: locks/* two\n a.c | 2 +-\n", [("gfp", "one"), ("locks/*", "two")]),
    ],
)
def test_lines_of_a_mail(text: str, found: list[tuple[str, str]]) -> None:
    assert [(one.rule, one.reason) for one in in_notes(text, "here")] == found


def test_what_the_author_asks_for_without_need_or_reason_is_told() -> None:
    asked = in_notes("gfplint-ok: gfp\ngfplint-ok: locks held by the caller\n", "the notes")
    outcome = put_aside([finding()], asked, (), "mm/a.c")
    assert [note.reason for note in outcome.notes] == [
        "suppression without a reason does not count (the notes)",
        "suppression that nothing needed (the notes)",
    ]
    assert len(outcome.kept) == 1


def test_paths_select_and_ignore() -> None:
    mm = PathTable(("mm/*",), (), ("locks",), {}, "mm")
    old = PathTable(("mm/old/*", "lib/*"), ("locks/leaked",), (), {}, "old")
    given = [finding(), finding("locks/leaked"), finding("locks/leaked", "mm/old/a.c"), finding("gfp/x", "lib/a.c")]
    outcome = by_path(given, [mm, old])
    kept = [(one.rule, one.report.at.path) for one in outcome.kept]
    assert kept == [("locks/leaked", "mm/a.c"), ("gfp/x", "lib/a.c")]
    reasons = [one.reason for one in outcome.suppressed]
    assert reasons == ["not selected for this path (mm)", "ignored for this path (old)"]


def test_severities_by_rule_family_and_path() -> None:
    table = PathTable(("mm/*",), (), (), {"gfp": "error"}, "mm")
    given = [finding(), finding(path="lib/a.c"), finding("locks/leaked", "lib/a.c")]
    changed = levels(given, {"gfp/bare-modifier": "info", "locks": "error"}, [table])
    assert [one.severity for one in changed] == ["error", "info", "error"]


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"b4", "b4-prep"}))  # in these two every line is a complaint
def test_every_format_tells_what_was_put_aside(name: str) -> None:
    one = reports.review(reports.bare(), suppressed=[reports.bare(reason="measured")])
    clean = reports.review(suppressed=[reports.bare(reason="measured")])
    every = {"all": True}  # readers of some formats take every item for an alert: there only with --all
    assert "measured" in reports.paint(name, one, style=every)
    if name not in ("mail", "kpd-comment"):  # no reply to a patch without findings
        assert "measured" in reports.paint(name, clean, style=every)


@pytest.mark.parametrize("name", ["b4", "b4-prep"])
def test_b4_hears_of_complaints_alone(name: str) -> None:
    assert reports.paint(name, reports.review(suppressed=[reports.bare(reason="measured")])) == ""
