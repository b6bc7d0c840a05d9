# SPDX-License-Identifier: GPL-2.0-or-later
"""Finds rules, indexes them, selects among them, and loads one when it is needed.

The index (id, words, needs, severity, title) is compiled once and cached, so
a rule's module is imported only when one of its words occurs in a patch.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, cast, get_args

from gfplint import bytecode
from gfplint.facts import store, tables
from gfplint.finding import CONFIDENCES, SEVERITIES, Confidence, Problem, Severity
from gfplint.record import NamedTuple
from gfplint.rule import SUBJECTS, Need, Page, Rule

RULE_PACKAGE = "gfplint_rules"  # what loaded rule modules are called


class RuleError(Exception):
    """A rule file that cannot be used; names the file, and the line where known."""

    def __init__(self, file: str, line: int | None, message: str) -> None:
        super().__init__(message)
        self.problem = Problem(file, line, message)


class Entry(NamedTuple):
    """A rule as the index knows it, without its code."""

    id: str
    title: str
    severity: Severity
    confidence: Confidence
    needs: Need
    words: tuple[str, ...]
    subject: str
    file: str

    @property
    def family(self) -> str:
        return self.id.partition("/")[0]


def rules_folder() -> str:
    """The folder of the rules that gfplint brings: in the wheel inside the package, else beside it."""
    here = os.path.dirname(os.path.abspath(__file__))
    inside = os.path.join(here, "rules")
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(here), "rules")


def rule_files(folder: str) -> list[tuple[str, str]]:
    """The (id, file) of each rule below ``folder``, sorted by id."""
    found = []
    with os.scandir(folder) as families:
        names = sorted(entry.name for entry in families if entry.is_dir() and entry.name.isidentifier())
    for family in names:
        for name in sorted(os.listdir(os.path.join(folder, family))):
            if name.endswith(".py") and not name.startswith("_"):
                found.append((f"{family}/{name[:-3].replace('_', '-')}", os.path.join(folder, family, name)))
    return found


def load(id: str, file: str) -> Rule:
    """Import a rule file.  Raises RuleError."""
    namespace: dict[str, Any] = {
        "__name__": f"{RULE_PACKAGE}.{id.replace('/', '.').replace('-', '_')}",
        "__file__": file,
    }
    try:
        exec(bytecode.of(file), namespace)
    except SyntaxError as error:
        raise RuleError(file, error.lineno, f"not Python: {error.msg}") from error
    except OSError as error:
        raise RuleError(file, None, f"cannot be read: {error.strerror}") from error
    except Exception as error:
        raise RuleError(file, _line_of(error, file), f"{type(error).__name__}: {error}") from error
    return _checked(id, file, namespace)


def _line_of(error: BaseException, file: str) -> int | None:
    line, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _checked(id: str, file: str, names: dict[str, Any]) -> Rule:
    def choice(name: str, default: str, allowed: Sequence[str]) -> str:
        value = names.get(name, default)
        if value not in allowed:
            raise RuleError(file, None, f"{name} is {value!r}: one of {', '.join(allowed)}")
        return cast(str, value)

    check = names.get("check")
    notes = getattr(check, "__annotations__", {})
    kinds = [getattr(kind, "__name__", str(kind)) for name, kind in notes.items() if name != "return"]
    if not callable(check) or len(kinds) != 1 or kinds[0] not in SUBJECTS:
        raise RuleError(file, None, f"wants check(x: S), S one of {', '.join(SUBJECTS)}")
    words = names.get("WORDS")
    if not isinstance(words, tuple) or not words or not all(isinstance(word, str) and word for word in words):
        raise RuleError(file, None, "WORDS is a tuple of identifiers, or prefixes that end in *")
    return Rule(
        id=id,
        severity=cast(Severity, choice("SEVERITY", "", SEVERITIES)),
        confidence=cast(Confidence, choice("CONFIDENCE", "high", CONFIDENCES)),
        needs=cast(Need, choice("NEEDS", "hunk", get_args(Need))),
        words=words,
        subject=kinds[0],
        check=check,
        file=file,
    )


def read_page(file: str) -> Page:
    """The page of a rule: its docstring as it is written.  Raises RuleError with the line of the file.

    Not ``__doc__``, in which Python 3.13 and later put blanks for the tabs.
    """
    import ast

    from gfplint.page import PageError, parse_page

    try:
        with open(file, encoding="utf-8") as stream:
            doc = ast.get_docstring(ast.parse(stream.read()), clean=False)
        return parse_page(doc or "")
    except SyntaxError as error:
        raise RuleError(file, error.lineno, f"not Python: {error.msg}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise RuleError(file, None, f"cannot be read: {getattr(error, 'strerror', None) or error}") from error
    except PageError as error:
        raise RuleError(file, error.line, str(error)) from error


def _index(folder: str) -> dict[str, Any]:
    tables.load()  # a broken table is told once, not by each rule that reads it
    rows, problems = [], []
    for id, file in rule_files(folder):
        try:
            rule, title = load(id, file), read_page(file).title
        except RuleError as error:
            problems.append([os.path.relpath(file, folder), error.problem.line, error.problem.message])
            continue
        rows.append([id, title, rule.severity, rule.confidence, rule.needs, list(rule.words), rule.subject])
    return {"rules": rows, "problems": problems}


def _sources(files: Sequence[tuple[str, str]]) -> list[str]:
    """All that the index of these rules is made of."""
    return [*tables.sources(), *_MAKERS, *(file for _, file in files)]


def shipped() -> bytes:
    """The index of the rules that gfplint brings, as a wheel carries it.  Raises RuleError."""
    folder = rules_folder()
    for file, line, message in _index(folder)["problems"]:
        raise RuleError(os.path.join(folder, file), line, message)
    return store.ship(_sources(rule_files(folder)), partial(_index, folder))


def _entries(folder: str) -> tuple[list[Entry], list[Problem], str]:
    """The rules of a folder, those that cannot be used, and a digest of both and of the facts."""
    files = rule_files(folder)
    made = store.compiled("rules", _sources(files), partial(_index, folder))
    paths = dict(files)
    entries = [
        Entry(id, title, severity, confidence, needs, tuple(words), subject, paths[id])
        for id, title, severity, confidence, needs, words, subject in made.section("rules")
    ]
    problems = [
        Problem(os.path.join(folder, file), line, message, "rule left out")
        for file, line, message in made.section("problems")
    ]
    return entries, problems, made.digest


_HERE = os.path.dirname(os.path.abspath(__file__))
_MAKERS = [
    os.path.join(_HERE, *name.split("/")) for name in ("rule.py", "page.py", "view/__init__.py", "rulebook.py")
]  # what says which rules are good


class UnknownRule(ValueError):
    """A rule, family or glob of --select or --ignore that names nothing."""


class Rulebook:
    """The rules in force.  ``problems`` holds the rule files that could not be used."""

    def __init__(self, folders: Sequence[str] | None = None) -> None:
        self.entries: tuple[Entry, ...] = ()
        self.problems: list[Problem] = []
        self._digests: list[str] = []
        self._by_word: dict[str, tuple[str, ...]] = {}  # a word, the ids of the rules that it leads to
        self._prefixes: list[tuple[str, str]] = []  # the beginning of a word, and one id
        self._words: frozenset[str] = frozenset()
        by_id: dict[str, Entry] = {}
        for folder in folders if folders is not None else [rules_folder()]:
            entries, problems, digest = _entries(folder)
            self._digests.append(digest)
            by_id |= {entry.id: entry for entry in entries}
            self.problems += problems
        self._rules: dict[str, Rule | None] = {}
        self.entries = tuple(by_id.values())
        self._learn(self.entries)

    def _learn(self, entries: Iterable[Entry]) -> None:
        """Take in the words, and the beginnings of words, that lead to rules."""
        for entry in entries:
            words = set(entry.words)
            if "*" in "".join(entry.words):
                begins = {word for word in words if word.endswith("*")}
                self._prefixes += [(word[:-1], entry.id) for word in sorted(begins)]
                words -= begins
            known = words & self._by_word.keys()
            self._by_word.update({word: (*self._by_word[word], entry.id) for word in known})
            self._by_word.update(dict.fromkeys(words - known, (entry.id,)))
        self._words = frozenset(self._by_word)

    def get(self, id: str) -> Entry:
        """The entry of a rule.  Raises UnknownRule, with the nearest names."""
        for entry in self.entries:
            if entry.id == id:
                return entry
        raise UnknownRule(f"unknown rule '{id}'{self._near(id)}")

    def select(self, select: Iterable[str] = (), ignore: Iterable[str] = ()) -> None:
        """Keep the rules that ``select`` names (all when empty) and ``ignore`` does not.

        A pattern is an id, a family or a glob.  Raises UnknownRule for one that names nothing.
        """
        chosen = [self.match(pattern) for pattern in select]
        dropped = {entry.id for pattern in ignore for entry in self.match(pattern)}
        wanted = {entry.id for group in chosen for entry in group} if chosen else {entry.id for entry in self.entries}
        self.entries = tuple(entry for entry in self.entries if entry.id in wanted - dropped)

    def match(self, pattern: str) -> list[Entry]:
        """The rules that an id, a family or a glob names.  Raises UnknownRule when there is none."""
        from fnmatch import fnmatchcase

        found = [
            e for e in self.entries if e.id == pattern or e.family == pattern.rstrip("/") or fnmatchcase(e.id, pattern)
        ]
        if not found:
            raise UnknownRule(f"unknown rule '{pattern}'{self._near(pattern)}")
        return found

    def _near(self, id: str) -> str:
        from difflib import get_close_matches

        names = {entry.id for entry in self.entries} | {entry.family for entry in self.entries}
        near = get_close_matches(id.replace("_", "-"), sorted(names), 3, 0.5)
        return f", did you mean {' or '.join(near)}?" if near else "; `gfplint rules` lists them"

    def triggered(self, tokens: frozenset[str], text: str) -> list[Entry]:
        """The rules of which a word is among ``tokens``, the identifiers of ``text``."""
        hit = {id for word in tokens & self._words for id in self._by_word[word]}
        hit |= {id for prefix, id in self._prefixes if id not in hit and prefix in text}
        return [entry for entry in self.entries if entry.id in hit] if hit else []

    def among(self, entries: Iterable[Entry], tokens: frozenset[str], text: str) -> list[Entry]:
        """Those of ``entries`` that are triggered."""
        hit = {entry.id for entry in self.triggered(tokens, text)}
        return [entry for entry in entries if entry.id in hit]

    def adopt(self, rule: Rule, title: str) -> None:
        """Add a rule that is loaded already: one that somebody is writing."""
        self._rules[rule.id] = rule
        entry = Entry(rule.id, title, rule.severity, rule.confidence, rule.needs, rule.words, rule.subject, rule.file)
        self._learn([entry])
        self.entries = (*self.entries, entry)

    def rule(self, entry: Entry) -> Rule | None:
        """The rule, imported when first asked for; None (and a problem) when it cannot be."""
        if entry.id not in self._rules:
            try:
                self._rules[entry.id] = load(entry.id, entry.file)
            except RuleError as error:
                self.problems.append(error.problem)
                self._rules[entry.id] = None
        return self._rules[entry.id]

    def page(self, entry: Entry) -> Page:
        """The page of a rule."""
        return read_page(entry.file)

    @property
    def digest(self) -> str:
        """Changes whenever a fact or a rule does: for caches of verdicts."""
        return "-".join(digest[:16] for digest in self._digests)
