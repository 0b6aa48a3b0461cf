"""Any value of a Struct, for laws: a strategy from its fields."""

import datetime
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Annotated, Any, Final, NewType, Union, get_args, get_origin, get_type_hints

import msgspec
from hypothesis import strategies as st

TEXT: Final = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
SECONDS: Final = st.integers(0, 2**40)


@cache
def any_of(struct: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    """Any `struct`: each field drawn by its type."""
    hints = get_type_hints(struct, include_extras=True)
    fields: Mapping[str, st.SearchStrategy[Any]] = {
        field.name: _of(hints[field.name]) for field in msgspec.structs.fields(struct)
    }
    return st.builds(struct, **fields)


_PLAIN: Final[Mapping[object, st.SearchStrategy[Any]]] = {
    str: TEXT,
    int: SECONDS,
    bool: st.booleans(),
    datetime.date: st.dates(),
    type(None): st.none(),
}


def _of(kind: Any) -> st.SearchStrategy[Any]:
    if kind in _PLAIN:
        return _PLAIN[kind]
    if get_origin(kind) is tuple:
        return st.lists(_of(get_args(kind)[0]), max_size=3).map(tuple)
    if get_origin(kind) in (UnionType, Union):
        return st.one_of(*map(_of, get_args(kind)))
    if get_origin(kind) is Annotated:
        return _within(*get_args(kind))
    if isinstance(kind, NewType):
        return _of(kind.__supertype__)
    if issubclass(kind, StrEnum):
        return st.sampled_from(kind)
    return any_of(kind)


def _within(kind: Any, meta: msgspec.Meta) -> st.SearchStrategy[Any]:
    """What the annotation allows: a pattern of text, or a range of numbers."""
    if meta.pattern is not None:
        return st.from_regex(meta.pattern.replace("$", r"\Z"))
    if kind is int:
        return st.integers(_whole(meta.ge), _whole(meta.le))
    return _of(kind)


def _whole(bound: float | None) -> int | None:
    return None if bound is None else int(bound)


def changed(data: bytes, place: int, by: int) -> bytes:
    """`data` with one byte changed; `by` is 1 to 255."""
    copy = bytearray(data)
    copy[place % len(data)] ^= by
    return bytes(copy)


PLACES: Final = st.integers(0, 1 << 20)
CHANGES: Final = st.integers(1, 255)
