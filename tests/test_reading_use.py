# SPDX-License-Identifier: GPL-2.0-or-later
"""What is done with a value, as rules ask it: a mask that is printed, memory that is cleared by its type's size."""

import pytest

from tests.lint import of_file

HELPER = "static void *ex_pages(struct ex *ex, gfp_t gfp)\n{\n\treturn ex_own(ex, gfp);\n}\n\n"
TOLD = """\
void *ex_get(struct ex *ex, gfp_t gfp)
{
	ex->a = kmalloc(8, gfp);
	USE
	ex->b = kmalloc(8, GFP_KERNEL);
	return ex->b;
}
"""


@pytest.mark.parametrize(
    ("use", "found"),
    [
        ("ex_own(ex);", 1),
        ('ex_dbg(ex, "%u flags", gfp);', 1),
        ('ex_dbg(ex, "%d: " "%pGg", 1, &gfp);', 1),
        ("ex->p = ex_pages(ex, gfp);", 1),  # declared in the file as gfp_t
        ("ex->p = ex_own(ex, gfp);", 0),  # who knows what that makes of it
        ('ex_dbg(ex, "flags", gfp);', 0),
        ('ex_dbg(ex, "%d", ex_may(gfp));', 0),
        ("if (gfp & __GFP_IO)\n\t\treturn NULL;", 0),
    ],
)
def test_a_mask_that_is_handed_on(use: str, found: int) -> None:
    said = [rule for rule, _ in of_file(HELPER + TOLD.replace("USE", use)) if rule == "gfp/parameter-ignored"]
    assert len(said) == found


CLEARED = """\
int ex_init(struct ex *ex)
{
	struct ex_mbox *mbox;

	mbox = vmalloc(sizeof(*mbox));
	if (!mbox)
		return -ENOMEM;
	memset(mbox, 0, sizeof(struct ex_mbox));
	ex->mbox = mbox;
	return 0;
}
"""


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("", "", 1),
        ("struct ex_mbox *mbox", "struct ex_list *list, *mbox", 0),
        ("sizeof(struct ex_mbox)", "sizeof(struct ex_head)", 0),
        ("struct ex_mbox *mbox", "struct ex_mbox **mbox", 0),
        ("struct ex_mbox *mbox", "struct ex_mbox *other, *mbox", 1),
        ("\tmemset", '\tex_dbg(ex, "a mbox: ready\\n");\n\tmemset', 1),
        ("\tmemset", '\tex_dbg(ex, "ready\\n", mbox);\n\tmemset', 0),
    ],
)
def test_memory_that_is_cleared(old: str, new: str, found: int) -> None:
    said = [rule for rule, _ in of_file(CLEARED.replace(old, new)) if rule == "gfp/zeroed-by-hand"]
    assert len(said) == found


ENTRY = """\
int ex_put(struct ex *ex, void *p)
{
	rcu_read_lock();
	xa_store(&ex->xa, 1, ENTRY, MASK);
	rcu_read_unlock();
	return 0;
}
"""


@pytest.mark.parametrize(
    ("entry", "mask", "found"),
    [
        ("p", "GFP_KERNEL", ["gfp/sleeps-in-atomic"]),
        ("p", "GFP_ATOMIC", []),
        ("NULL", "GFP_KERNEL", []),  # takes it out, and allocates nothing
        ("NULL", "0", []),
        ("p", "0", []),
    ],
)
def test_an_entry_of_an_xarray(entry: str, mask: str, found: list[str]) -> None:
    said = of_file(ENTRY.replace("ENTRY", entry, 1).replace("MASK", mask))
    assert [rule for rule, _ in said if rule.startswith("gfp/")] == found
