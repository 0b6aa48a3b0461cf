"""Acts of States against the rules on conduct."""

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.ids import StateCode
from comity.treaty import acts
from comity.treaty.assess import Assessment, Outcome
from comity.treaty.citation import Confidence
from comity.treaty.conduct import assess_act
from comity.treaty.declarations import Declarations, Reservation, declarations_of
from comity.treaty.findings import CAUTION, Met, Verdict, verdict
from comity.treaty.grounds import GroundKind, all_grounds, grounds_for
from comity.treaty.measures import Family, all_measures, measure
from comity.treaty.request import Offence, Request
from tests.simulators.assessed import found

TODAY = date(2026, 11, 22)
DAY = timedelta(days=1)
REASONS = "It would lay open a source of our own."
MEASURES = [one.name for one in all_measures() if one.is_carried]
ASSISTANCE = "production_of_stored_data"
PRESERVATION = "expedited_preservation"
PATH = "disclosure_of_preserved_traffic_data"


def judged(act: acts.Act, **around: Declarations | Request) -> Assessment:
    return assess_act(act, on=TODAY, **around)  # type: ignore[arg-type]


def refusal(name: str, ground: str, *, reasons: str = REASONS, consulted: bool = True) -> acts.Refusal:
    return acts.Refusal(measure=name, ground=ground, reasons=reasons, consulted=consulted)


# Refusal


def test_a_refusal_on_a_listed_ground_with_reasons_after_consultation_meets_everything() -> None:
    assert judged(refusal(ASSISTANCE, "essential_interests")).outcome is Outcome.MET
    assert judged(refusal(ASSISTANCE, "40(21)(b)")).outcome is Outcome.MET


@pytest.mark.parametrize("name", MEASURES)
@pytest.mark.parametrize("ground", [one for one in all_grounds() if one.kind is GroundKind.GROUND])
def test_a_ground_holds_exactly_for_the_measures_whose_list_has_it(name: str, ground: object) -> None:
    listed = next(one for one in all_grounds() if one is ground)
    kind = measure(name)
    assert kind is not None
    finding = found(judged(refusal(name, listed.name)), "conduct.refusal_ground")
    if kind.family in listed.families:
        assert verdict(finding) is Verdict.MET
    elif kind.family is Family.UNLISTED:
        assert verdict(finding) is Verdict.DECIDE
    else:
        assert verdict(finding) is Verdict.STOP


def test_the_lists_for_preservation_and_the_path_are_narrower() -> None:
    wide = {one.name for one in grounds_for(Family.ASSISTANCE)}
    for family in (Family.PRESERVATION, Family.PATH):
        names = {one.name for one in grounds_for(family)}
        assert names == {"essential_interests", "barred_at_home", "discrimination"}
        assert names < wide


@pytest.mark.parametrize("name", [PRESERVATION, PATH])
@pytest.mark.parametrize("ground", ["not_in_conformity", "no_dual_criminality", "legal_system", "small_matter"])
def test_preservation_and_the_path_are_not_refused_for_form_or_dual_criminality(name: str, ground: str) -> None:
    finding = found(judged(refusal(name, ground)), "conduct.refusal_ground")
    assert verdict(finding) is Verdict.STOP
    assert finding.citation.provisions[0] in {"42(6)", "43(2)"}


@pytest.mark.parametrize("name", MEASURES)
@pytest.mark.parametrize("ground", ["fiscal_only", "bank_secrecy"])
def test_fiscal_matters_alone_and_bank_secrecy_are_never_a_ground(name: str, ground: str) -> None:
    stops = {finding.rule for finding in judged(refusal(name, ground)).stops}
    assert stops == {"conduct.refusal_forbidden"}


@pytest.mark.parametrize("name", [ASSISTANCE, PRESERVATION, PATH])
@pytest.mark.parametrize("ground", ["political_offence", "human_rights"])
def test_a_reason_the_treaty_does_not_name_is_told_through_one_it_does_and_never_stopped(
    name: str, ground: str
) -> None:
    finding = found(judged(refusal(name, ground)), "conduct.refusal_ground")
    assert verdict(finding) is Verdict.DECIDE
    assert "40(22)" in finding.citation.provisions


