# SPDX-License-Identifier: GPL-2.0-or-later
"""Completion in the real shells, manual pages, help, suggestions, the pager, statistics, baselines, notes."""

import json
import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gfplint.cli import COMMANDS, catalogue, manual
from gfplint.rulebook import Rulebook

ROOT = Path(__file__).parents[1]
WHOLE = '''\
r"""A rule that wants the whole function.

Bad:
	int probe(void)
	{
		kmalloc(1, GFP_KERNEL);	/* <-- here */
	}

Known problems:
	None.

See:
	mm/slab.h
"""
from gfplint.rule import Function, Reports, report

SEVERITY = "warning"
NEEDS = "function"
WORDS = ("kmalloc",)


def check(fn: Function) -> Reports:
    for call in fn.calls_to("kmalloc"):
        yield report(call, "here", key=())
'''
BAD = "static void *grab(size_t len)\n{\n\treturn kmalloc(len, __GFP_NOWARN);\n}\n"


def gfplint(*args: object, cwd: Path = ROOT, **env: str) -> "subprocess.CompletedProcess[str]":
    done = subprocess.run(
        [sys.executable, "-m", "gfplint", *map(str, args)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("completion")
    for shell, name in (("bash", "gfplint.bash"), ("zsh", "_gfplint"), ("fish", "gfplint.fish")):
        (folder / name).write_text(gfplint("completion", shell).stdout)
    (folder / "here").mkdir()
    (folder / "here" / "one.patch").write_text("")
    return folder


def by_bash(scripts: Path, line: str) -> set[str]:
    words = line.split(" ")
    program = f"""
    source {scripts}/gfplint.bash
    COMP_WORDS=({" ".join(f"'{word}'" for word in words)}) COMP_CWORD={len(words) - 1}
    _gfplint; printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    return run(["bash", "--norc", "-c", program], scripts)


def by_fish(scripts: Path, line: str) -> set[str]:
    done = run(["fish", "--no-config", "-c", f"source {scripts}/gfplint.fish; complete -C '{line}'"], scripts)
    return {text.partition("\t")[0] for text in done}


def by_zsh(scripts: Path, line: str, among: set[str]) -> set[str]:
    """What zsh shows when TAB is pressed, in a shell on a terminal of its own.

    zsh lists nothing while more has been typed, so it is given time: more of it where a list is missing.
    """
    for seconds in (0.2, 1, 4):
        found = tabbed(scripts, line, seconds)
        if all(any(word.endswith(one) for word in found) for one in among):
            break
    return found


def tabbed(scripts: Path, line: str, seconds: float) -> set[str]:
    program = f"""
    zmodload zsh/zpty; zpty shell zsh -f -i
    zpty -w shell 'PS1=; fpath=({scripts} $fpath); autoload -Uz compinit; compinit -u -d {scripts}/dump; LISTMAX=0'
    zpty -w shell 'setopt list_rows_first; bindkey "^I" list-choices; echo RE''ADY'
    zpty -r shell text '*READY*'
    zpty -n -w shell '{line}'$'\\t'
    sleep {seconds}; zpty -n -w shell $'\\C-u' ; zpty -w shell 'echo DO''NE'
    zpty -r shell text '*DONE*' ; print -r -- $text
    """
    return set(
        re.split(r"\s+", re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", " ", "\n".join(run(["zsh", "-f", "-c", program], scripts))))
    )


def run(command: list[str], scripts: Path) -> set[str]:
    env = {**os.environ, "TERM": "xterm", "HOME": str(scripts)}
    done = subprocess.run(command, cwd=scripts / "here", env=env, capture_output=True, text=True, timeout=60)
    assert not done.stderr, done.stderr
    return set(done.stdout.split("\n")) - {""}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize(
    ("line", "among", "not_among"),
    [
        ("gfplint ex", {"explain"}, {"check"}),
        ("gfplint check --st", {"--staged", "--strict", "--statistics"}, {"--tree"}),
        ("gfplint explain gfp/bare", {"gfp/bare-modifier"}, {"gfp/raw-bits"}),
        ("gfplint check --format sar", {"sarif"}, {"json"}),
        ("gfplint --fail-on ", {"error", "warning", "never"}, {"one.patch"}),
        ("gfplint hook ", {"install", "remove", "status"}, set()),
        ("gfplint check o", {"one.patch"}, set()),
        ("gfplint completion ", {"bash", "zsh", "fish"}, {"one.patch"}),
    ],
)
def test_completion(scripts: Path, shell: str, line: str, among: set[str], not_among: set[str]) -> None:
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    found = by_zsh(scripts, line, among) if shell == "zsh" else {"bash": by_bash, "fish": by_fish}[shell](scripts, line)
    if shell == "zsh" and len(among) == 1:  # the only one is put into the line
        assert any(word.endswith(next(iter(among))) for word in found), found
    else:
        assert among <= found
    assert not found & not_among


def test_every_command_is_in_the_catalogue() -> None:
    assert tuple(catalogue.COMMANDS) == COMMANDS
    for name in COMMANDS:
        done = gfplint(name, "--help")
        assert done.returncode == 0 and done.stdout.startswith("usage: gfplint"), name
        missing = [one for option in catalogue.COMMANDS[name].options for one in option.names if one not in done.stdout]
        assert not [one for one in missing if one.startswith("--")], name


def test_the_manual_pages() -> None:
    book = Rulebook()
    pages = [book.page(entry) for entry in book.entries]
    first, rules = manual.man(), manual.man_rules(book.entries, pages)
    for command in catalogue.COMMANDS.values():
        for option in command.options:
            assert all(name.replace("-", "\\-") in first for name in option.names if name.startswith("-"))
    assert all(f".SH {entry.id}".replace("-", "\\-") in rules for entry in book.entries)
    if not shutil.which("groff"):
        pytest.skip("groff is not installed")
    for text in (first, rules):
        done = subprocess.run(["groff", "-ww", "-man", "-Tutf8"], input=text.encode(), capture_output=True)
        assert (done.returncode, done.stderr) == (0, b"")


def test_text_is_never_a_request() -> None:
    assert manual._text(".SH x\n\n\t.TP\n\t'br \\n") == [".PP", "\\&.SH x", *manual._code("\t.TP\n\t'br \\n")]
    assert all(not line.startswith(("'", ".TP")) for line in manual._code("\t.TP\n'br"))


def test_the_manual_of_the_rules() -> None:
    book = Rulebook()
    text = manual.html(book.entries, [book.page(entry) for entry in book.entries])
    links, places = set(re.findall(r'href="#([^"]+)"', text)), set(re.findall(r'id="([^"]+)"', text))
    assert len(links) == len(book.entries) and links <= places
    assert not re.search(r"<script|https?://[^ ]*\.(css|js)|src=", text)
    assert "Content-Security-Policy" in text


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["ruels"], "unknown command 'ruels', did you mean 'rules'?"),
        (["check", "--selct", "gfp"], "did you mean --select?"),
        (
            ["--select", "gfp/bare-modifer", "x"],
            "--select: unknown rule 'gfp/bare-modifer', did you mean gfp/bare-modifier",
        ),
        (["explain", "bare-modifier"], "did you mean gfp/bare-modifier"),
        (["--format", "jsn", "x"], "unknown format 'jsn', did you mean json"),
        (["completion", "tcsh"], "'tcsh'"),
        (["baseline", "write"], "wants files or folders"),
        (["--baseline", "x", "y"], "for whole files"),
    ],
)
def test_wrong_words_are_one_line(args: list[str], words: str) -> None:
    done = gfplint(*args)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1 and words in done.stderr


def test_an_unwritable_file_costs_only_itself(tmp_path: Path, demo: Path) -> None:
    good = tmp_path / "good.json"
    done = gfplint(demo, "--no-tree", f"--format=sarif={tmp_path}/no/x", "--format=nosuch", f"--format=json={good}")
    assert done.returncode == 2
    assert [line for line in done.stderr.splitlines() if "/no/x" in line] and len(done.stderr.splitlines()) == 2
    assert json.loads(good.read_text())["summary"]["findings"] == 5


@pytest.mark.parametrize("text", ["ignore = [", 'ignore = ["gfp/bare-modifer"]', "\udcff"])
def test_a_broken_configuration_is_one_line(tmp_path: Path, demo: Path, text: str) -> None:
    own = tmp_path / "gfplint" / "config.toml"
    own.parent.mkdir()
    own.write_bytes(text.encode("utf-8", "surrogateescape"))
    for command in (["check", "--no-tree", demo], ["config"]):
        done = gfplint(*command, XDG_CONFIG_HOME=str(tmp_path))
        assert (done.returncode, done.stdout) == (2, "")
        assert len(done.stderr.splitlines()) == 1 and str(own) in done.stderr


def test_config_shows_where_each_value_is_from(tmp_path: Path) -> None:
    own = tmp_path / "gfplint" / "config.toml"
    own.parent.mkdir()
    own.write_text('fail-on = "error"\n[[paths]]\nmatch = "mm/*"\nselect = ["gfp"]\n')
    done = gfplint("config", XDG_CONFIG_HOME=str(tmp_path), GFPLINT_IGNORE="locks,hotplug")
    assert done.stdout.splitlines() == [
        'ignore = ["locks", "hotplug"]    # $GFPLINT_IGNORE',
        f'fail-on = "error"    # {own}',
        f"[[paths]] mm/*    # {own}: [[paths]]",
        "    select = gfp",
    ]


def test_statistics(demo: Path) -> None:
    lines = gfplint(demo, "--no-tree", "-q", "--statistics", "--format", "terse").stdout.splitlines()
    assert lines[-1].split() == ["5", "in", "all"]
    assert sorted(line.split()[4] for line in lines[3:-1]) == [
        "gfp/bare-modifier",
        "hotplug/lock-leaked",
        "kconfig/dependency-missing",
        "kconfig/not-exported",
        "pageflags/reserved-by-driver",
    ]
    beside = gfplint(demo, "--no-tree", "--statistics", "--format", "json")
    json.loads(beside.stdout)
    assert "5 in all" in beside.stderr


def test_why_not(tmp_path: Path) -> None:
    """A file that was not looked at is told with -v, a rule that wants more than hunks with --why-not."""
    own = tmp_path / "rules" / "own" / "whole.py"
    own.parent.mkdir(parents=True)
    own.write_text(WHOLE)
    diff = "--- a/{0}\n+++ b/{0}\n@@ -10,3 +10,4 @@ int probe(void)\n"
    diff += " \tone();\n+\tkmalloc(1, GFP_KERNEL);\n \ttwo();\n \tthree();\n"
    (tmp_path / "a.patch").write_text(diff.format("mm/a.c") + diff.format("mm/b.rs"))
    args = ("a.patch", "--rules", "rules", "--select", "own")

    def skipped(*more: str) -> list[str]:
        lines = gfplint(*args, *more, "--width=200", cwd=tmp_path).stdout.splitlines()
        return [line.removeprefix("skipped: ") for line in lines if line.startswith("skipped: ")]

    rule = "mm/a.c:10 in probe(): needs the whole function, and not all of it is in sight [own/whole]"
    assert skipped() == []
    assert [line.partition(":")[0] for line in skipped("-v")] == ["mm/b.rs"]
    assert rule in skipped("--why-not") and len(skipped("--why-not")) == 2


def test_explain_with_the_sources(tmp_path: Path) -> None:
    place = tmp_path / "arch" / "powerpc" / "platforms" / "powernv" / "memtrace.c"
    place.parent.mkdir(parents=True)
    place.write_text("int memtrace_alloc_node(int);\n\nstatic u64\nmemtrace_alloc_node(u32 nid)\n{\n\treturn 7;\n}\n")
    text = gfplint("explain", "gfp/bare-modifier", "--tree", tmp_path).stdout
    assert "return 7;" in text and "int memtrace_alloc_node(int);" not in text
    assert "not in this tree" in text
    assert "return 7;" not in gfplint("explain", "gfp/bare-modifier").stdout


def test_a_baseline(tmp_path: Path) -> None:
    folder = tmp_path / "drivers" / "example"
    folder.mkdir(parents=True)
    (folder / "a.c").write_text(BAD)
    (folder / "b.c").write_text(BAD)
    made = gfplint("baseline", "write", "drivers", cwd=tmp_path)
    assert (made.returncode, made.stdout) == (0, "gfplint-baseline.json: 2 findings\n")
    (folder / "a.c").write_text("/* moved */\n" + BAD + BAD.replace("grab", "more"))
    known = gfplint("-f", "drivers", "--baseline", "gfplint-baseline.json", "--format=terse", cwd=tmp_path)
    kinds = [line.split(": ")[0].split(":")[0] for line in known.stdout.splitlines()]
    assert kinds == ["drivers/example/a.c", "suppressed", "suppressed"], known.stdout
    (folder / "b.c").write_text(BAD.replace("__GFP_NOWARN", "GFP_KERNEL"))
    pruned = gfplint("baseline", "prune", "drivers/example/b.c", cwd=tmp_path)
    assert pruned.stdout.splitlines()[-1] == "gfplint-baseline.json: 1 dropped, 1 left"
    assert gfplint("baseline", "show", cwd=tmp_path).stdout.startswith(
        "drivers/example/a.c: [gfp/bare-modifier] in grab()"
    )
    (tmp_path / "gfplint-baseline.json").write_text("[]")
    done = gfplint("-f", "drivers", "--baseline", "gfplint-baseline.json", cwd=tmp_path)
    assert done.returncode == 2 and "not a baseline" in done.stderr


def test_notes_of_a_commit(tmp_path: Path) -> None:
    def git(*args: str) -> None:
        who = ["-c", "user.name=A. Developer", "-c", "user.email=dev@example.org"]
        subprocess.run(["git", *who, *args], cwd=tmp_path, check=True, capture_output=True)

    git("init", "-q")
    (tmp_path / "mm").mkdir()
    (tmp_path / "mm" / "a.c").write_text("\n")
    git("add", "mm")
    git("commit", "-qm", "base")
    (tmp_path / "mm" / "a.c").write_text(BAD)
    git("commit", "-qam", "break")
    args = ("-g", "HEAD", "--format=terse")
    assert gfplint(*args, cwd=tmp_path).returncode == 1
    git("notes", "add", "-m", "gfplint-ok: gfp/bare-modifier")
    done = gfplint(*args, cwd=tmp_path)
    assert done.returncode == 1 and "without a reason does not count" in done.stdout
    git("notes", "add", "-f", "-m", "gfplint-ok: gfp/bare-modifier the hardware wants it\ngfplint-ok: locks for later")
    done = gfplint(*args, cwd=tmp_path)
    assert done.returncode == 0
    assert "suppressed: gfp/bare-modifier at mm/a.c:3 in grab(): the hardware wants it" in done.stdout
    assert "suppression that nothing needed" in done.stdout
    assert gfplint(*args, "--no-suppress", cwd=tmp_path).returncode == 1


def test_the_configuration_says_what_nothing_needs(tmp_path: Path) -> None:
    (tmp_path / "a.c").write_text(BAD)
    own = tmp_path / "gfplint" / "config.toml"
    own.parent.mkdir()
    row = '[[suppress]]\npath = "a.c"\nrule = "{}"\nreason = "measured"\n'
    own.write_text(row.format("gfp") + row.format("locks"))
    done = gfplint("-f", "a.c", cwd=tmp_path, XDG_CONFIG_HOME=str(tmp_path))
    assert done.returncode == 0
    assert done.stderr == f"gfplint: note: {own}: [[suppress]] 2: locks at a.c: nothing needs it\n"


def on_a_terminal(env: dict[str, str], *args: str) -> str:
    """What comes out where there is a controlling terminal."""
    pid, master = pty.fork()
    if pid == 0:
        os.environ.update({"PYTHONPATH": str(ROOT), "TERM": "dumb", **env})
        os.execv(sys.executable, [sys.executable, "-m", "gfplint", *args])
    out = b""
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:
            break
        if not piece:
            break
        out += piece
    os.close(master)
    os.waitpid(pid, 0)
    return out.decode()


@pytest.mark.parametrize(
    ("env", "args", "paged"),
    [
        ({"GIT_PAGER": "sed s/^/P:/", "PAGER": "false"}, (), True),
        ({"PAGER": "sed s/^/P:/"}, (), True),
        ({"GIT_PAGER": "", "PAGER": "sed s/^/P:/"}, (), False),
        ({"GIT_PAGER": "cat"}, (), False),
        ({"GIT_PAGER": "sed s/^/P:/"}, ("--no-pager",), False),
    ],
)
def test_the_pager(demo: Path, env: dict[str, str], args: tuple[str, ...], paged: bool) -> None:
    for command in (("check", "--no-tree", str(demo)), ("rules",)):
        lines = on_a_terminal(env, *command, *args).splitlines()
        assert len(lines) > 5
        assert all(line.startswith("P:") for line in lines) == paged
    assert not gfplint("rules", GIT_PAGER="sed s/^/P:/").stdout.startswith("P:")


def test_git_says_which_file_a_value_is_from(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "config", "gfplint.fail-on", "error"], cwd=tmp_path, check=True)
    shown = gfplint("config", cwd=tmp_path, XDG_CONFIG_HOME=str(tmp_path)).stdout
    assert shown == 'fail-on = "error"    # git config of .git/config: gfplint.fail-on\n'
    subprocess.run(["git", "config", "gfplint.ignore", "gpf"], cwd=tmp_path, check=True)
    done = gfplint("config", cwd=tmp_path, XDG_CONFIG_HOME=str(tmp_path))
    assert done.returncode == 2 and "gfplint.ignore: unknown rule 'gpf', did you mean gfp?" in done.stderr
