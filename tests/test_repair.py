# SPDX-License-Identifier: GPL-2.0-or-later
"""The dialect, construct by construct; and that no bytes at all break the repair."""

import time
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gfplint.diff.image import Image, Piece
from gfplint.source.function import calls
from gfplint.source.language import parse_c
from gfplint.source.parse import parse_image
from gfplint.source.repair import repair, repaired


def body(text: str) -> bytes:
    return b"static int f(struct foo *p)\n{\n" + text.encode() + b"\n}\n"


def names(text: bytes) -> list[str]:
    image = Image("a.c", "after", (Piece(1, text),), True, ("",))
    return [call.name for fn in parse_image(image).functions for call in calls(fn)]


# What stands in a function, and the calls that must be found there.
INSIDE = {
    "\tlist_for_each_entry(a, &p->list, node) {\n\t\tone(a);\n\t}": "list_for_each_entry one",
    "\tlist_for_each_entry(a, &p->list, node)\n\t\tone(a);\n\ttwo();": "list_for_each_entry one two",
    "\tif (x)\n\t\tfor_each_node(n)\n\t\t\t++count;": "for_each_node",
    "\tunseen_for_each_thing(a, b) {\n\t\tone(a);\n\t}": "unseen_for_each_thing one",
    "\tfor_each_everything() {\n\t\tone();\n\t}": "for_each_everything one",
    "\tdevice_for_each_child(dev, NULL, cb);": "device_for_each_child",
    "\tscoped_guard(mutex, &p->lock) {\n\t\tone();\n\t}": "scoped_guard one",
    "\tscoped_cond_guard(mutex_intr, return -EINTR, &p->lock) {\n\t\tone();\n\t}": "scoped_cond_guard one",
    "\tguard(mutex)(&p->lock);\n\tone();": " guard one",
    "\tstruct page *q __free(kfree) = kmalloc(8, GFP_KERNEL);\n\tone(q);": "kmalloc one",
    "\tq = container_of(p, struct bar, member);": "container_of",
    "\tq = va_arg(ap, struct bar *);\n\tn = min_t(unsigned long, one(), 3);": "va_arg min_t one",
    "\tq = (struct bar __iomem *)one(p);": "one",
    "\tchar __user *u = (char __user __force *)two();": "two",
    "\ttypeof(*p) *q = one();\n\t__typeof__(one(1)) r;": "one",
    "\tswitch (x) {\n\tcase 1 ... 3:\n\t\tone();\n\t}": "one",
    '\tprintk(KERN_ERR PFX "a" FMT "b" __stringify(X) "c", one());': "printk one",
    '\tasm volatile(INSN(%0) "nop" : "=r" (x) : "r" (one(y)) : "memory");': "one",
    '\tasm goto(ALTERNATIVE("a", "b", X) : : : : out);\nout:\n\tone();': "one",
    "\tx = ({ int y = one(); y; });": "one",
    "\tstatic DEFINE_RATELIMIT_STATE(rs, 5 * HZ, 10);\n\tDECLARE_BITMAP(map, 8) = { 0 };\n\tone();": "one",
    "\tASSERTCMP(one(), >=, 3);": "ASSERTCMP one",
    "\tDEB(one(); two();)\n\tthree();": "one two three",
    "\twait_msec(dev, 2000,\n\t\tif (one(dev))\n\t\t\tbreak;\n\t\t);\n\ttwo();": "wait_msec one two",
    "\tCHECK(one(), return -EIO);\n\tCHECK(two(), goto out);\nout:\n\tthree();": "CHECK one CHECK two three",
    "\tMACRO_BEGIN(p)\n\tone();\n\tMACRO_END(p)\n\ttwo();": "MACRO_BEGIN one MACRO_END two",
    "\tsave(dev, 56g);\n\tone(dev, 3ull, 0x2f, 1_a);": "save one",
    "\trequest(PREFIX FORMAT, one(x));": "request one",
    "\tBARE_MACRO\n\tone(p);": "one",
    "\tdo {\n\t\tone();\n\t} for_each_vma(vmi, vma);\n\ttwo();": "one two",
    "\tcheck(40MHZ);\n\tone(0x1f, 0b11);": "check one",
    "\tx = MASK(.event = one(), .umask=0x01, .inv=1);\n\tx = (struct m){ .a = two(), .b = 1 };": "MASK one two",
    '\tregister void *a asm("r1") = one();\n\tregister u64 b asm("r2");': "one",
    '#if defined(__a__)\n\t__asm__ volatile("nop" : "=r" (x) : "r" (one()));\n#endif\n\ttwo();': "one two",
    "\tx = offsetof(struct bar, a.b[3]) + __alignof__(*p) + one();": "offsetof one",
    "\tgoto *table[i];\n\tone();": "one",
    "\tx = (u8)(y >> 8) + (fn)(1, 2);": "fn",
    "\tp->ops->open(one(p));": "open one",
    "\tx = sizeof(struct bar *) + sizeof(*p) + one((struct bar){ .a = two() });": "one two",
    "#ifdef CONFIG_A\n\tone();\n#else\n\ttwo();\n#endif\n\tthree();": "one two three",
    "#ifdef CONFIG_A\n\tif (one()) {\n#else\n\tif (two()) {\n#endif\n\t\tthree();\n\t}": "one two three",
    "\tif (one() &&\n#ifdef CONFIG_A\n\t    two() &&\n#endif\n\t    three())\n\t\tfour();": "one two three four",
    "\tif (x)\n#ifdef CONFIG_A\n\t\tone();\n#else\n\t\ttwo();\n#endif\n\tthree();": "one two three",
    "#ifdef CONFIG_A\n\tif (x) {\n\t\tone();\n\t} else\n#endif\n\t{\n\t\ttwo();\n\t}": "one two",
    "#ifdef CONFIG_A\n\tif (x) {\n#endif\n\tone();\n#ifdef CONFIG_A\n\t}\n#endif\n\ttwo();": "one two",
    "#if 0\n\tdead(\n#endif\n\tone();": "one",
    "#define LOCAL(x) \\\n\tdo { if (x) { \\\n\t} while (0)\n\tone();\n#undef LOCAL": "one",
    "\tfoo(a, /* comment ) */ \"string )\", ')', one()); // tail ({": "foo one",
}


