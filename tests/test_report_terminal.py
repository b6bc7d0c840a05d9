# SPDX-License-Identifier: GPL-2.0-or-later
"""The report for people."""

import io
import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gfplint.finding import Skip
from gfplint.report.sinks import SinkError, open_sink
from gfplint.report.text import cells
from gfplint.review import FileSeen
from tests.reports import DIFF, MASK, At, bare, leaked, paint, review, summary

PLAIN = """\
[PATCH v2 1/2] example: pool: stay on the node

drivers/example/pool.c:46:3  in pool_fill()
      │ @@ -40,12 +40,16 @@ static int pool_fill(struct pool *pool, int nid)
43    │ -        page = alloc_pages_node(nid, GFP_KERNEL, 0);
   43 │ +        cpus_read_lock();
      │          ━━━━━━━━━━━━━━━━
      │  note: taken here
   44 │ +        page = alloc_pages_node(nid, __GFP_THISNODE | __GFP_NOWARN, 0);
44 45 │          if (!page)
45 46 │                  return -ENOMEM;
      │                  ━━━━━━━━━━━━━━━
      │  error: returns with cpu_hotplug_lock held: cpus_read_lock() is not
      │         undone on this path [hotplug/lock-leaked]
      │  help: call cpus_read_unlock() before leaving
46 47 │
47 48 │          pool->page = page;

1 patch, 1 file: 1 error; seen as hunks only
"""


def terminal(*reviews: Any, **style: Any) -> str:
    return str(paint("terminal", *reviews, style=style))


