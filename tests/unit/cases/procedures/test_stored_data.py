"""Production of stored data, from each of its three sides."""

import msgspec
import pytest
from msgspec.structs import replace

from comity.base.errors import OutOfOrder
from comity.cases import events as e
from comity.cases.case import Case, Position
from comity.cases.machine import advance, allowed
from comity.cases.procedures.stored_data import STORED_DATA, State
from tests.simulators.case_files import PEER, case_in, played, sample


def play(*kinds: type[e.CaseEvent]) -> Case:
    return played(*kinds, procedure="stored_data")


def test_the_requesting_state_asks_is_granted_and_accepts_what_arrives() -> None:
    sent = (e.Drafted, e.Approved, e.Sent)
    assert play(*sent).state is State.REQUESTED
    assert play(*sent, e.Granted, e.EvidenceArrived).state is State.ARRIVED
    assert play(*sent, e.Granted, e.EvidenceArrived, e.EvidenceAccepted, e.EvidenceExamined).state is State.ACCEPTED


def test_the_requested_state_orders_accepts_and_hands_on() -> None:
    got = (e.Received, e.Granted, e.OrderIssued, e.EvidenceArrived, e.EvidenceAccepted)
    assert play(*got).state is State.ACCEPTED
    assert play(*got, e.EvidenceReleased).state is State.RELEASED
    assert play(*got, e.EvidenceReleased, e.EvidenceAccepted).state is State.PRODUCED


def test_the_provider_seals_and_releases() -> None:
    assert play(e.OrderReceived, e.EvidenceSealed).state is State.SEALED
    assert play(e.OrderReceived, e.EvidenceSealed, e.EvidenceReleased).state is State.RELEASED
    done = play(e.OrderReceived, e.EvidenceSealed, e.EvidenceReleased, e.EvidenceAccepted)
    assert done.state is State.PRODUCED


def test_no_provider_is_ordered_before_assistance_is_granted() -> None:
    for state in (State.DRAFT, State.APPROVED, State.REQUESTED, State.INFORMATION_ASKED):
        with pytest.raises(OutOfOrder):
            advance(case_in(state, "stored_data"), sample(e.OrderIssued))


def test_nothing_is_granted_while_information_is_awaited() -> None:
    asked = play(e.Received, e.InformationAsked)
    with pytest.raises(OutOfOrder):
        advance(asked, sample(e.Granted))
    assert advance(advance(asked, sample(e.InformationGiven)), sample(e.Granted)).state is State.GRANTED


@pytest.mark.parametrize("kind", [e.EvidenceExamined, e.EvidenceReleased])
def test_what_arrived_is_neither_opened_nor_handed_on_before_it_is_accepted(kind: type[e.CaseEvent]) -> None:
    with pytest.raises(OutOfOrder):
        advance(case_in(State.ARRIVED, "stored_data"), sample(kind))


WITHDRAWN = msgspec.structs.replace(sample(e.Withdrawn), by=PEER)


def asked_in(state: State) -> Case:
    """A case of the State that was asked, which has the evidence."""
    return replace(case_in(state, "stored_data"), position=Position.REQUESTED, holder="XA/our-own", lifted=False)


def test_a_withdrawal_is_taken_in_wherever_the_evidence_is() -> None:
    taken = {state: advance(asked_in(state), WITHDRAWN).state for state in (State.ARRIVED, State.ACCEPTED)}
    assert taken == {State.ARRIVED: State.WITHDRAWN_ARRIVED, State.ACCEPTED: State.WITHDRAWN_HELD}
    assert advance(asked_in(State.RELEASED), WITHDRAWN).state is State.RELEASED  # its new holder accepts it


def test_evidence_of_a_withdrawn_request_is_accepted_and_then_returned_or_destroyed_and_nothing_else() -> None:
    held_back = advance(asked_in(State.WITHDRAWN_ARRIVED), sample(e.EvidenceAccepted))
    assert held_back.state is State.WITHDRAWN_HELD
    assert advance(held_back, sample(e.EvidenceReturned)).state is State.RETURNING
    assert advance(held_back, sample(e.EvidenceDestroyed)).state is State.DESTROYED
    for kind in (e.EvidenceReleased, e.EvidenceExamined, e.EvidenceReissued, e.OrderLifted, e.Withdrawn):
        with pytest.raises(OutOfOrder):
            advance(held_back, sample(kind))


