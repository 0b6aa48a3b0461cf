"""Read untrusted bytes into typed values, within limits; every mistake is named with its place.

Rules: the size is checked before anything is parsed. JSON: duplicate keys, floats and depth over 16 are refused
(I-JSON, RFC 7493). TOML: every mistake is reported with its line, not only the first, as far as reading on is cheap.
"""

import json
import re
import tomllib
from functools import cache
from typing import Any, NoReturn, TypeVar

import msgspec
import msgspec.inspect as shapes
import tomlkit
import tomlkit.exceptions
from tomlkit.items import AoT, Array, InlineTable, Item, Table

from comity.base.encoding import to_json
from comity.base.errors import Malformed, Mistake, TooLarge

T = TypeVar("T")

JSON_DEPTH = 16
TOML_KEY_PARTS = 64
"""More dots in one run of words than any key has; longer keys cost the parser the square of their length."""
LOCATING_LIMIT = 400_000
"""Characters that may be read again to find the lines of mistakes; those beyond that are counted, not listed."""
_LONG_KEY = re.compile(rf"(?<![\w-])(?:[\w-]++[ \t]*+\.[ \t]*+){{{TOML_KEY_PARTS}}}", re.ASCII)


def check_size(data: bytes, limit: int, what: str) -> None:
    """Raise TooLarge if `data` is more than `limit` bytes."""
    if len(data) > limit:
        raise TooLarge(f"{what} is {len(data)} bytes; the limit is {limit}", hint="nothing was read from it")


def read_json(data: bytes, kind: type[T], *, limit: int, what: str) -> T:
    """`data` as a value of `kind` (a msgspec Struct or a union of them).

    Raises TooLarge, or Malformed naming the field. `what` names the thing in the message, as 'the envelope header'.
    """
    check_size(data, limit, what)
    asked: Any = kind
    decoder, is_tight = _reader(asked)
    failed: Exception | None = None
    try:
        value: T = decoder.decode(data)
        if is_tight and _is_our_spelling(value, data):
            return value
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        failed = error
    _refuse_loose_json(data, what)
    if failed is not None:
        field, reason = _field_and_reason(failed)
        raise Malformed(
            f"{what} is not as its format says: {reason}",
            where=field,
            hint="see docs/formats; nothing was taken from it",
            mistakes=[Mistake(field, reason)],
        ) from None
    return value


def as_we_write(data: bytes, kind: type[T]) -> T | None:
    """The value of which `data` is the encoding that `to_json` gives: it is then as strict as `read_json` asks, but for
    what stands in it as Raw, which is to be read with this function as well. None for anything else: `read_json` says
    why. The caller has limited its size."""
    asked: Any = kind
    decoder, is_tight = _reader_beside_raw(asked)
    if not is_tight:
        return None
    try:
        value: T = decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return value if _is_our_spelling(value, data) else None


@cache
def _reader_beside_raw(kind: Any) -> tuple[msgspec.json.Decoder[Any], bool]:
    """As `_reader`, where Raw parts are read apart: each of the two may be half as deep."""
    return msgspec.json.Decoder(kind), _depth(shapes.type_info(kind), (), raw=1) < JSON_DEPTH // 2


@cache
def _reader(kind: Any) -> tuple[msgspec.json.Decoder[Any], bool]:
    """What decodes a kind, which takes long to make for a union, and whether nothing loose fits it (`_depth`)."""
    return msgspec.json.Decoder(kind), _depth(shapes.type_info(kind), ()) < JSON_DEPTH


_PLAIN = (
    *(shapes.NoneType, shapes.BoolType, shapes.IntType, shapes.StrType, shapes.BytesType, shapes.DateType),
    *(shapes.DateTimeType, shapes.EnumType, shapes.LiteralType),
)
_LISTS = (shapes.ListType, shapes.VarTupleType, shapes.SetType, shapes.FrozenSetType)
_LOOSE = 2 * JSON_DEPTH


