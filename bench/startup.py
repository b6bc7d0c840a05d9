# SPDX-License-Identifier: GPL-2.0-or-later
"""Time of one run on one mail: gfplint against the kernel's own checkpatch.pl, in pairs.

    python bench/startup.py --tree ~/linux [--mail x.eml] [--runs 20] [--limit 0.5]

The runs alternate, so that what else the machine does falls on both; the
figure is the median of the ratios of the pairs.  A third column runs gfplint with a
hundred further rules that have nothing to say.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent
DUMMY = '''\
# SPDX-License-Identifier: GPL-2.0-or-later
r"""Rule {number}, which only takes its place.

It stands for a rule of another field of the kernel.

Bad:
	example_{number}();	/* <-- bad */

Bad, a second:
	example_{number}(1);	/* <-- bad */

Good:
	example();

Known problems:
	None.

See:
	nothing
"""

from gfplint.rule import Function, Reports, report

SEVERITY = "warning"
WORDS = ("example_{number}", "other_{number}")


def check(fn: Function) -> Reports:
    for call in fn.calls_to(*WORDS):
        yield report(call, "bad", key=(call.name,))
'''


def main() -> int:
    """Measure, print, and fail where the ratio is above the limit."""
    options = argparse.ArgumentParser(description="gfplint against checkpatch.pl on one mail")
    options.add_argument(
        "--tree", help="a kernel tree, for scripts/checkpatch.pl; without it gfplint alone is measured"
    )
    options.add_argument(
        "--mail", default=str(REPO / "examples" / "demo.mbox"), help="what both read; default: the demo series"
    )
    options.add_argument("--runs", type=int, default=20)
    options.add_argument("--dummies", type=int, default=100, help="further rules for the last column")
    options.add_argument("--limit", type=float, default=0.5, help="the highest ratio that is a success")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="gfplint-bench-") as folder:
        os.environ["XDG_CACHE_HOME"] = os.path.join(folder, "cache")
        dummies = write_dummies(Path(folder), given.dummies)
        gfplint = [*program(), "check", "--no-tree"]
        commands = {
            "gfplint": [*gfplint, given.mail],
            f"gfplint, {given.dummies} rules more": [*gfplint, "--rules", dummies, given.mail],
        }
        if given.tree:
            checkpatch = os.path.join(given.tree, "scripts", "checkpatch.pl")
            commands["checkpatch.pl"] = ["perl", checkpatch, "--no-tree", "-q", given.mail]
        times = measure(commands, given.runs)
    return tell(times, given.limit)


def program() -> list[str]:
    """gfplint as a user of this Python has it."""
    script = shutil.which("gfplint", path=os.path.dirname(sys.executable))
    return [script] if script else [sys.executable, "-m", "gfplint"]


def write_dummies(folder: Path, count: int) -> str:
    """A folder of rules whose words occur nowhere."""
    family = folder / "rules" / "dummy"
    family.mkdir(parents=True)
    for number in range(count):
        (family / f"rule_{number}.py").write_text(DUMMY.replace("{number}", str(number)))
    return str(family.parent)


def measure(commands: dict[str, list[str]], runs: int) -> dict[str, list[float]]:
    """Seconds of each command, run in turns; the first three rounds warm the caches."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(runs + 3):
        if number == 2:
            time.sleep(2.1)  # a cache that is younger than this is checked by content
        for name, command in commands.items():
            taken = run(command)
            if number > 2:
                times[name].append(taken)
    return times


def run(command: Sequence[str]) -> float:
    start = time.perf_counter()
    done = subprocess.run(command, cwd=REPO, capture_output=True, check=False)
    taken = time.perf_counter() - start
    if done.returncode not in (0, 1) or done.stderr:  # 1: there are findings
        raise SystemExit(f"{' '.join(command)}: exit status {done.returncode}\n{done.stderr.decode(errors='replace')}")
    return taken


def tell(times: dict[str, list[float]], limit: float) -> int:
    """Print medians and ratios; the exit status."""
    peer = times.get("checkpatch.pl")
    worst = 0.0
    for name, taken in times.items():
        line = f"{name:28} {statistics.median(taken) * 1000:7.1f} ms  (fastest {min(taken) * 1000:.1f})"
        if peer and name != "checkpatch.pl":
            ratio = statistics.median(mine / other for mine, other in zip(taken, peer, strict=True))
            worst = max(worst, ratio)
            line += f"  {ratio:.2f} of checkpatch.pl"
        print(line)
    if worst > limit:
        print(f"above the limit of {limit}")
    return 1 if worst > limit else 0


if __name__ == "__main__":
    raise SystemExit(main())
