# SPDX-License-Identifier: GPL-2.0-or-later
"""What was read, as the JSON of ``gfplint parse``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TextIO

from gfplint.diff.model import Damage, FileDiff, Mail, Patch
from gfplint.mail.intake import Intake

SCHEMA = 1


def dump(intake: Intake, out: TextIO) -> None:
    """Write one document, mail by mail."""
    out.write(f'{{"schema": {SCHEMA}, "mails": [')
    for number, read in enumerate(intake.all_mails()):
        out.write(",\n " if number else "\n ")
        out.write(json.dumps(mail_json(read.mail, read.patch, read.series)))
    out.write("\n]}\n")


def mail_json(mail: Mail, patch: Patch | None, series: str | None = None) -> dict[str, Any]:
    """One mail; ``series`` is the id of the series that it belongs to.

    Bytes of no charset are lone surrogates, which JSON holds as escapes.
    """
    diff = patch.diff if patch is not None else None
    return {
        "input": mail.input,
        "index": mail.index,
        "kind": mail.kind,
        "message_id": mail.message_id,
        "date": mail.date,
        "subject": mail.subject,
        "title": mail.title,
        "author": {"name": mail.author.name, "email": mail.author.email},
        "series": _series(mail, series),
        "trailers": [list(trailer) for trailer in mail.trailers],
        "base_commit": mail.base_commit,
        "prerequisites": list(mail.prerequisites),
        "change_id": mail.change_id,
        "in_reply_to": mail.in_reply_to,
        "references": list(mail.references),
        "message": mail.message,
        "diff": mail.diff,
        "files": [_file(file) for file in diff.files] if diff else [],
        "healed": _damages(diff.healed) if diff else [],
        "skipped": _damages(diff.skipped) if diff else [],
        "errors": _damages([Damage(None, mail.cut)] if mail.cut else []) + (_damages(diff.errors) if diff else []),
    }


def _series(mail: Mail, series: str | None) -> dict[str, Any] | None:
    if series is None:
        return None
    return {"id": series, "number": mail.number, "total": mail.total, "version": mail.version, "tags": list(mail.tags)}


def _damages(damages: Sequence[Damage]) -> list[dict[str, Any]]:
    return [{"line": damage.line, "reason": damage.reason} for damage in damages]


def _file(file: FileDiff) -> dict[str, Any]:
    return {
        "old_path": file.old_path,
        "new_path": file.new_path,
        "status": file.status,
        "binary": file.binary,
        "old_mode": file.old_mode,
        "new_mode": file.new_mode,
        "similarity": file.similarity,
        "blob": list(file.blobs) if file.blobs else None,
        "added": file.added,
        "removed": file.removed,
        "hunks": [
            {
                "old_start": hunk.old_start,
                "old_lines": hunk.old_lines,
                "new_start": hunk.new_start,
                "new_lines": hunk.new_lines,
                "section": hunk.section,
            }
            for hunk in file.hunks
        ],
    }
