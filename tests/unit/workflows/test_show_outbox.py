"""The outbox as people see it: since when a peer has what it has not entered, and what it turned down and for which
field."""

import pytest
from sqlalchemy import delete

from comity.adapters.sql.tables_access import kept_receipt
from comity.exchange import document as documents
from comity.workflows import deliver_outbox
from comity.workflows.show_outbox import NOT_ENTERED, REJECTED_DAYS, TurnedDown, turned_down, waiting
from tests.simulators.forge import send_request_unchecked
from tests.simulators.story import approve, at, case_at, draft
from tests.simulators.world import XA, XB, SmallWorld, new_world, preservation, production

ALONE = documents.Actor("anna", "duty_officer")


@pytest.fixture
def stored() -> SmallWorld:
    """XB has the request of XA since a minute after it was made, and its worker does not open it."""
    world = new_world()
    approve(world, draft(world, preservation()))
    world.pass_seconds(60)
    assert deliver_outbox.deliver(world.xa.office).sent == 1
    return world


def test_what_the_peer_has_is_shown_with_since_when_and_later_with_what_to_do(stored: SmallWorld) -> None:
    came = stored.xb.clock.now()
    (found,) = waiting(stored.xa.office)
    assert (found.stored, found.is_stuck, found.reason, found.advice) == (came, False, "", "")
    stored.pass_days(2)
    deliver_outbox.ask_for_receipts(stored.xa.office, stored.xa.clock.now())
    (found,) = waiting(stored.xa.office)
    assert (found.stored, found.is_stuck, found.reason) == (came, True, NOT_ENTERED)
    assert "has not entered it" in found.advice


def test_what_was_stored_before_receipts_were_kept_is_shown_since_it_was_made(stored: SmallWorld) -> None:
    with stored.xa.database.engine.begin() as connection:
        connection.execute(delete(kept_receipt))
    (found,) = waiting(stored.xa.office)
    assert found.stored == found.since


def test_what_is_still_to_be_brought_is_not_said_to_be_there() -> None:
    world = at("new")
    world.wire.down.add(world.xb.host)
    approve(world, draft(world, production()))
    world.round(XA)
    (found,) = waiting(world.xa.office)
    assert (found.stored, found.reason) == (None, "unavailable")


@pytest.mark.parametrize("opens", [False, True], ids=["in steps", "at once"])
def test_what_was_turned_down_is_shown_with_the_field_at_fault(opens: bool) -> None:
    world = new_world()
    world.opens = opens
    world.joined()
    send_request_unchecked(world, draft(world, preservation()), actor=ALONE)
    made = world.xa.clock.now()
    world.settle()
    case = case_at(world, "xa", "preservation")
    assert case.trouble == "not-allowed:actor.approved_by"
    (message,) = world.xa.outbox()
    (found,) = turned_down(world.xa.office)
    assert found == TurnedDown(
        message.id, XB, message.kind, case.id, made, world.xb.clock.now(), "not-allowed", "actor.approved_by"
    )
    assert found.title == "this sender may not send this"
    assert found.advice == "the sending authority acts; what may be sent again: nothing until a person has looked"
    assert waiting(world.xa.office) == ()
    world.pass_days(REJECTED_DAYS)
    assert turned_down(world.xa.office) == (found,)
    world.pass_seconds(1)
    assert turned_down(world.xa.office) == ()


def test_a_code_of_a_later_version_is_shown_as_it_stands() -> None:
    world = new_world()
    now = world.xa.clock.now()
    found = TurnedDown("m", XB, "ask", "c", now, now, "of-later", "")
    assert (found.title, found.advice) == ("of-later", "nothing until a person has looked")
