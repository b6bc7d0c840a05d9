# SPDX-License-Identifier: GPL-2.0-or-later
"""Reviews made by hand, for the tests of the painters."""

import io
from collections.abc import Mapping
from typing import Any, NamedTuple

from gfplint import __version__
from gfplint.diff.image import Image, Piece, hunk_images
from gfplint.diff.model import Author, Mail, Patch, Series
from gfplint.diff.parse import parse
from gfplint.finding import Edit, Finding, Fix, Related, Report, Side, Span
from gfplint.report.sinks import open_sink
from gfplint.report.summary import Summary
from gfplint.review import FileSeen, Review

DIFF = """\
diff --git a/drivers/example/pool.c b/drivers/example/pool.c
index 1111111..2222222 100644
--- a/drivers/example/pool.c
+++ b/drivers/example/pool.c
@@ -40,12 +40,16 @@ static int pool_fill(struct pool *pool, int nid)
 	unsigned long nr = pool->size >> PAGE_SHIFT;
 	struct page *page;

-	page = alloc_pages_node(nid, GFP_KERNEL, 0);
+	cpus_read_lock();
+	page = alloc_pages_node(nid, __GFP_THISNODE | __GFP_NOWARN, 0);
 	if (!page)
 		return -ENOMEM;

 	pool->page = page;
 	pool->nr = nr;
 	pool_clear(pool);
+	pool_count(pool);
+	cpus_read_unlock();
+	pool_ready(pool);
 	return 0;
 }

@@ -90,4 +94,4 @@ static void pool_drain(struct pool *pool)
 {
-	kfree(pool->slots);
+	kvfree(pool->slots);
 	pool->slots = NULL;
 }
"""


class At(NamedTuple):
    """A place, by its words: the first occurrence of ``text`` in an image, from ``line`` on."""

    text: str
    side: Side = "after"
    path: str = "drivers/example/pool.c"
    line: int = 1


def mail(diff: str = DIFF, **changes: Any) -> Mail:
    dev = Author("A. Developer", "dev@example.org")
    made = Mail.of_file("pool.mbox", diff)._replace(
        message_id="2-dev@example.org",
        subject="[PATCH v2 1/2] example: pool: stay on the node",
        title="example: pool: stay on the node",
        author=dev,
        sender=dev,
        date="2026-11-02T10:01:00+00:00",
        number=1,
        total=2,
        version=2,
        references=("1-dev@example.org",),
        in_reply_to="1-dev@example.org",
        diff_line=20,
    )
    return made._replace(**changes)


def images(patch: Patch, whole: Mapping[tuple[str, str], str] | None = None) -> dict[tuple[str, str], Image]:
    """The images of a patch from its hunks; ``whole`` gives whole files."""
    made: dict[tuple[str, str], Image] = {}
    for diff in patch.files:
        made |= {(image.path, image.side): image for image in hunk_images(diff) if image is not None}
    for (path, side), text in (whole or {}).items():
        known = Image(path, "after" if side == "after" else "before", (Piece(1, text.encode()),), True, ("",), "HEAD")
        made[path, side] = known
    return made


def span(at: At, known: Mapping[tuple[str, str], Image]) -> Span:
    """Where the words stand."""
    for piece in known[at.path, at.side].pieces:
        for number, line in enumerate(piece.text.split(b"\n"), piece.line):
            start = line.find(at.text.encode("utf-8", "surrogateescape"))
            if start >= 0 and number >= at.line:
                size = len(at.text.encode("utf-8", "surrogateescape"))
                return Span(at.path, at.side, (number, start + 1), (number, start + 1 + size))
    raise AssertionError(f"{at} is nowhere")


def finding(at: At, known: Mapping[tuple[str, str], Image], **changes: Any) -> Finding:
    place = changes.pop("at", None) or span(at, known)
    related = tuple(Related(span(where, known), text) for where, text in changes.pop("related", ()))
    new_text = changes.pop("replace", None)
    fix = Fix("start from GFP_KERNEL", True, (Edit(place, new_text),)) if new_text is not None else None
    message = changes.pop("message", f"{at.text} has modifiers but no base: alloc_pages_node() cannot reclaim")
    report = Report(place, message, (at.text,), changes.pop("help", None), related, fix)
    code = next(
        piece.text.split(b"\n")[place.line - piece.line].decode("utf-8", "surrogateescape")
        for piece in known[place.path, place.side].pieces
        if piece.line <= place.line <= piece.last
    )
    made = Finding(
        "gfp/bare-modifier",
        "warning",
        "high",
        report,
        "pool_fill",
        place.side,
        "new",
        "hunks",
        code,
        27,
        "00aa11bb22cc33dd",
    )
    return made._replace(**changes)


def review(
    *findings: tuple[At, Mapping[str, Any]],
    diff: str = DIFF,
    whole: Mapping[tuple[str, str], str] | None = None,
    header: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Review:
    """A review of ``diff`` with the given findings."""
    patch = Patch(mail(diff, **(header or {})), parse)
    known = images(patch, whole)
    made = tuple(finding(at, known, **words) for at, words in findings)
    series = Series("1-dev@example.org", 2, None, (patch,), None, None, False)
    seen = tuple(FileSeen(file.path, "hunks", None, None) for file in patch.files)
    one = Review(series, patch, made, (), (), (), (), seen, (), known)
    for name in ("resolved", "existing", "suppressed"):
        if name in changes:
            status = "existing" if name == "existing" else name
            changes[name] = tuple(finding(at, known, **words)._replace(status=status) for at, words in changes[name])
    return one._replace(**changes)


MASK = At("__GFP_THISNODE | __GFP_NOWARN")
LOCK = At("return -ENOMEM;")


def bare(**changes: Any) -> tuple[At, dict[str, Any]]:
    """A fault in an added line."""
    return MASK, {"help": "write GFP_KERNEL | __GFP_THISNODE | __GFP_NOWARN", **changes}


def leaked(**changes: Any) -> tuple[At, dict[str, Any]]:
    """A fault in a line that did not change, with a second place."""
    return LOCK, {
        "rule": "hotplug/lock-leaked",
        "severity": "error",
        "message": "returns with cpu_hotplug_lock held: cpus_read_lock() is not undone on this path",
        "help": "call cpus_read_unlock() before leaving",
        "related": [(At("cpus_read_lock()"), "taken here")],
        **changes,
    }


def summary(*reviews: Review, **changes: Any) -> Summary:
    found = [finding for one in reviews for finding in (*one.findings, *one.series_findings)]
    made = Summary(
        mails=len(reviews),
        patches=len(reviews),
        covers=0,
        files=sum(len(one.patch.files) for one in reviews),
        by_severity={level: sum(f.severity == level for f in found) for level in {f.severity for f in found}},
        by_rule={rule: sum(f.rule == rule for f in found) for rule in sorted({f.rule for f in found})},
        hunks_only=sum(file.context == "hunks" for one in reviews for file in one.files),
        whole=sum(file.context == "whole" for one in reviews for file in one.files),
        resolved=sum(len(one.resolved) for one in reviews),
        problems=(),
        series_findings=tuple((one.series.id, f) for one in reviews for f in one.series_findings),
        version=__version__,
        rules="0123456789abcdef",
        kernel=None,
    )
    return made._replace(**changes)


def paint(spec: str, *reviews: Review, style: Mapping[str, Any] | None = None, **changes: Any) -> str:
    """What a format writes for these reviews."""
    stream = io.StringIO()
    sink = open_sink(spec, stream, **(style or {}))
    for one in reviews:
        sink.patch(one)
    sink.end(summary(*reviews, **changes))
    return stream.getvalue()
