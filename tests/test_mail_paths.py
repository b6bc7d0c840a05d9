# SPDX-License-Identifier: GPL-2.0-or-later
"""Paths in a mail are data: what would leave the tree is shown as it is, and never opened."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CODE = "static int f(int nid)\n{\n\treturn 0;\n}\n"
DIFF = (
    "@@ -1,4 +1,5 @@\n static int f(int nid)\n {\n+\tp = alloc_pages_node(nid, __GFP_THISNODE, 0);\n \treturn 0;\n }\n"
)
WATCHED = """
import json, os, sys
opened = []
EVENTS = ("open", "os.listdir", "os.scandir")
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event in EVENTS else None)
sys.path.insert(0, sys.argv[1])
from gfplint.mail.intake import Intake
from gfplint.mail.tree import Tree
from gfplint.review import Options, review
from gfplint.rulebook import Rulebook
(series,) = Intake([sys.argv[2]])
(read,) = review(series, Tree(sys.argv[3]), Rulebook(), Options("6.12", any_path=True))
assert read.findings
print(json.dumps([[file.context for file in read.files], [n for n in opened if "secret" in os.path.realpath(n)]]))
"""


def quoted(path: str) -> str:
    return '"' + "".join(f"\\{byte:03o}" if byte < 33 or byte > 126 else chr(byte) for byte in path.encode()) + '"'


HOSTILE = [
    "../secret.c",
    "mm/../../secret.c",
    "{top}/secret.c",
    "mm/link.c",
    "outside/secret.c",
    ".git/secret.c",
    "mm/.git/secret.c",
    "mm//secret.c",
    "mm/./secret.c",
    "mm/secret.c\n",
    "mm/\nsecret.c",
    "mm/secret.c\0.c",
    "mm/\x1b[31msecret.c",
]


def read(tmp_path: Path, path: str, git: bool) -> tuple[list[str], list[str], Path]:
    """How a patch of that path was seen in a tree, which files of CODE were opened for it, and the patch."""
    tree = tmp_path / "linux"
    for folder in ("mm", ".git" if ".git" in path else "mm", "include/linux"):
        (tree / folder).mkdir(parents=True, exist_ok=True)
    (tree / "include" / "linux" / "mm.h").touch()
    if git:
        subprocess.run(["git", "init", "-q", tree], check=True)
    for place in (tmp_path, tree / ".git", tree / "mm"):
        if place.is_dir():
            (place / "secret.c").write_text(CODE)
    (tree / "mm" / "link.c").symlink_to("../../secret.c")
    (tree / "outside").symlink_to("..")
    names = [f"{prefix}/{path}" for prefix in "ab"]
    if not path.isprintable():
        names = [quoted(name) for name in names]
    mail = tmp_path / "x.patch"
    mail.write_text(f"diff --git {names[0]} {names[1]}\n--- {names[0]}\n+++ {names[1]}\n{DIFF}")
    env = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    command = [sys.executable, "-c", WATCHED, str(ROOT), str(mail), str(tree)]
    done = subprocess.run(command, capture_output=True, check=True, text=True, env=env)
    seen, opened = json.loads(done.stdout)
    return seen, opened, mail


def test_what_is_in_the_tree_is_opened(tmp_path: Path) -> None:
    seen, opened, _ = read(tmp_path, "mm/secret.c", git=False)
    assert (seen, opened) == (["whole"], [str(tmp_path / "linux" / "mm" / "secret.c")])


@pytest.mark.parametrize("git", [False, True])
@pytest.mark.parametrize("path", HOSTILE)
def test_nothing_outside_is_opened(tmp_path: Path, path: str, git: bool) -> None:
    path = path.replace("{top}", str(tmp_path))
    seen, opened, mail = read(tmp_path, path, git)
    assert (seen, opened) == (["hunks"], [])
    for args in (["check", "--any-path", "--tree", str(tmp_path / "linux")], ["parse"]):
        done = subprocess.run([sys.executable, "-m", "gfplint", *args, mail], capture_output=True, text=True, cwd=ROOT)
        assert done.stdout and "Traceback" not in done.stderr
        assert "\x1b" not in done.stdout and "\0" not in done.stdout
    assert json.loads(done.stdout)["mails"][0]["files"][0]["new_path"] == path
