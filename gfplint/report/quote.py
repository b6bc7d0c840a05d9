# SPDX-License-Identifier: GPL-2.0-or-later
"""What of a patch a reviewer would quote to make a point.

From a Review to blocks: the lines of a hunk that matter, the faulty stretch
marked, the remarks under it, gaps where lines were left out.  No format, no
colour, no width: the painters take it from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from gfplint.diff.model import FileDiff, Hunk
from gfplint.finding import Finding, Related, Side, Span
from gfplint.record import NamedTuple
from gfplint.review import Review

Level = Literal["error", "warning", "info", "help", "note"]
BEFORE, AFTER, NEAR = 3, 2, 1  # lines of context around a fault, and around a related place
FILL = 2  # a gap as small as this is not worth a mark
TALL = 5  # a span of more lines is marked at its first line only
APART = 12  # lines of a whole file that are further apart are quoted apart


class Row(NamedTuple):
    """A line as quoted: of a hunk, or of a file outside the hunks (``mail`` is None, ``kind`` a blank)."""

    kind: str
    text: str
    old: int | None
    new: int | None
    quoted: bool  # stands in the patch, so a reply may quote it


class Mark(NamedTuple):
    """The faulty stretch of a row: UTF-8 columns from 1, the end exclusive."""

    start: int
    end: int
    level: Level


class Remark(NamedTuple):
    """What is said under a row."""

    level: Level
    text: str
    finding: Finding


class Quoted(NamedTuple):
    """A row with what is to be seen and said there."""

    row: Row
    marks: tuple[Mark, ...] = ()
    remarks: tuple[Remark, ...] = ()


class Gap(NamedTuple):
    """Rows that were left out; at an ``edge`` of the hunk or between rows."""

    edge: bool


class Part(NamedTuple):
    """Rows of one hunk, or of one stretch of a file."""

    path: str
    hunk: Hunk | None
    items: tuple[Quoted | Gap, ...]


class Block(NamedTuple):
    """The findings of one hunk, with all that must be seen to understand them."""

    findings: tuple[Finding, ...]
    parts: tuple[Part, ...]
    loose: tuple[Remark, ...]  # remarks without a line to stand under

    @property
    def path(self) -> str:
        return self.findings[0].report.at.path

    @property
    def functions(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(finding.function for finding in self.findings if finding.function))


class _Place(NamedTuple):
    """Where a span is to be quoted from: rows of a hunk or of an image."""

    source: _Source
    rows: tuple[int, ...]


class _Source:
    """Rows that can be quoted: those of a hunk or of a known stretch of a file."""

    def __init__(self, path: str, hunk: Hunk | None, rows: Sequence[Row], diff: FileDiff | None) -> None:
        self.path = path
        self.hunk = hunk
        self.rows = rows
        self.diff = diff

    def place(self, side: Side, first: int, last: int) -> tuple[int, ...]:
        """Indices of the rows that show these lines of a side."""
        if not self.rows:
            return ()
        numbers = (row.old if side == "before" else row.new for row in self.rows)
        return tuple(index for index, number in enumerate(numbers) if number is not None and first <= number <= last)


class Quoter:
    """Quotes findings of one review."""

    def __init__(self, review: Review) -> None:
        self._review = review
        self._hunks: dict[tuple[str, str], list[_Source]] = {}
        self._images: dict[tuple[str, str, int], _Source] = {}
        diffs = {diff.path: diff for diff in review.patch.files} | {diff.path: diff for diff in review.placed}
        for diff in diffs.values():
            sources = [_Source(diff.path, hunk, _rows(hunk), diff) for hunk in diff.hunks]
            for path, side in ((diff.old_path, "before"), (diff.new_path, "after")):
                if path is not None:
                    self._hunks.setdefault((path, side), []).extend(sources)

    def blocks(self, findings: Iterable[Finding]) -> list[Block]:
        """The findings, together where they stand in the same hunk."""
        groups: dict[object, list[tuple[Finding, _Place | None]]] = {}
        last: dict[int, tuple[object, int]] = {}
        for finding in findings:
            place = self._place(finding.report.at) or self._bare(finding)
            key: object = (id(place.source), 0) if place else id(finding)
            if place and place.source.hunk is None:  # far apart in a whole file: apart in the report
                key, line = last.get(id(place.source), (key, finding.report.at.line))
                if abs(finding.report.at.line - line) > APART:
                    key = (id(place.source), finding.report.at.line)
                last[id(place.source)] = (key, finding.report.at.line)
            groups.setdefault(key, []).append((finding, place))
        return [self._block(group) for group in groups.values()]

    def _place(self, span: Span) -> _Place | None:
        first, last = span.start[0], max(span.start[0], span.end[0])
        for source in self._hunks.get((span.path, span.side), ()):
            rows = source.place(span.side, first, last)
            if rows and _number(source.rows[rows[0]], span.side) == first:
                return _Place(source, rows)
        source_ = self._image(span)
        rows = source_.place(span.side, first, last) if source_ else ()
        return _Place(source_, rows) if source_ and rows else None

    def _image(self, span: Span) -> _Source | None:
        """The stretch of an image that holds a span, outside of all hunks."""
        image = self._review.images.get((span.path, span.side))
        for piece in image.pieces if image else ():
            if piece.line <= span.line <= piece.last:
                where = (span.path, span.side, piece.line)
                if where not in self._images:
                    lines = piece.text.decode("utf-8", "surrogateescape").split("\n")
                    self._images[where] = _Source(span.path, None, _file_rows(lines, piece.line, span.side), None)
                return self._images[where]
        return None

    def _bare(self, finding: Finding) -> _Place | None:
        """A place made of the finding's own line, when neither hunk nor image is there."""
        if not finding.code:
            return None
        rows = _file_rows([finding.code], finding.report.at.line, finding.side)
        return _Place(_Source(finding.report.at.path, None, rows, None), (0,))

    def _block(self, group: list[tuple[Finding, _Place | None]]) -> Block:
        page = _Collector()
        loose: list[Remark] = []
        for finding, place in group:
            said = list(_said(finding))
            if place is None:
                loose += said
            else:
                page.add(place, finding.report.at, finding.severity, said, BEFORE, AFTER)
                self._show_change(page, place)
            for related in finding.report.related:
                loose += self._related(page, finding, related, len(group) > 1)
        return Block(tuple(finding for finding, _ in group), page.parts(), tuple(loose))

    def _related(self, page: _Collector, finding: Finding, related: Related, many: bool) -> list[Remark]:
        place = self._place(related.at)
        message = f"{related.message} ({finding.rule})" if many else related.message  # whose note it is
        if place is None:
            where = f"{related.at.path}:{related.at.line}: {message}"
            return [Remark("note", where, finding)]
        page.add(place, related.at, "note", [Remark("note", message, finding)], NEAR, NEAR)
        return []

    def _show_change(self, page: _Collector, place: _Place) -> None:
        """A fault on a line that did not change needs the change beside it."""
        source, here = place.source, place.rows[0]
        if source.hunk is None:
            side = source.rows[here]
            number = side.new if side.new is not None else side.old
            which: Side = "after" if side.new is not None else "before"
            near = min(
                self._hunks.get((source.path, which), ()),
                key=lambda other: abs((other.hunk.new_start if other.hunk else 0) - (number or 0)),
                default=None,
            )
            if near is not None:
                changed = [index for index, row in enumerate(near.rows) if row.kind in "+-"]
                page.show(near, changed[:6], NEAR, NEAR)
            return
        changed = [index for index, row in enumerate(source.rows) if row.kind in "+-"]
        if changed and not any(here - BEFORE <= index <= here + AFTER for index in changed):
            nearest = min(changed, key=lambda index: abs(index - here))
            page.show(source, [index for index in changed if abs(index - nearest) <= 2], NEAR, NEAR)


