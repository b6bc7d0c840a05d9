# SPDX-License-Identifier: GPL-2.0-or-later
"""What one run leaves to the next in the user's cache: compiled code, and the programs of regular expressions.

In Python's own form, as its bytecode is, each piece for itself: a run only
unpacks those that it uses.
"""

from __future__ import annotations

import marshal
import sys
from collections.abc import Mapping
from typing import Any

from gfplint import bytecode, regex
from gfplint.facts import store

PATTERNS = "patterns"
CODE = f"code-{store.checksum(bytecode.FOLDER.encode('utf-8', 'surrogateescape'))}"  # one of each installation
MOST = 1000  # pieces of each; gfplint has some hundreds


def restore() -> None:
    """Take over what an earlier run left, if it was one of this Python."""
    regex.restore(_kept(PATTERNS))
    bytecode.restore(_kept(CODE))


def keep() -> None:
    """Leave what this run had to make to the next.

    PYTHONDONTWRITEBYTECODE, which containers like to set, keeps files away from
    the sources; what lies in the user's cache is not meant.
    """
    _keep(PATTERNS, regex.fresh())
    _keep(CODE, bytecode.fresh())


def _python() -> str:
    return regex.python() and f"{regex.python()} {sys.flags.optimize}"


def _kept(name: str) -> dict[str, Any]:
    body = store.kept(name)
    try:
        python, pieces = marshal.loads(body) if body else ("", {})
    except (ValueError, EOFError, TypeError, MemoryError, OverflowError):
        return {}
    return pieces if python and python == _python() and isinstance(pieces, dict) else {}


def _keep(name: str, fresh: Mapping[str, Any]) -> None:
    if not fresh or not _python():
        return
    pieces = {**_kept(name), **fresh}
    store.keep(name, marshal.dumps((_python(), pieces if len(pieces) <= MOST else dict(fresh))))
