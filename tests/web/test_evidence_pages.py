"""A case's evidence on its page: for whom, what holds and what does not, how far it was sent, and the report."""

import html
import io
import json
import tarfile
from pathlib import Path

import pytest

from comity.adapters.sources_files import FolderSource
from comity.base.ids import ActorId
from comity.cases.case import Case
from comity.cases.events import EvidenceReissued
from comity.crypto.age import new_identity, recipient_of
from comity.evidence import bag
from comity.evidence.custody import from_lines
from comity.evidence.opening import open_sealed
from comity.web.app import make_pages
from comity.workflows import deliver_outbox, freeze_case, send_parts
from comity.workflows.custody_chain import chain_of, chain_of_case
from comity.workflows.office import directory
from comity.workflows.stores import OutboxState
from tests.simulators import story
from tests.simulators.packages import MemoryPackage, chance
from tests.simulators.story import case_at
from tests.simulators.wire import Fate
from tests.simulators.world import PROVIDER, XA, XB, SmallWorld
from tests.web.browsing import URL, Browser, Element, Page
from tests.web.reading import at
from tests.web.structure import NEXT_VISIT, faults

PAYLOAD = "<img src=x onerror=y()>.txt"
READER = new_identity(chance)


def produced(world: SmallWorld, node: str = "xa") -> Case:
    return case_at(world, node, "stored_data")


def evidence(case: Case) -> str:
    return f"/cases/{case.id}/evidence"


def answer_of(page: Page) -> Element:
    return next(one for one in page.root.all("div") if "answer" in one.attributes.get("class", "").split())


def checks_of(page: Page) -> list[str]:
    return [
        one.text.rpartition(": ")[2]
        for one in page.root.all("li")
        if "check" in one.attributes.get("class", "").split()
    ]


def test_the_case_leads_to_its_evidence_which_says_what_may_be_known(tmp_path: Path) -> None:
    world = story.at("accepted at XA")
    bo = at(world, XA, "bo", tmp_path)
    case = produced(world)
    assert evidence(case) in bo.get(f"/cases/{case.id}").text
    page = bo.get(evidence(case))
    assert faults(page) == [] and page.wire_bytes < NEXT_VISIT
    assert page.says("holds, checked just now, by") and page.says(PROVIDER) and page.says(case.package)
    assert page.says("none: no time-stamp authority was asked")
    readers = next(one for one in page.root.all("div") if one.text.startswith("Who can open it"))
    assert XA in readers.text
    assert page.says("Nobody here has opened it") and "access.log" not in page.text
    assert next(one.text for one in page.root.all("p", **{"class": "event__head"})).startswith("Custody begins")
    assert not page.root.all("progress")


def test_nobody_else_comes_there(tmp_path: Path) -> None:
    world = story.at("accepted at XA")
    case = produced(world)
    stranger = Browser(make_pages(world.xa.office, URL, tmp_path / "a"))
    sven = at(world, XA, "sven", tmp_path)
    addresses = ["", "/transfer", "/report.html", "/report.jsonld"]
    for address in addresses:
        assert stranger.get(evidence(case) + address).address == "/sign-in"
        assert sven.get(evidence(case) + address).status == 403
    token = {"form-token": ["x"], "package": [case.package]}
    assert stranger.post(evidence(case), token).address == "/sign-in"
    assert sven.post(evidence(case), token).status == 403


def test_a_case_without_evidence_says_so(tmp_path: Path) -> None:
    world = story.at("production asked")
    case = produced(world)
    page = at(world, XA, "bo", tmp_path).get(evidence(case))
    assert page.says("No evidence is here yet.") and faults(page) == []
    assert at(world, XA, "bo", tmp_path).get(evidence(case) + "/report.html").status == 404


# Does it hold?


def test_a_check_of_a_whole_package_is_one_sentence(tmp_path: Path) -> None:
    world = story.at("accepted at XA")
    case, bo = produced(world), at(world, XA, "bo", tmp_path)
    bo.get(evidence(case))
    page = bo.submit(evidence(case), package=case.package)
    assert page.status == 200 and faults(page) == []
    assert answer_of(page).text.startswith("The package holds.")
    assert checks_of(page) == ["yes"] * 4
    assert bo.get(evidence(case)).root.all("div", role="status") == []


