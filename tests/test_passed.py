# SPDX-License-Identifier: GPL-2.0-or-later
"""A mask that may sleep, passed to what allocates under a lock: whose callers are looked at."""

from pathlib import Path

import pytest

import gfplint
from tests.trees import write

HELPER = """\
int box_number(struct box *box, gfp_t gfp)
{
	int id;

	spin_lock(&box->lock);
	id = idr_alloc(&box->idr, box, 1, 0, gfp);
	spin_unlock(&box->lock);
	return id;
}
"""
CALLER = """\
int box_open(struct box *box)
{
	return box_number(box, GFP_KERNEL);
}
"""


def found(tmp_path: Path, files: dict[str, str]) -> list[str]:
    """What is found in a patch that changes the helper, in a tree with these files."""
    files |= {"Kbuild": "", "MAINTAINERS": "", "include/linux/mm.h": "", "Makefile": "VERSION = 6\nPATCHLEVEL = 12\n"}
    write(tmp_path, files)
    (tmp_path / "x.patch").write_text(
        "--- a/drivers/box/box.c\n+++ b/drivers/box/box.c\n@@ -4,5 +4,5 @@\n \n \tspin_lock(&box->lock);\n"
        "-\tid = idr_get(&box->idr);\n+\tid = idr_alloc(&box->idr, box, 1, 0, gfp);\n"
        " \tspin_unlock(&box->lock);\n \treturn id;\n"
    )
    (review,) = gfplint.lint(str(tmp_path / "x.patch"), tree=str(tmp_path))
    return [finding.report.message for finding in review.findings if finding.rule == "gfp/passed-to-atomic"]


def before(text: str) -> str:
    return text.replace("idr_alloc(&box->idr, box, 1, 0, gfp)", "idr_get(&box->idr)")


SAYS = "idr_alloc() gets GFP_KERNEL from box_open() and may sleep, and &box->lock is held"


def test_a_caller_in_the_file(tmp_path: Path) -> None:
    assert found(tmp_path, {"drivers/box/box.c": before(HELPER) + CALLER}) == [SAYS]


def test_a_caller_in_the_folder(tmp_path: Path) -> None:
    header = "int box_number(struct box *box, gfp_t gfp);\n"
    files = {"drivers/box/box.c": before(HELPER), "drivers/box/box.h": header, "drivers/box/open.c": CALLER}
    assert found(tmp_path, files) == [SAYS]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("GFP_KERNEL", "GFP_ATOMIC"),
        ("GFP_KERNEL", "box->gfp"),
        ("\tint id;\n", "\tint id;\n\n\tgfp &= ~__GFP_DIRECT_RECLAIM;\n"),
        ("box_number(box, GFP_KERNEL)", "box_name(box, GFP_KERNEL)"),
    ],
)
def test_nothing_that_sleeps_is_passed(tmp_path: Path, old: str, new: str) -> None:
    text = HELPER + CALLER
    assert old in text
    assert found(tmp_path, {"drivers/box/box.c": before(text.replace(old, new))}) == []