def test_evidence_that_was_on_its_way_is_taken_over_unless_its_order_was_lifted() -> None:
    withdrawn, arrived = asked_in(State.WITHDRAWN), sample(e.EvidenceArrived)
    assert advance(withdrawn, arrived).state is State.WITHDRAWN_ARRIVED
    with pytest.raises(OutOfOrder, match="lifted"):
        advance(replace(withdrawn, lifted=True), arrived)


def test_a_request_is_not_withdrawn_by_who_made_it_once_the_evidence_came() -> None:
    for state in (State.ARRIVED, State.ACCEPTED):
        case = replace(case_in(state, "stored_data"), position=Position.REQUESTING)
        assert "withdrawn" not in allowed(case)
        with pytest.raises(OutOfOrder):
            advance(case, sample(e.Withdrawn))
    with pytest.raises(OutOfOrder):
        advance(case_in(State.SEALED, "stored_data"), sample(e.Withdrawn))


def test_a_refusal_comes_before_an_order_or_after_an_objection() -> None:
    """After an objection: the requesting State, which does not see it, takes the refusal while it is granted."""
    taken = set()
    for state in State:
        try:
            taken.add(state if advance(case_in(state, "stored_data"), sample(e.Refused)) else None)
        except OutOfOrder:
            continue
    assert taken == {State.REQUESTED, State.INFORMATION_ASKED, State.POSTPONED, State.GRANTED, State.OBJECTED}


def test_it_ends_with_the_evidence_handed_on_or_gone_or_without_any() -> None:
    assert {
        *(State.PRODUCED, State.RETURNED, State.DESTROYED),
        *(State.REFUSED, State.WITHDRAWN, State.COPIES_RELEASED),
    } == STORED_DATA.ends


def held(state: State, holder: str, *, by: str = "clerk-1") -> tuple[Case, e.Event]:
    """A case in a state with that holder, and a return of its evidence by somebody."""
    given = msgspec.structs.replace(sample(e.EvidenceReturned), by=by)
    return replace(case_in(state, "stored_data"), holder=holder), given


def test_only_the_holder_gives_the_evidence_back() -> None:
    for state, holder, by in (
        (State.ACCEPTED, "XA/central-authority", "clerk-1"),
        (State.BACK, "XA/central-authority", "clerk-1"),
        (State.PRODUCED, PEER, PEER),
    ):
        case, given = held(state, holder, by=by)
        assert advance(case, given).state is (State.COMING_BACK if by == PEER else State.RETURNING)
        other, _ = held(state, "XC/another", by=by)
        if by == PEER:
            with pytest.raises(OutOfOrder, match="not the holder"):
                advance(other, given)
    for holder in ("", PEER):
        case, given = held(State.BACK, holder)
        with pytest.raises(OutOfOrder, match="does not hold"):
            advance(case, given)


def test_a_copy_that_was_kept_is_destroyed_once_and_only_by_who_kept_it() -> None:
    event = msgspec.structs.replace(sample(e.EvidenceDestroyed), held=False)
    kept, _ = held(State.PRODUCED, PEER)
    gone = advance(kept, event)
    assert (gone.state, gone.copy_gone) == (State.PRODUCED, True)
    with pytest.raises(OutOfOrder, match="gone already"):
        advance(gone, event)
    with pytest.raises(OutOfOrder, match="the evidence itself"):
        advance(held(State.BACK, "XA/central-authority")[0], event)
    with pytest.raises(OutOfOrder, match="the evidence itself"):
        advance(kept, msgspec.structs.replace(event, by=PEER))


def test_the_copy_is_let_go_once_what_was_returned_is_accepted_and_comes_again_with_a_return() -> None:
    accepted = sample(e.EvidenceAccepted)
    assert advance(held(State.RETURNING, "XA/central-authority")[0], accepted).copy_gone
    assert not advance(held(State.RELEASED, "XA/central-authority")[0], accepted).copy_gone
    case, given = held(State.PRODUCED, PEER, by=PEER)
    assert not advance(replace(case, copy_gone=True), given).copy_gone
