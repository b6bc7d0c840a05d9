# SPDX-License-Identifier: GPL-2.0-or-later
"""Hold what gfplint reads against what the installed git reads, mail by mail.

    python tests/compare_with_git.py [MBOX|MAIL|FOLDER...]     default: the corpus beside the repository

Prints how often both agree on author, title, message and files, then every
disagreement with its explanation, if it has one, then what git refused and what became of it here.  git runs as
``mailinfo --scissors --quoted-cr=strip`` (as ``git am -c`` would, with CRLF
of a decoded body taken off) and ``apply --numstat``.
"""

import lzma
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from gfplint.diff.model import Diff, Mail
from gfplint.diff.parse import parse
from gfplint.mail.intake import Intake

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
FIELDS = ("author", "title", "message", "files")
Stat = tuple[str, str, str]  # added, removed, path
_TWICE = "its HTML part says the same as its text, which quotes a patch: git reads both, gfplint the text"
EXPLAINED = {
    ("multipart-linuxppc-dev-4bdd645536.eml", "message"): _TWICE,
    ("multipart-linuxppc-dev-4bdd645536.eml", "files"): _TWICE,
}


class Theirs(NamedTuple):
    """What git makes of a mail."""

    author: tuple[str, str]
    title: str
    message: str
    files: list[Stat] | None  # None: git apply refuses
    error: str


class Outcome(NamedTuple):
    """One mail, both readings."""

    name: str
    kind: str
    taken: bool  # git mailinfo reads it and git apply takes its patch
    differs: dict[str, str]  # field -> theirs and ours
    ours: str  # healed, refused, ... for what git refuses
    error: str  # git's