def flipped(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


@pytest.mark.parametrize(
    ("name", "says", "results"),
    [
        (bag.pack_name(1), "Where: data/00001.age", ["yes", "yes", "no", "not looked at"]),
        (bag.ENVELOPE, "Where: comity/envelope.json", ["yes", "yes", "no", "not looked at"]),
        (bag.SIGNATURE, "signature", ["yes", "yes", "no", "not looked at"]),
    ],
)
def test_what_was_tampered_with_is_named(tmp_path: Path, name: str, says: str, results: list[str]) -> None:
    world = story.at("accepted at XA")
    case, bo = produced(world), at(world, XA, "bo", tmp_path)
    held = world.xa.packages.held
    held[case.package] = held[case.package].changed({name: flipped(held[case.package].files[name])})
    bo.get(evidence(case))
    page = bo.submit(evidence(case), package=case.package)
    answer = answer_of(page)
    assert answer.text.startswith("The package does not hold.") and says in answer.text
    assert checks_of(page) == results and faults(page) == []
    assert bo.get(evidence(case) + "/report.html").status == 409


def test_another_sound_package_in_its_place_is_noticed(tmp_path: Path) -> None:
    world, other = story.at("accepted at XA"), story.at("production ordered")
    story.seal(other, produced(other, "provider"), {"other.txt": b"of another matter"})
    (swapped,) = other.provider.packages.held.values()
    case, bo = produced(world), at(world, XA, "bo", tmp_path)
    world.xa.packages.held[case.package] = swapped
    bo.get(evidence(case))
    page = bo.submit(evidence(case), package=case.package)
    assert checks_of(page) == ["yes", "yes", "yes", "no"]
    assert "not the one that custody speaks of" in answer_of(page).text
    assert bo.get(evidence(case) + "/report.html").status == 409


def test_a_package_that_is_gone_and_a_chain_that_breaks_are_told_apart(tmp_path: Path) -> None:
    world = story.at("accepted at XA")
    case, bo = produced(world), at(world, XA, "bo", tmp_path)
    package = world.xa.packages.held.pop(case.package)
    page = bo.get(evidence(case))
    assert page.says("The package is not here.") and page.says("Custody begins")
    assert bo.get(evidence(case) + "/report.html").text.count("was not at hand") == 1
    world.xa.packages.held[case.package] = package
    with world.xa.office.store.transaction() as tx:
        acts = tx.custody.acts(case.package)
        tx.custody.append(case.package, acts[:1])
    bo.get(evidence(case))
    page = bo.submit(evidence(case), package=case.package)
    assert checks_of(page) == ["no", "yes", "not looked at", "not looked at"]
    assert page.says("The chain of custody does not hold:") and faults(page) == []


def test_a_check_needs_the_form_of_its_session_and_a_package_of_the_case(tmp_path: Path) -> None:
    world = story.at("accepted at XA")
    case, bo = produced(world), at(world, XA, "bo", tmp_path)
    assert bo.post(evidence(case), {"package": [case.package]}).status == 403
    bo.get(evidence(case))
    assert bo.submit(evidence(case), package="0" * 64).status == 404
    assert bo.get(evidence(case) + "/report.html?package=" + "0" * 64).status == 404


# What is inside


def test_names_of_files_are_shown_to_who_opened_it_alone_and_never_run(tmp_path: Path) -> None:
    world = story.at("production ordered")
    story.seal(world, produced(world, "provider"), {PAYLOAD: b"1", "notes/a.txt": b"2"})
    story.release_by_provider(world, produced(world, "provider"))
    world.settle()
    story.accept_at_xb(world, produced(world, "xb"))
    story.release_by_xb(world, produced(world, "xb"))
    world.settle()
    story.accept_at_xa(world, produced(world))
    world.settle()
    case, app = produced(world), make_pages(world.xa.office, URL, tmp_path)
    anna, bo = Browser(app), Browser(app)
    anna.sign_in("anna")
    bo.sign_in("bo")
    assert f"/cases/{case.id}/examine" in anna.get(evidence(case)).text
    anna.get(f"/cases/{case.id}/examine")
    anna.submit(f"/cases/{case.id}/examine", purpose="investigation 2026-0417")
    page = anna.get(evidence(case))
    assert page.says(PAYLOAD) and "<img" not in page.text and faults(page) == []
    report = anna.get(evidence(case) + "/report.html").text
    assert html.escape(PAYLOAD) in report and "<img" not in report
    other = bo.get(evidence(case))
    assert "onerror" not in other.text and "notes/a.txt" not in other.text
    assert other.says("2 files") and "onerror" not in bo.get(evidence(case) + "/report.html").text
    anna.get(evidence(case))
    anna.submit("/sign-out")
    anna.sign_in("anna")
    assert "onerror" not in anna.get(evidence(case)).text


# More readers


def let_in(
    browser: Browser,
    case: Case,
    sealed_for: str = "XA/court",
    readers: str = recipient_of(READER),
    reasons: str = "the trial court reads it",
) -> Page:
    address = f"/cases/{case.id}/let_in"
    browser.get(address)
    return browser.submit(address, sealed_for=sealed_for, readers=readers, reasons=reasons)


def test_a_court_is_let_in_and_opens_what_was_taken_away(tmp_path: Path) -> None:
    world = story.at("accepted at XA")
    case, bo = produced(world), at(world, XA, "bo", tmp_path)
    assert f"/cases/{case.id}/let_in#act" in bo.get(evidence(case)).text
    form = bo.get(f"/cases/{case.id}/let_in")
    assert faults(form) == [] and form.says("nobody can take it back")
    page = let_in(bo, case)
    assert page.address.startswith("/made/") and faults(page) == []
    event = world.xa.events(case.id)[-1]
    assert isinstance(event, EvidenceReissued)
    assert (event.sealed_for, event.reasons, event.by) == ("XA/court", "the trial court reads it", "bo")
    assert page.says(event.made) and page.says("XA/court") and page.says(recipient_of(READER))
    assert bo.get(evidence(case)).says("A package that you made of it for XA/court")
    taken = bo.get(page.address + "/package.tar")
    assert taken.headers["content-disposition"].startswith("attachment")
    court = tmp_path / "court"
    with tarfile.open(fileobj=io.BytesIO(taken.body)) as packed:
        packed.extractall(court, filter="data")
    (package,) = (one for one in court.iterdir() if one.is_dir())
    acts = from_lines((court / f"{package.name}.custody.jsonl").read_bytes())
    with world.xa.office.store.transaction() as tx:
        chain, known = chain_of_case(tx, case), directory(tx)
    assert chain_of(known, event.made, acts).custody.holder == XA
    out, key = MemoryPackage(), world.xa.office.keys.signer("authority").public
    open_sealed(FolderSource(package), READER, out, signer_key=key, sealer_key=chain.sealer_key)
    assert any(name.endswith("access.log") for name in out.files)


def test_a_made_package_lies_here_for_who_made_it_while_they_are_there(tmp_path: Path) -> None:
    world = story.at("accepted at XA")
    world.change(XA, people={**world.xa.office.people, ActorId("eve"): frozenset({"oversight"})})
    case, app = produced(world), make_pages(world.xa.office, URL, tmp_path)
    bo, anna = Browser(app), Browser(app)
    bo.sign_in("bo")
    anna.sign_in("anna")
    made = let_in(bo, case).address
    for address in (made, made + "/package.tar"):
        assert bo.get(address).status == 200
        assert anna.get(address).status == 404
        assert Browser(app).get(address).address == "/sign-in"
    assert made not in anna.get(evidence(case)).text
    freeze_case.freeze(world.xa.office, "eve", case.id, reasons="A complaint came.")
    assert [bo.get(one).status for one in (made, made + "/package.tar")] == [403, 403]
    assert made not in bo.get(evidence(case)).text
    assert list(tmp_path.glob("made-*/data/*"))
    bo.get("/inbox")
    bo.submit("/sign-out")
    assert not list(tmp_path.glob("made-*"))


def test_what_is_no_reader_of_our_state_is_said_beside_its_field_and_nothing_is_made(tmp_path: Path) -> None:
    world = story.at("accepted at XA")
    case, bo = produced(world), at(world, XA, "bo", tmp_path)
    before = world.xa.dump()
    empty = let_in(bo, case, readers="", reasons="")
    assert empty.status == 422 and empty.says("Give the recipient of each who is let in") and empty.says("Say why")
    wrong = let_in(bo, case, readers=recipient_of(READER) + "\nage1nobody", sealed_for="the court")
    assert wrong.status == 422 and faults(wrong) == []
    assert wrong.says("A line is no age recipient") and wrong.says("Write the code of our State")
    abroad = let_in(bo, case, sealed_for="XC/court")
    assert abroad.status == 422 and abroad.says("That is another State")
    assert world.xa.dump() == before and not list(tmp_path.glob("*/made-*"))


def test_who_may_not_release_evidence_lets_nobody_in(tmp_path: Path) -> None:
    world = story.at("accepted at XA")
    case, rose = produced(world), at(world, XA, "rose", tmp_path)
    assert "let_in" not in rose.get(evidence(case)).text
    assert rose.get(f"/cases/{case.id}/let_in").status == 403
    address, typed = f"/cases/{case.id}/let_in", {"sealed_for": ["XA/court"]}
    assert at(world, XA, "bo", tmp_path).post(address, typed).status == 403


# The report


def test_a_report_is_taken_away_and_that_it_was_is_recorded(tmp_path: Path) -> None:
    world = story.at("accepted at XB")
    case = produced(world, "xb")
    olga, otto = at(world, XB, "olga", tmp_path), at(world, XB, "otto", tmp_path)
    page = olga.get(evidence(case) + "/report.html")
    assert page.headers["content-disposition"].startswith("attachment") and "Custody of evidence" in page.text
    assert case.package in page.text and "EXERCISE" in page.text
    title = page.root.all("title")[0].text
    assert title.startswith("Custody of evidence: ") and title.endswith(f", {case.package[:12]}")
    data = olga.get(evidence(case) + f"/report.jsonld?package={case.package}")
    assert data.headers["content-disposition"].endswith('.jsonld"') and json.loads(data.text)["@graph"]
    with world.xb.office.store.transaction() as tx:
        looks = [(one.person, one.what) for one in tx.accesses.latest(9) if one.case_id == case.id]
    assert looks == [("olga", "reported")] * 2
    assert otto.get("/oversight?part=accesses").root.text.count("took a report of its evidence") == 2


def test_a_report_is_for_who_may_take_the_case_out(tmp_path: Path) -> None:
    world = story.at("accepted at XB")
    case, dan = produced(world, "xb"), at(world, XB, "dan", tmp_path)
    assert "report.html" not in dan.get(evidence(case)).text
    assert dan.get(evidence(case) + "/report.html").status == 403
    assert dan.get(evidence(case) + "/report.jsonld").status == 403
    with world.xb.office.store.transaction() as tx:
        assert not tx.accesses.latest(1)


def test_oversight_that_keeps_the_page_open_has_looked_once(tmp_path: Path) -> None:
    world = story.at("accepted at XB")
    story.release_by_xb(world, produced(world, "xb"))
    case, otto = produced(world, "xb"), at(world, XB, "otto", tmp_path)
    otto.get(evidence(case))
    for _ in range(3):
        assert otto.get(evidence(case) + "/transfer").status == 200
    with world.xb.office.store.transaction() as tx:
        assert [one.what for one in tx.accesses.latest(9) if one.case_id == case.id] == ["read"]


# On its way


def shown_transfer(browser: Browser, case: Case) -> Element:
    return browser.get(evidence(case) + "/transfer").root.all("div", id="transfer")[0]


def test_a_transfer_is_shown_from_the_queue_over_a_broken_line_to_its_end(tmp_path: Path) -> None:
    world = story.at("production ordered")
    story.seal(world, produced(world, "provider"), {f"{n}": bytes([n]) * send_parts.PART_BYTES for n in range(3)})
    case, lee = produced(world, "provider"), at(world, PROVIDER, "lee", tmp_path)
    assert "On its way" not in lee.get(evidence(case)).text
    story.release_by_provider(world, case)
    waiting = lee.get(evidence(case))
    assert faults(waiting) == [] and waiting.says("It waits to be sent to XB/central-authority")
    assert "hx-get" in waiting.root.all("div", id="transfer")[0].attributes and "htmx.min.js" in waiting.text
    world.wire.next("/v1/parts", *[Fate.PASS] * 6, *[Fate.DROP] * 12)
    deliver_outbox.deliver(world.provider.office)
    broken = shown_transfer(lee, case)
    bar = broken.all("progress")[0].attributes
    assert 0 < int(bar["value"]) < int(bar["max"]) and "The line broke 1 time" in broken.text
    world.heal()
    over = shown_transfer(lee, case)
    assert "100 %" in over.text and "hx-get" not in over.attributes
    assert lee.get(evidence(case)).says("which entered it in its case")


def test_while_it_is_brought_the_page_follows_part_by_part(tmp_path: Path) -> None:
    world = story.at("production ordered")
    story.seal(world, produced(world, "provider"), {f"{n}": bytes([n]) * send_parts.PART_BYTES for n in range(6)})
    case, lee = produced(world, "provider"), at(world, PROVIDER, "lee", tmp_path)
    story.release_by_provider(world, case)
    with world.provider.office.store.transaction() as tx:
        (message,) = [one for one in tx.outbox.of_peer(XB, 10) if one.package]
    office = world.provider.office
    office.transfers.begin(message.id, send_parts.bytes_of(message), office.clock.now())
    seen = []
    for _ in range(3):
        office.transfers.add(message.id, send_parts.PART_BYTES, office.clock.now())
        seen.append(int(shown_transfer(lee, case).all("progress")[0].attributes["value"]))
    assert seen == [send_parts.PART_BYTES * n for n in (1, 2, 3)]
    assert "It is being sent" in shown_transfer(lee, case).text


def test_a_rejected_transfer_says_why(tmp_path: Path) -> None:
    world = story.at("sealed")
    case, lee = produced(world, "provider"), at(world, PROVIDER, "lee", tmp_path)
    world.change(XB, most_evidence_bytes=1)
    story.release_by_provider(world, case)
    world.settle()
    with world.provider.office.store.transaction() as tx:
        states = {one.state for one in tx.outbox.of_peer(XB, 10) if one.package}
    assert OutboxState.QUEUED not in states
    assert lee.get(evidence(case)).says("rejected it: too-large")
