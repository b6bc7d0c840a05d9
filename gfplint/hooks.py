# SPDX-License-Identifier: GPL-2.0-or-later
"""Git hooks: lint before a commit, before a push, before a series is sent.

A hook is a few lines of shell that call the gfplint that wrote them.  It
stops git when there are findings (status 1); when gfplint itself cannot work
(any other status) it says so and lets git go on.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import TextIO

from gfplint.record import NamedTuple

MARK = "# gfplint hook"
CHAINED = ".before-gfplint"  # what a foreign hook is called while ours runs it first
DEFAULT = ("pre-commit", "sendemail-validate")
USAGE = """\
usage: gfplint hook install [--force] [--repo DIR] [NAME...]
       gfplint hook remove [--repo DIR] [NAME...]
       gfplint hook status [--repo DIR]

hooks:
  pre-commit            lints what is staged (default)
  sendemail-validate    lints a series before `git send-email` sends it (default)
  pre-push              lints the commits that a push brings

A hook that is there already is left alone; with --force it is kept and runs
first, and `remove` puts it back.  A hook stops git when there are findings,
never when gfplint itself fails; git's --no-verify (send-email: --no-validate)
goes round it.
"""
# What a hook does.  $@ are git's arguments; only pre-push reads standard input.
_COMMANDS = {
    "pre-commit": "check --quiet --no-pager --staged",
    "sendemail-validate": 'hook run sendemail-validate "$@"',
    "pre-push": 'hook run pre-push "$@"',
}
_AROUND = {
    "pre-commit": "git commit --no-verify",
    "sendemail-validate": "git send-email --no-validate",
    "pre-push": "git push --no-verify",
}
_SCRIPT = """\
#!/bin/sh
{mark} {name}: written by "gfplint hook install", taken away by "gfplint hook remove"
{take}before="$0{chained}"
if test -x "$before"; then
	{give}"$before" "$@" || exit
fi
if ! {call} --version >/dev/null 2>&1; then  # Python's own failures have status 1, as findings have
	echo "gfplint: "{program}" is gone or broken: nothing was linted ('gfplint hook install' sets it right)" >&2
	exit 0
fi
{give}{call} {command}
status=$?
case $status in
0) ;;
1)
	echo "gfplint: stopped by the findings above; '{around}' goes on all the same" >&2
	exit 1
	;;
