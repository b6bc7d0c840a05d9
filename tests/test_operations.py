# SPDX-License-Identifier: GPL-2.0-or-later
"""Locks taken in callbacks that the core calls with them held."""

from pathlib import Path

import pytest

from gfplint.derive import held
from gfplint.diff.image import Image, Piece
from gfplint.diff.model import Mail, Patch, Series
from gfplint.diff.parse import parse
from gfplint.facts import tables
from gfplint.flow.core import calling
from gfplint.mail.tree import Tree
from gfplint.review import Options, Review, review
from gfplint.rulebook import Rulebook
from gfplint.source.operations import members_of
from tests.lint import of_file

RULE = "locks/held-by-caller"
TABLE = "\nstatic const struct net_device_ops ops = {\n\t.ndo_open = example_open,\n};\n"
PHY = '\nstatic struct phy_driver drivers[] = {\n\t{\n\t\t.name = "example",\n\t\t.resume = example_resume,\n\t},\n};\n'


def opened(body: str, table: str = TABLE) -> int:
    """How many reports there are on the function that opens a network device."""
    return sum(
        rule == RULE for rule, _ in of_file(f"static int example_open(struct net_device *dev)\n{{\n{body}}}\n{table}")
    )


def resumed(body: str, table: str = PHY) -> int:
    text = f"static int example_resume(struct phy_device *phydev)\n{{\n{body}}}\n{table}"
    return sum(rule == RULE for rule, _ in of_file(text))


TAKEN = "\trtnl_lock();\n\texample_up(dev);\n\trtnl_unlock();\n\treturn 0;\n"


@pytest.mark.parametrize(
    ("body", "count"),
    [
        (TAKEN, 1),
        ("\tguard(rtnl)();\n\treturn example_up(dev);\n", 1),
        ("\tif (rtnl_lock_killable())\n\t\treturn -EINTR;\n\trtnl_unlock();\n\treturn 0;\n", 1),
        ("\tif (!dev->ready)\n\t\treturn -EAGAIN;\n" + TAKEN, 1),
        ("\tif (!rtnl_trylock())\n\t\treturn -EAGAIN;\n\trtnl_unlock();\n\treturn 0;\n", 0),
        ("\tif (dev->unlocked)\n\t\trtnl_lock();\n\texample_up(dev);\n\treturn 0;\n", 0),
        ("\trtnl_unlock();\n\texample_wait(dev);\n\trtnl_lock();\n\treturn 0;\n", 0),
        ("\tif (dev->slow) {\n\t\trtnl_lock();\n\t\tup(dev);\n\t\trtnl_unlock();\n\t}\n\treturn 0;\n", 1),
        ("\tif (dev->need_rtnl) {\n\t\trtnl_lock();\n\t\tup(dev);\n\t\trtnl_unlock();\n\t}\n\treturn 0;\n", 0),
        ("\tswitch (dev->kind) {\n\tcase 1:\n\t\trtnl_lock();\n\t\trtnl_unlock();\n\t}\n\treturn 0;\n", 1),
        ("\tfor (i = 0; i < 3; i++) {\n\t\trtnl_lock();\n\t\tup(dev);\n\t\trtnl_unlock();\n\t}\n\treturn 0;\n", 1),
        ("\tASSERT_RTNL();\n\treturn example_up(dev);\n", 0),
    ],
)
def test_a_lock_without_an_object(body: str, count: int) -> None:
    assert opened(body) == count


def test_only_members_of_the_table_count() -> None:
    assert opened(
        TAKEN, "\nvoid init(void)\n{\n\tstatic struct net_device_ops ops = { .ndo_open = example_open };\n}\n"
    )
    assert not opened(TAKEN, TABLE.replace("ndo_open", "ndo_tx_timeout"))
    assert not opened(TAKEN, TABLE.replace("net_device_ops", "example_ops"))
    assert not opened(
        TAKEN, TABLE.replace("\t.ndo_open = example_open,", "\t.inner = {\n\t\t.ndo_open = example_open,\n\t},")
    )
    assert not opened(TAKEN, "")


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("\tmutex_lock(&phydev->lock);\n\tmutex_unlock(&phydev->lock);\n\treturn 0;\n", 1),
        ("\tguard(mutex)(&phydev->lock);\n\treturn 0;\n", 1),
        (
            "\tstruct phy_device *p = phydev;\n\n\tmutex_lock(&p->lock);\n\tmutex_unlock(&p->lock);\n\treturn 0;\n",
            1,
        ),
        ("\tstruct ex *ex = phydev->priv;\n\n\tmutex_lock(&ex->lock);\n\tmutex_unlock(&ex->lock);\n\treturn 0;\n", 0),
        (
            "\tphydev = other(phydev);\n\tmutex_lock(&phydev->lock);\n\tmutex_unlock(&phydev->lock);\n\treturn 0;\n",
            0,
        ),
        ("\tmutex_lock(&phydev->other->lock);\n\tmutex_unlock(&phydev->other->lock);\n\treturn 0;\n", 0),
    ],
)
def test_the_lock_of_a_parameter(body: str, count: int) -> None:
    assert resumed(body) == count


