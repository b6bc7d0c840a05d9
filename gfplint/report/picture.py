# SPDX-License-Identifier: GPL-2.0-or-later
"""A picture of the terminal report: an SVG of what a terminal would show, the same each time."""

from __future__ import annotations

import io
import os
from typing import TextIO

from gfplint.report.junit import escaped
from gfplint.report.sinks import Style
from gfplint.report.summary import Summary
from gfplint.report.terminal import Terminal, console
from gfplint.review import Review

WIDTH = 96  # columns
# rich's own template fetches its font from elsewhere; a picture in a README shall fetch nothing.
_FORMAT = """\
<svg class="{unique_id}" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img">
<title>{title_text}</title>
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace;
font-size: {char_height}px; line-height: {line_height}px; font-variant-east-asian: full-width; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" /></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


class Picture(Terminal):
    """The terminal report on a console that remembers what was painted."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        super().__init__(io.StringIO(), style._replace(color="always", width=style.width or WIDTH))
        self._target = stream
        self._input = ""
        self._console = self._out.record(console(io.StringIO(), self._out.width, record=True))

    def patch(self, review: Review) -> None:
        self._input = self._input or os.path.basename(review.patch.mail.input)
        super().patch(review)

    def end(self, summary: Summary) -> None:
        super().end(summary)
        from rich.terminal_theme import MONOKAI

        title = escaped(f"gfplint check {self._input}".strip())  # rich takes it as markup
        form = _FORMAT.replace("{title_text}", title.replace("{", "{{").replace("}", "}}"))
        picture = self._console.export_svg(title=title, theme=MONOKAI, code_format=form, unique_id="gfplint")
        self._target.write("\n".join(line.rstrip() for line in picture.split("\n")))
