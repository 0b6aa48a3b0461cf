"""Pages that only read: for whom, what they show, that their data say the same, and that nothing in them is run."""

import csv
import io
import json
from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest

from comity.base.ids import NodeId
from comity.cases.case import Case
from comity.web.app import make_pages
from comity.web.case_pages import NEWEST
from comity.web.writing import flowing
from comity.workflows import decide_request, rotate_log_key
from comity.workflows.record_access import digest_of
from tests.simulators import story
from tests.simulators.world import PROVIDER, WITNESS, XA, XB, SmallWorld, preservation
from tests.web.browsing import URL, Browser, Page
from tests.web.test_pages import faults

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
PAYLOAD = "<script>x()</script>\"'><img src=x onerror=y()>"


def at(world: SmallWorld, node: NodeId, person: str, folder: Path) -> Browser:
    browser = Browser(make_pages(world.nodes[node].office, URL, folder / f"{node.replace('/', '-')}-{person}"))
    browser.sign_in(person)
    return browser


def rows(page: Page) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(page.text)))


def papers(case: Case) -> tuple[str, ...]:
    return f"/cases/{case.id}/law", f"/cases/{case.id}/letter"


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


# Search


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("ransomware", "subject"),
        ("ransomware hospital", "subject"),
        ("xb/central", "the other side"),
        ("expedited_preservation", "articles and measures"),
        ("anna", "persons of the file"),
    ],
)
def test_a_search_says_where_the_words_were_found(signed_in: dict[NodeId, Browser], words: str, place: str) -> None:
    page = signed_in[XA].get(f"/search?q={quote(words)}")
    found = [one.text for one in page.root.all("p", **{"class": "row__what"}) if "Found in" in one.text]
    assert found
    assert all(place in text for text in found)


def test_the_filters_of_a_search_are_its_address(busy: SmallWorld, signed_in: dict[NodeId, Browser]) -> None:
    anna = signed_in[XA]
    every = json.loads(anna.get("/search.json").text)["cases"]
    assert {one["id"] for one in every} == {case.id for case in busy.xa.cases()}
    for query, keep in (
        ("procedure=stored_data", lambda one: one["procedure"] == "stored_data"),
        ("state=draft", lambda one: one["state"] == "draft"),
        ("position=provider", lambda _: False),
        ("peer=XB/central-authority&q=ransomware", lambda one: "ransomware" in one["subject"]),
        ("first=2026-12-07&last=2026-12-07", lambda _: True),
        ("first=2026-12-08", lambda _: False),
        ("last=2026-12-06", lambda _: False),
        ("person=anna", lambda _: True),
        ("person=nobody", lambda _: False),
    ):
        found = json.loads(anna.get(f"/search.json?{query}").text)["cases"]
        assert [one["id"] for one in found] == [one["id"] for one in every if keep(one)], query
        page = anna.get(f"/search?{query}")
        links = [one.attributes["href"] for one in page.root.all("a") if one.attributes["href"].startswith("/cases/")]
        assert links == [f"/cases/{one['id']}" for one in found], query
        assert [row["id"] for row in rows(anna.get(f"/search.csv?{query}"))] == [one["id"] for one in found]


def test_a_search_that_asks_for_nonsense_is_answered(signed_in: dict[NodeId, Browser]) -> None:
    for query in ("first=tomorrow&q=x", "page=-1", "page=99999&q=e", "q=" + "x" * 5000, "state=%00"):
        assert signed_in[XA].get(f"/search?{query}").status == 200


def test_a_cell_that_a_spreadsheet_would_run_is_kept_from_it(tmp_path: Path) -> None:
    world = story.at("new")
    story.draft(world, msgspec.structs.replace(preservation(), subject="=HYPERLINK(1)"))
    assert rows(at(world, XA, "anna", tmp_path).get("/search.csv"))[0]["subject"] == "'=HYPERLINK(1)"


# Hand-over


def test_a_hand_over_shows_what_is_new_what_moved_and_what_is_late(tmp_path: Path) -> None:
    world = story.at("preserved")
    world.pass_days(3)
    story.draft(world, msgspec.structs.replace(preservation(), subject="Investigation 2026-0777"))
    anna = at(world, XA, "anna", tmp_path)
    page = anna.get("/handover")
    sections = {one.attributes["aria-labelledby"]: one.text for one in page.root.all("section")}
    assert "2026-0777" in sections["new"] and "2026-0777" not in sections["moved"]
    assert "No case moved." in sections["moved"]
    assert "2026-0777" in sections["waiting"] and "case lawyer" in sections["waiting"]
    data = json.loads(anna.get("/handover.json").text)
    assert [one["subject"] for one in data["new"]] == ["Investigation 2026-0777"] and data["moved"] == []
    assert [one["step"] for one in data["waiting"]] == ["approve"]
    world.pass_days(90)
    anna.sign_in("anna")
    assert json.loads(anna.get("/handover.json").text)["late"]
    late = {one.attributes["aria-labelledby"]: one.text for one in anna.get("/handover").root.all("section")}["late"]
    assert "days late" in late


