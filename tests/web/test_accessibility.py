"""Every page there is, held against axe-core and its own width, in a language of either direction."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium

from comity.base.ids import NodeId
from tests.simulators.world import SmallWorld
from tests.web.conftest import OTHERS, PEOPLE, Visits
from tests.web.desks import served
from tests.web.test_browser import axe, visit

WIDTHS = (320, 375, 1280)


@pytest.mark.parametrize(("node", "person"), [*PEOPLE.items(), *OTHERS])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_page_breaks_a_rule_of_accessibility_or_of_the_policy(
    chromium: Chromium, busy: SmallWorld, shares: Visits, tmp_path: Path, node: NodeId, person: str, language: str
) -> None:
    with served(busy, tmp_path, node) as url, visit(chromium, url, person, language) as (page, heard):
        faults: list[str] = []
        for address in shares[node, person]:
            page.goto(address)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                wide = page.evaluate("document.documentElement.scrollWidth")
                faults += [f"{address} is {wide} wide at {width}"] if wide > width else []
                faults += [f"{address} at {width}: {one}" for one in axe(page)]
        assert faults == []
        assert [one for one in heard if "404" not in one] == []