def bare_text(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def test_the_whole_picture() -> None:
    assert terminal(review(leaked())) == PLAIN


@pytest.mark.parametrize("width", [24, 40, 60, 80, 120])
def test_nothing_is_wider_than_the_terminal(width: int) -> None:
    one = review(
        bare(),
        leaked(),
        resolved=[(At("GFP_KERNEL", "before"), {})],
        suppressed=[(MASK, {"reason": "a reason " * 20})],
        skipped=(Skip("drivers/example/" + "long" * 30 + ".c", 3, "f", "gfp/x", "needs the whole file"),),
    )
    text = terminal(one, width=width, verbose=True)
    assert max(map(cells, text.splitlines())) <= width
    assert "\t" not in text
    joined = "".join(line.strip("│ ") for line in text.splitlines())
    assert "__GFP_NOWARN" in text
    assert "hotplug/lock-leaked" in joined


@pytest.mark.parametrize("width", [40, 80])
def test_colour_changes_nothing_but_colour(width: int) -> None:
    one = review(bare(), leaked())
    painted = terminal(one, color="always", width=width)
    assert "\x1b[" in painted
    assert [line.rstrip() for line in bare_text(painted).splitlines()] == terminal(one, width=width).splitlines()


def test_wide_and_combining_characters_keep_the_underline_in_place() -> None:
    diff = DIFF.replace("cpus_read_lock();\n+\tpage =", 'f("漢字e\u0301");\tpage =').replace("+40,16", "+40,15")
    diff = diff.replace("+94,4", "+93,4")
    lines = terminal(review(bare(), diff=diff), width=100).splitlines()
    at = next(n for n, line in enumerate(lines) if "漢字" in line)
    assert cells(lines[at].partition("__GFP_THISNODE")[0]) == cells(lines[at + 1].partition("━")[0])
    assert lines[at + 1].count("━") == len("__GFP_THISNODE | __GFP_NOWARN")


HOSTILE = "\x1b]0;owned\x07\x1b[2J\u202e[red]x[/red]\u2028\x9b31m\udcff"


@pytest.mark.parametrize("color", ["always", "never"])
def test_nothing_hostile_reaches_the_terminal(color: str) -> None:
    diff = DIFF.replace("struct page *page;", f"/* {HOSTILE} */").replace("pool_fill(struct", f"{HOSTILE}(struct")
    diff = diff.replace("drivers/example/pool.c", "drivers/example/p\x1bool.c")
    at = MASK._replace(path="drivers/example/p\x1bool.c")
    one = review(
        (at, {"function": HOSTILE, "message": HOSTILE, "help": HOSTILE}),
        diff=diff,
        header={"subject": HOSTILE, "input": HOSTILE},
        skipped=(Skip(HOSTILE, 1, HOSTILE, HOSTILE, HOSTILE),),
        resolved=[(at, {"function": HOSTILE})],
        suppressed=[(at, {"reason": HOSTILE})],
    )
    text = terminal(one, color=color, verbose=True)
    text.encode("utf-8")
    if color == "always":
        text = bare_text(text)
    assert not set(text) & set("\x1b\x07\x9b\u202e\u2028\udcff")
    assert "[red]x[/red]" in text
    assert "^[]0;owned^G" in text


@given(st.text(alphabet=st.characters(exclude_characters="\n")), st.integers(24, 100))
def test_any_line_is_shown_within_the_width(code: str, width: int) -> None:
    line = "\t" + code + "__GFP_THISNODE | __GFP_NOWARN"
    diff = DIFF.replace("\tpage = alloc_pages_node(nid, __GFP_THISNODE | __GFP_NOWARN, 0);", line)
    try:
        diff.encode("utf-8", "surrogateescape")
        one = review(bare(message="m", help=None), diff=diff)
    except (UnicodeEncodeError, AssertionError):  # no text that a mail can hold, or a diff of another shape
        return
    text = terminal(one, width=width)
    assert max(map(cells, text.split("\n"))) <= width
    text.encode("utf-8")


def test_a_line_without_end_is_cut_around_the_fault() -> None:
    line = "+\t" + "x = 1; " * 3000 + "f(__GFP_THISNODE | __GFP_NOWARN);" + " y = 2;" * 3000
    one = review(bare(), diff=DIFF.replace("+\tcpus_read_lock();", line))
    text = terminal(one, width=80)
    assert len(text) < 4000
    assert "f(__GFP_THISNODE" in text


def test_an_ascii_terminal_gets_ascii() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    sink = open_sink("terminal", stream)
    one = review(bare(), diff=DIFF.replace("struct page *page;", "/* naïve 漢 */"))
    sink.patch(one)
    sink.end(summary(one))
    assert b"/* na\\xefve \\u6f22 */" in raw.getvalue()
    assert b"~~~" in raw.getvalue()


def test_clean_input_is_one_line_or_none() -> None:
    assert terminal(review()) == "1 patch, 1 file: nothing found; seen as hunks only\n"
    assert terminal(review(), quiet=True) == ""


def test_what_is_only_worth_knowing_is_shown_with_strict() -> None:
    one = review(bare(severity="info"))
    assert terminal(one) == "1 patch, 1 file: nothing found; 1 remark (--strict); seen as hunks only\n"
    assert "info: " in terminal(one, strict=True)
    assert "1 remark;" in terminal(one, strict=True)


def test_some_files_seen_whole() -> None:
    whole = review(files=(FileSeen("drivers/example/pool.c", "whole", "HEAD", None),))
    assert terminal(whole) == "1 patch, 1 file: nothing found\n"
    assert terminal(whole, review()) == "2 patches, 2 files: nothing found; 1 file seen as hunks only\n"
    assert terminal(review(files=()), review()) == "2 patches, 2 files: nothing found; seen as hunks only\n"


def test_resolved_is_one_quiet_line() -> None:
    one = review(resolved=[(At("GFP_KERNEL", "before"), {})])
    assert terminal(one).splitlines() == [
        "[PATCH v2 1/2] example: pool: stay on the node",
        "fixes 1 finding: gfp/bare-modifier in pool_fill()",
        "",
        "1 patch, 1 file: nothing found; seen as hunks only",
    ]


def test_many_mended_are_still_one_line() -> None:
    at = At("GFP_KERNEL", "before")
    many = [(at, {"function": name}) for name in "abcda"]
    one = review(resolved=[*many, (at, {"rule": "hotplug/lock-leaked", "function": None})])
    assert "fixes 6 findings: gfp/bare-modifier in a(), b(), c(), ...; hotplug/lock-leaked\n" in terminal(one)


def test_skipped_only_when_asked_for() -> None:
    one = review(
        skipped=(
            Skip("MAINTAINERS", None, None, None, "not C"),
            Skip("mm/x.c", 3, "f", "gfp/x", "needs the whole file, and only hunks are in sight"),
        )
    )
    assert "skipped" not in terminal(one)
    assert "skipped: MAINTAINERS: not C\n" in terminal(one, verbose=True)
    assert "mm/x.c" not in terminal(one, verbose=True)
    assert "skipped: mm/x.c:3 in f(): needs the whole file" in terminal(one, why_not=True)


def test_existing_only_with_all() -> None:
    one = review(existing=[bare()])
    assert "bare-modifier" not in terminal(one)
    assert "note: this stood there before the patch" in terminal(one, all=True)


def test_a_doubtful_rule_says_so() -> None:
    assert "[gfp/bare-modifier, low confidence]" in terminal(review(bare(confidence="low")), width=100)


def test_what_a_later_patch_mends() -> None:
    assert "note: patch 5 of the series mends it" in terminal(review(bare(fixed_later_by=(5, "5@example.org"))))


def test_terse() -> None:
    text = paint("terse", review(bare(), leaked(severity="info")))
    assert text == (
        "drivers/example/pool.c:44:31: warning: [gfp/bare-modifier] __GFP_THISNODE | __GFP_NOWARN has modifiers"
        " but no base: alloc_pages_node() cannot reclaim\n"
    )
    assert paint("terse", review(leaked(severity="info")), style={"strict": True}).count("\n") == 1


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("jsn", "unknown format 'jsn', did you mean json?"),
        ("terminl=x", "did you mean terminal"),
        ("zzz", "unknown format 'zzz': one of b4, b4-prep"),
        ("checkpatch:ters", "checkpatch knows no 'ters', did you mean terse?"),
        ("json:terse", "--format json:terse: json knows no 'terse'"),
        ("json=", "no file name"),
        ("json=/no/such/folder/x.json", "cannot write /no/such/folder/x.json: No such file or directory"),
    ],
)
def test_wrong_formats_are_one_clear_line(spec: str, words: str) -> None:
    with pytest.raises(SinkError, match=re.escape(words)):
        open_sink(spec, io.StringIO())


