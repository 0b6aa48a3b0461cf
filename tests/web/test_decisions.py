"""Decisions through forms: ask, grant in part, consult, postpone, answer, freeze, lift, secrecy and its end."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from comity.base.ids import ActorId, NodeId
from comity.cases.case import Case
from comity.web.app import make_pages
from tests.simulators import story
from tests.simulators.story import case_at
from tests.simulators.world import PROVIDER, XA, XB, SmallWorld
from tests.web.browsing import URL, Browser, Page


class Desk:
    """The pages of one world's nodes, and a browser for each person."""

    def __init__(self, world: SmallWorld, folder: Path) -> None:
        self.world = world
        self.apps = {
            node: make_pages(one.office, URL, folder / node.replace("/", "-")) for node, one in world.nodes.items()
        }

    def at(self, node: NodeId, person: str) -> Browser:
        browser = Browser(self.apps[node])
        assert browser.sign_in(person).status == 200
        return browser

    def act(self, node: NodeId, person: str, case: Case, action: str, **fields: Any) -> Page:
        """Open an action from the case's page, send its form, and let everything be delivered."""
        browser, address = self.at(node, person), f"/cases/{case.id}"
        shown = browser.get(address)
        assert [one for one in shown.root.all("a") if one.attributes.get("href") == f"{address}/{action}#act"], (
            f"{action} is not offered"
        )
        assert browser.get(f"{address}/{action}").status == 200
        page = browser.submit(f"{address}/{action}", **fields)
        assert page.status == 200 and f"done={action}" in page.address, page.root.text
        self.world.settle()
        return page


def desk(stage: str, folder: Path) -> Desk:
    return Desk(story.at(stage), folder)


def offered(browser: Browser, case: Case) -> set[str]:
    page = browser.get(f"/cases/{case.id}")
    start = f"/cases/{case.id}/"
    links = [one.attributes.get("href", "") for one in page.root.all("a")]
    return {link.removeprefix(start).removesuffix("#act") for link in links if link.endswith("#act")}


def test_a_lawyer_asks_by_name_and_the_other_side_reads_what_and_why(tmp_path: Path) -> None:
    found = desk("production asked", tmp_path)
    theirs, ours = case_at(found.world, "xb", "stored_data"), case_at(found.world, "xa", "stored_data")
    found.act(XB, "olga", theirs, "ask", missing="the invoice\r\nthe bank", text="To tell two holders apart.")
    page = found.at(XA, "bo").get(f"/cases/{ours.id}")
    assert page.says("Information asked") and page.says("the invoice") and page.says("To tell two holders apart.")
    assert case_at(found.world, "xa", "stored_data").asked == ("the invoice", "the bank")


def test_a_reviewer_grants_in_part_and_the_order_carries_that(tmp_path: Path) -> None:
    found = desk("production asked", tmp_path)
    theirs = case_at(found.world, "xb", "stored_data")
    first = theirs.measures[0]
    found.act(
        XB,
        "rita",
        theirs,
        "narrow",
        measures=[first.measure],
        data_0="The holder's name.",
        left_out="The logs: more than is needed.",
        reasons="Fraud in both States.",
    )
    page = found.at(XA, "bo").get(f"/cases/{theirs.their_case}")
    assert page.says("The holder's name.") and page.says("The logs: more than is needed.")
    found.act(XB, "dan", theirs, "order", provider=PROVIDER, legal_basis="Act, section 9", reasons="granted in part")
    ordered = case_at(found.world, "provider", "stored_data").order
    assert ordered is not None and (ordered.measure, ordered.data) == (first.measure, "The holder's name.")


