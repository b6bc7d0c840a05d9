# SPDX-License-Identifier: GPL-2.0-or-later
"""The C grammar and the one parser of the process."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Language, Parser, Tree


@cache
def _language() -> Language:
    from tree_sitter import Language  # 10 ms: only when there is something to parse

    return Language(_grammar())


def _grammar() -> object:
    """The grammar's capsule.

    The package's ``__init__`` imports importlib.resources, which costs as much
    as all the rest of a run; the extension module inside is loaded without it
    where that works.
    """
    import sys
    from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader
    from importlib.util import module_from_spec, spec_from_file_location

    if "tree_sitter_c" not in sys.modules:
        from os.path import isfile, join

        for folder in sys.path:
            for suffix in EXTENSION_SUFFIXES:
                file = join(folder or ".", "tree_sitter_c", f"_binding{suffix}")
                if not isfile(file):
                    continue
                try:
                    spec = spec_from_file_location("_binding", file, loader=ExtensionFileLoader("_binding", file))
                    if spec is not None and spec.loader is not None:
                        module = module_from_spec(spec)
                        spec.loader.exec_module(module)
                        grammar: object = module.language()
                        return grammar
                except (ImportError, AttributeError):
                    break  # another layout of the package: ask the package itself
    import tree_sitter_c

    return tree_sitter_c.language()


@cache
def _parser() -> Parser:
    from tree_sitter import Parser

    return Parser(_language())


def parse_c(text: bytes) -> Tree:
    """Parse C that was repaired.  Any bytes give a tree, with ERROR nodes where they are no C."""
    return _parser().parse(text)
