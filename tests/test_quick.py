# SPDX-License-Identifier: GPL-2.0-or-later
"""The quick reader of command lines against argparse: where it answers, it answers the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gfplint.cli.common import Usage, parser
from gfplint.cli.options import declare
from gfplint.cli.quick import Quick

WORDS = [
    *(
        "a.patch",
        "-",
        "--",
        "x y",
        "",
        "-3",
        "terse",
        "json=out",
        "auto",
        "80",
        "error",
        "gfp,locks/*",
        "=",
        "--=",
        "-x",
    ),
    *(
        "-g",
        "--git",
        "-f",
        "--staged",
        "--tree",
        "--tree=/t",
        "--no-tree",
        "--kernel",
        "--select",
        "--ignore=gfp",
        "--format",
    ),
    *(
        "--format=terse",
        "--color",
        "--color=always",
        "--width",
        "--width=ten",
        "-q",
        "-v",
        "-qv",
        "--all",
        "--strict=1",
        "--al",
    ),
    *("--fail-on", "--fail-on=never", "--exit-zero", "-h", "--help", "--rules", "--jobs=2", "--no-such", "--no-such=1"),
]


def quick(args: list[str]) -> dict[str, object] | None:
    reader = Quick()
    declare(reader)
    found = reader.parse(args)
    return None if found is None else vars(found)


@given(st.lists(st.sampled_from(WORDS) | st.text(max_size=4), max_size=6))
def test_the_same_as_argparse(args: list[str]) -> None:
    mine = quick(args)
    if mine is not None:
        options = parser("check", "")
        declare(options)
        assert vars(options.parse_intermixed_args(args)) == mine


@pytest.mark.parametrize(
    "args",
    [
        ["a.patch"],
        [],
        ["--no-tree", "-q", "a.patch", "b.patch"],
        ["a.patch", "--format", "terse", "--format=json=x", "--width", "72", "-"],
        ["-g", "HEAD~3..HEAD", "--fail-on", "error", "--select", "gfp", "--select=locks"],
    ],
)
def test_what_is_plain_needs_no_argparse(args: list[str]) -> None:
    assert quick(args) is not None


@pytest.mark.parametrize(
    "args",
    [
        ["--no-such"],
        ["--width", "ten"],
        ["--color=blue"],
        ["--format"],
        ["-g", "--staged"],
        ["--strict=1"],
        ["--tree", "-q"],
    ],
)
def test_what_is_wrong_is_told_by_argparse(args: list[str]) -> None:
    assert quick(args) is None
    options = parser("check", "")
    declare(options)
    with pytest.raises(Usage):
        options.parse_intermixed_args(args)
