"""What falls due, on which day, and on whose word: never shown as the treaty's where the treaty gives no day."""

from dataclasses import replace as after
from datetime import date

import msgspec
import pytest
from msgspec.structs import replace

from comity.cases import events as e
from comity.cases.deadlines import Basis, Due, due_dates, wished_day
from comity.cases.machine import PROCEDURES, advance
from tests.simulators.case_files import PEER, case_in, fold_events, played, sample

PRESERVATION_ENDS = date(2027, 2, 20)


def test_a_draft_has_only_the_end_of_its_confidentiality() -> None:
    assert due_dates(played(e.Drafted), warn_days=14) == (
        Due(date(2027, 5, 1), "confidentiality ends: a notice falls due", Basis.REQUEST, "40(20)"),
    )


def test_the_requesting_state_is_told_before_preservation_ends_and_when_it_does() -> None:
    case = played(e.Drafted, e.Approved, e.Sent, e.Preserved)
    found = due_dates(case, warn_days=14)
    assert [(due.on, due.basis) for due in found] == [
        (date(2027, 2, 6), Basis.POLICY),
        (PRESERVATION_ENDS, Basis.ORDER),
        (date(2027, 5, 1), Basis.REQUEST),
    ]
    assert [due.citation for due in found] == ["42(9)", "25(2)", "40(20)"]


def test_how_early_is_policy_and_can_be_set() -> None:
    case = played(e.Drafted, e.Approved, e.Sent, e.Preserved)
    assert due_dates(case, warn_days=30)[0].on == date(2027, 1, 21)
    assert due_dates(case, warn_days=0)[0].on == PRESERVATION_ENDS


def test_the_requested_state_is_not_asked_to_extend_its_own() -> None:
    case = played(e.Received, e.OrderIssued, e.Preserved)
    assert [due.on for due in due_dates(case, warn_days=14)] == [PRESERVATION_ENDS, date(2027, 5, 1)]


def test_the_provider_is_told_when_its_order_s_confidentiality_ends() -> None:
    found = due_dates(played(e.OrderReceived, procedure="stored_data"), warn_days=14)
    assert found == (Due(date(2027, 1, 1), "confidentiality of the order ends", Basis.ORDER, "25(3)"),)


def test_an_order_without_confidentiality_has_no_end_of_it() -> None:
    order = sample(e.OrderReceived)
    assert due_dates(fold_events([msgspec.structs.replace(order, secret_until=None)]), warn_days=14) == ()


def test_a_production_case_has_no_end_of_preservation() -> None:
    case = replace(played(e.Drafted, procedure="stored_data"), preserved_until=PRESERVATION_ENDS)
    assert PRESERVATION_ENDS not in [due.on for due in due_dates(case, warn_days=14)]


@pytest.mark.parametrize(
    ("procedure", "state"), [(name, state) for name, table in PROCEDURES.items() for state in sorted(table.ends)]
)
def test_nothing_but_a_notice_falls_due_in_a_case_that_has_ended(procedure: str, state: str) -> None:
    ended = next(end for end in PROCEDURES[procedure].ends if end == state)
    case = replace(case_in(ended, procedure), preserved_until=PRESERVATION_ENDS, emergency=None)
    assert due_dates(case, warn_days=14) == ()


def test_the_review_of_an_emergency_falls_due_until_it_was_made_and_is_policy() -> None:
    for state in PROCEDURES["stored_data"].moves:
        case = case_in(state, "stored_data")
        assert case.emergency is not None
        found = [one for one in due_dates(case, warn_days=14) if one.on == case.emergency.review_due]
        assert [one.basis for one in found] == ([] if state in ("refused", "withdrawn") else [Basis.POLICY])
        for done in (after(case.emergency, reviewed="confirmed"), after(case.emergency, denied=True)):
            assert found[0] not in due_dates(replace(case, emergency=done), warn_days=14) if found else True


def test_no_day_is_shown_as_the_treaty_s() -> None:
    """The Convention gives no hours or days for an answer."""
    cases = [
        replace(case_in(state, name), preserved_until=PRESERVATION_ENDS)
        for name, table in PROCEDURES.items()
        for state in table.moves
    ]
    found = [due for case in cases for due in due_dates(case, warn_days=14)]
    assert found
    assert Basis.TREATY not in {due.basis for due in found}


