"""The whole assessment: order, outcome, and what holds for every finding of every request."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.errors import Malformed, NotFound
from comity.base.ids import StateCode
from comity.base.mode import Mode
from comity.treaty.assess import Assessment, Outcome, Side, assess
from comity.treaty.citation import Citation, Confidence, catalogue
from comity.treaty.declarations import declarations_of
from comity.treaty.findings import CAUTION, BasisKind, Met, NeedsDecision
from comity.treaty.measures import all_measures
from comity.treaty.participation import load_register
from comity.treaty.request import Confidentiality, Offence, Person, Request, Screens, Sought
from comity.treaty.terms import DataCategory, Stage
from tests.simulators.assessed import Judge

TODAY = date(2026, 11, 22)

Example = Callable[[str], Request]

EXAMPLES = (
    "investment-scam/preservation",
    "investment-scam/production",
    "investment-scam/three-year-offence",
    "investment-scam/no-assistance-statement",
    "iceland-2013/request",
)


def well_formed(assessment: Assessment) -> None:
    """What holds for every finding: a citation of the catalogue, plain words, and something to do unless it is met."""
    assert assessment.findings
    for finding in assessment.findings:
        assert set(finding.citation.provisions) <= set(catalogue())
        assert finding.why.strip()
        assert finding.title
        assert "." in finding.rule or finding.rule == "dual_criminality"
        assert (finding.citation.confidence is Confidence.UNSURE) == finding.why.endswith(CAUTION)
        if not isinstance(finding, Met):
            assert finding.todo.strip()
        if finding.basis.kind is BasisKind.POLICY:
            assert finding.basis.state


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("mode", Mode)
def test_every_finding_of_every_example_is_well_formed(
    example: Example, judge: Judge, name: str, side: Side, mode: Mode
) -> None:
    well_formed(judge(example(name), side=side, mode=mode))


def test_every_example_in_the_folder_is_tested(root: Path) -> None:
    for folder in ("investment-scam", "iceland-2013"):
        found = {f"{folder}/{file.stem}" for file in (root / "examples" / folder).glob("*.toml")}
        assert found <= set(EXAMPLES)


TEXT = st.sampled_from(["", "something stated", "defamation of an official"])
SOUGHT = st.builds(
    Sought,
    measure=st.sampled_from([one.name for one in all_measures()] + ["hacking"]),
    data=TEXT,
    relation=TEXT,
    categories=st.lists(st.sampled_from(DataCategory), max_size=3, unique=True).map(tuple),
    identifiers=st.sampled_from([(), ("192.0.2.1",), ("*",)]),
    custodian=TEXT,
    period_from=st.none() | st.just(date(2026, 1, 1)),
    period_to=st.none() | st.sampled_from([date(2025, 1, 1), date(2026, 2, 1)]),
    period_days=st.none() | st.integers(1, 400),
    duration_justification=TEXT,
)
REQUESTS = st.builds(
    Request,
    requesting=st.sampled_from(["XA", "US", "QA"]).map(StateCode),
    requested=st.sampled_from(["XB", "IS", "XA"]).map(StateCode),
    authority=TEXT,
    conducting_authority=TEXT,
    subject=TEXT,
    stage=st.none() | st.sampled_from(Stage),
    facts=TEXT,
    purpose=TEXT,
    necessity=TEXT,
    language=st.sampled_from(["", "en", "fi"]),
    emergency=TEXT,
    deadline=st.none() | st.just(date(2027, 1, 1)),
    offence=st.builds(
        Offence,
        article=st.sampled_from(["", "7", "13", "13(c)", "14", "18", "19", "99"]),
        principal=st.sampled_from(["", "13", "19"]),
        route=st.sampled_from(["", "expression", "other_conventions"]),
        name=TEXT,
        max_penalty_years=st.none() | st.integers(0, 30),
    ),
    measures=st.lists(SOUGHT, max_size=3).map(tuple),
    persons=st.lists(st.builds(Person, name=TEXT, status=st.sampled_from([(), ("journalist",), ("researcher",)]))).map(
        tuple
    ),
    assistance_will_follow=st.booleans(),
    confidentiality=st.none()
    | st.builds(
        Confidentiality,
        wanted=st.booleans(),
        until=st.none() | st.sampled_from([date(2026, 12, 1), date(2030, 1, 1)]),
        reasons=TEXT,
    ),
    dual_criminality=TEXT,
    proportionality=TEXT,
    screens=st.builds(Screens, expression=st.none() | st.booleans()),
)


@given(REQUESTS, st.sampled_from(Side), st.sampled_from(Mode))
def test_every_rule_cites_and_explains_whatever_the_request(
    judge: Judge, request_: Request, side: Side, mode: Mode
) -> None:
    assessment = judge(request_, side=side, mode=mode)
    well_formed(assessment)
    split = len(assessment.stops) + len(assessment.asks) + len(assessment.notes)
    assert split + len(assessment.decisions) + len(assessment.met) == len(assessment.findings)


@given(REQUESTS, st.sampled_from(Side))
def test_a_live_request_always_stops_today(judge: Judge, request_: Request, side: Side) -> None:
    stops = {finding.rule for finding in judge(request_, side=side, mode=Mode.LIVE).stops}
    assert "basis.in_force" in stops


@given(REQUESTS)
def test_the_requesting_side_never_asks_itself_and_never_decides_for_the_other(judge: Judge, request_: Request) -> None:
    assessment = judge(request_)
    assert assessment.asks == ()
    assert all(finding.who.value != "requested_authority" for finding in assessment.decisions)


def test_the_good_preservation_request_meets_everything(preservation: Request, judge: Judge) -> None:
    for side in Side:
        assert judge(preservation, side=side).outcome is Outcome.MET


def test_the_good_production_request_meets_everything_on_the_requesting_side(production: Request, judge: Judge) -> None:
    assert judge(production).outcome is Outcome.MET


def test_findings_come_in_the_order_a_lawyer_reads(production: Request, judge: Judge) -> None:
    themes = [finding.rule.partition(".")[0] for finding in judge(production).findings]
    assert list(dict.fromkeys(themes)) == [
        "basis",
        "scope",
        "assistance",
        "safeguards",
        "dual_criminality",
        "screens",
        "refusal",
        "use_limits",
    ]


def test_not_met_wins_over_needs_decision(preservation: Request, judge: Judge) -> None:
    screened = msgspec.structs.replace(preservation, screens=Screens(expression=True))
    assert judge(screened).outcome is Outcome.NEEDS_DECISION
    lacking = msgspec.structs.replace(screened, necessity="")
    assert judge(lacking).outcome is Outcome.NOT_MET


def test_the_iceland_request_is_two_measures_with_conditions_of_their_own(iceland: Request, judge: Judge) -> None:
    assessment = judge(iceland, side=Side.REQUESTED)
    assert assessment.outcome is Outcome.NOT_MET
    real_time = {f.rule for f in assessment.findings if f.measure == "real_time_traffic_data"}
    stored = {f.rule for f in assessment.findings if f.measure == "search_seizure_of_stored_data"}
    assert "real_time.duration" in real_time - stored
    who = {(f.rule, f.who.value) for f in assessment.findings if isinstance(f, NeedsDecision)}
    assert ("dual_criminality", "requested_authority") in who
    assert ("basis.declarations", "case_lawyer") in who
    assert "hypothetical" in next(f.title for f in assessment.findings if f.rule == "basis.exercise")


def test_declarations_of_other_states_are_refused(preservation: Request) -> None:
    with pytest.raises(Malformed):
        assess(
            preservation,
            requesting=declarations_of(preservation.requested),
            requested=declarations_of(preservation.requested),
            register=load_register(),
            on=TODAY,
            side=Side.REQUESTING,
            mode=Mode.EXERCISE,
        )


def test_nothing_is_assessed_for_a_day_before_the_convention_was_adopted(preservation: Request) -> None:
    with pytest.raises(NotFound):
        assess(
            preservation,
            requesting=declarations_of(preservation.requesting),
            requested=declarations_of(preservation.requested),
            register=load_register(),
            on=date(2013, 6, 12),
            side=Side.REQUESTING,
            mode=Mode.EXERCISE,
        )


def test_every_provision_named_by_the_law_data_is_in_the_catalogue() -> None:
    for measure in all_measures():
        assert Citation.of(*measure.articles)
        for power in measure.power:
            assert Citation.of(power)