@pytest.mark.parametrize(
    ("changed", "where"),
    [({"measures": []}, "measures"), ({"left_out": ""}, "left_out"), ({"data_0": ""}, "")],
)
def test_a_grant_in_part_that_says_too_little_comes_back_with_what_was_typed(
    tmp_path: Path, changed: dict[str, Any], where: str
) -> None:
    found = desk("production asked", tmp_path)
    theirs = case_at(found.world, "xb", "stored_data")
    rita, address = found.at(XB, "rita"), f"/cases/{theirs.id}/narrow"
    rita.get(address)
    typed = {"measures": [theirs.measures[0].measure], "left_out": "the logs", "reasons": "fraud", **changed}
    page = rita.submit(address, **typed)
    assert page.status in (409, 422) and page.says("Something needs to be mended")
    assert not where or page.root.all("a", href=f"#{where}")
    assert "fraud" in page.text
    assert case_at(found.world, "xb", "stored_data").state == "requested"


def test_consulted_answered_postponed_and_taken_up_again(tmp_path: Path) -> None:
    found = desk("production asked", tmp_path)
    theirs, ours = case_at(found.world, "xb", "stored_data"), case_at(found.world, "xa", "stored_data")
    found.act(XB, "olga", theirs, "consult", about="postponement", text="A trial is open here.", conditions="in May")
    bo = found.at(XA, "bo")
    assert bo.get(f"/cases/{ours.id}").says("The other State consults, and waits for an answer")
    found.act(XA, "bo", ours, "reply", text="Until May would do.")
    rita = found.at(XB, "rita")
    form = rita.get(f"/cases/{theirs.id}/refuse")
    assert not form.root.all("textarea", id="consulted_otherwise")  # it stands in the case
    found.act(XB, "rita", theirs, "postpone", reasons="Our own trial.", look_again="2027-05-01")
    page = bo.get(f"/cases/{ours.id}")
    assert page.says("Postponed") and page.says("The postponement is looked at again")
    found.act(XB, "rita", theirs, "resume", reasons="The trial is over.")
    assert case_at(found.world, "xa", "stored_data").state == "requested"


def test_without_consultation_a_refusal_says_how_they_consulted_or_is_stopped(tmp_path: Path) -> None:
    found = desk("production asked", tmp_path)
    theirs = case_at(found.world, "xb", "stored_data")
    rita, address = found.at(XB, "rita"), f"/cases/{theirs.id}/refuse"
    rita.get(address)
    page = rita.submit(address, ground="essential_interests", reasons="It concerns a source of the press.")
    assert page.status in (409, 422) and page.says("40(28)")
    found.act(
        XB,
        "rita",
        theirs,
        "refuse",
        ground="essential_interests",
        reasons="It concerns a source of the press.",
        consulted_otherwise="By telephone on 7 December with Ms A.",
    )
    assert case_at(found.world, "xa", "stored_data").state == "refused"


def test_conditions_are_answered_before_anyone_orders(tmp_path: Path) -> None:
    found = desk("production asked", tmp_path)
    theirs, ours = case_at(found.world, "xb", "stored_data"), case_at(found.world, "xa", "stored_data")
    found.act(XB, "rita", theirs, "grant", reasons="Fraud.", conditions="Only this matter.")
    assert "order" not in offered(found.at(XB, "dan"), theirs)
    found.act(XA, "bo", ours, "conditions", accept="no", reasons="The court publishes.")
    assert case_at(found.world, "xb", "stored_data").state == "requested"
    found.act(XB, "rita", theirs, "grant", reasons="Fraud.", conditions="Names are left out.")
    found.act(XA, "bo", ours, "conditions", accept="yes", reasons="That can be done.")
    assert "order" in offered(found.at(XB, "dan"), theirs)


def test_a_provider_asks_and_is_answered(tmp_path: Path) -> None:
    found = desk("production ordered", tmp_path)
    at_provider, theirs = case_at(found.world, "provider", "stored_data"), case_at(found.world, "xb", "stored_data")
    found.act(PROVIDER, "lee", at_provider, "question", text="Which of the two accounts?")
    assert found.at(XB, "dan").get(f"/cases/{theirs.id}/clarify").says("Which of the two accounts?")
    found.act(XB, "dan", theirs, "clarify", text="The one of 192.0.2.45.")
    assert found.at(PROVIDER, "lee").get(f"/cases/{at_provider.id}").says("The one of 192.0.2.45.")


