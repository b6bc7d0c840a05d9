# SPDX-License-Identifier: GPL-2.0-or-later
"""Compiles the fact tables and the index of rules into the wheel, so that no user waits for it."""

import os
import sys
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileHook(BuildHookInterface):  # type: ignore[type-arg]  # the configuration's type is of no interest here
    """Adds gfplint/compiled/*."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, unless the install is editable: a checkout keeps its own cache."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        from gfplint import rulebook
        from gfplint.facts import tables

        files = {"facts": tables.shipped(), "rules": rulebook.shipped()}
        folder = os.path.join(self.directory, "compiled")
        os.makedirs(folder, exist_ok=True)
        for name, text in files.items():
            path = os.path.join(folder, name)
            with open(path, "wb") as stream:
                stream.write(text)
            build_data["force_include"][path] = f"gfplint/compiled/{name}"
