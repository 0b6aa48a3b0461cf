"""What every page keeps, without a browser: structure, labels, the policy, its words and its size."""

import json
import re
from pathlib import Path

import pytest

from comity.base.ids import NodeId
from comity.cases.events import EVENTS, tag_of
from comity.cases.machine import PROCEDURES
from comity.exchange.message import KINDS
from comity.web import words
from comity.web.actions.registry import ACTIONS
from comity.web.app import make_pages
from comity.workflows.access import PersonRole
from tests.simulators import story
from tests.simulators.world import PROVIDER, XA, SmallWorld, preservation, production
from tests.web.browsing import URL, Browser, Element, Page
from tests.web.conftest import OTHERS, PEOPLE
from tests.web.reading import at
from tests.web.structure import FIRST_VISIT, NEXT_VISIT, faults, loads, size_of


@pytest.mark.parametrize(("node", "person"), [*PEOPLE.items(), *OTHERS])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_has_its_structure_and_its_size(
    signed_in: dict[NodeId, Browser],
    pages: dict[tuple[NodeId, str], list[str]],
    node: NodeId,
    person: str,
    language: str,
) -> None:
    browser = Browser(signed_in[node].app)
    browser.sign_in(person)
    browser.cookies["lang"] = language
    loaded: dict[str, int] = {}
    assert len(pages[node, person]) > 8
    for address in pages[node, person]:
        page = browser.get(address)
        assert page.status == (404 if address == "/nothing-here" else 200), (address, page.root.text[-300:])
        assert faults(page) == [], address
        assert page.root.all("html")[0].attributes["lang"] == language
        assert page.wire_bytes <= NEXT_VISIT, (address, page.wire_bytes)
        assert "default-src 'none'" in page.headers["content-security-policy"]
        nonces = {one.attributes["nonce"] for one in page.root.all("script") if "nonce" in one.attributes}
        assert all(f"'nonce-{nonce}'" in page.headers["content-security-policy"] for nonce in nonces)
        wanted = loads(page)
        loaded |= {one: size_of(browser, one) for one in wanted - loaded.keys()}
        brought = sum(loaded[one] for one in wanted)
        assert page.wire_bytes + brought <= FIRST_VISIT, (address, page.wire_bytes, brought)


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        ('<h1 class="title">', '<h1>Two</h1><h1 class="title">', "2 h1"),
        ("<main", '<p style="color:red"></p><main', "attribute style"),
        ("<main", "<script>x()</script><main", "inline script"),
        ("<main", '<input name="q"><main', "no label: q"),
        ("<main", '<i id="main"></i><main', "id main 2 times"),
        ('lang="en"', "", "no language or direction"),
    ],
)
def test_a_page_that_lacks_something_is_found(
    signed_in: dict[NodeId, Browser], right: str, wrong: str, fault: str
) -> None:
    page = signed_in[XA].get("/directory")
    assert right in page.text
    page.body = page.text.replace(right, wrong, 1).encode()
    assert fault in faults(page)


def test_rows_come_again_only_when_something_happened(tmp_path: Path) -> None:
    world = story.at("drafted")
    bo = Browser(make_pages(world.xa.office, URL, tmp_path))
    bo.sign_in("bo")
    rows = bo.get("/inbox").root.all("div", id="rows")[0].attributes["hx-get"]
    assert bo.get(rows).status == 204
    story.draft(world, preservation())
    again = bo.get(rows)
    assert again.status == 200 and len(rows_of(again)) == 2
    assert again.root.all("div", id="rows")[0].attributes["hx-get"] != rows
    assert not again.root.all("html")


def test_what_is_late_comes_first_and_what_is_urgent_before_the_rest(tmp_path: Path) -> None:
    world = story.at("preserved")
    story.draft(world, preservation())
    anna = Browser(make_pages(world.xa.office, URL, tmp_path))
    anna.sign_in("anna")
    assert "Urgent" in rows_of(anna.get("/inbox?show=open"))[0].text
    world.pass_days(80)
    anna.sign_in("anna")
    assert "late" in rows_of(anna.get("/inbox?show=open"))[0].text


