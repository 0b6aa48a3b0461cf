"""Accounts through forms: the first operator's link, invitations, passkeys, sessions, drafts."""

from dataclasses import replace
from pathlib import Path

import pytest

from comity.adapters.passkeys import SitePasskeys
from comity.base.ids import ActorId
from comity.base.mode import Mode
from comity.web.app import Pages, make_pages
from comity.workflows import people, people_sessions
from comity.workflows.office import Office
from tests.simulators.authenticator import Authenticator
from tests.simulators.story import at, draft
from tests.simulators.world import Node, SmallWorld, new_world, preservation
from tests.web.browsing import Browser, Element, Page, values_of

URL = "http://localhost:8400"
HOST = {"host": "localhost:8400"}


class LocalBrowser(Browser):
    """At localhost, the one name on loopback at which browsers have passkeys."""

    async def _asked(self, method: str, address: str, body: bytes, headers):  # type: ignore[no-untyped-def]
        return await super()._asked(method, address.removeprefix(URL), body, {**headers, **HOST})


def passkey_form(page: Page) -> Element:
    return next(form for form in page.forms() if "data-passkey" in form.attributes)


def answer(browser: Browser, authenticator: Authenticator, **fields: str) -> Page:
    """Send the page's passkey form with what the authenticator answers."""
    assert browser.page is not None
    form = passkey_form(browser.page)
    options = form.attributes["data-options"]
    said = authenticator.create(options) if form.attributes["data-passkey"] == "create" else authenticator.get(options)
    typed = {name: [value] for name, value in fields.items()}
    return browser.post(form.attributes["action"], {**values_of(form), **typed, "answer": [said.decode()]})


def pages(office: Office, folder: Path) -> LocalBrowser:
    return LocalBrowser(make_pages(office, URL, folder))


@pytest.fixture
def world() -> SmallWorld:
    return at("new")


def joined(node: Node, folder: Path, person: str = "olive") -> tuple[LocalBrowser, Authenticator]:
    """The first operator, signed in."""
    browser, authenticator = pages(node.office, folder), Authenticator(person)
    browser.get(f"/join?link={people.invite_first(node.office, person, 'Olive').link}")
    page = answer(browser, authenticator, passkey_name="grey key")
    assert page.says("You have joined")
    return browser, authenticator


def test_the_first_operator_joins_by_the_link_and_signs_in_again_with_the_passkey(
    world: SmallWorld, tmp_path: Path
) -> None:
    browser, authenticator = joined(world.xa, tmp_path)
    assert browser.get("/account").says("grey key")
    browser.submit("/sign-out")
    browser.get("/sign-in")
    assert answer(browser, authenticator).says("Directory")
    assert browser.get("/people").says("Olive")


def test_an_operator_invites_somebody_who_joins_and_finds_their_roles(world: SmallWorld, tmp_path: Path) -> None:
    operator, _ = joined(world.xa, tmp_path)
    operator.get("/people")
    page = operator.submit("/people/invite", person="rosa", name="Rosa", roles=["reviewer", "case_lawyer"])
    link = page.root.all("input", id="link")[0].attributes["value"]
    assert link.startswith(f"{URL}/join?link=")
    assert link not in operator.get("/people").text
    rosa, authenticator = LocalBrowser(operator.app), Authenticator("rosa")
    assert rosa.get(link).says("You are Rosa")
    assert answer(rosa, authenticator).says("case lawyer, reviewer")
    assert rosa.get("/people").status == 403
    assert rosa.get("/inbox").status == 200
    assert LocalBrowser(operator.app).get(link).status == 404


def test_who_is_suspended_is_out_at_once_and_stays_out(world: SmallWorld, tmp_path: Path) -> None:
    operator, _ = joined(world.xa, tmp_path)
    invited = people.invite(world.xa.office, "olive", "rosa", "Rosa", ["reviewer"])
    rosa, authenticator = LocalBrowser(operator.app), Authenticator("rosa")
    rosa.get(f"/join?link={invited.link}")
    answer(rosa, authenticator)
    operator.get("/people")
    people.suspend(world.xa.office, "olive", "rosa")
    assert rosa.get("/inbox").address == "/sign-in"
    assert answer(rosa, authenticator).status == 403


def test_sessions_survive_a_restart_and_end_at_a_press(world: SmallWorld, tmp_path: Path) -> None:
    browser, authenticator = joined(world.xa, tmp_path)
    again = pages(world.xa.office, tmp_path)
    again.cookies = dict(browser.cookies)
    assert again.get("/account").says("this one")
    other = LocalBrowser(again.app)
    other.get("/sign-in")
    answer(other, authenticator)
    assert len(people_sessions.of_person(world.xa.office, "olive")) == 2
    page = again.get("/account")
    form = next(
        one
        for one in page.forms()
        if one.attributes.get("action") == "/account/sessions/end" and "all" in values_of(one)["session"]
    )
    again.post("/account/sessions/end", values_of(form))
    assert other.get("/account").address == "/sign-in"