def test_oversight_freezes_and_the_page_says_so_to_all_and_offers_nothing_that_goes_further(tmp_path: Path) -> None:
    found = desk("granted", tmp_path)
    theirs = case_at(found.world, "xb", "stored_data")
    found.act(XB, "otto", theirs, "freeze", reasons="A complaint came.")
    for person in ("dan", "olga", "rita", "otto"):
        assert found.at(XB, person).get(f"/cases/{theirs.id}").says("Frozen by oversight")
    assert not offered(found.at(XB, "dan"), theirs) & {"order", "consult", "release"}
    assert found.at(XB, "dan").get(f"/cases/{theirs.id}/order").status == 403
    assert offered(found.at(XB, "otto"), theirs) == {"unfreeze"}
    ours = found.at(XA, "bo").get(f"/cases/{theirs.their_case}")
    assert not ours.says("Frozen") and not ours.says("A complaint came")
    found.act(XB, "otto", theirs, "unfreeze", reasons="Looked into.")
    assert "order" in offered(found.at(XB, "dan"), theirs)


def test_what_was_opened_is_not_shown_while_the_case_is_frozen(tmp_path: Path) -> None:
    world = story.at("accepted at XA")
    world.change(XA, people={**world.xa.office.people, ActorId("eve"): frozenset({"oversight"})})
    found, ours = Desk(world, tmp_path), case_at(world, "xa", "stored_data")
    anna, address = found.at(XA, "anna"), f"/cases/{ours.id}/examine"
    anna.get(address)
    opened = anna.submit(address, purpose="Investigation 2026-0417")
    assert opened.status == 200 and opened.address.startswith("/opened/"), opened.root.text
    found.act(XA, "eve", ours, "freeze", reasons="A complaint came.")
    assert anna.get(opened.address).status == 403
    assert anna.get(f"{opened.address}/0").status == 403
    found.act(XA, "eve", ours, "unfreeze", reasons="Looked into.")
    assert anna.get(opened.address).status == 200


def test_only_oversight_is_offered_to_freeze(tmp_path: Path) -> None:
    found = desk("granted", tmp_path)
    theirs = case_at(found.world, "xb", "stored_data")
    for person in ("dan", "olga", "rita"):
        assert "freeze" not in offered(found.at(XB, person), theirs)
        assert found.at(XB, person).get(f"/cases/{theirs.id}/freeze").status == 403


def test_an_order_is_lifted_and_the_copies_are_let_go(tmp_path: Path) -> None:
    found = desk("withdrawn", tmp_path)
    theirs, at_provider = case_at(found.world, "xb", "preservation"), case_at(found.world, "provider", "preservation")
    dan = found.at(XB, "dan")
    assert dan.get("/inbox?show=open").says("The order is to be lifted")
    found.act(XB, "dan", theirs, "lift", reasons="The request was withdrawn.")
    found.act(PROVIDER, "lee", at_provider, "let_go", text="Deleted today.")
    assert found.at(PROVIDER, "lee").get(f"/cases/{at_provider.id}").says("Copies released")
    assert dan.get(f"/cases/{theirs.id}").says("Closed.")


def test_evidence_held_when_its_request_is_withdrawn_waits_for_a_person_and_goes_no_further(tmp_path: Path) -> None:
    found = desk("accepted at XB", tmp_path)
    ours, theirs = case_at(found.world, "xa", "stored_data"), case_at(found.world, "xb", "stored_data")
    found.act(XA, "bo", ours, "withdraw", reasons="The suspect confessed.")
    page = found.at(XB, "olga").get(f"/cases/{theirs.id}")
    assert page.says("Withdrawn, and evidence is held") and page.says("its evidence is to be returned or destroyed")
    assert "release" not in offered(found.at(XB, "dan"), theirs)
    assert "return" in offered(found.at(XB, "olga"), theirs)
    for person in ("olga", "rita"):
        assert found.at(XB, person).get("/inbox").says("its evidence is to be returned or destroyed")
    found.act(XB, "rita", theirs, "destroy", reasons="XA withdrew its request.", copies="There are none.")
    assert found.at(XB, "olga").get(f"/cases/{theirs.id}").says("Evidence destroyed")


