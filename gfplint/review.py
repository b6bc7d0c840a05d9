# SPDX-License-Identifier: GPL-2.0-or-later
"""The life of a series, top to bottom."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from gfplint.diff.image import Image
from gfplint.diff.model import Patch, Series
from gfplint.finding import Finding, Problem, Skip


class FileSeen(NamedTuple):
    """How well a file of a patch was seen."""

    path: str
    context: Literal["hunks", "whole"]
    base: str | None
    note: str | None


class Review(NamedTuple):
    """What gfplint has to say of one patch."""

    series: Series
    patch: Patch
    findings: tuple[Finding, ...]
    resolved: tuple[Finding, ...]
    existing: tuple[Finding, ...]
    suppressed: tuple[Finding, ...]
    skipped: tuple[Skip, ...]
    files: tuple[FileSeen, ...]
    errors: tuple[Problem, ...]
    images: Mapping[tuple[str, str], Image]  # by path and side, for files with findings
