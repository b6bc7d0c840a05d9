# SPDX-License-Identifier: GPL-2.0-or-later
"""The stand-ins for typing.NamedTuple and re.compile do what those do."""

import importlib
import pickle
import pkgutil
import re
import typing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gfplint
from gfplint import record, regex


class Real(typing.NamedTuple):
    """A record of the standard library."""

    first: int
    second: str = "x"
    third: tuple[int, ...] = ()

    @property
    def both(self) -> tuple[int, str]:
        return self.first, self.second


class Mine(record.NamedTuple):
    """A record of the standard library."""

    first: int
    second: str = "x"
    third: tuple[int, ...] = ()

    @property
    def both(self) -> tuple[int, str]:
        return self.first, self.second


class Below(Mine):
    """A class of its own over a record."""

    __slots__ = ()


class Empty(record.NamedTuple):
    """No fields."""


@pytest.mark.parametrize(
    "name", ["_fields", "_field_defaults", "__match_args__", "__doc__", "__slots__", "__annotations__"]
)
def test_the_class_looks_the_same(name: str) -> None:
    assert getattr(Mine, name, None) == getattr(Real, name, None)


@given(st.integers(), st.text(), st.lists(st.integers()).map(tuple))
def test_a_value_is_the_same(first: int, second: str, third: tuple[int, ...]) -> None:
    real: Any = Real(first, second, third)
    mine: Any = Mine(first, third=third, second=second)
    assert mine == real
    assert hash(mine) == hash(real)
    assert repr(mine) == repr(real).replace("Real", "Mine")
    assert (mine.first, mine.second, mine.third, mine.both) == (first, second, third, real.both)
    assert mine._asdict() == real._asdict()
    assert mine._replace(second="y") == real._replace(second="y")
    assert Mine._make(real) == real
    assert pickle.loads(pickle.dumps(mine)) == mine
    assert type(mine._replace(first=1)) is Mine
    assert not hasattr(mine, "__dict__")


WRONG: list[typing.Callable[[Any], object]] = [
    lambda kind: kind(),
    lambda kind: kind(1, "a", (), 4),
    lambda kind: kind(1, fourth=2),
    lambda kind: kind(1, first=2),
    lambda kind: kind(1)._replace(fourth=2),
    lambda kind: kind._make([1]),
    lambda kind: setattr(kind(1), "first", 2),
    lambda kind: setattr(kind(1), "other", 2),
]


@pytest.mark.parametrize("wrong", WRONG)
def test_an_error_is_the_same(wrong: typing.Callable[[Any], object]) -> None:
    with pytest.raises((TypeError, ValueError, AttributeError)) as real:
        wrong(Real)
    with pytest.raises(real.type) as mine:
        wrong(Mine)
    assert str(mine.value).replace("Mine", "Real") == str(real.value)


def test_below_and_empty() -> None:
    assert type(Below(1)) is Below
    assert Below(1) == (1, "x", ())
    assert Empty() == ()
    match Mine(1, "b"):
        case Mine(1, second=name):
            assert name == "b"
        case _:
            pytest.fail("no match")


def test_a_default_before_a_field_without_one() -> None:
    kind: Any = type(record.NamedTuple)
    with pytest.raises(TypeError, match="without a default"):
        kind("Bad", (record.NamedTuple,), {"__annotations__": {"a": int, "b": int}, "a": 1})


def test_a_pattern_is_compiled_when_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    pattern = regex.compile(r"(?P<a>\w)(\d)?", re.IGNORECASE)
    compiled: list[str] = []
    real = re.compile

    def counted(text: str, flags: int = 0) -> "re.Pattern[str]":
        compiled.append(text)
        return real(text, flags)

    monkeypatch.setattr(re, "compile", counted)
    assert compiled == []
    found = pattern.match("x1")
    assert found is not None
    assert found["a"] == "x"
    assert pattern.sub("-", "ab 1") == "-- -"
    assert [match[0] for match in pattern.finditer("a1b")] == ["a1", "b"]
    assert compiled == [r"(?P<a>\w)(\d)?"]
    assert (pattern.pattern, dict(pattern.groupindex)) == (r"(?P<a>\w)(\d)?", {"a": 1})


def test_every_pattern_of_the_package_compiles() -> None:
    """What re.compile would have said when the module was imported."""
    seen = 0
    for info in pkgutil.walk_packages(gfplint.__path__, "gfplint."):
        if info.name == "gfplint.__main__":
            continue
        for name, value in vars(importlib.import_module(info.name)).items():
            if isinstance(value, regex._Lazy):
                try:
                    re.compile(*value._given)
                except re.error as error:
                    pytest.fail(f"{info.name}.{name}: {error}")
                seen += 1
    assert seen > 50
