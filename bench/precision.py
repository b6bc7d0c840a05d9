# SPDX-License-Identifier: GPL-2.0-or-later
"""The rule table of docs/precision.md, made from the verdicts of docs/verdicts.jsonl.

    python bench/precision.py [--check]

A verdict is one JSON object a line: ``rule``, ``where`` (a kernel, or the
Message-ID of a patch), ``path``, ``function``, ``fingerprint``, ``right``, ``reason``.  A line
with ``gone`` is of a finding that the rule made once and was mended not to make any more.
The share is given as the Wilson interval (80 %): with few verdicts it is wide.
``mended`` counts wrong findings that the rule, or the analysis under it, no longer makes.
``--check`` fails when the table is not what the verdicts make.
"""

import argparse
import json
import math
import sys
from collections import defaultdict
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent
VERDICTS = REPO / "docs" / "verdicts.jsonl"
PAGE = REPO / "docs" / "precision.md"
BEGIN, END = "<!-- rules: begin -->", "<!-- rules: end -->"
Z = 1.2816  # of the 80 % interval, two-sided


def wilson(right: int, judged: int) -> tuple[float, float]:
    """The interval in which the true share lies with 80 %."""
    if not judged:
        return 0.0, 1.0
    share = right / judged
    middle = share + Z * Z / (2 * judged)
    spread = Z * math.sqrt(share * (1 - share) / judged + Z * Z / (4 * judged * judged))
    scale = 1 + Z * Z / judged
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def table(rows: list[dict[str, object]]) -> str:
    """The table in Markdown, one line a rule."""
    sys.path.insert(0, str(REPO))
    from gfplint.rulebook import Rulebook

    judged: dict[object, list[bool]] = defaultdict(list)
    gone: dict[object, int] = defaultdict(int)
    for row in rows:
        if row.get("gone"):
            gone[row["rule"]] += int(not row["right"])
        else:
            judged[row["rule"]].append(bool(row["right"]))
    lines = ["| rule | severity | confidence | judged | right | share, 80 % | mended |"]
    lines.append("|---|---|---|--:|--:|---|--:|")
    for entry in Rulebook().entries:
        verdicts = judged[entry.id]
        if not verdicts and not gone[entry.id]:
            continue
        low, high = wilson(sum(verdicts), len(verdicts))
        share = f"{low:.2f} to {high:.2f}" if verdicts else "none left"
        lines.append(
            f"| `{entry.id}` | {entry.severity} | {entry.confidence} | {len(verdicts)} | {sum(verdicts)} "
            f"| {share} | {gone[entry.id]} |"
        )
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fail when the page is not up to date")
    args = parser.parse_args()
    with VERDICTS.open(encoding="utf-8") as text:
        rows = [json.loads(line) for line in text if line.strip()]
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else f"# Precision\n\n{BEGIN}\n{END}\n"
    if BEGIN not in page:
        page = f"{page.rstrip()}\n\n## Rules\n\n{BEGIN}\n{END}\n"
    before, rest = page.split(BEGIN, 1)
    new = f"{before}{BEGIN}\n{table(rows)}\n{END}{rest.split(END, 1)[1]}"
    if args.check:
        return int(new != page)
    PAGE.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
