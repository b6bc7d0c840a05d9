# SPDX-License-Identifier: GPL-2.0-or-later
"""A small lexer of C, for colour and for nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gfplint import regex

_TOKEN = regex.compile(
    r"""(?P<arrow>/\*\s*<--.*?\*/|\#\s*<--.*)
      | (?P<comment>/\*.*?(?:\*/|$)|//.*)
      | (?P<string>"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?)
      | (?P<directive>^\s*\#\s*\w+)
      | (?P<number>\b(?:0[xX][0-9a-fA-F]+|\d+)[uUlL]*\b)
      | (?P<constant>\b_*[A-Z][A-Z0-9_]+\b)
      | (?P<word>[A-Za-z_]\w*)(?P<call>\()?""",
    re.VERBOSE | re.MULTILINE,
)
_KEYWORDS = """auto break case const continue default do else enum extern for goto if inline register restrict return
    sizeof static struct switch typedef typeof union volatile while"""
_TYPES = """bool char double float gfp_t int long loff_t short signed size_t ssize_t unsigned void
    u8 u16 u32 u64 s8 s16 s32 s64 __u8 __u16 __u32 __u64 __be16 __be32 __be64 __le16 __le32 __le64
    phys_addr_t dma_addr_t pgprot_t pte_t"""
_KINDS = dict.fromkeys(_KEYWORDS.split(), "c.keyword") | dict.fromkeys(_TYPES.split(), "c.type")


def highlight(text: str) -> Iterator[tuple[str, str]]:
    """The pieces of a text of C with their kinds: "" for what needs no colour."""
    at = 0
    for found in _TOKEN.finditer(text):
        if found.start() > at:
            yield text[at : found.start()], ""
        at = found.end()
        word = found["word"]
        if word is None:
            yield found[0], f"c.{found.lastgroup}"
            continue
        yield word, _KINDS.get(word) or ("c.call" if found["call"] else "")
        if found["call"]:
            yield "(", ""
    if at < len(text):
        yield text[at:], ""
