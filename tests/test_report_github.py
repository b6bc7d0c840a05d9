# SPDX-License-Identifier: GPL-2.0-or-later
"""Workflow commands: caps, escapes, nothing that a patch can inject."""

import re
from pathlib import Path

import pytest

from tests.reports import DIFF, MASK, At, bare, leaked, paint, review


@pytest.fixture(autouse=True)
def step_summary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(file))
    return file


def commands(text: str) -> list[str]:
    """The lines that GitHub takes for commands: none between stop-commands and its token."""
    found, token = [], None
    for line in text.splitlines():
        if token is not None:
            token = None if line == f"::{token}::" else token
        elif line.startswith("::stop-commands::"):
            token = line.removeprefix("::stop-commands::")
        else:
            found.append(line)
    assert token is None
    return found


def test_an_annotation() -> None:
    assert commands(paint("github", review(bare()))) == [
        "::warning file=drivers/example/pool.c,line=44,endLine=44,col=31,endColumn=60,title=gfp/bare-modifier::"
        "__GFP_THISNODE | __GFP_NOWARN has modifiers but no base: alloc_pages_node() cannot reclaim"
        "%0Ahelp: write GFP_KERNEL | __GFP_THISNODE | __GFP_NOWARN"
    ]


def test_columns_only_on_one_line() -> None:
    one = review(bare())
    at = one.findings[0].report.at._replace(end=(46, 3))
    one = one._replace(findings=(one.findings[0]._replace(report=one.findings[0].report._replace(at=at)),))
    [line] = commands(paint("github", one))
    assert "line=44,endLine=46,title=" in line


def test_escapes() -> None:
    at = MASK._replace(path="a,b:c%.c")
    words = {"message": "100% sure,\r\n::error::x: y", "rule": "gfp/x"}
    one = review((at, words), diff=DIFF.replace("drivers/example/pool.c", "a,b:c%.c"))
    [line] = commands(paint("github", one))
    assert line.startswith("::warning file=a%2Cb%3Ac%25.c,line=44,")
    assert line.endswith("::100%25 sure,^M%0A::error::x: y")


def test_a_patch_gives_no_orders() -> None:
    order = "::error file=x::owned"
    diff = DIFF.replace(" \tstruct page *page;", f" {order}").replace("pool_fill(struct", "::set-output name=x::y")
    one = review(bare(), diff=diff, header={"subject": f"x\n{order}\n::stop-commands::x"})
    text = paint("github", one)
    assert order in text
    assert len(commands(text)) == 1


def test_the_token_is_another_one_each_time() -> None:
    tokens = re.findall(r"::stop-commands::(\w+)", paint("github", review(bare()), review(bare())))
    assert len(tokens) == len(set(tokens)) == 3
    assert all(len(token) == 32 for token in tokens)


def test_what_github_would_drop_goes_to_the_summary(step_summary: Path) -> None:
    step_summary.write_text("before\n")
    many = [bare(message=f"m{n} | <b> `x`") for n in range(12)]
    text = paint("github", review(*many, *[leaked()] * 3, bare(severity="info")))
    kinds = [line.partition(" ")[0] for line in commands(text)]
    assert (kinds.count("::warning"), kinds.count("::error"), kinds.count("::notice")) == (10, 3, 2)
    assert commands(text)[-1] == (
        "::notice title=gfplint::2 findings more than GitHub shows, listed in the summary of the step"
    )
    written = step_summary.read_text()
    assert written.startswith("before\n### gfplint")
    assert r"| warning | gfp/bare-modifier | drivers/example/pool.c:44 | m10 \| \<b\> \`x\` |" in written
    assert written.count("| warning |") == 2


def test_a_summary_that_cannot_be_written_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "no" / "such"))
    text = paint("github", review(*[bare()] * 11))
    assert "No such file or directory" in commands(text)[-1]
    monkeypatch.delenv("GITHUB_STEP_SUMMARY")
    assert "GITHUB_STEP_SUMMARY is not set" in paint("github", review(*[bare()] * 11))


def test_resolved_is_no_annotation() -> None:
    assert commands(paint("github", review(resolved=[(At("GFP_KERNEL", "before"), {})]))) == []
