# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules on a series as a whole: they see what it starts from and what it leaves, not the steps between."""

from pathlib import Path

import pytest

from gfplint.diff.model import Mail, Patch, Series
from gfplint.diff.parse import parse
from gfplint.review import Options, Review, review
from gfplint.rulebook import Rulebook

RULE = '''\
# SPDX-License-Identifier: GPL-2.0-or-later
r"""Something taken in a file of the series and given back in none.

It is never given back.

Bad:
	example_take();	/* <-- never given back */

Good:
	example_give();

Known problems:
	None.

See:
	nothing
"""

from gfplint.rule import Reports, Series, report

SEVERITY = "warning"
WORDS = ("example_take",)


def check(series: Series) -> Reports:
    given = any(file.mentions("example_give") for file in series.files.values())
    for file in series.files.values():
        for fn in file.functions:
            for call in fn.calls_to("example_take") if not given else ():
                yield report(call, "never given back", key=(call.name,))
'''


@pytest.fixture
def book(tmp_path: Path) -> Rulebook:
    rule = tmp_path / "rules" / "own" / "pair.py"
    rule.parent.mkdir(parents=True)
    rule.write_text(RULE)
    found = Rulebook([str(tmp_path / "rules")])
    assert not found.problems
    return found


def file(path: str, *lines: str) -> str:
    text = ["int f(void)", "{", *(f"\t{line}" for line in lines), "\treturn 0;", "}"]
    return f"--- /dev/null\n+++ b/{path}\n@@ -0,0 +1,{len(text)} @@\n" + "".join(f"+{line}\n" for line in text)


def change(path: str, old: str, new: str) -> str:
    return f"--- a/{path}\n+++ b/{path}\n@@ -1,5 +1,5 @@\n int f(void)\n {{\n-\t{old}\n+\t{new}\n \treturn 0;\n }}\n"


def lint(book: Rulebook, *diffs: str) -> list[Review]:
    patches = tuple(Patch(Mail.of_file(f"{number}.patch", diff), parse) for number, diff in enumerate(diffs, 1))
    return [*review(Series("s", 1, None, patches, None, None, True), None, book, Options())]


def test_what_a_later_patch_pairs_is_nobodys_finding(book: Rulebook) -> None:
    take, give = file("mm/a.c", "example_take();"), file("mm/b.c", "example_give();")
    assert all(not one.series_findings and not one.errors for one in lint(book, take, give))


def test_what_no_patch_pairs_is_said_once_on_the_last(book: Rulebook) -> None:
    first, last = lint(book, file("mm/a.c", "example_take();"), file("mm/b.c", "other();"))
    assert not first.series_findings and not first.findings
    [finding] = last.series_findings
    assert (finding.rule, finding.report.at.path, finding.report.at.line) == ("own/pair", "mm/a.c", 3)
    assert finding.mail_line is None and ("mm/a.c", "after") in last.images


def test_a_lone_patch_is_a_series_of_one(book: Rulebook) -> None:
    [only] = lint(book, file("mm/a.c", "example_take();"))
    assert [finding.mail_line for finding in only.series_findings] == [6]


def test_what_stood_before_is_not_its_finding(book: Rulebook) -> None:
    [only] = lint(book, change("mm/a.c", "example_take(); one();", "example_take(); two();"))
    assert not only.series_findings


def test_steps_in_between_do_not_count(book: Rulebook) -> None:
    steps = [file("mm/a.c", "example_take();"), change("mm/a.c", "example_take();", "other();")]
    assert all(not one.series_findings for one in lint(book, *steps))
