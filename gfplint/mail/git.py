# SPDX-License-Identifier: GPL-2.0-or-later
"""Commits, the index and the work tree as series, through the real git.

Nothing is written: not the index (no refresh), no object, no file.  The
user's settings that change what a diff looks like, and programs that a
repository may ask git to run for a diff, are switched off.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from gfplint import regex
from gfplint.diff.model import Author, Diff, Mail, Patch, Series
from gfplint.mail.body import base_commit, change_id, trailers

if TYPE_CHECKING:
    import subprocess

_SETTINGS = {
    "core.fsmonitor": "false",  # may run a program
    "core.quotePath": "true",
    "color.ui": "false",
    "diff.noprefix": "false",
    "diff.mnemonicPrefix": "false",
    "diff.srcPrefix": "a/",
    "diff.dstPrefix": "b/",
    "diff.relative": "false",
    "diff.renames": "true",
    "diff.context": "3",
    "diff.interHunkContext": "0",
    "diff.submodule": "short",
    "diff.wordRegex": "",
    "diff.ignoreSubmodules": "all",
    "log.showSignature": "false",
    "log.showRoot": "true",
    "log.diffMerges": "off",
    "protocol.allow": "never",
}
_LOG = ("--reverse", "--no-merges", "--notes", "--no-mailmap", "--encoding=UTF-8", "--root")
_DIFF = (
    "-p",
    "--no-color",
    "-O/dev/null",
    "--no-ext-diff",
    "--no-textconv",
    "--full-index",
    "--find-renames",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "--unified=3",
)
_ENVIRONMENT = {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
_COUNT = regex.compile(r"(.+)-(\d{1,6})$")


class GitError(Exception):
    """What git refused, in one line."""


def commits(args: Sequence[str], repo: str) -> Iterator[Series]:
    """The commits that the arguments name, oldest first; merges are passed over.

    ``REV`` is one commit, ``REV-COUNT`` the last COUNT commits up to REV,
    ``A..B`` a range.  Every argument is a series.  Raises GitError.
    """
    ranges = [_range(arg, repo) for arg in args]
    for arg, revisions in zip(args, ranges, strict=True):
        patches = tuple(_log(revisions, repo))
        if patches:
            yield Series(arg, 1, None, patches, None, None, True)


def staged(repo: str) -> Iterator[Series]:
    """What ``git commit`` would take: the index against HEAD, or against nothing in a new repository."""
    yield from _one(["diff", "--cached", *_DIFF, "--"], repo, "staged")


def worktree(repo: str) -> Iterator[Series]:
    """What is not committed: the work tree against HEAD; files that git does not track are not seen."""
    base = "HEAD" if _try(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], repo) else _empty_tree(repo)
    yield from _one([*_no_filters(repo), "diff", *_DIFF, base, "--"], repo, "worktree")


def before(series: Sequence[Series], repo: str) -> str:
    """The newest commit before all that ``commits()`` gave, merges between them included.

    One that does not exist where there is none.
    """
    heads: list[str] = []
    single: list[str] = []
    for one in series:
        if ".." in one.id:
            ends = _range(one.id, repo)[0].replace("...", "..").split("..")
            heads.append(_try(["merge-base", *ends], repo))
        else:
            single += [patch.mail.input for patch in one.patches]
    heads += _parents(single, repo)
    if not all(heads):
        return "0" * 40
    return heads[0] if len(heads) == 1 else _try(["merge-base", "--octopus", *heads], repo) or "0" * 40


def _parents(commits: Sequence[str], repo: str) -> list[str]:
    """The parents of these commits that are not among them; "" for a commit without one."""
    own = set(commits)
    found: dict[str, None] = {}
    for start in range(0, len(commits), 1000):  # a command line has room for so many
        for line in _git(["rev-list", "--no-walk", "--parents", *commits[start : start + 1000]], repo).splitlines():
            found |= dict.fromkeys(parent for parent in line.split()[1:] or [""] if parent not in own)
    return list(found)


def _no_filters(repo: str) -> list[str]:
    """Settings that switch off the programs through which git would read files of the work tree."""
    pattern = r"^filter\..*\.(clean|process|required)$"
    names = [
        name for name in _try(["config", "--null", "--name-only", "--get-regexp", pattern], repo).split("\0") if name
    ]
    if odd := next((name for name in names if "=" in name), None):
        raise GitError(f"{odd!r} cannot be switched off: lint --staged or commits")
    off = {"clean": "", "process": "", "required": "false"}
    return [word for name in names for word in ("-c", f"{name}={off[name.rpartition('.')[2]]}")]


def _one(args: Sequence[str], repo: str, name: str) -> Iterator[Series]:
    text = _git(args, repo)
    if not text:
        return
    author = Author(_config("user.name", repo), _config("user.email", repo))
    mail = _mail(name, 0, "", author, "", "", text)
    yield Series(name, 1, None, (_patch(mail),), None, None, True)


def _range(arg: str, repo: str) -> list[str]:
    """Arguments of git log for one of ours."""
    if not arg or arg.startswith("-") or "\0" in arg or "\n" in arg:
        raise GitError(f"{arg!r} is no revision")
    if ".." in arg:
        first, dots, last = arg.partition("...") if "..." in arg else arg.partition("..")
        return [f"{_commit(first or 'HEAD', repo)}{dots}{_commit(last or 'HEAD', repo)}"]
    name = _try(["rev-parse", "--verify", "--quiet", "--end-of-options", f"{arg}^{{commit}}"], repo)
    if name:
        return ["--max-count=1", name]
    if found := _COUNT.match(arg):
        return [f"--max-count={found[2]}", _commit(found[1], repo)]
    return [_commit(arg, repo)]


def _commit(name: str, repo: str) -> str:
    found = _try(["rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"], repo)
    if not found:
        _git(["rev-parse", "--git-dir"], repo)  # says so when this is no repository at all
        raise GitError(f"{name}: no such commit")
    return found


def _log(revisions: Sequence[str], repo: str) -> Iterator[Patch]:
    """The patches of a range, each commit's head and diff apart."""
    mark = os.urandom(16).hex()  # no text of a commit can hold it
    form = f"--format=format:%x00{mark}%n%H%n%an%n%ae%n%aI%n%B%n{mark}%n%N%n{mark}"
    output = _git(["log", *_LOG, form, *_DIFF, *revisions, "--"], repo)
    for index, record in enumerate(output.split(f"\0{mark}\n")[1:]):
        head, notes, diff = record.split(f"\n{mark}", 2)
        commit, name, email, date, message = head.split("\n", 4)
        diff = diff.lstrip("\n")
        mail = _mail(commit, index, message, Author(name, email), date, commit, _without_gap(diff))
        yield _patch(mail._replace(notes=notes))


