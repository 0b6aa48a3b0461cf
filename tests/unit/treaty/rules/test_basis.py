"""Legal basis and exercises."""

from datetime import date

import msgspec

from comity.base.ids import StateCode
from comity.base.mode import Mode
from comity.treaty.declarations import declarations_of
from comity.treaty.findings import Verdict, verdict
from comity.treaty.participation import DayOrMonth, Participation, Register
from comity.treaty.request import Request
from tests.simulators.assessed import Judge, findings_of


def test_between_invented_states_it_is_an_exercise_and_says_so(preservation: Request, judge: Judge) -> None:
    (finding,) = findings_of(judge(preservation), "basis.exercise")
    assert verdict(finding) is Verdict.MET
    assert finding.title == "EXERCISE"
    assert finding.why.startswith("EXERCISE")


def test_between_real_states_an_exercise_is_hypothetical_and_says_what_is_missing(
    iceland: Request, judge: Judge
) -> None:
    (finding,) = findings_of(judge(iceland), "basis.exercise")
    assert "hypothetical" in finding.title
    assert "39 of 40" in finding.why


def test_live_is_refused_and_names_what_is_missing(preservation: Request, judge: Judge) -> None:
    real = msgspec.structs.replace(preservation, requesting=StateCode("FR"), requested=StateCode("BR"))
    assessment = judge(real, mode=Mode.LIVE)
    (finding,) = findings_of(assessment, "basis.in_force")
    assert verdict(finding) is Verdict.STOP
    for words in ("39 of 40 instruments", "France has signed", "Brazil has signed"):
        assert words in finding.why
    assert findings_of(assessment, "basis.exercise") == []


def test_live_between_invented_states_is_refused(preservation: Request, judge: Judge) -> None:
    (finding,) = findings_of(judge(preservation, mode=Mode.LIVE), "basis.in_force")
    assert verdict(finding) is Verdict.STOP
    assert "invented" in finding.why


def test_live_is_met_once_the_convention_binds_both(preservation: Request, judge: Judge) -> None:
    deposited = DayOrMonth.parse("2026-01-01")
    codes = ["FR", "BR", *(f"A{letter}" for letter in "BCDEFGHIJKLMNOPQRSTUVWXYZ"), *(f"B{n}" for n in range(13))]
    entries = tuple(
        Participation(StateCode(code), code, None, None, "ratification", deposited, "a test") for code in codes
    )
    assert len(entries) == 40
    real = msgspec.structs.replace(preservation, requesting=StateCode("FR"), requested=StateCode("BR"))
    assessment = judge(real, mode=Mode.LIVE, register=Register(entries))
    assert verdict(findings_of(assessment, "basis.in_force")[0]) is Verdict.MET
    late = Participation(
        StateCode("BR"), "BR", None, None, "ratification", DayOrMonth("x", *[date(2026, 11, 1)] * 2), "t"
    )
    swapped = Register(tuple(late if one.state == "BR" else one for one in entries))
    assert verdict(findings_of(judge(real, mode=Mode.LIVE, register=swapped), "basis.in_force")[0]) is Verdict.STOP


def test_a_state_cannot_ask_itself(preservation: Request, judge: Judge) -> None:
    same = msgspec.structs.replace(preservation, requested=StateCode("XA"))
    assert verdict(findings_of(judge(same), "basis.two_states")[0]) is Verdict.STOP


def test_unknown_declarations_are_said_to_be_unknown(iceland: Request, judge: Judge) -> None:
    findings = findings_of(judge(iceland), "basis.declarations")
    assert [str(finding.basis) for finding in findings] == ["declaration of US", "declaration of IS"]
    assert {verdict(finding) for finding in findings} == {Verdict.DECIDE}
    assert not declarations_of(iceland.requested).known
