# SPDX-License-Identifier: GPL-2.0-or-later
"""In-memory application against ``git apply --cached``, over a mailbox and a kernel repository.

    python bench/apply.py REPO MBOX...

For each patch the files that it touches are put, as HEAD has them, into the
index of a scratch repository that borrows REPO's objects.  Both sides then
apply it; verdicts and bytes are compared.  REPO itself is only read.
"""

import argparse
import os
import subprocess
import tempfile
from collections import Counter

from gfplint.diff.apply import apply
from gfplint.diff.model import FileDiff, Patch
from gfplint.mail.blobs import Blobs
from gfplint.mail.intake import Intake
from gfplint.mail.tree import safe


class Scratch:
    """A repository with an index of its own and the objects of another."""

    def __init__(self, repo: str, folder: str) -> None:
        self.repo = repo
        self.folder = folder
        self.git("init", "-q", ".")
        objects = subprocess.run(
            ["git", "-C", repo, "rev-parse", "--path-format=absolute", "--git-path", "objects"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        with open(os.path.join(folder, ".git/objects/info/alternates"), "w", encoding="utf-8") as file:
            file.write(objects)

    def git(self, *args: str, input: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
        return subprocess.run(["git", *args], cwd=self.folder, input=input, capture_output=True)

    def apply(self, diff: bytes, paths: list[str]) -> dict[str, bytes] | None:
        """What ``git apply --cached`` makes of the files of HEAD; None where it refuses."""
        listed = subprocess.run(["git", "-C", self.repo, "ls-tree", "-z", "HEAD", "--", *paths], capture_output=True)
        self.git("read-tree", "--empty")
        self.git("update-index", "-z", "--index-info", input=listed.stdout)
        if self.git("apply", "--cached", "--whitespace=nowarn", "-", input=diff).returncode:
            return None
        made: dict[str, bytes] = {}
        for row in self.git("ls-files", "-s", "-z").stdout.split(b"\0")[:-1]:
            head, _, path = row.partition(b"\t")
            blob = head.split()[1].decode()
            made[path.decode("utf-8", "surrogateescape")] = self.git("cat-file", "blob", blob).stdout
        return made


def ours(files: tuple[FileDiff, ...], blobs: Blobs) -> dict[str, bytes] | None:
    """The same in memory; None where one file does not apply."""
    made: dict[str, bytes] = {}
    for diff in files:
        if diff.old_path is None:
            done = apply(b"", diff)
            text = done.text if done else None
            if blobs.get(f"HEAD:{diff.new_path}") is not None:
                return None
        else:
            old = made.pop(diff.old_path, None) if diff.old_path in made else blobs.get(f"HEAD:{diff.old_path}")
            done = apply(old, diff) if old is not None else None
            text = done.text if done else None
        if text is None:
            return None
        if diff.new_path is not None:
            made[diff.new_path] = text
    return made


def compare(patch: Patch, scratch: Scratch, blobs: Blobs) -> str:
    """One word on how the two sides agree."""
    files = patch.files
    if not files or patch.diff.errors or patch.diff.healed or any(file.binary or not file.hunks for file in files):
        return "left out: damaged, binary, or without hunks"
    paths = sorted({path for file in files for path in (file.old_path, file.new_path) if path})
    if not all(safe(path) for path in paths):
        return "left out: odd path"
    theirs = scratch.apply(str(patch).encode("utf-8", "surrogateescape"), paths)
    mine = ours(files, blobs)
    if theirs is None or mine is None:
        return "both refuse" if theirs is mine else f"only {'git' if mine is None else 'gfplint'} applies"
    same = all(theirs.get(path) == text for path, text in mine.items())
    return "both apply, same bytes" if same else "both apply, other bytes"


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("repo")
    options.add_argument("mbox", nargs="+")
    given = options.parse_args()
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder, Blobs(given.repo) as blobs:
        scratch = Scratch(given.repo, folder)
        for series in Intake(given.mbox):
            for patch in series.patches:
                verdict = compare(patch, scratch, blobs)
                counts[verdict] += 1
                if "only" in verdict or "other" in verdict:
                    print(f"{verdict}: {patch.mail.message_id} {patch.mail.title}")
    for verdict, count in sorted(counts.items()):
        print(f"{count:6} {verdict}")


if __name__ == "__main__":
    main()
