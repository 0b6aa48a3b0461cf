"""What people type and bring into the pages: nothing is lost by a mistake, and nothing is run or left lying about."""

from pathlib import Path

import msgspec

from comity.web.app import make_pages
from tests.simulators import story
from tests.simulators.world import XB, new_world, preservation
from tests.web.browsing import URL, Browser, multipart, values_of
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
