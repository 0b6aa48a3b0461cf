"""Grounds for refusal are shown, never applied."""

from comity.treaty.findings import Verdict, verdict
from comity.treaty.request import Request
from tests.simulators.assessed import Judge, findings_of, found


def test_grounds_for_refusal_are_a_note_and_fewer_for_preservation(
    preservation: Request, production: Request, judge: Judge
) -> None:
    kept, given = found(judge(preservation), "refusal.grounds"), findings_of(judge(production), "refusal.grounds")
    assert {verdict(one) for one in (kept, *given)} == {Verdict.NOTE}
    assert kept.citation.provisions == ("42(6)", "40(21)(b)", "40(21)(c)", "40(22)")
    assert len(given) == len(production.measures)
    assert all("40(8)" in one.citation.provisions for one in given)