def test_a_provider_tells_two_orders_about_one_account_apart(tmp_path: Path) -> None:
    world = story.at("new")
    orders = []
    for _ in range(2):
        _, theirs = story.ask(world, production())
        story.grant(world, theirs)
        story.order(world, theirs)
        world.settle()
        orders.append(theirs)
    lee = at(world, PROVIDER, "lee", tmp_path)
    day, ends = world.provider.clock.now().day, {case.id[-8:] for case in orders}
    assert len(ends) == 2

    def told_apart(text: str) -> bool:
        return all(text.count(f"({end}, {day})") == 1 for end in ends)

    inbox = rows_of(lee.get("/inbox"))
    assert told_apart(" ".join(row.text for row in inbox)) and len(inbox) == 2
    titles = [
        lee.get(f"/cases/{case.id}").root.all(tag)[0].text for case in world.provider.cases() for tag in ("title",)
    ]
    assert told_apart(" ".join(titles))
    waiting = next(
        one for one in lee.get("/handover").root.all("section") if one.attributes["aria-labelledby"] == "waiting"
    )
    assert told_apart(waiting.text)


def test_the_parts_of_the_inbox_and_the_spans_of_the_hand_over_have_titles_of_their_own(tmp_path: Path) -> None:
    anna = at(story.at("asked"), XA, "anna", tmp_path)
    addresses = [f"/inbox?show={show}" for show in ("mine", "open", "closed")]
    addresses += [
        one.attributes["href"] for one in anna.get("/handover").root.all("a") if "?since=" in one.attributes["href"]
    ]
    addresses = [one for one in addresses if ".json" not in one]
    titles = {anna.get(address).root.all("title")[0].text for address in addresses}
    assert len(titles) == len(addresses) == 7
    assert not any("<" in title for title in titles)


def rows_of(page: Page) -> list[Element]:
    return [row for row in page.root.all("li") if row.attributes.get("id", "").startswith("case-")]


# Public pages


def test_a_proof_from_a_case_is_checked_in_one_sentence(signed_in: dict[NodeId, Browser], busy: SmallWorld) -> None:
    bo = signed_in[XA]
    case = busy.xa.cases()[0]
    links = [one.attributes["href"] for one in bo.get(f"/cases/{case.id}").root.all("a")]
    proof = bo.get(next(link for link in links if link.endswith(".tlog-proof"))).text
    bo.get("/public/check")
    good = bo.submit("/public/check", proof=proof)
    assert good.says("It is in the log.") and good.says("seen by 1 witness") and good.says("EXERCISE")
    bo.get("/public/check")
    bare = re.sub(r"^extra .*\n", "", proof, count=1, flags=re.MULTILINE)
    wrong_entry = bo.submit("/public/check", proof=bare, entry="01" * 65)
    assert wrong_entry.says("It does not hold.")
    bo.get("/public/check")
    assert bo.submit("/public/check", proof="not a proof").status == 422
    bo.get("/public/check")
    stranger = proof.replace("xa.central-authority.example/log", "other.example/log")
    assert bo.submit("/public/check", proof=stranger).says("This node cannot tell.")


def test_the_register_says_the_same_as_page_and_as_data(signed_in: dict[NodeId, Browser]) -> None:
    bo = signed_in[XA]
    data = json.loads(bo.get("/public/register.json").body)
    page = bo.get("/public/register")
    assert page.says(f"{data['instruments_missing']} still needed") and page.says(f"{data['signatories']} signatories")
    rows = page.root.all("tbody")[0].all("tr")
    csv_rows = bo.get("/public/register.csv").text.strip().splitlines()
    assert len(rows) == len(data["entries"]) == len(csv_rows) - 1


# Words


def test_every_code_that_can_be_shown_has_a_word() -> None:
    assert {tag_of(event) for event in EVENTS} == set(words.EVENTS)
    states = {str(state) for procedure in PROCEDURES.values() for state in procedure.moves}
    assert states == set(words.STATES) == set(words.TONES)
    assert set(PROCEDURES) == set(words.PROCEDURES) == set(words.LONG_PROCEDURES)
    assert {str(role) for role in PersonRole} <= set(words.ROLES)
    assert set(ACTIONS) == set(words.STEPS)
    assert set(KINDS) == set(words.MESSAGES)
