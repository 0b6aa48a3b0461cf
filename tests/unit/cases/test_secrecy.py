"""Secrecy: nothing is secret without a code of its reason, a first day and a last; and it falls by itself."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.errors import Malformed, OutOfOrder
from comity.base.instants import Instant
from comity.cases import events as e
from comity.cases.machine import advance, begin
from comity.cases.secrecy import CODES, NOTICE_DAYS, Secrecy, SecrecyReason, asked_for, check_wish, ordered
from comity.treaty.request import Confidentiality
from tests.simulators.case_files import CASE, REQUEST, played, sample

SENT = (e.Drafted, e.Approved, e.Sent)
DAYS = st.dates(date(2026, 1, 1), date(2030, 1, 1))
ANYTHING: st.SearchStrategy[Any] = (
    st.none() | st.text(max_size=12) | st.integers() | st.sampled_from(SecrecyReason) | DAYS
)
WISHES = st.builds(
    Confidentiality,
    wanted=st.booleans(),
    until=st.none() | DAYS,
    reasons=st.text(max_size=8),
    code=st.sampled_from(["", *CODES]),
)


@given(reason=ANYTHING, since=ANYTHING, until=ANYTHING)
def test_no_secrecy_can_be_made_without_a_code_a_start_and_an_end(reason: Any, since: Any, until: Any) -> None:
    is_one = isinstance(reason, SecrecyReason) and type(since) is date and type(until) is date and since <= until
    if is_one:
        assert not Secrecy(reason, since, until).has_passed(until)
    else:
        with pytest.raises(Malformed):
            Secrecy(reason, since, until)


@given(wish=WISHES, on=DAYS)
def test_whatever_a_request_wishes_for_what_binds_has_all_three_or_nothing_binds(
    wish: Confidentiality, on: date
) -> None:
    found = asked_for(wish, on)
    assert (found is None) == (not wish.wanted or wish.until is None)
    if found is not None:
        assert isinstance(found.reason, SecrecyReason)
        assert found.since <= found.until == wish.until


@given(wish=WISHES, on=DAYS)
def test_a_case_is_secret_only_with_code_start_and_end_and_never_for_longer_than_said(
    wish: Confidentiality, on: date
) -> None:
    drafted = sample(e.Drafted)
    assert isinstance(drafted, e.Drafted)
    at = Instant.parse(f"{on}T12:00:00Z").seconds
    case = begin(
        CASE, msgspec.structs.replace(drafted, at=at, request=msgspec.structs.replace(REQUEST, confidentiality=wish))
    )
    assert case.secret_until == (wish.until if wish.wanted else None)
    assert case.secrecy is None or (case.secrecy.reason in SecrecyReason and case.secrecy.since <= case.secrecy.until)


@given(wish=WISHES)
def test_a_wish_of_ours_is_taken_exactly_where_it_has_a_code_and_an_end(wish: Confidentiality) -> None:
    lacks = wish.wanted and not (wish.code and wish.until)
    if not lacks:
        check_wish(wish)
        return
    with pytest.raises(Malformed) as refused:
        check_wish(wish)
    assert refused.value.where == ("confidentiality.until" if wish.code else "confidentiality.code")


def test_an_order_binds_a_provider_from_its_day_to_the_last() -> None:
    assert ordered(None, date(2026, 12, 7)) is None
    assert ordered(date(2027, 1, 1), date(2026, 12, 7)) == Secrecy(
        SecrecyReason.ORDERED, date(2026, 12, 7), date(2027, 1, 1)
    )


def test_it_falls_on_the_day_after_its_last_and_not_before() -> None:
    case, fallen = played(*SENT), sample(e.SecrecyLapsed)
    assert isinstance(fallen, e.SecrecyLapsed)
    early = Instant.parse("2027-05-01T23:59:59Z").seconds
    with pytest.raises(OutOfOrder, match="secret until 2027-05-01"):
        advance(case, msgspec.structs.replace(fallen, at=early))
    with pytest.raises(OutOfOrder):
        advance(case, msgspec.structs.replace(fallen, due=date(2027, 4, 30)))
    after = advance(case, msgspec.structs.replace(fallen, at=early + 1))
    assert after.secrecy_ended
    assert after.notice_due == date(2027, 5, 1) + timedelta(days=NOTICE_DAYS)
    with pytest.raises(OutOfOrder):
        advance(after, fallen)


def test_what_has_fallen_is_not_renewed_here_but_the_other_side_can_ask_anew() -> None:
    after = advance(played(*SENT), sample(e.SecrecyLapsed))
    longer = sample(e.SecrecyExtended)
    with pytest.raises(OutOfOrder):
        advance(after, longer)
    again = advance(after, msgspec.structs.replace(longer, by="XB/central-authority"))
    assert (again.secret_until, again.secrecy_ended, again.notice_due) == (date(2027, 9, 1), False, None)


def test_a_provider_owes_no_notice_when_its_order_s_secrecy_falls() -> None:
    fallen = e.SecrecyLapsed(at=Instant.parse("2027-01-02T00:00:00Z").seconds, by="automatic", due=date(2027, 1, 1))
    case = advance(played(e.OrderReceived), fallen)
    assert (case.secrecy_ended, case.notice_due) == (True, None)
