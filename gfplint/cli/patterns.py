# SPDX-License-Identifier: GPL-2.0-or-later
"""The programs of regular expressions, kept from one run to the next in the user's cache."""

from gfplint import regex
from gfplint.facts import store

NAME = "patterns.json"
MOST = 1000  # gfplint has some hundreds; a pattern made of a mail's text must not fill the cache


def restore() -> None:
    """Take over what an earlier run compiled, if it was one of this Python."""
    kept = store.kept(NAME)
    if isinstance(kept, dict) and kept.get("python") == regex.python():
        regex.restore(kept["programs"])


def keep() -> None:
    """Leave what this run had to compile to the next."""
    fresh = regex.fresh()
    if not fresh or not regex.python():
        return
    kept = store.kept(NAME)
    old = kept["programs"] if isinstance(kept, dict) and kept.get("python") == regex.python() else {}
    if len(old) + len(fresh) <= MOST:
        store.keep(NAME, {"python": regex.python(), "programs": old | fresh})