*) echo "gfplint: could not do its work (status $status); git goes on" >&2 ;;
esac
exit 0
"""
_TAKE = "input=$(cat; echo .)\ninput=${input%.}\n"  # read once, given to both; the dot saves the last line feed
_GIVE = "printf '%s' \"$input\" | "


class HookError(Exception):
    """A hook that cannot be installed, or wrong usage: one line."""


class State(NamedTuple):
    """A hook as it is found."""

    name: str
    file: str
    kind: str  # "ours", "ours, after another one", "foreign", "none"


def install(names: Sequence[str], repo: str, force: bool = False) -> list[str]:
    """Write hooks; returns the files written.  Raises HookError, and then nothing was written."""
    folder = hooks_folder(repo)
    for name in names:
        state = _state(folder, name)
        if state.kind == "foreign" and not force:
            raise HookError(f"{state.file}: there is a hook already; --force keeps it and runs it before gfplint")
        if state.kind == "foreign" and os.path.lexists(state.file + CHAINED):
            raise HookError(f"{state.file}{CHAINED} is in the way")
    written = []
    try:
        os.makedirs(folder, exist_ok=True)
        for name in names:
            state = _state(folder, name)
            if state.kind == "foreign":
                os.rename(state.file, state.file + CHAINED)
            _write(state.file, script(name))
            written.append(state.file)
    except OSError as error:
        raise HookError(f"{error.filename or folder}: {error.strerror}") from error
    return written


def remove(names: Sequence[str], repo: str) -> list[str]:
    """Take hooks of ours away, put those back that ran before them; returns the files."""
    folder = hooks_folder(repo)
    gone = []
    try:
        for name in names:
            state = _state(folder, name)
            if not state.kind.startswith("ours"):
                continue
            if os.path.lexists(state.file + CHAINED):
                os.replace(state.file + CHAINED, state.file)
            else:
                os.unlink(state.file)
            gone.append(state.file)
    except OSError as error:
        raise HookError(f"{error.filename or folder}: {error.strerror}") from error
    return gone


def status(repo: str) -> list[State]:
    """All hooks that gfplint can install, as they are found."""
    folder = hooks_folder(repo)
    return [_state(folder, name) for name in _COMMANDS]


def hooks_folder(repo: str) -> str:
    """Where git looks for hooks: core.hooksPath, the shared folder of all worktrees."""
    done = _git(["rev-parse", "--git-path", "hooks"], repo)
    if done.returncode:
        raise HookError(f"{os.path.abspath(repo)}: {_first(done.stderr) or 'not a git repository'}")
    return os.path.abspath(os.path.join(repo, os.path.expanduser(done.stdout.rstrip("\n"))))


def script(name: str) -> str:
    """The text of a hook."""
    program, *arguments = _quoted(own_command())
    reads = name == "pre-push"
    return _SCRIPT.format(
        mark=MARK,
        name=name,
        take=_TAKE if reads else "",
        give=_GIVE if reads else "",
        chained=CHAINED,
        program=program,
        call=" ".join([program, *arguments]),
        command=_COMMANDS[name],
        around=_AROUND[name],
    )


def own_command() -> list[str]:
    """How to call the gfplint that runs now, from anywhere.

    -P keeps Python from importing what lies in the folder that is linted.
    """
    called = os.path.abspath(sys.argv[0])
    if os.path.basename(called) == "gfplint" and os.access(called, os.X_OK) and os.path.isfile(called):
        return [called]
    return [sys.executable, "-P", "-m", "gfplint"]


def _quoted(words: Sequence[str]) -> list[str]:
    import shlex

    return [shlex.quote(word) for word in words]


def _state(folder: str, name: str) -> State:
    file = os.path.join(folder, name)
    if not os.path.lexists(file):
        return State(name, file, "none")
    try:
        with open(file, "rb") as stream:
            ours = MARK.encode() in stream.read(4096)
    except OSError:
        ours = False
    chained = os.path.lexists(file + CHAINED)
    return State(name, file, "foreign" if not ours else "ours, after another one" if chained else "ours")


def _write(file: str, text: str) -> None:
    """Write a hook so that git never meets half of it."""
    part = f"{file}.{os.getpid()}"
    with open(part, "w", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
    os.chmod(part, 0o755)
    os.replace(part, file)


def _git(args: Sequence[str], repo: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            ["git", *args], cwd=repo, capture_output=True, encoding="utf-8", errors="surrogateescape", check=False
        )
    except OSError as error:
        raise HookError(f"{error.filename or 'git'}: {error.strerror}") from error


def _first(text: str) -> str:
    return text.strip().partition("\n")[0].removeprefix("fatal: ")


# --- what the hooks run


def run(name: str, arguments: Sequence[str], environ: Mapping[str, str], stdin: TextIO) -> int:
    """Do the work of a hook in the current folder; returns gfplint's exit status."""
    if name == "sendemail-validate":
        return _sendemail(arguments, environ)
    if name == "pre-push":
        return _push(arguments, stdin)
    raise HookError(f"hook run: unknown hook '{name}'")


def _check(arguments: Sequence[str]) -> int:
    return subprocess.run([*own_command(), "check", "--quiet", "--no-pager", *arguments], check=False).returncode


