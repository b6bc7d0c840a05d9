# SPDX-License-Identifier: GPL-2.0-or-later
"""The rules that judge a series as a whole: what it starts from against what it leaves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from gfplint import engine
from gfplint.diff.image import Image
from gfplint.diff.linemap import LineMap
from gfplint.diff.model import Series
from gfplint.engine import Log, Raw
from gfplint.facts import paths
from gfplint.finding import Finding, Side
from gfplint.findings import Pair, findings_of
from gfplint.mail.tree import Overlay, Tree
from gfplint.rulebook import Entry, Rulebook
from gfplint.view import File, Setting
from gfplint.view import Series as Subject


def judge(
    series: Series, tree: Tree | None, book: Rulebook, kernel: str | None, settings: Mapping[Side, Setting], log: Log
) -> tuple[tuple[Finding, ...], dict[tuple[str, str], Image]]:
    """What the series brings as a whole, and the images that it stands in.

    Nothing is opened where no rule has to be asked.
    """
    text = "\n".join(patch.mail.diff for patch in series.patches)
    rules = [entry for entry in engine.triggered(book, text) if entry.subject == "Series"]
    if not rules:
        return (), {}
    ends = _ends(series, tree)
    stood = Counter(raw.identity for raw in _run("before", ends, kernel, settings, rules, book, Log()))
    new: list[tuple[Raw, Pair, Image]] = []
    for raw in _run("after", ends, kernel, settings, rules, book, log):
        if stood[raw.identity]:
            stood[raw.identity] -= 1
            continue
        pair = ends[raw.report.at.path]
        image = pair.before if raw.report.at.side == "before" else pair.after
        if image is not None:
            new.append((raw, pair, image))
    found = findings_of(new, "new")
    if len(series.patches) > 1:  # its line may be that of any of their mails
        found = tuple(finding._replace(mail_line=None) for finding in found)
    return found, {(image.path, image.side): image for _, _, image in new}


def _ends(series: Series, tree: Tree | None) -> dict[str, Pair]:
    """The C files of the series: each before its first patch, after its last, and that last patch's lines."""
    overlay = Overlay(tree, series)
    first: dict[str, Image | None] = {}
    last: dict[str, Pair] = {}
    for diff in (diff for patch in series.patches for diff in patch.files):
        if diff.binary or not diff.hunks or paths.kind(diff.path) != "c" or paths.why_not(diff.path):
            continue
        seen = overlay.see(diff)
        before = first.setdefault(diff.path, seen.before)
        last[diff.path] = Pair(seen.diff, before, seen.after, LineMap(seen.diff))
    return last


def _run(
    side: Side,
    ends: Mapping[str, Pair],
    kernel: str | None,
    settings: Mapping[Side, Setting],
    rules: Sequence[Entry],
    book: Rulebook,
    log: Log,
) -> list[Raw]:
    from gfplint.source.parse import parse_image  # tree-sitter: only when there is something to parse

    images = [image for pair in ends.values() if (image := pair.image(side)) is not None]
    files = {image.path: File(parse_image(image), kernel, settings[side]) for image in images}
    return engine.run_series(Subject(files), book, rules, log)
