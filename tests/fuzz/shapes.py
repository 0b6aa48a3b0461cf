"""Values of any struct, from its type alone: the smallest there is, and one with every field said."""

from typing import Any

import msgspec
from msgspec import inspect


def least(kind: Any, *, whole: bool) -> Any:
    """A value as JSON has it. whole: with the fields that may be left out too, and one element in every list."""
    return _least(inspect.type_info(kind), whole, 6)


def _least(kind: inspect.Type, whole: bool, depth: int) -> Any:
    match kind:
        case inspect.StructType(fields=fields, tag=tag, tag_field=tag_field):
            said = {one.encode_name: _least(one.type, whole, depth - 1) for one in fields if one.required or whole}
            return {tag_field: tag, **said} if tag_field else said
        case inspect.UnionType(types=types):
            if not whole and any(isinstance(one, inspect.NoneType) for one in types):
                return None
            return _least(next(one for one in types if not isinstance(one, inspect.NoneType)), whole, depth)
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item):
            return [_least(item, whole, depth - 1)] if whole and depth > 0 else []
        case inspect.EnumType(cls=cls):
            return next(iter(cls)).value
        case inspect.LiteralType(values=values):
            return values[0]
        case inspect.StrType(pattern=pattern):
            return "0" * 64 if pattern else "words"
        case inspect.IntType(ge=ge, gt=gt):
            return max(ge or 0, (gt if gt is not None else -1) + 1)
        case inspect.BoolType():
            return True
        case inspect.DateType():
            return "2026-11-22"
        case inspect.DictType():
            return {}
        case inspect.RawType() | inspect.AnyType():
            return {}
        case inspect.CustomType() | inspect.NoneType():
            return None
    raise TypeError(f"no value of {kind}")


def json_of(kind: Any) -> list[bytes]:
    """Both, encoded."""
    return [msgspec.json.encode(least(kind, whole=whole)) for whole in (False, True)]
