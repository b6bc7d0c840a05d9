# SPDX-License-Identifier: GPL-2.0-or-later
"""What a header declares under #if alone, and what a tree tells of that."""

from pathlib import Path

import pytest

from gfplint.gating import gating
from gfplint.source.gated import declarations, gates
from tests.trees import write

HEADER = b"""
#ifndef _LINUX_BUF_H
#define _LINUX_BUF_H

struct buf { int size; };
int buf_size(struct buf *b);

#ifdef CONFIG_BUF_GROW
int buf_grow(struct buf *b);	/* buf_shrink() is elsewhere */
extern unsigned int buf_limit;
unsigned long
buf_later(struct buf *b, int (*fn)(int));
#else
static inline int buf_stubbed(struct buf *b) { return 0; }
# define buf_limit 16
#define buf_macro(b) (0)
#endif
#ifdef CONFIG_BUF_GROW
int buf_stubbed(struct buf *b);
int buf_macro(struct buf *b);
#endif

#if defined(CONFIG_BUF_GROW) && IS_ENABLED(CONFIG_SMP)
void buf_both(struct buf *b);
#elif defined(CONFIG_BUF_SLOW) || defined CONFIG_BUF_SLOW_MODULE
void buf_both(struct buf *b);
#endif

#if !defined(CONFIG_TINY)
void buf_not_tiny(struct buf *b);
#endif
#if VERSION > 3 && defined(CONFIG_BUF_DEBUG)
void buf_dump(struct buf *b);
#endif
#endif
"""


def test_what_a_header_gates() -> None:
    found = gates(HEADER)
    assert {name: gate.clauses for name, gate in found.items()} == {
        "buf_grow": (("BUF_GROW",),),
        "buf_limit": (("BUF_GROW",),),
        "buf_later": (("BUF_GROW",),),
        "buf_both": (("BUF_GROW", "BUF_SLOW"), ("BUF_SLOW", "SMP")),
        "buf_dump": (("BUF_DEBUG",),),
    }
    assert [name for name, gate in found.items() if gate.constant] == ["buf_limit"]


def test_a_stub_at_the_end_of_a_file_is_a_body() -> None:
    (one,) = declarations(b"static inline void buf_done(void) { }\n")
    assert (one.name, one.body, one.static) == ("buf_done", True, True)


@pytest.mark.parametrize(
    "text",
    [
        b"#if (A",
        b"#if A && \nint f(void);\n#endif",
        b"#else\n#endif\nint f(void);",
        b"#if " + b"(" * 5000 + b"\nint f(void);\n#endif",
    ],
)
def test_what_is_no_c_gates_nothing(text: bytes) -> None:
    assert gates(text) == {}


TREE = {
    "Makefile": "VERSION = 6\nPATCHLEVEL = 12\n",
    "include/linux/buf.h": HEADER.decode(),
    "arch/toy/include/asm/buf.h": "int buf_later(int);\n",
    "arch/toy/Kconfig": "config TOY\n\tdef_bool y\n",
    "arch/toy/mm/Makefile": "obj-y += buf_$(BITS).o\n",
    "arch/toy/mm/buf_64.c": "int buf_size(struct buf *b)\n{\n\treturn 64;\n}\n",
    "mm/Makefile": "obj-$(CONFIG_BUF) += buf.o\n",
    "mm/buf.c": (
        "int __weak buf_size(struct buf *b)\n{\n\treturn 0;\n}\n\nint buf_grow(struct buf *b)\n{\n\treturn 0;\n}\n"
        "EXPORT_SYMBOL_GPL(buf_grow);\n"
    ),
}
FACTS = {
    "headers": {"gated": ["include/linux/buf.h"], "unexported": ["include/linux/buf.h"]},
    "architectures": {},
    "everywhere": {"symbols": ["SMP"]},
    "eliminated": {"names": []},
}


def test_what_a_tree_says(tmp_path: Path) -> None:
    write(tmp_path, TREE)
    found = gating(str(tmp_path), FACTS)
    assert found["declared"] == {  # not buf_later(): an architecture declares it, too
        "buf_grow": ["include/linux/buf.h", "BUF_GROW"],
        "buf_both": ["include/linux/buf.h", "BUF_GROW|BUF_SLOW"],
        "buf_dump": ["include/linux/buf.h", "BUF_DEBUG"],
    }
    assert found["variables"] == {"buf_limit": ["include/linux/buf.h", "BUF_GROW"]}
    assert found["defined"] == {"buf_size": ["mm/buf.c", "BUF|64BIT", "BUF|TOY"]}
    assert found["unexported"] == {"buf_size": ["arch/toy/mm/buf_64.c", "mm/buf.c"]}
