# SPDX-License-Identifier: GPL-2.0-or-later
"""The compiled code of gfplint's modules and rules, read from one file.

A run imports a hundred and fifty of them.  To look for each along the path, and to
open, read and check its file in ``__pycache__``, takes longer than what half of
them then do.  So the program may ``restore()`` the code that an earlier run
imported, all of it from one file; what a module's source says is asked of its
size and time of modification, as Python itself does for its own bytecode.
"""

from __future__ import annotations

import marshal
import os
import sys
import time
from collections.abc import Mapping
from importlib.machinery import ModuleSpec
from types import CodeType, ModuleType
from typing import Any, cast

FOLDER = os.path.dirname(os.path.abspath(__file__))
SETTLED = 2 * 10**9  # ns; a file that changed this recently may change again within one tick of its clock

Kept = tuple[int, int, bytes]  # size and time of modification (ns) of the source; its code
_kept: Mapping[str, Kept] = {}
_missing: dict[str, Kept] = {}


class _Modules:
    """Finds and loads the package's modules of which the code was kept; leaves all others to Python."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if not name.startswith("gfplint."):
            return None
        base = FOLDER + os.sep + name[8:].replace(".", os.sep)
        package = f"{base}{os.sep}__init__.py" in _kept
        file = f"{base}{os.sep}__init__.py" if package else f"{base}.py"
        if file not in _kept:
            return None
        spec = ModuleSpec(name, cast(Any, _Modules), origin=file, is_package=package)
        spec.has_location = True  # module.__file__, for tracebacks
        if package:
            spec.submodule_search_locations = [base]
        return spec

    @staticmethod
    def create_module(spec: ModuleSpec) -> None:
        return None

    @staticmethod
    def exec_module(module: ModuleType) -> None:
        assert module.__file__ is not None
        exec(of(module.__file__), module.__dict__)


def restore(code: Mapping[str, Kept]) -> None:
    """Use what ``fresh()`` gave in an earlier run of this very Python."""
    global _kept
    _kept = code
    if code and _Modules not in sys.meta_path:
        sys.meta_path.insert(0, _Modules)


def of(file: str) -> CodeType:
    """The code of a Python file.  Raises OSError and SyntaxError."""
    stat = os.stat(file)
    kept = _kept.get(file)
    if kept is not None and kept[0] == stat.st_size and kept[1] == stat.st_mtime_ns:
        try:
            found = marshal.loads(kept[2])
        except (ValueError, EOFError, TypeError):
            found = None
        if isinstance(found, CodeType):
            return found
    from importlib.machinery import SourceFileLoader

    made = SourceFileLoader("gfplint_rule", file).get_code("gfplint_rule")  # through Python's own cache
    assert isinstance(made, CodeType)
    if stat.st_mtime_ns < time.time_ns() - SETTLED:
        _missing[file] = (stat.st_size, stat.st_mtime_ns, marshal.dumps(made))
    return made


def fresh() -> dict[str, Kept]:
    """The code of those that were loaded since ``restore()``, and not from what it was given."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if name.startswith("gfplint.") and file and file not in _kept and file.endswith(".py"):
            of(file)
    found = dict(_missing)
    _missing.clear()
    return found
