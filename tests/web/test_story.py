"""The whole story through forms: four nodes, their people, no script and no screen."""

from pathlib import Path
from typing import Any

import pytest

from comity.base.ids import NodeId
from comity.web.app import make_pages
from tests.simulators import story
from tests.simulators.forge import send_request_unchecked
from tests.simulators.world import PROVIDER, XA, XB, SmallWorld, new_world, without_statement
from tests.web.browsing import URL, Browser, Page

PASTED = """From: desk@police.example   seen hxxp://gain-fast[.]example/invest on 22 November 2026, 03:14 UTC
server 192.0.2.45, victim called +44 20 7946 0958 on 01/11/2026"""
MATTER: dict[str, Any] = {
    "subject": "Investigation 2026-0417 into an investment scam",
    "offence": "13",
    "law": "Criminal Code, section 241: up to 8 years",
    "max_penalty_years": "8",
    "facts": "212 residents paid into accounts shown on gain-fast.example; payouts were refused.",
    "conducting_authority": "Public Prosecutor of State XA",
}
NO: dict[str, Any] = {"expression": "no", "protected_ground": "no", "research": "no"}


class Desks:
    """The pages of every node of a small world, and a browser for each person."""

    def __init__(self, world: SmallWorld, folder: Path) -> None:
        self.world = world
        self.apps = {
            node: make_pages(one.office, URL, folder / node.replace("/", "-")) for node, one in world.nodes.items()
        }

    def at(self, node: NodeId, person: str) -> Browser:
        browser = Browser(self.apps[node])
        assert browser.sign_in(person).status == 200
        return browser


@pytest.fixture
def desks(tmp_path: Path) -> Desks:
    return Desks(new_world(), tmp_path)


def case_address(page: Page) -> str:
    return page.address.partition("?")[0]


def act(browser: Browser, case: str, action: str, files: dict[str, bytes] | None = None, **fields: str) -> Page:
    """Open an action's page and send its form."""
    assert browser.get(f"{case}/{action}").status == 200
    page = browser.submit(f"{case}/{action}", with_files=files, **fields)
    assert page.status == 200, page.root.text
    assert "done=" in page.address or page.address.startswith("/opened/"), page.root.text
    return page


def only_case(browser: Browser, words: str = "") -> str:
    """The address of the one open case whose row holds the words."""
    page = browser.get("/inbox?show=open")
    rows = [
        row for row in page.root.all("li") if row.attributes.get("id", "").startswith("case-") and words in row.text
    ]
    assert len(rows) == 1, page.root.text
    return rows[0].all("a")[0].attributes["href"]


def draft_urgent(anna: Browser) -> str:
    """Paste, find, fill in, save."""
    anna.get("/requests/urgent")
    page = anna.submit("/requests/urgent", pasted=PASTED, do="recognise")
    assert "192.0.2.45" in page.root.all("textarea", id="identifiers")[0].text
    assert page.root.all("input", id="period_from")[0].attributes["value"] == "2026-11-22"
    page = anna.submit("/requests/urgent", do="open-who")
    assert page.root.all("textarea", id="identifiers")[0].text and page.root.all("details", id="open-who")
    page = anna.submit(
        "/requests/urgent",
        **MATTER,
        **NO,
        data="Subscriber record and access logs of the hosting account.",
        relation="The account holder published the invented profits.",
        custodian="Example Hosting B",
        necessity="Logs are deleted after 30 days.",
        to=XB,
        secret="no",
        do="draft",
    )
    assert page.status == 200 and "done=draft" in page.address, page.root.text
    return case_address(page)


