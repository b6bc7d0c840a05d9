# SPDX-License-Identifier: GPL-2.0-or-later
"""The fact tables: what they say, how a mistake in one is told, and the store that they are kept in."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gfplint import bytecode
from gfplint.facts import store, tables
from gfplint.facts.compile import compile_folder
from gfplint.facts.schema import FactError

FACTS = tables.load()


# What the tables say


def test_allocators_agree_with_the_headers() -> None:
    """Curated rows and extracted prototypes name the same argument, in each kernel."""
    raw = FACTS.section("allocators")["alloc"]
    wrong = []
    for kernel in FACTS.kernels:
        headers = FACTS.gfp_args(kernel)
        older = f"gfp_{kernel.replace('.', '_')}"
        for name, row in FACTS.allocators.items():
            if name in headers and kernel in row.kernels and older not in raw[name]:
                if headers[name] != (row.gfp, row.nargs):
                    wrong.append((kernel, name, headers[name], row))
    assert wrong == []


def test_twins_are_their_wrappers() -> None:
    """alloc_hooks(kmalloc_noprof(...)): the function below the macro has the same row."""
    assert FACTS.allocators["kmalloc_noprof"] is FACTS.allocators["kmalloc"]
    assert "vmalloc_noprof" in FACTS.allocators and "no_such_noprof" not in FACTS.allocators
    with pytest.raises(KeyError):
        FACTS.allocators["no_such_noprof"]


def test_an_allocator_row() -> None:
    """alloc_contig_pages(nr_pages, gfp_mask, nid, nodemask), include/linux/gfp.h."""
    row = FACTS.allocators["alloc_contig_pages"]
    assert (row.gfp, row.count, row.nid, row.nargs, row.free) == (1, 0, 2, 4, ("free_contig_range",))
    assert (row.cls, row.fail, row.zero, row.kernels) == ("contig", "null", False, ("6.1", "6.12"))
    assert FACTS.allocators["kzalloc"].zero and not FACTS.allocators["kmalloc"].zero


def test_flags_differ_by_kernel() -> None:
    """GFP_ATOMIC lost a bit in 6.3; without a kernel only what all agree on is known."""
    old, new, common = FACTS.gfp_flags("6.1"), FACTS.gfp_flags("6.12"), FACTS.gfp_flags(None)
    assert old["GFP_ATOMIC"] - new["GFP_ATOMIC"] == {"__GFP_ATOMIC"}
    assert "GFP_ATOMIC" not in common and "__GFP_ATOMIC" not in common
    assert common["GFP_KERNEL"] == {"__GFP_DIRECT_RECLAIM", "__GFP_KSWAPD_RECLAIM", "__GFP_IO", "__GFP_FS"}
    assert all(rows[name] == bits for name, bits in common.items() for rows in (old, new))


@pytest.mark.parametrize(
    ("version", "kernel"),
    [("6.12", "6.12"), ("v6.12.117", "6.12"), ("6.1-rc3", "6.1"), ("6.6", None), ("5", None), ("", None), (None, None)],
)
def test_kernel_of_a_version(version: str | None, kernel: str | None) -> None:
    assert FACTS.kernel(version) == kernel
    assert FACTS.gfp_args(version) is FACTS.gfp_args(kernel)


def test_locks_are_found_from_both_ends() -> None:
    (op,) = FACTS.acquires["lock_device_hotplug_sysfs"]
    assert (op.lock, op.result, op.arg, op.release) == ("device_hotplug_lock", "errno", -1, ("unlock_device_hotplug",))
    assert {op.acquire for op in FACTS.releases["unlock_device_hotplug"]} >= {"lock_device_hotplug", op.acquire}
    for ops in FACTS.acquires.values():
        assert all(op in FACTS.releases[name] for op in ops for name in op.release)


def test_a_plain_mutex_is_named_by_its_argument() -> None:
    """No row may take a lock function that serves all mutexes for one of them."""
    assert [op.lock for op in FACTS.acquires["mutex_lock"]] == ["arg0"]


def test_guards_and_contexts() -> None:
    assert FACTS.guards["spinlock_irqsave"][1:3] == ("spin_lock_irqsave", True)
    assert FACTS.guards["cpus_read_lock"].kernels == ("6.12",)
    assert FACTS.contexts["rcu_read_lock"].leave == ("rcu_read_unlock",)
    known = {*FACTS.acquires, *FACTS.contexts, ""}
    assert {guard.acquire for guard in FACTS.guards.values()} <= known


def test_a_section_is_a_mapping() -> None:
    """As the TOML has it, parsed key by key."""
    gfp = FACTS.section("gfp")
    assert {"flags", "classes"} <= set(gfp) and "schema" not in gfp and len(gfp) == len(list(gfp))
    assert "GFP_DMA" in gfp["classes"]["zone_only_composites"]
    with pytest.raises(KeyError, match=r"gfp\.nothing"):
        gfp["nothing"]
    with pytest.raises(KeyError):
        FACTS.section("nothing")


# Mistakes in a table


def changed(tmp_path: Path, table: str, old: str, new: str) -> str:
    """The message of the error that one change in a table makes."""
    folder = tmp_path / "facts"
    shutil.copytree(tables.folder(), folder)
    text = (folder / table).read_text()
    assert old in text
    (folder / table).write_text(text.replace(old, new, 1))
    with pytest.raises(FactError) as caught:
        compile_folder(str(folder))
    message = str(caught.value)
    assert message.startswith(str(folder / table)) and "\n" not in message
    return message.removeprefix(str(folder) + "/")


KMALLOC = '[alloc.kmalloc]\nclass = "slab"\n'
LOCK = '[[lock]]\nlock = "device_hotplug_lock"\nacquire = "lock_device_hotplug"\n'


@pytest.mark.parametrize(
    ("table", "old", "new", "message"),
    [
        ("allocators.toml", KMALLOC, KMALLOC + "sise = 1\n", "allocators.toml: [alloc.kmalloc]: sise: unknown key"),
        (
            "allocators.toml",
            KMALLOC + "gfp = 1",
            KMALLOC + 'gfp = "1"',
            "[alloc.kmalloc]: gfp: '1' is no number of an argument",
        ),
        (
            "allocators.toml",
            KMALLOC + "gfp = 1",
            KMALLOC + "gfp = 2",
            "[alloc.kmalloc]: gfp: argument 2 of a function with 2",
        ),
        ("allocators.toml", KMALLOC, "[alloc.kmalloc]\n", "[alloc.kmalloc]: class: missing"),
        ("allocators.toml", '"__GFP_COMP", "__GFP_HIGHMEM"', '"__GFP_COMB"', "forbid: unknown flag '__GFP_COMB'"),
        ("allocators.toml", 'in = ["6.1", "6.12"]', 'in = ["6.1", "6.13"]', "in: unknown kernel '6.13'"),
        ("allocators.toml", KMALLOC, KMALLOC + KMALLOC, "allocators.toml: not TOML: "),
        ("allocators.toml", "schema = 1", "schema = 2", "allocators.toml: schema: 2 is not 1"),
        (
            "allocators.toml",
            "schema = 1",
            "schema = 1\n[allocs.x]\ngfp = 1",
            "allocators.toml: [allocs]: unknown table",
        ),
        (
            "gfp.toml",
            'GFP_NOWAIT = ["__GFP_KSWAPD_RECLAIM"]',
            'GFP_NOWAIT = ["__GFP_KSWAPD"]',
            "[flags.6.1]: GFP_NOWAIT: no bit of this",
        ),
        ("gfp.toml", "[classes]", '[classes]\nmine = ["A", "A"]', "[classes]: mine: twice: A"),
        (
            "gfp_args.toml",
            '["6.1"]\n',
            '["6.1"]\nfoo = [2, 2]\n',
            "gfp_args.toml: [6.1]: foo: argument 2 of a function with 2",
        ),
        ("gfp_args.toml", '["6.1"]\n', '["6.1"]\nfoo = 2\n', "[6.1]: foo: 2 is not [argument, number of arguments]"),
        ("gfp_args.toml", '["6.1"]\n', '["6.0"]\n', "gfp_args.toml: [6.0]: unknown kernel"),
        ("locks.toml", LOCK, LOCK + "result2 = 1\n", "locks.toml: [lock.lock_device_hotplug]: result2: unknown key"),
        ("locks.toml", 'result = "errno"', 'result = "zero"', "result: 'zero' is none of void, errno, bool"),
        (
            "locks.toml",
            'acquire = "lock_device_hotplug_sysfs"',
            'acquire = "lock_device_hotplug"',
            "a second row for lock_device_hotplug",
        ),
        (
            "locks.toml",
            "[families]",
            '[families]\nmine = ["mem_hotplug"]\n#',
            "[families]: mine: no such lock: mem_hotplug",
        ),
        (
            "locks.toml",
            'mutex = "mutex_lock"',
            'mutex = "mutex_lok"',
            "[guards.acquire]: mutex: 'mutex_lok' takes no lock",
        ),
        ("hotplug.toml", "must_check = true", 'must_check = "yes"', "must_check: 'yes' is not true or false"),
        (
            "gates.toml",
            'alloc_contig_pages = ["include/linux/gfp.h", "CONTIG_ALLOC"]',
            'alloc_contig_pages = ["include/linux/gfp.h"]',
            "gates.toml: [declared.6.1]: alloc_contig_pages: too short",
        ),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, table: str, old: str, new: str, message: str) -> None:
    """File, table, key and fault, on one line."""
    assert message in changed(tmp_path, table, old, new)


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "facts"
    shutil.copytree(tables.folder(), folder)
    (folder / "locks.toml").unlink()
    with pytest.raises(FactError, match=r"locks\.toml: no such table$"):
        compile_folder(str(folder))


# The store


class Builder:
    """Counts how often it is asked."""

    def __init__(self, source: Path) -> None:
        self.source = source
        self.count = 0

    def __call__(self) -> Mapping[str, Any]:
        self.count += 1
        return {"text": self.source.read_text(), "other": [1, 2.5, None, True, {"a": "ä"}]}


@pytest.fixture
def builder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Builder:
    """A source that settled long ago, and an empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(bytecode, "SETTLED", 0)
    source = tmp_path / "source"
    source.write_text("one")
    return Builder(source)


