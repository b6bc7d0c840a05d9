# SPDX-License-Identifier: GPL-2.0-or-later
"""The manual, made of what the program itself says: man pages and one HTML page of all rules.

python -m gfplint.cli.manual man FOLDER      gfplint.1 and gfplint-rules.7
python -m gfplint.cli.manual html FILE
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby

from gfplint import __version__
from gfplint.cli.catalogue import COMMANDS, Command, Option
from gfplint.cli.help import STATUS
from gfplint.report.text import visible
from gfplint.rule import Page
from gfplint.rulebook import Entry, Rulebook

_FILES = (
    ("$XDG_CONFIG_HOME/gfplint/config.toml", "your own configuration; ~/.config where the variable is not set"),
    (".gfplint.toml", "that of a kernel tree, taken as it stands before the patches under review"),
    ("git config gfplint.*", "stronger than both"),
)
_VARIABLES = (
    ("GFPLINT_SELECT, GFPLINT_IGNORE, GFPLINT_KERNEL, ...", "keys of the configuration, stronger than any file"),
    ("GIT_PAGER, PAGER", "the pager for what goes to a terminal"),
    ("NO_COLOR", "no colour on a terminal"),
    ("GFPLINT_TRACEBACK", "show where an internal error came from"),
)


def man() -> str:
    """gfplint(1)."""
    lines = [_head("GFPLINT", 1), ".SH NAME", r"gfplint \- review the memory-management side of Linux kernel patches"]
    lines.append(".SH SYNOPSIS")
    for command in COMMANDS.values():
        lines += [f".B {_roff(command.usage)}", ".br"]
    lines += [".SH DESCRIPTION", *_text(COMMANDS["check"].description)]
    lines.append(".SH OPTIONS OF CHECK")
    lines += _options(COMMANDS["check"])
    lines.append(".SH COMMANDS")
    for command in COMMANDS.values():
        if command.name != "check":
            lines += [f".SS {_roff(command.usage)}", *_text(command.description), *_options(command)]
    lines.append(".SH EXIT STATUS")
    lines += [line for number, text in STATUS for line in _item(number, text)]
    lines.append(".SH FILES")
    lines += [line for name, text in _FILES for line in _item(name, text)]
    lines.append(".SH ENVIRONMENT")
    lines += [line for name, text in _VARIABLES for line in _item(name, text)]
    lines += [".SH SEE ALSO", ".BR gfplint\\-rules (7),", ".BR git\\-format\\-patch (1),", ".BR git\\-send\\-email (1)"]
    return "\n".join(lines) + "\n"


def _options(command: Command) -> Iterator[str]:
    for group, options in groupby(command.options, key=lambda option: option.group):
        if group != "options":
            yield f".SS {_roff(group[:1].upper() + group[1:])}"
        for option in options:
            yield from _item(_spelt(option), option.help % {"default": "gfplint-baseline.json"})


def _spelt(option: Option) -> str:
    if option.operand:
        return option.metavar or option.names[0]
    value = f" {option.metavar}" if option.metavar else ""
    return ", ".join(option.names) + value


def man_rules(entries: Sequence[Entry], pages: Sequence[Page]) -> str:
    """gfplint-rules(7)."""
    lines = [_head("GFPLINT-RULES", 7), ".SH NAME", r"gfplint-rules \- what gfplint has rules about", ".SH DESCRIPTION"]
    lines.append("What follows is what")
    lines += [".B gfplint explain", "says of each rule.  An arrow in a comment stands where a rule reports."]
    for entry, page in zip(entries, pages, strict=True):
        lines += [f".SH {_roff(entry.id)}", f".B {_roff(page.title)}", ".PP"]
        lines += [f"{entry.severity}, {entry.confidence} confidence", *_text(page.prose)]
        for example in page.examples:
            heading = example.kind + (f", {example.title}" if example.title else "")
            lines += [".PP", f".I {_roff(heading)}", *_code(example.text)]
        if page.known_problems:
            lines += [".SS Known problems", *_text(page.known_problems)]
        if page.see:
            lines.append(".SS See")
            lines += [line for place in page.see for line in (_roff(place), ".br")]
    lines += [".SH SEE ALSO", ".BR gfplint (1)"]
    return "\n".join(lines) + "\n"


def _head(name: str, section: int) -> str:
    licence = '.\\" SPDX-License-Identifier: GPL-2.0-or-later'
    return f'{licence}\n.TH {name} {section} "" "gfplint {__version__}" "gfplint"\n.ad l'


def _item(name: str, text: str) -> list[str]:
    return [".TP", f".B {_roff(name)}", _roff(text)]


def _text(text: str) -> list[str]:
    """Paragraphs; what is indented stays as it is."""
    lines = []
    for paragraph in text.strip("\n").split("\n\n"):
        if paragraph[:1] in (" ", "\t"):
            lines += _code(paragraph)
        else:
            lines += [".PP", _roff(" ".join(paragraph.split()))]
    return lines


def _code(text: str) -> list[str]:
    lines = [_roff(visible(line).expandtabs(8)) or r"\&" for line in text.rstrip("\n").split("\n")]
    return [".PP", ".EX", *lines, ".EE"]


_ESCAPES = str.maketrans(
    {"\\": r"\e", "-": r"\-", "'": r"\(aq", "`": r"\(ga", "^": r"\(ha", "~": r"\(ti", '"': r"\(dq", "\n": " "}
)


def _roff(text: str) -> str:
    """Text of which nothing is a request or an escape."""
    shown = "".join(char if char.isascii() else f"\\[u{ord(char):04X}]" for char in text.translate(_ESCAPES))
    return rf"\&{shown}" if shown[:1] == "." else shown


def html(entries: Sequence[Entry], pages: Sequence[Page]) -> str:
    """One page of all rules; it fetches nothing and runs nothing."""
    from gfplint.report.html import page_head, rule_anchor, rule_page

    out = [page_head("gfplint: the rules"), "<header>\n<h1>gfplint: the rules</h1>\n"]
    out.append(f"<p>{len(entries)} rules of gfplint {__version__}</p>\n</header>\n<main>\n")
    out.append('<nav aria-label="rules">\n')
    for family, group in groupby(zip(entries, pages, strict=True), key=lambda pair: pair[0].family):
        links = (
            f'<li><a href="#{rule_anchor(e.id)}">{_html(e.id)}</a> {_html(p.title)} ({e.severity})</li>\n'
            for e, p in group
        )
        out.append(f"<h2>{_html(family)}</h2>\n<ul>\n{''.join(links)}</ul>\n")
    out.append("</nav>\n")
    for entry, page in zip(entries, pages, strict=True):
        out += rule_page(entry.id, page)
    out.append("</main>\n</body>\n</html>\n")
    return "".join(out)


def _html(text: str) -> str:
    from html import escape

    return escape(visible(text))


def main(args: Sequence[str]) -> int:
    """Write them."""
    if len(args) != 2 or args[0] not in ("man", "html"):
        print(__doc__, file=sys.stderr)
        return 2
    book = Rulebook()
    pages = [book.page(entry) for entry in book.entries]
    if args[0] == "html":
        files = {args[1]: html(book.entries, pages)}
    else:
        os.makedirs(args[1], exist_ok=True)
        files = {
            os.path.join(args[1], "gfplint.1"): man(),
            os.path.join(args[1], "gfplint-rules.7"): man_rules(book.entries, pages),
        }
    for name, text in files.items():
        with open(name, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        print(name)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
