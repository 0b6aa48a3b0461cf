"""Expedited preservation, from each of its three sides."""

import pytest

from comity.base.errors import OutOfOrder
from comity.cases import events as e
from comity.cases.machine import advance
from comity.cases.procedures.preservation import PRESERVATION, State
from tests.simulators.case_files import case_in, played, sample


def test_the_requesting_state_drafts_approves_sends_and_is_told() -> None:
    assert played(e.Drafted).state is State.DRAFT
    assert played(e.Drafted, e.Approved).state is State.APPROVED
    assert played(e.Drafted, e.Approved, e.Sent).state is State.REQUESTED
    assert played(e.Drafted, e.Approved, e.Sent, e.Receipted, e.Preserved).state is State.PRESERVED


def test_the_requested_state_orders_and_passes_the_answer_on() -> None:
    assert played(e.Received, e.OrderIssued).state is State.ORDERED
    assert played(e.Received, e.OrderIssued, e.Receipted, e.Preserved, e.Answered).state is State.PRESERVED


def test_the_provider_preserves_or_objects() -> None:
    assert played(e.OrderReceived, e.Preserved).state is State.PRESERVED
    assert played(e.OrderReceived, e.Objected).state is State.OBJECTED


@pytest.mark.parametrize("kind", [e.OrderIssued, e.Preserved])
def test_missing_information_is_no_ground_to_wait(kind: type[e.CaseEvent]) -> None:
    """Article 42(6)."""
    assert advance(played(e.Received, e.InformationAsked), sample(kind)).state in (State.ORDERED, State.PRESERVED)


def test_an_objection_is_answered_with_another_order_or_a_refusal() -> None:
    objected = played(e.Received, e.OrderIssued, e.Objected)
    assert advance(objected, sample(e.OrderIssued)).state is State.ORDERED
    assert advance(objected, sample(e.Refused)).state is State.REFUSED


def test_data_are_held_once_the_request_for_assistance_came() -> None:
    """Article 42(8): pending the decision on that request."""
    held = played(e.Received, e.Preserved, e.AssistanceArrived)
    assert held.state is State.HELD
    assert advance(held, sample(e.Preserved)).state is State.HELD
    with pytest.raises(OutOfOrder):
        advance(held, sample(e.Lapsed))


def test_preservation_can_be_extended_and_lapses_only_once_it_stood() -> None:
    preserved = played(e.Received, e.Preserved)
    assert advance(preserved, sample(e.Preserved)).state is State.PRESERVED
    assert advance(preserved, sample(e.Lapsed)).state is State.LAPSED
    with pytest.raises(OutOfOrder):
        advance(played(e.Received), sample(e.Lapsed))


@pytest.mark.parametrize("kind", [e.Granted, e.EvidenceSealed, e.EvidenceReleased, e.EvidenceArrived])
def test_preservation_discloses_nothing_in_any_state(kind: type[e.CaseEvent]) -> None:
    for state in State:
        with pytest.raises(OutOfOrder):
            advance(case_in(state), sample(kind))


def test_what_was_preserved_cannot_be_refused_afterwards() -> None:
    with pytest.raises(OutOfOrder):
        advance(played(e.Received, e.Preserved), sample(e.Refused))


def test_it_can_be_withdrawn_until_it_has_ended() -> None:
    open_states = set(State) - PRESERVATION.ends - {State.LIFTED}
    assert all(advance(case_in(state), sample(e.Withdrawn)).state is State.WITHDRAWN for state in open_states)
    assert {State.REFUSED, State.WITHDRAWN, State.LAPSED, State.COPIES_RELEASED} == PRESERVATION.ends
