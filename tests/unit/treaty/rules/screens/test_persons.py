"""Political offences, protected grounds, repression across borders, and children."""

import msgspec
import pytest

from comity.base.ids import StateCode
from comity.treaty.assess import Side
from comity.treaty.findings import NeedsDecision, Verdict, verdict
from comity.treaty.request import Offence, Person, Request, Screens
from tests.simulators.assessed import Judge, found


def concerning(request: Request, *persons: Person) -> Request:
    return msgspec.structs.replace(request, persons=persons)


@pytest.mark.parametrize(
    "name",
    [
        "Diffamation envers un fonctionnaire",
        "Клевета",
        "إهانة موظف عام",
        "诽谤罪",
        "Difamación",
        "Üble Nachrede",
        "Hakaret",
    ],
)
def test_expression_is_seen_in_several_languages(preservation: Request, judge: Judge, name: str) -> None:
    spoken = msgspec.structs.replace(preservation, offence=Offence(name=name, max_penalty_years=5))
    assert verdict(found(judge(spoken), "screens.expression")) is Verdict.DECIDE


@pytest.mark.parametrize(
    "name", ["Subversion", "Государственная измена", "颠覆国家政权罪", "Undermining state security"]
)
def test_a_political_offence_is_led_to_grounds_that_exist(preservation: Request, judge: Judge, name: str) -> None:
    political = msgspec.structs.replace(preservation, offence=Offence(name=name, max_penalty_years=10))
    finding = found(judge(political, side=Side.REQUESTED), "screens.political_offence")
    assert isinstance(finding, NeedsDecision)
    assert finding.citation.provisions == ("40(22)", "40(21)(b)", "40(21)(d)")
    assert "no ground of that name" in finding.todo


def test_whether_it_is_political_is_asked_in_so_many_words(preservation: Request, judge: Judge) -> None:
    assert "there is none" in found(judge(preservation), "screens.political_offence").why
    said = msgspec.structs.replace(preservation, screens=Screens(political=True))
    assert verdict(found(judge(said), "screens.political_offence")) is Verdict.DECIDE


@pytest.mark.parametrize("status", ["religious_minority", "LGBT", "ethnic minority"])
def test_every_protected_ground_counts_not_only_opinion(preservation: Request, judge: Judge, status: str) -> None:
    marked = concerning(preservation, Person(status=(status,)))
    assert verdict(found(judge(marked), "screens.discrimination")) is Verdict.DECIDE


@pytest.mark.parametrize("status", ["refugee", "Asylum seeker", "exile", "journalist", "activist"])
def test_people_whom_a_state_may_pursue_abroad_stop_for_a_second_person(
    preservation: Request, judge: Judge, status: str
) -> None:
    finding = found(
        judge(concerning(preservation, Person(status=(status,))), side=Side.REQUESTED),
        "screens.transnational_repression",
    )
    assert isinstance(finding, NeedsDecision)
    assert "never put refugee or asylum status into anything that goes out" in finding.todo


@pytest.mark.parametrize("origin", ["XA", "State XA"])
def test_that_the_state_of_origin_asks_is_said(preservation: Request, judge: Judge, origin: str) -> None:
    fled = concerning(preservation, Person(status=("refugee",), country_of_origin=origin))
    assert "from State XA, which asks" in found(judge(fled), "screens.transnational_repression").why


def test_a_refugee_from_elsewhere_still_stops_but_is_not_said_to_be_from_there(
    preservation: Request, judge: Judge
) -> None:
    fled = concerning(preservation, Person(status=("refugee",), country_of_origin="XC"))
    finding = found(judge(fled), "screens.transnational_repression")
    assert verdict(finding) is Verdict.DECIDE
    assert "which asks" not in finding.why


def test_no_finding_names_the_person(preservation: Request, judge: Judge) -> None:
    named = concerning(preservation, Person(name="Nadia Example", status=("refugee",), role="suspect", age=16))
    screens = [one for one in judge(named).findings if one.rule.startswith("screens.")]
    assert not [one for one in screens if "Nadia" in one.why]


def of_children(request: Request, article: str, *persons: Person) -> Request:
    return msgspec.structs.replace(request, offence=Offence(article=article, name="an offence"), persons=persons)


@pytest.mark.parametrize(
    ("article", "persons", "shown"),
    [
        ("14", (), "decide"),
        ("14", (Person(role="suspect"),), "decide"),
        ("14", (Person(role="suspect", age=17),), "decide"),
        ("14", (Person(role="suspect", age=18), Person(role="victim", age=9)), "met"),
        ("15", (Person(role="victim", age=9),), "decide"),
        ("13", (Person(role="suspect"),), "met"),
        ("13", (Person(role="suspect", age=15),), "decide"),
        ("13", (Person(role="victim", age=15),), "met"),
        ("13", (), "met"),
    ],
)
def test_a_suspect_under_18_or_of_unknown_age_in_sexual_offences_stops(
    preservation: Request, judge: Judge, article: str, persons: tuple[Person, ...], shown: str
) -> None:
    assert verdict(found(judge(of_children(preservation, article, *persons)), "screens.children")).value == shown


def test_what_each_state_leaves_out_for_children_is_said(preservation: Request, judge: Judge) -> None:
    finding = found(judge(of_children(preservation, "14")), "screens.children")
    assert "State XA leaves out: children's own material, private consensual material" in finding.why
    assert "State XB leaves out: children's own material, children's own conduct" in finding.why
    to_real = msgspec.structs.replace(of_children(preservation, "14"), requested=StateCode("IS"))
    assert "What IS leaves out for children is not known here" in found(judge(to_real), "screens.children").why
