# SPDX-License-Identifier: GPL-2.0-or-later
"""A place may sleep where its neighbours do: what counts as a neighbour."""

import pytest

from tests.lint import of_file

RULE = "gfp/atomic-in-sleepable"
BEFORE = """\
	q = kmalloc(8, GFP_KERNEL);
	if (!q)
		return -ENOMEM;
	p = kmalloc(8, GFP_ATOMIC);
"""
AFTER = """\
	p = kmalloc(8, GFP_ATOMIC);
	if (!p)
		return -ENOMEM;
	q = kmalloc(8, GFP_KERNEL);
"""


def lines(body: str) -> list[int]:
    """The lines of a function's body, from 1, on which GFP_ATOMIC is not needed."""
    found = of_file("int ex(struct ex *ex, void *p, void *q)\n{\n" + body + "\treturn 0;\n}\n")
    return [line - 2 for rule, line in found if rule == RULE]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (BEFORE, [4]),
        (AFTER, [1]),
        (BEFORE.replace("KERNEL", "ATOMIC"), []),
        (BEFORE.replace("GFP_KERNEL", "ex->gfp"), []),
        (BEFORE.replace("q = kmalloc(8, GFP_KERNEL)", "mutex_lock(&ex->m)"), [4]),
        (AFTER.replace("q = kmalloc(8, GFP_KERNEL)", "msleep(1)"), [1]),
        (AFTER.replace("\tq =", "\tif (ex->n)\n\t\tq ="), []),
        ("\tif (ex->n)\n\t\treturn !kmalloc(8, GFP_ATOMIC);\n\tq = kmalloc(8, GFP_KERNEL);\n", []),
        (AFTER.replace("\tq =", "out:\n\tq ="), []),
        (BEFORE.replace("\tp =", "out:\n\tp ="), []),  # who jumps here may hold what is not seen
        (BEFORE.replace("\tp =", "\tex_lock(ex);\n\tp ="), []),
        (AFTER.replace("\tq =", "\tex_unlock(ex);\n\tq ="), []),
        (AFTER.replace("\tq =", "\tspin_unlock(&ex->lock);\n\tq ="), []),
        (AFTER.replace("\tq =", "\tmutex_lock(&ex->lock);\n\tq ="), [1]),
        (BEFORE.replace("\tp =", "\tif (in_interrupt())\n\t\treturn 0;\n\tp ="), []),
        (AFTER.replace("\tq =", "\tif (!ex->can_sleep)\n\t\treturn 0;\n\tq ="), []),
        ("\tif (ex->n) {\n" + AFTER.replace("\tq =", "\treturn 0;\n\t}\n\tq ="), []),
        ("\tif (ex->n) {\n" + AFTER.replace("\tq =", "\t}\n\tq ="), [2]),
        ("\tif (!ex->n) {\n\t\tq = kmalloc(8, GFP_KERNEL);\n\t}\n\tp = kmalloc(8, GFP_ATOMIC);\n", []),
        ("\tif (kmalloc(8, GFP_KERNEL) || ex->n)\n\t\tp = kmalloc(8, GFP_ATOMIC);\n", [2]),
        ("\tif (ex->n || kmalloc(8, GFP_KERNEL))\n\t\tp = 0;\n\tp = kmalloc(8, GFP_ATOMIC);\n", []),
        ("\tspin_lock(&ex->lock);\n" + BEFORE + "\tspin_unlock(&ex->lock);\n", []),
    ],
)
def test_neighbours(body: str, found: list[int]) -> None:
    assert lines(body) == found
