"""The whole assessment under the Budapest Convention: live between two Parties, an exercise between invented States."""

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.ids import StateCode
from comity.base.mode import Mode
from comity.treaty.assess import Assessment, Outcome, Side
from comity.treaty.budapest.rulebook import BUDAPEST
from comity.treaty.budapest.rules import preservation as preservation_rules
from comity.treaty.budapest.rules.cited import all_left_out, all_recited
from comity.treaty.findings import BasisKind, Met, Verdict, verdict
from comity.treaty.measures import all_measures
from comity.treaty.request import Offence, Person, Request, Screens, Sought
from comity.treaty.terms import DataCategory, Stage
from tests.simulators.assessed import Judge, findings_of

OTHER_OFFENCE = Offence(name="Theft of a bicycle", law="Penal Code, section 9: up to 1 year", max_penalty_years=1)
"""None of articles 2 to 11, and no serious crime."""


def between(request: Request, requesting: str, requested: str) -> Request:
    return msgspec.structs.replace(request, requesting=StateCode(requesting), requested=StateCode(requested))


def verdicts(assessment: Assessment, rule: str) -> set[Verdict]:
    return {verdict(finding) for finding in findings_of(assessment, rule)}


def cited_here(assessment: Assessment) -> None:
    for finding in assessment.findings:
        assert finding.citation.instrument == "budapest"
        assert set(finding.citation.provisions) <= set(BUDAPEST.catalogue)
        assert finding.why.strip()
        assert finding.title
        assert isinstance(finding, Met) or finding.todo.strip()


def test_two_confirmed_parties_pass_the_basis_live(preservation: Request, judge: Judge) -> None:
    for side in Side:
        assessment = judge(preservation, mode=Mode.LIVE, side=side)
        assert verdicts(assessment, "basis.in_force") == {Verdict.MET}
        assert assessment.outcome is Outcome.NEEDS_DECISION
        assert assessment.stops == assessment.asks == ()


def test_what_is_not_known_of_the_two_parties_is_asked_of_a_lawyer(preservation: Request, judge: Judge) -> None:
    findings = findings_of(judge(preservation, mode=Mode.LIVE), "basis.declarations")
    assert [str(one.basis) for one in findings] == ["declaration of BR", "declaration of EE"]
    assert {verdict(one) for one in findings} == {Verdict.DECIDE}


@pytest.mark.parametrize("other", ["US", "JP", "EC"])
def test_an_unconfirmed_party_needs_a_person_first(preservation: Request, judge: Judge, other: str) -> None:
    (finding,) = findings_of(judge(between(preservation, "EE", other), mode=Mode.LIVE), "basis.in_force")
    assert verdict(finding) is Verdict.DECIDE


@pytest.mark.parametrize("other", ["IE", "QA", "XB"])
def test_one_that_is_no_party_stops_it_live(preservation: Request, judge: Judge, other: str) -> None:
    assert verdicts(judge(between(preservation, "EE", other), mode=Mode.LIVE), "basis.in_force") == {Verdict.STOP}


def test_a_party_with_territorial_statements_gets_a_note(preservation: Request, judge: Judge) -> None:
    assert verdicts(judge(between(preservation, "EE", "DK"), mode=Mode.LIVE), "basis.territory") == {Verdict.NOTE}
    assert findings_of(judge(preservation, mode=Mode.LIVE), "basis.territory") == []


def test_between_invented_states_it_is_an_exercise_and_all_is_met(exercise: Request, judge: Judge) -> None:
    for side in Side:
        assessment = judge(between(exercise, "XA", "XB"), side=side)
        assert findings_of(assessment, "basis.exercise")[0].why.startswith("EXERCISE between")
        assert assessment.outcome is not Outcome.NOT_MET


def test_an_exercise_between_real_states_is_hypothetical(preservation: Request, judge: Judge) -> None:
    told = findings_of(judge(preservation), "basis.exercise")[0]
    assert "hypothetical" in told.title
    assert told.why.endswith("It does, but this is no live request.")


def test_a_state_cannot_ask_itself(exercise: Request, judge: Judge) -> None:
    assert verdicts(judge(between(exercise, "XA", "XA")), "basis.two_states") == {Verdict.STOP}


def test_any_criminal_offence_opens_it_and_no_least_penalty_is_asked(exercise: Request, judge: Judge) -> None:
    minor = msgspec.structs.replace(exercise, offence=OTHER_OFFENCE)
    assert verdicts(judge(minor), "scope.offence") == {Verdict.MET}
    as_convention = msgspec.structs.replace(minor, instrument="")
    assert verdicts(judge(as_convention), "scope.offence") == {Verdict.STOP}