@pytest.mark.parametrize("text", INSIDE)
def test_constructs_inside_a_function(text: str) -> None:
    code = body(text)
    fixed = repair(code)
    root = parse_c(fixed).root_node
    assert not root.has_error, fixed.decode()
    assert names(code) == INSIDE[text].split(" ")


# What stands at file level, and the function that must be found behind it.
OUTSIDE = [
    "static DEFINE_MUTEX(lock);",
    "static DEFINE_PER_CPU(struct foo, bar) = { .a = 1 };",
    "EXPORT_SYMBOL(foo)",
    "UNKNOWN_THING(foo)\nUNKNOWN_THING(bar)",
    'MODULE_LICENSE("GPL");',
    "static DEVICE_ATTR(x, 0644, show_x, (1 << 2) | 3);",
    'define_machine(board) {\n\t.name = "x",\n\t.init = init,\n};',
    "static const struct ops ops = {\n\t.a = a,\n#ifdef CONFIG_B\n\t.b = b,\n#endif\n\tMACRO(x),\n};",
    "#if defined(CONFIG_A) && \\\n    X(b) > 3\nint a;\n#endif",
    "#define loop(args...) do { for (;;) {\n",
    "enum x {\n\tA,\n#ifdef B\n\tB,\n#else\n\tC,\n#endif\n};",
    "extern int foo(struct bar *, unsigned int) __must_check;",
]
HEADS = [
    "static int __init f(struct foo __user *p)",
    "int __attribute__((weak)) f(struct foo *p)",
    "static strange_annotation void f(struct foo *p)",
    "static __strange_annotation struct foo *f(struct foo *p)",
    "__printf(1, 2) asmlinkage __visible void\nf(struct foo *p)",
    "static noinline_for_tests u32 f(struct foo *p)",
]


