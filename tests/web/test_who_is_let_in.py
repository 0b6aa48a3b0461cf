"""Who reads and does what in the pages: people who signed in, in their roles, for as long as their session lasts."""

from dataclasses import replace
from pathlib import Path

from comity.base.ids import ActorId, NodeId
from comity.base.mode import Mode
from comity.web.app import make_pages
from tests.simulators import story
from tests.simulators.world import XA, XB, SmallWorld, new_world
from tests.web.browsing import URL, Browser, values_of
from tests.web.conftest import actions_of

# Who may come

OPEN = ("/public/", "/sign-in", "/join", "/nothing-here", "/log/")


def test_nobody_reads_a_case_without_signing_in(
    busy: SmallWorld, pages: dict[tuple[NodeId, str], list[str]], tmp_path: Path
) -> None:
    stranger = Browser(make_pages(busy.xa.office, URL, tmp_path))
    closed = [one for one in pages[XA, "anna"] if not one.startswith(OPEN)]
    assert len(closed) > 20
    for address in closed:
        page = stranger.get(address)
        assert page.address == "/sign-in" and page.says("Who are you today?")
        assert "Investigation" not in page.text
    for address in (
        "/public/register",
        "/public/register.json",
        "/public/register.csv",
        "/public/log",
        "/public/log.json",
    ):
        assert stranger.get(address).status == 200


def test_an_operator_alone_reads_no_case(busy: SmallWorld, tmp_path: Path) -> None:
    office = replace(busy.xa.office, people={**busy.xa.office.people, ActorId("oskar"): frozenset({"operator"})})
    oskar = Browser(make_pages(office, URL, tmp_path))
    assert oskar.sign_in("oskar").address == "/directory"
    assert oskar.get("/inbox").status == 403
    assert oskar.get(f"/cases/{busy.xa.cases()[0].id}").status == 403


def test_the_author_is_not_offered_the_approval_and_is_refused_it(tmp_path: Path) -> None:
    world = story.at("drafted")
    case = f"/cases/{world.xa.cases()[0].id}"
    app = make_pages(world.xa.office, URL, tmp_path)
    anna, bo = Browser(app), Browser(app)
    anna.sign_in("anna")
    bo.sign_in("bo")
    assert f"{case}/approve" not in anna.get(case).text
    assert anna.get(f"{case}/approve").status == 403
    token = values_of(anna.get(case).forms()[0])["form-token"]
    refused = anna.post(f"{case}/approve", {"form-token": token})
    assert refused.status == 403 and world.xa.cases()[0].state == "draft"
    assert f"{case}/approve" in bo.get(case).text


def test_a_role_is_offered_only_its_own_actions(signed_in: dict[NodeId, Browser], busy: SmallWorld) -> None:
    rita = signed_in[XB]
    case = next(one for one in busy.xb.cases() if one.state == "requested")
    offered = {one.rpartition("/")[2] for one in actions_of(rita, f"/cases/{case.id}")}
    decides = {"ask", "consult", "refuse", "extend_secrecy", "end_secrecy", "withhold_notice"}
    assert offered == decides | {"complaint", "keep_longer"}
    assert rita.get(f"/cases/{case.id}/order").status == 403


def test_personas_are_for_an_exercise_on_this_machine_only(busy: SmallWorld, tmp_path: Path) -> None:
    from_afar = Browser(make_pages(busy.xa.office, URL, tmp_path), client="192.0.2.9")
    live = Browser(make_pages(new_world(Mode.LIVE).xa.office, URL, tmp_path))
    elsewhere = Browser(make_pages(busy.xa.office, "https://xa.example", tmp_path))
    for browser, host in ((from_afar, {}), (live, {}), (elsewhere, {"host": "xa.example"})):
        page = browser.get("/sign-in", **host)
        assert not page.root.all("input", name="person")
        token = [one for form in page.forms() for one in values_of(form).get("form-token", [])][:1]
        browser.post("/sign-in", {"person": ["bo"], "form-token": token}, **host)
        assert browser.get("/inbox", **host).address.startswith("/sign-in")


# Forms and sessions


def test_a_form_without_its_sessions_token_changes_nothing(tmp_path: Path) -> None:
    world = story.at("drafted")
    case = world.xa.cases()[0]
    app = make_pages(world.xa.office, URL, tmp_path)
    bo, other = Browser(app), Browser(app)
    bo.sign_in("bo")
    other.sign_in("bo")
    anothers = values_of(other.get(f"/cases/{case.id}").forms()[0])["form-token"][0]
    own = values_of(bo.get(f"/cases/{case.id}").forms()[0])["form-token"][0]
    for token in ("", "x", anothers, own[:-4] + "AAAA"):
        assert bo.post(f"/cases/{case.id}/approve", {"form-token": [token]}).status == 403
    page = bo.post(f"/cases/{case.id}/approve", {"form-token": [own]}, origin="http://evil.example")
    assert page.status == 403 and world.xa.case(case.id).state == "draft"
    assert bo.post(f"/cases/{case.id}/approve", {"form-token": [own]}, origin=URL).status == 200
    assert world.xa.case(case.id).state == "requested"


def test_two_tokens_of_one_session_look_different(signed_in: dict[NodeId, Browser]) -> None:
    tokens = {values_of(signed_in[XA].get("/directory").forms()[0])["form-token"][0] for _ in range(3)}
    assert len(tokens) == 3


def test_the_cookie_is_kept_from_scripts_and_other_sites_and_is_new_after_signing_in(
    busy: SmallWorld, tmp_path: Path
) -> None:
    browser = Browser(make_pages(busy.xa.office, URL, tmp_path))
    cookie = browser.get("/sign-in").headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and "path=/" in cookie and "__host" not in cookie
    before = dict(browser.cookies)
    browser.sign_in("bo")
    assert browser.cookies.keys() == before.keys() and browser.cookies != before
    planted = Browser(browser.app, cookies=before)
    assert planted.get("/inbox").address == "/sign-in"


def test_a_session_ends_by_itself_and_by_signing_out(tmp_path: Path) -> None:
    world = story.at("drafted")
    anna = Browser(make_pages(world.xa.office, URL, tmp_path))
    anna.sign_in("anna")
    kept = dict(anna.cookies)
    anna.submit("/sign-out")
    assert Browser(anna.app, cookies=kept).get("/inbox").address == "/sign-in"
    anna.sign_in("anna")
    for _ in range(2):
        world.pass_seconds(1500)
        assert anna.get("/inbox/rows").address == "/inbox/rows"
    world.pass_seconds(1500)
    assert anna.get("/inbox").address == "/sign-in"


def test_a_draft_outlives_its_session(tmp_path: Path) -> None:
    world = new_world()
    anna = Browser(make_pages(world.xa.office, URL, tmp_path))
    anna.sign_in("anna")
    anna.get("/requests/production")
    anna.submit("/requests/production/matter", subject="Investigation 2026-0999", to=XB, do="next")
    anna.get("/inbox")
    anna.submit("/sign-out")
    anna.sign_in("anna")
    assert "Investigation 2026-0999" in anna.get("/requests/production/matter").text


def test_pages_are_not_served_under_a_foreign_name(signed_in: dict[NodeId, Browser]) -> None:
    assert signed_in[XA].get("/public/log", host="evil.example").status == 421
    assert signed_in[XA].get("/public/log", host="localhost:8400").status == 200
