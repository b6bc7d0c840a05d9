# SPDX-License-Identifier: GPL-2.0-or-later
"""Diffs: what is read, what is healed, what is refused; and the text comes back."""

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gfplint.diff.header import unquote
from gfplint.diff.model import FileDiff
from gfplint.diff.parse import LINES, parse
from gfplint.diff.sound import sound

GIT = """\
diff --git a/mm/one.c b/mm/one.c
index 1111111..2222222 100644
--- a/mm/one.c
+++ b/mm/one.c
@@ -10,5 +10,6 @@ static int first(void)
 \tint a;
\x20
-\tb = 2;
+\tb = 3;
+\tc = 4;
 \treturn a;
 }
"""
SIGNATURE = "-- \n2.39.5\n\n"


def one(text: str) -> FileDiff:
    """The only file of a diff, which must come back."""
    diff = parse(text, 1)
    assert str(diff) == text
    assert not diff.errors
    assert len(diff.files) == 1
    return diff.files[0]


def test_numbers_of_a_hunk() -> None:
    file = one(GIT + SIGNATURE)
    assert (file.old_path, file.new_path, file.status, file.blobs) == (
        "mm/one.c",
        "mm/one.c",
        "modified",
        ("1111111", "2222222"),
    )
    assert (file.added, file.removed, file.old_mode) == (2, 1, "100644")
    hunk = file.hunks[0]
    assert hunk.section == "static int first(void)"
    assert [(line.kind, line.old, line.new, line.mail) for line in hunk.lines] == [
        (" ", 10, 10, 6),
        (" ", 11, 11, 7),
        ("-", 12, None, 8),
        ("+", None, 12, 9),
        ("+", None, 13, 10),
        (" ", 13, 14, 11),
        (" ", 14, 15, 12),
    ]
    assert hunk.text == hunk.raw


HEADERS = {
    "rename": (
        "diff --git a/a b.c b/c.c\nsimilarity index 97%\nrename from a b.c\nrename to c.c\n",
        ("a b.c", "c.c", "renamed", 97),
    ),
    "copy": (
        "diff --git a/a.c b/b.c\nsimilarity index 80%\ncopy from a.c\ncopy to b.c\n"
        "--- a/a.c\n+++ b/b.c\n@@ -1 +1 @@\n-a\n+b\n",
        ("a.c", "b.c", "copied", 80),
    ),
    "mode": ("diff --git a/x.sh b/x.sh\nold mode 100644\nnew mode 100755\n", ("x.sh", "x.sh", "mode", None)),
    "new and empty": ("diff --git a/x b/x\nnew file mode 100644\nindex 0000..e69d\n", (None, "x", "added", None)),
    "new": ("--- /dev/null\n+++ b/mm/x.c\n@@ -0,0 +1 @@\n+a\n", (None, "mm/x.c", "added", None)),
    "deleted": (
        "diff --git a/x b/x\ndeleted file mode 100644\n--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n",
        ("x", None, "deleted", None),
    ),
    "dated back": (
        "--- linux.orig/mm/x.c\t1970-01-01 00:00:00.000000000 +0000\n"
        "+++ linux/mm/x.c\t2020-01-01 00:00:00 +0000\n@@ -0,0 +1 @@\n+a\n",
        (None, "mm/x.c", "added", None),
    ),
    "quoted": (
        'diff --git "a/\\303\\244 b.c" "b/\\303\\244 b.c"\n'
        '--- "a/\\303\\244 b.c"\n+++ "b/\\303\\244 b.c"\n@@ -1 +1 @@\n-a\n+b\n',
        ("\u00e4 b.c", "\u00e4 b.c", "modified", None),
    ),
    "half quoted": (
        'diff --git a/a.c "b/\\t.c"\nrename from a.c\nrename to "\\t.c"\n',
        ("a.c", "\t.c", "renamed", None),
    ),
    "-p0": ("--- mm/x.c\n+++ mm/x.c\n@@ -1 +1 @@\n-a\n+b\n", ("mm/x.c", "mm/x.c", "modified", None)),
    "no prefix": (
        "diff --git mm/x.c mm/x.c\n--- mm/x.c\n+++ mm/x.c\n@@ -1 +1 @@\n-a\n+b\n",
        ("mm/x.c", "mm/x.c", "modified", None),
    ),
    "mnemonic": (
        "diff --git i/mm/x.c w/mm/x.c\n--- i/mm/x.c\n+++ w/mm/x.c\n@@ -1 +1 @@\n-a\n+b\n",
        ("mm/x.c", "mm/x.c", "modified", None),
    ),
    "linux.orig": (
        "diff -urN linux-6.1.orig/mm/x.c linux-6.1/mm/x.c\n--- linux-6.1.orig/mm/x.c  2020-01-01 10:00:00.0 +0100\n"
        "+++ linux-6.1/mm/x.c  2020-01-01 10:00:00.0 +0100\n@@ -1 +1 @@\n-a\n+b\n",
        ("mm/x.c", "mm/x.c", "modified", None),
    ),
    "x.orig": ("--- mm/x.c.orig\n+++ mm/x.c\n@@ -1 +1 @@\n-a\n+b\n", ("mm/x.c", "mm/x.c", "modified", None)),
    "Index": (
        "Index: linux/mm/x.c\n=========\n--- linux.orig/mm/x.c\n+++ linux/mm/x.c\n@@ -1 +1 @@\n-a\n+b\n",
        ("mm/x.c", "mm/x.c", "modified", None),
    ),
    "wrapped": (
        "diff --git a/mm/x.c\nb/mm/x.c\nindex 1111..2222 100644\n--- a/mm/x.c\n+++ b/mm/x.c\n@@ -1 +1 @@\n-a\n+b\n",
        ("mm/x.c", "mm/x.c", "modified", None),
    ),
    "leaves the tree": (
        "--- a/../../etc/passwd\n+++ b/../../etc/passwd\n@@ -1 +1 @@\n-a\n+b\n",
        ("../../etc/passwd", "../../etc/passwd", "modified", None),
    ),
}