@pytest.mark.parametrize(
    "offence",
    [Offence(article="13"), Offence(article="12"), Offence(article="11"), Offence(), Offence(name="a name only")],
)
def test_an_article_of_the_other_instrument_or_no_offence_at_all_stops(
    exercise: Request, judge: Judge, offence: Offence
) -> None:
    assert verdicts(judge(msgspec.structs.replace(exercise, offence=offence)), "scope.offence") == {Verdict.STOP}


def test_taking_part_in_a_named_offence_is_an_offence(exercise: Request, judge: Judge) -> None:
    taken = msgspec.structs.replace(exercise, offence=Offence(article="11", principal="2", name="Aiding access"))
    (finding,) = findings_of(judge(taken), "scope.offence")
    assert str(finding.citation) == "Budapest 11, 2, 23, 25(1)"


@pytest.mark.parametrize("name", ["emergency_data", "freeze_or_confiscate", "hacking"])
def test_a_measure_this_instrument_lacks_stops(exercise: Request, judge: Judge, name: str) -> None:
    assert verdicts(judge(msgspec.structs.replace(exercise, measures=(Sought(measure=name),))), "scope.measures") == {
        Verdict.STOP
    }


@pytest.mark.parametrize("name", ["extradition", "spontaneous_information"])
def test_a_measure_that_is_no_request_for_evidence_is_sent_where_it_belongs(
    exercise: Request, judge: Judge, name: str
) -> None:
    asked = msgspec.structs.replace(exercise, measures=(Sought(measure=name),))
    (finding,) = findings_of(judge(asked), "scope.carried")
    assert verdict(finding) is Verdict.STOP


@pytest.mark.parametrize(
    ("change", "rule", "provision"),
    [
        ({"authority": ""}, "preservation.authority", "29(2)(a)"),
        ({"facts": ""}, "preservation.offence_and_facts", "29(2)(b)"),
        ({"necessity": ""}, "preservation.necessity", "29(2)(e)"),
        ({"assistance_will_follow": False}, "preservation.assistance_follows", "29(2)(f)"),
    ],
)
def test_a_missing_content_stops_the_sender_and_is_asked_for_by_the_other(
    exercise: Request, judge: Judge, change: dict[str, object], rule: str, provision: str
) -> None:
    lacking = msgspec.structs.replace(exercise, **change)
    assert [one.rule for one in judge(lacking).stops] == [rule]
    (asked,) = judge(lacking, side=Side.REQUESTED).asks
    assert str(asked.citation) == f"Budapest {provision}"


@pytest.mark.parametrize("field", ["data", "relation"])
def test_data_and_relation_are_stated(exercise: Request, judge: Judge, field: str) -> None:
    sought = msgspec.structs.replace(exercise.measures[0], **{field: ""})
    (stop,) = judge(msgspec.structs.replace(exercise, measures=(sought,))).stops
    assert (stop.rule, str(stop.citation)) == ("preservation.data_and_relation", "Budapest 29(2)(c)")


def test_custodian_or_location_is_stated(exercise: Request, judge: Judge) -> None:
    sought = msgspec.structs.replace(exercise.measures[0], custodian="", location="")
    (stop,) = judge(msgspec.structs.replace(exercise, measures=(sought,))).stops
    assert str(stop.citation) == "Budapest 29(2)(d)"


def test_secrecy_is_no_content_of_article_29_but_its_reasons_are_asked_for(exercise: Request, judge: Judge) -> None:
    silent = msgspec.structs.replace(exercise, confidentiality=None)
    assert verdicts(judge(silent), "preservation.confidentiality") == {Verdict.NOTE}
    assert exercise.confidentiality is not None
    bare = msgspec.structs.replace(exercise.confidentiality, reasons="")
    assert verdicts(judge(msgspec.structs.replace(exercise, confidentiality=bare)), "preservation.confidentiality") == {
        Verdict.STOP
    }


@pytest.mark.parametrize(
    ("days", "shown"), [(30, Verdict.NOTE), (60, Verdict.MET), (90, Verdict.MET), (91, Verdict.NOTE)]
)
def test_the_floor_and_the_ceiling_are_sixty_and_ninety_days(
    exercise: Request, judge: Judge, days: int, shown: Verdict
) -> None:
    sought = msgspec.structs.replace(exercise.measures[0], period_days=days)
    assert verdicts(judge(msgspec.structs.replace(exercise, measures=(sought,))), "preservation.period") == {shown}


