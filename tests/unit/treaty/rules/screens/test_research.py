"""Security research, reporting, and the elements that the requested State requires."""

import msgspec
import pytest

from comity.base.ids import StateCode
from comity.treaty.elements import Element
from comity.treaty.findings import NeedsDecision, Verdict, verdict
from comity.treaty.request import Offence, Person, Request, Screens
from tests.simulators.assessed import Judge, found

ANSWERED = Screens(research=False)


def access(
    request: Request, answers: Screens = ANSWERED, article: str = "7", to: str = "XA", facts: str = ""
) -> Request:
    """A request on an offence of articles 7 to 12; to XA by default, which requires and leaves out nothing."""
    other = "XB" if to == "XA" else "XA"
    return msgspec.structs.replace(
        request,
        requesting=StateCode(other),
        requested=StateCode(to),
        offence=Offence(article=article, name="an offence"),
        screens=answers,
        facts=facts or request.facts,
    )


@pytest.mark.parametrize(
    "answers",
    [
        Screens(research=False, access_authorised=True),
        Screens(research=False, reported=True),
        Screens(research=False, public_interest=True),
        Screens(research=False, elements_absent=(Element.SERIOUS_HARM, Element.DISHONEST_INTENT)),
        Screens(research=True),
    ],
)
def test_each_sign_of_research_or_reporting_stops_for_a_reviewer(
    preservation: Request, judge: Judge, answers: Screens
) -> None:
    finding = found(judge(access(preservation, answers)), "screens.research")
    assert isinstance(finding, NeedsDecision)
    assert finding.who.value == "reviewer"
    assert finding.citation.provisions[0] == "11(2)"


@pytest.mark.parametrize(
    "facts",
    ["She reported the flaw under a bug bounty.", "Un test d'intrusion autorisé.", "As part of a penetration test."],
)
def test_words_of_research_in_the_facts_stop(preservation: Request, judge: Judge, facts: str) -> None:
    assert verdict(found(judge(access(preservation, facts=facts)), "screens.research")) is Verdict.DECIDE


def test_a_journalist_concerned_in_a_leak_stops(preservation: Request, judge: Judge) -> None:
    leak = msgspec.structs.replace(access(preservation), persons=(Person(status=("journalist",)),))
    assert verdict(found(judge(leak), "screens.research")) is Verdict.DECIDE


def test_a_state_that_leaves_research_out_needs_the_question_answered(preservation: Request, judge: Judge) -> None:
    unanswered = found(judge(access(preservation, Screens(), to="XB")), "screens.research")
    assert verdict(unanswered) is Verdict.DECIDE
    assert "Research is left out of article 7 by State XB." in unanswered.why
    answered = found(judge(access(preservation, to="XB")), "screens.research")
    assert verdict(answered) is Verdict.MET
    assert "State XB" in answered.why


def test_it_says_whether_the_requested_state_requires_dishonest_intent(preservation: Request, judge: Judge) -> None:
    finding = found(judge(access(preservation, to="XB")), "screens.optional_elements")
    assert isinstance(finding, NeedsDecision)
    assert "State XB requires a dishonest or criminal intent, which the facts are not said to show" in finding.why
    assert str(finding.basis) == "declaration of XB"
    shown = Screens(research=False, elements_shown=(Element.DISHONEST_INTENT,))
    assert verdict(found(judge(access(preservation, shown, to="XB")), "screens.optional_elements")) is Verdict.MET
    absent = Screens(research=False, elements_absent=(Element.DISHONEST_INTENT,))
    assert (
        "which the facts exclude"
        in found(judge(access(preservation, absent, to="XB")), "screens.optional_elements").why
    )


def test_a_state_that_requires_nothing_more_is_said_to(preservation: Request, judge: Judge) -> None:
    finding = found(judge(access(preservation)), "screens.optional_elements")
    assert verdict(finding) is Verdict.MET
    assert "(nothing)" in finding.why


@pytest.mark.parametrize("code", ["IS", "AZ"])
def test_what_a_real_state_requires_is_not_made_up(preservation: Request, judge: Judge, code: str) -> None:
    finding = found(judge(access(preservation, to=code)), "screens.optional_elements")
    assert verdict(finding) is Verdict.DECIDE
    assert "is not known here" in finding.why
    if code == "AZ":
        assert "has narrowed article 7" in finding.why
        assert "thresholds of harm" in finding.why


@pytest.mark.parametrize(("article", "asked"), [("7", True), ("9", True), ("10", False), ("13", False), ("16", True)])
def test_elements_are_asked_where_an_article_lets_a_state_require_them(
    preservation: Request, judge: Judge, article: str, asked: bool
) -> None:
    rules = {one.rule for one in judge(access(preservation, article=article)).findings}
    assert ("screens.optional_elements" in rules) is asked


def test_a_narrowed_article_is_no_reservation_that_stops(preservation: Request, judge: Judge) -> None:
    rules = {one.rule for one in judge(access(preservation, to="AZ")).stops}
    assert "scope.reserved" not in rules


@pytest.mark.parametrize("code", ["QA", "XC"])
@pytest.mark.parametrize("article", ["14", "15", "16"])
def test_articles_14_to_16_stop_to_and_from_a_state_not_bound_by_them(
    preservation: Request, judge: Judge, code: str, article: str
) -> None:
    for there in (True, False):
        states = (preservation.requesting, StateCode(code)) if there else (StateCode(code), preservation.requested)
        of_children = msgspec.structs.replace(
            preservation, requesting=states[0], requested=states[1], offence=Offence(article=article, name="an offence")
        )
        finding = found(judge(of_children), "scope.reserved")
        assert verdict(finding) is Verdict.STOP
        assert str(finding.basis) == f"declaration of {code}"
