"""The whole story on PostgreSQL: a request there, preserved, granted, its evidence back; all rows on a server."""

from collections.abc import Iterator

import pytest

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