def test_the_days_are_counted_from_the_figures() -> None:
    start = date(2026, 11, 20)
    assert preservation_rules.least_until(start, start) == date(2027, 1, 19)
    assert preservation_rules.most_until(start) == date(2027, 2, 18)


@pytest.mark.parametrize(
    ("requested", "requesting_side", "requested_side"),
    [
        ("EE", Verdict.MET, Verdict.MET),  # authorities named only: no reservation
        ("AT", Verdict.NOTE, Verdict.DECIDE),  # made, and read
        ("DE", Verdict.DECIDE, Verdict.DECIDE),  # said to be made, and not read
        ("FI", Verdict.DECIDE, Verdict.DECIDE),  # not known
    ],
)
def test_dual_criminality_for_preservation_turns_on_the_reservation_of_29_4(
    preservation: Request, judge: Judge, requested: str, requesting_side: Verdict, requested_side: Verdict
) -> None:
    other = msgspec.structs.replace(between(preservation, "HR", requested), offence=OTHER_OFFENCE)
    rule = "preservation.dual_criminality"
    assert verdicts(judge(other, mode=Mode.LIVE), rule) == {requesting_side}
    assert verdicts(judge(other, mode=Mode.LIVE, side=Side.REQUESTED), rule) == {requested_side}
    listed = between(preservation, "HR", requested)
    assert verdicts(judge(listed, mode=Mode.LIVE), rule) == {Verdict.MET}


def test_what_else_stands_between_the_two_is_asked_where_data_are_handed_over(
    production: Request, judge: Judge
) -> None:
    assert verdicts(judge(production), "basis.other_treaty") == {Verdict.MET}
    silent = msgspec.structs.replace(production, other_treaty="")
    assert verdicts(judge(silent), "basis.other_treaty") == {Verdict.DECIDE}
    named = msgspec.structs.replace(production, other_treaty="Treaty on assistance of State XA and State XB")
    assert verdicts(judge(named), "basis.other_treaty") == {Verdict.NOTE}


def test_contents_that_the_instrument_does_not_list_are_the_programs(production: Request, judge: Judge) -> None:
    (first, *_) = findings_of(judge(msgspec.structs.replace(production, facts="")), "assistance.facts")
    assert verdict(first) is Verdict.STOP
    assert first.basis.kind is BasisKind.PROGRAM
    assert str(first.citation) == "Budapest 25(4)"


def test_a_limit_on_use_is_a_choice_of_the_requested_party(production: Request, judge: Judge) -> None:
    assert verdicts(judge(production), "use_limits.use") == {Verdict.NOTE}
    assert verdicts(judge(production, side=Side.REQUESTED), "use_limits.use") == {Verdict.DECIDE}
    aimless = msgspec.structs.replace(production, purpose="")
    assert verdicts(judge(aimless, side=Side.REQUESTED), "use_limits.use") == {Verdict.NOTE}


def test_a_political_offence_is_named_among_the_grounds_and_screened(production: Request, judge: Judge) -> None:
    (finding,) = findings_of(judge(production), "screens.political_offence")
    assert "27(4)(a)" in finding.citation.provisions
    assert all("political offence" in one.why for one in findings_of(judge(production), "refusal.grounds"))


def test_dual_criminality_is_tested_between_invented_states_and_not_between_real_ones(
    production: Request, judge: Judge
) -> None:
    assert verdicts(judge(production), "dual_criminality") == {Verdict.MET}
    real = between(production, "EE", "HR")
    assert verdicts(judge(real, mode=Mode.LIVE, side=Side.REQUESTED), "dual_criminality") == {Verdict.DECIDE}


@pytest.mark.parametrize(
    ("measure", "rule"),
    [("real_time_traffic_data", "real_time.duty"), ("interception_of_content", "interception.duty")],
)
def test_live_collection_is_a_duty_here_and_says_how_far(
    production: Request, judge: Judge, measure: str, rule: str
) -> None:
    live = msgspec.structs.replace(production, measures=(Sought(measure=measure),))
    assessment = judge(live)
    assert verdicts(assessment, rule) == {Verdict.NOTE}
    assert not [one for one in assessment.findings if one.rule.endswith(".endeavour")]
    cited_here(assessment)


def test_an_urgent_request_says_which_channel(production: Request, judge: Judge) -> None:
    urgent = between(msgspec.structs.replace(production, urgent=True), "EE", "MT")
    (finding,) = findings_of(judge(urgent, mode=Mode.LIVE), "assistance.channel")
    assert "has declared that such requests go to its central authority" in finding.why


