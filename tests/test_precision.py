# SPDX-License-Identifier: GPL-2.0-or-later
"""Severity and confidence of the rules agree with the verdicts of docs/verdicts.jsonl."""

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

from gfplint.rulebook import Rulebook

REPO = Path(__file__).resolve().parent.parent
FIELDS = {"rule", "where", "path", "function", "fingerprint", "right", "reason"}


def verdicts() -> list[dict[str, object]]:
    text = (REPO / "docs" / "verdicts.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_rows() -> None:
    """Each says what, where, whether it is right, and why, once."""
    rows = verdicts()
    assert rows
    for row in rows:
        assert set(row) - {"gone"} == FIELDS
        assert row["reason"] and isinstance(row["right"], bool)
    keys = [(row["rule"], row["where"], row["path"], row["fingerprint"]) for row in rows]
    assert len(set(keys)) == len(keys)


def test_severity() -> None:
    """A rule that is right in less than four of five is for information; one that was wrong more often than right
    before it was mended is not sure of itself."""
    right: dict[object, int] = defaultdict(int)
    wrong: dict[object, int] = defaultdict(int)
    mended: dict[object, int] = defaultdict(int)
    for row in verdicts():
        if row.get("gone"):
            mended[row["rule"]] += int(not row["right"])
        elif row["right"]:
            right[row["rule"]] += 1
        else:
            wrong[row["rule"]] += 1
    for entry in Rulebook().entries:
        judged = right[entry.id] + wrong[entry.id]
        if judged and right[entry.id] < 0.8 * judged:
            assert entry.severity == "info", f"{entry.id}: {right[entry.id]} of {judged} are right"
        if mended[entry.id] + wrong[entry.id] > right[entry.id]:
            assert entry.confidence != "high", f"{entry.id}: {mended[entry.id]} wrong ones before it was mended"


def test_page_is_up_to_date() -> None:
    """The table of docs/precision.md is what the verdicts make."""
    done = subprocess.run([sys.executable, str(REPO / "bench" / "precision.py"), "--check"], check=False)
    assert done.returncode == 0, "run python bench/precision.py"
