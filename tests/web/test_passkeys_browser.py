"""Passkeys in a real browser, under the real policy: a virtual authenticator joins, signs in and signs an approval."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from socket import socket
from threading import Thread

import uvicorn
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from comity.adapters.passkeys import SitePasskeys
from comity.cases import approval, events
from comity.web.app import make_pages
from comity.workflows import people
from comity.workflows.office import Office
from tests.simulators.story import at, draft
from tests.simulators.world import preservation
from tests.web.test_browser import axe

MOST_SECONDS = 60
IDLE_MILLISECONDS = 3_600_000


@contextmanager
def served(office: Office, folder: Path) -> Iterator[tuple[Office, str]]:
    """The pages at localhost, which browsers take for a secure place; ends by itself."""
    listening = socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(64)
    url = f"http://localhost:{listening.getsockname()[1]}"
    own = replace(office, passkeys=SitePasskeys(url, "XA"))
    config = uvicorn.Config(make_pages(own, url, folder), log_level="error", access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield own, url
    finally:
        server.should_exit = True
        thread.join(MOST_SECONDS)
        listening.close()


def person_at(chromium: Chromium, said: list[str]) -> Page:
    """A browser of one person, with an authenticator in it. said: takes what the console says."""
    page = chromium.new_context().new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return page


def test_two_people_join_sign_in_and_one_approves_what_the_other_wrote(chromium: Chromium, tmp_path: Path) -> None:
    world, said = at("new"), list[str]()
    case = draft(world, preservation())
    with served(world.xa.office, tmp_path) as (office, url):
        olive = person_at(chromium, said)
        olive.goto(f"{url}/join?link={people.invite_first(office, 'olive', 'Olive').link}")
        found = faults(olive, "join")
        olive.get_by_label("What you call this passkey").fill("grey key")
        olive.get_by_role("button", name="Make a passkey and join").click()
        expect(olive.get_by_text("You have joined")).to_be_visible()
        expect(olive.get_by_text("grey key")).to_be_visible()

        found += faults(olive, "account")
        olive.goto(f"{url}/account/passkeys/add")
        found += faults(olive, "another passkey")

        olive.get_by_role("link", name="People", exact=True).click()
        olive.get_by_label("Their id here").fill("carla")
        olive.get_by_label("Their name").fill("Carla")
        olive.get_by_label("case lawyer").last.check()
        olive.get_by_role("button", name="Make the link").click()
        link = olive.get_by_label("The link").input_value()
        found += faults(olive, "people")

        carla = person_at(chromium, said)
        carla.goto(link)
        carla.get_by_role("button", name="Make a passkey and join").click()
        expect(carla.get_by_text("You have joined")).to_be_visible()
        carla.get_by_role("button", name="Sign out").click()
        carla.get_by_role("button", name="Sign in with a passkey").click()
        expect(carla.get_by_role("heading", name="Inbox")).to_be_visible()

        carla.goto(f"{url}/cases/{case.id}/approve")
        carla.get_by_label("Note for the file").fill("read and in order")
        carla.get_by_role("region", name="Approve and send").get_by_role("button").click()
        expect(carla.get_by_text(case.request_sha256)).to_be_visible()
        found += faults(carla, "sign")
        expect(carla.get_by_text("read and in order")).to_be_visible()
        carla.get_by_role("button", name="Sign with your passkey and send").click()
        expect(carla.get_by_text("Done:")).to_be_visible()

    approved = next(one for one in world.xa.events(case.id) if isinstance(one, events.Approved))
    assert approved.passkey is not None
    decision = approval.verify_approval(approved.passkey)
    assert (decision.person, decision.reasons, decision.head) == ("carla", "read and in order", str(case.head))
    assert said == []
    assert found == []


def faults(page: Page, name: str) -> list[str]:
    """What axe finds against a page, and whether it is wider than a small telephone."""
    found = []
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{name} is {wide} wide at {width}"] if wide > width else []
        found += [f"{name} at {width}: {one}" for one in axe(page)]
    return found


def test_no_passkey_is_told_and_the_end_of_a_session_is_warned_of(chromium: Chromium, tmp_path: Path) -> None:
    world, said = at("new"), list[str]()
    with served(world.xa.office, tmp_path) as (office, url):
        page = person_at(chromium, said)
        page.goto(f"{url}/sign-in")
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.get_by_text("No passkey answered")).to_be_visible()

        page.clock.install()
        page.goto(f"{url}/join?link={people.invite_first(office, 'olive', 'Olive').link}")
        page.get_by_role("button", name="Make a passkey and join").click()
        expect(page.get_by_text("You have joined")).to_be_visible()
        page.wait_for_load_state("load")  # the page's scripts have run
        warning = page.get_by_role("button", name="Stay signed in")
        expect(warning).to_be_hidden()
        page.clock.fast_forward(IDLE_MILLISECONDS - 200_000)
        expect(warning).to_be_visible()
        warning.click()
        expect(warning).to_be_hidden()
    assert said == []