def test_a_ground_of_ones_own_making_is_not_on_the_list_and_the_list_is_shown() -> None:
    finding = found(judged(refusal(ASSISTANCE, "we are busy")), "conduct.refusal_ground")
    assert verdict(finding) is Verdict.STOP
    assert "essential_interests (40(21)(b))" in getattr(finding, "todo", "")
    assert verdict(found(judged(refusal(ASSISTANCE, "")), "conduct.refusal_ground")) is Verdict.STOP
    assert verdict(found(judged(refusal(ASSISTANCE, "own_proceedings")), "conduct.refusal_ground")) is Verdict.STOP


@pytest.mark.parametrize("reasons", ["", "   \n"])
def test_a_refusal_without_reasons_stops(reasons: str) -> None:
    stops = [one.rule for one in judged(refusal(ASSISTANCE, "barred_at_home", reasons=reasons)).stops]
    assert stops == ["conduct.reasons"]


@pytest.mark.parametrize(
    ("name", "shown"), [(ASSISTANCE, Verdict.STOP), (PRESERVATION, Verdict.NOTE), (PATH, Verdict.NOTE)]
)
def test_consultation_comes_first_and_is_only_noted_where_its_own_article_does_not_ask(
    name: str, shown: Verdict
) -> None:
    assessment = judged(refusal(name, "barred_at_home", consulted=False))
    assert verdict(found(assessment, "conduct.consulted")) is shown


def test_data_protection_is_a_ground_of_assistance_and_a_persons_decision_for_the_path() -> None:
    assert verdict(found(judged(refusal(ASSISTANCE, "36(1)(a)")), "conduct.refusal_ground")) is Verdict.MET
    finding = found(judged(refusal(PATH, "36(1)(a)")), "conduct.refusal_ground")
    assert verdict(finding) is Verdict.DECIDE
    assert finding.citation.provisions == ("36(1)(a)", "43(2)")


def test_the_reservation_of_42_5_is_a_ground_only_for_who_made_it_and_not_for_convention_offences() -> None:
    act = refusal(PRESERVATION, "42(5)")
    xb = declarations_of(StateCode("XB"))
    held = msgspec.structs.replace(xb, reservations=(Reservation("42(5)", "may refuse", date(2026, 1, 1), "a test"),))
    base = Request(requesting=StateCode("XA"), requested=StateCode("XB"))
    serious = msgspec.structs.replace(base, offence=Offence(name="x", max_penalty_years=10))
    fraud = msgspec.structs.replace(base, offence=Offence(article="19", principal="13"))
    rule = "conduct.refusal_ground"
    assert verdict(found(judged(act), rule)) is Verdict.DECIDE
    assert verdict(found(judged(act, requested=xb, request=serious), rule)) is Verdict.STOP
    assert verdict(found(judged(act, requested=held, request=serious), rule)) is Verdict.DECIDE
    assert verdict(found(judged(act, requested=held, request=fraud), rule)) is Verdict.STOP
    assert verdict(found(judged(refusal(ASSISTANCE, "42(5)")), rule)) is Verdict.STOP


# Postponement


def test_execution_is_put_off_for_own_proceedings_only() -> None:
    own = acts.Postponement(measure=ASSISTANCE, ground="own_proceedings", reasons="A raid is planned.", consulted=True)
    assert judged(own).outcome is Outcome.MET
    other = msgspec.structs.replace(own, ground="barred_at_home")
    assert [one.rule for one in judged(other).stops] == ["conduct.postponement"]
    silent = msgspec.structs.replace(own, consulted=False, reasons="")
    assert [one.rule for one in judged(silent).stops] == ["conduct.consulted"]
    assert [one.rule for one in judged(silent).notes] == ["conduct.reasons"]


@pytest.mark.parametrize("name", [PRESERVATION, PATH])
def test_preservation_and_the_path_are_not_put_off(name: str) -> None:
    act = acts.Postponement(measure=name, ground="own_proceedings", reasons="A raid.", consulted=True)
    assert [one.rule for one in judged(act).stops] == ["conduct.postponement"]


# Preservation carried out


def execution(days: int = 60, **facts: object) -> acts.Execution:
    return acts.Execution(start=TODAY, until=TODAY + days * DAY, **{"may_fail": False, **facts})  # type: ignore[arg-type]


