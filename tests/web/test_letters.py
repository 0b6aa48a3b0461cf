"""Printed letters and public checks: by code, by document, by proof; what is told, and what never is."""

import csv
import hashlib
import io
import json
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from comity.web.app import make_pages
from comity.workflows import export_case, letters
from comity.workflows.record import state_publicly
from tests.simulators import story
from tests.simulators.world import XB, SmallWorld
from tests.web.browsing import URL, Browser, Page, multipart
from tests.web.reading import at
from tests.web.structure import faults


@pytest.fixture
def world() -> SmallWorld:
    world = story.at("asked")
    world.publish()
    return world


def code_on(page: Page) -> str:
    return page.root.all("p", **{"class": "seal__code"})[0].all("bdi")[0].text


def by_file(browser: Browser, data: bytes, name: str = "request.jws", **fields: str) -> Page:
    kind, body = multipart({"what": ["file"], **{key: [value] for key, value in fields.items()}}, {name: data})
    return browser._ask("POST", "/public/check", body, {"content-type": kind})


def test_a_letter_bears_a_code_that_anybody_can_ask_about(world: SmallWorld, tmp_path: Path) -> None:
    rita = at(world, XB, "rita", tmp_path)
    case = world.xb.cases()[0]
    letter = rita.get(f"/cases/{case.id}/letter")
    assert letter.status == 200 and faults(letter) == []
    stranger = Browser(make_pages(world.xb.office, URL, tmp_path / "stranger"))
    page = stranger.get(f"/public/check?code={quote(code_on(letter).lower())}")
    assert page.says("It is in the log.") and page.says("Expedited preservation of stored data")
    told = json.loads(stranger.get(f"/public/check.json?code={quote(code_on(letter))}").text)
    assert {name: told[name] for name in ("answer", "in_log", "requesting", "requested", "kind", "mode")} == {
        "answer": "holds",
        "in_log": True,
        "requesting": "XA",
        "requested": "XB",
        "kind": "preservation",
        "mode": "exercise",
    }
    assert case.request is not None
    for text in (page.text, json.dumps(told)):
        assert case.id not in text and case.request.subject not in text and "rita" not in text


def test_the_picture_is_one_of_this_server_and_leads_to_the_check(world: SmallWorld, tmp_path: Path) -> None:
    rita = at(world, XB, "rita", tmp_path)
    letter = rita.get(f"/cases/{world.xb.cases()[0].id}/letter")
    picture = rita.get(letter.root.all("img")[0].attributes["src"])
    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert picture.text.startswith("<svg") and "<script" not in picture.text and "style=" not in picture.text
    address = next(one.text for one in letter.root.all("bdi") if "/public/check?code=" in one.text)
    parts = urlsplit(address)
    assert rita.get(f"{parts.path}?{parts.query}").says("It is in the log.")


def test_a_letter_printed_again_bears_the_same_code_and_only_its_digest_is_kept(
    world: SmallWorld, tmp_path: Path
) -> None:
    rita = at(world, XB, "rita", tmp_path)
    address = f"/cases/{world.xb.cases()[0].id}/letter"
    code = code_on(rita.get(address))
    assert code_on(rita.get(address)) == code
    raw = letters.read_code(code)
    kept = world.xb.dump()
    assert len(kept["letter"]) == 1
    assert raw not in str(kept).encode() and code not in str(kept)
    assert kept["letter"][0]["code_sha256"] == hashlib.sha256(raw).digest()
    assert [one["what"] for one in kept["access"]] == ["printed", "printed"]


def test_a_draft_has_no_code_and_says_so(tmp_path: Path) -> None:
    world = story.at("drafted")
    anna = at(world, world.xa.id, "anna", tmp_path)
    case = world.xa.cases()[0]
    page = anna.get(f"/cases/{case.id}/letter")
    assert page.says("bears no check code") and not page.root.all("img")
    assert anna.get(f"/cases/{case.id}/letter.svg").status == 409
    assert world.xa.dump()["letter"] == []


def test_a_letter_whose_entry_is_not_published_yet_is_said_to_be_so(tmp_path: Path) -> None:
    world = story.at("asked")
    rita = at(world, XB, "rita", tmp_path)
    code = code_on(rita.get(f"/cases/{world.xb.cases()[0].id}/letter"))
    assert rita.get(f"/public/check?code={code}").says("It is known here, and not published yet.")
    assert json.loads(rita.get(f"/public/check.json?code={code}").text)["in_log"] is False