def test_a_helper_of_callbacks_alone() -> None:
    helper = "static void up(struct phy_device *phy)\n{\n\tmutex_lock(&phy->lock);\n\tmutex_unlock(&phy->lock);\n}\n\n"
    call = "static int example_resume(struct phy_device *phydev)\n{\n\tup(phydev);\n\treturn 0;\n}\n"
    work = "\nstatic void example_work(struct ex *ex)\n{\n\tup(ex->phydev);\n}\n"
    assert [rule for rule, _ in of_file(helper + call + PHY)] == [RULE]
    assert RULE not in {rule for rule, _ in of_file(helper + call + work + PHY)}
    assert RULE not in {rule for rule, _ in of_file(helper + call.replace("up(phydev)", "up(phydev->other)") + PHY)}
    dropped = call.replace("\tup(", "\tmutex_unlock(&phydev->lock);\n\tup(")
    assert RULE not in {rule for rule, _ in of_file(helper + dropped + PHY)}


def test_what_another_member_changes() -> None:
    body = "static vm_fault_t example_fault(struct vm_fault *vmf)\n{\n\tmmap_read_lock(vmf->vma->vm_mm);\n"
    body += "\tmmap_read_unlock(vmf->vma->vm_mm);\n\treturn 0;\n}\n"
    table = "\nstatic const struct vm_operations_struct ops = {\n\t.fault = example_fault,\n};\n"
    assert RULE in {rule for rule, _ in of_file(body + table)}
    assert RULE not in {
        rule for rule, _ in of_file(body + table.replace("\n}", "\n\t.map_pages = filemap_map_pages,\n}"))
    }


CONTROLS = b"""
static const struct snd_kcontrol_new x[] = {
	EX_ENUM("a, b", F(1, 2), get_it,
		put_it),
	EX_ENUM("c", e, put_it, NULL),
};
"""


def test_macros_name_their_arguments() -> None:
    image = Image("a.c", "after", (Piece(1, CONTROLS),), True, ("",))
    macros = {"snd_kcontrol_new": {"EX_ENUM": ["", "", "get", "put"]}}
    assert [one.name for one in members_of(image, "put_it", macros)] == ["put", "get"]
    assert [one.name for one in members_of(image, "get_it", macros)] == ["get"]
    assert members_of(image, "e", macros) == ()


OPEN = """\
static int example_open(struct net_device *dev)
{
	example_a(dev);
	example_b(dev);
	example_c(dev);
	example_d(dev);
	example_up(dev);
	return 0;
}
"""
HUNK = """\
--- a/drivers/net/example.c
+++ b/drivers/net/example.c
@@ -{0},3 +{0},5 @@ static int example_open(struct net_device *dev)
 	example_d(dev);
+	rtnl_lock();
 	example_{1}(dev);
+	rtnl_unlock();
 	return 0;
"""


def reviewed(tmp_path: Path, diff: str, text: str = OPEN + TABLE) -> Review:
    path = tmp_path / "drivers/net/example.c"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    (tmp_path / "Makefile").write_text("VERSION = 6\nPATCHLEVEL = 12\n")
    series = Series("x", 1, None, (Patch(Mail.of_file("x", diff), parse),), None, None, True)
    (result,) = review(series, Tree(str(tmp_path)), Rulebook(), Options())
    return result


def test_hunks_that_do_not_apply_ask_the_file_of_the_tree(tmp_path: Path) -> None:
    result = reviewed(tmp_path, HUNK.format(6, "newer"))
    assert [one.rule for one in result.findings] == [RULE]


def test_a_patch_that_takes_the_callback_out(tmp_path: Path) -> None:
    more = "@@ -20,3 +22,2 @@\n static const struct net_device_ops ops = {\n-\t.ndo_open = example_open,\n };\n"
    assert not reviewed(tmp_path, HUNK.format(6, "newer") + more).findings


def test_where_the_core_holds_it(tmp_path: Path) -> None:
    row = {"members": ["resume"], "locks": ["&$0->lock"], "core": {}}
    text = """\
void holds(struct phy_device *phydev)
{
	mutex_lock(&phydev->lock);
	phydev->drv->resume(phydev);
	mutex_unlock(&phydev->lock);
}

void asserts(struct phy_device *phydev)
{
	lockdep_assert_held(&phydev->lock);
	phydev->drv->resume(phydev);
}

void calls(struct phy_device *phydev)
{
	phydev->drv->resume(phydev);
}

void nothing(struct phy_device *phydev)
{
	phydev->drv->suspend(phydev);
}
"""
    image = Image("a.c", "after", (Piece(1, text.encode()),), True, ("",))
    said = [calling(image, name, row, tables.load()) for name in ("holds", "asserts", "calls", "nothing", "absent")]
    assert said == ["holds", "asserts", "calls", "", ""]
    core = tmp_path / "drivers/virtio/virtio.c"
    core.parent.mkdir(parents=True)
    core.write_text(
        "static void __virtio_config_changed(struct virtio_device *dev)\n{\n\tdrv->config_changed(dev);\n}\n"
    )
    assert held(str(tmp_path), "6.12") == {"virtio: drivers/virtio/virtio.c: __virtio_config_changed": "calls"}