@given(st.integers(1, 400))
def test_an_order_runs_from_the_floor_to_the_ceiling(days: int) -> None:
    stops = {one.rule for one in judged(execution(days)).stops}
    assert ("preservation.least" in stops) == (days < 60)
    assert ("preservation.most" in stops) == (days > 90)


def test_nothing_is_executed_while_the_question_of_42_7_is_open() -> None:
    rule = "conduct.inform_first"
    assert verdict(found(judged(execution(may_fail=None)), rule)) is Verdict.DECIDE
    assert verdict(found(judged(execution(may_fail=False)), rule)) is Verdict.MET
    assert verdict(found(judged(execution(may_fail=True)), rule)) is Verdict.STOP
    assert verdict(found(judged(execution(may_fail=True, informed=True)), rule)) is Verdict.STOP
    assert verdict(found(judged(execution(may_fail=True, informed=True, answered=True)), rule)) is Verdict.MET


@pytest.mark.parametrize(
    ("days", "received", "decided", "shown"),
    [
        (59, False, False, Verdict.STOP),
        (60, False, False, Verdict.MET),
        (80, True, False, Verdict.STOP),
        (300, True, False, Verdict.STOP),
        (80, True, True, Verdict.MET),
        (10, True, True, Verdict.MET),
    ],
)
def test_data_are_not_let_go_before_the_floor_nor_while_the_request_for_them_is_undecided(
    days: int, received: bool, decided: bool, shown: Verdict
) -> None:
    act = execution(ended_on=TODAY + days * DAY, assistance_received=received, decided=decided)
    assert verdict(found(judged(act), "conduct.pending_decision")) is shown


@given(st.integers(-50, 50))
def test_an_extension_is_asked_before_expiry(days: int) -> None:
    act = acts.ExtensionRequest(asked_on=TODAY + days * DAY, expires_on=TODAY)
    expected = Verdict.MET if days < 0 else Verdict.NOTE if days == 0 else Verdict.STOP
    assert verdict(found(judged(act), "conduct.extension")) is expected


def test_a_renewal_is_a_decision_of_its_own_within_the_ceiling_while_the_order_runs() -> None:
    whole = acts.Renewal(
        previous_until=TODAY, decided_on=TODAY - DAY, until=TODAY + 90 * DAY, reasons="The request is being translated."
    )
    assert judged(whole).outcome is Outcome.MET
    late = msgspec.structs.replace(whole, decided_on=TODAY + DAY)
    bare = msgspec.structs.replace(whole, reasons=" ")
    long = msgspec.structs.replace(whole, until=TODAY + 91 * DAY)
    assert [[one.rule for one in judged(act).stops] for act in (late, bare, long)] == [
        ["conduct.renewal"],
        ["conduct.renewal"],
        ["preservation.most"],
    ]


# Use


@pytest.mark.parametrize("spontaneous", [False, True])
def test_use_for_another_matter_needs_consent_first(spontaneous: bool) -> None:
    act = acts.Use(purpose="A tax case", spontaneous=spontaneous)
    finding = found(judged(act), "conduct.use")
    assert verdict(finding) is Verdict.STOP
    assert finding.citation.provisions == (("40(5)",) if spontaneous else ("40(19)",))
    for changed in ({"consent": True}, {"same_matter": True}):
        assert judged(msgspec.structs.replace(act, **changed)).outcome is Outcome.MET


@given(st.builds(acts.Use, exculpatory=st.just(True), to_accused=st.just(True)))
def test_no_limit_on_use_ever_stops_what_speaks_for_an_accused(act: acts.Use) -> None:
    assert judged(act).stops == ()
    assert judged(act).asks == ()


def test_the_sender_is_told_before_or_in_exceptional_cases_after() -> None:
    act = acts.Use(exculpatory=True, to_accused=True)
    shown = [
        verdict(found(judged(msgspec.structs.replace(act, **changes)), "conduct.notice"))
        for changes in (
            {},
            {"notice_before": True},
            {"exceptional": True},
            {"exceptional": True, "notice_after": True},
            {"notice_after": True},
        )
    ]
    assert shown == [Verdict.DECIDE, Verdict.MET, Verdict.NOTE, Verdict.MET, Verdict.DECIDE]


def test_exculpatory_material_that_is_held_back_stops_for_a_lawyer() -> None:
    finding = found(judged(acts.Use(exculpatory=True, same_matter=True)), "conduct.exculpatory")
    assert verdict(finding) is Verdict.DECIDE


