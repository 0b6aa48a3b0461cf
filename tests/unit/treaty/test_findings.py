"""Findings: how each is shown, and what each says."""

from comity.base.ids import StateCode
from comity.treaty.citation import Citation
from comity.treaty.findings import (
    CAUTION,
    TREATY,
    Effect,
    Met,
    NeedsDecision,
    NotMet,
    Verdict,
    as_json,
    policy_of,
    verdict,
    with_cautions,
)
from comity.treaty.terms import Role

SURE, UNSURE = Citation.of("42(3)(f)"), Citation.of("42(8)")


def test_each_finding_is_shown_by_one_word() -> None:
    assert verdict(Met("a.b", SURE, "t", "w")) is Verdict.MET
    assert verdict(NeedsDecision("a.b", SURE, "t", "w", "do", Role.REVIEWER)) is Verdict.DECIDE
    for effect in Effect:
        assert verdict(NotMet("a.b", SURE, "t", "w", "do", effect)).value == effect.value


def test_a_finding_on_unsure_text_says_to_check_it_once() -> None:
    cautious, sure = with_cautions([Met("a.b", UNSURE, "t", "w."), Met("a.b", SURE, "t", "w.")])
    assert cautious.why == f"w. {CAUTION}"
    assert with_cautions([cautious]) == (cautious,)
    assert sure.why == "w."


def test_policy_is_shown_with_its_state_and_never_as_treaty() -> None:
    assert str(policy_of(StateCode("XA"))) == "policy of XA"
    assert str(TREATY) == "treaty"


def test_as_json_says_who_must_decide_and_what_to_do() -> None:
    finding = NeedsDecision("a.b", SURE, "t", "w", "do", Role.REVIEWER, "m", policy_of(StateCode("XA")))
    assert as_json(finding) == {
        "rule": "a.b",
        "measure": "m",
        "verdict": "decide",
        "citation": "art. 42(3)(f)",
        "confidence": "known=",
        "basis": "policy of XA",
        "title": "t",
        "why": "w",
        "todo": "do",
        "who": "reviewer",
    }
    assert as_json(Met("a.b", SURE, "t", "w"))["todo"] == ""
