"""Refusing, postponing, preserving and using under the Budapest Convention."""

from collections.abc import Callable
from datetime import date

import msgspec
import pytest

from comity.base.ids import StateCode
from comity.treaty import acts, periods
from comity.treaty.budapest.rulebook import BUDAPEST
from comity.treaty.budapest.rules.conduct import all_grounds
from comity.treaty.conduct import assess_act
from comity.treaty.declarations import declarations_of
from comity.treaty.findings import BasisKind, Finding, Verdict, verdict
from comity.treaty.request import Offence, Request

TODAY = date(2026, 11, 22)
OTHER_OFFENCE = Offence(name="Theft of a bicycle", law="Penal Code, section 9: up to 1 year")
Did = Callable[..., dict[str, Finding]]


@pytest.fixture
def did(preservation: Request) -> Did:
    """An act on the live example, asked of a State; the findings by rule."""

    def run(act: acts.Act, *, of: str = "EE", offence: Offence | None = None) -> dict[str, Finding]:
        request = msgspec.structs.replace(
            preservation, requested=StateCode(of), offence=preservation.offence if offence is None else offence
        )
        found = assess_act(act, on=TODAY, requested=declarations_of(StateCode(of)), request=request)
        assert all(one.citation.instrument == "budapest" for one in found.findings)
        return {one.rule: one for one in found.findings}

    return run


STORED, KEPT, PATH = "production_of_stored_data", "expedited_preservation", "disclosure_of_preserved_traffic_data"


@pytest.mark.parametrize(
    ("ground", "measure", "shown", "cited"),
    [
        ("political_offence", STORED, Verdict.MET, "Budapest 27(4)(a)"),
        ("political_offence", KEPT, Verdict.MET, "Budapest 29(5)(a)"),
        ("political_offence", PATH, Verdict.MET, "Budapest 30(2)"),
        ("29(5)(b)", KEPT, Verdict.MET, "Budapest 29(5)(b)"),
        ("legal_system", STORED, Verdict.MET, "Budapest 25(4)"),
        ("legal_system", KEPT, Verdict.STOP, "Budapest 29(5)"),
        ("no_dual_criminality", KEPT, Verdict.STOP, "Budapest 29(5)"),
        ("discrimination", STORED, Verdict.DECIDE, "Budapest 27(4)(b)"),
        ("bank_secrecy", STORED, Verdict.DECIDE, "Budapest 25(4)"),
        ("own_proceedings", STORED, Verdict.STOP, "Budapest 25(4), 27(4)"),
        ("a missing field", KEPT, Verdict.STOP, "Budapest 29(5)"),
        ("", STORED, Verdict.STOP, "Budapest 25(4), 27(4)"),
    ],
)
def test_a_refusal_rests_on_the_list_of_its_measure(
    did: Did, ground: str, measure: str, shown: Verdict, cited: str
) -> None:
    found = did(acts.Refusal(measure=measure, ground=ground, reasons="stated", consulted=True))[
        "conduct.refusal_ground"
    ]
    assert (verdict(found), str(found.citation)) == (shown, cited)


def test_fiscal_matters_alone_are_no_ground_for_articles_2_to_11_and_others_are_for_the_law(did: Did) -> None:
    act = acts.Refusal(measure=STORED, ground="fiscal_only", reasons="stated")
    assert verdict(did(act)["conduct.refusal_forbidden"]) is Verdict.STOP
    assert verdict(did(act, offence=OTHER_OFFENCE)["conduct.refusal_forbidden"]) is Verdict.DECIDE


@pytest.mark.parametrize(
    ("of", "shown"), [("AT", Verdict.DECIDE), ("EE", Verdict.STOP), ("DE", Verdict.DECIDE), ("XB", Verdict.DECIDE)]
)
def test_dual_criminality_refuses_preservation_only_by_the_reservation(did: Did, of: str, shown: Verdict) -> None:
    act = acts.Refusal(measure=KEPT, ground="29(4)", reasons="stated")
    assert verdict(did(act, of=of, offence=OTHER_OFFENCE)["conduct.refusal_ground"]) is shown
    assert verdict(did(act, of=of)["conduct.refusal_ground"]) is Verdict.STOP


