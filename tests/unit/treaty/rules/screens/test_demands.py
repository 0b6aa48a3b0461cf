"""What may not be compelled, and what a request says of itself."""

from datetime import date

import msgspec
import pytest

from comity.base.ids import StateCode
from comity.treaty.assess import Side
from comity.treaty.findings import Verdict, verdict
from comity.treaty.request import Offence, Person, Request, Sought
from comity.treaty.terms import DataCategory, Risk
from tests.simulators.assessed import Judge, asking, found


@pytest.mark.parametrize(
    "changes",
    [
        {"procedure": "Order the engineer who runs it to help, without telling the employer."},
        {"data": "The provider shall weaken the encryption of the account."},
        {"procedure": "Push an update to the device."},
        {"compelled_help": "The administrator tells the passphrase."},
        {"procedure": "Affaiblir le chiffrement."},
    ],
)
def test_a_demand_on_an_insider_or_on_protection_itself_stops(
    preservation: Request, judge: Judge, changes: dict[str, object]
) -> None:
    finding = found(judge(asking(preservation, **changes)), "screens.insider")
    assert verdict(finding) is Verdict.DECIDE
    assert finding.citation.provisions == ("28(4)", "24(3)")


def test_an_employee_among_the_persons_stops(preservation: Request, judge: Judge) -> None:
    with_employee = msgspec.structs.replace(preservation, persons=(Person(role="Employee"),))
    assert verdict(found(judge(with_employee), "screens.insider")) is Verdict.DECIDE


@pytest.mark.parametrize(
    "data",
    ["Install spyware on the phone.", "Remotely access the device.", "Einsatz eines Staatstrojaners", "安装间谍软件"],
)
def test_hacking_in_other_words_stops(preservation: Request, judge: Judge, data: str) -> None:
    assert verdict(found(judge(asking(preservation, data=data)), "screens.hacking")) is Verdict.DECIDE


def test_facts_about_spyware_are_no_demand_for_it(preservation: Request, judge: Judge) -> None:
    facts = "The suspect installed spyware on the victim's phone and remotely accessed it."
    told = msgspec.structs.replace(preservation, facts=facts)
    assert verdict(found(judge(told), "screens.hacking")) is Verdict.MET


def test_a_holder_in_another_state_is_not_compelled_through_this_one(preservation: Request, judge: Judge) -> None:
    abroad = found(judge(asking(preservation, held_in="XC")), "screens.sovereignty")
    assert verdict(abroad) is Verdict.DECIDE
    assert "in XC, not in XB" in abroad.why
    assert verdict(found(judge(asking(preservation, held_in="XB")), "screens.sovereignty")) is Verdict.MET
    anywhere = asking(preservation, data="The mailbox, wherever stored.")
    assert verdict(found(judge(anywhere), "screens.sovereignty")) is Verdict.DECIDE


@pytest.mark.parametrize("name", ["police_cooperation", "point_of_contact_advice", "locate_data_or_provider"])
@pytest.mark.parametrize(
    "changes", [{"categories": (DataCategory.SUBSCRIBER,)}, {"data": "The access log of the account."}]
)
def test_user_data_by_the_police_channel_stop(
    preservation: Request, judge: Judge, name: str, changes: dict[str, object]
) -> None:
    sought = msgspec.structs.replace(Sought(measure=name), **changes)
    asked = msgspec.structs.replace(preservation, measures=(sought,))
    assert verdict(found(judge(asked), "screens.police_channel")) is Verdict.DECIDE


def test_advice_by_the_contact_point_is_no_bypass(preservation: Request, judge: Judge) -> None:
    sought = Sought(measure="point_of_contact_advice", data="Which company runs the network of 192.0.2.45?")
    asked = msgspec.structs.replace(preservation, measures=(sought,))
    assert verdict(found(judge(asked), "screens.police_channel")) is Verdict.MET


@pytest.mark.parametrize(
    "said",
    [
        "",
        "Necessary and proportionate.",
        "It is proportionate",
        "n/a",
        "Nécessaire et proportionné au regard des faits.",
        "-",
    ],
)
def test_a_formula_on_proportionality_stops_for_data_to_be_handed_over(
    production: Request, judge: Judge, said: str
) -> None:
    formula = msgspec.structs.replace(production, proportionality=said)
    finding = found(judge(formula, side=Side.REQUESTED), "screens.boilerplate")
    assert verdict(finding) is Verdict.DECIDE
    assert "only the node can see" in finding.why