def test_who_had_the_evidence_in_hands_is_not_offered_to_destroy_it(tmp_path: Path) -> None:
    world = story.at("accepted at XB")
    world.change(XB, people={ActorId(name): frozenset({"reviewer"}) for name in ("olga", "rita")})
    story.withdraw(world, case_at(world, "xa", "stored_data"))
    world.settle()
    found, theirs = Desk(world, tmp_path), case_at(world, "xb", "stored_data")
    assert theirs.custodians == {"olga"}
    olga, rita = found.at(XB, "olga"), found.at(XB, "rita")
    assert "destroy" in offered(rita, theirs) and rita.get(f"/cases/{theirs.id}").says("yours")
    assert "destroy" not in offered(olga, theirs) and not olga.get(f"/cases/{theirs.id}").says("yours")
    assert olga.get(f"/cases/{theirs.id}/destroy").status == 403


def test_what_is_too_long_for_an_act_of_custody_is_said_at_its_field_and_nothing_is_sealed(tmp_path: Path) -> None:
    found = desk("production ordered", tmp_path)
    case = case_at(found.world, "provider", "stored_data")
    lee, address = found.at(PROVIDER, "lee"), f"/cases/{case.id}/seal"
    assert lee.get(address).status == 200
    page = lee.submit(address, with_files={"access.log": b"a line"}, how="é" * 2001)
    assert page.says("The text is too long") and page.says("At most 2000 characters")
    assert page.root.all("a", href="#how")
    assert not found.world.provider.packages.held


def test_secrecy_is_extended_by_a_reviewer_ended_and_followed_by_a_notice(tmp_path: Path) -> None:
    found = desk("asked", tmp_path)
    ours = case_at(found.world, "xa", "preservation")
    assert "extend_secrecy" not in offered(found.at(XA, "bo"), ours)  # bo approved the request
    later, too_late = date(2027, 3, 1), date(2028, 3, 1)
    assert ours.secret_until is not None and ours.secret_until < later
    rose, address = found.at(XA, "rose"), f"/cases/{ours.id}/extend_secrecy"
    rose.get(address)
    page = rose.submit(address, secret_until=too_late.isoformat(), reasons="A second suspect.")
    assert page.status == 409 and page.says("allows 90 days")
    found.act(XA, "rose", ours, "extend_secrecy", secret_until=later.isoformat(), reasons="A second suspect.")
    assert case_at(found.world, "xb", "preservation").secret_until == later
    found.act(XA, "rose", ours, "end_secrecy", reasons="Arrests were made.")
    found.act(XA, "bo", ours, "notify", to="The holder of the account", how="By letter")
    page = found.at(XA, "bo").get(f"/cases/{ours.id}")
    assert page.says("Notice given") and page.says("The holder of the account")
    assert not offered(found.at(XA, "bo"), ours) & {"notify", "withhold_notice", "end_secrecy"}


def test_oversight_agrees_that_no_notice_is_given(tmp_path: Path) -> None:
    found = desk("asked", tmp_path)
    theirs = case_at(found.world, "xb", "preservation")
    found.act(XB, "olga", theirs, "withhold_notice", reasons="The person would be in danger.")
    found.act(XB, "otto", theirs, "waive_notice", reasons="The danger was shown.")
    assert found.at(XB, "olga").get(f"/cases/{theirs.id}").says("Oversight agreed that no notice is given")
