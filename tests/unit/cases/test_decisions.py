"""What a decision changes in a case, and the answers that answer nothing."""

from datetime import date

import msgspec
import pytest

from comity.base.errors import Malformed, NotPermitted, OutOfOrder
from comity.cases import events as e
from comity.cases.case import Notice
from comity.cases.machine import advance, awaits_lifting, has_ended
from comity.treaty.request import Sought
from tests.simulators.case_files import AUTHOR, OVERSEER, PEER, REQUEST, SECOND, played, sample

GRANTED = (e.Received, e.Granted)


def test_a_grant_in_part_says_what_it_leaves_out_and_stays_within_the_request() -> None:
    case = played(e.Received, procedure="stored_data")
    beyond = Sought(measure="interception_of_content", data="all of it")
    grant = msgspec.structs.replace(sample(e.Granted), scope=(beyond,), left_out="the rest")
    with pytest.raises(Malformed):
        advance(case, grant)
    asked = Sought(measure="subscriber_information", data="the name and the address")
    case = msgspec.structs.replace(case, request=msgspec.structs.replace(REQUEST, measures=(asked,)))
    part = msgspec.structs.replace(grant, scope=(msgspec.structs.replace(asked, data="the name"),))
    with pytest.raises(Malformed):
        advance(case, msgspec.structs.replace(part, left_out=" "))
    assert advance(case, part).measures[0].data == "the name"
    assert advance(case, sample(e.Granted)).measures == (asked,)


def test_no_order_before_its_conditions_are_accepted() -> None:
    case = played(e.Received, procedure="stored_data")
    case = advance(case, msgspec.structs.replace(sample(e.Granted), conditions=("no other use",)))
    with pytest.raises(OutOfOrder):
        advance(case, sample(e.OrderIssued))
    with pytest.raises(OutOfOrder):
        advance(case, msgspec.structs.replace(sample(e.ConditionsAccepted), grant="another"))
    assert advance(advance(case, sample(e.ConditionsAccepted)), sample(e.OrderIssued)).state == "ordered"


def test_declined_conditions_and_a_postponement_leave_nothing_of_the_grant() -> None:
    case = played(e.Received, procedure="stored_data")
    case = advance(case, msgspec.structs.replace(sample(e.Granted), conditions=("no other use",)))
    for kind, state in ((e.ConditionsDeclined, "requested"), (e.Postponed, "postponed")):
        after = advance(case, sample(kind))
        assert (str(after.state), after.conditions, after.grant) == (state, (), "")


def test_a_consultation_is_answered_once_and_by_the_other_side() -> None:
    case = advance(played(e.Received), sample(e.ConsultationOpened))
    answer = e.ConsultationAnswered(at=22, by=SECOND, consultation="m11", text="t", message="m12")
    with pytest.raises(NotPermitted):
        advance(case, answer)
    assert not case.has_consulted
    answered = advance(case, msgspec.structs.replace(answer, by=PEER))
    assert answered.has_consulted
    with pytest.raises(OutOfOrder):
        advance(answered, msgspec.structs.replace(answer, by=PEER))


def test_an_answer_to_a_question_that_nobody_asked_is_refused() -> None:
    case = played(e.OrderReceived)
    with pytest.raises(OutOfOrder):
        advance(case, sample(e.ClarificationGiven))
    asked = advance(case, sample(e.ClarificationAsked))
    assert asked.question
    assert advance(asked, sample(e.ClarificationGiven)).question == ""


def test_what_comes_from_others_is_entered_in_a_frozen_case_and_what_we_do_is_not() -> None:
    frozen = advance(played(e.Received, procedure="stored_data"), sample(e.Frozen))
    assert frozen.frozen_by == OVERSEER
    with pytest.raises(OutOfOrder, match="frozen by oversight"):
        advance(frozen, sample(e.Withdrawn))
    withdrawn = advance(frozen, msgspec.structs.replace(sample(e.Withdrawn), by=PEER))
    assert (withdrawn.state, withdrawn.is_frozen) == ("withdrawn", True)
    assert not advance(withdrawn, sample(e.Unfrozen)).is_frozen


def test_a_freeze_is_no_way_past_the_table() -> None:
    frozen = advance(played(e.Received, procedure="stored_data"), sample(e.Frozen))
    with pytest.raises(OutOfOrder):
        advance(frozen, msgspec.structs.replace(sample(e.EvidenceArrived), by=PEER))


def test_a_case_with_an_order_has_not_ended_before_the_order_is_lifted_and_confirmed() -> None:
    case = played(e.Received, e.OrderIssued, e.Preserved)
    assert not awaits_lifting(case)
    withdrawn = advance(case, sample(e.Withdrawn))
    assert awaits_lifting(withdrawn) and not has_ended(withdrawn)
    lifted = advance(withdrawn, sample(e.OrderLifted))
    assert not awaits_lifting(lifted) and not has_ended(lifted)
    assert has_ended(advance(lifted, sample(e.CopiesReleased)))
    assert has_ended(played(e.Received, e.Withdrawn))
    assert has_ended(played(e.Drafted, e.Approved, e.Sent, e.Preserved, e.Lapsed))


def test_copies_are_not_let_go_before_the_order_is_lifted() -> None:
    with pytest.raises(OutOfOrder):
        advance(played(e.Received, e.Withdrawn), sample(e.CopiesReleased))
    assert played(e.OrderReceived, e.OrderLifted, e.CopiesReleased).state == "copies released"


def test_secrecy_is_extended_to_a_later_day_by_somebody_else_and_not_once_it_has_ended() -> None:
    case = played(e.Drafted, e.Approved, e.Sent)
    longer = sample(e.SecrecyExtended)
    for author in (AUTHOR, SECOND):
        with pytest.raises(NotPermitted):
            advance(case, msgspec.structs.replace(longer, by=author))
    with pytest.raises(OutOfOrder):
        advance(case, msgspec.structs.replace(longer, until=date(2027, 5, 1)))
    assert advance(case, longer).secret_until == date(2027, 9, 1)
    ended = advance(case, sample(e.SecrecyEnded))
    with pytest.raises(OutOfOrder):
        advance(ended, longer)


def test_what_the_other_side_says_of_secrecy_never_shortens_what_we_keep() -> None:
    case = advance(played(e.Received), sample(e.SecrecyExtended))
    theirs = msgspec.structs.replace(sample(e.SecrecyExtended), by=PEER, until=date(2027, 6, 1))
    assert advance(case, theirs).secret_until == date(2027, 9, 1)


def test_a_notice_is_waived_by_somebody_else_than_who_would_not_give_it() -> None:
    case = played(e.Received, e.NoticeWithheld)
    assert case.notice is Notice.PROPOSED_NOT
    with pytest.raises(OutOfOrder):
        advance(case, msgspec.structs.replace(sample(e.NoticeWaived), by=SECOND))
    assert advance(case, sample(e.NoticeWaived)).notice is Notice.WAIVED
    with pytest.raises(OutOfOrder):
        advance(played(e.Received), sample(e.NoticeWaived))