def _sendemail(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """One mail of a series that is about to be sent.

    Up to git 2.40 each mail comes alone.  From 2.41 on git says which of how
    many it is: they are gathered, and the last call lints them as a series.
    """
    if not arguments:
        raise HookError("hook run sendemail-validate: git gave no mail")
    mail = os.path.abspath(arguments[0])
    counter, total = environ.get("GIT_SENDEMAIL_FILE_COUNTER", ""), environ.get("GIT_SENDEMAIL_FILE_TOTAL", "")
    if not (counter.isdecimal() and total.isdecimal()):
        return _check(["--", mail])
    mails = _gather(mail, int(counter))
    if int(counter) < int(total):
        return 0
    _forget()
    return _check(["--", *mails])


def _basket() -> str:
    """Where the mails of one `git send-email` are noted.

    Its own process is not our parent (git runs each hook through a process of
    its own), but they are of one process group; two at once are of two.
    """
    done = _git(["rev-parse", "--git-path", f"gfplint-sendemail-{os.getpgrp()}"], ".")
    if done.returncode:
        raise HookError(_first(done.stderr))
    return os.path.abspath(done.stdout.rstrip("\n"))


def _gather(mail: str, counter: int) -> list[str]:
    """Note a mail; the first one starts anew, whatever a crash left behind."""
    basket = _basket()
    with open(basket, "w" if counter == 1 else "a", encoding="utf-8", errors="surrogateescape") as stream:
        stream.write(mail + "\0")
    with open(basket, encoding="utf-8", errors="surrogateescape") as stream:
        return stream.read().split("\0")[:-1]


def _forget() -> None:
    import contextlib

    with contextlib.suppress(OSError):
        os.unlink(_basket())


def _push(arguments: Sequence[str], stdin: TextIO) -> int:
    """The commits that a push brings to a remote; a ref that is deleted brings none."""
    remote = arguments[0] if arguments else ""
    commits: dict[str, None] = {}
    for line in stdin:
        fields = line.split()
        if len(fields) == 4 and fields[1].strip("0"):
            commits |= dict.fromkeys(_brought(fields[1], fields[3], remote))
    return _check(["-g", *commits]) if commits else 0


def _brought(local: str, known: str, remote: str) -> list[str]:
    """What the remote does not have yet, oldest first, without merges."""
    new = not known.strip("0") or _git(["cat-file", "-e", f"{known}^{{commit}}"], ".").returncode
    without = [f"--remotes={remote}"] if new else [known, f"--remotes={remote}"]
    done = _git(["rev-list", "--reverse", "--no-merges", local, "--not", *without, "--"], ".")
    if done.returncode:
        raise HookError(_first(done.stderr))
    return done.stdout.split()


# --- the command


def main(args: Sequence[str]) -> int:
    """``gfplint hook``; returns the exit status.  Raises HookError."""
    words = list(args)
    if not words or words[0] in ("-h", "--help"):
        print(USAGE, end="")
        return 0 if words else 2
    action = words.pop(0)
    if action == "run":
        if not words:
            raise HookError("hook run: which one?")
        return run(words[0], words[1:], os.environ, sys.stdin)
    if any(word in ("-h", "--help") for word in words):
        print(USAGE, end="")
        return 0
    repo, force, names = _options(words)
    if action == "install":
        for file in install(names or DEFAULT, repo, force):
            print(f"installed: {file}")
    elif action == "remove":
        gone = remove(names or tuple(_COMMANDS), repo)
        print("\n".join(f"removed: {file}" for file in gone) or "nothing to remove")
    elif action == "status":
        for state in status(repo):
            print(f"{state.name}: {state.kind}" + (f" ({state.file})" if state.kind != "none" else ""))
    else:
        raise HookError(f"hook: unknown action '{action}': install, remove or status")
    return 0


def _options(words: Sequence[str]) -> tuple[str, bool, list[str]]:
    repo, force, names = ".", False, []
    rest = iter(words)
    for word in rest:
        if word == "--force":
            force = True
        elif word == "--repo" or word.startswith("--repo="):
            repo = word.partition("=")[2] or next(rest, "")
            if not os.path.isdir(repo):
                raise HookError(f"--repo {repo}: no such folder")
        elif word in _COMMANDS:
            names.append(word)
        else:
            raise HookError(f"hook: unknown name '{word}': {', '.join(_COMMANDS)}")
    return repo, force, names