def test_an_older_report_stands_until_there_is_a_new_one(tmp_path: Path) -> None:
    file = tmp_path / "report.txt"
    file.write_text("an older report\n" * 100)
    sink = open_sink(f"terse={file}", io.StringIO())
    assert file.read_text().startswith("an older report")
    sink.patch(review(bare()))
    sink.end(summary())
    assert file.read_text() == paint("terse", review(bare()))


def test_a_pipe_is_a_file_too(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    sink = open_sink(f"terse={tmp_path / 'pipe'}", io.StringIO())
    sink.patch(review(bare()))
    sink.end(summary())
    assert os.read(reader, 1 << 16).decode() == paint("terse", review(bare()))
    os.close(reader)


def test_a_full_disk_is_one_clear_line() -> None:
    sink = open_sink("terse=/dev/full", io.StringIO())
    sink.patch(review(bare()))
    with pytest.raises(SinkError, match="cannot write /dev/full: No space left on device"):
        sink.end(summary())


def test_the_rule_page_and_the_list() -> None:
    from gfplint.report import page
    from gfplint.rulebook import Rulebook

    book = Rulebook()
    entry = book.get("gfp/bare-modifier")
    for color in ("never", "always"):
        out = io.StringIO()
        page.paint_page(entry, book.page(entry), out, color=color, width=60)
        text = bare_text(out.getvalue())
        assert "Known problems" in text and "include/linux/gfp_types.h" in text
        assert "page = alloc_pages_node(nid, __GFP_THISNODE | __GFP_NOWARN, 0);" in text
        assert ("\x1b[" in out.getvalue()) == (color == "always")
    out = io.StringIO()
    page.paint_list(book.entries, out, color="never", width=100)
    assert len(out.getvalue().splitlines()) >= len(book.entries)
    assert max(map(len, out.getvalue().splitlines())) <= 100


def test_mended_remarks_are_shown_to_the_strict() -> None:
    """What is not shown when a patch brings it is no merit when it goes."""
    one = review(resolved=[(At("GFP_KERNEL", "before"), {"severity": "info"})])
    assert "fixes" not in terminal(one)
    assert "fixes 1 finding" in terminal(one, strict=True)
