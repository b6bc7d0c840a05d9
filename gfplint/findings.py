# SPDX-License-Identifier: GPL-2.0-or-later
"""A report of a rule becomes a finding: its place in the mail, its code, the removed line, its fingerprint."""

from __future__ import annotations

from collections.abc import Sequence

from gfplint.diff.image import Image
from gfplint.diff.linemap import LineMap
from gfplint.diff.model import FileDiff
from gfplint.engine import Raw
from gfplint.finding import CONFIDENCES, SEVERITIES, Finding, Related, Side, Span, Status, lower
from gfplint.record import NamedTuple


class Pair(NamedTuple):
    """A file of a patch with both images."""

    diff: FileDiff
    before: Image | None
    after: Image | None
    lines: LineMap

    def image(self, side: Side) -> Image | None:
        return self.before if side == "before" else self.after


def findings_of(raws: Sequence[tuple[Raw, Pair, Image]], status: Status) -> tuple[Finding, ...]:
    ordered = sorted(raws, key=lambda item: (item[0].report.at.path, item[0].report.at.start))
    count: dict[object, int] = {}
    made = []
    for raw, pair, image in ordered:
        report, entry = raw.report, raw.entry
        twin = count[raw.identity] = count.get(raw.identity, 0) + 1
        made.append(
            Finding(
                rule=entry.id,
                severity=lower(entry.severity, report.severity, SEVERITIES),
                confidence=lower(entry.confidence, report.confidence, CONFIDENCES),
                report=report._replace(related=(*report.related, *(_taken_out(raw, pair) if status == "new" else ()))),
                function=raw.function,
                side=report.at.side,
                status=status,
                context="whole" if image.whole else "hunks",
                code=code_at(image, report.at.line),
                mail_line=pair.lines.mail(report.at.side, report.at.line),
                fingerprint=fingerprint(raw, twin),
            )
        )
    return tuple(made)


def _taken_out(raw: Raw, pair: Pair) -> tuple[Related, ...]:
    """The removed line that makes an unchanged line wrong: the nearest that has a trigger word of the rule."""
    stood = pair.lines.to_before(raw.report.at.line)
    if pair.before is None or stood is None:
        return ()
    words = [word.removesuffix("*") for word in raw.entry.words]
    gone = [
        line
        for hunk in pair.diff.hunks
        for line in hunk.lines
        if line.kind == "-" and line.old is not None and any(word in line.text for word in words)
    ]
    if not gone:
        return ()
    line = min(gone, key=lambda line: abs((line.old or 0) - stood))
    start = len(line.text) - len(line.text.lstrip())
    at = Span(
        pair.before.path,
        "before",
        (line.old or 0, start + 1),
        (line.old or 0, len(line.text.encode("utf-8", "surrogateescape")) + 1),
    )
    return (Related(at, "taken out here"),)


def fingerprint(raw: Raw, twin: int) -> str:
    """Sixteen hex digits that stay when lines move, the patch is sent again, or a message is reworded.

    ``twin`` counts faults of the same identity in one patch, from 1.
    """
    from _blake2 import blake2b  # hashlib would load OpenSSL: 8 ms for one small hash

    parts = (*raw.identity[:2], raw.function or "", *raw.report.key, str(twin))
    return blake2b("\0".join(parts).encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()


def code_at(image: Image, line: int) -> str:
    """A line of an image, "" when it is not known."""
    for piece in image.pieces:
        if piece.line <= line <= piece.last:
            return piece.text.split(b"\n")[line - piece.line].decode("utf-8", "surrogateescape")
    return ""