@pytest.mark.parametrize("name", HEADERS)
def test_header(name: str) -> None:
    text, wanted = HEADERS[name]
    file = one(text)
    assert (file.old_path, file.new_path, file.status, file.similarity) == wanted


def test_binary() -> None:
    blocks = "GIT binary patch\nliteral 3\nKcmZ=@@\n\nliteral 0\nHcmV?d00001\n\n"
    diff = parse("diff --git a/x b/x\nindex 1111..2222 100644\n" + blocks + GIT)
    assert [file.binary for file in diff.files] == [True, False]
    assert one("diff --git a/x b/x\nindex 1111..2222\nBinary files a/x and b/x differ\n").binary


def test_no_newline_at_end_of_file_in_any_language() -> None:
    file = one(
        "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ Kein Zeilenumbruch am Dateiende.\n"
    )
    assert [line.kind for line in file.hunks[0].lines] == ["-", "\\", "+", "\\"]
    assert file.hunks[0].lines[3].text == " Kein Zeilenumbruch am Dateiende."


def test_a_line_ends_at_a_line_feed_only() -> None:
    file = one("--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-a\u2028b\n+a\x0cb\n c\rd\n")
    assert [line.text for line in file.hunks[0].lines] == ["a\u2028b", "a\x0cb", "c\rd"]


def test_removed_lines_that_look_like_headers() -> None:
    file = one("--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n--- a/y\n+++ b/y\n z\n@@ -9 +9 @@\n-a\n+b\n")
    assert [len(hunk.lines) for hunk in file.hunks] == [3, 2]
    assert file.hunks[0].lines[0].text == "-- a/y"


def body(text: str) -> list[str]:
    diff = parse(GIT.split("@@")[0] + text)
    assert str(diff) == GIT.split("@@")[0] + text
    assert not diff.errors
    assert len(diff.healed) == 1
    return [line.kind + line.text for line in diff.files[0].hunks[0].lines]


HEAD = "@@ -1,4 +1,4 @@ f\n"
WANTED = [" \tint a;", " ", "-\tlong one;", "+\tlong two;", " \treturn;"]
DAMAGES = {
    "wrapped": " \tint a;\n \n-\tlong\none;\n+\tlong two;\n \treturn;\n",
    "tabs": "\tint a;\n \n-\tlong one;\n+\tlong two;\n\treturn;\n",
    "nbsp": "\u00a0\tint a;\n\n-\tlong\u00a0one;\n+\tlong two;\n\u00a0\treturn;\n",
    "joined": " \tint a;\n -\tlong one;\n+\tlong two;\n \treturn;\n",
}


