# SPDX-License-Identifier: GPL-2.0-or-later
"""Hunks and headers that git takes, or people mean, though they are not as git writes them."""

import pytest

from gfplint.diff.model import Diff
from gfplint.diff.parse import parse
from gfplint.diff.sound import sound

HEAD = "diff --git a/mm/x.c b/mm/x.c\nindex 1111111..2222222 100644\n"
NAMES = "--- a/mm/x.c\n+++ b/mm/x.c\n"
HUNK = "@@ -1,3 +1,3 @@\n a\n-b\n+c\n d\n"


def read(text: str) -> Diff:
    diff = parse(text, 1)
    assert str(diff) == text
    assert not sound(text) or not (diff.errors or diff.healed)
    return diff


def counts(diff: Diff) -> list[tuple[str, int, int]]:
    return [(file.path, file.added, file.removed) for file in diff.files]


@pytest.mark.parametrize(
    "footer",
    [
        "-\nTo unsubscribe from this list: send the line\n",
        "- \n2.39.5\n",
        "-\n-- \nA. Developer\n",
        "--\nTo unsubscribe from this list: send the line\n",
        "-- \n A. Developer\n",
        "\n-- \nA. Developer\n+49 123\n",
        "_______\nlist\n",
    ],
)
def test_footer_behind_a_hunk_that_fits(footer: str) -> None:
    diff = read(HEAD + NAMES + HUNK + footer)
    assert counts(diff) == [("mm/x.c", 1, 1)]
    assert not diff.errors and not diff.healed
    assert diff.tail == footer


def test_lines_behind_a_hunk_that_nothing_explains_cost_only_themselves() -> None:
    rest = "+is this code?\nor is it text\n-who knows\n"
    diff = read(HEAD + NAMES + HUNK + rest + "@@ -9 +9 @@\n-x\n+y\n")
    assert counts(diff) == [("mm/x.c", 2, 2)]
    assert [damage.line for damage in diff.healed] == [5]
    assert "left out" in diff.healed[0].reason
    assert diff.files[0].hunks[0].tail == rest
    assert diff.files[0].hunks[0].raw == HUNK


@pytest.mark.parametrize("names", ["--- a/mm/x.c\n", "+++ b/mm/x.c\n", ""])
def test_git_needs_no_lines_of_names(names: str) -> None:
    diff = read(HEAD + names + HUNK)
    assert counts(diff) == [("mm/x.c", 1, 1)]
    assert not diff.errors


@pytest.mark.parametrize(("kind", "count"), [("deleted", (0, 1)), ("new", (1, 0))])
def test_new_and_deleted_without_names(kind: str, count: tuple[int, int]) -> None:
    hunk = "@@ -1 +0,0 @@\n-a\n" if kind == "deleted" else "@@ -0,0 +1 @@\n+a\n"
    (file,) = read(f"diff --git a/x.c b/x.c\n{kind} file mode 100644\nindex 1..2\n{hunk}").files
    assert (file.status, (file.added, file.removed)) == ("added" if kind == "new" else "deleted", count)


def test_removed_dash_is_no_signature() -> None:
    diff = read(HEAD + NAMES + "@@ -1,6 +0,0 @@\n-a\n--\n-b\n-c\n-d\n-- \n2.39.5\n")
    assert counts(diff) == [("mm/x.c", 0, 5)]
    assert len(diff.healed) == 1


def test_counts_may_lead_beyond_what_looks_like_a_signature() -> None:
    text = HEAD + NAMES + "@@ -40,3 +41,2 @@\n-- \n }\n {\n-\treturn 0;\n }\n"
    diff = read(text)
    assert str(diff) == text and counts(diff) == [("mm/x.c", 0, 1)]


@pytest.mark.parametrize("first", [True, False])
def test_malformed_hunk_line_costs_only_its_hunk(first: bool) -> None:
    bad = "@@ -9999999999,2 +1,2 @@\n-what\n+ever\n x\n"
    other = "@@ -20 +20 @@\n-x\n+y\n"
    diff = read(HEAD + NAMES + (bad + HUNK + other if first else HUNK + bad + other))
    assert counts(diff) == [("mm/x.c", 2, 2)]
    assert [(damage.line, damage.reason) for damage in diff.errors] == [
        (5 if first else 10, "mm/x.c: no hunk: its line of numbers is malformed")
    ]


def test_signature_in_one_line() -> None:
    diff = read(HEAD + NAMES + HUNK + "-- 2.39.5\n\n")
    assert counts(diff) == [("mm/x.c", 1, 1)]
    assert not diff.healed