class _Collector:
    """Gathers which rows of which sources are shown, and what is said there."""

    def __init__(self) -> None:
        self._sources: list[_Source] = []
        self._shown: dict[int, set[int]] = {}
        self._marks: dict[tuple[int, int], list[Mark]] = {}
        self._remarks: dict[tuple[int, int], list[Remark]] = {}

    def add(self, place: _Place, span: Span, level: Level, said: list[Remark], above: int, below: int) -> None:
        rows = place.rows if len(place.rows) <= TALL else place.rows[:1]
        self.show(place.source, rows, above, below)
        for index in rows:
            row = place.source.rows[index]
            mark = _mark(row, span, _number(row, span.side) or 0, level)
            if mark is not None:
                self._marks.setdefault((id(place.source), index), []).append(mark)
        remarks = self._remarks.setdefault((id(place.source), rows[-1]), [])
        for remark in said:
            if remark.level != "note" or not any(remark[:2] == other[:2] for other in remarks):
                remarks.append(remark)  # two findings may share their second place

    def show(self, source: _Source, rows: Iterable[int], above: int, below: int) -> None:
        if id(source) not in self._shown:
            self._sources.append(source)
            self._shown[id(source)] = set()
        for index in rows:
            window = range(max(index - above, 0), min(index + below + 1, len(source.rows)))
            self._shown[id(source)].update(window)

    def parts(self) -> tuple[Part, ...]:
        return tuple(Part(source.path, source.hunk, tuple(self._items(source))) for source in self._sources)

    def _items(self, source: _Source) -> Iterable[Quoted | Gap]:
        end = len(source.rows)
        last = -1
        for index in sorted(self._shown[id(source)]):
            if 0 < index - last - 1 <= FILL:
                yield from (Quoted(source.rows[between]) for between in range(last + 1, index))
            elif index > last + 1:
                yield Gap(last < 0)
            where = (id(source), index)
            yield Quoted(source.rows[index], tuple(self._marks.get(where, ())), tuple(self._remarks.get(where, ())))
            last = index
        if 0 < end - last - 1 <= FILL and source.hunk is not None:
            yield from (Quoted(source.rows[between]) for between in range(last + 1, end))
        elif last + 1 < end:
            yield Gap(True)


