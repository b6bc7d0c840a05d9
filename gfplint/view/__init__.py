# SPDX-License-Identifier: GPL-2.0-or-later
"""A rule's whole vocabulary: the one place where source, flow and facts meet.

Everything here is lazy: a property is computed when a rule first asks for
it, once for all rules.  What is not known is empty, None or False, never a
guess.
"""

from __future__ import annotations

from gfplint.view.call import Call as Call
from gfplint.view.file import File as File
from gfplint.view.file import KconfigEntry as KconfigEntry
from gfplint.view.file import Series as Series
from gfplint.view.function import Function as Function
from gfplint.view.setting import Setting as Setting
