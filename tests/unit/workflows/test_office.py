"""One node as a value, and its directory read with every signature checked again."""

import pytest
from sqlalchemy import select, update

from comity.adapters.sql.tables import directory as table
from comity.base.errors import BadSignature, Malformed
from comity.workflows.office import directory
from tests.simulators.wire import flipped
from tests.simulators.world import PROVIDER, WITNESS, XA, XB, new_world


def test_a_node_belongs_to_the_state_its_name_begins_with() -> None:
    world = new_world()
    assert [node.office.state for node in world.nodes.values()] == ["XA", "XB", "XB", "XC"]


def test_everybody_knows_everybody_they_trust() -> None:
    world = new_world()
    for node in world.nodes.values():
        assert {node.entity(other).id for other in (XA, XB, PROVIDER, WITNESS)} == {XA, XB, PROVIDER, WITNESS}


def test_a_list_that_was_changed_in_the_database_is_not_believed() -> None:
    world = new_world()
    with world.xa.database.engine.begin() as connection:
        data = connection.execute(select(table.c.data).where(table.c.state == "XB")).scalar_one()
        place = data.index(b'"signature":"') + 20
        connection.execute(update(table).where(table.c.state == "XB").values(data=flipped(data, place)))
    with pytest.raises((BadSignature, Malformed)), world.xa.office.store.transaction() as tx:
        directory(tx)
