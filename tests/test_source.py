# SPDX-License-Identifier: GPL-2.0-or-later
"""Functions of whole files: where they are, their heads, calls, comments; what the file says around them."""

from gfplint.diff.image import Image, Piece
from gfplint.source.function import assignments, calls, opener, statements
from gfplint.source.model import Definition, Source
from gfplint.source.parse import parse_image
from gfplint.source.variant import variants

FILE = b"""// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>

#define BUF_FLAGS	(GFP_KERNEL | __GFP_NOWARN)	/* quiet */
#define BUF_NAME	"a /* b */"
#define BUF_SIZE(x)	((x) * 2)
#define LONG_ONE	GFP_NOIO | \\
			__GFP_ZERO

extern int helper(struct device *dev, gfp_t flags);
static void plain(void);

/**
 * buf_alloc - get a buffer
 * @dev: whose
 */
static void __must_check *
buf_alloc(struct device *dev, const char *const *names, int (*done)(void *), u8 key[16], ...)
{
	void *p = kmalloc(8, GFP_KERNEL);	/* kfree(p) */

	if (!p)
		return helper(dev, BUF_FLAGS), "kzalloc(1)";
	p->len |= dev->ops->size(p);
	return p;
}
EXPORT_SYMBOL_GPL(buf_alloc);

#ifdef CONFIG_BUF
static int buf_probe(struct platform_device *pdev) {
	guard(mutex)(&lock);
	return 0;
}
#else
static int buf_probe(struct platform_device *pdev)
{
	return -ENODEV;
}
#endif

SYSCALL_DEFINE2(buf, int, fd, char __user *, data)
{
	return do_buf(fd, data);
}

static const struct file_operations buf_fops = {
	.open	= buf_open,
	.llseek	= no_llseek,
};

static struct platform_driver buf_driver = {
	.probe	= buf_probe,
	.driver	= { .name = "buf" },
};
module_platform_driver(buf_driver);
"""


def parse(text: bytes, *touched: tuple[int, int], line: int = 1) -> Source:
    return parse_image(Image("drivers/a.c", "after", (Piece(line, text),), True, ("",)), touched or None)


def only(text: bytes) -> Definition:
    (fn,) = parse(text).functions
    return fn


def test_every_function_with_its_lines() -> None:
    found = [(fn.name, fn.first, fn.last, fn.complete) for fn in parse(FILE).functions]
    assert found == [
        ("buf_alloc", 17, 26, True),
        ("buf_probe", 30, 33, True),
        ("buf_probe", 35, 38, True),
        ("sys_buf", 41, 44, True),
    ]


def test_only_the_functions_that_are_touched() -> None:
    assert [fn.name for fn in parse(FILE, (20, 20)).functions] == ["buf_alloc"]
    assert [fn.first for fn in parse(FILE, (35, 36), (42, 42)).functions] == [35, 41]
    assert parse(FILE, (60, 60)).functions == ()


def test_heads() -> None:
    alloc, _, _, syscall = parse(FILE).functions
    assert alloc.type == "void *"
    assert alloc.params == (
        ("struct device *", "dev"),
        ("const char *const *", "names"),
        ("int (*)(void *)", "done"),
        ("u8 [16]", "key"),
        ("...", ""),
    )
    assert alloc.comment == "buf_alloc - get a buffer\n@dev: whose"
    assert syscall.params == (("int", "fd"), ("char __user *", "data"))


def test_calls_with_their_places() -> None:
    fn = parse(FILE).functions[0]
    found = [(call.name, fn.unit.span(call.node).start, len(call.args), call.indirect) for call in calls(fn)]
    assert found == [
        ("kmalloc", (20, 12), 2, False),
        ("helper", (23, 10), 2, False),
        ("size", (24, 12), 1, True),
    ]
    assert [fn.unit.source(arg) for arg in calls(fn)[0].args] == ["8", "GFP_KERNEL"]


def test_text_of_a_node_is_the_original() -> None:
    fn = only(b'int f(void)\n{\n\tg("text", (char __user *)x);\n}\n')
    (call,) = calls(fn)
    assert fn.unit.source(call.node) == 'g("text", (char __user *)x)'
    assert fn.unit.source(call.args[1]) == "(char __user *)x"


def test_a_block_macro_is_told_from_a_loop() -> None:
    fn = only(b"int f(void)\n{\n\tfor_each_x(a, b)\n\t\twhile (c)\n\t\t\tscoped_guard(mutex, &l) {\n\t\t\t}\n}\n")
    loop, real, guard = (node for node in statements(fn) if node.type in ("while_statement", "if_statement"))
    assert [opener(fn.unit, node) for node in (loop, real, guard)] == ["for_each_x", "", "scoped_guard"]
    assert [guard.type, loop.type] == ["if_statement", "while_statement"]
    assert [(call.name, len(call.args)) for call in calls(fn)] == [("for_each_x", 2), ("scoped_guard", 2)]


