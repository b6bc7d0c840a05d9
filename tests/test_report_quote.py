# SPDX-License-Identifier: GPL-2.0-or-later
"""Which lines are quoted, and where the remarks stand."""

from gfplint.report.quote import Block, Gap, Quoted, Quoter
from tests.reports import DIFF, MASK, At, bare, finding, images, leaked, review


def rows(block: Block, part: int = 0) -> list[str]:
    return ["..." if isinstance(item, Gap) else item.row.kind + item.row.text for item in block.parts[part].items]


def remarks(block: Block, part: int = 0) -> list[tuple[str, str]]:
    """Level of each remark with the line that it stands under."""
    quoted = [item for item in block.parts[part].items if isinstance(item, Quoted)]
    return [(remark.level, item.row.text.strip()) for item in quoted for remark in item.remarks]


def test_a_few_lines_around_the_fault() -> None:
    [block] = Quoter(review(bare())).blocks(review(bare()).findings)
    assert rows(block) == [
        " \tunsigned long nr = pool->size >> PAGE_SHIFT;",
        " \tstruct page *page;",
        " ",
        "-\tpage = alloc_pages_node(nid, GFP_KERNEL, 0);",
        "+\tcpus_read_lock();",
        "+\tpage = alloc_pages_node(nid, __GFP_THISNODE | __GFP_NOWARN, 0);",
        " \tif (!page)",
        " \t\treturn -ENOMEM;",
        "...",
    ]
    assert [level for level, _ in remarks(block)] == ["warning", "help"]


def test_findings_of_one_hunk_are_one_block() -> None:
    one = review(bare(), leaked())
    [block] = Quoter(one).blocks(one.findings)
    assert block.findings == one.findings
    assert remarks(block) == [
        ("note", "cpus_read_lock();"),
        ("warning", "page = alloc_pages_node(nid, __GFP_THISNODE | __GFP_NOWARN, 0);"),
        ("help", "page = alloc_pages_node(nid, __GFP_THISNODE | __GFP_NOWARN, 0);"),
        ("error", "return -ENOMEM;"),
        ("help", "return -ENOMEM;"),
    ]


def test_far_lines_of_a_hunk_have_a_gap_between_them() -> None:
    one = review(leaked(related=[(At("pool_ready"), "too late")]))
    [block] = Quoter(one).blocks(one.findings)
    assert rows(block).count("...") == 2  # before, and at the end; what lies between is too little to leave out
    body = "".join(f" \tline{n}();\n" for n in range(30))
    long = DIFF.replace("@@ -40,12 +40,16 @@", "@@ -40,42 +40,46 @@").replace(
        " \tpool->nr = nr;\n", body + " \tpool->nr = nr;\n"
    )
    long = long.replace("-90,4 +94,4", "-120,4 +124,4")
    one = review(leaked(related=[(At("pool_ready"), "too late")]), diff=long)
    [block] = Quoter(one).blocks(one.findings)
    assert "..." in rows(block)[1:-1]
    assert remarks(block)[-1] == ("note", "pool_ready(pool);")


def test_a_fault_on_an_unchanged_line_comes_with_the_change() -> None:
    body = "".join(f" \tline{n}();\n" for n in range(20))
    diff = DIFF.replace("@@ -40,12 +40,16 @@", "@@ -40,32 +40,36 @@").replace(
        " \tpool->nr = nr;\n", body + " \tpool->nr = nr;\n"
    )
    diff = diff.replace("-90,4 +94,4", "-110,4 +114,4")
    one = review((At("line9();"), {}), diff=diff)
    [block] = Quoter(one).blocks(one.findings)
    assert " \tline9();" in rows(block)
    assert any(row[0] in "+-" for row in rows(block))


def test_two_hunks_are_two_blocks() -> None:
    one = review(bare(), (At("kvfree"), {"function": "pool_drain"}))
    blocks = Quoter(one).blocks(one.findings)
    assert [block.functions for block in blocks] == [("pool_fill",), ("pool_drain",)]


def test_a_removed_line_is_quoted_from_the_side_before() -> None:
    one = review(resolved=[(At("GFP_KERNEL", "before"), {})])
    [block] = Quoter(one).blocks(one.resolved)
    assert "-\tpage = alloc_pages_node(nid, GFP_KERNEL, 0);" in rows(block)
    assert [level for level, _ in remarks(block)] == ["warning"]


