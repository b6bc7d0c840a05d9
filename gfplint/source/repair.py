# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernel C made digestible for tree-sitter, byte for byte in its place.

What becomes of the dialect in the tree (``Unit.source(node)`` gives the
original text of any node, so that nothing is lost):

- comments, preprocessor lines without a condition and annotations
  (``__init``, ``__iomem``, ``__free(kfree)``) are blank;
- the insides of strings are dull;
- an iterator macro with its body is a ``while_statement`` whose condition
  holds the macro's arguments; the original text begins with the macro's name;
- ``scoped_guard(class, lock) { }`` and unknown macros with a block are an
  ``if_statement``, likewise; ``opener()`` tells such nodes from real ones;
- ``guard(class)(lock);`` is a call whose function is the call ``guard(class)``;
- ``struct foo`` as an argument of a macro is one identifier;
- ``typeof(x)`` is the type name ``typeof``;
- a conditional that holds whole statements or functions stays as ``preproc_*``
  nodes; one that splits a statement is gone, with all branches but one.
"""

from __future__ import annotations

from collections.abc import Sequence

from gfplint.record import NamedTuple
from gfplint.source import conditional, heads, statements, tokens
from gfplint.source.annotations import blank_annotations
from gfplint.source.mask import mask


class Repaired(NamedTuple):
    """The repaired text, and the line ranges of branches that had to go."""

    text: bytes
    dropped: tuple[tuple[int, int], ...]


def repair(text: bytes, keep: Sequence[tuple[int, int]] = ()) -> bytes:
    """``text`` as tree-sitter can read it: same length, line ends at the same places.

    ``keep`` are line ranges, from 1, that must not be blanked where a
    conditional offers a choice: those that a patch changes.  Never fails, and
    takes time in proportion to the length, whatever the bytes.
    """
    return repaired(text, keep).text


def repaired(text: bytes, keep: Sequence[tuple[int, int]] = ()) -> Repaired:
    """The same, with what had to be dropped."""
    code = mask(text)
    dropped: tuple[tuple[int, int], ...] = ()
    if b"#" in code:
        code, dropped = conditional.resolve(code, keep)
    code = heads.repair_heads(code)
    code = blank_annotations(code)
    code = statements.repair_statement_arguments(statements.repair_statements(code))
    return Repaired(tokens.repair_tokens(code), dropped)
