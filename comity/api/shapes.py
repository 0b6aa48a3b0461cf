"""What crosses the interface has a shape: strict, closed, and the same in openapi.json as in the code.

A request's facts are not described a second time: they are read by `treaty.request`, and openapi.json takes their
schema from there.
"""

import re
from datetime import date
from typing import Annotated, Any, Final

import msgspec
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from comity.treaty.request import Request, Sought

FACTS: Final = "x-comity-facts"
"""Marks, in a generated schema, where the schema of a request's facts is put in."""
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_NUMBER: Final = re.compile(r"0|[1-9]\d{0,15}", re.ASCII)


class Shape(BaseModel):
    """A closed JSON object: no field more, none converted from another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class QueryShape(BaseModel):
    """The query of an address: each value comes as text."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _day(value: object) -> object:
    """A day as ISO 8601 writes it; a number or a moment is none."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    if isinstance(value, date):
        return value
    raise PydanticCustomError("day", "not a day, as 2026-12-07")


def _number(value: object) -> object:
    """A whole number in an address, in its one spelling."""
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return int(value)
    if isinstance(value, int):
        return value
    raise PydanticCustomError("number", "not a whole number")


Day = Annotated[date, BeforeValidator(_day)]
Index = Annotated[int, Field(ge=0, le=2**53 - 1), BeforeValidator(_number)]
"""A number of a log entry, in an address."""
Most = Annotated[int, Field(ge=1, le=200), BeforeValidator(_number)]
"""How much of a list is asked for."""


class _Struct:
    """Reads and describes one of `treaty.request`'s structs for pydantic."""

    def __init__(self, kind: type[msgspec.Struct]) -> None:
        self._kind = kind

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self._read, serialization=core_schema.plain_serializer_function_ser_schema(msgspec.to_builtins)
        )

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "object", FACTS: self._kind.__name__}

    def _read(self, value: object) -> msgspec.Struct:
        if isinstance(value, self._kind):
            return value
        try:
            return msgspec.convert(value, self._kind)
        except msgspec.ValidationError as error:
            reason, _, place = str(error).partition(" - at `")
            where = place.rstrip("`").removeprefix("$").removeprefix(".")
            raise PydanticCustomError("facts", "{reason}", {"reason": reason, "place": where}) from None


Facts = Annotated[Request, _Struct(Request)]
Measure = Annotated[Sought, _Struct(Sought)]


def with_facts(schema: dict[str, Any]) -> dict[str, Any]:
    """An OpenAPI document in which each marked place refers to the schema of a request's facts, which is added."""
    _, parts = msgspec.json.schema_components((Request,), ref_template="#/components/schemas/Facts{name}")
    schema["components"]["schemas"].update({f"Facts{name}": part for name, part in sorted(parts.items())})
    return _replaced(schema)  # type: ignore[no-any-return]


def _replaced(value: Any) -> Any:
    if isinstance(value, dict):
        if FACTS in value:
            return {"$ref": f"#/components/schemas/Facts{value[FACTS]}"}
        return {name: _replaced(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_replaced(inner) for inner in value]
    return value
