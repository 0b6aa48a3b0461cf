"""What only a browser can tell: accessibility, reflow, the policy kept, live rows, and the pages without scripts."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page

from comity.base.ids import NodeId
from tests.simulators import story
from tests.simulators.world import PROVIDER, XA, XB, SmallWorld, preservation
from tests.web.conftest import PEOPLE, PUBLIC, addresses
from tests.web.desks import served

WIDTHS = (320, 375, 1280)
_PUT = (
    "try { const s = document.createElement('script'); s.append('window.ran = 1'); document.body.append(s) } catch {}"
)
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@contextmanager
def visit(chromium: Chromium, url: str, person: str, **options: Any) -> Iterator[tuple[Page, list[str]]]:
    """A signed-in page of its own context, and what the browser complained of."""
    context = chromium.new_context(base_url=url, **options)
    page, complaints = context.new_page(), []
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/sign-in")
    page.get_by_role("button", name=person.capitalize()).click()
    try:
        yield page, complaints
    finally:
        context.close()


def pages(world: SmallWorld, node: NodeId) -> list[str]:
    """One address of each kind of page, and of each action's form that is open to the person of this node."""
    found = [one for one in addresses(world, node) if not one.startswith("/cases/")]
    kinds = {(case.procedure, str(case.state)): case.id for case in world.nodes[node].cases()}
    return [*found, *(f"/cases/{case}" for case in kinds.values())]


@pytest.mark.parametrize("node", [XA, XB, PROVIDER])
def test_no_page_breaks_a_rule_of_accessibility_or_of_the_policy(
    chromium: Chromium, busy: SmallWorld, tmp_path: Path, node: NodeId
) -> None:
    with served(busy, tmp_path, node) as url, visit(chromium, url, PEOPLE[node], bypass_csp=False) as (page, heard):
        every = [*pages(busy, node), *(PUBLIC[1:4] if node == XA else ())]
        faults: list[str] = []
        for address in every:
            page.goto(address)
            for link in page.locator(".acts a").all() if address.startswith("/cases/") else ():
                form = str(link.get_attribute("href")).partition("#")[0]
                every += [form] if form not in every else []
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                wide = page.evaluate("document.documentElement.scrollWidth")
                faults += [f"{address} is {wide} wide at {width}"] if wide > width else []
                faults += [f"{address} at {width}: {one}" for one in axe(page)]
        assert faults == [] and heard == []
        assert len(every) > 5


def axe(page: Page) -> list[str]:
    """What axe finds against a page, as rule and place. It is run by the debugger, which the policy does not bind."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate("tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", TAGS)
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found["violations"]]


def test_axe_finds_what_is_wrong(chromium: Chromium) -> None:
    page = chromium.new_page()
    page.set_content("<html><body><input name=q><p style='color:#ccc'>pale</p></body></html>")
    assert any(one.startswith("label") for one in axe(page))
    page.close()


def test_the_policy_stops_what_somebody_put_into_a_page(chromium: Chromium, busy: SmallWorld, tmp_path: Path) -> None:
    with served(busy, tmp_path, XA) as url, visit(chromium, url, "bo") as (page, heard):
        page.goto("/inbox")
        page.evaluate(f"() => {{ {_PUT} }}")
        assert page.evaluate("window.ran") is None
        blocked = page.evaluate(
            "() => { try { document.body.innerHTML = '<p>x'; return false } catch { return true } }"
        )
        assert blocked and heard


def test_a_new_case_comes_by_itself_and_the_focus_stays(chromium: Chromium, tmp_path: Path) -> None:
    world = story.at("drafted")
    with served(world, tmp_path, XA) as url, visit(chromium, url, "bo") as (page, heard):
        page.goto("/inbox")
        page.locator(".row__title a").first.focus()
        story.draft(world, preservation())
        page.locator(".row").nth(1).wait_for(timeout=15_000)
        assert page.evaluate("document.activeElement.closest('.row') !== null")
        assert page.get_by_role("status").inner_text().startswith("2 cases")
        first = page.locator("#rows").get_attribute("hx-get")
        story.draft(world, preservation())
        page.locator(".row").nth(2).wait_for(timeout=15_000)
        assert page.locator("#rows").get_attribute("hx-get") != first
        assert heard == []


def test_a_case_is_approved_by_keyboard_without_scripts(chromium: Chromium, tmp_path: Path) -> None:
    world = story.at("drafted")
    with served(world, tmp_path, XA) as url, visit(chromium, url, "bo", java_script_enabled=False) as (page, _):
        page.goto("/inbox")
        page.locator(".row__title a").first.focus()
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Approve and send").focus()
        page.keyboard.press("Enter")
        page.locator("#act button").focus()
        page.keyboard.press("Enter")
        page.get_by_text("Done: Approve and send.").wait_for()
    assert world.xa.cases()[0].state == "requested"


def test_a_mistake_takes_the_focus_to_its_summary(chromium: Chromium, busy: SmallWorld, tmp_path: Path) -> None:
    with served(busy, tmp_path, XA) as url, visit(chromium, url, "bo") as (page, heard):
        page.goto("/requests/urgent")
        page.get_by_role("button", name="Save for approval").click()
        page.locator(".govuk-error-summary:focus").wait_for()
        page.locator(".govuk-error-summary a").first.click()
        assert page.evaluate("document.activeElement.id") in {"to", "data", "subject"}
        assert [one for one in heard if "422" not in one] == []


def test_print_and_forced_colours_keep_what_matters(chromium: Chromium, busy: SmallWorld, tmp_path: Path) -> None:
    case = f"/cases/{busy.xa.cases()[0].id}"
    with served(busy, tmp_path, XA) as url, visit(chromium, url, "bo") as (page, _):
        page.goto(case)
        page.emulate_media(media="print")
        assert not page.locator(".ways").is_visible() and page.locator(".exercise").is_visible()
        assert page.locator(".law").is_visible() and page.locator("#timeline").is_visible()
        page.emulate_media(media="screen", forced_colors="active")
        edge = page.locator(".finding").first.evaluate("one => getComputedStyle(one).borderTopStyle")
        assert edge == "solid"
