# SPDX-License-Identifier: GPL-2.0-or-later
"""typing.NamedTuple at a tenth of its price.

Making one of the standard library's classes takes 0.1 ms, mostly to compile
its constructor, and a run of gfplint imports a hundred of them: nearly as much
time as it takes to read and judge a mail.  Here the constructor is the same, but
it is compiled once for each number of fields, and given the names of the fields.

For type checkers this is typing.NamedTuple, and so it is from Python 3.14
on, where annotations are made on demand.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING or sys.version_info >= (3, 14):
    from typing import NamedTuple as NamedTuple
else:
    from _collections import _tuplegetter
    from collections.abc import Iterable
    from types import CodeType, FunctionType
    from typing import Self

    _constructors: dict[int, CodeType] = {}

    def _constructor(name: str, fields: tuple[str, ...], defaults: tuple[Any, ...]) -> FunctionType:
        """``lambda _cls, a, b: tuple.__new__(_cls, (a, b))``, with these names."""
        count = len(fields)
        code = _constructors.get(count)
        if code is None:
            places = "".join(f"_{number}, " for number in range(count))
            code = _constructors[count] = eval(f"lambda _cls, {places}: _make(_cls, ({places}))", {}).__code__
        code = code.replace(co_varnames=("_cls", *fields), co_name="__new__", co_qualname=f"{name}.__new__")
        return FunctionType(code, {"_make": tuple.__new__, "__builtins__": {}}, "__new__", defaults)

    class _Record:
        """What all records do, as collections.namedtuple has it."""

        __slots__ = ()
        _fields: tuple[str, ...] = ()
        _field_defaults: dict[str, Any] = {}  # noqa: RUF012 - typing.NamedTuple's own attribute

        @classmethod
        def _make(cls, values: Iterable[Any]) -> Self:
            made = tuple.__new__(cls, values)
            if len(made) != len(cls._fields):
                raise TypeError(f"Expected {len(cls._fields)} arguments, got {len(made)}")
            return made

        def _replace(self, /, **named: Any) -> Self:
            made = tuple.__new__(type(self), map(named.pop, self._fields, self))
            if named:
                wrong = TypeError if sys.version_info >= (3, 13) else ValueError
                raise wrong(f"Got unexpected field names: {list(named)!r}")
            return made

        def _asdict(self) -> dict[str, Any]:
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self) -> str:
            values = (f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
            return f"{type(self).__name__}({', '.join(values)})"

        def __getnewargs__(self) -> tuple[Any, ...]:
            return tuple(self)

    class _Maker(type):
        """Makes a record of a class body; the classes themselves are plain ones."""

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = tuple(body.get("__annotations__", ()))
            made = {key: value for key, value in body.items() if key not in fields}
            made |= {field: _tuplegetter(number, None) for number, field in enumerate(fields)}
            defaults = {field: body[field] for field in fields if field in body}
            if tuple(defaults) != fields[len(fields) - len(defaults) :]:
                raise TypeError(f"{name}: a field without a default follows one with a default")
            made |= {"__slots__": (), "_fields": fields, "_field_defaults": defaults, "__match_args__": fields}
            made["__new__"] = _constructor(name, fields, tuple(defaults.values()))
            return type(name, (_Record, tuple), made)

    class NamedTuple(metaclass=_Maker):
        """The base to name in a class statement."""
