"""The same page as data: JSON, and CSV for a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from starlette.responses import Response

from comity.base.encoding import to_json
from comity.base.errors import ComityError

OPEN_TO_ALL: Final = {"access-control-allow-origin": "*", "cache-control": "public, max-age=300"}
"""For what anybody may read, a script on another site too."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def as_json(document: object, *, is_public: bool = False) -> Response:
    return Response(to_json(document), media_type="application/json", headers=OPEN_TO_ALL if is_public else None)


def as_problem(error: ComityError) -> Response:
    """What was wrong with the question, as a problem document (RFC 9457)."""
    document = {"type": "about:blank", "title": error.what, "status": 400, "code": error.code, "field": error.where}
    return Response(to_json({**document, "hint": error.hint}), 400, media_type="application/problem+json")


def as_csv(
    name: str, columns: Sequence[str], rows: Iterable[Mapping[str, object]], *, is_public: bool = False
) -> Response:
    """Rows as a file `name`."""
    headers = {"content-disposition": f'attachment; filename="{name}"', **(OPEN_TO_ALL if is_public else {})}
    return Response(csv_of(columns, rows), media_type="text/csv; charset=utf-8", headers=headers)


def csv_of(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> bytes:
    """Rows, RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe before it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(column, "")) for column in columns])
    return text.getvalue().encode("utf-8")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        value = "; ".join(str(one) for one in value)
    text = str(value)
    return f"'{text}" if not isinstance(value, int) and text.startswith(_FORMULA) else text