def _depth(shape: shapes.Type, outer: tuple[type, ...], raw: int = _LOOSE) -> int:
    """How deep values of a kind are nested; too deep where a fraction, or what is not looked into, may stand. raw: what
    is said of Raw."""
    parts: list[shapes.Type] = []
    match shape:
        case shapes.StructType(cls=cls, fields=fields):
            if cls in outer:
                return _LOOSE
            outer, parts = (*outer, cls), [field.type for field in fields]
        case shapes.UnionType(types=types):
            return max(_depth(one, outer, raw) for one in types)
        case shapes.DictType(key_type=key, value_type=value):
            parts = [key, value]
        case shapes.TupleType(item_types=items):
            parts = list(items)
        case shapes.RawType():
            return raw
        case _ if isinstance(shape, _LISTS):
            parts = [shape.item_type]
        case _ if not isinstance(shape, _PLAIN):
            return _LOOSE
    return 1 + max((_depth(part, outer, raw) for part in parts), default=0)


def _is_our_spelling(value: object, data: bytes) -> bool:
    """Whether these are the bytes we write for the value: then nothing stood in them twice."""
    try:
        return to_json(value) == data
    except (OverflowError, ValueError):  # an integer that is too long, half a character
        return False


def _refuse_loose_json(data: bytes, what: str) -> None:
    """What msgspec lets pass and I-JSON does not: a key twice, a float, deep nesting."""

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(items)
        if len(found) != len(items):
            raise Malformed(f"{what} has a key twice", hint="I-JSON (RFC 7493): each key once")
        return found

    def number(_: str) -> NoReturn:
        raise Malformed(f"{what} has a number with a fraction", hint="write amounts and ids as strings")

    try:
        value = json.loads(data, object_pairs_hook=pairs, parse_float=number, parse_constant=number)
    except (ValueError, RecursionError):
        raise Malformed(f"{what} is not JSON", hint="UTF-8 JSON was expected") from None
    level = [value]
    for _ in range(JSON_DEPTH):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise Malformed(f"{what} is nested too deep", hint=f"at most {JSON_DEPTH} levels")


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


_MISSING = re.compile(r"Object missing required field `([^`]+)`")


def _field_and_reason(error: Exception) -> tuple[str, str]:
    """msgspec writes 'reason - at `$.a.b`'; split it into 'a.b' and the reason. What is missing is itself the place."""
    reason, _, place = str(error).partition(" - at `")
    field = place.rstrip("`").removeprefix("$").removeprefix(".")
    if (missing := _MISSING.fullmatch(reason)) is not None:
        field = f"{field}.{missing[1]}".lstrip(".")
    return field, reason


