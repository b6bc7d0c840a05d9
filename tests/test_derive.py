# SPDX-License-Identifier: GPL-2.0-or-later
"""Fact tables derived from a small tree, and held against tables."""

import io
from pathlib import Path

import pytest

from gfplint import derive
from gfplint.facts import store, tables
from gfplint.facts.compile import compile_folder
from tests.trees import write

TYPES = """
enum {
	___GFP_DMA_BIT,
	___GFP_IO_BIT,	/* may start I/O */
	___GFP_FS_BIT,
#ifdef CONFIG_LOCKDEP
	___GFP_NOLOCKDEP_BIT,
#endif
	___GFP_LAST_BIT
};
#define ___GFP_DMA		BIT(___GFP_DMA_BIT)
#define __GFP_DMA	((__force gfp_t)___GFP_DMA)
#define __GFP_IO	((__force gfp_t)___GFP_IO)
#define __GFP_FS	((__force gfp_t)___GFP_FS) /* may call the filesystem */
#define __GFP_BITS_SHIFT 4
#define __GFP_BITS_MASK	((__force gfp_t)((1 << __GFP_BITS_SHIFT) - 1))
#define GFP_KERNEL	(__GFP_IO | \\
			 __GFP_FS)
#define GFP_LATE	(GFP_KERNEL & ~__GFP_FS)
#define GFP_OTHER	(GFP_KERNEL | UNKNOWN_FLAG)
"""
OLD_TYPES = """
#define ___GFP_DMA		0x01u
#define ___GFP_IO		0x40u
#ifdef CONFIG_X
#define ___GFP_LATE		0x80u
#else
#define ___GFP_LATE		0
#endif
#define __GFP_IO	((__force gfp_t)___GFP_IO)
"""
SLAB = """
typedef unsigned int gfp_t;
struct ops {
	void *(*alloc)(int a, gfp_t flags);
};
void *grab_noprof(size_t size, gfp_t flags) __assume_aligned(8);
#define grab(...)	alloc_hooks(grab_noprof(__VA_ARGS__))
#define grab_node_noprof(size, node, flags) \\
	__grab_node_noprof(BUCKET(size, NULL), (flags) | __GFP_ZERO, node)
void *__grab_node_noprof(DECL(size, b), gfp_t flags, int node);
#define grab_late(_size, _flags)	alloc_hooks(grab_noprof(_size, _flags))
static inline __printf(2, 3) char *
print(gfp_t gfp, const char *fmt, ...)
{
	return call(gfp);
}
extern int table(gfp_t *flags, int x);
#define for_each_buf(b, head) list_for_each_entry(b, head, node)
"""


@pytest.fixture
def tree(tmp_path: Path) -> str:
    files = {
        "Makefile": "# SPDX\nVERSION = 6\nPATCHLEVEL = 99\nSUBLEVEL = 1\n",
        "include/linux/gfp_types.h": TYPES,
        "include/linux/slab.h": SLAB,
        "drivers/buf.c": "#define buf_foreach_entry(x) for (;;)\n#define NOT_ONE 1\n",
        "Documentation/x.h": "#define for_each_doc(x)\n",
    }
    return write(tmp_path / "linux", files)


def test_tables_of_a_tree(tree: str) -> None:
    found = derive.derive(tree)
    assert found.kernel == "6.99"
    assert found.tables["gfp", "bits.6.99"] == {"___GFP_DMA": 0, "___GFP_IO": 1, "___GFP_FS": 2, "___GFP_NOLOCKDEP": 3}
    assert found.tables["gfp", "flags.6.99"] == {
        "__GFP_DMA": ["__GFP_DMA"],
        "__GFP_IO": ["__GFP_IO"],
        "__GFP_FS": ["__GFP_FS"],
        "GFP_KERNEL": ["__GFP_FS", "__GFP_IO"],
        "GFP_LATE": ["__GFP_IO"],
    }
    assert found.tables["gfp_args", "6.99"] == {
        "__grab_node_noprof": [1, 3],
        "grab": [1, 2],
        "grab_late": [1, 2],
        "grab_node_noprof": [2, 3],
        "grab_noprof": [1, 2],
        "print": [0, 3],
    }
    assert sorted(found.tables["macros", "iterators.6.99"]) == ["buf_foreach_entry", "for_each_buf"]