def test_a_code_that_no_letter_bears_is_not_in_the_log(world: SmallWorld, tmp_path: Path) -> None:
    stranger = Browser(make_pages(world.xb.office, URL, tmp_path))
    unknown = letters.write_code(bytes(15) + b"\x01")
    assert stranger.get(f"/public/check?code={unknown}").says("It is not in the log.")
    assert json.loads(stranger.get(f"/public/check.json?code={unknown}").text)["answer"] == "unknown"


@pytest.mark.parametrize("wrong", ["x", "U" * 26, "Z" * 26, "0" * 27, "%00", "é" * 26])
def test_what_is_no_code_is_refused_with_its_field(world: SmallWorld, tmp_path: Path, wrong: str) -> None:
    stranger = Browser(make_pages(world.xb.office, URL, tmp_path))
    page = stranger.get(f"/public/check?code={quote(wrong)}")
    assert page.status == 422 and faults(page) == []
    assert page.root.all("a", href="#code")
    data = stranger.get(f"/public/check.json?code={quote(wrong)}")
    assert (data.status, json.loads(data.text)["field"]) == (400, "code")


def test_a_document_is_checked_by_its_file_or_its_digest(world: SmallWorld, tmp_path: Path) -> None:
    stranger = Browser(make_pages(world.xb.office, URL, tmp_path))
    document = world.xa.outbox()[0].document
    digest = hashlib.sha256(document).hexdigest()
    assert by_file(stranger, document).says("A document with exactly these bytes")
    stranger.get("/public/check")
    assert stranger.post("/public/check", {"what": ["file"], "sha256": [digest.upper()]}).says("It is in the log.")
    assert json.loads(stranger.get(f"/public/check.json?sha256={digest}").text)["requesting"] == "XA"
    changed = by_file(stranger, document + b"A")
    assert changed.status == 200 and changed.says("It is not in the log.")
    assert list(tmp_path.iterdir()) == []


def test_both_ends_know_the_document_that_passed_between_them(world: SmallWorld, tmp_path: Path) -> None:
    digest = hashlib.sha256(world.xa.outbox()[0].document).hexdigest()
    for node in (world.xa, world.xb):
        stranger = Browser(make_pages(node.office, URL, tmp_path / node.host))
        told = json.loads(stranger.get(f"/public/check.json?sha256={digest}").text)
        assert (told["answer"], told["requesting"], told["requested"]) == ("holds", "XA", "XB")


@pytest.mark.parametrize("wrong", ["", "x", "0" * 63, "g" * 64])
def test_what_is_no_digest_is_refused_with_its_field(world: SmallWorld, tmp_path: Path, wrong: str) -> None:
    stranger = Browser(make_pages(world.xb.office, URL, tmp_path))
    page = stranger.post("/public/check", {"what": ["file"], "sha256": [wrong]})
    assert page.status == 422 and page.root.all("a", href="#sha256")


def test_a_proof_is_still_checked_and_names_what_it_proves(world: SmallWorld, tmp_path: Path) -> None:
    rita = at(world, XB, "rita", tmp_path)
    case = world.xb.cases()[0]
    index = world.xb.leaves(case.id)[0].index
    proof = rita.get(f"/cases/{case.id}/proofs/{index}.tlog-proof").text
    stranger = Browser(make_pages(world.xb.office, URL, tmp_path / "stranger"))
    assert stranger.post("/public/check", {"proof": [proof]}).says("Request received")
    assert stranger.post("/public/check", {"proof": ["x"]}).status == 422


def test_the_export_is_handed_over_whole_and_is_recorded(world: SmallWorld, tmp_path: Path) -> None:
    rita = at(world, XB, "rita", tmp_path)
    case = world.xb.cases()[0]
    assert f"/cases/{case.id}/export" in rita.get(f"/cases/{case.id}").text
    got = rita.get(f"/cases/{case.id}/export")
    assert got.headers["content-type"] == "application/zip" and got.headers["cache-control"] == "no-store"
    assert got.body == export_case.export(world.xb.office, "rita", case.id).data
    dan = at(world, XB, "dan", tmp_path)
    assert dan.get(f"/cases/{case.id}/export").status == 403
    assert f"/cases/{case.id}/export" not in dan.get(f"/cases/{case.id}").text