SENT = (e.Drafted, e.Approved, e.Sent)
NOTICE = Due(date(2027, 5, 1), "confidentiality ends: a notice falls due", Basis.REQUEST, "40(20)")


def test_a_notice_stays_due_when_the_case_has_ended_until_it_is_given() -> None:
    lapsed = played(*SENT, e.Preserved, e.Lapsed)
    assert due_dates(lapsed, warn_days=14) == (NOTICE,)
    assert due_dates(advance(lapsed, sample(e.NoticeGiven)), warn_days=14) == ()


def test_a_notice_that_somebody_would_not_give_stays_due_until_oversight_agrees() -> None:
    withheld = played(*SENT, e.Withdrawn, e.NoticeWithheld)
    assert due_dates(withheld, warn_days=14) == (NOTICE,)
    assert due_dates(advance(withheld, sample(e.NoticeWaived)), warn_days=14) == ()


def test_nobody_is_told_of_a_request_that_was_refused_or_never_sent() -> None:
    assert due_dates(played(e.Received, e.Refused), warn_days=14) == ()
    assert due_dates(played(e.Drafted, e.Withdrawn), warn_days=14) == ()


def test_secrecy_that_is_extended_or_ended_moves_the_notice() -> None:
    sent = played(*SENT)
    assert [due.on for due in due_dates(advance(sent, sample(e.SecrecyExtended)), warn_days=14)] == [date(2027, 9, 1)]
    ended = due_dates(advance(sent, sample(e.SecrecyEnded)), warn_days=14)
    assert ended == (Due(date(1970, 1, 31), "a notice is given to the person concerned", Basis.POLICY, "24(2)"),)


def test_secrecy_that_fell_by_itself_leaves_a_notice_with_a_deadline_of_policy() -> None:
    fallen = advance(played(*SENT), sample(e.SecrecyLapsed))
    assert due_dates(fallen, warn_days=14) == (
        Due(date(2027, 5, 31), "a notice is given to the person concerned", Basis.POLICY, "24(2)"),
    )


def test_a_complaint_is_due_until_we_and_everybody_it_went_on_to_have_answered() -> None:
    case = advance(played(*SENT, e.NoticeGiven), sample(e.ComplaintRecorded))
    ours = Due(date(2026, 12, 22), "a complaint is answered", Basis.POLICY, "24(2)")
    theirs = Due(date(2026, 12, 22), "who has the data answers a complaint", Basis.POLICY, "24(2)")
    forwarded, answered = (
        msgspec.structs.replace(sample(kind), complaint="c-2") for kind in (e.ComplaintForwarded, e.ComplaintAnswered)
    )
    assert due_dates(case, warn_days=14) == (ours,)
    case = advance(advance(case, forwarded), answered)
    assert due_dates(case, warn_days=14) == (theirs,)
    assert due_dates(advance(case, msgspec.structs.replace(answered, by=PEER, node=PEER)), warn_days=14) == ()


def test_a_postponement_is_looked_at_again_on_its_day() -> None:
    postponed = played(e.Received, e.Postponed, procedure="stored_data")
    expected = Due(date(2027, 3, 1), "the postponement is looked at again", Basis.DECISION, "40(27)")
    assert expected in due_dates(postponed, warn_days=14)
    assert expected not in due_dates(advance(postponed, sample(e.Resumed)), warn_days=14)


def test_the_day_that_the_other_state_wishes_for_is_told_apart_and_only_until_it_has_what_it_asked_for() -> None:
    day = date(2027, 1, 29)

    def wishing(*kinds: type[e.CaseEvent]) -> date | None:
        case = played(*kinds)
        assert case.request is not None
        case = replace(case, request=replace(case.request, deadline=day))
        assert day not in {due.on for due in due_dates(case, warn_days=14)}
        return wished_day(case)

    assert wishing(e.Received) == wishing(e.Received, e.OrderIssued) == day
    assert wishing(e.Received, e.OrderIssued, e.Preserved) is None
    assert wishing(e.Received, e.Refused) is None
    assert wishing(e.Drafted, e.Approved, e.Sent) is None
    assert wished_day(played(e.OrderReceived)) is None
