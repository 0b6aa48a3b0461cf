"""What a message's way through two nodes asks of their databases is found by an index, however much is stored."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from comity.workflows import deliver_outbox, receive_envelope
from tests.simulators.story import approve, draft
from tests.simulators.world import Node, SmallWorld, new_world, preservation

SMALL = {
    "peer_line",
    "peer_credit",
    "peer_suspended",
    "directory",
    "log_edge",
    "log_signed",
    "turn",
    "writer",
    "webhook",
    "CONSTANT",
    "place",
}
"""One row, or one a peer: to walk through them all is no loss."""


@contextmanager
def asked_of(node: Node) -> Iterator[dict[str, str]]:
    """Each statement by its text, and how SQLite goes about it."""
    plans: dict[str, str] = {}
    with node.database.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
    seen: list[str] = []
    driver.set_trace_callback(seen.append)
    try:
        yield plans
    finally:
        driver.set_trace_callback(None)
        for statement in set(seen):
            if statement.split(" ", 1)[0] in ("SELECT", "UPDATE", "INSERT", "WITH", "DELETE"):
                plans[statement] = _plan(driver, statement)


def _plan(driver: sqlite3.Connection, statement: str) -> str:
    return "; ".join(str(row[3]) for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}"))


def walks(plans: dict[str, str]) -> list[str]:
    """The tables that a statement walks through from end to end, but for the small ones."""
    found = (re.findall(r"SCAN (\w+)", plan) for plan in plans.values())
    return sorted({table for tables in found for table in tables if table not in SMALL})


@pytest.fixture
def world() -> SmallWorld:
    return new_world()


def test_a_walk_through_a_table_is_seen(world: SmallWorld) -> None:
    with asked_of(world.xa) as plans, world.xa.office.store.transaction() as tx:
        list(tx.log.statements(0))
        tx.cases.ids()
    assert walks(plans) == ["case_event"]


def test_no_step_of_a_delivery_walks_through_a_table(world: SmallWorld) -> None:
    case = draft(world, preservation())
    with asked_of(world.xa) as ours, asked_of(world.xb) as theirs:
        approve(world, case)
        deliver_outbox.deliver(world.xa.office)
        receive_envelope.open_waiting(world.xb.office)
        deliver_outbox.deliver_receipts(world.xb.office)
    assert len(ours) > 10
    assert len(theirs) > 10
    assert walks(ours) == []
    assert walks(theirs) == []
