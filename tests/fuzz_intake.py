# SPDX-License-Identifier: GPL-2.0-or-later
"""Damaged mails by the million: no crash, no hang, and what is read keeps its promises.

    python tests/fuzz_intake.py [--inputs N] [--seconds S] [--seed N] [FILE...]

Mutates the seeds below (and FILEs) line by line and byte by byte and reads
every one.  Held against: nothing is raised; ``str()`` of the diff is the text
that was read; what ``sound()`` calls sound has no damage; line numbers and
counts of every hunk agree with its lines; nothing takes longer than a second.
A mail that breaks one of these is written to the current folder, to be
made a test.
"""

import argparse
import io
import random
import sys
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from gfplint.diff.linemap import LineMap
from gfplint.diff.model import Diff
from gfplint.diff.parse import parse
from gfplint.diff.sound import sound
from gfplint.mail.dump import dump
from gfplint.mail.intake import Intake

DIFF = b"""\
diff --git a/mm/one.c b/mm/one.c
index 1111111..2222222 100644
--- a/mm/one.c
+++ b/mm/one.c
@@ -10,7 +10,8 @@ static int first(void)
 \tint a;
\x20
 \ta = 1;
-\tb = 2;
+\tb = 3;
+\tc = 4;
 \treturn a;
 }
\x20
@@ -40,3 +41,2 @@ int second(void)
 {
-\treturn 0;
 }
diff --git a/mm/old.c b/mm/new.c
similarity index 90%
rename from mm/old.c
rename to mm/new.c
--- a/mm/old.c
+++ b/mm/new.c
@@ -1 +1 @@
-old
\\ No newline at end of file
+new
diff --git "a/mm/\\303\\244.h" "b/mm/\\303\\244.h"
new file mode 100644
--- /dev/null
+++ "b/mm/\\303\\244.h"
@@ -0,0 +1,2 @@
+one
+two
--\x20
2.39.5

"""
HEAD = b"""\
From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001
From: =?UTF-8?q?A=2E_Developer?= <dev@example.org>
Date: Mon, 2 Nov 2026 10:00:00 +0100
Subject: [PATCH v2 2/3] mm: example
 with a long subject
Message-ID: <20261102.1-2-dev@example.org>
In-Reply-To: <20261102.1-0-dev@example.org>
"""
BODY = b"""
From: Another Developer <another@example.org>

Text of the change.

Signed-off-by: A. Developer <dev@example.org>
---
v2: said so

 mm/one.c | 3 ++-

"""
SEEDS = (
    HEAD + BODY + DIFF,
    HEAD + b"Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes\n" + BODY + DIFF,
    HEAD + b"Content-Transfer-Encoding: quoted-printable\n" + BODY + DIFF.replace(b"=", b"=3D").replace(b"\t", b"=09"),
    HEAD
    + b'Content-Type: multipart/mixed; boundary="xx"\n\n--xx\n'
    + BODY
    + b"--xx\nContent-Type: text/x-patch\n\n"
    + DIFF
    + b"--xx--\n",
    b"Index: linux/mm/x.c\n====\n--- linux.orig/mm/x.c\t2020-01-01\n+++ linux/mm/x.c\t2020-01-02\n"
    b"@@ -1,2 +1,2 @@\n-a\n+b\n c\n",
    DIFF,
    (HEAD + BODY + DIFF) * 2,
    b"diff --cc mm/a.c\nindex 1,2..3\n--- a/mm/a.c\n+++ b/mm/a.c\n@@@ -1,1 -1,1 +1,1 @@@\n  a\n--b\n++c\n",
    b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA1\n\n" + DIFF.replace(b"\n-", b"\n- -"),
    b"diff --git a/x.bin b/x.bin\nindex 1..2\nGIT binary patch\nliteral 3\nKcmZ\n\nliteral 0\nHcmV?d00001\n\n",
)
TOKENS = (
    b"@@ -1,3 +1,3 @@\n|diff --git a/x b/x\n|--- a/x\n+++ b/x\n|-- \n|\n|\r\n|\0|---\n|\xff|\xc2\xa0|=?utf-8?b?|?=|="
    b'|From x Mon Sep 17 00:00:00 2001\n|@@ -0,0 +1 @@\n|\t|>From |rename from x\n|-- >8 --\n|\\ No newline\n|"|\\'
    b"|999999999|new file mode 1\n|--xx\n|Content-Type: multipart/mixed; boundary=xx\n"
    b"|\xe2\x80\xa8|\x0c|/dev/null|b/x\n| |-"
).split(b"|")


