"""What people type and bring into the pages: nothing is lost by a mistake, and nothing is run or left lying about."""

from pathlib import Path

import msgspec
import pytest

from comity.base.instants import Instant
from comity.web.app import make_pages
from comity.web.typed import KEPT_SECONDS, MOST, Typed
from comity.workflows import people_sessions
from tests.simulators import story
from tests.simulators.story import case_at
from tests.simulators.world import XB, SmallWorld, new_world, preservation
from tests.web.browsing import URL, Browser, Page, multipart, values_of
from tests.web.structure import faults, summary_of

# Mistakes, and text from outside


def test_nothing_typed_is_lost_by_a_mistake(tmp_path: Path) -> None:
    anna = Browser(make_pages(new_world().xa.office, URL, tmp_path))
    anna.sign_in("anna")
    anna.get("/requests/urgent")
    page = anna.submit("/requests/urgent", facts="Line one\nLine two", subject="X", period_days="soon", do="draft")
    assert page.status == 422 and page.root.all("title")[0].text.startswith("Error:")
    values = values_of(next(form for form in page.forms() if form.attributes["action"] == "/requests/urgent"))
    assert values["facts"] == ["Line one\nLine two"] and values["period_days"] == ["soon"]
    links = [one.attributes["href"] for one in summary_of(page).all("a")]
    assert {"#period_days", "#data", "#offence"} <= set(links)
    ids = {one.attributes.get("id") for one in page.root.all()}
    assert all(link[1:] in ids for link in links)


def test_what_the_treaty_stops_is_shown_where_it_is_mended(tmp_path: Path) -> None:
    world = new_world()
    anna = Browser(make_pages(world.xa.office, URL, tmp_path))
    anna.sign_in("anna")
    anna.get("/requests/urgent")
    page = anna.submit(
        "/requests/urgent",
        subject="Investigation",
        offence="serious",
        max_penalty_years="3",
        facts="Facts.",
        data="Logs.",
        identifiers="192.0.2.45",
        period_days="20",
        to=XB,
        do="draft",
    )
    assert page.status == 422 and not world.xa.cases()
    links = [one.attributes["href"] for one in summary_of(page).all("a")]
    assert {"#offence", "#relation"} <= set(links)
    assert page.says("What the rules say")


def test_text_from_outside_is_shown_and_never_run(tmp_path: Path) -> None:
    world = new_world()
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    case = story.draft(world, msgspec.structs.replace(preservation(), subject=evil, facts=evil))
    bo = Browser(make_pages(world.xa.office, URL, tmp_path))
    bo.sign_in("bo")
    for address in ("/inbox", f"/cases/{case.id}", f"/cases/{case.id}/approve", "/inbox?q=%3Cscript%3E%22"):
        page = bo.get(address)
        assert "<script>alert" not in page.text and "<img" not in page.text
        assert faults(page) == []


def test_evidence_lies_in_clear_only_as_long_as_its_reader_is_there(tmp_path: Path) -> None:
    world = story.at("accepted at XA")
    anna = Browser(make_pages(world.xa.office, URL, tmp_path))
    anna.sign_in("anna")
    case = next(one for one in world.xa.cases() if one.procedure == "stored_data")
    anna.get(f"/cases/{case.id}/examine")
    page = anna.submit(f"/cases/{case.id}/examine", purpose="investigation 2026-0417")
    assert page.address.startswith("/opened/") and len(list(tmp_path.glob("opened-*/data/*"))) == 2
    anna.submit("/sign-out")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_no_package_can_hold_leaves_nothing_behind(tmp_path: Path) -> None:
    world = story.at("production ordered")
    lee = Browser(make_pages(world.provider.office, URL, tmp_path))
    lee.sign_in("lee")
    case = next(one for one in world.provider.cases() if one.procedure == "stored_data")
    lee.get(f"/cases/{case.id}/seal")
    action = f"/cases/{case.id}/seal"
    token = values_of(next(form for form in lee.page.forms() if form.attributes["action"] == action))["form-token"]  # type: ignore[union-attr]
    for name in ("..", "a\x00b"):
        kind, body = multipart({"form-token": token, "how": ["x"]}, {"good.txt": b"1", name: b"2"})
        answer = lee._follow(lee._ask("POST", action, body, {"content-type": kind}))
        assert answer.status in {400, 409, 422}
    kind, body = multipart({"form-token": ["wrong"], "how": ["x"]}, {"good.txt": b"1"})
    assert lee._ask("POST", action, body, {"content-type": kind}).status == 403
    assert list(tmp_path.iterdir()) == [] and world.provider.case(case.id).state == "ordered"
    page = lee.get(action)
    page = lee.submit(action, with_files={"../../etc/passwd": b"harmless"}, how="an export")
    assert "done=seal" in page.address and list(tmp_path.iterdir()) == []