# Onward transfer and personal data


@given(st.builds(acts.OnwardTransfer, to=st.just("State XC"), authorised=st.just(False), personal_data=st.just(True)))
def test_no_authorisation_no_package(act: acts.OnwardTransfer) -> None:
    assert [one.rule for one in judged(act).stops] == ["conduct.onward"]


@pytest.mark.parametrize(
    ("sender", "in_writing", "shown"),
    [
        (None, False, Verdict.DECIDE),
        (None, True, Verdict.MET),
        ("XA", False, Verdict.MET),
        ("XB", False, Verdict.STOP),
        ("XB", True, Verdict.MET),
        ("FR", False, Verdict.DECIDE),
    ],
)
def test_the_authorisation_is_in_writing_where_the_sender_has_said_so(
    sender: str | None, in_writing: bool, shown: Verdict
) -> None:
    act = acts.OnwardTransfer(to="an organisation", sender_notified=True, authorised=True, in_writing=in_writing)
    around = {} if sender is None else {"requested": declarations_of(StateCode(sender))}
    finding = found(judged(act, **around), "conduct.onward_written")
    assert verdict(finding) is shown
    if shown is Verdict.STOP:
        assert str(finding.basis) == "declaration of XB"


def test_authorisation_without_notice_is_not_enough_and_other_material_follows_its_matter() -> None:
    secretly = acts.OnwardTransfer(to="State XC", authorised=True, in_writing=True)
    assert [one.rule for one in judged(secretly).stops] == ["conduct.onward"]
    plain = acts.OnwardTransfer(to="State XC", personal_data=False, same_matter=True)
    assert judged(plain).outcome is Outcome.MET


@pytest.mark.parametrize(
    ("lawful", "conditions", "shown"),
    [
        (True, (), Verdict.MET),
        (None, (), Verdict.DECIDE),
        (False, (), Verdict.DECIDE),
        (False, ("Names are blacked out.",), Verdict.DECIDE),
        (True, ("Kept for a year.",), Verdict.MET),
    ],
)
def test_personal_data_are_sent_lawfully_or_somebody_decides_on_conditions(
    lawful: bool | None, conditions: tuple[str, ...], shown: Verdict
) -> None:
    act = acts.Transfer(lawful=lawful, conditions=conditions)
    assert verdict(found(judged(act), "conduct.personal_data")) is shown


# Secrecy


def test_secrecy_without_an_end_stops_and_the_policy_of_a_state_is_shown_as_its_own() -> None:
    xa = declarations_of(StateCode("XA"))
    open_ = acts.Secrecy(start=TODAY, reasons="The suspect would flee.", can_comply=True)
    assert "conduct.secrecy_end" in [one.rule for one in judged(open_).stops]
    ended = msgspec.structs.replace(open_, end=TODAY + 91 * DAY)
    assert judged(ended).outcome is Outcome.MET
    finding = found(judged(ended, requesting=xa), "conduct.secrecy_cap")
    assert verdict(finding) is Verdict.STOP
    assert str(finding.basis) == "policy of XA"
    kept = msgspec.structs.replace(open_, end=TODAY + 90 * DAY)
    assert judged(kept, requesting=xa).outcome is Outcome.MET
    backwards = msgspec.structs.replace(open_, end=TODAY - DAY)
    assert "conduct.secrecy_end" in [one.rule for one in judged(backwards).stops]


@pytest.mark.parametrize(
    ("can", "informed", "shown"),
    [
        (True, False, Verdict.MET),
        (None, False, Verdict.DECIDE),
        (False, False, Verdict.STOP),
        (False, True, Verdict.MET),
    ],
)
def test_who_cannot_keep_it_says_so_first(can: bool | None, informed: bool, shown: Verdict) -> None:
    act = acts.Secrecy(start=TODAY, end=TODAY + DAY, reasons="x", can_comply=can, informed=informed)
    assert verdict(found(judged(act), "conduct.secrecy_kept")) is shown


def test_secrecy_without_reasons_has_them_asked_for() -> None:
    act = acts.Secrecy(start=TODAY, end=TODAY + DAY, can_comply=True)
    assert [one.rule for one in judged(act).asks] == ["conduct.secrecy_reasons"]


# Answers


