# SPDX-License-Identifier: GPL-2.0-or-later
"""Paths in a mail are data: what would leave the tree is shown as it is, and never opened."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CODE = "static int f(int nid)\n{\n\treturn 0;\n}\n"
HUNK = (
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
whole = [file.path for file in read.files if file.context == "whole"]
print(json.dumps([len(read.findings), whole, [name for name in opened if "secret" in os.path.realpath(name)]]))
"""
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
    "-mm/secret.c",
    ":(top)mm/secret.c",
]


def quoted(path: str) -> str:
    text = "".join(f"\\{byte:03o}" if byte < 33 or byte > 126 else chr(byte) for byte in path.encode())
    return path if text == path else f'"{text}"'


def diff(path: str) -> str:
    old, new = quoted(f"a/{path}"), quoted(f"b/{path}")
    return f"diff --git {old} {new}\n--- {old}\n+++ {new}\n{HUNK}"


@pytest.mark.parametrize("git", [False, True])
def test_nothing_outside_is_opened(tmp_path: Path, git: bool) -> None:
    tree, mail = tmp_path / "linux", tmp_path / "x.patch"
    for folder in ("mm/.git", "include/linux"):
        (tree / folder).mkdir(parents=True)
    (tree / "include" / "linux" / "mm.h").touch()
    if git:
        subprocess.run(["git", "init", "-q", tree], check=True)
        (tree / ".git" / "secret.c").write_text(CODE)
    for place in (tmp_path, tree / "mm", tree / "mm" / ".git"):
        (place / "secret.c").write_text(CODE)
    (tree / "mm" / "link.c").symlink_to("../../secret.c")
    (tree / "outside").symlink_to("..")
    paths = [path.replace("{top}", str(tmp_path)) for path in HOSTILE]
    mail.write_text("".join(map(diff, [*paths, "mm/secret.c"])))

    def run(*command: object) -> str:
        done = subprocess.run([sys.executable, *map(str, command)], capture_output=True, text=True, cwd=ROOT)
        assert "Traceback" not in done.stderr
        return done.stdout

    found, whole, opened = json.loads(run("-c", WATCHED, ROOT, mail, tree))
    assert found == len(paths) + 1
    assert (whole, opened) == (([], []) if git else (["mm/secret.c"], [str(tree / "mm" / "secret.c")]))
    shown = run("-m", "gfplint", "check", "--any-path", "--tree", tree, mail)
    assert "\x1b" not in shown and "\0" not in shown
    read = json.loads(run("-m", "gfplint", "parse", mail))["mails"][0]
    assert [file["new_path"] for file in read["files"]] == [*paths, "mm/secret.c"]
