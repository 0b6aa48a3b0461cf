"""Grounds for refusal are shown, never applied."""

from collections.abc import Callable

from comity.treaty.assess import Assessment
from comity.treaty.findings import Finding, Verdict, verdict
from comity.treaty.request import Request

Judge = Callable[..., Assessment]


def found(assessment: Assessment, rule: str) -> Finding:
    return next(finding for finding in assessment.findings if finding.rule == rule)


def test_grounds_for_refusal_are_a_note_and_fewer_for_preservation(
    preservation: Request, production: Request, judge: Judge
) -> None:
    kept, given = found(judge(preservation), "refusal.grounds"), found(judge(production), "refusal.grounds")
    assert verdict(kept) is verdict(given) is Verdict.NOTE
    assert kept.citation.provisions == ("42(6)", "40(21)(b)", "40(21)(c)", "40(22)")
    assert "40(8)" in given.citation.provisions