@pytest.mark.parametrize("before", OUTSIDE)
def test_constructs_at_file_level(before: str) -> None:
    text = f"{before}\n\nstatic int f(struct foo *p)\n{{\n\tone();\n}}\n".encode()
    root = parse_c(repair(text)).root_node
    found = [node for node in root.children if node.type == "function_definition"]
    assert [node.has_error for node in found] == [False]
    assert names(text) == ["one"]


@pytest.mark.parametrize("head", HEADS)
def test_annotated_heads(head: str) -> None:
    image = Image("a.c", "after", (Piece(1, f"{head}\n{{\n\tone();\n}}\n".encode()),), True, ("",))
    (fn,) = parse_image(image).functions
    assert (fn.name, fn.complete, [param.name for param in fn.params]) == ("f", True, ["p"])


def test_the_branch_that_a_patch_changes_is_kept() -> None:
    text = body("#ifdef CONFIG_A\n\tif (one()) {\n#else\n\tif (two()) {\n#endif\n\t}")
    assert b"one" in repair(text) and b"two" not in repair(text)
    assert b"two" in repair(text, [(6, 6)]) and b"one" not in repair(text, [(6, 6)])
    assert repaired(text).dropped == ((6, 6),)


def test_dead_code_is_kept_only_where_it_is_changed() -> None:
    text = body("#if 0\n\tone();\n#else\n\ttwo();\n#endif")
    assert b"one" not in repair(text) and b"two" in repair(text)
    assert b"one" in repair(text, [(4, 4)])


def test_an_unknown_dunder_is_no_annotation_where_a_type_or_a_value_stands() -> None:
    text = body("\t__be32 a = __cpu_to_x(b);\n\tconst __u8 *c = p->__d;\n\treturn __e * f;")
    assert repair(text) == text


ATOMS = st.sampled_from(
    [
        *(
            b"(",
            b")",
            b"{",
            b"}",
            b";",
            b",",
            b"\n",
            b"\n}",
            b"\n{\n",
            b"\t",
            b" ",
            b"#",
            b"*",
            b":",
            b"=",
            b'"',
            b"'",
            b"\\",
        ),
        *(b"/*", b"*/", b"//", b"\n#if 0", b"\n#if X", b"\n#ifdef A", b"\n#elif B", b"\n#else", b"\n#endif"),
        *(b"\n#define X \\", b"list_for_each_entry(", b"scoped_guard(", b"guard(", b"__init", b"__free(x)", b"typeof("),
        *(b"asm(", b"struct foo *", b"if (", b"else", b"do", b"while (", b"case 1 ... 2:", b"offsetof(", b"static"),
        *(b"DEFINE_X(", b"name", b"\xff\0\r\f", b"return ", b"goto *", b"unsigned long", b"__alignof__(", b"..."),
        *(b"\nint f(void)", b"\nMACRO(x)", b"\nXS(", b"\nABC(", b") = {", b"out:"),
    ]
)
EXAMPLES = max(300, settings().max_examples)  # `make fuzz` asks for thousands
TEXTS = st.one_of(st.binary(max_size=300), st.lists(ATOMS, max_size=80).map(b"".join))


def _newlines(text: bytes) -> list[int]:
    return [at for at, byte in enumerate(text) if byte == 10]


@settings(max_examples=EXAMPLES)
@given(TEXTS, st.lists(st.tuples(st.integers(1, 20), st.integers(1, 20)), max_size=2))
@example(b'"', [])
@example(b"\\\n\\", [])
@example(b"/*/", [])
@example(b"\nXS(x)\n{\n}\n", [])
def test_any_bytes_keep_their_length_and_lines(text: bytes, keep: list[tuple[int, int]]) -> None:
    fixed = repaired(text, keep)
    assert len(fixed.text) == len(text)
    assert _newlines(fixed.text) == _newlines(text)
    assert all(1 <= low <= high for low, high in fixed.dropped)


