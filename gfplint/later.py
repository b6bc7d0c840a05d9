# SPDX-License-Identifier: GPL-2.0-or-later
"""What one patch of a series brings and another takes away is said once."""

from __future__ import annotations

from collections.abc import Sequence

from gfplint.finding import Finding, Severity
from gfplint.record import NamedTuple


class Part(NamedTuple):
    """The verdict on one patch of a series: what it brings, takes away, leaves."""

    number: int
    message_id: str
    new: tuple[Finding, ...]
    gone: tuple[Finding, ...]
    old: tuple[Finding, ...]


def over_series(parts: Sequence[Part]) -> list[Part]:
    """The verdicts with what cancels out across the series put where it belongs.

    A fault that a later patch of the series fixes stays with the patch that
    brings it, lowered to info: between the two, bisection meets it.  A fault
    that one patch takes out and a later one puts back was there all along.
    """
    new = [list(part.new) for part in parts]
    gone = [list(part.gone) for part in parts]
    old = [list(part.old) for part in parts]
    for late, part in enumerate(parts):
        for finding in part.gone:
            for early in range(late - 1, -1, -1):
                twin = next((f for f in new[early] if f.fixed_later_by is None and _same(f, finding)), None)
                if twin is not None:
                    lowered: Severity = "info" if twin.severity != "error" else "warning"
                    by = (part.number, part.message_id)
                    new[early][new[early].index(twin)] = twin._replace(fixed_later_by=by, severity=lowered)
                    gone[late].remove(finding)
                    break
        for finding in part.new:
            for early in range(late):
                twin = next(
                    (f for f in gone[early] if _same(f, finding) and f.code.split() == finding.code.split()), None
                )
                if twin is not None and finding in new[late]:
                    gone[early].remove(twin)
                    new[late].remove(finding)
                    old[late].append(finding._replace(status="existing"))
    return [part._replace(new=tuple(new[n]), gone=tuple(gone[n]), old=tuple(old[n])) for n, part in enumerate(parts)]


def _same(one: Finding, other: Finding) -> bool:
    return (one.rule, one.report.at.path, one.function, one.report.key) == (
        other.rule,
        other.report.at.path,
        other.function,
        other.report.key,
    )