def draft_production(anna: Browser, follows: str) -> str:
    """The parts, one after another, then the check."""
    anna.get("/requests/production")
    matter = {name: MATTER[name] for name in ("subject", "conducting_authority")}
    anna.submit("/requests/production/matter", **matter, to=XB, do="next")
    offence = {name: MATTER[name] for name in ("offence", "law", "max_penalty_years")}
    anna.submit("/requests/production/offence", **offence, do="next")
    anna.submit("/requests/production/facts", facts=MATTER["facts"], do="next")
    anna.submit(
        "/requests/production/measures",
        measures=["subscriber_information", "production_of_stored_data"],
        subscriber_data="Name and address of the account holder.",
        stored_data="Access logs of the account.",
        stored_categories=["traffic"],
        do="next",
    )
    anna.submit(
        "/requests/production/data",
        identifiers="192.0.2.45",
        period_from="2026-08-01",
        period_to="2026-11-20",
        relation="The logins show who changed the figures.",
        do="next",
    )
    anna.submit("/requests/production/holder", custodian="Example Hosting B", do="next")
    person: dict[str, Any] = {"person-1-name": "A. Example", "person-1-role": "suspect"}
    anna.submit("/requests/production/persons", **person, do="more-persons")
    second: dict[str, Any] = {"person-2-role": "victim"}
    page = anna.submit("/requests/production/persons", do="next", **second)
    anna.submit(
        "/requests/production/reasons",
        purpose="To identify who ran the account.",
        necessity="The only trace left.",
        proportionality="One account, no content; the payment trail was followed first.",
        dual_criminality="Fraud in both States.",
        do="next",
    )
    anna.submit("/requests/production/manner", do="next")
    anna.submit("/requests/production/secrecy", secret="no", do="next")
    safe: dict[str, Any] = {"expression": "no", "protected_ground": "no", "political": "no", "repression": "no"}
    anna.submit("/requests/production/safeguards", **safe, do="next")
    anna.submit("/requests/production/conduct", research="no", do="next")
    page = anna.submit("/requests/production/basis", do="next")
    assert page.address == "/requests/production/check" and page.status == 200, page.root.text
    assert page.says("A. Example") and page.says("Person 2")
    page = anna.submit("/requests/production/check", follows=follows, do="draft")
    assert "done=draft" in page.address, page.root.text
    return case_address(page)


def test_a_case_goes_from_a_pasted_mail_to_opened_evidence_through_forms_alone(desks: Desks) -> None:
    anna, bo = desks.at(XA, "anna"), desks.at(XA, "bo")
    dan, rita, olga = desks.at(XB, "dan"), desks.at(XB, "rita"), desks.at(XB, "olga")
    lee = desks.at(PROVIDER, "lee")
    settle = desks.world.settle

    preservation = draft_urgent(anna)
    assert preservation in bo.get("/inbox").text
    act(bo, preservation, "approve")
    settle()
    act(dan, only_case(dan), "order", provider=PROVIDER, legal_basis="Act, section 4", reasons="urgent", days="90")
    settle()
    act(lee, only_case(lee), "confirm")
    settle()
    assert anna.get(preservation).says("The data are preserved")

    production = draft_production(anna, preservation.rpartition("/")[2])
    act(bo, production, "approve", reasons="read and agreed")
    settle()
    theirs = only_case(rita, "Production")
    act(rita, theirs, "grant", reasons="Fraud in both States.", conditions="Use for this matter only.")
    settle()
    act(bo, production, "conditions", accept="yes", reasons="Our law keeps it so.")
    settle()
    act(olga, theirs, "order", provider=PROVIDER, legal_basis="Act, section 9", reasons="granted")
    settle()
    at_provider = only_case(lee, "Production")
    files = {"access.log": b"192.0.2.7 GET /\n" * 5000, "holder.txt": b"holder\n"}
    act(lee, at_provider, "seal", files, how="Export of the access logs.")
    act(lee, at_provider, "release", reason="as ordered")
    settle()
    act(olga, theirs, "accept", reason="for the request")
    settle()
    act(olga, theirs, "release", reason="for the request")
    settle()
    act(bo, production, "accept", reason="for the investigation")
    settle()
    opened = act(anna, production, "examine", purpose="Investigation 2026-0417")
    links = [one.attributes["href"] for one in opened.root.all("a") if "download" in one.attributes]
    assert {anna.get(link).body for link in links} == set(files.values())
    assert all(anna.get(link).headers["content-disposition"].startswith("attachment") for link in links)
    assert bo.get(links[0]).status == 404
    assert rita.get(theirs).says("Held by XA/central-authority")


def test_what_the_requested_state_asks_for_is_supplied_by_one_person_and_sent_by_another(desks: Desks) -> None:
    """The author mends what is missing; a second person sends it; the case goes on."""
    world = desks.world
    anna, bo, dan = desks.at(XA, "anna"), desks.at(XA, "bo"), desks.at(XB, "dan")
    ours = send_request_unchecked(world, story.draft(world, without_statement()))
    world.settle()
    theirs = world.xb.case_of(ours.id)
    case = f"/cases/{ours.id}"
    assert anna.get(case).says("More information was asked for")
    act(anna, case, "supply", will_follow="yes", necessity="Logs are deleted after 30 days.")
    assert anna.get(f"{case}/approve").status == 403
    act(bo, case, "approve")
    world.settle()
    assert dan.get(f"/cases/{theirs.id}").says("Waits for an order to a provider")