@pytest.mark.parametrize(
    ("form", "law", "by", "why", "shown"),
    [
        ("tested_and_met", "Penal Code, section 9", "", "", Verdict.MET),
        ("tested_and_met", "", "", "", Verdict.STOP),
        ("tested_and_not_met", "", "The Minister of Justice", "The victims live here.", Verdict.MET),
        ("tested_and_not_met", "", "The Minister of Justice", "", Verdict.STOP),
        ("tested_and_not_met", "", "", "The victims live here.", Verdict.STOP),
        ("not_tested", "", "", "Our law does not ask for it.", Verdict.MET),
        ("not_tested", "", "", " ", Verdict.STOP),
    ],
)
def test_dual_criminality_is_answered_in_one_of_three_whole_forms(
    form: str, law: str, by: str, why: str, shown: Verdict
) -> None:
    act = acts.DualAnswer(measure=ASSISTANCE, form=acts.DualForm(form), law=law, by=by, why=why)
    assert verdict(found(judged(act), "conduct.dual_criminality")) is shown


def test_dual_criminality_is_never_tested_for_preservation_save_by_reservation_and_for_other_offences() -> None:
    act = acts.DualAnswer(measure=PRESERVATION, form=acts.DualForm.TESTED_AND_MET, law="section 9")
    xc = declarations_of(StateCode("XC"))
    base = Request(requesting=StateCode("XA"), requested=StateCode("XC"))
    serious = msgspec.structs.replace(base, offence=Offence(name="x", max_penalty_years=10))
    fraud = msgspec.structs.replace(base, offence=Offence(article="13"))
    rule = "conduct.dual_criminality"
    assert verdict(found(judged(act), rule)) is Verdict.STOP
    assert verdict(found(judged(act, requested=xc, request=fraud), rule)) is Verdict.STOP
    assert verdict(found(judged(act, requested=xc, request=serious), rule)) is Verdict.MET


@pytest.mark.parametrize(
    ("act", "shown"),
    [
        (acts.ProgressAnswer(asked_on=TODAY, answered=True), Verdict.MET),
        (acts.ProgressAnswer(asked_on=TODAY), Verdict.ASK),
        (acts.NoLongerNeeded(told=True), Verdict.MET),
        (acts.NoLongerNeeded(), Verdict.ASK),
        (acts.Lifting(heard=True), Verdict.MET),
        (acts.Lifting(), Verdict.DECIDE),
        (acts.Answer(complete=True), Verdict.MET),
        (acts.Answer(left_out="Content: none was asked for."), Verdict.MET),
        (acts.Answer(), Verdict.STOP),
    ],
)
def test_the_other_side_is_answered_told_and_heard(act: acts.Act, shown: Verdict) -> None:
    assert [verdict(finding) for finding in judged(act).findings] == [shown]


# All of them

TEXT = st.sampled_from(["", "something stated"])
ACTS: st.SearchStrategy[acts.Act] = st.one_of(
    st.builds(
        acts.Refusal,
        measure=st.sampled_from([*MEASURES, "", "hacking"]),
        ground=st.sampled_from([one.name for one in all_grounds()] + ["", "busy", "40(21)(c)"]),
        reasons=TEXT,
    ),
    st.builds(acts.Postponement, measure=st.sampled_from(MEASURES), ground=TEXT, reasons=TEXT),
    st.builds(acts.Execution, start=st.just(TODAY), until=st.dates(TODAY, TODAY + 200 * DAY)),
    st.builds(acts.ExtensionRequest),
    st.builds(acts.Use),
    st.builds(acts.OnwardTransfer),
    st.builds(acts.Transfer),
    st.builds(acts.Secrecy, start=st.just(TODAY)),
    st.builds(acts.DualAnswer, measure=st.sampled_from(MEASURES)),
)


@given(ACTS)
def test_every_rule_on_conduct_cites_and_explains_whatever_the_act(act: acts.Act) -> None:
    assessment = judged(act)
    assert assessment.findings
    for finding in assessment.findings:
        assert finding.why.strip()
        assert finding.title
        assert (finding.citation.confidence is Confidence.UNSURE) == finding.why.endswith(CAUTION)
        assert isinstance(finding, Met) or finding.todo.strip()
    assert judged(act) == assessment


def test_an_act_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        acts.Use().purpose = "x"  # type: ignore[misc]
