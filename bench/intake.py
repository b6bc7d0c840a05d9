# SPDX-License-Identifier: GPL-2.0-or-later
"""Mails a second: gfplint's intake beside git mailsplit and git mailinfo, and memory on a large mailbox.

    python bench/intake.py [MBOX] [--runs 5] [--large 2]

Processor time on one core, the best of the runs.  "read" is decoding,
threading into series and the check that nothing is damaged: what a mail
costs in which no rule has a trigger word.  "split" adds all files, hunks and lines.
git writes each mail to a file and starts a process for each, which is
counted.  ``--large N`` repeats the mailbox up to N GB in a temporary file and
reads it in a process of its own.
"""

import argparse
import lzma
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from gfplint.mail.intake import Intake

REPO = Path(__file__).resolve().parents[1]

CHILD = """
import resource, sys, time
sys.path.insert(0, sys.argv[2])
from gfplint.mail.intake import Intake
start = time.process_time()
intake = Intake([sys.argv[1]])
for series in intake:
    pass
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
print(f"{intake.mails} mails, {intake.mails / (time.process_time() - start):.0f} a second, peak {peak} MB")
"""


def ours(box: Path) -> tuple[int, float, float]:
    """Mails, and processor seconds to read them and to split them too."""
    start = time.process_time()
    intake = Intake([str(box)])
    found = list(intake)
    read = time.process_time() - start
    for series in found:
        for patch in series.patches:
            assert patch.files is not None
    return intake.mails, read, time.process_time() - start


def git(box: Path) -> tuple[int, float]:
    """Mails, and processor seconds of git mailsplit and of git mailinfo on each mail."""
    with tempfile.TemporaryDirectory() as folder:
        before = _children()
        subprocess.run(["git", "mailsplit", "--mboxrd", f"-o{folder}", box], check=True, stdout=subprocess.DEVNULL)
        mails = sorted(Path(folder).iterdir())
        for mail in mails:
            with mail.open("rb") as text:
                command = ["git", "mailinfo", f"{folder}/msg", f"{folder}/patch"]
                subprocess.run(command, stdin=text, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        return len(mails), _children() - before


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def large(box: Path, gigabytes: float) -> str:
    """What a process of its own says about a mailbox of that size."""
    data = box.read_bytes()
    with tempfile.NamedTemporaryFile(suffix=".mbox") as file:
        while file.tell() < gigabytes * (1 << 30):
            file.write(data)
        file.flush()
        command = [sys.executable, "-c", CHILD, file.name, str(REPO)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description="intake: mails a second, and memory")
    options.add_argument("mbox", nargs="?", type=Path, default=REPO.parent / "shared" / "corpus" / "sample.mbox.xz")
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--large", type=float, default=0, metavar="GB")
    given = options.parse_args()
    if not given.mbox.exists():
        raise SystemExit(f"{given.mbox}: not there; name a mailbox")
    with tempfile.TemporaryDirectory() as folder:
        box = given.mbox
        if box.suffix == ".xz":
            box = Path(folder) / "box.mbox"
            box.write_bytes(lzma.decompress(given.mbox.read_bytes()))
        runs = [ours(box) for _ in range(given.runs)]
        mails = runs[0][0]
        read, split = min(run[1] for run in runs), min(run[2] for run in runs)
        print(f"{mails} mails, {box.stat().st_size / 1e6:.1f} MB, best of {given.runs}")
        print(f"gfplint  read   {mails / read:7.0f} mails a second")
        print(f"gfplint  split  {mails / split:7.0f} mails a second")
        count, spent = min((git(box) for _ in range(min(given.runs, 2))), key=lambda run: run[1])
        print(f"git      split and mailinfo {count / spent:7.0f} mails a second")
        if given.large:
            print(f"{given.large:g} GB: {large(box, given.large)}")


if __name__ == "__main__":
    main()