@settings(max_examples=EXAMPLES // 2)
@given(TEXTS, st.booleans(), st.sampled_from(["", "static int f(void)", "struct x {", "out:", "DEFINE_X(a"]))
def test_any_bytes_are_read_without_an_exception(text: bytes, whole: bool, section: str) -> None:
    image = Image("a.c", "after", (Piece(7, text),), whole, (section,))
    source = parse_image(image)
    for fn in source.functions:
        for call in calls(fn):
            span = fn.unit.span(call.node)
            assert span.start <= span.end
    assert len(source.defines) >= 0
    assert len(source.callbacks) >= 0
    assert len(source.prototypes) >= 0


# Text that makes a careless pattern look at everything again and again.
HOSTILE = [
    b"(",
    b"((a ",
    b"for_each_a(",
    b"\n\tfor_each_a(b",
    b"\n\tfor_each_a(b)\n",
    b"/*",
    b'"\\"',
    b"'\\'",
    b"\n#if A\n",
    b"\n#if A\n{\n#else\n",
    b"\n#ifdef A\n#endif",
    b"\n#define A \\",
    b"{",
    b"\n\t{ (",
    b"a ",
    b"a b\n",
    b"* ",
    b"struct a ",
    b"static a(",
    b"\nstatic a(",
    b"\nA(b)",
    b"__a ",
    b"__free(",
    b"typeof(",
    b"case a ",
    b"asm volatile(",
    b"a:\n\t",
    b" ",
    b"\n",
    b'"a" B(',
    b"a, return ",
    b";)",
    b"(;",
    b"},\n)",
    b"(.a = ",
    b"f(.a = 1, .b = 2)",
    b"\n}",
    b"unsigned long ",
    b"\nint f(void)\n{\n",
]


@pytest.mark.parametrize("unit", HOSTILE)
def test_time_grows_with_the_length(unit: bytes) -> None:
    grows_with_the_length(unit, repair)


def grows_with_the_length(unit: bytes, read: Callable[[bytes], object]) -> None:
    def took(size: int) -> float:
        text = unit * (size // len(unit))
        best = 9.0
        for _ in range(2):
            start = time.process_time()
            read(text)
            best = min(best, time.process_time() - start)
        return best

    small, large = took(10_000), took(80_000)
    assert large < 0.08 or large < small * 8 * 4, f"{small * 1e3:.1f} ms for 10 kB, {large * 1e3:.1f} ms for 80 kB"


# Statements of which a hunk shows the end, the beginning, or an else.
CUT = [
    b"\n\t} else {",
    b"\n\t} while (",
    b"\n\t} while (a);",
    b"\n\tif (a)",
    b"\n\telse",
    b"\n\telse if (",
    b"\n\ta;\n\telse",
    b"\n\tif (a) b; else",
    b"\n\t};",
    b"\n\t},",
    b"\n\t\t.a = {",
    b"\n\t\t.a = 1,",
    b"\n\t    a)",
    b"\n\t    a))\n\t\tb;",
    b"\n * a",
    b"\n\ta; \\",
    b"\n\t);\nstatic A(b,",
]


@pytest.mark.parametrize("unit", [*HOSTILE, *CUT])
def test_time_of_a_hunk_grows_with_its_length(unit: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """All but the grammar's own time: what it makes of such text is tree-sitter's to mend."""
    empty = parse_c(b"")
    monkeypatch.setattr("gfplint.source.fragment.parse_c", lambda text: empty)

    def read(text: bytes) -> None:
        source = parse_image(Image("a.c", "after", (Piece(1, text),), False, ("int f(void)",)))
        for table in (source.defines, source.callbacks, source.prototypes):
            len(table)

    grows_with_the_length(unit, read)