def mutate(chance: random.Random, data: bytes) -> bytes:
    """One to six changes."""
    for _ in range(chance.randint(1, 6)):
        kind = chance.randrange(9)
        lines = data.splitlines(keepends=True) or [b""]
        at = chance.randrange(len(lines))
        spot = chance.randrange(len(data) + 1)
        if kind == 0:
            del lines[at]
        elif kind == 1:
            lines.insert(at, chance.choice(lines))
        elif kind == 2:
            lines.insert(at, chance.choice(TOKENS))
        elif kind == 3:
            lines[at] = lines[at][chance.randint(0, 2) :]
        elif kind == 4:
            lines[at] = lines[at].rstrip(b"\n") + chance.choice((b"", b" \n", b"\r\n"))
        elif kind == 5:
            lines = lines[:at] if chance.random() < 0.2 else lines
        elif kind == 6:
            data = data[:spot] + bytes([chance.randrange(256)]) + data[spot + 1 :]
        elif kind == 7:
            data = data[:spot] + chance.choice(TOKENS) + data[spot:]
        else:
            size = chance.randint(1, 40)
            data = data[:spot] + data[spot + size :]
        if kind <= 5:
            data = b"".join(lines)
    return data


def check_diff(text: str) -> Diff:
    """What holds for every diff."""
    diff = parse(text, 1)
    assert str(diff) == text, "round trip"
    if sound(text):
        assert not diff.errors and not diff.healed, f"called sound: {diff.errors} {diff.healed}"
    for file in diff.files:
        assert file.old_path is not None or file.new_path is not None
        for hunk in file.hunks:
            old = [line.old for line in hunk.lines if line.kind in " -"]
            new = [line.new for line in hunk.lines if line.kind in " +"]
            assert old == list(range(hunk.old_start, hunk.old_start + hunk.old_lines))
            assert new == list(range(hunk.new_start, hunk.new_start + hunk.new_lines))
        lines = LineMap(file)
        lines.touched("before"), lines.touched("after")
    return diff


def check(data: bytes) -> None:
    """Read an input in every way."""
    intake = Intake.of_bytes(data, "fuzz")
    for series in intake:
        for patch in series.patches:
            assert str(patch.diff) == patch.mail.diff
            check_diff(patch.mail.diff)
    for problem in intake.problems:
        assert "\n" not in str(problem), "a problem is one line"
    again = Intake.of_bytes(data, "fuzz")
    dump(again, io.StringIO())
    assert again.mails == intake.mails, "both ways count the same"


def main() -> int:
    """Fuzz until the inputs or the time are used up."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--inputs", type=int, default=1_000_000)
    options.add_argument("--seconds", type=float, default=3600)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("file", nargs="*", type=Path)
    given = options.parse_args()
    seeds = [*SEEDS, *(file.read_bytes() for file in given.file)]
    chance = random.Random(given.seed)
    start = time.monotonic()
    slowest, bad, done = 0.0, 0, 0
    while done < given.inputs and time.monotonic() - start < given.seconds:
        data = mutate(chance, chance.choice(seeds))
        before = time.process_time()
        try:
            check(data)
        except Exception:
            bad += 1
            name = Path(f"fuzz-{given.seed}-{done}.eml")
            name.write_bytes(data)
            print(f"{name}:", traceback.format_exc(limit=-2), file=sys.stderr)
            if bad == 10:
                break
        slowest = max(slowest, time.process_time() - before)
        done += 1
    spent = time.monotonic() - start
    print(f"{done} inputs, {bad} bad, slowest {slowest * 1000:.0f} ms, {spent:.0f} s, seed {given.seed}")
    return 1 if bad or slowest > 1 else 0


if __name__ == "__main__":
    sys.exit(main())