def ask(builder: Builder) -> str:
    made = store.compiled("test", [str(builder.source)], builder)
    assert made.section("other") == [1, 2.5, None, True, {"a": "ä"}]
    return str(made.section("text"))


def cache_file(tmp_path: Path) -> Path:
    (file,) = (tmp_path / "cache" / "gfplint").iterdir()
    return file


def test_built_once(builder: Builder, tmp_path: Path) -> None:
    assert [ask(builder), ask(builder), ask(builder)] == ["one"] * 3
    assert builder.count == 1
    file = cache_file(tmp_path)
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_built_again_when_a_source_changes(builder: Builder) -> None:
    """Also by a change that keeps size and modification time."""
    assert ask(builder) == "one"
    before = builder.source.stat()
    builder.source.write_text("two")
    os.utime(builder.source, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (ask(builder), ask(builder), builder.count) == ("two", "two", 2)


def test_a_touched_source_is_read_and_nothing_more(builder: Builder) -> None:
    ask(builder)
    os.utime(builder.source)
    assert (ask(builder), ask(builder), builder.count) == ("one", "one", 1)


def test_a_source_that_changed_just_now_is_not_taken_at_its_stamp(
    builder: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two changes within one tick of the file system's clock leave the same stamp: the digest decides."""
    monkeypatch.setattr(bytecode, "SETTLED", 10**12)
    ask(builder)
    monkeypatch.setattr(store, "_stamps", lambda files: [[file, 3, 1, 1, 1] for file in files])
    builder.source.write_text("two")
    assert ask(builder) == "two"


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: b"",
        lambda text: text[: len(text) // 2],
        lambda text: text[:-3],
        lambda text: b"\x80\x04\x95" + os.urandom(200),
        lambda text: b"{}\n",
        lambda text: text.replace(b"one", b"two"),
        lambda text: text.replace(b"format\xe9\x02", b"format\xe9\x09"),
        lambda text: text[:40] + bytes([text[40] ^ 1]) + text[41:],
        lambda text: text + b"x",
    ],
)
def test_a_damaged_cache_is_built_again(builder: Builder, tmp_path: Path, damage: Any) -> None:
    ask(builder)
    file = cache_file(tmp_path)
    text = file.read_bytes()
    assert damage(text) != text
    file.write_bytes(damage(text))
    assert (ask(builder), builder.count) == ("one", 2)
    # a damaged section is seen when it is asked for: the file goes, and is made by the next run
    assert ask(builder) == "one"
    count = builder.count
    assert (ask(builder), builder.count) == ("one", count)


def test_a_link_in_the_cache_is_not_followed(builder: Builder, tmp_path: Path) -> None:
    """Somebody else's file is neither read nor written through."""
    ask(builder)
    file = cache_file(tmp_path)
    other = tmp_path / "other"
    file.rename(other)
    file.symlink_to(other)
    text = other.read_bytes()
    assert (ask(builder), builder.count) == ("one", 2)
    assert other.read_bytes() == text and not file.is_symlink()


@pytest.mark.parametrize("home", ["file", "null", "relative", "none"])
def test_without_a_cache_folder(builder: Builder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str) -> None:
    """Then it is built in memory, each time."""
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("HOME", str(tmp_path / "file"))
    if home == "none":
        monkeypatch.delenv("XDG_CACHE_HOME")
    else:
        monkeypatch.setenv(
            "XDG_CACHE_HOME", {"file": str(tmp_path / "file"), "null": "/dev/null/x", "relative": "here"}[home]
        )
    monkeypatch.chdir(tmp_path)
    assert (ask(builder), ask(builder), builder.count) == ("one", "one", 2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "source"]


def test_an_error_of_the_builder_is_not_kept(builder: Builder) -> None:
    builder.source.unlink()
    with pytest.raises(FileNotFoundError):
        ask(builder)
    builder.source.write_text("one")
    assert ask(builder) == "one"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), JSON, max_size=5))
def test_what_is_packed_comes_back(data: dict[str, Any]) -> None:
    """Any JSON value, from the bytes of the file, without the builder."""
    made = store.pack("00", data, lambda: pytest.fail("built again"))
    parsed = store._parse(store._header(made, []) + made._text, lambda: pytest.fail("built again"))
    assert parsed is not None
    assert {name: parsed[0].section(name) for name in data} == data
    assert parsed[0].sections == sorted(data)


def test_a_warm_start_is_light() -> None:
    """No TOML, no json package, no hashlib: what they cost is the reason for all this."""
    code = (
        "import sys; from gfplint.facts import tables; facts = tables.load()\n"
        "facts.allocators['kmalloc'], facts.gfp_flags('6.12'), facts.acquires, facts.section('gfp')['classes']\n"
        "heavy = {'tomllib', 'json', 'hashlib', 'dataclasses', 'pathlib', 'gfplint.facts.compile'}\n"
        "print(*sorted(heavy & set(sys.modules)))"
    )
    runs = [
        subprocess.run([sys.executable, "-Sc", code], cwd=tables.folder() + "/../..", capture_output=True, text=True)
        for _ in "12"
    ]
    assert runs[1].stderr == "" and runs[1].stdout == "\n"