@pytest.mark.parametrize("name", DAMAGES)
@pytest.mark.parametrize("end", ["", SIGNATURE, "\nSome footer\n", GIT])
def test_healed(name: str, end: str) -> None:
    assert [line.rstrip() for line in body(HEAD + DAMAGES[name] + end)] == [line.rstrip() for line in WANTED]


def test_healed_hunk_keeps_what_was_read() -> None:
    diff = parse(GIT.split("@@")[0] + HEAD + DAMAGES["wrapped"] + SIGNATURE, 100)
    hunk = diff.files[0].hunks[0]
    assert hunk.raw == HEAD + DAMAGES["wrapped"]
    assert "-\tlong one;\n" in hunk.text
    assert diff.tail == SIGNATURE
    assert [line.mail for line in hunk.lines] == [105, 106, 107, 109, 110]  # the second half of 107 is in 108


def test_wrapped_section() -> None:
    text = "--- a/x\n+++ b/x\n@@ -1 +1 @@ static int a_long_name(int a,\nint b)\n-a\n+b\n"
    assert [line.text for line in parse(text).files[0].hunks[0].lines] == ["a", "b"]


@pytest.mark.parametrize("counts", ["-1,9 +1,9", "-1,4 +1,5", "-1,3 +1,3"])
def test_wrong_counts_are_healed_where_the_hunk_has_an_end(counts: str) -> None:
    text = "--- a/x\n+++ b/x\n@@ " + counts + " @@\n a\n-b\n+c\n+d\n e\n f\n" + SIGNATURE
    diff = parse(text)
    assert (diff.files[0].added, diff.files[0].removed) == (2, 1)
    assert len(diff.healed) == (0 if counts == "-1,4 +1,5" else 1)
    assert (diff.files[0].hunks[0].old_lines, diff.files[0].hunks[0].new_lines) == (4, 5)


def test_truncated_hunk_costs_only_itself() -> None:
    cut = GIT[: GIT.index("+\tc = 4")]
    diff = parse(GIT.replace("one.c", "two.c") + cut, 50)
    assert [file.path for file in diff.files] == ["mm/two.c", "mm/one.c"]
    assert diff.files[1].hunks == ()
    assert [(damage.line, damage.reason) for damage in diff.errors] == [
        (66, "mm/one.c: hunk ends early: 3 of 5 lines before, 3 of 6 after")
    ]
    assert str(diff) == GIT.replace("one.c", "two.c") + cut


def test_damaged_hunk_leaves_the_others() -> None:
    bad = "@@ -30,6 +31,5 @@\n a\n-b\nwhat is this\nand this\n+c\n d\n"
    good = "@@ -40 +41 @@\n-x\n+y\n"
    diff = parse(GIT + bad + good, 1)
    assert [hunk.new_start for hunk in diff.files[0].hunks] == [10, 41]
    assert [damage.line for damage in diff.errors] == [13]
    assert str(diff) == GIT + bad + good


def test_hunk_without_a_header() -> None:
    diff = parse("@@ -1 +1 @@\n-a\n+b\n", 7)
    assert not diff.files
    assert [(damage.line, damage.reason) for damage in diff.errors] == [(7, "hunk without a file header")]


def test_combined_diff_is_skipped_and_said_so() -> None:
    text = "diff --cc mm/a.c\nindex 1,2..3\n--- a/mm/a.c\n+++ b/mm/a.c\n@@@ -1,1 -1,1 +1,1 @@@\n  a\n--b\n++c\n"
    diff = parse(text + GIT, 1)
    assert [damage.reason for damage in diff.skipped] == ["mm/a.c: combined diff of a merge"]
    assert [file.path for file in diff.files] == ["mm/one.c"]
    assert str(diff) == text + GIT


def test_too_many_lines() -> None:
    diff = parse(GIT + "\n" * LINES)
    assert not diff.files
    assert "limit" in diff.errors[0].reason


def test_flood_of_damage_is_cut() -> None:
    diff = parse(GIT + "@@ -1,3 +1,3 @@\n-a\nx\n" * 500)
    assert len(diff.errors) == 101
    assert diff.errors[-1].reason == "400 more of the kind"


def test_text_between_files_and_behind_them_is_kept() -> None:
    text = "Some text.\n" + GIT + "\nmore text\n" + GIT.replace("one", "two") + SIGNATURE
    diff = parse(text)
    assert str(diff) == text
    assert len(diff.files) == 2
    assert diff.tail == SIGNATURE


