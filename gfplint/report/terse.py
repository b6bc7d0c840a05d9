# SPDX-License-Identifier: GPL-2.0-or-later
"""One line a finding, for editors and grep."""

from __future__ import annotations

from typing import TextIO

from gfplint.report.sinks import Style
from gfplint.report.summary import Summary
from gfplint.report.terminal import asides, visible_findings
from gfplint.report.text import visible
from gfplint.review import Review


class Terse:
    """``path:line:column: severity: [rule] message``."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        self._stream = stream
        self._style = style

    def begin(self) -> None:
        pass

    def patch(self, review: Review) -> None:
        for finding in visible_findings(review, self._style):
            at = finding.report.at
            place = f"{at.path}:{at.line}:{at.column}"
            text = f"{place}: {finding.severity}: [{finding.rule}] {finding.report.message}"
            self._stream.write(visible(text) + "\n")
        for lead, text in asides(review):
            self._stream.write(f"{lead}{text}\n")

    def end(self, summary: Summary) -> None:
        pass
