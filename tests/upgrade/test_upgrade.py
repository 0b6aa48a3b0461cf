"""Nodes that the previous release made and used go on under this one: migrated, verified, and still exchanging."""

import sqlite3
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from comity.adapters.log_sources import open_copy
from comity.adapters.sql.database import open_database
from comity.adapters.sql.migrate import migrate
from comity.adapters.sql.server import Server
from comity.adapters.sql.tables import REVISION
from comity.base.errors import Unavailable
from comity.base.instants import Instant
from comity.cases import events
from comity.cases.case import Case
from comity.crypto import merkle
from comity.exchange.directory import OF_NODES
from comity.node.app import make_app
from comity.transparency.recomputed import audit
from comity.wiring import Node, open_node
from comity.workflows import (
    ask_information,
    deliver_outbox,
    prove_entry,
    read_cases,
    receive_envelope,
    repair_log,
    sequence_log,
)
from comity.workflows.log_keys import own_keys
from tests.databases import copy_into
from tests.postgresql import Postgres
from tests.simulators.fakes import FakeClock
from tests.simulators.wire import Wire

MADE = Path(__file__).parent / "nodes-0001.tar.xz"
PASSPHRASE = b"correct horse battery staple"
NAMES = ("xa", "xb", "xc")
LATER = Instant.parse("2026-11-22T11:00:00Z")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The three nodes as the previous release left them."""
    with tarfile.open(MADE) as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path


def old_entries(database: Path) -> list[bytes]:
    connection = sqlite3.connect(database)
    found = [entry for (entry,) in connection.execute("SELECT entry FROM log_entry ORDER BY idx")]
    connection.close()
    return found


@pytest.fixture(params=["file", "postgresql"])
def upgraded(request: pytest.FixtureRequest, folder: Path) -> Iterator[dict[str, Node]]:
    """The three under this release: each migrated; on PostgreSQL, what is in the file then moved to a server."""
    wire, clock = Wire(), FakeClock(LATER)
    nodes: dict[str, Node] = {}
    made: list[Server] = []
    for name in NAMES:
        assert migrate(folder / name / "comity.db") == REVISION
        opened = open_node(folder / name / "comity.toml", PASSPHRASE, unlock=OF_NODES)  # as comity serve does
        office = replace(opened.office, courier=wire, clock=clock)
        if request.param == "postgresql":
            server: Postgres = request.getfixturevalue("postgresql")
            made.append(server.empty())
            database = copy_into(opened.database, made[-1])
            opened.database.close()
            opened = replace(opened, database=database)
            office = replace(office, store=database)
        nodes[name] = replace(opened, office=office)
        wire.apps[f"{name}.example"] = make_app(office, f"https://{name}.example", lambda: None)
    yield nodes
    for node in nodes.values():
        node.close()
    for one in made:
        request.getfixturevalue("postgresql").drop(one)


def settle(nodes: dict[str, Node]) -> None:
    for _ in range(10):
        for node in nodes.values():
            receive_envelope.open_waiting(node.office)
            deliver_outbox.deliver(node.office)
            deliver_outbox.deliver_receipts(node.office)


def cases(node: Node) -> tuple[Case, ...]:
    return read_cases.all_cases(node.office)


def test_a_database_of_the_previous_release_is_refused_until_it_is_migrated(folder: Path) -> None:
    with pytest.raises(Unavailable, match="at step 0001") as refused:
        open_database(folder / "xa" / "comity.db")
    assert "comity migrate" in refused.value.hint


def test_cases_and_messages_are_read_and_a_request_goes_on(upgraded: dict[str, Node]) -> None:
    xa, xb = upgraded["xa"], upgraded["xb"]
    assert sorted(one.position for one in cases(xa)) == ["requesting"] * 4
    assert [one.position for one in cases(xb)] == ["requested", "requested"]
    settle(upgraded)  # what the previous release queued is sent now, and taken
    assert len(cases(xb)) == 3
    for theirs in cases(xb):
        missing = ("the invoice of the account",)
        ask_information.ask(xb.office, "olga", theirs.id, missing=missing, text="The holder cannot be told apart.")
    settle(upgraded)
    with xa.office.store.transaction() as tx:
        assert not tx.outbox.open_ids()
        last = [tx.cases.events(case)[-1][0] for case in tx.cases.ids()]
    assert sorted(events.tag_of(events.read(one)) for one in last) == [
        "drafted",
        "information_asked",
        "information_asked",
        "information_asked",
    ]


def test_the_log_still_verifies_grows_from_where_it_was_and_is_cosigned(
    upgraded: dict[str, Node], folder: Path
) -> None:
    xa = upgraded["xa"]
    repair_log.repair(xa.office)
    before = sequence_log.published(xa.office)
    assert before is not None and before.size > 256
    with xa.office.store.transaction() as tx:
        assert tx.log.root() is not None
        entries = tx.log.entries(0, before.size)
        assert merkle.root([merkle.leaf_hash(one) for one in entries]) == before.root
        assert len(tx.log.hashes(1, 0, 9)) == 32  # the hashes that the previous release did not keep
        keys = [one.key for one in own_keys(xa.office, tx)]
    (first, *_) = cases(xa)
    with xa.office.store.transaction() as tx:
        leaf = tx.log.of_case(first.id)[0]
    after = sequence_log.publish(xa.office)
    assert after.size > before.size
    assert prove_entry.prove(xa.office, leaf.index, with_opening=True)[1]
    found = audit(open_copy(folder / "xa" / "log"), keys[0], lambda _: ())
    assert found.faults == ()
    assert found.standing.checkpoint.size == after.size


def test_a_second_migration_changes_nothing(folder: Path) -> None:
    path = folder / "xa" / "comity.db"
    before = old_entries(path)
    migrate(path)
    migrate(path)
    assert old_entries(path) == before
