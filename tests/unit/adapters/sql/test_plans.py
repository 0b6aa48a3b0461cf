"""What a message's way through two nodes asks of their databases is found by an index, however much is stored."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import insert

from comity.adapters.sql.tables import inbox, outbox, receipt
from comity.workflows import deliver_outbox, receive_envelope
from tests.simulators.story import approve, ask, draft
from tests.simulators.world import XA, XB, Node, SmallWorld, new_world, preservation

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


def reads_all_of_a_peer(plans: dict[str, str]) -> bool:
    """Whether what waits is looked for among all that the peer ever sent."""
    of_peer = re.compile(r"SEARCH (inbox|outbox|receipt) USING INDEX \w+ \((sender|peer)=\?\)")
    return any(of_peer.search(plan) for plan in plans.values())


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
    assert not reads_all_of_a_peer(ours)
    assert not reads_all_of_a_peer(theirs)


def test_nor_once_somebody_had_the_database_count_what_is_stored(world: SmallWorld) -> None:
    """SQLite then takes the few that wait for as many as those that are done."""
    for node in (world.xa, world.xb):
        _fill(node)
    case = draft(world, preservation())
    with asked_of(world.xa) as ours, asked_of(world.xb) as theirs:
        approve(world, case)
        _rounds(world)
    for plans in (ours, theirs):
        assert walks(plans) == []
        assert not reads_all_of_a_peer(plans)
        assert not any("PRIMARY KEY (rowid>?)" in plan for plan in plans.values()), "all rows, by their numbers"


def _rounds(world: SmallWorld) -> None:
    for node in (world.xa, world.xb, world.xa, world.xb):
        deliver_outbox.take_over(node.office)
        with node.office.store.transaction() as tx:
            tx.work.waiting(node.clock.now())
            tx.work.backlog(node.clock.now())
        world.round(node.id)


def _fill(node: Node) -> None:
    """Two thousand messages each way that are done with, and the statistics that ANALYZE makes of them."""
    numbers = range(2_000)
    mail = {"header": b"", "ct": b"", "document": b"", "priority": 0, "code": "", "lease_until": 0}
    sent = {**mail, "peer": XB, "kind": "grant", "package": "", "expires": 0, "queued": 0, "attempts": 0}
    sent |= {"state": "delivered", "next_attempt": 0}
    came = {**mail, "sender": XA, "at": 0, "state": "delivered", "doc_sha256": ""}
    row = {"peer": XA, "row": b"", "done": 1, "next_attempt": 0, "lease_until": 0}
    with node.database.engine.begin() as connection:
        connection.execute(insert(outbox), [{**sent, "id": f"sent-{n}", "case_id": f"{n}"} for n in numbers])
        connection.execute(insert(inbox), [{**came, "id": f"came-{n}", "case_id": f"{n}"} for n in numbers])
        connection.execute(insert(receipt), [{**row, "message_id": f"came-{n}"} for n in numbers])
        connection.exec_driver_sql("ANALYZE")


def test_nor_does_what_is_looked_up_of_one_case(world: SmallWorld) -> None:
    case, _ = ask(world, preservation())
    for node, peer in ((world.xa, XB), (world.xb, XA)):
        with asked_of(node) as plans, node.office.store.transaction() as tx:
            tx.outbox.of_channel(peer, "none")
            list(tx.inbox.opened_in(peer, "none"))
            tx.log.of_case(case.id)
            tx.proofs.owed(node.clock.now(), "no-proof", 8)
            tx.erasures.erase("none")
        assert set(walks(plans)) <= {"log_missing"}, "what was stated as missing is little"