def test_a_draft_is_there_after_a_restart_and_a_sign_out(world: SmallWorld, tmp_path: Path) -> None:
    first = Browser(make_pages(world.xa.office, "http://127.0.0.1:8400", tmp_path))
    first.sign_in("bo")
    first.get("/requests/production")
    address = first.page.address if first.page else ""
    first.submit(address, subject="Investigation 2026-0999")
    first.get("/inbox")
    first.submit("/sign-out")
    second = Browser(make_pages(world.xa.office, "http://127.0.0.1:8400", tmp_path))
    second.sign_in("bo")
    assert "Investigation 2026-0999" in second.get(address).text


def test_who_has_a_passkey_signs_the_approval_on_a_page_that_shows_what(world: SmallWorld, tmp_path: Path) -> None:
    case = draft(world, preservation())
    joined(world.xa, tmp_path)
    link = people.invite(world.xa.office, "olive", "carla", "Carla", ["case_lawyer"]).link
    carla, authenticator = pages(world.xa.office, tmp_path), Authenticator("carla")
    carla.get(f"/join?link={link}")
    answer(carla, authenticator)
    carla.get(f"/cases/{case.id}/approve")
    page = carla.submit(f"/cases/{case.id}/approve", reasons="read and in order")
    assert page.says(case.request_sha256)
    assert page.says("read and in order")
    assert world.xa.case(case.id).state == "draft"
    assert carla.submit(f"/cases/{case.id}/sign").status == 400
    carla.get(f"/cases/{case.id}/sign")
    assert answer(carla, authenticator).says("With their passkey, over exactly this decision")
    assert world.xa.case(case.id).state == "requested"


def test_nobody_signs_in_by_a_click_at_a_live_node(tmp_path: Path) -> None:
    browser = pages(new_world(Mode.LIVE).xa.office, tmp_path)
    page = browser.get("/sign-in")
    assert page.says("comity people invite ID --first --config FILE")
    token = values_of(page.forms()[0])["form-token"]
    assert browser.post("/sign-in", {"form-token": token, "person": ["bo"]}).status == 403


def test_who_joined_is_not_signed_in_by_a_click_in_an_exercise_either(world: SmallWorld, tmp_path: Path) -> None:
    joined(world.xa, tmp_path, "bo")
    browser = pages(world.xa.office, tmp_path)
    page = browser.get("/sign-in")
    assert "bo" not in {one for form in page.forms() for one in values_of(form).get("person", [])}
    token = values_of(page.forms()[0])["form-token"]
    assert browser.post("/sign-in", {"form-token": token, "person": ["bo"]}).status == 403


def test_who_has_no_role_any_more_can_sign_in_as_somebody_who_has(world: SmallWorld, tmp_path: Path) -> None:
    browser = Browser(make_pages(world.xa.office, "http://127.0.0.1:8400", tmp_path))
    browser.sign_in("anna")
    office = replace(world.xa.office, people={ActorId("bo"): frozenset({"case_lawyer"})})
    later = Browser(make_pages(office, "http://127.0.0.1:8400", tmp_path), cookies=dict(browser.cookies))
    assert later.get("/inbox").address == "/sign-in"
    later.sign_in("bo")
    assert later.get("/inbox").status == 200


def test_over_https_the_cookie_is_bound_to_the_host(world: SmallWorld, tmp_path: Path) -> None:
    office = replace(world.xa.office, passkeys=SitePasskeys("https://xa.example", "XA"))
    browser = Browser(make_pages(office, "https://xa.example", tmp_path))
    page = browser.get("/sign-in", host="xa.example")
    cookie = page.headers["set-cookie"]
    assert cookie.startswith("__Host-comity-xa-central-authority=")
    assert {"secure", "httponly", "path=/", "samesite=lax"} <= set(cookie.lower().split("; "))


def test_behind_a_proxy_nobody_else_is_let_in(world: SmallWorld, tmp_path: Path) -> None:
    app = make_pages(world.xa.office, URL, tmp_path, Pages(proxies=frozenset({"127.0.0.1"})))
    assert LocalBrowser(app).get("/public/register").status == 200
    assert LocalBrowser(app, client="192.0.2.7").get("/public/register").status == 403


def test_a_page_says_when_the_session_ends_and_a_press_keeps_it(world: SmallWorld, tmp_path: Path) -> None:
    browser, _ = joined(world.xa, tmp_path)
    world.xa.clock.pass_seconds(people_sessions.IDLE_SECONDS - 60)
    page = browser.get("/account")
    box = next(one for one in page.root.all("div") if "data-session-ends" in one.attributes)
    left = int(box.attributes["data-session-ends"]) - int(box.attributes["data-now"])
    assert left == people_sessions.IDLE_SECONDS
    assert b'"seconds":3600' in browser.submit("/account/stay").body
    world.xa.clock.pass_seconds(people_sessions.IDLE_SECONDS + 1)
    assert browser.get("/account").address == "/sign-in"