def test_a_hand_over_looks_back_as_far_as_it_is_asked_and_no_further(tmp_path: Path) -> None:
    world = story.at("asked")
    world.pass_seconds(10 * 3600)
    anna = at(world, XA, "anna", tmp_path)
    assert "No new case." not in anna.get("/handover").text
    assert "No new case." in anna.get(f"/handover?since={world.xa.clock.now().plus_seconds(-8 * 3600)}").text
    assert anna.get("/handover?since=yesterday").status == 400
    assert anna.get("/handover?since=2020-01-01T00:00:00Z").status == 400
    assert json.loads(anna.get("/handover.json?since=yesterday").text)["code"] == "malformed"


def test_what_is_stuck_is_told(tmp_path: Path) -> None:
    world = story.at("drafted")
    story.approve(world, world.xa.cases()[0])
    world.pass_seconds(2 * 3600)
    page = at(world, XA, "anna", tmp_path).get("/handover")
    section = next(one for one in page.root.all("section") if one.attributes["aria-labelledby"] == "stuck")
    assert "request.preserve" in section.text


def test_a_note_is_put_on_the_page_and_kept_nowhere(busy: SmallWorld, tmp_path: Path) -> None:
    world = busy.copy()
    anna = at(world, XA, "anna", tmp_path)
    anna.get("/handover")
    before = world.xa.dump()
    page = anna.submit("/handover", note=f"call XB at nine {PAYLOAD}")
    assert page.says("call XB at nine") and faults(page) == []
    after = world.xa.dump()
    assert {name: after[name] for name in after if "session" not in name} == {
        name: before[name] for name in before if "session" not in name
    }
    assert "call XB" not in anna.get("/handover").text


# Secrecy


def test_secrecy_is_listed_with_its_end_and_the_notice_that_falls_due(tmp_path: Path) -> None:
    world = story.at("asked")
    case = world.xa.cases()[0]
    assert case.secret_until is not None
    anna = at(world, XA, "anna", tmp_path)
    row = rows(anna.get("/secrecy.csv"))[0]
    left = (case.secret_until - world.xa.clock.now().day).days
    assert (row["case"], row["until"], row["days_left"]) == (case.id, case.secret_until.isoformat(), str(left))
    assert json.loads(anna.get("/secrecy.json").text)["secrecy"][0]["days_left"] == left
    assert anna.get("/secrecy").says(f"{left} days left")
    world.pass_days(left + 1)
    anna.sign_in("anna")
    due = next(one for one in anna.get("/secrecy").root.all("section") if one.attributes["aria-labelledby"] == "due")
    assert case.id in str([one.attributes for one in due.all("a")])


# Oversight


def test_each_look_of_oversight_is_recorded_in_its_list_and_in_the_log(tmp_path: Path) -> None:
    world = story.at("asked")
    case = world.xb.cases()[0]
    otto, rita = at(world, XB, "otto", tmp_path), at(world, XB, "rita", tmp_path)
    rita.get(f"/cases/{case.id}")
    assert "rita" not in otto.get("/oversight?part=accesses").text
    otto.get(f"/cases/{case.id}")
    otto.get(f"/cases/{case.id}/law")
    page = otto.get("/oversight?part=accesses")
    assert page.says(f"/cases/{case.id}/law") and page.says("otto")
    with world.xb.office.store.transaction() as tx:
        looks = tx.accesses.latest(99)
        bodies = b"".join(leaf.body for n in range(tx.log.size()) if (leaf := tx.log.leaf(n)) is not None)
    assert [one.case_id for one in looks if one.case_id] == [case.id, case.id]
    assert all(str(digest_of(one)).encode() in bodies for one in looks)


def test_oversight_sees_every_decision_with_its_ground_and_reasons(tmp_path: Path) -> None:
    world = story.at("production asked")
    theirs = story.case_at(world, "xb", "stored_data")
    decide_request.refuse(
        world.xb.office,
        "rita",
        theirs.id,
        ground="essential_interests",
        citation="40(21)(b)",
        reasons="our own inquiry",
        consulted_otherwise="on the telephone, with the central authority",
    )
    otto = at(world, XB, "otto", tmp_path)
    page = otto.get("/oversight?part=decisions")
    assert page.says("our own inquiry") and page.says("essential_interests")
    found = rows(otto.get("/oversight/decisions.csv"))
    assert {"case": theirs.id, "decision": "refused", "reasons": "our own inquiry"}.items() <= next(
        one.items() for one in found if one["decision"] == "refused"
    )
    assert json.loads(otto.get("/oversight.json").text)["decisions"] == [
        {name: one[name] for name in json.loads(otto.get("/oversight.json").text)["decisions"][0]} for one in found
    ]


