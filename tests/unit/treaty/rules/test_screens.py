"""Screens stop for a person and never refuse."""

import msgspec
import pytest

from comity.treaty.assess import Side
from comity.treaty.findings import NeedsDecision, NotMet, Verdict, verdict
from comity.treaty.request import Offence, Person, Request, Screens
from tests.simulators.assessed import Judge, found


def speech(name: str = "Publication of statements", route: str = "", law: str = "") -> Offence:
    return Offence(name=name, route=route, law=law, max_penalty_years=5)


@pytest.mark.parametrize(
    "offence",
    [
        speech("Insult of a public official"),
        speech(law="Penal Code, chapter on Extremism"),
        speech(route="expression"),
        speech("Spreading FALSE NEWS"),
    ],
)
@pytest.mark.parametrize("side", Side)
def test_an_expression_offence_stops_for_a_reviewer_on_both_sides(
    preservation: Request, judge: Judge, offence: Offence, side: Side
) -> None:
    finding = found(judge(msgspec.structs.replace(preservation, offence=offence), side=side), "screens.expression")
    assert isinstance(finding, NeedsDecision)
    assert finding.who.value == "reviewer"
    assert finding.citation.provisions == ("6(2)", "40(22)")


@pytest.mark.parametrize("status", ["journalist", "refugee", "human_rights_defender", "opposition"])
def test_an_exposed_person_stops_for_a_reviewer(preservation: Request, judge: Judge, status: str) -> None:
    marked = msgspec.structs.replace(preservation, persons=(Person(name="A.", status=(status,)),))
    assert verdict(found(judge(marked), "screens.discrimination")) is Verdict.DECIDE


def test_the_drafters_own_answers_count(preservation: Request, judge: Judge) -> None:
    answered = msgspec.structs.replace(preservation, screens=Screens(expression=True, protected_ground=True))
    assessment = judge(answered)
    assert verdict(found(assessment, "screens.expression")) is Verdict.DECIDE
    assert verdict(found(assessment, "screens.discrimination")) is Verdict.DECIDE


def test_where_nothing_is_found_it_says_what_was_looked_at(preservation: Request, judge: Judge) -> None:
    finding = found(judge(preservation), "screens.expression")
    assert verdict(finding) is Verdict.MET
    assert "against the lists of words for expression" in finding.why
    assert "answer, no" in finding.why
    unanswered = found(judge(msgspec.structs.replace(preservation, screens=Screens())), "screens.expression")
    assert "there is none" in unanswered.why


def test_research_is_looked_at_where_the_wording_reaches_it(preservation: Request, judge: Judge) -> None:
    access = msgspec.structs.replace(
        preservation, offence=Offence(article="7", name="Illegal access"), screens=Screens(research=True)
    )
    assert verdict(found(judge(access), "screens.research")) is Verdict.DECIDE
    assert "screens.research" not in {finding.rule for finding in judge(preservation).findings}


def test_a_claimed_emergency_is_for_the_duty_officer(preservation: Request, judge: Judge) -> None:
    claimed = msgspec.structs.replace(preservation, emergency="A kidnapped child.")
    finding = found(judge(claimed), "screens.emergency")
    assert isinstance(finding, NeedsDecision)
    assert finding.who.value == "duty_officer"


def test_no_screen_ever_refuses(preservation: Request, judge: Judge) -> None:
    worst = msgspec.structs.replace(
        preservation,
        offence=speech("Insult", "expression"),
        persons=(Person(status=("journalist",)),),
        screens=Screens(expression=True, protected_ground=True, research=True),
        emergency="claimed",
    )
    for side in Side:
        screens = [one for one in judge(worst, side=side).findings if one.rule.startswith("screens.")]
        assert screens
        assert not [one for one in screens if isinstance(one, NotMet)]
