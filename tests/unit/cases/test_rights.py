"""What the events for the defence, the person concerned and third States change in a case."""

from datetime import date

import msgspec
import pytest

from comity.base.errors import OutOfOrder
from comity.base.instants import Instant
from comity.cases import events as e
from comity.cases.machine import advance
from comity.cases.procedures.stored_data import State
from tests.simulators.case_files import AUTHOR, PEER, SECOND, THIRD, case_in, played, sample

ASKED = e.OnwardAsked(at=53, by=AUTHOR, to=THIRD, reasons="the same scam there", message="m-1")


def _decided(**changes: object) -> e.OnwardDecided:
    found = sample(e.OnwardDecided)
    assert isinstance(found, e.OnwardDecided)
    return msgspec.structs.replace(found, by=PEER, asked="m-1", **changes)


def _passed(**changes: object) -> e.EvidencePassedOn:
    found = sample(e.EvidencePassedOn)
    assert isinstance(found, e.EvidencePassedOn)
    return msgspec.structs.replace(found, token="m28", **changes)


def test_no_evidence_goes_to_a_third_state_before_the_sender_authorised_exactly_that() -> None:
    case = advance(played(e.Drafted, e.Approved, e.Sent, procedure="stored_data"), ASKED)
    with pytest.raises(OutOfOrder):
        advance(case, _passed())
    refused = advance(case, _decided(authorised=False, until=None))
    with pytest.raises(OutOfOrder):
        advance(refused, _passed())
    allowed = advance(case, _decided())
    for wrong in ({"to": "XD/central-authority"}, {"token": "m-other"}, {"token": ""}):
        with pytest.raises(OutOfOrder):
            advance(allowed, msgspec.structs.replace(_passed(), **wrong))
    with pytest.raises(OutOfOrder, match="ended on 2027-06-01"):
        advance(allowed, _passed(at=Instant.parse("2027-06-02T00:00:00Z").seconds))
    assert advance(allowed, _passed()).passed_on == (THIRD,)


def test_who_asks_does_not_authorise_and_an_answer_is_given_once() -> None:
    case = advance(played(e.Drafted, e.Approved, e.Sent, procedure="stored_data"), ASKED)
    with pytest.raises(OutOfOrder):
        advance(case, msgspec.structs.replace(_decided(), by=SECOND))
    with pytest.raises(OutOfOrder):
        advance(advance(case, _decided()), _decided())


def test_a_complaint_is_recorded_once_and_only_a_known_one_is_passed_on_or_answered() -> None:
    case = advance(played(e.Received), sample(e.ComplaintRecorded))
    with pytest.raises(OutOfOrder):
        advance(case, sample(e.ComplaintRecorded))
    for kind in (e.ComplaintForwarded, e.ComplaintAnswered):
        with pytest.raises(OutOfOrder):
            advance(case, sample(kind))  # of another complaint


def test_an_answer_of_somebody_else_does_not_stand_for_ours() -> None:
    case = advance(played(e.Received), sample(e.ComplaintRecorded))
    forwarded = msgspec.structs.replace(sample(e.ComplaintForwarded), complaint="c-2")
    answered = msgspec.structs.replace(sample(e.ComplaintAnswered), complaint="c-2", node=PEER)
    case = advance(advance(case, forwarded), answered)
    assert not case.complaints[0].is_answered
    assert case.complaints[0].unanswered == ()


def test_what_is_kept_longer_is_kept_to_a_later_day() -> None:
    longer = sample(e.RetentionExtended)
    case = advance(played(e.Received), longer)
    assert case.kept_until == (("case", date(2040, 1, 1)),)
    with pytest.raises(OutOfOrder):
        advance(case, msgspec.structs.replace(longer, until=date(2039, 1, 1)))
    with pytest.raises(OutOfOrder):
        advance(played(e.Received), msgspec.structs.replace(longer, until=date(1970, 1, 1)))


def test_what_speaks_for_an_accused_is_never_held_up_by_a_freeze_and_an_onward_package_always_is() -> None:
    frozen = advance(case_in(State.ACCEPTED, "stored_data"), sample(e.Frozen))
    assert advance(frozen, sample(e.ExculpatoryFound)).exculpatory
    with pytest.raises(OutOfOrder, match="frozen"):
        advance(frozen, sample(e.EvidencePassedOn))
