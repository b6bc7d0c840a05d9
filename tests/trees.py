# SPDX-License-Identifier: GPL-2.0-or-later
"""Small trees on disk, for tests."""

from collections.abc import Mapping
from pathlib import Path


def write(root: Path, files: Mapping[str, str]) -> str:
    """Files by their paths below ``root``, which is given back as a text."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return str(root)
