# SPDX-License-Identifier: GPL-2.0-or-later
"""What others make of what gfplint prints: the real b4, and the schema of SARIF as its makers publish it."""

import json
import os
import quopri
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest

pytestmark = pytest.mark.slow

B4 = shutil.which("b4", path=os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", "")]))
GFPLINT = f"{sys.executable} -m gfplint check --no-tree"
SCHEMA = "@microsoft/jest-sarif@1.0.0-beta.0"  # it carries the schema of the SARIF committee, sarif-2.1.0-rtm.5.json
BEFORE = """\
#include <linux/gfp.h>

int example_fill(struct example *ex, int nid)
{
	struct page *page;

	page = alloc_pages_node(nid, GFP_KERNEL, 0);
	if (!page)
		return -ENOMEM;
	return example_take(ex, page); /* r\u00e9sum\u00e9 */
}
"""
WARNING = "WARNING:GFP_BARE_MODIFIER: __GFP_THISNODE has modifiers but no base"


class Branch:
    """A repository whose last commit takes the base out of a mask."""

    def __init__(self, root: Path) -> None:
        self.root = root / "linux"
        self.root.mkdir()
        (root / "home").mkdir()
        names = {f"GIT_{who}_{what}" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        self.env = {key: value for key, value in os.environ.items() if key not in names}
        self.env |= {"HOME": str(root / "home"), "GIT_CONFIG_GLOBAL": str(root / "home" / ".gitconfig")}
        self.env["PYTHONPATH"] = str(Path(__file__).resolve().parents[1])
        self.git("config", "--global", "user.name", "A. Developer")
        self.git("config", "--global", "user.email", "dev@example.org")
        self.git("init", "-q", "-b", "main")
        self.commit("one", BEFORE)

    def run(self, *command: str) -> str:
        done = subprocess.run(command, cwd=self.root, env=self.env, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)

    def git(self, *args: str) -> str:
        return self.run("git", *args)

    def commit(self, subject: str, text: str) -> None:
        file = self.root / "drivers" / "example.c"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        self.git("add", ".")
        self.git("commit", "-q", "-m", f"{subject}\n\nSigned-off-by: A. Developer <dev@example.org>")


@pytest.fixture
def branch(tmp_path: Path) -> Branch:
    if B4 is None:
        pytest.skip("b4 is not installed: pip install 'gfplint[peers]'")
    return Branch(tmp_path)


def b4(branch: Branch, *args: str) -> str:
    assert B4 is not None
    return branch.run(B4, "--offline-mode", *args)


def test_b4_prep_shows_a_finding(branch: Branch) -> None:
    b4(branch, "prep", "-n", "topic", "-f", "main")
    branch.commit("example: stay on the node", BEFORE.replace("GFP_KERNEL", "__GFP_THISNODE"))
    branch.git("config", "b4.prep-perpatch-check-cmd", f"{GFPLINT} --format b4-prep")
    told = b4(branch, "prep", "--check")
    assert f"drivers/example.c:7: {WARNING}" in told
    assert "Success: 0, Warning: 1, Error: 0" in told


def test_b4_prep_of_a_clean_patch(branch: Branch) -> None:
    b4(branch, "prep", "-n", "topic", "-f", "main")
    branch.commit("example: no warning", BEFORE.replace("GFP_KERNEL", "GFP_KERNEL | __GFP_NOWARN"))
    branch.git("config", "b4.prep-perpatch-check-cmd", f"{GFPLINT} --format b4-prep")
    assert "Success: 1, Warning: 0, Error: 0" in b4(branch, "prep", "--check")


def test_b4_am_pipes_a_mail_whose_encoding_is_stale(branch: Branch, tmp_path: Path) -> None:
    """b4 hands the decoded body on under the header of the encoded one."""
    branch.commit("example: stay on the node", BEFORE.replace("GFP_KERNEL", "__GFP_THISNODE"))
    head, _, body = branch.git("format-patch", "-1", "--stdout").partition("\n\n")
    kept = [line for line in head.split("\n") if not line.startswith(("MIME-", "Content-"))]
    kept += ["Message-ID: <1@example.org>", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8"]
    kept += ["Content-Transfer-Encoding: quoted-printable", "", quopri.encodestring(body.encode()).decode()]
    mbox = tmp_path / "x.mbox"
    mbox.write_text("\n".join(kept))
    branch.git("config", "b4.am-perpatch-check-cmd", f"{GFPLINT} --format b4")
    told = b4(branch, "am", "-C", "-m", str(mbox), "--check", "-o", str(tmp_path / "out"))
    assert WARNING in told and "(drivers/example.c:7)" in told
    assert "ERROR" not in told


def test_sarif_is_what_its_schema_says(demo: Path, tmp_path: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed: it brings the schema")
    got = subprocess.run([npm, "pack", "--silent", SCHEMA], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    if got.returncode:
        pytest.skip(f"no schema to be had: {got.stderr.strip()[:200]}")
    with tarfile.open(next(tmp_path.glob("*.tgz"))) as package:
        stream = package.extractfile("package/lib/schemas/sarif-2.1.0-rtm.5.json")
        assert stream is not None
        schema = json.load(stream)
    for more in ([], ["--all", "--strict"]):
        command = [sys.executable, "-m", "gfplint", "check", "--no-tree", "--format", "sarif", *more, str(demo)]
        document = json.loads(subprocess.run(command, capture_output=True, text=True).stdout)
        assert document["runs"][0]["results"]
        jsonschema.validate(document, schema)
    document["runs"][0]["results"][0]["level"] = "loud"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema)
