"""Dual criminality: tested and met, tested and not met, not tested."""

from datetime import date

import msgspec

from comity.base.ids import StateCode
from comity.treaty.assess import Assessment, Side
from comity.treaty.declarations import DualCriminality, Reservation, declarations_of
from comity.treaty.findings import Finding, Verdict, verdict
from comity.treaty.request import Offence, Request
from tests.simulators.assessed import Judge

SERIOUS = Offence(name="Extortion", max_penalty_years=10)


def found(assessment: Assessment) -> Finding:
    return next(finding for finding in assessment.findings if finding.rule == "dual_criminality")


def test_an_unreserved_offence_of_the_convention_is_tested_and_met(production: Request, judge: Judge) -> None:
    finding = found(judge(production, side=Side.REQUESTED))
    assert verdict(finding) is Verdict.MET
    assert "Tested and met" in finding.why
    assert "35(3)" in finding.citation.provisions


def test_a_reserved_offence_is_tested_and_not_met_and_left_to_discretion(production: Request, judge: Judge) -> None:
    held = Reservation("13", "not bound", date(2026, 1, 1), "a test")
    xb = msgspec.structs.replace(declarations_of(StateCode("XB")), reservations=(held,))
    finding = found(judge(production, requested=xb, side=Side.REQUESTED))
    assert verdict(finding) is Verdict.DECIDE
    assert "Tested and not met" in finding.why
    assert str(finding.citation) == "art. 40(8)"


def test_a_serious_crime_is_not_tested_by_software(production: Request, judge: Judge) -> None:
    serious = msgspec.structs.replace(production, offence=SERIOUS)
    assert verdict(found(judge(serious, side=Side.REQUESTED))) is Verdict.DECIDE
    note = found(judge(serious))
    assert verdict(note) is Verdict.NOTE
    assert "Not tested" in note.why
    assert production.dual_criminality[:40] in note.why


def test_attempt_is_not_tested_since_states_differ(production: Request, judge: Judge) -> None:
    for article in ("19", "19(2)", " 19 "):
        tried = msgspec.structs.replace(production, offence=Offence(article=article, principal="13", name="x"))
        assert "Not tested" in found(judge(tried, side=Side.REQUESTED)).why


def test_it_is_not_tested_where_declarations_are_not_known(production: Request, judge: Judge) -> None:
    real = msgspec.structs.replace(production, requested=StateCode("IS"))
    assert "not known" in found(judge(real, side=Side.REQUESTED)).why


def test_a_state_that_has_declared_it_needs_none_is_taken_at_its_word(production: Request, judge: Judge) -> None:
    xb = msgspec.structs.replace(declarations_of(StateCode("XB")), dual_criminality=DualCriminality.NOT_REQUIRED)
    serious = msgspec.structs.replace(production, offence=SERIOUS)
    finding = found(judge(serious, requested=xb, side=Side.REQUESTED))
    assert verdict(finding) is Verdict.MET
    assert str(finding.basis) == "declaration of XB"
