"""What the tests of the pages share: the busy world, every page of it, and a browser where there is one."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import sync_playwright

from comity.base.ids import NodeId
from tests.simulators.world import PROVIDER, WITNESS, XA, XB, SmallWorld
from tests.web.browsing import URL, Browser
from tests.web.desks import busy_world, pages_of

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "microsoft-edge")
PEOPLE: dict[NodeId, str] = {XA: "bo", XB: "rita", PROVIDER: "lee", WITNESS: "kim"}
PUBLIC = ("/sign-in", "/public/register", "/public/log", "/public/check", "/nothing-here")
STEPS = ("matter", "offence", "data", "reasons", "safeguards", "check")


def addresses(world: SmallWorld, node: NodeId) -> list[str]:
    """Every page there is for the person who stands for a node, each open action's form among them."""
    found = ["/directory"]
    if node != WITNESS:
        found += ["/inbox?show=open", "/inbox?show=closed&q=nothing"]
        found += [f"/cases/{case.id}" for case in world.nodes[node].cases()]
    if node == XA:
        found += ["/requests/urgent", *(f"/requests/production/{step}" for step in STEPS)]
    return found


def actions_of(browser: Browser, case: str) -> list[str]:
    """The addresses of the actions that a case's page offers."""
    links = browser.get(case).root.all("a", role="button")
    return [one.attributes["href"].partition("#")[0] for one in links if one.attributes["href"].startswith("/cases/")]


@pytest.fixture(scope="session")
def busy() -> SmallWorld:
    """Read only: tests share it."""
    return busy_world()


@pytest.fixture(scope="session")
def signed_in(busy: SmallWorld, tmp_path_factory: pytest.TempPathFactory) -> dict[NodeId, Browser]:
    """A person at each node's pages."""
    apps = pages_of(busy, tmp_path_factory.mktemp("pages"), URL)
    found = {}
    for node, person in PEOPLE.items():
        found[node] = Browser(apps[node])
        found[node].sign_in(person)
    return found


@pytest.fixture
def chromium() -> Iterator[Chromium]:
    """A browser. Skipped where there is none, and failed where COMITY_REQUIRE_BROWSER says that there is one.

    One for each test: while it is open, its event loop stands in the way of whatever else runs one in this thread.
    """
    path = os.environ.get("COMITY_BROWSER") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None or not Path(path).exists():
        if os.environ.get("COMITY_REQUIRE_BROWSER") == "1":
            pytest.fail("no browser, and COMITY_REQUIRE_BROWSER asks for one")
        pytest.skip("no browser: sudo apt-get install -y chromium fonts-noto-core, or set COMITY_BROWSER")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