def test_bits_of_an_old_tree() -> None:
    bits = derive.gfp_bits(OLD_TYPES)
    assert bits == {"___GFP_DMA": 0, "___GFP_IO": 6, "___GFP_LATE": 7}
    assert derive.gfp_flags(OLD_TYPES, bits) == {"__GFP_IO": ["__GFP_IO"]}


def facts_of(folder: Path) -> tables.Tables:
    sections = compile_folder(str(folder))
    return tables.Tables(store.pack("0", sections, lambda: sections))


def test_the_difference_keeps_corrections_apart(tree: str, tmp_path: Path) -> None:
    table = 'schema = 1\n["6.99"]\n'
    gfp = 'schema = 1\n[flags."6.99"]\n__GFP_DMA = ["__GFP_DMA"]\n__GFP_IO = ["__GFP_IO"]\n'
    gfp += '[bits."6.99"]\n___GFP_DMA = 0\n___GFP_IO = 1\n'
    correction = '[[row]]\ntable = "gfp_args"\nnames = ["grab", "gone"]\nin = ["6.99"]\n'
    correction += 'reason = "the size comes last"\n'
    folder = tmp_path / "facts"
    write(
        folder,
        {
            "allocators.toml": "schema = 1\n[alloc]\n",
            "locks.toml": "schema = 1\nlock = []\n",
            "gfp.toml": gfp,
            "gfp_args.toml": table + "grab = [0, 2]\ngone = [0, 1]\ngrab_noprof = [1, 2]\nprint = [1, 3]\n",
            "macros.toml": 'schema = 1\n[iterators."6.99"]\nnames = ["for_each_buf", "for_each_old"]\n',
            "corrections.toml": "schema = 1\n" + correction,
        },
    )
    found = derive.derive(tree)
    changes = derive.difference(found, facts_of(folder))
    own = [change for change in changes if change.table == "gfp_args"]
    args = {change.name: (change.shipped, change.derived, change.reason) for change in own}
    assert args == {
        "__grab_node_noprof": (None, [1, 3], None),
        "gone": ([0, 1], None, "the size comes last"),
        "grab": ([0, 2], [1, 2], "the size comes last"),
        "grab_late": (None, [1, 2], None),
        "grab_node_noprof": (None, [2, 3], None),
        "print": ([1, 3], [0, 3], None),
    }
    assert {change.name for change in changes if change.table == "macros"} == {"for_each_old", "buf_foreach_entry"}
    text = list(derive.report(found, changes))
    assert "gfp_args.toml [6.99]: 6 rows derived, 4 differ, 2 corrected by hand" in text
    assert text[text.index("-print = [1, 3]") + 1] == "+print = [0, 3]"
    assert " grab = [0, 2]  # the size comes last" in text


def test_a_kernel_that_the_tables_do_not_know_is_all_new(tree: str) -> None:
    out = io.StringIO()
    assert derive.main(tree, out) == 1
    assert '+GFP_KERNEL = ["__GFP_FS", "__GFP_IO"]' in out.getvalue().split("\n")


def test_a_folder_that_is_no_kernel(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = io.StringIO()
    assert derive.main(str(tmp_path), out) == 2
    assert capsys.readouterr().err == f"{tmp_path}/Makefile: No such file or directory\n"
    write(tmp_path, {"Makefile": "all:\n"})
    assert derive.main(str(tmp_path), out) == 2
    assert "no VERSION" in capsys.readouterr().err
    write(tmp_path, {"Makefile": "VERSION = 6\nPATCHLEVEL = 1\n"})
    assert derive.main(str(tmp_path), out) == 2
    assert "no include/linux/gfp_types.h or include/linux/gfp.h" in capsys.readouterr().err
    assert out.getvalue() == ""