def test_reasons_of_its_own_pass_even_with_a_formula_among_them(production: Request, judge: Judge) -> None:
    said = f"{production.proportionality} This is necessary and proportionate."
    assert verdict(found(judge(production), "screens.boilerplate")) is Verdict.MET
    both = msgspec.structs.replace(production, proportionality=said)
    assert verdict(found(judge(both), "screens.boilerplate")) is Verdict.MET


def test_preservation_need_say_nothing_on_proportionality(preservation: Request, judge: Judge) -> None:
    assert verdict(found(judge(preservation), "screens.boilerplate")) is Verdict.MET
    formula = msgspec.structs.replace(preservation, necessity="Necessary for the investigation.")
    assert verdict(found(judge(formula), "screens.boilerplate")) is Verdict.DECIDE


@pytest.mark.parametrize(
    ("since", "act", "shown"),
    [
        (date(2026, 3, 1), date(2026, 2, 28), "decide"),
        (date(2026, 3, 1), date(2026, 3, 1), "met"),
        (date(2010, 1, 1), date(2026, 3, 1), "met"),
        (None, date(2026, 3, 1), "decide"),
        (date(2010, 1, 1), None, "decide"),
        (None, None, "decide"),
    ],
)
def test_a_serious_crime_is_one_by_the_penalty_of_the_day_of_the_act(
    preservation: Request, judge: Judge, since: date | None, act: date | None, shown: str
) -> None:
    serious = Offence(name="Extortion", max_penalty_years=5, penalty_in_force_since=since, act_committed_on=act)
    asked = msgspec.structs.replace(preservation, offence=serious)
    assert verdict(found(judge(asked), "screens.penalty_raised")).value == shown


def test_a_penalty_below_the_threshold_is_stopped_by_scope_and_not_asked_about_again(
    preservation: Request, judge: Judge
) -> None:
    slight = msgspec.structs.replace(preservation, offence=Offence(name="Advertising", max_penalty_years=3))
    assert verdict(found(judge(slight), "screens.penalty_raised")) is Verdict.MET
    assert verdict(found(judge(slight), "scope.offence")) is Verdict.STOP


def test_an_offence_of_the_convention_does_not_rest_on_its_penalty(preservation: Request, judge: Judge) -> None:
    assert "does not rest on the penalty" in found(judge(preservation), "screens.penalty_raised").why


@pytest.mark.parametrize(
    ("offence", "shown"),
    [
        (Offence(article="13", name="Trafficking in persons by online fraud"), "decide"),
        (Offence(article="13", name="Fraud", route="trafficking_in_persons"), "decide"),
        (Offence(article="4", name="Trafficking", max_penalty_years=10), "decide"),
        (Offence(name="Trafficking in persons", route="trafficking_in_persons", max_penalty_years=10), "met"),
        (Offence(article="9", name="Corruption of data"), "met"),
    ],
)
def test_offences_of_other_conventions_are_not_shown_as_this_ones(
    preservation: Request, judge: Judge, offence: Offence, shown: str
) -> None:
    asked = msgspec.structs.replace(preservation, offence=offence)
    assert verdict(found(judge(asked), "screens.other_convention")).value == shown


def test_things_alone_at_risk_are_noted_as_urgent_and_no_emergency(preservation: Request, judge: Judge) -> None:
    things = msgspec.structs.replace(
        preservation, emergency="The servers are wiped at noon.", emergency_risks=(Risk.DATA,)
    )
    finding = found(judge(things), "screens.emergency")
    assert verdict(finding) is Verdict.NOTE
    assert "no emergency" in finding.why
    people = msgspec.structs.replace(things, emergency_risks=(Risk.DATA, Risk.LIFE))
    assert verdict(found(judge(people), "screens.emergency")) is Verdict.DECIDE


def test_words_about_things_alone_leave_it_to_the_duty_officer_with_a_hint(preservation: Request, judge: Judge) -> None:
    things = msgspec.structs.replace(preservation, emergency="The money leaves the wallet at noon.")
    finding = found(judge(things), "screens.emergency")
    assert verdict(finding) is Verdict.DECIDE
    assert "nobody's life or safety" in finding.why


def test_a_partly_known_state_shows_what_is_on_file_and_still_asks(preservation: Request, judge: Judge) -> None:
    to_qatar = msgspec.structs.replace(preservation, requested=StateCode("QA"))
    (finding,) = [one for one in judge(to_qatar).decisions if one.rule == "basis.declarations"]
    assert "Only part of what Qatar has declared is on file" in finding.why
    assert "articles 14 to 16" in finding.why
