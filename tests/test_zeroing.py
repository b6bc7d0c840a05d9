# SPDX-License-Identifier: GPL-2.0-or-later
"""Fresh memory that is cleared in another function of its file: where that is the only thing done with it."""

from pathlib import Path

import pytest

import gfplint

CODE = """\
static void box_add(struct box *box, void *buf, size_t size)
{
	if (!buf || !box->open)
		goto out;
	memset(buf, 0, size);
	box->buf = buf;
out:
	box_put(box);
}

static void box_alloc(struct box *box, size_t size)
{
	void *buf = vmalloc(size);

	box->address = (unsigned long)buf;
	box_add(box, buf, size);
}
"""


def found(tmp_path: Path, code: str) -> list[str]:
    lines = code.splitlines()
    new = "".join(f"+{line}\n" for line in lines)
    patch = f"--- /dev/null\n+++ b/drivers/box/box.c\n@@ -0,0 +1,{len(lines)} @@\n{new}"
    (tmp_path / "x.patch").write_text(patch)
    (review,) = gfplint.lint(str(tmp_path / "x.patch"), tree=None)
    return [finding.report.message for finding in review.findings if finding.rule == "gfp/zeroed-by-hand"]


def test_the_helper_clears_it(tmp_path: Path) -> None:
    assert found(tmp_path, CODE) == ["vmalloc() and memset() are vzalloc()"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("static void box_add", "void box_add"),  # others may call it
        ("\tbox_add(box, buf, size);\n", "\tbox_add(box, buf, size);\n\tbox_add(box, box->old, size);\n"),
        ("\tmemset(buf, 0, size);", "\tif (box->new)\n\t\tmemset(buf, 0, size);"),
        ("\tmemset(buf, 0, size);", "\tbox_look(buf);\n\tmemset(buf, 0, size);"),
        ("\tmemset(buf, 0, size);", "\tsize -= 8;\n\tmemset(buf, 0, size);"),
        ("\tmemset(buf, 0, size);", "again:\n\tmemset(buf, 0, size);"),
        ("\tbox->address = (unsigned long)buf;", "\tbox_look(buf);"),
        ("\tbox->address = (unsigned long)buf;", "\t*(char *)buf = 1;"),
        ("box_add(box, buf, size);", "box_add(box, buf, size / 2);"),
        ("vmalloc(size)", "vmalloc(size + 1)"),
        ("vmalloc(size)", "box_take(size)"),
    ],
)
def test_something_else_is_done_with_it(tmp_path: Path, old: str, new: str) -> None:
    assert old in CODE
    assert found(tmp_path, CODE.replace(old, new)) == []
