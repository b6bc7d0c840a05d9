# SPDX-License-Identifier: GPL-2.0-or-later
"""Stretches of a function: cases, loops, the branch where a call failed, what is set."""

from gfplint.diff.image import Image, Piece
from gfplint.source.parse import parse_image
from gfplint.view import File, Function


def function(text: str) -> Function:
    (found,) = File(parse_image(Image("drivers/x.c", "after", (Piece(1, text.encode()),), True, ("",))), None).functions
    return found


CASES = """\
static int example(struct example *ex, unsigned long action)
{
	switch (action) {
	case ONE:
	case TWO:
		ex->count++;
		fallthrough;
	case THREE:
		ex->state = action;
		break;
	default:
		return stop(ex);
	}
	return 0;
}
"""


def test_cases_with_those_that_they_fall_into() -> None:
    found = [(case.labels, [change.target for change in case.changes]) for case in function(CASES).cases]
    assert found == [(("ONE", "TWO"), ["ex->count", "ex->state"]), (("THREE",), ["ex->state"]), (("default",), [])]


FAILING = """\
static int example(struct example *ex)
{
	int ret = 0;

	if (first(ex))
		return -EIO;
	ret = second(ex);
	if (ret < 0)
		return undo(ex);
	ret = third(ex);
	if (!ret)
		return good(ex);
	while (ret--)
		if (a(ex) || !fourth(ex))
			return odd(ex);
	return ret;
}
"""


def test_the_branch_where_a_call_failed() -> None:
    calls = {call.name: call for call in function(FAILING).calls}
    assert calls["first"].on_failure is not None and not calls["first"].on_failure.calls
    assert calls["second"].on_failure is not None
    assert [call.name for call in calls["second"].on_failure.calls] == ["undo"]
    assert calls["third"].on_failure is None  # that branch is taken where it worked
    assert calls["fourth"].refused is not None and [one.name for one in calls["fourth"].refused.calls] == ["odd"]
    assert calls["a"].refused is None


def test_loops_and_what_stands_before() -> None:
    calls = {call.name: call for call in function(FAILING).calls}
    assert calls["first"].loop is None
    assert calls["fourth"].loop is not None and calls["fourth"].loop.has(calls["odd"].span)
    assert [call.name for call in calls["third"].before.calls] == ["first", "second", "undo"]
