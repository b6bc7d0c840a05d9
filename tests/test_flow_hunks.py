# SPDX-License-Identifier: GPL-2.0-or-later
"""Of hunks, only what every statement in between shows is said."""

import pytest

from gfplint.diff.image import Image, Piece
from gfplint.facts import tables
from gfplint.flow import locks
from gfplint.flow.locks import LockFlow
from gfplint.source.parse import parse_image

LEAKS = """\
	mutex_lock(&ex->lock);
	ret = ex_setup(ex);
	if (ret)
		return ret;
	mutex_unlock(&ex->lock);
	ex_more(ex);
"""
OUT_OF_SIGHT = """\
	mutex_lock(&ex->lock);
	ret = ex_setup(ex);
	if (ret)
		goto out;
	mutex_unlock(&ex->lock);
	ex_more(ex);
"""
END_OF_HUNK = """\
	mutex_lock(&ex->lock);
	ret = ex_setup(ex);
	if (ret)
		ex_more(ex);
"""
UNMATCHED = """\
		mutex_lock(&ex->lock);
		ex_setup(ex);
	}
	if (ret)
		return -EINVAL;
	mutex_unlock(&ex->lock);
"""
HELD_ABOVE = """\
	ret = ex_setup(ex);
	if (ret)
		return ret;
	mutex_unlock(&ex->lock);
	ex_more(ex);
"""
LOOP_ABOVE = """\
		mutex_lock(&ex->lock);
		if (ex_busy(ex))
			break;
		mutex_unlock(&ex->lock);
		ex_more(ex);
"""
WRONG = """\
	cpus_read_lock();
	ex_setup(ex);
	cpus_write_unlock();
	ex_more(ex);
"""
RETAKEN = """\
	mutex_unlock(&ex->lock);
	ex_wait(ex);
	mutex_lock(&ex->lock);
	if (ex->dead)
		return -EIO;
	ex_more(ex);
"""
TWO_HUNKS = """\
	mutex_lock(&ex->lock);
	ex_setup(ex);
\f
	if (ret)
		return -EINVAL;
	mutex_unlock(&ex->lock);
"""


def flows(text: str) -> list[LockFlow]:
    """The lock flow of each hunk; a form feed parts them."""
    pieces, line = [], 10
    for part in text.split("\f\n"):
        pieces.append(Piece(line, part.encode()))
        line += part.count("\n") + 20
    sections = tuple("static int ex_do(struct ex *ex)" for _ in pieces)
    source = parse_image(Image("drivers/example/ex.c", "after", tuple(pieces), False, sections))
    found = [locks.analyse(definition, tables.load(), source) for definition in source.functions]
    assert found and all(flow is not None for flow in found)
    return [flow for flow in found if flow is not None]


def leaks(text: str) -> list[tuple[int, str]]:
    return [(way.span.line, held.key) for flow in flows(text) for way in flow.exits for held in way.leaks]


def test_all_in_sight() -> None:
    assert leaks(LEAKS) == [(13, "&ex->lock")]


@pytest.mark.parametrize("text", [OUT_OF_SIGHT, END_OF_HUNK, UNMATCHED, HELD_ABOVE, LOOP_ABOVE, RETAKEN, TWO_HUNKS])
def test_silent(text: str) -> None:
    assert leaks(text) == []
    assert not any(flow.twice for flow in flows(text))
    assert not any(release.held == "no" or release.other for flow in flows(text) for release in flow.releases)


def test_wrong_partner() -> None:
    (flow,) = flows(WRONG)
    (release,) = flow.releases
    assert release.other is not None
    assert release.other.op.acquire == "cpus_read_lock"
