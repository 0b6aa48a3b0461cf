"""What the tests of the pages that are read have in common."""

import csv
import io
from pathlib import Path

from comity.base.ids import NodeId
from comity.cases.case import Case
from comity.web.app import make_pages
from tests.simulators.world import SmallWorld
from tests.web.browsing import URL, Browser, Page

PAYLOAD = "<script>x()</script>\"'><img src=x onerror=y()>"


def at(world: SmallWorld, node: NodeId, person: str, folder: Path) -> Browser:
    browser = Browser(make_pages(world.nodes[node].office, URL, folder / f"{node.replace('/', '-')}-{person}"))
    browser.sign_in(person)
    return browser


def rows(page: Page) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(page.text)))


def papers(case: Case) -> tuple[str, ...]:
    return f"/cases/{case.id}/law", f"/cases/{case.id}/letter"
