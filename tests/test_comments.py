# SPDX-License-Identifier: GPL-2.0-or-later
"""What comments on functions say of locks: asked of the callers, or taken by the function itself."""

import pytest

from gfplint.flow.callers import named, wanted

HOTPLUG = ("device_hotplug_lock", "mem_hotplug_lock", "cpu_hotplug_lock")


@pytest.mark.parametrize(
    ("comment", "found"),
    [
        ("Called with device_hotplug_lock held.", ("device_hotplug_lock",)),
        ("Must be called under mem_hotplug_lock.", ("mem_hotplug_lock",)),
        ("Must acquire mem_hotplug_lock in write mode.", ()),  # as memory_block_online() has it
        ("Callers need not know: takes device_hotplug_lock.", ()),
        ("The mem_hotplug_lock must be held for writing.", ("mem_hotplug_lock",)),
        ("Nothing is said of locks.", ()),
    ],
)
def test_hotplug_locks(comment: str, found: tuple[str, ...]) -> None:
    assert wanted(comment, HOTPLUG) == found


@pytest.mark.parametrize(
    ("comment", "found"),
    [
        ("Called with ex->lock held.", ("ex->lock",)),
        ("Caller must hold base->lock.", ("base->lock",)),
        ("Should be called with example_mutex held", ("example_mutex",)),
        ("May be called either with or without ex->lock held.", ()),
        ("Drops what was done with ex->lock held.", ()),
        ("Called with interrupts off.", ()),
    ],
)
def test_other_locks(comment: str, found: tuple[str, ...]) -> None:
    assert named(comment) == found