def test_a_word_of_expression_stops_for_a_person_here_too(exercise: Request, judge: Judge) -> None:
    screened = msgspec.structs.replace(exercise, screens=Screens(expression=True))
    assert verdicts(judge(screened), "screens.expression") == {Verdict.DECIDE}


def test_no_screen_of_the_convention_is_dropped_but_those_that_say_why(production: Request, judge: Judge) -> None:
    exposed = msgspec.structs.replace(
        production, emergency="a child is in danger", persons=(Person(name="N.", status=("journalist", "researcher")),)
    )
    here = {one.rule for one in judge(exposed).findings if one.rule.startswith("screens.")}
    other = msgspec.structs.replace(exposed, instrument="", offence=Offence(article="13", name="x", law="y"))
    there = {one.rule for one in judge(other).findings if one.rule.startswith("screens.")}
    assert there - here <= {one.rule for one in all_left_out()}


def test_what_is_left_out_or_told_otherwise_is_said_once_with_its_reason() -> None:
    told = [one.rule for one in all_recited()]
    assert len(set(told)) == len(told)
    assert not set(told) & {one.rule for one in all_left_out()}
    assert all(one.reason.endswith(".") for one in all_left_out())
    for one in all_recited():
        assert BUDAPEST.cite(*one.articles)


def test_every_provision_that_the_data_name_is_in_the_catalogue() -> None:
    for kind in BUDAPEST.measures:
        assert kind.cited.instrument == "budapest"
        for power in kind.power:
            assert BUDAPEST.cite(power)
    for figure in BUDAPEST.figures:
        assert figure.cited.instrument == "budapest"
    for number, provision in BUDAPEST.catalogue.items():
        assert provision.title
        assert 1 <= int(number.partition("(")[0]) <= 48


def test_measures_have_the_names_of_the_conventions() -> None:
    assert {one.name for one in BUDAPEST.measures} <= {one.name for one in all_measures()}


TEXT = st.sampled_from(["", "something stated", "defamation of an official"])
REQUESTS = st.builds(
    Request,
    instrument=st.just("budapest"),
    requesting=st.sampled_from(["XA", "US", "EE"]).map(StateCode),
    requested=st.sampled_from(["XB", "AT", "DE", "QA"]).map(StateCode),
    authority=TEXT,
    subject=TEXT,
    stage=st.none() | st.sampled_from(Stage),
    facts=TEXT,
    purpose=TEXT,
    necessity=TEXT,
    language=st.sampled_from(["", "en"]),
    urgent=st.booleans(),
    emergency=TEXT,
    offence=st.builds(
        Offence,
        article=st.sampled_from(["", "2", "8", "10", "11", "13"]),
        principal=st.sampled_from(["", "4", "11"]),
        name=TEXT,
        law=TEXT,
    ),
    measures=st.lists(
        st.builds(
            Sought,
            measure=st.sampled_from([*(one.name for one in BUDAPEST.measures), "hacking"]),
            data=TEXT,
            categories=st.lists(st.sampled_from(DataCategory), max_size=3, unique=True).map(tuple),
            identifiers=st.sampled_from([(), ("192.0.2.1",), ("*",)]),
            period_days=st.none() | st.integers(1, 400),
        ),
        max_size=3,
    ).map(tuple),
    persons=st.lists(st.builds(Person, status=st.sampled_from([(), ("journalist",)])), max_size=2).map(tuple),
    assistance_will_follow=st.booleans(),
    other_treaty=st.sampled_from(["", "none", "Treaty of 1999"]),
)


@given(REQUESTS, st.sampled_from(Side), st.sampled_from(Mode))
def test_every_finding_cites_this_instrument_whatever_the_request(
    judge: Judge, request_: Request, side: Side, mode: Mode
) -> None:
    assessment = judge(request_, side=side, mode=mode)
    assert assessment.findings
    cited_here(assessment)
    if side is Side.REQUESTING:
        assert assessment.asks == ()


@given(REQUESTS)
def test_live_never_passes_for_one_that_is_no_confirmed_party(judge: Judge, request_: Request) -> None:
    shown = verdicts(judge(request_, mode=Mode.LIVE), "basis.in_force")
    confirmed = {"EE", "AT", "DE"}
    assert (shown == {Verdict.MET}) == ({request_.requesting, request_.requested} <= confirmed)


def test_space_around_an_article_changes_nothing(preservation: Request, judge: Judge) -> None:
    plain, spaced = (Offence(article=article, name="x", law="y") for article in ("7", " 7 "))
    told = [judge(msgspec.structs.replace(preservation, offence=offence)).findings for offence in (plain, spaced)]
    assert told[0] == told[1]