# A session that ends while somebody types


def ended(world: SmallWorld) -> None:
    world.pass_seconds(people_sessions.IDLE_SECONDS + 1)


def refusing(world: SmallWorld, folder: Path) -> tuple[Browser, str]:
    """Rita before the form of a refusal, and its address."""
    rita = Browser(make_pages(world.xb.office, URL, folder))
    rita.sign_in("rita")
    address = f"/cases/{case_at(world, 'xb', 'preservation').id}/refuse"
    rita.get(address)
    return rita, address


def form_of(page: Page, address: str) -> dict[str, list[str]]:
    return values_of(next(form for form in page.forms() if form.attributes["action"] == address))


def test_what_was_typed_when_the_session_had_ended_comes_back_once_the_person_signs_in(tmp_path: Path) -> None:
    world = story.at("asked")
    rita, address = refusing(world, tmp_path)
    ended(world)
    page = rita.submit(address, reasons="A long\ntext")
    assert page.address == "/sign-in" and page.says("What you typed is kept for an hour")
    assert faults(page) == []
    page = rita.sign_in("rita")
    assert page.address == address and page.says("What you had typed stands in the form again.")
    assert form_of(page, address)["reasons"] == ["A long\ntext"]
    assert faults(page) == [] and case_at(world, "xb", "preservation").state == "requested"
    assert form_of(rita.get(address), address)["reasons"] == [""]  # once
    assert "A long" not in str(world.xb.dump()) and list(tmp_path.iterdir()) == []


def test_it_is_given_to_nobody_else(tmp_path: Path) -> None:
    world = story.at("asked")
    rita, address = refusing(world, tmp_path)
    ended(world)
    rita.submit(address, reasons="A long text")
    olga = rita
    page = olga.sign_in("olga")
    assert page.address == "/inbox"
    assert not olga.get(address).says("A long text")
    olga.submit("/sign-out")
    assert form_of(olga.sign_in("rita"), address)["reasons"] == ["A long text"]


def test_it_is_kept_for_an_hour(tmp_path: Path) -> None:
    world = story.at("asked")
    rita, address = refusing(world, tmp_path)
    ended(world)
    rita.submit(address, reasons="A long text")
    world.pass_seconds(KEPT_SECONDS + 1)
    assert rita.sign_in("rita").address == "/inbox"


@pytest.mark.parametrize("how", ["another token", "another site", "signed out", "never signed in"])
def test_what_is_no_form_of_the_session_that_ended_is_not_kept(tmp_path: Path, how: str) -> None:
    world = story.at("asked")
    rita, address = refusing(world, tmp_path)
    fields = {**form_of(rita.get(address), address), "reasons": ["A long text"]}
    cookie = dict(rita.cookies)
    if how == "signed out":
        rita.submit("/sign-out")
    ended(world)
    rita.cookies.update({} if how == "never signed in" else cookie)
    if how == "never signed in":
        rita.cookies.clear()
    if how == "another token":
        fields["form-token"] = ["x" * 43]
    headers = {"origin": "https://elsewhere.example"} if how == "another site" else {}
    page = rita.post(address, fields, **headers)
    assert page.address == "/sign-in" and not page.says("What you typed is kept")
    assert rita.sign_in("rita").address == "/inbox"


def test_a_request_that_was_begun_comes_back_too(tmp_path: Path) -> None:
    world = new_world()
    anna = Browser(make_pages(world.xa.office, URL, tmp_path))
    for address in ("/requests/urgent", "/requests/production/facts"):
        anna.sign_in("anna")
        anna.get("/requests/production")
        anna.get(address)
        ended(world)
        anna.submit(address, facts="Line one\nLine two")
        page = anna.sign_in("anna")
        assert page.address == address
        assert form_of(page, address)["facts"] == ["Line one\nLine two"]
        anna.submit("/sign-out")


def test_only_so_many_forms_are_kept() -> None:
    kept, now = Typed(), Instant.from_seconds(1)
    for number in range(MOST + 1):
        kept.keep(f"p{number}", "/cases", {"reasons": [str(number)]}, now)
    assert not kept.address("p0", now) and kept.take("p1", "/cases", now) == {"reasons": ["1"]}
    assert not kept.take("p1", "/cases", now) and not kept.take("p2", "/elsewhere", now)
