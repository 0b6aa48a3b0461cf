"""The same figures as data: CSV and JSON of every table, and the dictionary of what each field and class means.

data/<period>/<by>.csv, .json      a table; <by> is peer, or a dimension
data/periods.csv, .json            requests by period
data/dictionary.csv, .json         every class: its name in each language, what it counts, who can check it
data/index.json                    which tables there are
"""

from collections.abc import Iterator, Sequence
from typing import Final

from comity.base.encoding import to_json
from comity.oversight import classes as c
from comity.oversight.release import COLUMNS
from comity.web import marks
from comity.web.catalogues import words_of
from comity.web.languages import LANGUAGES
from comity.web.public_site.published import Published
from comity.web.public_site.tables import TOTAL, Row, Table
from comity.web.statistics_words import BASES, DIMENSIONS, MEANINGS, class_word
from comity.web.twins import csv_of

TABLE_COLUMNS: Final = (*COLUMNS[:6], "name", *COLUMNS[6:])
"""As in the release's own CSV, with the class's English name."""
FIELDS: Final = ("by", "class", "name", "meaning", "counted", "checked_by")
WHY_WITHHELD: Final = (
    "A figure from 1 to 4 is withheld, as is one behind which fewer than three countries stand, "
    "and any other from which one of these could be had by subtraction."
)


def path_of_table(table: Table, ending: str) -> str:
    return f"data/{table.period}/{table.by}.{ending}" if table.period else f"data/{table.by}.{ending}"


def table_json(table: Table, published: Published) -> bytes:
    """Counts are numbers; one that is withheld is null."""
    shared = {"v": 1, "node": published.node, "mode": published.mode, "stamp": published.mode.stamp}
    about = {"period": table.period, "by": table.by, "title": table.title, "counted": table.counted}
    checked = {"shared": table.shared, "why_withheld": WHY_WITHHELD}
    rows = [_row(table, row) for row in table.rows]
    total = _row(table, table.total) if table.total else None
    return to_json({**shared, **about, **checked, "rows": rows, TOTAL: total})


def _row(table: Table, row: Row) -> dict[str, object]:
    return {"class": row.name, "name": _name(table, row), **row.counts}


def _name(table: Table, row: Row) -> str:
    return "All" if row is table.total else table.word(row)


def table_csv(table: Table, published: Published) -> bytes:
    return csv_of(TABLE_COLUMNS, _lines(table, published))


def _lines(table: Table, published: Published) -> Iterator[dict[str, object]]:
    for row in table.all_rows:
        for direction, count in row.counts.items():
            yield {
                "period": table.period or row.name,
                "mode": str(published.mode),
                "direction": direction,
                "counted": table.counted,
                "by": table.by,
                "class": row.name,
                "name": _name(table, row),
                "count": count,
                "withheld": count is None,
            }


def index_json(tables: Sequence[Table], published: Published) -> bytes:
    listed = [
        {
            "period": one.period,
            "by": one.by,
            "title": one.title,
            "csv": path_of_table(one, "csv"),
            "json": path_of_table(one, "json"),
        }
        for one in tables
    ]
    return to_json({"v": 1, "node": published.node, "mode": published.mode, "tables": listed})


def dictionary() -> Iterator[dict[str, str]]:
    """One row for each dimension, its `class` empty, then one for each of its classes. English."""
    for one in c.dimensions():
        checked = "anyone" if one.shared else "auditor"
        shared = {"by": one.name, "counted": one.base, "checked_by": checked}
        yield {**shared, "class": "", "name": DIMENSIONS[one.name], "meaning": MEANINGS[one.name]}
        for name in one.classes:
            yield {**shared, "class": name, "name": class_word(one.name, name), "meaning": ""}


def dictionary_csv() -> bytes:
    return csv_of(FIELDS, dictionary())


def dictionary_json() -> bytes:
    """`names`: by language; a language that has no translation yet is left out."""
    rows = [{**one, "names": _names(one["name"])} for one in dictionary()]
    columns = {"direction": "sent by this authority, or received", "count": "empty where it is withheld"}
    return to_json({"v": 1, "columns": columns, "counted": BASES, "classes": rows, "withheld": WHY_WITHHELD})


def _names(said: str) -> dict[str, str]:
    found = {code: words_of(one).text(said) for code, one in LANGUAGES.items()}
    return {code: text for code, text in found.items() if text == marks.unmarked(text)}
