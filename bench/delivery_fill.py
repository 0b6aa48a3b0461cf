"""Fill a node's database as if it had exchanged so many cases: rows copied from real ones, by the database itself.

Keys, states, times and indices are as they would be; of what is only ever read by its key (events, ciphertexts,
documents) each copy keeps the first bytes, or a million cases would take a day to write and 25 GB. Nothing is counted
for the planner (ANALYZE): a node never does.
"""

import sqlite3
from pathlib import Path
from typing import Final

from comity.adapters.sql.database import open_database

_KEPT: Final = 48
_ID: Final = "printf('00000000-0000-7000-8000-%012x', {n})"
_DRAWN: Final = "substr(lower(hex(randomblob(16))), 1, 22)"
_WHOLE: Final = ("head", "key", "header", "row")
_COPIED: Final = {
    "case_event": ("case_id",),
    "channel": ("case_id",),
    "case_index": ("case_id",),
    "outbox": ("id", "case_id"),
    "inbox": ("id", "case_id"),
    "receipt": ("message_id",),
    "kept_receipt": ("message_id",),
    "log_key": ("scope",),
}
"""The tables that grow with cases, and their columns that name one: each copy has its own."""


def fill(folder: Path, cases: int, kept: int = _KEPT) -> None:
    """Until so many cases are in the database of a node that does not run; of its rows those of one case are copied.

    kept: how many bytes of what is only read by its key.
    """
    connection = sqlite3.connect(folder / "comity.db", isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")  # while nothing of value is written
    connection.execute("PRAGMA cache_size=-400000")
    (there,) = connection.execute("SELECT count(DISTINCT case_id) FROM case_event").fetchone()
    (model,) = connection.execute("SELECT case_id FROM case_event ORDER BY row LIMIT 1").fetchone()
    connection.execute("BEGIN")
    connection.execute("CREATE TEMP TABLE n (n INTEGER PRIMARY KEY)")
    connection.execute(
        "WITH RECURSIVE c(n) AS (SELECT ? UNION ALL SELECT n + 1 FROM c WHERE n + 1 < ?) INSERT INTO n SELECT n FROM c",
        (there, max(there + 1, cases)),
    )
    for table, names in _COPIED.items():
        _copy(connection, table, names, model, kept)
    (size,) = connection.execute("SELECT max(idx) + 1 FROM log_entry").fetchone()
    connection.execute(
        "INSERT INTO log_entry SELECT ? + (n.n - ?) * 3 + k.k, e.entry, "
        + _ID.format(n="n.n")
        + ", k.k + 1, x'', x'', e.stat_salt, e.body_salt FROM n, (SELECT 0 k UNION SELECT 1 UNION SELECT 2) k,"
        " (SELECT * FROM log_entry WHERE case_id = ? ORDER BY idx LIMIT 1) e",
        (size, there, model),
    )
    connection.execute("COMMIT")
    connection.close()
    database = open_database(folder / "comity.db")
    with database.transaction() as tx:
        tx.log.rebuild()
    database.close()


def _copy(connection: sqlite3.Connection, table: str, names: tuple[str, ...], model: str, kept: int) -> None:
    key = "number" if table == "receipt" else "row"
    columns = [(name, kind) for _, name, kind, *_ in connection.execute(f"PRAGMA table_info({table})") if name != key]
    made = ", ".join(_value(table, name, kind, names, kept) for name, kind in columns)
    listed = ", ".join(f'"{name}"' for name, _ in columns)
    where = {
        "kept_receipt": "message_id IN (SELECT id FROM outbox WHERE case_id = :case)",
        "receipt": "message_id IN (SELECT id FROM inbox WHERE case_id = :case)",
        "log_key": "scope = 'case:' || :case",
    }.get(table, "case_id = :case")
    source = f"(SELECT * FROM {table} WHERE {where})"
    connection.execute(f"INSERT INTO {table} ({listed}) SELECT {made} FROM n, {source} t", {"case": model})


def _value(table: str, name: str, kind: str, names: tuple[str, ...], kept: int) -> str:
    match table, name:
        case "log_key", "scope":
            return "'case:' || " + _ID.format(n="n.n")
        case "channel", "id":
            return _DRAWN
        case "case_index", "their_case":
            return f"iif(t.their_case = '', '', {_ID.format(n='n.n')})"
        case _ if name in names:
            return _ID.format(n="n.n")
    return f'substr(t."{name}", 1, {kept})' if kind == "BLOB" and name not in _WHOLE else f't."{name}"'