def test_the_data_for_oversight_hold_metadata_of_cases_and_nothing_they_are_about(tmp_path: Path) -> None:
    world = story.at("asked")
    text = at(world, XB, "otto", tmp_path).get("/oversight/cases.csv").text
    assert world.xb.cases()[0].id in text
    assert preservation().subject not in text


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


# The log and its proofs


def test_anyone_sees_how_old_the_checkpoint_is_and_only_who_keeps_it_or_oversees_it_its_alarms(tmp_path: Path) -> None:
    world = story.at("asked")
    world.publish()
    for node in (XA, XB):
        with world.nodes[node].office.store.transaction() as tx:
            tx.alarms.sound("quorum", "0 of the 1 witnesses needed answered", world.xb.clock.now())
            tx.alarms.sound("pair", f"2026-12 with {PAYLOAD} does not match", world.xb.clock.now())
    stranger = Browser(make_pages(world.xb.office, URL, tmp_path / "a"))
    assert stranger.get("/public/log").says("less than an hour old")
    world.pass_seconds(3 * 3600)
    for browser in (stranger, at(world, XB, "rita", tmp_path)):
        page = browser.get("/public/log")
        assert page.says("The last checkpoint is 3 hours old.") and faults(page) == []
        assert not page.says("Alarms of the log") and "quorum" not in page.text and "does not match" not in page.text
    otto, olga = at(world, XB, "otto", tmp_path), at(world, XB, "olga", tmp_path)
    for browser in (otto, olga):
        page = browser.get("/public/log")
        assert page.says("Too few witnesses answer.") and page.says("0 of the 1 witnesses needed answered")
        assert page.says(PAYLOAD) and not page.root.all("img") and faults(page) == []
    assert olga.get("/inbox").says("The log has 2 alarms.") and faults(olga.page or olga.get("/inbox")) == []
    assert not otto.get("/inbox").says("The log has")
    with world.xb.office.store.transaction() as tx:
        tx.alarms.clear("quorum")
        tx.alarms.clear("pair")
    assert not olga.get("/inbox").says("The log has") and olga.get("/public/log").says("No alarm stands.")


def proofs_of(world: SmallWorld, browser: Browser) -> list[str]:
    page = browser.get(f"/cases/{world.xa.cases()[0].id}")
    links = [one.attributes["href"] for one in page.root.all("a") if one.attributes["href"].endswith(".tlog-proof")]
    return [browser.get(link).text for link in links]


def test_what_a_proof_says_is_told_in_words_with_the_proof_behind_them(tmp_path: Path) -> None:
    world = story.at("asked")
    world.publish()
    proof = proofs_of(world, at(world, XA, "bo", tmp_path))[0]
    stranger = Browser(make_pages(world.xa.office, URL, tmp_path / "a"))
    stranger.get("/public/check")
    page = stranger.submit("/public/check", proof=proof)
    assert page.says("What this proof says") and page.says("A witness saw that number on") and faults(page) == []
    assert page.says("It does not say that the step was right")
    behind = next(one for one in page.root.all("details") if one.text.startswith("Show the proof"))
    note = proof.partition("\n\n")[2]
    assert behind.all("pre")[0].text == " ".join(note.split())
    assert '"event":' in behind.text and page.wire_bytes < 16 * 1024


def test_a_file_that_is_brought_counts_before_the_proof_that_stands_in_the_field(tmp_path: Path) -> None:
    world = story.at("asked")
    world.publish()
    first, second = proofs_of(world, at(world, XA, "bo", tmp_path))[:2]
    stranger = Browser(make_pages(world.xa.office, URL, tmp_path / "a"))
    stranger.get("/public/check")
    stranger.submit("/public/check", proof=first)
    page = stranger.submit("/public/check", with_files={"entry.tlog-proof": second.encode()}, proof=first)
    index = second.partition("index ")[2].split()[0]
    assert page.says("It is in the log.") and page.says(f"Entry {index} of the")
    spoilt = second.replace(second.splitlines()[-1], "")
    assert not stranger.submit("/public/check", with_files={"x": spoilt.encode()}, proof=first).says(
        "It is in the log."
    )


def test_proofs_hold_after_the_log_has_another_key_and_a_retired_one_signs_nothing_new(tmp_path: Path) -> None:
    world = story.at("asked")
    world.publish()
    bo = at(world, XA, "bo", tmp_path)
    before = proofs_of(world, bo)[0]
    stranger = Browser(make_pages(world.xa.office, URL, tmp_path / "a"))
    rotate_log_key.add_key(world.xa.office, "sven")
    world.publish()
    world.pass_days(rotate_log_key.OVERLAP_DAYS)
    rotate_log_key.retire_key(world.xa.office, "sven")
    world.publish()
    bo.sign_in("bo")
    after = proofs_of(world, bo)[0]
    assert before != after
    for proof in (before, after):
        stranger.get("/public/check")
        assert stranger.submit("/public/check", proof=proof).says("It is in the log.")


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
