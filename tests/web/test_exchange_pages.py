"""Pages of the exchange: health of peers, what is stuck and why, doubts, carried files, directory changes."""

import dataclasses
import json
from pathlib import Path

import pytest

from comity.base.ids import NodeId
from comity.exchange import document as documents
from comity.exchange.directory import Use
from comity.web.app import make_pages
from comity.workflows import carry_by_hand, doubts
from comity.workflows.show_outbox import SHOWN_MOST
from tests.simulators.forge import revoke, send_request_unchecked
from tests.simulators.story import approve, at, case_at, draft
from tests.simulators.world import START, XA, XB, SmallWorld, production
from tests.web.browsing import URL, Browser, Page
from tests.web.structure import faults

PAGES = ("/exchange", "/directory/changes")


def browse(world: SmallWorld, node: NodeId, person: str, folder: Path) -> Browser:
    browser = Browser(make_pages(world.nodes[node].office, URL, folder / f"{node.replace('/', '-')}-{person}"))
    browser.sign_in(person)
    return browser


def act(browser: Browser, what: str, /, *, with_files: dict[str, bytes] | None = None, **fields: str) -> Page:
    """Use one of the forms of the page."""
    browser.get("/exchange")
    return browser.submit(f"/exchange/{what}", with_files=with_files, **fields)


def cut_off() -> SmallWorld:
    """XA's request cannot be brought to XB, for hours."""
    world = at("new")
    world.wire.down.add(world.xb.host)
    approve(world, draft(world, production()))
    for _ in range(5):
        world.round(XA)
        world.pass_seconds(3700)
    return world


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("person", ["anna", "bo", "sven"])
def test_the_pages_are_whole_for_everybody_who_signs_in(page: str, person: str, tmp_path: Path) -> None:
    world = cut_off()
    revoke(world, XB, Use.AUTHORITY, START.seconds)
    found = browse(world, XA, person, tmp_path).get(page)
    assert found.status == 200
    assert faults(found) == []


def test_what_is_stuck_is_shown_with_why_and_what_to_do(tmp_path: Path) -> None:
    browser = browse(cut_off(), XA, "bo", tmp_path)
    text = browser.get("/exchange").text
    assert "stuck" in text and "carry the messages by hand" in text
    data = json.loads(browser.get("/exchange.json").text)
    assert [(one["peer"], one["stuck"], one["reason"]) for one in data["waiting"]] == [(XB, True, "unavailable")]
    assert {one["peer"]: one["stuck"] for one in data["peers"]}[XB] == 1


def test_of_a_long_queue_the_page_shows_some_and_counts_the_rest(tmp_path: Path) -> None:
    world = cut_off()
    with world.xa.office.store.transaction() as tx:
        (first,) = (tx.outbox.get(one) for one in tx.outbox.open_ids())
        assert first is not None
        for number in range(SHOWN_MOST + 4):
            tx.outbox.queue(dataclasses.replace(first, id=f"m{number}"), world.xa.clock.now())
    browser = browse(world, XA, "bo", tmp_path)
    page = browser.get("/exchange")
    assert page.text.count(f"/cases/{first.case_id}") == SHOWN_MOST
    assert page.says("5 more in the data")
    assert len(json.loads(browser.get("/exchange.json").text)["waiting"]) == SHOWN_MOST + 5


def test_what_a_peer_has_and_does_not_enter_is_shown_with_since_when(tmp_path: Path) -> None:
    world = at("new")
    approve(world, draft(world, production()))
    world.round(XA)
    came = world.xb.clock.now()
    world.pass_days(1)
    browser = browse(world, XA, "bo", tmp_path)
    page = browser.get("/exchange")
    assert page.says("and not yet entered") and page.says("ask its operator why")
    assert faults(page) == []
    (found,) = json.loads(browser.get("/exchange.json").text)["waiting"]
    assert (found["stored"], found["stored_since"], found["reason"]) == (True, str(came), "not-entered")


def test_what_a_peer_turned_down_is_shown_with_the_field_at_fault(tmp_path: Path) -> None:
    world = at("new")
    case = draft(world, production())
    send_request_unchecked(world, case, actor=documents.Actor("anna", "duty_officer"))
    world.settle()
    browser = browse(world, XA, "anna", tmp_path)
    page = browser.get("/exchange")
    assert page.says("Field at fault: actor.approved_by") and page.says("This sender may not send this.")
    assert faults(page) == []
    (found,) = json.loads(browser.get("/exchange.json").text)["rejected"]
    assert (found["case"], found["code"], found["field"]) == (case.id, "not-allowed", "actor.approved_by")
    page = browser.get(f"/cases/{case.id}")
    assert page.says("( not-allowed )") and page.says("Field at fault: actor.approved_by")
    assert faults(page) == []


