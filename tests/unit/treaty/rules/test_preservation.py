"""Contents and periods of preservation."""

from collections.abc import Callable
from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.ids import StateCode
from comity.treaty.assess import Side
from comity.treaty.declarations import Reservation, declarations_of
from comity.treaty.findings import CAUTION, Verdict, verdict
from comity.treaty.request import Confidentiality, Offence, Request, Sought
from comity.treaty.rules.preservation import least_until, most_until, period_findings
from tests.simulators.assessed import Judge, found

START = date(2026, 11, 20)


def in_measure(request: Request, **changes: object) -> Request:
    return msgspec.structs.replace(request, measures=(msgspec.structs.replace(request.measures[0], **changes),))


LACKING: list[tuple[str, str, Callable[[Request], Request]]] = [
    ("preservation.authority", "42(3)(a)", lambda r: msgspec.structs.replace(r, authority="")),
    ("preservation.offence_and_facts", "42(3)(b)", lambda r: msgspec.structs.replace(r, facts="")),
    ("preservation.offence_and_facts", "42(3)(b)", lambda r: msgspec.structs.replace(r, offence=Offence(article="13"))),
    ("preservation.data_and_relation", "42(3)(c)", lambda r: in_measure(r, data="")),
    ("preservation.data_and_relation", "42(3)(c)", lambda r: in_measure(r, relation="")),
    ("preservation.custodian_or_location", "42(3)(d)", lambda r: in_measure(r, custodian="", location="")),
    ("preservation.necessity", "42(3)(e)", lambda r: msgspec.structs.replace(r, necessity="")),
    ("preservation.assistance_follows", "42(3)(f)", lambda r: msgspec.structs.replace(r, assistance_will_follow=False)),
    (
        "preservation.confidentiality",
        "42(3)(g)",
        lambda r: msgspec.structs.replace(r, confidentiality=Confidentiality(wanted=True, until=START)),
    ),
]


@pytest.mark.parametrize(("rule", "provision", "without"), LACKING)
def test_a_missing_content_stops_at_the_sender_and_is_asked_for_at_the_receiver(
    preservation: Request, judge: Judge, rule: str, provision: str, without: Callable[[Request], Request]
) -> None:
    assert verdict(found(judge(preservation), rule)) is Verdict.MET
    lacking = without(preservation)
    sent, received = judge(lacking), judge(lacking, side=Side.REQUESTED)
    assert [finding.rule for finding in sent.stops] == [rule]
    assert [finding.rule for finding in received.asks] == [rule]
    assert received.stops == ()
    assert found(sent, rule).citation.provisions == (provision,)


def test_the_example_without_the_statement_lacks_only_that(example: Callable[[str], Request], judge: Judge) -> None:
    assessment = judge(example("investment-scam/no-assistance-statement"))
    assert [finding.rule for finding in assessment.stops] == ["preservation.assistance_follows"]


@pytest.mark.parametrize("wish", [None, Confidentiality(wanted=False)])
def test_no_wish_for_confidentiality_stops_nothing(
    preservation: Request, judge: Judge, wish: Confidentiality | None
) -> None:
    finding = found(judge(msgspec.structs.replace(preservation, confidentiality=wish)), "preservation.confidentiality")
    assert verdict(finding) is (Verdict.NOTE if wish is None else Verdict.MET)


@pytest.mark.parametrize(("days", "shown"), [(None, "met"), (59, "note"), (60, "met"), (90, "met"), (91, "note")])
def test_an_odd_period_is_noted_with_the_days_that_hold(
    preservation: Request, judge: Judge, days: int | None, shown: str
) -> None:
    finding = found(judge(in_measure(preservation, period_days=days)), "preservation.period")
    assert verdict(finding).value == shown
    assert "2027-01-19" in finding.why
    assert "2027-02-18" in finding.why


def test_preservation_is_never_made_subject_to_dual_criminality(preservation: Request, judge: Judge) -> None:
    serious = msgspec.structs.replace(preservation, offence=Offence(name="x", max_penalty_years=10))
    finding = found(judge(serious, side=Side.REQUESTED), "preservation.dual_criminality")
    assert verdict(finding) is Verdict.MET
    assert str(finding.citation) == "art. 42(4)"
    assert "dual_criminality" not in {one.rule for one in judge(serious).findings}


def test_the_reservation_of_42_5_is_for_a_person_and_not_for_convention_offences(
    preservation: Request, judge: Judge
) -> None:
    held = Reservation("42(5)", "may refuse", date(2026, 1, 1), "a test")
    xb = msgspec.structs.replace(declarations_of(StateCode("XB")), reservations=(held,))
    serious = msgspec.structs.replace(preservation, offence=Offence(name="x", max_penalty_years=10))
    rule = "preservation.dual_criminality"
    assert verdict(found(judge(serious, requested=xb, side=Side.REQUESTED), rule)) is Verdict.DECIDE
    assert verdict(found(judge(serious, requested=xb), rule)) is Verdict.NOTE
    assert verdict(found(judge(preservation, requested=xb, side=Side.REQUESTED), rule)) is Verdict.MET


def test_the_floor_is_60_days_and_the_ceiling_90() -> None:
    assert least_until(START, START) == date(2027, 1, 19)
    assert most_until(START) == date(2027, 2, 18)


@given(st.dates(date(2025, 1, 1), date(2090, 1, 1)), st.integers(-10, 400))
def test_an_order_keeps_both_periods_exactly_between_floor_and_ceiling(start: date, days: int) -> None:
    floor, ceiling = period_findings(start, start + timedelta(days=days))
    assert (verdict(floor) is Verdict.MET) == (days >= 60)
    assert (verdict(ceiling) is Verdict.MET) == (days <= 90)
    assert floor.why.endswith(CAUTION)


def test_a_request_without_a_day_is_counted_from_the_day_of_assessment(preservation: Request, judge: Judge) -> None:
    undated = msgspec.structs.replace(preservation, made_on=None)
    assert "2027-01-21" in found(judge(undated), "preservation.period").why


def test_nothing_is_said_of_a_measure_that_is_not_asked(preservation: Request, judge: Judge) -> None:
    other = msgspec.structs.replace(preservation, measures=(Sought(measure="production_of_stored_data"),))
    assert not [one for one in judge(other).findings if one.rule.startswith("preservation.")]
