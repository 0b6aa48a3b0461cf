"""Pages that only read: for whom, what they show, that their data say the same, and that nothing in them is run."""

from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest

from comity.base.ids import NodeId
from comity.web.app import make_pages
from comity.web.case_pages import NEWEST
from comity.web.writing import flowing
from tests.simulators import story
from tests.simulators.world import PROVIDER, WITNESS, XA, XB, SmallWorld, preservation
from tests.web.browsing import URL, Browser
from tests.web.reading import PAYLOAD, at, papers
from tests.web.structure import faults

READING = ("/search", "/search?q=investigation", "/handover", "/secrecy")
OVERSIGHT = tuple(
    f"/oversight?part={part}"
    for part in ("cases", "decisions", "secrecy", "trouble", "complaints", "kept", "people", "accesses")
)
PUBLIC = (
    "/public/register",
    "/public/basis",
    "/public/basis?a=FR&b=DE",
    "/public/basis?a=XA&b=XB&on=2026-11-22",
    "/public/log",
    "/public/statistics",
    "/public/check",
)
PUBLIC_DATA = (
    "/public/register.json",
    "/public/register.csv",
    "/public/basis.json?a=FR&b=DE",
    "/public/basis.csv?a=FR&b=DE",
    "/public/log.json",
    "/public/log.csv",
    "/public/statistics.json",
    "/public/statistics.csv",
)


@pytest.mark.parametrize("node", [XA, XB, PROVIDER])
def test_every_reading_page_has_its_structure(busy: SmallWorld, signed_in: dict[NodeId, Browser], node: NodeId) -> None:
    for address in (*READING, *(one for case in busy.nodes[node].cases() for one in papers(case))):
        page = signed_in[node].get(address)
        assert page.status == 200, address
        assert faults(page) == [], address
        assert page.wire_bytes < 16 * 1024, address


def test_the_oversight_pages_have_their_structure_and_are_for_nobody_else(busy: SmallWorld, tmp_path: Path) -> None:
    world = busy.copy()
    otto, rita = at(world, XB, "otto", tmp_path), at(world, XB, "rita", tmp_path)
    for address in OVERSIGHT:
        page = otto.get(address)
        assert (page.status, faults(page)) == (200, []), address
        assert rita.get(address).status == 403
    for address in ("/oversight.json", "/oversight/cases.csv", "/oversight/decisions.csv"):
        assert otto.get(address).status == 200
        assert rita.get(address).status == 403
    assert "/oversight" in otto.get("/inbox").text
    assert "/oversight" not in rita.get("/inbox").text


def test_public_pages_need_nobody_and_hold_no_case(busy: SmallWorld, tmp_path: Path) -> None:
    stranger = Browser(make_pages(busy.xa.office, URL, tmp_path))
    for address in PUBLIC:
        page = stranger.get(address)
        assert (page.status, faults(page)) == (200, []), address
        assert "Investigation" not in page.text and page.address == address
    for address in PUBLIC_DATA:
        page = stranger.get(address)
        assert page.status == 200 and page.headers["access-control-allow-origin"] == "*", address


def test_nobody_reads_them_without_signing_in_nor_an_operator_alone(busy: SmallWorld, tmp_path: Path) -> None:
    stranger = Browser(make_pages(busy.xa.office, URL, tmp_path / "a"))
    kim = at(busy, WITNESS, "kim", tmp_path)
    case = busy.xa.cases()[0]
    for address in (*READING, "/oversight", "/secrecy.csv", "/search.json", *papers(case), f"/cases/{case.id}/export"):
        assert stranger.get(address).address == "/sign-in", address
        assert kim.get(address).status == 403, address


# Who is asking


def test_the_requested_state_and_the_provider_see_who_asks(tmp_path: Path) -> None:
    world = story.at("ordered")
    rita, lee = at(world, XB, "rita", tmp_path), at(world, PROVIDER, "lee", tmp_path)
    for browser, node, peer in ((rita, world.xb, world.xa), (lee, world.provider, world.xb)):
        page = browser.get(f"/cases/{node.cases()[0].id}")
        section = next(one for one in page.root.all("section") if one.attributes.get("aria-labelledby") == "asking")
        assert "checked now: it holds" in section.text and peer.office.name in section.text
        whole = browser.get(section.all("a")[-1].attributes["href"])
        key = next(one for one in node.entity(peer.id).keys if one.use == "authority")
        assert whole.says(key.kid) and whole.says("The signature is by this key") and faults(whole) == []
    assert story.LAW in section.text
    anna = at(world, XA, "anna", tmp_path)
    assert 'id="asking"' not in anna.get(f"/cases/{world.xa.cases()[0].id}").text


def test_a_list_that_has_ended_is_told_where_it_is_asked_who_asks(tmp_path: Path) -> None:
    world = story.at("asked")
    world.pass_days(40)
    page = at(world, XB, "rita", tmp_path).get(f"/cases/{world.xb.cases()[0].id}")
    assert page.says("checked now: it does not hold") and page.says("Do nothing on it")


# What happened, and how texts are shown


def test_a_case_shows_its_newest_steps_and_all_of_them_on_a_page_of_their_own(tmp_path: Path) -> None:
    world = story.at("accepted at XA")
    anna, case = at(world, XA, "anna", tmp_path), story.case_at(world, "xa", "stored_data")

    def shown(address: str) -> int:
        return len([one for one in anna.get(address).root.all("li") if one.attributes.get("class") == "event"])

    assert shown(f"/cases/{case.id}") == NEWEST < case.events
    assert shown(f"/cases/{case.id}/story") == case.events and faults(anna.get(f"/cases/{case.id}/story")) == []
    assert f"/cases/{case.id}/story" in anna.get(f"/cases/{case.id}").text


def test_lines_that_were_broken_to_fit_flow_and_paragraphs_and_short_lines_stay() -> None:
    long = "w" * 60
    assert flowing(f"{long}\nand on\n\nA paragraph.\n- one\n- two") == f"{long} and on\n\nA paragraph.\n- one\n- two"
    assert flowing("") == "" and flowing("one line") == "one line"


# What is written by others is never run


def test_what_others_wrote_is_shown_and_never_run(tmp_path: Path) -> None:
    world = story.at("new")
    request = preservation()
    hostile = msgspec.structs.replace(
        request,
        subject=f"Subject {PAYLOAD}",
        facts=f"{request.facts} {PAYLOAD}",
        measures=tuple(
            msgspec.structs.replace(one, data=f"{one.data} {PAYLOAD}", identifiers=(PAYLOAD,))
            for one in request.measures
        ),
    )
    story.ask(world, hostile)
    otto = at(world, XB, "otto", tmp_path)
    case = world.xb.cases()[0]
    pages = ("/search?q=subject", f"/search?q={quote(PAYLOAD)}", "/handover", "/secrecy", *OVERSIGHT, *papers(case))
    for address in (*pages, f"/cases/{case.id}", f"/public/check?code={quote(PAYLOAD)}"):
        page = otto.get(address)
        assert "x()" not in [one.text for one in page.root.all("script")], address
        assert not page.root.all("img", src="x"), address
        assert faults(page) == [], address
