# SPDX-License-Identifier: GPL-2.0-or-later
"""New, resolved, existing: what a patch did to a fault."""

import textwrap

from gfplint import lint
from gfplint.review import Review

HEAD = """\
--- a/drivers/example/example.c
+++ b/drivers/example/example.c
"""


def review(hunks: str) -> Review:
    [one] = lint((HEAD + textwrap.dedent(hunks)).encode(), name="test.patch")
    assert not one.errors
    return one


def lines(found: tuple) -> list[int]:  # type: ignore[type-arg]
    return [finding.report.at.line for finding in found]


def test_added_fault_is_new() -> None:
    one = review(
        """\
        @@ -10,3 +10,4 @@ static int a(void)
         	int x;

        +	p = kmalloc(8, __GFP_NOWARN);
         	return x;
        """
    )
    assert lines(one.findings) == [12]
    assert not one.resolved and not one.existing
    assert one.findings[0].function == "a"
    assert one.findings[0].mail_line == 6


def test_removed_fault_is_resolved() -> None:
    one = review(
        """\
        @@ -10,3 +10,3 @@ static int a(void)
         	int x;

        -	p = kmalloc(8, __GFP_NOWARN);
        +	p = kmalloc(8, GFP_KERNEL);
        """
    )
    assert lines(one.resolved) == [12]
    assert one.resolved[0].side == "before"
    assert not one.findings


def test_fault_in_context_is_there_all_along() -> None:
    one = review(
        """\
        @@ -10,3 +10,4 @@ static int a(void)
         	p = kmalloc(8, __GFP_NOWARN);
        +	x = 1;

         	return x;
        """
    )
    assert lines(one.existing) == [10]
    assert not one.findings and not one.resolved


def test_fault_on_a_reindented_line_is_not_new() -> None:
    one = review(
        """\
        @@ -10,4 +10,5 @@ static int a(void)
         	int x;

        -	p = kmalloc(8, __GFP_NOWARN);
        +	if (x)
        +		p = kmalloc(8, __GFP_NOWARN);
         	return x;
        """
    )
    assert lines(one.existing) == [13]
    assert not one.findings and not one.resolved


def test_moved_to_another_function_is_not_new() -> None:
    one = review(
        """\
        @@ -10,5 +10,4 @@ static int a(void)
         {
         	int x;
        -	p = kmalloc(8, __GFP_NOWARN);
         	return x;
         }
        @@ -30,4 +29,5 @@ static int b(void)
         {
         	int x;
        +	p = kmalloc(8, __GFP_NOWARN);
         	return x;
         }
        """
    )
    assert not one.findings and not one.resolved
    assert lines(one.existing) == [31]


def test_one_more_of_the_same_is_new() -> None:
    one = review(
        """\
        @@ -10,4 +10,5 @@ static int a(void)
         	int x;
         	p = kmalloc(8, __GFP_NOWARN);

        +	q = kmalloc(8, __GFP_NOWARN);
         	return x;
        """
    )
    assert lines(one.findings) == [13]
    assert lines(one.existing) == [11]


def test_fixes_one_adds_a_twin() -> None:
    """The old fault is gone from a line that stays; the same fault comes on a new line."""
    one = review(
        """\
        @@ -10,12 +10,17 @@
         static int a(void)
         {
         	cpus_read_lock();
        -	if (first())
        +	if (first()) {
        +		cpus_read_unlock();
         		return -EINVAL;
        +	}
        +	if (second())
        +		return -EBUSY;
         	third();
         	cpus_read_unlock();
         	return 0;
         }
        """.replace("-10,12 +10,17", "-10,9 +10,13")
    )
    assert [f.rule for f in one.findings] == ["hotplug/lock-leaked"]
    assert lines(one.findings) == [18]
    assert lines(one.resolved) == [14]


def test_deleted_unlock_makes_an_unchanged_return_wrong() -> None:
    one = review(
        """\
        @@ -10,9 +10,8 @@
         static int a(void)
         {
         	cpus_read_lock();
         	if (first()) {
        -		cpus_read_unlock();
         		return -EINVAL;
         	}
         	cpus_read_unlock();
         	return 0;
        """
    )
    assert lines(one.findings) == [14]
    assert one.findings[0].report.related


def test_fingerprint_stays_when_lines_move() -> None:
    hunk = """\
        @@ -{0},3 +{0},4 @@ static int a(void)
         	int x;

        +	p = kmalloc({1}, __GFP_NOWARN);
         	return x;
        """
    marks = {
        review(textwrap.dedent(hunk).format(line, size)).findings[0].fingerprint for line, size in ((10, 8), (90, 16))
    }
    assert len(marks) == 1
