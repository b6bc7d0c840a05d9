# SPDX-License-Identifier: GPL-2.0-or-later
"""``python -m gfplint``."""

from __future__ import annotations

from gfplint.cli import run

run()