@pytest.mark.parametrize(
    ("quoted", "plain"),
    [('"a\\303\\244b"', "a\u00e4b"), ('"\\"\\\\\\n"', '"\\\n'), ("a", "a"), ('"\\377"', "\udcff"), ('"', '"')],
)
def test_unquote(quoted: str, plain: str) -> None:
    assert unquote(quoted) == plain


LINE = st.text(st.characters(blacklist_characters="\n\r", blacklist_categories=["Cs"]), max_size=12)
FILE = st.lists(LINE, max_size=25)


@given(FILE, FILE, st.integers(0, 5), st.sampled_from(["", SIGNATURE, "\nfooter\n"]))
def test_what_difflib_writes_is_read(old: list[str], new: list[str], context: int, end: str) -> None:
    lines = list(difflib.unified_diff(old, new, "a/mm/x.c", "b/mm/x.c", n=context, lineterm=""))
    text = "".join(line + "\n" for line in lines) + (end if lines else "")
    diff = parse(text, 1)
    assert str(diff) == text
    assert not diff.errors and not diff.healed
    if not lines:
        assert not diff.files
        return
    file = diff.files[0]
    removed = [line.text for hunk in file.hunks for line in hunk.lines if line.kind == "-"]
    added = [line.text for hunk in file.hunks for line in hunk.lines if line.kind == "+"]
    assert removed == [line[1:] for line in lines[2:] if line.startswith("-")]
    assert added == [line[1:] for line in lines[2:] if line.startswith("+")]
    for hunk in file.hunks:
        for line in hunk.lines:
            assert line.old is None or old[line.old - 1] == line.text
            assert line.new is None or new[line.new - 1] == line.text
            assert line.mail is not None and text.split("\n")[line.mail - 1] == line.kind + line.text


@given(st.text("@-+ \\\n\t1,adifgtx/b", max_size=200))
def test_any_text_comes_back(text: str) -> None:
    for start in ("", GIT, "diff --git a/x b/x\n", "--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n"):
        diff = parse(start + text, 1)
        assert str(diff) == start + text
        if sound(start + text):
            assert not diff.errors and not diff.healed


def test_sound_says_yes_to_the_well_formed() -> None:
    assert sound(GIT)
    assert sound(GIT + GIT.replace("one", "two") + SIGNATURE)
    assert sound(GIT + "\nbase-commit: 0123\n" + SIGNATURE)
    assert not sound(GIT + "@@ -1 +1 @@\n-a\n")
    assert not sound("")


# Finds of tests/fuzz_intake.py.
FINDS = {
    "a byte of no charset behind a backslash": (
        'diff --git "a/\\\udce9" "b/\\\udce9"\nold mode 100644\nnew mode 100755\n'
    ),
    "both sides are nothing": "diff --git a/x b/x\nnew file mode 100644\n--- /dev/null\n+++ \n@@ -0,0 +1 @@\n+a\n",
    "a prefix without a name": "--- linux.orig/mm/x.c\n+++ linux/\n@@ -1 +1 @@\n-a\n+b\n",
    "a marker in no language": "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n\\ \n+b\n\\ No\n@@ -9 +9 @@\n-a\n+b\n",
    "names that close their quotes early": 'diff --git a/x b/x\n--- a/x\n+++ "b/"x"\n@@ -1 +1 @@\n-a\n+b\n',
    "text between header and hunk": "--- a/x\n+++ b/x\ntext\n@@ -1 +1 @@\n-a\n+b\n",
    "a digit that is not octal": 'diff --git "a/\\9" "b/\\9"\nold mode 100644\nnew mode 100755\n',
}


@pytest.mark.parametrize("name", FINDS)
def test_finds(name: str) -> None:
    diff = parse(FINDS[name], 1)
    assert str(diff) == FINDS[name]
    assert all(file.path for file in diff.files)
    assert not (sound(FINDS[name]) and diff.errors)


def test_signature_is_not_taken_for_a_removed_line() -> None:
    diff = parse(GIT.replace("-10,5 +10,6", "-10,6 +10,6") + SIGNATURE)
    assert (diff.files[0].added, diff.files[0].removed) == (2, 1)
    assert len(diff.healed) == 1
    assert diff.tail == SIGNATURE
