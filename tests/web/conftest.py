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
from tests.web.pages import every_page, kind_of

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
OTHERS = ((XA, "anna"), (XB, "olga"), (XB, "otto"))
"""Who is offered what those in PEOPLE are not."""


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


Visits = dict[tuple[NodeId, str], list[str]]


@pytest.fixture(scope="session")
def pages(signed_in: dict[NodeId, Browser], busy: SmallWorld) -> Visits:
    """One address of each kind of page that there is for each of these people."""
    found = {}
    for node, person in [*PEOPLE.items(), *OTHERS]:
        browser = Browser(signed_in[node].app)
        browser.sign_in(person)
        found[node, person] = every_page(browser, {case.id: case for case in busy.nodes[node].cases()})
    return found


@pytest.fixture(scope="session")
def shares(pages: Visits, busy: SmallWorld) -> Visits:
    """The same pages, those that are alike for several people only with the first of them."""
    seen: set[str] = set()
    found: Visits = {}
    for (node, person), addresses in pages.items():
        cases = {case.id: case for case in busy.nodes[node].cases()}
        kinds = {one: kind_of(one, cases) for one in addresses}
        found[node, person] = [one for one, kind in kinds.items() if kind not in seen]
        seen |= set(kinds.values())
    return found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    """A browser. Skipped where there is none, and failed where COMITY_REQUIRE_BROWSER says that there is one.

    One for each file of tests: while it is open, its event loop stands in the way of whatever else runs one in this
    thread.
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
