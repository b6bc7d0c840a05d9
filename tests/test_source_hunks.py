# SPDX-License-Identifier: GPL-2.0-or-later
"""Functions as hunks show them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gfplint.diff.image import Image, Piece
from gfplint.source.function import calls
from gfplint.source.model import Definition
from gfplint.source.parse import parse_image
from gfplint.source.window import head_name


def parse(*pieces: tuple[int, str, str]) -> tuple[Definition, ...]:
    """Pieces: line, section, text."""
    image = Image(
        "drivers/a.c",
        "after",
        tuple(Piece(line, text.encode()) for line, _, text in pieces),
        False,
        tuple(section for _, section, _ in pieces),
    )
    return parse_image(image).functions


def shape(fn: Definition) -> tuple[str, int, int, bool, list[str]]:
    return fn.name, fn.first, fn.last, fn.complete, [call.name for call in calls(fn)]


def test_a_whole_function_in_a_hunk() -> None:
    (fn,) = parse((10, "int before(void)", "\nint f(void)\n{\n\ta();\n}\n\n"))
    assert shape(fn) == ("f", 11, 14, True, ["a"])


def test_the_end_of_one_and_the_beginning_of_the_next() -> None:
    text = "\t\t     GFP_KERNEL);\n\tif (!a(x))\n\t\treturn b();\n}\n\nint next(struct s *s)\n{\n\tc();\n\tif (d()) {\n"
    first, second = parse((10, "static int first(int x)", text))
    assert shape(first) == ("first", 10, 13, False, ["a", "b"])
    assert shape(second) == ("next", 15, 18, False, ["c", "d"])
    assert [param.name for param in second.params] == ["s"]
    assert not first.node.has_error
    assert not second.node.has_error


def test_the_middle_of_a_function() -> None:
    text = "\t\t\ta(x);\n\t\t} else if (b) {\n\t\t\tc(d(1));\n\t\t}\n\t} while (e());\n\nout:\n\tf();\n"
    (fn,) = parse((30, "static int f(int x)", text))
    assert shape(fn) == ("f", 30, 37, False, ["a", "c", "d", "e", "f"])
    assert not fn.node.has_error
    assert fn.unit.span(calls(fn)[2].node).start == (32, 6)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("\t    x && a(b)) {\n\t\tc();\n\t}\n\td();\n", ["c", "d"]),
        ("\t\t\tb, c);\n\td();\n", ["d"]),
        ("\t\tfoo;\n\td();\n", ["d"]),
        ("\td();\n\tx = e(f(),\n", ["d"]),
        ("\td();\n\tif (e()) \n", ["d", "e"]),
        ("\td();\n\treturn\n", ["d"]),
        ("\td();\n\tif (e())\n\t\treturn f(g(),\n", ["d", "e"]),
        ("\td();\n\tif (e())\n\t\tf();\n\telse if (g())\n\t\tx = h() +\n", ["d", "e", "f", "g"]),
        ("\td();\n\tif (e() &&\n", ["d"]),
        ("\n\t*(__be16 *)x = d(y);\n\te();\n", ["d", "e"]),
        ("\t\t* (a + b) + d(x);\n\te();\n", ["e"]),
        ("\t}\n\n\tfor_each_node(a, b)\n\t\tif (d(b))\n\t\t\te++;\n", ["for_each_node", "d"]),
        (" *    d();\n *\n *    e(f, g());\n", []),
        (" *\td();\n *\n */\nint f(void)\n{\n\te();\n", ["e"]),
        ("\telse\n\t\td();\n", ["d"]),
        ("\tcase 3:\n\t\td();\n\t\tbreak;\n\tdefault:\n\t\te();\n\t}\n", ["d", "e"]),
        (" * d();\n */\n\te();\n", ["e"]),
        ("\td(); /* and\n\t * e();\n", ["d"]),
        ("\t\td();\n\t} while (0)\n", ["d"]),
        ("\t\td(); \\\n\t} while (0)\n", []),
        ("#endif\n\td();\n#ifdef A\n\te();\n", ["d", "e"]),
        ("\td();\n#else\n\te();\n#endif\n", ["d", "e"]),
        ("\tlist_for_each_entry(a, b, c) {\n\t\td();\n", ["list_for_each_entry", "d"]),
        ("\td(); });\n\te();\n", ["d", "e"]),
        ("\t\t.a = 1,\n\t\t.b = b(),\n\t};\n\td();\n", ["d"]),
        ("\t\t\t.a = 1,\n\t\t},\n\t\t[C] = { 2 },\n\t};\n\td();\n}\n", ["d"]),
        ("\t\t1 << b(2), 3\n\t};\n\n\td();\n", ["d"]),
        ("\t\t\td();\n\t\t};\n\te();\n", ["d", "e"]),
        ("\t\td();\n\telse\n\t\te();\n\tf();\n", ["d", "e", "f"]),
        ("\t\tif (c)\n\t\t\td();\n\t\telse\n\t\t\te();\n\telse if (x())\n\t\tf();\n", ["d", "e", "x", "f"]),
        ("\t\t\td();\n\t\telse if (x())\n\t\t\te();\n\t}\n\tf();\n", ["d", "x", "e", "f"]),
        ("\t\tfor (i = 0; i < n(); i++) {\n\t\t\td();\n\t\t}\n\telse\n\t\te();\n", ["n", "d", "e"]),
        ("\t    && b(c))\n\t\td();\n\telse\n\t\te();\n\tf();\n", ["d", "e", "f"]),
        ("\t\t\t   b(c), x))\n\t\treturn d();\n\te();\n", ["d", "e"]),
        ("\t    b(c)) {\n\t\td();\n\t} else {\n\t\te();\n\t}\n\tf();\n", ["d", "e", "f"]),
        ("\t\t struct b *b)\n{\n\td();\n}\n", ["d"]),
    ],
)
def test_statements_without_their_beginning_or_end(text: str, found: list[str]) -> None:
    names = [call.name for fn in parse((5, "int f(void)", text)) for call in calls(fn)]
    assert names == found


def test_declarations_are_no_calls() -> None:
    text = "int foo(struct a *a, int b);\nstatic DEFINE_MUTEX(m);\nEXPORT_SYMBOL(foo);\n\n"
    text += "static int bar(int x)\n{\n\tbaz(x);\n"
    assert [shape(fn) for fn in parse((3, "", text))] == [("bar", 7, 9, False, ["baz"])]


def test_declarations_behind_the_end_of_one_are_no_calls() -> None:
    text = "\t    0x580, BIT(12), 0);\nstatic SOME_GATE(a, 0x580, BIT(13), 0);\nstatic SOME_GATE(b, 1, BIT(14), 0);\n"
    assert parse((3, "static SOME_GATE(c,", text)) == () or not [
        call.name for fn in parse((3, "static SOME_GATE(c,", text)) for call in calls(fn)
    ]


def test_members_are_no_functions() -> None:
    assert parse((3, "struct ops = {", "\t.open = foo,\n\t.size = SIZE(x),\n};\n")) == ()
    assert parse((3, "struct s {", "\tint (*f)(int x);\n\tint b;\n};\n")) == ()
    assert parse((3, "static const int table[] = {", "\tA(1),\n\tB(2),\n")) == ()


def test_a_return_type_on_a_line_of_its_own_is_no_aggregate() -> None:
    (fn,) = parse((3, "struct timings", "\td();\n\tif (e())\n"))
    assert shape(fn) == ("", 3, 4, False, ["d", "e"])


def test_a_function_may_end_with_a_semicolon() -> None:
    (fn,) = parse((3, "out:", "\tif (a)\n\t\td();\n\treturn b;\n};\n\nint x;\n"))
    assert [call.name for call in calls(fn)] == ["d"]
    assert parse((3, "out:", "\tint a;\n\tint (*b)(int);\n};\n\nint x;\n")) == ()


def test_what_a_condition_out_of_sight_decides_stays_a_branch() -> None:
    (fn,) = parse((3, "int f(void)", "\t    && b(c))\n\t\treturn 0;\n\td();\n"))
    assert [node.type for node in fn.body.named_children] == ["if_statement", "expression_statement"]


def test_a_section_names_only_what_it_can_be_the_head_of() -> None:
    (fn,) = parse((3, "struct s {", "int f(void)\n{\n\ta();\n"))
    assert fn.name == "f"
    (fn,) = parse((3, "out:", "\ta();\n\treturn 0;\n}\n"))
    assert (fn.name, fn.complete) == ("", False)
    first, second = parse((3, "int f(void)", "\ta();\n}\n\nint g(void)\n{\n"), (40, "int g(void)", "\tb();\n"))[::2]
    assert (first.name, second.name) == ("f", "g")


@pytest.mark.parametrize(
    ("section", "name"),
    [
        ("static int __init foo(struct bar *b, int c, unsigned long fla", "foo"),
        ("foo(struct bar *b)", "foo"),
        ("struct page *foo(void)", "foo"),
        ("static inline void foo (int a) {", "foo"),
        ("SYSCALL_DEFINE3(read, unsigned int, fd, char __user *, buf, si", "sys_read"),
        ("BPF_CALL_2(bpf_thing, int, a, int, b)", "bpf_thing"),
        ("struct foo {", ""),
        ("static const struct ops foo = {", ""),
        ("enum x {", ""),
        ("enum x", ""),
        ("out:", ""),
        ('MODULE_LICENSE("GPL");', ""),
        ("EXPORT_SYMBOL(foo);", ""),
        ("int foo(void);", ""),
        ("static DEFINE_MUTEX(foo);", ""),
        ("", ""),
    ],
)
def test_names_of_sections(section: str, name: str) -> None:
    assert head_name(section) == name


LEAVES = ["a();", "b(c(1), x);", "return d();", "x = e(y) + 1;", "goto out;", "f(x,\n\t\t  g(y));", "/* h(); */"]
STATEMENTS = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: "if (t(x)) {\n" + "\n".join(parts) + "\n\t}"),
        st.tuples(inner, inner).map(lambda two: f"if (u()) {{\n{two[0]}\n\t}} else {{\n{two[1]}\n\t}}"),
        inner.map(lambda part: f"list_for_each_entry(a, b, c) {{\n{part}\n\t}}"),
        inner.map(lambda part: f"do {{\n{part}\n\t}} while (v());"),
        inner.map(lambda part: f"#ifdef X\n{part}\n#endif"),
    ),
    max_leaves=8,
)


@given(st.lists(STATEMENTS, min_size=1, max_size=5), st.data())
def test_what_a_hunk_shows_is_what_the_file_has(parts: list[str], data: st.DataObject) -> None:
    written = [line for part in parts for line in part.split("\n")]
    body = "\n".join(line if line.startswith("#") else f"\t{line.strip()}" for line in written)
    text = f"int zero(void)\n{{\n\tz();\n}}\n\nint one(int x)\n{{\n{body}\n}}\n\nint two(void)\n{{\n\tw();\n}}\n"
    lines = text.split("\n")
    first = data.draw(st.integers(1, len(lines)))
    last = data.draw(st.integers(first, len(lines)))
    section = next((line for line in reversed(lines[: first - 1]) if line[:1].isalpha()), "")
    whole = parse_image(Image("a.c", "after", (Piece(1, text.encode()),), True, ("",))).functions
    seen = {(call.name, fn.unit.span(call.node).start) for fn in whole for call in calls(fn)}
    by_name = {fn.name: fn for fn in whole}
    for fn in parse((first, section, "\n".join(lines[first - 1 : last]) + "\n")):
        assert fn.name in by_name or fn.name == ""
        if fn.name:
            assert by_name[fn.name].first <= fn.last <= by_name[fn.name].last
        if fn.complete:
            assert shape(fn) == shape(by_name[fn.name])
        assert {(call.name, fn.unit.span(call.node).start) for call in calls(fn)} <= seen