def mails(path: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    """Every mail of a path as a file of its own."""
    if path.is_dir():
        for file in sorted(path.glob("*.eml")):
            yield file.name, file
    elif path.suffix in (".xz", ".mbox"):
        data = lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()
        box, out = folder / "box", folder / "mails"
        box.write_bytes(data)
        out.mkdir()
        subprocess.run(["git", "mailsplit", "--mboxrd", f"-o{out}", box], check=True, stdout=subprocess.DEVNULL)
        for file in sorted(out.iterdir()):
            yield f"{path.name}#{int(file.name)}", file
    else:
        yield path.name, path


def ask_git(file: Path, folder: Path) -> Theirs:
    """Run git mailinfo and git apply on one mail."""
    message, patch = folder / "message", folder / "patch"
    with file.open("rb") as mail:
        done = subprocess.run(
            ["git", "mailinfo", "--scissors", "--quoted-cr=strip", message, patch],
            stdin=mail,
            capture_output=True,
            cwd=folder,
            check=False,
        )
    lines = done.stdout.decode("utf-8", "replace").split("\n")
    info = dict(line.split(": ", 1) for line in lines if ": " in line)
    text = message.read_bytes().decode("utf-8", "replace")
    author = info.get("Author", ""), info.get("Email", "")
    if done.returncode:
        return Theirs(author, info.get("Subject", ""), text, None, done.stderr.decode("utf-8", "replace").strip())
    stat = subprocess.run(["git", "apply", "--numstat", "-z", patch], capture_output=True, cwd=folder, check=False)
    error = stat.stderr.decode("utf-8", "replace").strip().split("\n")[0]
    fields = [line.split("\t", 2) for line in stat.stdout.decode("utf-8", "surrogateescape").split("\0") if line]
    files = None if stat.returncode else sorted((added, removed, name) for added, removed, name in fields)
    return Theirs(author, info.get("Subject", ""), text, files, error)


def our_files(diff: Diff) -> list[Stat]:
    """The same as git apply --numstat prints."""
    return sorted(
        ("-", "-", file.path) if file.binary else (str(file.added), str(file.removed), file.path) for file in diff.files
    )


def same_files(theirs: Sequence[Stat], ours: Sequence[Stat]) -> bool:
    """Equal; where git took a path component off a -p0 patch, by the rest of the path."""
    if list(theirs) == list(ours):
        return True
    rest = list(ours)
    for added, removed, path in theirs:
        found = next(
            (item for item in rest if item[:2] == (added, removed) and ("/" + item[2]).endswith("/" + path)), None
        )
        if found is None:
            return False
        rest.remove(found)
    return not rest


def compare(name: str, file: Path, folder: Path) -> Outcome:
    """One mail."""
    theirs = ask_git(file, folder)
    intake = Intake([str(file)])
    read = list(intake.all_mails())
    if len(read) != 1:
        return Outcome(
            name, "none", False, {}, "; ".join(map(str, intake.problems)) or f"{len(read)} mails", theirs.error
        )
    mail = read[0].mail
    diff = parse(mail.diff, mail.diff_line)
    if str(diff) != mail.diff:
        return Outcome(name, mail.kind, theirs.files is not None, {"round trip": "not the text that was read"}, "", "")
    if theirs.files is None:
        return Outcome(name, mail.kind, False, {}, _ours(mail, diff), theirs.error)
    differs = {}
    for field, one, other in (
        ("author", theirs.author, tuple(mail.author)),
        ("title", theirs.title, mail.title),
        ("message", theirs.message, mail.message.encode("utf-8", "replace").decode()),
    ):
        if one != other:
            differs[field] = f"git {_short(one, other)!r}, here {_short(other, one)!r}"
    if not same_files(theirs.files, our_files(diff)):
        differs["files"] = f"git {theirs.files}, here {our_files(diff)}"
    return Outcome(name, mail.kind, True, differs, _ours(mail, diff), "")


def _short(one: object, other: object) -> object:
    """A text from the first line that differs."""
    if not isinstance(one, str) or not isinstance(other, str):
        return one
    mine, theirs = one.split("\n"), other.split("\n")
    at = next((at for at, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b), min(len(mine), len(theirs)))
    return "\n".join(mine[at : at + 2])[:100]


def _ours(mail: Mail, diff: Diff) -> str:
    told = [f"{len(diff.files)} files"] if diff.files else []
    told += [f"healed: {damage.reason}" for damage in diff.healed[:1]]
    told += [f"refused, line {damage.line}: {damage.reason}" for damage in diff.errors[:1]]
    told += [f"skipped: {damage.reason}" for damage in diff.skipped[:1]]
    return f"{mail.kind}; " + ("; ".join(told) or "no diff")


def run(paths: Sequence[Path]) -> list[Outcome]:
    """All mails of all paths."""
    found: list[Outcome] = []
    for path in paths:
        with tempfile.TemporaryDirectory() as folder:
            found += [compare(name, file, Path(folder)) for name, file in mails(path, Path(folder))]
    return found


def main(args: Sequence[str]) -> int:
    """Compare and print; 1 when anything differs without an explanation."""
    paths = [Path(arg) for arg in args] or [CORPUS / "sample.mbox.xz", CORPUS / "oddities", CORPUS / "mails"]
    os.environ["GIT_CONFIG_GLOBAL"] = os.devnull
    outcomes = run(paths)
    taken = [outcome for outcome in outcomes if outcome.taken]
    print(f"{len(outcomes)} mails, {len(taken)} that git takes")
    wrong = Counter(field for outcome in taken for field in outcome.differs)
    for field in FIELDS:
        print(f"  {field + ':':9} {len(taken) - wrong[field]} agree, {wrong[field]} differ")
    for outcome in outcomes:
        for field, text in outcome.differs.items():
            why = EXPLAINED.get((outcome.name, field))
            print(f"differs: {outcome.name}: {field}: {text}" + (f"\n  explained: {why}" if why else ""))
    for outcome in outcomes:
        if not outcome.taken:
            print(f"git refuses: {outcome.name}: {outcome.error}\n  here: {outcome.ours}")
    open_ = {(outcome.name, field) for outcome in outcomes for field in outcome.differs} - EXPLAINED.keys()
    print(f"{len(open_)} disagreements without an explanation")
    return 1 if open_ else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
