"""The code in a receipt's row, and behind it the field at fault where that is known: `invalid-field:body.until`.

Only a name goes out, never what stands in the field; and only a name that is the format's own, so that nothing of a
message, of a file or of this machine is ever told with it. Who reads nothing but codes takes the whole for a code that
it does not know, and shows it. docs/formats/envelope.md, section 4
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Final

import msgspec
import msgspec.inspect as shapes

from comity.base.errors import ComityError
from comity.exchange.document import Document
from comity.exchange.envelope import Header
from comity.exchange.message import KINDS
from comity.exchange.problems import problem_of

CODE_MOST: Final = 40
FIELD_MOST: Final = 80
_NAME: Final = r"[a-z][a-z0-9_]*(?:\[[0-9]{1,4}\])?"
_FIELD: Final = rf"{_NAME}(?:\.{_NAME})*"
_PATTERN: Final = rf"^(?:[a-z][a-z0-9-]{{0,{CODE_MOST - 1}}}(?::(?=.{{1,{FIELD_MOST}}}\Z){_FIELD})?)?\Z"
ReceiptCode = Annotated[str, msgspec.Meta(pattern=_PATTERN, max_length=CODE_MOST + 1 + FIELD_MOST)]
"""Empty, a code, or a code with a colon and the name of a field."""
_PATH: Final = re.compile(_FIELD)
_PLACE: Final = re.compile(r"\[[0-9]+\]")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a message: the problem's code, and the field at fault, '' where none is known."""

    code: str
    field: str = ""

    def __str__(self) -> str:
        """As it stands in a row."""
        return f"{self.code}:{self.field}" if self.field else self.code


def read_fault(text: str) -> Fault:
    """What a row's code says."""
    code, _, field = text.partition(":")
    return Fault(code, field)


def fault_of(error: ComityError) -> Fault:
    """What the sender is told of an error: its problem, and where it is if that is a field of the format."""
    return Fault(problem_of(error)[0], _field_in(error.where))


def _field_in(where: str) -> str:
    """`where`, if it is a path of names that the format has itself; else ''."""
    if len(where) > FIELD_MOST or not _PATH.fullmatch(where):
        return ""
    return where if all(name in _names() for name in _PLACE.sub("", where).split(".")) else ""


@cache
def _names() -> frozenset[str]:
    """The name of every field of a header, a document and a body, however deep."""
    kinds = (Header, Document, *{kind.body for kind in KINDS.values()})
    return frozenset({"header"}).union(*(_names_in(shapes.type_info(kind), ()) for kind in kinds))


def _names_in(shape: shapes.Type, outer: tuple[type, ...]) -> frozenset[str]:
    match shape:
        case shapes.StructType(cls=cls, fields=fields) if cls not in outer:
            inner = (_names_in(field.type, (*outer, cls)) for field in fields)
            return frozenset(field.encode_name for field in fields).union(*inner)
        case shapes.UnionType(types=types):
            return frozenset[str]().union(*(_names_in(one, outer) for one in types))
        case shapes.ListType(item_type=item) | shapes.VarTupleType(item_type=item):
            return _names_in(item, outer)
        case _:
            return frozenset()
