# SPDX-License-Identifier: GPL-2.0-or-later
"""The values of gfp expressions are what tests/flow/masks.c wants them to be."""

from collections import Counter

import pytest

from gfplint.facts import tables
from gfplint.flow import masks
from gfplint.flow.masks import Mask
from gfplint.source import function as reading
from gfplint.source.model import Definition
from tests import flow_pages

PAGE = flow_pages.read("masks.c")
FUNCTIONS = PAGE.functions()


def ways(definition: Definition, kernel: str | None = None) -> dict[int, list[Mask]]:
    """The alternatives of each probe's argument, by line."""
    return {
        definition.unit.span(site.node).line: list(
            masks.alternatives(definition, site.args[0], tables.load(), kernel, PAGE.source.defines)
        )
        for site in reading.calls(definition)
        if site.name == "probe"
    }


def fits(mask: Mask, word: str, tokens: tuple[str, ...]) -> bool:
    names = tuple(token for token in tokens if token[0] not in "+-" and token != "none")
    plus = {token[1:] for token in tokens if token[0] == "+"}
    minus = {token[1:] for token in tokens if token[0] == "-"}
    clear = minus <= mask.never or (mask.known and not minus & (mask.sure | mask.maybe))
    return mask.known == (word == "KNOWN") and set(mask.names) == set(names) and plus <= mask.sure and clear


@pytest.mark.parametrize("function", FUNCTIONS)
def test_page(function: str) -> None:
    definition = FUNCTIONS[function]
    said = ways(definition)
    wanted = Counter(line for line, _, _ in PAGE.expected(definition))
    assert {line: len(found) for line, found in said.items()} == dict(wanted)
    for line, word, tokens in PAGE.expected(definition):
        assert any(fits(mask, word, tokens) for mask in said[line]), f"line {line}: {word} {tokens}: {said[line]}"


def test_kernels() -> None:
    """A bit that only one kernel sets is sure there and unsure where the kernel is not known."""
    definition = FUNCTIONS["differs_by_kernel"]
    by_kernel = {kernel: next(iter(ways(definition, kernel).values()))[0] for kernel in ("6.1", "6.12", None)}
    assert "__GFP_NOWARN" not in by_kernel["6.1"].sure | by_kernel["6.1"].maybe
    assert "__GFP_NOWARN" in by_kernel["6.12"].sure
    assert "__GFP_NOWARN" in by_kernel[None].maybe


def test_evaluate_joins() -> None:
    """One value over all ways: sure is what all agree on."""
    definition = FUNCTIONS["either"]
    site = next(site for site in reading.calls(definition) if site.name == "probe")
    mask = masks.evaluate(definition, site.args[0], tables.load(), "6.12", PAGE.source.defines)
    assert mask.known and mask.sure == {"__GFP_KSWAPD_RECLAIM"}
    assert {"__GFP_DIRECT_RECLAIM", "__GFP_HIGH"} <= mask.maybe
    assert mask.names == ("GFP_KERNEL", "GFP_ATOMIC")


def test_size() -> None:
    """At least forty examples."""
    assert sum(len(list(PAGE.expected(definition))) for definition in FUNCTIONS.values()) >= 40
    assert len(FUNCTIONS) >= 40
