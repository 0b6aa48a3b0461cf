"""Statements straight at SQLite's driver."""

import sqlite3
from collections.abc import Collection, Sequence
from typing import Any

from comity.adapters.sql.unit import Read, Row, Write


class SqliteLane:
    is_near = True

    def __init__(self, driver: sqlite3.Connection) -> None:
        self._driver = driver

    @property
    def is_lost(self) -> bool:
        return False

    def begin(self) -> bool:
        self._driver.execute("BEGIN IMMEDIATE")
        return True

    def read(self, reads: Sequence[tuple[Read, dict[str, Any]]]) -> list[list[Row]]:
        return [self._driver.execute(*read.marked(values)).fetchall() for read, values in reads]

    def write(
        self, before: Sequence[str], writes: Collection[tuple[Write, Sequence[Row]]], after: Sequence[str]
    ) -> None:
        driver = self._driver
        for statement in before:
            driver.execute(statement)
        for write, rows in writes:
            try:
                if len(rows) == 1:
                    driver.execute(write.marked, rows[0])
                else:
                    driver.executemany(write.marked, rows)
            except sqlite3.IntegrityError:
                if write.refused[0]:
                    raise write.conflict() from None
                raise
        for statement in after:
            driver.execute(statement)
