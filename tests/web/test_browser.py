"""What only a browser can tell: accessibility, reflow, the policy kept, live rows, and the pages without scripts."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page

from tests.simulators import story
from tests.simulators.world import PROVIDER, XA, SmallWorld, preservation
from tests.web.desks import served

_PUT = (
    "try { const s = document.createElement('script'); s.append('window.ran = 1'); document.body.append(s) } catch {}"
)
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@contextmanager
def visit(
    chromium: Chromium, url: str, person: str, language: str = "en", **options: Any
) -> Iterator[tuple[Page, list[str]]]:
    """A signed-in page of its own context, and what the browser complained of."""
    context = chromium.new_context(base_url=url, locale=language, **options)
    page, complaints = context.new_page(), []
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/sign-in")
    page.locator(f"form:has(input[value={person}]) button").click()
    try:
        yield page, complaints
    finally:
        context.close()


def axe(page: Page) -> list[str]:
    """What axe finds against a page, as rule and place. It is run by the debugger, which the policy does not bind."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    options = {"runOnly": TAGS, "resultTypes": ["violations"], "iframes": False, "preload": False}
    found = page.evaluate("options => axe.run(document, options)", options)
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
        page.locator(".row").nth(1).wait_for(timeout=60_000)
        assert page.evaluate("document.activeElement.closest('.row') !== null")
        assert page.get_by_role("status").inner_text().startswith("2 cases")
        first = page.locator("#rows").get_attribute("hx-get")
        story.draft(world, preservation())
        page.locator(".row").nth(2).wait_for(timeout=60_000)
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


URGENT = """From: desk@police.example
seen hxxp://gain-fast[.]example/invest on 2026-11-22 03:14 UTC, server 192.0.2.45
Subject: Investigation 2026-0417 into an investment scam
Offence: 13
Facts: 212 residents paid into accounts shown on gain-fast.example; payouts were refused.
Data to be kept: Subscriber record and access logs of the hosting account.
Holder: Example Hosting B
Relation: The account holder published the invented profits.
Why: Logs are deleted after 30 days.
Law: Criminal Code, section 241: up to 8 years
Penalty: 8
Conducted by: Public Prosecutor of State XA
To: XB
Secret: no
Expression: no
Discrimination: no
Research: no
"""


def test_urgent_preservation_takes_few_control_keys_from_the_inbox_to_the_approval(
    chromium: Chromium, tmp_path: Path
) -> None:
    """What is typed or pasted is content; every other key that is pressed counts, a modifier too."""
    world = story.at("drafted")
    with served(world, tmp_path, XA) as url, visit(chromium, url, "anna") as (page, heard):
        page.goto("/inbox")
        pressed = [*press(page, "u")]
        page.wait_for_url("**/requests/urgent#pasted")
        page.locator("#pasted:focus").wait_for()
        page.keyboard.insert_text(URGENT)
        pressed += press(page, "Control+Enter")
        page.locator(".found").wait_for()
        pressed += press(page, "Control+Enter")
        page.get_by_text("Drafted. Nothing is sent until a second person approves.").wait_for()
        assert heard == []
    assert len(pressed) <= 8
    made = next(
        one for one in world.xa.cases() if one.request and one.request.conducting_authority.startswith("Public")
    )
    assert made.request is not None and made.request.measures[0].identifiers[1:] and made.state == "draft"


def press(page: Page, keys: str) -> list[str]:
    page.keyboard.press(keys)
    return keys.split("+")


def test_single_keys_lead_somewhere_until_they_are_turned_off(
    chromium: Chromium, busy: SmallWorld, tmp_path: Path
) -> None:
    with served(busy, tmp_path, XA) as url, visit(chromium, url, "bo") as (page, heard):
        page.goto("/inbox?show=open")
        page.keyboard.press("j")
        page.keyboard.press("j")
        assert page.evaluate("[...document.querySelectorAll('.row__title a')].indexOf(document.activeElement)") == 1
        page.keyboard.press("/")
        page.keyboard.insert_text("u")
        assert page.locator("#q").input_value() == "u" and page.url.endswith("/inbox?show=open")
        page.locator("#q").blur()
        page.keyboard.press("?")
        page.get_by_role("button", name="Turn them off").click()
        page.get_by_text("They are off in this browser.").wait_for()
        page.goto("/inbox")
        page.keyboard.press("u")
        page.keyboard.press("?")
        page.get_by_role("link", name="Keys that lead").click()
        page.get_by_role("button", name="Turn them on").wait_for()
        assert heard == []


def test_every_control_of_a_page_is_reached_by_the_keyboard(
    chromium: Chromium, busy: SmallWorld, tmp_path: Path
) -> None:
    with served(busy, tmp_path, XA) as url, visit(chromium, url, "anna") as (page, _):
        for address in ("/inbox?show=open", "/requests/production/persons", "/public/check"):
            page.goto(address)
            wanted = page.evaluate(_CONTROLS)
            page.evaluate("document.activeElement.blur()")
            reached = set()
            for _ in range(wanted + 20):
                page.keyboard.press("Tab")
                reached.add(page.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)"))
            assert len(reached - {-1}) >= wanted, address


_CONTROLS = """() => {
  const all = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")];
  const seen = all.filter((one) => one.checkVisibility() && !one.disabled);
  const groups = new Set(seen.filter((one) => one.type === "radio").map((one) => one.name));
  return seen.filter((one) => one.type !== "radio").length + groups.size;
}"""


def test_a_file_is_sent_in_pieces_and_sealed_from_the_page(chromium: Chromium, tmp_path: Path) -> None:
    world = story.at("production ordered")
    case = next(one for one in world.provider.cases() if one.procedure == "stored_data")
    export = tmp_path / "export.log"
    export.write_bytes(b"192.0.2.7 GET /invest\n" * 600_000)
    with served(world, tmp_path / "pages", PROVIDER) as url, visit(chromium, url, "lee") as (page, heard):
        page.goto(f"/cases/{case.id}/seal")
        page.locator("#how").fill("An export of the access log.")
        page.locator("#files").set_input_files(export)
        page.get_by_text("All files that were sent are here.").wait_for()
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0
        page.get_by_role("button", name="Seal the files").click()
        page.wait_for_url(re.compile("done=seal|/sealing"))
        assert heard == []
    assert world.provider.case(case.id).state == "sealed"