def _said(finding: Finding) -> Iterable[Remark]:
    report = finding.report
    yield Remark(finding.severity, report.message, finding)
    if report.help:
        yield Remark("help", report.help, finding)
    if finding.fixed_later_by:
        number = finding.fixed_later_by[0]
        yield Remark("note", f"patch {number} of the series mends it; until then every bisection meets it", finding)
    if finding.status == "existing":
        yield Remark("note", "this stood there before the patch", finding)


def header(hunk: Hunk) -> str:
    """The ``@@`` line of a hunk."""
    old, new = _range(hunk.old_start, hunk.old_lines), _range(hunk.new_start, hunk.new_lines)
    return f"@@ -{old} +{new} @@ {hunk.section}".rstrip()


def _range(start: int, count: int) -> str:
    return str(start) if count == 1 else f"{start},{count}"


def _rows(hunk: Hunk) -> list[Row]:
    return [Row(line.kind, line.text, line.old, line.new, True) for line in hunk.lines if line.kind != "\\"]


def _number(row: Row, side: Side) -> int | None:
    return row.old if side == "before" else row.new


def _file_rows(lines: Sequence[str], first: int, side: Side) -> list[Row]:
    """Lines of a file outside the hunks, numbered on their side."""
    numbered = enumerate(lines[:-1] if len(lines) > 1 and not lines[-1] else lines, first)
    if side == "before":
        return [Row(" ", text, number, None, False) for number, text in numbered]
    return [Row(" ", text, None, number, False) for number, text in numbered]


def _mark(row: Row, span: Span, number: int, level: Level) -> Mark | None:
    """The part of a row that lies in ``span``; None for a blank row."""
    code = row.text.encode("utf-8", "surrogateescape")
    if not code.strip():
        return None
    start = span.start[1] if number == span.start[0] else len(code) - len(code.lstrip()) + 1
    end = span.end[1] if number == span.end[0] else len(code.rstrip()) + 1
    start = min(start, len(code))
    return Mark(start, max(min(end, len(code) + 1), start + 1), level)
