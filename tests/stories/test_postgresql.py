"""The whole story on PostgreSQL: a request there, preserved, granted, its evidence back; all rows on a server."""

import re
from collections.abc import Iterator
from typing import Final

import pytest

from comity.adapters.sql.database import Database
from comity.adapters.sql.server import Server
from comity.workflows import order_provider, sequence_log
from comity.workflows.log_state import log_state
from tests.databases import move
from tests.postgresql import Postgres
from tests.simulators import story
from tests.simulators.packages import MemoryPackage
from tests.simulators.world import SmallWorld, new_world, preservation, production


@pytest.fixture
def world(postgresql: Postgres) -> Iterator[SmallWorld]:
    """The small world, each node on a database of its own."""
    found = new_world()
    made: dict[str, Server] = {node: postgresql.empty() for node in found.nodes}
    move(found, made)
    yield found
    for node in found.nodes.values():
        node.database.close()
    for one in made.values():
        postgresql.drop(one)


def test_a_request_its_answer_and_its_evidence_go_there_and_back(world: SmallWorld) -> None:
    ours, theirs = story.ask(world, preservation())
    story.order(world, theirs)
    world.settle()
    order_provider.confirm_preserved(world.provider.office, "lee", story.case_at(world, "provider", "preservation").id)
    world.settle()
    assert world.xa.history(ours.id)[-1] == "preserved"
    wanted, asked = story.ask(world, production(), follows=ours.id)
    story.grant(world, asked)
    world.settle()
    story.order(world, world.xb.case(asked.id))
    world.settle()
    at_provider = story.case_at(world, "provider", "stored_data")
    story.seal(world, at_provider)
    story.release_by_provider(world, at_provider)
    world.settle()
    story.accept_at_xb(world, asked)
    world.settle()
    story.release_by_xb(world, asked)
    world.settle()
    story.accept_at_xa(world, wanted)
    world.settle()
    out = MemoryPackage()
    story.examine(world, wanted, out)
    assert set(story.FILES.values()) <= set(out.files.values())
    assert not any(node.is_waiting() for node in world.nodes.values())
    world.publish()
    for node in world.nodes.values():
        assert log_state(node.office).alarms == ()
        standing = sequence_log.published(node.office)
        assert standing is not None and standing.size >= 8


def test_no_step_of_a_delivery_reads_a_whole_table_that_grows_with_each_message(world: SmallWorld) -> None:
    """A server makes its plan while a table is small, and keeps it: to read all of it looks cheapest then."""
    for _ in range(3):
        story.ask(world, preservation())
    for node in (world.xa, world.xb):
        plans = _plans(node.database)
        assert len(plans) > 10
        assert [plan for plan in plans if _GROWS.search(plan)] == []


_GROWS: Final = re.compile(r"Seq Scan on (case_event|channel|inbox|log_entry|log_key|outbox|receipt)\b")


def _plans(database: Database) -> list[str]:
    """How the server goes about what the writer's connection has prepared, whatever the values."""
    with database.transaction() as tx:
        run = tx.unit.exec_driver_sql
        prepared = run("SELECT name, statement, cardinality(parameter_types) FROM pg_prepared_statements").all()
        run("SET LOCAL plan_cache_mode = force_generic_plan")
        return [
            "\n".join([statement, *run(f"EXPLAIN EXECUTE {name}{_nulls(count)}").scalars()])
            for name, statement, count in prepared
            if statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH"))
        ]


def _nulls(count: int) -> str:
    return f"({', '.join(['NULL'] * count)})" if count else ""