def test_reasons_are_a_duty_for_assistance_and_asked_by_comity_for_preservation(did: Did) -> None:
    stored = did(acts.Refusal(measure=STORED, ground="political_offence"))["conduct.reasons"]
    kept = did(acts.Refusal(measure=KEPT, ground="political_offence"))["conduct.reasons"]
    assert (verdict(stored), stored.basis.kind) == (Verdict.STOP, BasisKind.TREATY)
    assert (verdict(kept), kept.basis.kind) == (Verdict.STOP, BasisKind.PROGRAM)


def test_a_postponement_is_for_own_proceedings_with_reasons_and_never_of_preservation(did: Did) -> None:
    good = did(acts.Postponement(measure=STORED, ground="own_proceedings", reasons="a trial", consulted=True))
    assert {verdict(one) for one in good.values()} == {Verdict.MET}
    bare = did(acts.Postponement(measure=STORED, ground="holidays"))
    assert {rule: verdict(one) for rule, one in bare.items()} == {
        "conduct.postponement": Verdict.STOP,
        "conduct.reasons": Verdict.STOP,
        "conduct.consulted": Verdict.NOTE,
    }
    kept = did(acts.Postponement(measure=KEPT, ground="own_proceedings", reasons="a trial"))
    assert verdict(kept["conduct.postponement"]) is Verdict.STOP


def test_preservation_keeps_floor_and_ceiling_and_tells_first(did: Did) -> None:
    found = did(acts.Execution(start=date(2026, 11, 20), until=date(2027, 1, 10), may_fail=True))
    assert verdict(found["preservation.least"]) is Verdict.STOP
    assert str(found["preservation.least"].citation) == "Budapest 29(7)"
    assert str(found["preservation.most"].citation) == "Budapest 16(2)"
    assert verdict(found["conduct.inform_first"]) is Verdict.STOP


def test_the_two_figures_that_shared_rules_use_are_the_same_in_both_instruments() -> None:
    for name in ("preservation_least", "preservation_order_most"):
        assert periods.count(name, TODAY) == periods.count(name, TODAY, "budapest")


def test_use_for_another_matter_turns_on_the_conditions(did: Did) -> None:
    assert verdict(did(acts.Use(same_matter=True))["conduct.use"]) is Verdict.MET
    assert verdict(did(acts.Use(consent=True))["conduct.use"]) is Verdict.MET
    assert verdict(did(acts.Use())["conduct.use"]) is Verdict.DECIDE


def test_passing_on_without_the_suppliers_word_needs_a_person(did: Did) -> None:
    assert verdict(did(acts.OnwardTransfer(to="XC"))["conduct.onward"]) is Verdict.DECIDE
    assert verdict(did(acts.OnwardTransfer(to="XC", authorised=True))["conduct.onward"]) is Verdict.MET


@pytest.mark.parametrize(
    "act",
    [
        acts.Transfer(lawful=True),
        acts.ExtensionRequest(asked_on=TODAY, expires_on=TODAY),
        acts.ProgressAnswer(asked_on=TODAY),
        acts.NoLongerNeeded(),
        acts.Lifting(),
    ],
)
def test_what_the_instrument_is_silent_on_is_said_to_be_so(did: Did, act: acts.Act) -> None:
    assert verdict(did(act)["conduct.silent"]) is Verdict.NOTE


@pytest.mark.parametrize(
    "act",
    [
        acts.DualAnswer(measure=STORED, form=acts.DualForm.NOT_TESTED, why="not asked by our law"),
        acts.Secrecy(start=TODAY, end=date(2026, 12, 1), reasons="a suspect would flee", can_comply=True),
        acts.Answer(complete=True),
        acts.Renewal(previous_until=TODAY, decided_on=TODAY, until=date(2026, 12, 1), reasons="still needed"),
    ],
)
def test_shared_rules_on_acts_are_told_with_this_instruments_provisions(did: Did, act: acts.Act) -> None:
    assert all(verdict(one) is Verdict.MET for one in did(act).values())


def test_without_a_request_the_conventions_rules_are_run() -> None:
    (first, *_) = assess_act(acts.Refusal(ground="40(21)(b)", reasons="stated"), on=TODAY).findings
    assert first.citation.instrument == ""


def test_every_ground_cites_a_provision_and_has_its_own_name() -> None:
    found = [one.name for one in all_grounds()]
    assert len(set(found)) == len(found)
    assert all(BUDAPEST.cite(*one.citations.values()) for one in all_grounds())
