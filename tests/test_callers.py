# SPDX-License-Identifier: GPL-2.0-or-later
"""What the callers of a function say: those of its file, and with a tree those of its folder."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from gfplint.diff.model import Mail, Patch, Series
from gfplint.diff.parse import parse
from gfplint.mail.tree import Tree
from gfplint.review import Options, review
from gfplint.rulebook import Rulebook
from tests.lint import of_file

RULE = "gfp/sleeps-in-atomic"
HELPER = """\
static int fill(struct ex *ex)
{
	ex->buf = kmalloc(10, GFP_KERNEL);
	return ex->buf ? 0 : -ENOMEM;
}
"""
LOCKED = """
int one(struct ex *ex)
{
	int ret;

	spin_lock(&ex->lock);
	ret = fill(ex);
	spin_unlock(&ex->lock);
	return ret;
}
"""
PERHAPS = """
int three(struct ex *ex)
{
	int ret;

	if (ex->shared)
		spin_lock(&ex->lock);
	ret = fill(ex);
	if (ex->shared)
		spin_unlock(&ex->lock);
	return ret;
}

static int ex_open(struct net_device *dev)
{
	return three(netdev_priv(dev));
}

static const struct net_device_ops ex_ops = {
	.ndo_open = ex_open,
};
"""
FREE = """
int two(struct ex *ex)
{
	return fill(ex);
}
"""


def rules(text: str) -> set[str]:
    return {rule for rule, _ in of_file(text)} & {RULE, "gfp/atomic-in-sleepable"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (HELPER + LOCKED, {RULE}),
        (HELPER + LOCKED + FREE, {RULE}),  # one way there that is atomic is enough
        (HELPER.replace("KERNEL", "ATOMIC") + LOCKED + FREE, set()),
        (HELPER + FREE, set()),
        (HELPER.replace("static ", "") + LOCKED, {RULE}),  # others may call it
        (HELPER + LOCKED + "\nstatic const struct ex_ops ops = {\n\t.fill = fill,\n};\n", {RULE}),  # and here they do
        (HELPER.replace("\treturn", "\tspin_unlock(&ex->lock);\n\treturn") + LOCKED, set()),  # no word on the order
        (HELPER + LOCKED.replace("int one", "int __init one"), set()),
        (
            HELPER + "\nstatic int inner(struct ex *ex)\n{\n\treturn fill(ex);\n}\n" + LOCKED.replace("fill", "inner"),
            {RULE},
        ),
        (
            HELPER.replace("GFP_KERNEL", "GFP_ATOMIC") + LOCKED.replace("spin_", "mutex_"),
            {"gfp/atomic-in-sleepable"},
        ),
        (HELPER.replace("GFP_KERNEL", "GFP_ATOMIC") + LOCKED, set()),
        (HELPER.replace("GFP_KERNEL", "GFP_ATOMIC") + PERHAPS.replace("\nint", "\nstatic int", 1), set()),
        (
            PERHAPS.replace("fill(ex)", "kmalloc(1, GFP_ATOMIC) ? 0 : -ENOMEM").replace("\nint", "\nstatic int", 1),
            set(),
        ),
    ],
)
def test_callers_in_the_file(text: str, found: set[str]) -> None:
    assert rules(text) == found


HEAD = '#include "ex.h"\n\n'
TREE = {
    "Makefile": "VERSION = 6\nPATCHLEVEL = 12\n",
    "drivers/ex/ex.h": "struct ex;\nint fill(struct ex *ex);\n",
    "drivers/ex/fill.c": HEAD + HELPER.replace("static ", "").replace("10", "size"),
    "drivers/ex/core.c": HEAD + LOCKED.lstrip(),
}
CHANGE = """\
--- a/drivers/ex/fill.c
+++ b/drivers/ex/fill.c
@@ -3,5 +3,5 @@
 int fill(struct ex *ex)
 {
-	ex->buf = kmalloc(size, GFP_ATOMIC);
+	ex->buf = kmalloc(size, GFP_KERNEL);
 	return ex->buf ? 0 : -ENOMEM;
 }
"""
UNLOCKED = """\
--- a/drivers/ex/core.c
+++ b/drivers/ex/core.c
@@ -5,7 +5,5 @@
 	int ret;
\x20
-	spin_lock(&ex->lock);
 	ret = fill(ex);
-	spin_unlock(&ex->lock);
 	return ret;
 }
