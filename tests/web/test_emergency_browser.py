"""The call-back pages in a browser: accessible, as narrow as a telephone, in either direction, and under the policy."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium

from comity.exchange.message import EmergencyNoticeBody
from tests.simulators.emergencies import ask_at_once, called, emergency_request, ready_world
from tests.simulators.forge import ACTOR, Forged, outcome
from tests.simulators.world import XA, XB
from tests.web.desks import served
from tests.web.test_browser import axe, visit


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("ar", 320)])
def test_the_pages_of_an_emergency_keep_the_rules_of_accessibility_and_of_the_policy(
    chromium: Chromium, tmp_path: Path, language: str, width: int
) -> None:
    world = ready_world()
    _, first = ask_at_once(world)
    called(world, first, by="olga")
    _, second = ask_at_once(world, emergency_request(note="Write to duty@xa-justice.example."))
    body = EmergencyNoticeBody(about="denied", sender=XB, key="k" * 43, case=first.id, their_case=first.id, came=1)
    notice = Forged(kind="emergency.notice", body=body, sender=XA, to=XB, actor=ACTOR)
    assert outcome(world, notice.make(world)) == "delivered"
    addresses = {
        "rita": (f"/cases/{first.id}/check_call", f"/cases/{second.id}/admit_emergency", "/emergencies"),
        "dan": (f"/cases/{second.id}/call_back",),
    }
    faults: list[str] = []
    with served(world, tmp_path, XB) as url:
        for person, pages in addresses.items():
            with visit(chromium, url, person, language) as (page, heard):
                for address in pages:
                    page.goto(address)
                    assert page.locator("h1").count() == 1
                    page.set_viewport_size({"width": width, "height": 900})
                    wide = page.evaluate("document.documentElement.scrollWidth")
                    faults += [f"{address} is {wide} wide at {width}"] if wide > width else []
                    faults += [f"{address}: {one}" for one in axe(page)]
                faults += heard
    assert faults == []