def _without_gap(diff: str) -> str:
    """git log puts a blank line between two commits: it is not the diff's."""
    return diff[:-1] if diff.endswith("\n\n") else diff


def _patch(mail: Mail) -> Patch:
    def parse(text: str, line: int | None) -> Diff:
        from gfplint.diff.parse import parse  # only for a patch whose files somebody wants

        return parse(text, line)

    return Patch(mail, parse)


def _mail(name: str, index: int, message: str, author: Author, date: str, commit: str, diff: str) -> Mail:
    title = " ".join(message.partition("\n\n")[0].split())
    return Mail(
        input=name,
        index=index,
        kind="patch",
        message_id="",
        subject=title,
        title=title,
        author=author,
        sender=author,
        date=date,
        number=None,
        total=None,
        version=1,
        tags=(),
        trailers=trailers(message),
        base_commit=base_commit(message),
        change_id=change_id(message),
        in_reply_to=None,
        references=(),
        message=message,
        diff=diff,
        diff_line=None,
    )


def _config(key: str, repo: str) -> str:
    return _try(["config", "--get", key], repo)


def _empty_tree(repo: str) -> str:
    return _git(["hash-object", "-t", "tree", "/dev/null"], repo).strip()


def _run(args: Sequence[str], repo: str) -> subprocess.CompletedProcess[bytes]:
    import subprocess  # 10 ms that mails need not pay

    settings = [word for key, value in _SETTINGS.items() for word in ("-c", f"{key}={value}")]
    try:
        return subprocess.run(
            ["git", "-C", repo, "--no-pager", "--literal-pathspecs", *settings, *args],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env={**os.environ, **_ENVIRONMENT},
            check=False,
        )
    except FileNotFoundError as error:
        raise GitError("git is not installed") from error


def _git(args: Sequence[str], repo: str) -> str:
    done = _run(args, repo)
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        reason = next(
            (line for line in [*lines] if line.startswith(("fatal:", "error:"))), "".join(lines[:1]) or "failed"
        )
        raise GitError(f"git {args[0]}: {reason.partition(': ')[2] or reason}")
    return done.stdout.decode("utf-8", "surrogateescape")


def _try(args: Sequence[str], repo: str) -> str:
    """The output of a git that may fail; "" then."""
    done = _run(args, repo)
    return done.stdout.decode("utf-8", "surrogateescape").strip() if not done.returncode else ""
