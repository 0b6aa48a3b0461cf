"""Urgency changes the order of the checks and drops none."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.ids import StateCode
from comity.base.instants import Instant
from comity.treaty.assess import Assessment, Side
from comity.treaty.declarations import Policy, declarations_of
from comity.treaty.findings import Verdict, verdict
from comity.treaty.request import Offence, Person, Request, Screens, Sought
from comity.treaty.screens import Wait, all_screens
from comity.treaty.terms import Risk
from comity.treaty.urgency import Order, is_urgent, ordered
from tests.simulators.assessed import Judge

NOON = Instant(datetime(2026, 11, 22, 12, tzinfo=UTC))
XA = declarations_of(StateCode("XA"))


def take(judge: Judge, request: Request, hours: int | None = 48) -> tuple[Assessment, Order]:
    assessment = judge(request)
    ours = msgspec.structs.replace(XA, policy=Policy(postponed_screens_due_hours=hours))
    return assessment, ordered(assessment, request, NOON, ours)


def screened(request: Request, **changes: object) -> Request:
    """A request that hits a screen which may wait, and two which never may."""
    worst = msgspec.structs.replace(
        request,
        urgent=True,
        screens=Screens(expression=True, protected_ground=True, repression=True),
        measures=tuple(msgspec.structs.replace(one, held_in="XC") for one in request.measures),
    )
    return msgspec.structs.replace(worst, **changes)


def test_what_may_wait_waits_with_its_due_time_while_nothing_is_disclosed(preservation: Request, judge: Judge) -> None:
    _, order = take(judge, screened(preservation))
    assert [one.finding.rule for one in order.postponed] == ["screens.expression", "screens.discrimination"]
    assert {str(one.due) for one in order.postponed} == {"2026-11-24T12:00:00Z"}
    assert str(order.basis) == "policy of XA"
    now = {one.rule for one in order.now if verdict(one) is Verdict.DECIDE}
    assert now == {"screens.transnational_repression", "screens.sovereignty"}


def test_nothing_waits_when_data_are_to_be_disclosed(production: Request, judge: Judge) -> None:
    _, order = take(judge, screened(production))
    assert order.urgent
    assert order.postponed == ()


def test_a_formula_on_proportionality_may_wait_even_then(production: Request, judge: Judge) -> None:
    _, order = take(judge, msgspec.structs.replace(production, urgent=True, proportionality="n/a"))
    assert [one.finding.rule for one in order.postponed] == ["screens.boilerplate"]


def test_nothing_waits_where_the_state_has_set_no_hours(preservation: Request, judge: Judge) -> None:
    assessment, order = take(judge, screened(preservation), None)
    assert order.postponed == ()
    assert "has set no time" in order.why
    assert sorted(order.now, key=str) == sorted(assessment.findings, key=str)


def test_a_request_that_is_not_urgent_keeps_its_order(preservation: Request, judge: Judge) -> None:
    assessment, order = take(judge, screened(preservation, urgent=False))
    assert not order.urgent
    assert order.now == assessment.findings


def test_an_emergency_is_the_first_decision_and_met_comes_last(preservation: Request, judge: Judge) -> None:
    _, order = take(judge, screened(preservation, emergency="A kidnapped child.", necessity=""))
    shown = [verdict(one) for one in order.now]
    assert shown == sorted(shown, key=[Verdict.STOP, Verdict.DECIDE, Verdict.ASK, Verdict.NOTE, Verdict.MET].index)
    assert next(one.rule for one in order.now if verdict(one) is Verdict.DECIDE) == "screens.emergency"


def test_a_claimed_emergency_about_things_is_still_urgent(preservation: Request) -> None:
    things = msgspec.structs.replace(preservation, urgent=False, emergency_risks=(Risk.PROPERTY,))
    assert is_urgent(things)
    assert not is_urgent(msgspec.structs.replace(preservation, urgent=False))


@pytest.mark.parametrize("rule", ["screens.emergency", "screens.transnational_repression", "screens.hacking"])
def test_some_screens_never_wait(rule: str) -> None:
    assert next(one.wait for one in all_screens().screen if one.rule == rule) is Wait.NEVER


@given(
    urgent=st.booleans(),
    emergency=st.sampled_from(["", "A life is at risk."]),
    answers=st.builds(Screens, expression=st.booleans(), political=st.booleans(), repression=st.booleans()),
    persons=st.lists(st.builds(Person, status=st.sampled_from([(), ("refugee",), ("lawyer",)])), max_size=2).map(tuple),
    offence=st.sampled_from(
        [Offence(article="13"), Offence(article="14"), Offence(name="Insult", max_penalty_years=5)]
    ),
    measures=st.lists(
        st.sampled_from(["expedited_preservation", "subscriber_information", "extradition", "hacking"]), max_size=2
    ).map(lambda names: tuple(Sought(measure=name, data="all users") for name in names)),
    hours=st.sampled_from([None, 1, 48]),
)
def test_whatever_is_asked_every_finding_is_kept_once_and_only_screens_wait(
    judge: Judge,
    urgent: bool,
    emergency: str,
    answers: Screens,
    persons: tuple[Person, ...],
    offence: Offence,
    measures: tuple[Sought, ...],
    hours: int | None,
) -> None:
    request = Request(
        requesting=StateCode("XA"),
        requested=StateCode("XB"),
        urgent=urgent,
        emergency=emergency,
        screens=answers,
        persons=persons,
        offence=offence,
        measures=measures,
    )
    assessment, order = take(judge, request, hours)
    kept = [*order.now, *(one.finding for one in order.postponed)]
    assert sorted(map(str, kept)) == sorted(map(str, assessment.findings))
    assert all(one.finding.rule.startswith("screens.") and one.due > NOON for one in order.postponed)
    assert not order.postponed or (hours and order.urgent)


@pytest.mark.parametrize("side", Side)
def test_the_same_request_gives_the_same_order(preservation: Request, judge: Judge, side: Side) -> None:
    request = screened(preservation)
    assessment = judge(request, side=side)
    assert ordered(assessment, request, NOON, XA) == ordered(assessment, request, NOON, XA)
