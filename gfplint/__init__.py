# SPDX-License-Identifier: GPL-2.0-or-later
"""gfplint: reviews the memory-management side of Linux kernel patches."""

__version__ = "0.1.0"