"""


def in_tree(
    root: Path, *diffs: str, git: bool = True, files: Mapping[str, str] = MappingProxyType({}), rule: str = RULE
) -> list[str]:
    for path, text in {
        **TREE,
        "drivers/ex/fill.c": TREE["drivers/ex/fill.c"].replace("KERNEL", "ATOMIC"),
        **files,
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    if git:
        for command in (["init", "-q"], ["add", "."], ["-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm1"]):
            subprocess.run(["git", *command], cwd=root, check=True)
    patches = tuple(Patch(Mail.of_file(f"{number}", diff), parse) for number, diff in enumerate(diffs))
    tree = Tree(str(root))
    found = list(review(Series("s", 1, None, patches, None, None, True), tree, Rulebook(), Options("6.12")))
    tree.close()
    assert all(file.context == "whole" for one in found for file in one.files)
    return [finding.rule for one in found for finding in one.findings if finding.rule == rule]


@pytest.mark.parametrize("git", [True, False])
def test_callers_in_the_folder(tmp_path: Path, git: bool) -> None:
    assert in_tree(tmp_path, CHANGE, git=git) == [RULE]


def test_a_series_changes_its_callers_too(tmp_path: Path) -> None:
    """What a later patch does to the caller counts: it is judged by the end of the series."""
    assert in_tree(tmp_path, CHANGE, UNLOCKED) == []


def test_an_exported_function_may_have_others_and_one_is_enough(tmp_path: Path) -> None:
    text = TREE["drivers/ex/fill.c"].replace("KERNEL", "ATOMIC") + "EXPORT_SYMBOL_GPL(fill);\n"
    assert in_tree(tmp_path, CHANGE, files={"drivers/ex/fill.c": text}) == [RULE]


def test_so_may_one_that_no_header_of_the_folder_declares(tmp_path: Path) -> None:
    assert in_tree(tmp_path, CHANGE, files={"drivers/ex/ex.h": "struct ex;\n"}) == [RULE]


@pytest.mark.parametrize("text", ["", "EXPORT_SYMBOL_GPL(fill);\n"])
def test_all_of_them_have_to_be_in_sight_where_none_may_be_atomic(tmp_path: Path, text: str) -> None:
    """GFP_ATOMIC is not needed only where no caller is atomic."""
    files = {
        "drivers/ex/fill.c": TREE["drivers/ex/fill.c"].replace("kmalloc(size, GFP_KERNEL)", "NULL") + text,
        "drivers/ex/core.c": TREE["drivers/ex/core.c"].replace("spin_", "mutex_"),
    }
    change = CHANGE.replace("kmalloc(size, GFP_ATOMIC)", "NULL").replace("GFP_KERNEL", "GFP_ATOMIC")
    rule = "gfp/atomic-in-sleepable"
    assert in_tree(tmp_path, change, files=files, rule=rule) == ([] if text else [rule])


OPERATIONS = """\
#include "ex.h"

static const struct net_device_ops ex_ops = {
	.ndo_start_xmit = fill,
};
"""


@pytest.mark.parametrize("member", [".ndo_start_xmit", ".ndo_open", ".ndo_unheard_of"])
def test_another_file_makes_it_a_callback(tmp_path: Path, member: str) -> None:
    files = {"drivers/ex/core.c": OPERATIONS.replace(".ndo_start_xmit", member)}
    assert in_tree(tmp_path, CHANGE, files=files) == ([RULE] if member == ".ndo_start_xmit" else [])


SENT = """\
static int send(struct ex *ex, bool xdp)
{
	if (xdp && !ex->ready)
		return -EAGAIN;
	return map(ex);
}

int queue(struct ex *ex, bool xdp)
{
	int ret = 0;

	if (ex->n)
		ret = send(ex, xdp);
	return ret;
}
"""
TRANSMIT = """\
static int transmit(struct ex *ex, struct sk_buff *skb)
{
	return queue(ex, false);
}

static netdev_tx_t ex_start_xmit(struct sk_buff *skb, struct net_device *dev)
{
	return transmit(netdev_priv(dev), skb);
}

static const struct net_device_ops ex_ops = {
	.ndo_start_xmit = ex_start_xmit,
};
"""
MAPPED = """\
static int map(struct ex *ex)
{
	if (!ex->isolated)
		return 0;
	ex->range = kcalloc(ex->n, 8, GFP_KERNEL);
	return ex->range ? 0 : -ENOMEM;
}

"""


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("", "", {RULE}),
        (".ndo_start_xmit", ".ndo_open", set()),
        ("\treturn queue", "\tmutex_lock(&ex->mutex);\n\treturn queue", set()),  # somebody errs, but who?
        ("xdp", "may_sleep", set()),
        ("if (xdp && ", "spin_unlock(&ex->lock);\n\tif (", set()),
        ("!ex->isolated", "ex->range", set()),  # it may be there already
        ("!ex->isolated", "in_task()", set()),
        ("int map(struct ex *ex)", "int map(struct ex *ex, int how)", {RULE}),
        ("ex)\n{\n\tif (!ex->isolated", "ex, int how)\n{\n\tif (how", set()),
        ("!ex->isolated", "!ex->n", set()),  # queue() asks that too, and knows more than is seen
        ("static int transmit", "static int __init transmit", set()),
    ],
)
def test_one_way_there_is_enough(old: str, new: str, found: set[str]) -> None:
    assert rules((MAPPED + SENT + TRANSMIT).replace(old, new)) == found


HOTPLUG = {
    "drivers/ex/ex.h": "int ex_offline(unsigned int cpu);\n",
    "drivers/ex/move.c": (
        '#include "ex.h"\n\nstatic void ex_move(unsigned int cpu)\n{\n\tex_count(cpu);\n}\n\n'
        "int ex_offline(unsigned int cpu)\n{\n\tex_move(cpu);\n\treturn 0;\n}\n"
    ),
    "drivers/ex/init.c": (
        '#include "ex.h"\n\nint ex_init(void)\n{\n'
        '\treturn cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "ex:online", NULL, ex_offline);\n}\n'
    ),
}
TAKES = """\
--- a/drivers/ex/move.c
+++ b/drivers/ex/move.c
@@ -3,4 +3,6 @@
 static void ex_move(unsigned int cpu)
 {
+	cpus_read_lock();
 	ex_count(cpu);
+	cpus_read_unlock();
 }
"""


@pytest.mark.parametrize("git", [True, False])
def test_a_callback_of_cpu_hotplug_that_another_file_registers(tmp_path: Path, git: bool) -> None:
    assert in_tree(tmp_path, TAKES, git=git, files=HOTPLUG, rule="hotplug/held-already") == ["hotplug/held-already"]


def test_one_that_is_registered_for_something_else(tmp_path: Path) -> None:
    init = HOTPLUG["drivers/ex/init.c"].replace("cpuhp_setup_state", "ex_setup_state")
    files = {**HOTPLUG, "drivers/ex/init.c": init}
    assert in_tree(tmp_path, TAKES, files=files, rule="hotplug/held-already") == []
