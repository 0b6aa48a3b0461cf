"""A case of ours that cannot be read: nobody else is blamed, nothing else stops, and an alarm says so."""

import pytest
from sqlalchemy import delete, insert, select

from comity.adapters.sql.tables import case_event
from comity.exchange.receipt import Status
from comity.workflows import receive_envelope, watch_deadlines
from comity.workflows.sound_alarm import BROKEN
from comity.workflows.stores import OutboxState
from comity.workflows.withdraw_request import withdraw
from tests.simulators.story import ask, at, case_at
from tests.simulators.world import XA, Node, SmallWorld, preservation


def lose_case(node: Node, case_id: str) -> list[dict[str, object]]:
    """The rows of a case, which are gone now."""
    with node.database.engine.begin() as connection:
        rows = [dict(row) for row in connection.execute(select(case_event)).mappings() if row["case_id"] == case_id]
        connection.execute(delete(case_event).where(case_event.c.case_id == case_id))
    return rows


def alarms(node: Node) -> list[str]:
    with node.office.store.transaction() as tx:
        return [one.what for one in tx.alarms.all() if one.kind == BROKEN]


@pytest.fixture
def world() -> SmallWorld:
    return at("preserved").copy()


def test_a_message_for_a_case_that_is_lost_waits_until_it_is_restored_and_is_no_fault_of_its_sender(
    world: SmallWorld,
) -> None:
    theirs = case_at(world, "xb", "preservation")
    rows = lose_case(world.xb, theirs.id)
    withdraw(world.xa.office, "anna", case_at(world, "xa", "preservation").id, reasons="The suspect confessed.")
    world.settle()
    sent = world.xa.outbox()[-1]
    assert (sent.kind, sent.state) == ("withdraw", OutboxState.STORED)
    with world.xb.office.store.transaction() as tx:
        came = tx.inbox.get(XA, sent.id)
    assert came is not None
    assert (came.state, came.code) == (Status.STORED, "internal")
    assert alarms(world.xb) == [f"case {theirs.id} cannot be read: restore the database"]
    with world.xb.database.engine.begin() as connection:
        connection.execute(insert(case_event), rows)
    receive_envelope.take_up_again(world.xb.office)
    world.settle()
    assert case_at(world, "xb", "preservation").state == "withdrawn"
    assert world.xa.outbox()[-1].state == OutboxState.DELIVERED


def test_what_ran_out_in_other_cases_ends_although_one_cannot_be_read(world: SmallWorld) -> None:
    lost = case_at(world, "xb", "preservation")
    world.pass_seconds(1)
    _, other = ask(world, preservation())
    assert lost.id < other.id  # it is come to first
    lose_case(world.xb, lost.id)
    world.pass_days(400)
    assert watch_deadlines.end_what_ran_out(world.xb.office) == 1
    assert world.xb.case(other.id).secrecy_ended
    assert alarms(world.xb) == [f"case {lost.id} cannot be read: restore the database"]