WHOLE = "".join(f"line {n}\n" for n in range(1, 200))


def test_outside_of_the_hunks_the_file_is_shown_and_the_change_too() -> None:
    at = At("line 150")
    one = review((at, {}), whole={("drivers/example/pool.c", "after"): WHOLE})
    [block] = Quoter(one).blocks(one.findings)
    assert rows(block) == ["...", *(f" line {n}" for n in range(147, 153)), "..."]
    assert not any(item.row.quoted for item in block.parts[0].items if isinstance(item, Quoted))
    assert "+\tkvfree(pool->slots);" in rows(block, 1)


def test_far_places_of_a_file_without_hunks_are_apart() -> None:
    whole = {("drivers/example/pool.c", "after"): WHOLE}
    one = review((At("line 10"), {}), (At("line 12"), {}), (At("line 80"), {}), whole=whole, diff="")
    blocks = Quoter(one).blocks(one.findings)
    assert [len(block.findings) for block in blocks] == [2, 1]


def test_a_related_place_in_another_file() -> None:
    header = At("gfp_t", path="include/linux/pool.h")
    known = {("include/linux/pool.h", "after"): "struct pool {\n\tgfp_t mask;\n};\n"}
    one = review(bare(related=[(header, "the mask is declared here")]), whole=known)
    [block] = Quoter(one).blocks(one.findings)
    assert [part.path for part in block.parts] == ["drivers/example/pool.c", "include/linux/pool.h"]
    assert remarks(block, 1) == [("note", "gfp_t mask;")]


def test_a_place_that_is_not_known_still_says_its_word() -> None:
    one = review(bare(related=[(At("cpus_read_lock()"), "taken here")]))
    lost = one.findings[0].report.at._replace(path="mm/nowhere.c")
    found = one.findings[0]._replace(report=one.findings[0].report._replace(at=lost), code="")
    [block] = Quoter(one).blocks([found])
    assert block.parts[0].hunk is not None  # of the related place
    assert [remark.level for remark in block.loose] == ["warning", "help"]
    [block] = Quoter(one).blocks([found._replace(code="\treturn;")])
    assert rows(block) == [" \treturn;"]


def test_numbers_are_those_of_the_tree_where_hunks_were_placed() -> None:
    from gfplint.diff.parse import parse

    moved = DIFF.replace("-40,12 +40,16", "-140,12 +140,16").replace("-90,4 +94,4", "-190,4 +194,4")
    placed = parse(moved, 20).files
    one = review(bare())
    at = one.findings[0].report.at._replace(start=(144, 31), end=(144, 60))
    found = one.findings[0]._replace(report=one.findings[0].report._replace(at=at))
    [block] = Quoter(one._replace(placed=placed)).blocks([found])
    assert block.parts[0].hunk is not None
    assert block.parts[0].hunk.new_start == 140
    assert remarks(block)[0][1].startswith("page = alloc_pages_node")


def test_a_tall_span_is_marked_at_its_first_line() -> None:
    one = review(bare())
    at = one.findings[0].report.at
    tall = at._replace(start=(40, 2), end=(50, 3))
    found = one.findings[0]._replace(report=one.findings[0].report._replace(at=tall))
    [block] = Quoter(one).blocks([found])
    marked = [item for item in block.parts[0].items if isinstance(item, Quoted) and item.marks]
    assert [item.row.new for item in marked] == [40]


def test_columns_beyond_the_line_do_no_harm() -> None:
    known = images(review().patch)
    made = finding(MASK, known)
    at = made.report.at._replace(start=(44, 400), end=(44, 2))
    [block] = Quoter(review()).blocks([made._replace(report=made.report._replace(at=at))])
    [mark] = [mark for item in block.parts[0].items if isinstance(item, Quoted) for mark in item.marks]
    assert mark.start < mark.end


def test_two_findings_share_their_second_place() -> None:
    one = review(leaked(), leaked(message="and again"))
    [block] = Quoter(one).blocks(one.findings)
    assert [level for level, _ in remarks(block)] == ["note", "error", "help", "error", "help"]