# The register, the log and statistics


def rows(page: Page) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(page.text)))


def test_the_register_says_the_same_three_times(world: SmallWorld, tmp_path: Path) -> None:
    stranger = Browser(make_pages(world.xb.office, URL, tmp_path))
    data = json.loads(stranger.get("/public/register.json").text)
    table = [row["iso3166_alpha2"] for row in rows(stranger.get("/public/register.csv"))]
    page = stranger.get("/public/register")
    assert [one["state"] for one in data["entries"]] == table
    assert len(page.root.all("tr")) == len(table) + 1
    figures = [one.text.split()[0] for one in page.root.all("ul", **{"class": "figures"})[0].all("li")]
    assert figures[0] == str(data["signatories"]) and figures[2] == str(data["instruments_missing"])
    assert data["instruments_needed"] == 40
    reserved = next(one for one in data["entries"] if one["state"] == "QA")["reservations"]
    assert reserved and all(one["source"] for one in reserved)


def test_what_stands_between_two_states_says_the_same_three_times(world: SmallWorld, tmp_path: Path) -> None:
    stranger = Browser(make_pages(world.xb.office, URL, tmp_path))
    query = "?a=FR&b=DE&on=2026-11-22"
    data = json.loads(stranger.get(f"/public/basis.json{query}").text)
    assert [(one["instrument"], one["standing"]) for one in data["bases"]][:2] == [
        ("uncc", "missing"),
        ("budapest", "stands"),
    ]
    assert [row["standing"] for row in rows(stranger.get(f"/public/basis.csv{query}"))] == [
        one["standing"] for one in data["bases"]
    ]
    page = stranger.get(f"/public/basis{query}")
    headings = [one.text for one in page.root.all("h2", **{"class": "card__head"})]
    assert len(headings) == len(data["bases"])
    assert headings[0].endswith("does not stand") and headings[1].endswith(": stands")


@pytest.mark.parametrize(
    ("query", "field"), [("a=FR", "b"), ("a=fr&b=DE", "a"), ("a=FR&b=FR", "b"), ("a=FR&b=DE&on=soon", "on")]
)
def test_a_question_that_cannot_be_answered_names_its_field(
    world: SmallWorld, tmp_path: Path, query: str, field: str
) -> None:
    stranger = Browser(make_pages(world.xb.office, URL, tmp_path))
    page = stranger.get(f"/public/basis?{query}")
    assert page.status == 422 and page.root.all("a", href=f"#{field}") and faults(page) == []
    for ending in ("json", "csv"):
        problem = stranger.get(f"/public/basis.{ending}?{query}")
        assert (problem.status, json.loads(problem.text)["field"]) == (400, field)


def test_the_log_says_the_same_three_times(world: SmallWorld, tmp_path: Path) -> None:
    stranger = Browser(make_pages(world.xb.office, URL, tmp_path))
    data = json.loads(stranger.get("/public/log.json").text)
    row = rows(stranger.get("/public/log.csv"))[0]
    assert (row["size"], row["root"], row["witness"]) == (
        str(data["size"]),
        data["root"],
        data["cosigned"][0]["witness"],
    )
    assert data["root"] in stranger.get("/public/log").text


def test_there_are_no_statistics_until_the_log_states_some(world: SmallWorld, tmp_path: Path) -> None:
    stranger = Browser(make_pages(world.xb.office, URL, tmp_path))
    assert stranger.get("/public/statistics").says("has published no statistics yet")
    assert json.loads(stranger.get("/public/statistics.json").text)["published"] == []
    assert rows(stranger.get("/public/statistics.csv")) == []
    with world.xb.office.store.transaction() as tx:
        state_publicly(world.xb.office, tx, "statistics", {"year": 2026, "received": 7})
    assert stranger.get("/public/statistics").says("has published no statistics yet")  # no checkpoint holds it
    world.publish()
    assert stranger.get("/public/statistics").says("1 statement of figures")
    assert json.loads(stranger.get("/public/statistics.json").text)["published"][0]["received"] == 7
    assert {"field": "received", "value": "7"}.items() <= rows(stranger.get("/public/statistics.csv"))[2].items()