def read_toml(data: bytes, kind: type[T], *, limit: int, what: str) -> T:
    """TOML bytes as a value of the Struct `kind`.

    Raises TooLarge, or Malformed with one Mistake for each thing wrong: field path and line, counted from 1.
    """
    check_size(data, limit, what)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _malformed(what, [Mistake("", "not UTF-8 text", line)]) from None
    if (found := _LONG_KEY.search(text)) is not None:
        line = text.count("\n", 0, found.start()) + 1
        raise _malformed(what, [Mistake("", f"words with {TOML_KEY_PARTS} dots or more between them", line)])
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _malformed(what, [_syntax_mistake(text, error)]) from None
    except RecursionError:
        raise _malformed(what, [Mistake("", "nested too deep", 1)]) from None
    except ValueError:  # tomllib lets Python's own refusal of a number with thousands of digits through
        raise _malformed(what, [Mistake("", "a number is too long", 1)]) from None
    wrong, most = _wrong_fields(values, kind, ()), max(1, LOCATING_LIMIT // max(1, len(text)))
    mistakes = [Mistake(_dotted(path), reason, _line_of(text, path)) for path, reason in wrong[:most]]
    if mistakes:
        mistakes.sort(key=lambda mistake: mistake.line)
        if len(wrong) > most:
            mistakes.append(Mistake("", f"{len(wrong) - most} more mistakes, not listed", mistakes[-1].line))
        raise _malformed(what, mistakes)
    return msgspec.convert(values, kind)


_Path = tuple[str | int, ...]


def _malformed(what: str, mistakes: list[Mistake]) -> Malformed:
    first = mistakes[0]
    more = f" (and {len(mistakes) - 1} more)" if len(mistakes) > 1 else ""
    named = f"{first.field}: {first.what}" if first.field else first.what
    return Malformed(
        named + more,
        where=f"{what}, line {first.line}" if first.line else what,
        hint="mend the lines named; nothing was taken from the file",
        mistakes=mistakes,
    )


def _syntax_mistake(text: str, error: tomllib.TOMLDecodeError) -> Mistake:
    """tomllib says '... (at line 3, column 7)' or '(at end of document)'."""
    reason, _, place = str(error).partition(" (at ")
    numbers = [int(word) for word in place.replace(",", " ").replace(")", " ").split() if word.isdigit()]
    return Mistake("", f"not TOML: {reason}", numbers[0] if numbers else text.count("\n") + 1)


def _wrong_fields(values: Any, kind: Any, path: _Path) -> list[tuple[_Path, str]]:
    """Every field that does not fit `kind`, walking into Structs so that one mistake does not hide the next."""
    struct = _struct_in(kind)
    if struct is None or not isinstance(values, dict):
        return _wrong_value(values, kind, path)
    found: list[tuple[_Path, str]] = []
    fields = {field.encode_name: field for field in msgspec.structs.fields(struct)}
    for key in values:
        if key not in fields:
            found.append(((*path, key), f"unknown field; known are {', '.join(sorted(fields))}"))
    for name, field in fields.items():
        if name in values:
            found += _wrong_fields_of_member(values[name], field.type, (*path, name))
        elif field.required:
            found.append(((*path, name), "missing"))
    return found or _wrong_value(values, kind, path)


def _wrong_fields_of_member(value: Any, kind: Any, path: _Path) -> list[tuple[_Path, str]]:
    members = getattr(kind, "__args__", ())
    if isinstance(value, list) and members and _struct_in(members[0]) is not None:
        return [fault for n, item in enumerate(value) for fault in _wrong_fields(item, members[0], (*path, n))]
    return _wrong_fields(value, kind, path)


def _struct_in(kind: Any) -> type[msgspec.Struct] | None:
    """The one Struct that `kind` is, or that it may be beside None."""
    options = [option for option in getattr(kind, "__args__", (kind,)) if option is not type(None)]
    if len(options) == 1 and isinstance(options[0], type) and issubclass(options[0], msgspec.Struct):
        return options[0]
    return None


def _wrong_value(value: Any, kind: Any, path: _Path) -> list[tuple[_Path, str]]:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        place, reason = _field_and_reason(error)
        return [((*path, *_parts(place)), reason)]
    return []


def _parts(place: str) -> _Path:
    """msgspec's 'a.b[2]' as ('a', 'b', 2)."""
    words = place.replace("[", ".[").split(".")
    return tuple(int(word[1:-1]) if word[1:-1].isdigit() else word for word in words if word)


def _dotted(path: _Path) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def find_line(text: str, field: str) -> int:
    """The line, from 1, where `field` (as a Mistake names it) is written in TOML text that is known to parse."""
    return _line_of(text, _parts(field))


def _line_of(text: str, path: _Path) -> int:
    """The line where the deepest part of `path` that exists is written, by marking it and writing the text again."""
    try:
        document = tomlkit.parse(text)
    except (tomlkit.exceptions.TOMLKitError, RecursionError):  # it has limits that tomllib does not
        return 1
    item: Any = document
    deepest: Item | None = None
    for part in path:
        if isinstance(item, Array):  # comments inside an array are not kept; its own line is near enough
            break
        try:
            item = item[part]
        except (KeyError, IndexError, TypeError):
            break
        if isinstance(item, Item) and not isinstance(item, InlineTable):
            deepest = item
    if deepest is None:
        return 1
    mark = "comity-mark-of-the-line"
    if isinstance(deepest, AoT):
        deepest = deepest[0]
    deepest.comment(mark)
    for number, line in enumerate(tomlkit.dumps(document).splitlines(), 1):
        if mark in line:
            if not isinstance(deepest, Table):
                return number - deepest.as_string().count("\n")
            return number
    return 1