def test_guards() -> None:
    fn = only(b"int f(void)\n{\n\tguard(mutex)(&lock);\n\tCLASS(x, y)(z);\n}\n")
    assert [(call.name, call.indirect) for call in calls(fn)][:2] == [("", True), ("guard", False)]


def test_assignments() -> None:
    fn = only(b"int f(void)\n{\n\tgfp_t flags = GFP_KERNEL, *p;\n\tflags |= __GFP_ZERO;\n\tx->y[2] = z = 1;\n}\n")
    found = [(item.target, item.operator, fn.unit.source(item.value)) for item in assignments(fn)]
    assert found == [
        ("flags", "=", "GFP_KERNEL"),
        ("flags", "|=", "__GFP_ZERO"),
        ("x->y[2]", "=", "z = 1"),
        ("z", "=", "1"),
    ]


def test_what_the_file_says_around_them() -> None:
    source = parse(FILE, (20, 20))
    assert dict(source.defines) == {
        "BUF_FLAGS": "(GFP_KERNEL | __GFP_NOWARN)",
        "BUF_NAME": '"a /* b */"',
        "LONG_ONE": "GFP_NOIO | __GFP_ZERO",
    }
    assert dict(source.callbacks) == {
        "buf_open": ("file_operations", "open"),
        "no_llseek": ("file_operations", "llseek"),
        "buf_probe": ("platform_driver", "probe"),
    }
    assert source.prototypes["helper"] == (("struct device *", "dev"), ("gfp_t", "flags"))
    assert source.prototypes["plain"] == ()
    assert "kmalloc" not in source.prototypes


def test_other_branches_are_further_readings() -> None:
    text = b"int f(void)\n{\n#ifdef A\n\tif (a(1)) {\n#elif B\n\tif (b(2)) {\n#else\n\tif (c(3)) {\n#endif\n\t}\n}\n"
    fn = only(text)
    assert fn.unit.dropped == ((6, 6), (8, 8))
    assert len(variants(fn)) == 2
    assert [(call.name, fn.unit.span(call.node).line) for call in calls(fn)] == [("a", 4), ("b", 6), ("c", 8)]
    assert [fn.unit.token(call.args[0]) for call in calls(fn)] == ["1", "2", "3"]


def test_a_broken_function_is_not_complete_and_spoils_no_other() -> None:
    fns = parse(b"int f(void)\n{\n\tif (a {\n\t}\n}\n\nint g(void)\n{\n\tb();\n}\n").functions
    assert [(fn.name, fn.complete) for fn in fns] == [("f", False), ("g", True)]


def test_functions_whose_end_is_not_a_brace_alone() -> None:
    text = (
        b"int f(void)\n{\n\ta();\n};\n\n#ifdef A\nint g(void)\n{\n\tb();\n}\n#else\n"
        b"static inline int g(void) { return c(); }\n#endif\n\nint h(void)\n{\n\td();\n}\n"
    )
    found = [(fn.name, fn.complete, [call.name for call in calls(fn)]) for fn in parse(text).functions]
    assert found == [("f", True, ["a"]), ("g", True, ["b"]), ("g", True, ["c"]), ("h", True, ["d"])]


def test_an_aggregate_is_no_function() -> None:
    text = b"struct a {\n\tint (*f)(int x);\n};\n\nenum b {\n\tC,\n};\n\nstatic int d[] = {\n\tE(1),\n};\n"
    assert parse(text).functions == ()


def test_lines_of_a_piece_that_begins_elsewhere() -> None:
    (fn,) = parse(b"int f(void)\n{\n\tg();\n}\n", line=100).functions
    assert (fn.first, fn.last) == (100, 103)
    assert fn.unit.span(calls(fn)[0].node).start == (102, 2)


def test_a_function_whose_braces_are_indented_is_seen() -> None:
    text = b"static int f(struct s *p)\n  {\n    one(p);\n  }\n\nint g(int x)\n  {\n    two();\n  }\n"
    functions = parse_image(Image("a.c", "after", (Piece(1, text),), True, ("",))).functions
    assert [(fn.name, fn.first, fn.last, fn.complete) for fn in functions] == [("f", 1, 4, True), ("g", 6, 9, True)]


def test_a_function_behind_a_table_that_its_type_stands_above_is_seen() -> None:
    text = b'static struct {\n\tint a;\n} t[] = { { 1, "A" },\n\t\t{ 2, "B" },\n\t\t{ 3, "C" } };\n\n'
    text += b"int f(struct s *p)\n{\n\tint i;\n\n\tfor (i = 0; i < N(t); i++)\n\t\tone(p);\n\treturn 0;\n}\n"
    (fn,) = parse_image(Image("a.c", "after", (Piece(1, text),), True, ("",))).functions
    assert (fn.name, fn.first, fn.last, fn.complete) == ("f", 7, 14, True)
