"""Proportionality and independent authorisation."""

import msgspec

from comity.base.ids import StateCode
from comity.treaty.assess import Side
from comity.treaty.findings import Verdict, verdict
from comity.treaty.request import Request
from tests.simulators.assessed import Judge, findings_of, found


def test_a_missing_word_on_proportionality_is_noted_and_not_refused(production: Request, judge: Judge) -> None:
    silent = msgspec.structs.replace(production, proportionality="")
    for request, shown in ((production, Verdict.MET), (silent, Verdict.NOTE)):
        assert {verdict(one) for one in findings_of(judge(request), "safeguards.proportionality")} == {shown}


def test_logs_need_no_prior_authorisation_by_policy(production: Request, judge: Judge) -> None:
    assert "safeguards.authorisation" not in {finding.rule for finding in judge(production).findings}


def test_review_under_the_requested_states_law_is_its_own_to_decide(production: Request, judge: Judge) -> None:
    search = msgspec.structs.replace(production.measures[1], measure="search_seizure_of_stored_data")
    real = msgspec.structs.replace(production, requested=StateCode("IS"), measures=(search,))
    finding = found(judge(real, side=Side.REQUESTED), "safeguards.authorisation")
    assert verdict(finding) is Verdict.DECIDE
    assert str(finding.basis) == "treaty"
