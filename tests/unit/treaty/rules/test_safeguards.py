"""Proportionality and independent authorisation."""

from collections.abc import Callable

import msgspec

from comity.base.ids import StateCode
from comity.treaty.assess import Assessment, Side
from comity.treaty.findings import Finding, Verdict, verdict
from comity.treaty.request import Request

Judge = Callable[..., Assessment]


def found(assessment: Assessment, rule: str) -> Finding:
    return next(finding for finding in assessment.findings if finding.rule == rule)


def test_a_missing_word_on_proportionality_is_noted_and_not_refused(production: Request, judge: Judge) -> None:
    assert verdict(found(judge(production), "safeguards.proportionality")) is Verdict.MET
    silent = msgspec.structs.replace(production, proportionality="")
    assert verdict(found(judge(silent), "safeguards.proportionality")) is Verdict.NOTE


def test_logs_need_no_prior_authorisation_by_policy(production: Request, judge: Judge) -> None:
    assert "safeguards.authorisation" not in {finding.rule for finding in judge(production).findings}


def test_review_under_the_requested_states_law_is_its_own_to_decide(production: Request, judge: Judge) -> None:
    search = msgspec.structs.replace(production.measures[1], measure="search_seizure_of_stored_data")
    real = msgspec.structs.replace(production, requested=StateCode("IS"), measures=(search,))
    finding = found(judge(real, side=Side.REQUESTED), "safeguards.authorisation")
    assert verdict(finding) is Verdict.DECIDE
    assert str(finding.basis) == "treaty"
