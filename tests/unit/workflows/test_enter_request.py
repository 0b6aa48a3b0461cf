"""A request that came: of our own two States and of its measure, assessed here too; what it lacks is asked for."""

import msgspec
import pytest

from comity.cases import events
from comity.exchange import document as documents
from comity.exchange.directory import Use
from comity.exchange.message import RequestBody
from comity.treaty.request import Request
from tests.simulators.forge import Forged, facts, next_in_channel, outcome, send_request_unchecked
from tests.simulators.story import ask, at, case_at, draft
from tests.simulators.world import XB, new_world, preservation, production, without_statement


@pytest.mark.parametrize(
    "request_",
    [
        msgspec.structs.replace(preservation(), requesting="XC"),
        msgspec.structs.replace(preservation(), requested="XC"),
        msgspec.structs.replace(preservation(), requesting="XB", requested="XA"),
        production(),
    ],
)
def test_a_request_of_other_states_or_for_another_measure_than_its_message_begins_nothing(request_: Request) -> None:
    world = new_world()
    before = facts(world.xb)
    assert outcome(world, Forged(body=RequestBody(request=request_)).make(world)) == "invalid-field"
    assert facts(world.xb) == before


def test_a_supplement_cannot_change_whose_request_it_is() -> None:
    world = new_world()
    ours = send_request_unchecked(world, draft(world, without_statement()))
    world.settle()
    theirs = world.xb.case_of(ours.id)
    place = next_in_channel(world.xa, ours.id, XB)
    foreign = msgspec.structs.replace(preservation(), requesting="XC")
    assert outcome(world, Forged(body=RequestBody(request=foreign), document=place).make(world)) == "invalid-field"
    assert world.xb.case(theirs.id).request == without_statement()


def test_a_request_is_assessed_by_the_requested_state_itself() -> None:
    world = new_world()
    ours = send_request_unchecked(world, draft(world, without_statement()))
    world.settle()
    (received,) = [one for one in world.xb.events(world.xb.case_of(ours.id).id) if isinstance(one, events.Received)]
    assert "preservation.assistance_follows" in received.findings


def test_what_goes_out_by_itself_says_that_nobody_decided_it() -> None:
    world = new_world()
    send_request_unchecked(world, draft(world, without_statement()))
    world.settle()
    (message,) = world.xb.outbox()
    signed = documents.verify(message.document, world.xb.keys.signer(Use.AUTHORITY).public)
    assert (signed.document.kind, signed.document.actor.id) == ("ask", "automatic")


def test_preservation_that_another_case_speaks_of_is_left_as_it_is() -> None:
    world = at("preserved")
    ask(world, production(), follows="")
    assert case_at(world, "xb", "preservation").state == "preserved"
