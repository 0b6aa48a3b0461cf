"""Traffic data in real time."""

import msgspec
import pytest

from comity.base.ids import StateCode
from comity.treaty.assess import Outcome, Side
from comity.treaty.findings import CAUTION, Verdict, verdict
from comity.treaty.request import Request, Sought
from comity.treaty.terms import DataCategory
from tests.simulators.assessed import Judge, found

WHOLE = Sought(
    measure="real_time_traffic_data",
    data="Connections to 192.0.2.45",
    relation="They show who runs the site.",
    categories=(DataCategory.TRAFFIC,),
    identifiers=("192.0.2.45",),
    period_days=14,
    duration_justification="The operator logs in about once a week.",
)


def asking(request: Request, sought: Sought) -> Request:
    return msgspec.structs.replace(request, measures=(sought,))


def test_all_six_contents_are_checked_and_met(production: Request, judge: Judge) -> None:
    findings = [one for one in judge(asking(production, WHOLE)).findings if one.rule.startswith("real_time.")]
    provisions = [one.citation.provisions[0] for one in findings if verdict(one) is Verdict.MET]
    assert provisions == [f"45(3)({letter})" for letter in "abcdef"]
    assert all(one.why.endswith(CAUTION) for one in findings if verdict(one) is Verdict.MET)


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("real_time.data_and_relation", {"relation": ""}),
        ("real_time.user_or_location", {"identifiers": ()}),
        ("real_time.duration", {"period_days": None}),
        ("real_time.duration", {"duration_justification": ""}),
    ],
)
def test_a_missing_content_stops(production: Request, judge: Judge, rule: str, changes: dict[str, object]) -> None:
    lacking = asking(production, msgspec.structs.replace(WHOLE, **changes))
    assert verdict(found(judge(lacking), rule)) is Verdict.STOP
    assert verdict(found(judge(lacking, side=Side.REQUESTED), rule)) is Verdict.ASK


def test_states_only_endeavour_to_assist(production: Request, judge: Judge) -> None:
    assert verdict(found(judge(asking(production, WHOLE)), "real_time.endeavour")) is Verdict.NOTE


@pytest.mark.parametrize(("side", "state"), [(Side.REQUESTING, "XA"), (Side.REQUESTED, "XB")])
def test_independent_authorisation_is_the_policy_of_the_state_that_asks_for_it(
    production: Request, judge: Judge, side: Side, state: str
) -> None:
    assessment = judge(asking(production, WHOLE), side=side)
    finding = found(assessment, "safeguards.authorisation")
    assert verdict(finding) is Verdict.DECIDE
    assert str(finding.basis) == f"policy of {StateCode(state)}"
    assert assessment.outcome is not Outcome.MET