def test_a_file_goes_out_by_hand_and_its_receipts_come_back(tmp_path: Path) -> None:
    world = cut_off()
    ours, theirs = browse(world, XA, "bo", tmp_path), browse(world, XB, "olga", tmp_path)
    packed = act(ours, "pack", peer=XB)
    assert packed.headers["content-disposition"] == 'attachment; filename="for-XB-central-authority.comity"'
    receipts = act(theirs, "carry", with_files={"for-xb.comity": packed.body})
    assert receipts.body.startswith(b'{"jws":')
    done = act(ours, "carry", with_files={"back.comity": receipts.body})
    assert done.status == 200 and done.says("were taken")
    assert world.xb.cases() and not world.xa.is_waiting()


def test_receipts_that_turn_messages_down_are_not_said_to_have_taken_them(tmp_path: Path) -> None:
    world = cut_off()
    world.pass_days(15)
    there = carry_by_hand.take_in(world.xb.office, "dan", carry_by_hand.pack(world.xa.office, "bo", XB).data)
    assert there.rejected == ("expired",)
    done = act(browse(world, XA, "bo", tmp_path), "carry", with_files={"back.comity": there.data})
    assert done.says("1 message was turned down, see below.") and not done.says("were taken")
    assert faults(done) == []


def test_a_file_that_is_none_is_refused_with_what_to_do(tmp_path: Path) -> None:
    browser = browse(cut_off(), XA, "bo", tmp_path)
    assert act(browser, "carry", with_files={"x.comity": b"nonsense"}).status == 422
    assert act(browser, "carry").status == 422
    assert act(browser, "pack", peer="XC/observatory").status == 422
    assert act(browser, "pack", peer="nobody").status == 422


def test_a_peer_is_suspended_and_taken_from_again_by_who_may(tmp_path: Path) -> None:
    world = at("new")
    browser = browse(world, XA, "sven", tmp_path)
    act(browser, "suspend", peer=XB, do="suspend", reasons="its node was broken into")
    assert browser.get("/exchange").says("its node was broken into")
    assert act(browser, "suspend", peer=XB, do="readmit", reasons="").status == 422
    act(browser, "suspend", peer=XB, do="readmit", reasons="new keys")
    assert not browser.get("/exchange").says("broken into")
    denied = browse(world, XA, "anna", tmp_path)
    assert not [one for one in denied.get("/exchange").forms() if one.attributes["action"] == "/exchange/suspend"]


def test_a_doubt_waits_on_the_page_of_its_case_and_a_reviewer_settles_it(tmp_path: Path) -> None:
    world = at("production asked")
    world.pass_seconds(60)
    revoke(world, XA, Use.AUTHORITY, START.seconds)
    case = case_at(world, "xb", "stored_data")
    browser = browse(world, XB, "rita", tmp_path)
    assert case.id in browser.get("/exchange").text
    page = browser.get(f"/cases/{case.id}/settle_doubt")
    assert page.status == 200 and faults(page) == []
    action = f"/cases/{case.id}/settle_doubt"
    assert browser.submit(action, reasons="called").status == 422
    browser.submit(action, keep="undo", reasons="They know nothing of it.")
    assert world.xb.case(case.id).undone
    assert case.id not in {one.case for one in doubts.standing(world.xb.office)}


def test_the_changes_of_a_directory_are_shown_with_who_confirmed_them(tmp_path: Path) -> None:
    world = at("production asked")
    revoke(world, XA, Use.AUTHORITY, START.seconds)
    browser = browse(world, XB, "olga", tmp_path)
    assert "revoked" in browser.get("/directory/changes").text
    newest = json.loads(browser.get("/directory/changes.json").text)["lists"][0]
    assert (newest["state"], newest["sequence"], newest["confirmed_by"]) == ("XA", 2, ["olga", "sven"])
    assert any("authority key" in change["what"] for change in newest["changes"])


def test_nothing_of_it_is_shown_to_who_is_not_signed_in(tmp_path: Path) -> None:
    browser = Browser(make_pages(at("new").xa.office, URL, tmp_path))
    for page in (*PAGES, "/exchange.json", "/directory/changes.json"):
        assert browser.get(page).address.endswith("/sign-in")


def test_what_is_carried_and_what_is_sent_have_one_effect() -> None:
    world = cut_off()
    packed = carry_by_hand.pack(world.xa.office, "bo", XB)
    carry_by_hand.take_in(world.xb.office, "olga", packed.data)
    world.wire.down.clear()
    world.heal()
    assert len(world.xb.cases()) == 1
