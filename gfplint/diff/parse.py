# SPDX-License-Identifier: GPL-2.0-or-later
"""The text of a diff -> its files.

unidiff parses the hunks that are well-formed.  Around it: the text is split
into files so that a broken one costs only itself, damaged hunks are healed
first, and headers are read as git reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gfplint.diff.header import Header, read_header, unquote
from gfplint.diff.model import Damage, Diff, FileDiff, Hunk, Kind, Line
from gfplint.diff.split import HUNK, HunkSpan, Section, lines_of, sections
from gfplint.record import NamedTuple

if TYPE_CHECKING:
    from unidiff.patch import Hunk as Parsed

_MANY = 100  # damages of one diff that are told one by one
LINES = 500_000  # of one diff: no patch has as many, and each costs some hundred bytes


class _Text(NamedTuple):
    """What all steps share: the lines, and where the first one is in the mail."""

    lines: list[str]
    mail_line: int | None

    def mail(self, at: int) -> int | None:
        return None if self.mail_line is None else self.mail_line + at

    def join(self, start: int, end: int) -> str:
        return "".join(self.lines[start:end])


class _Log(NamedTuple):
    healed: list[Damage]
    errors: list[Damage]
    skipped: list[Damage]


def parse(text: str, mail_line: int | None = None) -> Diff:
    """Parse a diff; ``mail_line`` is the line of the mail where it begins.

    Never raises for bad input: what cannot be read is in ``errors``, what
    was made readable in ``healed``.  ``str()`` of the result is ``text``.
    """
    if (lines := text.count("\n")) > LINES:
        reason = f"diff of {lines} lines: limit is {LINES}"
        return Diff((), errors=(Damage(mail_line, reason),), tail=text)
    whole = _Text(lines_of(text), mail_line)
    log = _Log([], [], [])
    found, orphans = sections(whole.lines)
    for at in orphans:
        log.errors.append(Damage(whole.mail(at), "hunk without a file header"))
    files: list[FileDiff] = []
    done = 0  # lines that the files so far hold
    for section in found:
        file = _file(whole, section, done, log)
        if file is not None:
            files.append(file)
            done = section.end
    rest = whole.join(done, len(whole.lines))
    return Diff(tuple(files), _told(log.healed), _told(log.errors), rest, _told(log.skipped))


def _told(damages: list[Damage]) -> tuple[Damage, ...]:
    """In the order of their lines; a flood is cut."""
    damages.sort(key=lambda damage: damage.line or 0)
    more = len(damages) - _MANY
    return (*damages[:_MANY], Damage(None, f"{more} more of the kind")) if more > 0 else tuple(damages)


def _file(whole: _Text, section: Section, done: int, log: _Log) -> FileDiff | None:
    if section.combined:
        name = unquote(whole.lines[section.start].split(" ", 2)[2].strip())
        log.skipped.append(Damage(whole.mail(section.start), f"{name}: combined diff of a merge", name))
        return None
    counts = [(span.old, span.new) for span in section.hunks]
    header = read_header(_unwrapped(whole.lines[section.start : section.head]), counts)
    if header is None:
        if section.hunks:
            log.errors.append(Damage(whole.mail(section.start), "no file name in the header"))
        return None
    if not section.hunks and not section.malformed and not _complete(whole, section, header, log):
        return None
    path = header.new_path or header.old_path or ""
    for at in section.malformed:
        log.errors.append(Damage(whole.mail(at), f"{path}: no hunk: its line of numbers is malformed"))
    ready = [_ready(whole, span, path, log) for span in section.hunks]
    hunks: list[Hunk] = []
    raw = whole.join(done, section.head)
    behind = section.head
    for body, hunk in zip(ready, _hunks(whole, ready, path, log), strict=True):
        if body is None or hunk is None:
            continue  # its lines go to the hunk before, or the header
        raw = _gap(raw, hunks, whole.join(behind, body.start))
        hunks.append(hunk)
        behind = body.end
    raw = _gap(raw, hunks, whole.join(behind, section.end))
    return FileDiff(*header, hunks=tuple(hunks), raw=raw)


def _gap(raw: str, hunks: list[Hunk], text: str) -> str:
    """Keep ``text``, which belongs to no hunk, behind the last hunk or, before the first, in the header."""
    if not text:
        return raw
    if not hunks:
        return raw + text
    hunks[-1] = hunks[-1]._replace(tail=hunks[-1].tail + text)
    return raw


def _unwrapped(lines: Sequence[str]) -> list[str]:
    """Header lines, with ``diff --git a/...`` and ``b/...`` in one."""
    if len(lines) > 1 and lines[1].startswith("b/"):
        return [lines[0].rstrip() + " " + lines[1], *lines[2:]]
    return list(lines)


def _complete(whole: _Text, section: Section, header: Header, log: _Log) -> bool:
    """Whether a file without hunks says something all the same; a header that was cut off does not."""
    if header.binary or header.status != "modified":
        return True
    if header.old_mode != header.new_mode:
        return True
    lines = whole.lines[section.start : section.head]
    if any(line.startswith(("--- ", "index ")) for line in lines):
        path = header.new_path or header.old_path
        log.errors.append(Damage(whole.mail(section.head), f"{path}: no hunk behind the header"))
    return False


class _Body(NamedTuple):
    """A hunk that unidiff can take."""

    start: int  # lines of the diff, half open
    end: int
    lines: list[str]  # the @@ line first
    origin: Sequence[int]  # for each but the first, the line of the diff where it stands


def _ready(whole: _Text, span: HunkSpan, path: str, log: _Log) -> _Body | None:
    """A hunk as it is where it is well-formed, else healed; None, and an error, where that cannot be done."""
    start = span.start
    if span.fits:
        return _Body(start, span.end, whole.lines[start : span.end], range(start + 1, span.end))
    from gfplint.diff.heal import heal  # only for what mail has damaged

    match = HUNK.match(whole.lines[start])
    assert match is not None  # it is a hunk by that
    healed = heal(whole.lines, span, span.end < len(whole.lines))
    if not isinstance(healed, str):
        head = f"@@ -{match[1]},{healed.old} +{match[3]},{healed.new} @@{match[5]}"
        body, reason = _Body(start, healed.end, [head, *healed.lines], healed.origin), healed.reason
    elif span.counted:  # as git reads it
        reason = "more lines than its counts: what is behind is left out"
        body = _Body(start, span.counted, whole.lines[start : span.counted], range(start + 1, span.counted))
    else:
        log.errors.append(Damage(whole.mail(start), f"{path}: {healed}", path))
        return None
    log.healed.append(Damage(whole.mail(start), f"{path}: {reason}", path, int(match[3])))
    return body


def _hunks(whole: _Text, ready: Sequence[_Body | None], path: str, log: _Log) -> list[Hunk | None]:
    """The hunks of one file as unidiff reads them."""
    bodies = [body for body in ready if body is not None]
    try:
        read = iter(_unidiff(whole, bodies))
        return [None if body is None else next(read) for body in ready]
    except ValueError:  # what unidiff cannot take costs only itself
        return [None if body is None else _alone(whole, body, path, log) for body in ready]


def _alone(whole: _Text, body: _Body, path: str, log: _Log) -> Hunk | None:
    try:
        return _unidiff(whole, [body])[0]
    except ValueError as error:
        log.errors.append(Damage(whole.mail(body.start), f"{path}: {' '.join(str(error).split())}"))
        return None


def _unidiff(whole: _Text, bodies: Sequence[_Body]) -> list[Hunk]:
    from unidiff.errors import UnidiffParseError
    from unidiff.patch import PatchSet  # 5 ms that a mail without a trigger word does not pay

    if not bodies:
        return []
    lines = ["--- a/x\n", "+++ b/x\n", *(_known(line) for body in bodies for line in body.lines)]
    try:
        parsed = PatchSet(lines)[0]
    except (UnidiffParseError, IndexError) as error:
        raise ValueError(str(error)) from error
    return [_hunk(whole, body, hunk) for body, hunk in zip(bodies, parsed, strict=True)]


def _known(line: str) -> str:
    """The line with "No newline at end of file" in the one language that unidiff knows."""
    return "\\ No newline at end of file\n" if line.startswith("\\") else line


def _hunk(whole: _Text, body: _Body, parsed: Parsed) -> Hunk:
    lines = []
    for line, read, at in zip(parsed, body.lines[1:], body.origin, strict=True):
        kind: Kind = line.line_type or " "  # type: ignore[assignment] # unidiff types it as str
        text = read[1:] if kind == "\\" else line.value
        lines.append(Line(kind, text.rstrip("\n"), line.source_line_no, line.target_line_no, whole.mail(at)))
    return Hunk(
        parsed.source_start,
        parsed.source_length,
        parsed.target_start,
        parsed.target_length,
        parsed.section_header.strip(),
        tuple(lines),
        whole.join(body.start, body.end),
    )
