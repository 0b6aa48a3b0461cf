"""What every page keeps, without a browser: structure, labels, the policy, the session, who may come, and its size."""

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from comity.base.ids import ActorId, NodeId
from comity.base.mode import Mode
from comity.cases.events import EVENTS, tag_of
from comity.cases.machine import PROCEDURES
from comity.web import words
from comity.web.actions.registry import ACTIONS
from comity.web.app import make_pages
from comity.workflows.access import PersonRole
from tests.simulators import story
from tests.simulators.world import XA, XB, SmallWorld, new_world, preservation
from tests.web.browsing import URL, Browser, Element, Page, multipart, values_of
from tests.web.conftest import OTHERS, PEOPLE, actions_of

FIRST_VISIT = 50 * 1024
NEXT_VISIT = 5 * 1024
"""Bytes on the wire, of any page: with all it loads, and again when what it loads is there already."""


def faults(page: Page) -> list[str]:
    """What a page lacks of what every page has."""
    root, found = page.root, []
    html = root.all("html")[0]
    if not html.attributes.get("lang") or html.attributes.get("dir") not in {"ltr", "rtl"}:
        found.append("no language or direction")
    if not root.all("title")[0].text:
        found.append("no title")
    if len(root.all("h1")) != 1 or not root.all("h1")[0].text:
        found.append(f"{len(root.all('h1'))} h1")
    ids = Counter(one.attributes["id"] for one in root.all() if "id" in one.attributes)
    found += [f"id {name} {count} times" for name, count in ids.items() if count > 1]
    found += [f"inline {one.tag}" for one in root.all("style")]
    found += ["inline script" for one in root.all("script") if "src" not in one.attributes]
    for one in root.all():
        found += [f"attribute {name}" for name in one.attributes if name == "style" or name.startswith("on")]
    found += [f"no label: {one.attributes.get('name')}" for one in controls(root) if not is_labelled(root, one)]
    for form in root.all("form"):
        is_public = form.attributes.get("action") == "/public/check"
        if form.attributes.get("method") == "post" and not is_public and "form-token" not in values_of(form):
            found.append("a form without its token")
    if "EXERCISE" not in root.text:
        found.append("no EXERCISE")
    return found


def summary_of(page: Page) -> Element:
    return next(one for one in page.root.all("div") if "govuk-error-summary" in one.attributes.get("class", ""))


def controls(root: Element) -> list[Element]:
    found = [one for tag in ("input", "select", "textarea") for one in root.all(tag)]
    return [one for one in found if one.attributes.get("type") != "hidden"]


def is_labelled(root: Element, control: Element) -> bool:
    labels = root.all("label", **{"for": control.attributes.get("id", "none")})
    return len(labels) == 1 and bool(labels[0].text)


@pytest.mark.parametrize(("node", "person"), [*PEOPLE.items(), *OTHERS])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_has_its_structure_and_its_size(
    signed_in: dict[NodeId, Browser],
    pages: dict[tuple[NodeId, str], list[str]],
    node: NodeId,
    person: str,
    language: str,
) -> None:
    browser = Browser(signed_in[node].app)
    browser.sign_in(person)
    browser.cookies["lang"] = language
    loaded: dict[str, int] = {}
    assert len(pages[node, person]) > 8
    for address in pages[node, person]:
        page = browser.get(address)
        assert page.status == (404 if address == "/nothing-here" else 200), (address, page.root.text[-300:])
        assert faults(page) == [], address
        assert page.root.all("html")[0].attributes["lang"] == language
        assert page.wire_bytes <= NEXT_VISIT, (address, page.wire_bytes)
        assert "default-src 'none'" in page.headers["content-security-policy"]
        nonces = {one.attributes["nonce"] for one in page.root.all("script") if "nonce" in one.attributes}
        assert all(f"'nonce-{nonce}'" in page.headers["content-security-policy"] for nonce in nonces)
        wanted = loads(page)
        loaded |= {one: size_of(browser, one) for one in wanted - loaded.keys()}
        brought = sum(loaded[one] for one in wanted)
        assert page.wire_bytes + brought <= FIRST_VISIT, (address, page.wire_bytes, brought)


def loads(page: Page) -> set[str]:
    """The files that a page asks a browser to load."""
    found = {one.attributes["href"] for one in page.root.all("link") if one.attributes.get("rel") != "alternate"}
    return found | {one.attributes["src"] for one in page.root.all("script")}


def size_of(browser: Browser, address: str) -> int:
    file = browser.get(address)
    assert file.status == 200 and "immutable" in file.headers["cache-control"]
    return file.wire_bytes


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        ('<h1 class="title">', '<h1>Two</h1><h1 class="title">', "2 h1"),
        ("<main", '<p style="color:red"></p><main', "attribute style"),
        ("<main", "<script>x()</script><main", "inline script"),
        ("<main", '<input name="q"><main', "no label: q"),
        ("<main", '<i id="main"></i><main', "id main 2 times"),
        ('lang="en"', "", "no language or direction"),
    ],
)
def test_a_page_that_lacks_something_is_found(
    signed_in: dict[NodeId, Browser], right: str, wrong: str, fault: str
) -> None:
    page = signed_in[XA].get("/directory")
    assert right in page.text
    page.body = page.text.replace(right, wrong, 1).encode()
    assert fault in faults(page)


def test_rows_come_again_only_when_something_happened(tmp_path: Path) -> None:
    world = story.at("drafted")
    bo = Browser(make_pages(world.xa.office, URL, tmp_path))
    bo.sign_in("bo")
    rows = bo.get("/inbox").root.all("div", id="rows")[0].attributes["hx-get"]
    assert bo.get(rows).status == 204
    story.draft(world, preservation())
    again = bo.get(rows)
    assert again.status == 200 and len(rows_of(again)) == 2
    assert again.root.all("div", id="rows")[0].attributes["hx-get"] != rows
    assert not again.root.all("html")


def test_what_is_late_comes_first_and_what_is_urgent_before_the_rest(tmp_path: Path) -> None:
    world = story.at("preserved")
    story.draft(world, preservation())
    anna = Browser(make_pages(world.xa.office, URL, tmp_path))
    anna.sign_in("anna")
    assert "Urgent" in rows_of(anna.get("/inbox?show=open"))[0].text
    world.pass_days(80)
    anna.sign_in("anna")
    assert "late" in rows_of(anna.get("/inbox?show=open"))[0].text


def rows_of(page: Page) -> list[Element]:
    return [row for row in page.root.all("li") if row.attributes.get("id", "").startswith("case-")]


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


# Mistakes, and text from outside


def test_nothing_typed_is_lost_by_a_mistake(tmp_path: Path) -> None:
    anna = Browser(make_pages(new_world().xa.office, URL, tmp_path))
    anna.sign_in("anna")
    anna.get("/requests/urgent")
    page = anna.submit("/requests/urgent", facts="Line one\nLine two", subject="X", period_days="soon", do="draft")
    assert page.status == 422 and page.root.all("title")[0].text.startswith("Error:")
    values = values_of(next(form for form in page.forms() if form.attributes["action"] == "/requests/urgent"))
    assert values["facts"] == ["Line one\nLine two"] and values["period_days"] == ["soon"]
    links = [one.attributes["href"] for one in summary_of(page).all("a")]
    assert {"#period_days", "#data", "#offence"} <= set(links)
    ids = {one.attributes.get("id") for one in page.root.all()}
    assert all(link[1:] in ids for link in links)


def test_what_the_treaty_stops_is_shown_where_it_is_mended(tmp_path: Path) -> None:
    world = new_world()
    anna = Browser(make_pages(world.xa.office, URL, tmp_path))
    anna.sign_in("anna")
    anna.get("/requests/urgent")
    page = anna.submit(
        "/requests/urgent",
        subject="Investigation",
        offence="serious",
        max_penalty_years="3",
        facts="Facts.",
        data="Logs.",
        identifiers="192.0.2.45",
        period_days="20",
        to=XB,
        do="draft",
    )
    assert page.status == 422 and not world.xa.cases()
    links = [one.attributes["href"] for one in summary_of(page).all("a")]
    assert {"#offence", "#relation"} <= set(links)
    assert page.says("What the rules say")


def test_text_from_outside_is_shown_and_never_run(tmp_path: Path) -> None:
    world = new_world()
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    case = story.draft(world, msgspec.structs.replace(preservation(), subject=evil, facts=evil))
    bo = Browser(make_pages(world.xa.office, URL, tmp_path))
    bo.sign_in("bo")
    for address in ("/inbox", f"/cases/{case.id}", f"/cases/{case.id}/approve", "/inbox?q=%3Cscript%3E%22"):
        page = bo.get(address)
        assert "<script>alert" not in page.text and "<img" not in page.text
        assert faults(page) == []


def test_evidence_lies_in_clear_only_as_long_as_its_reader_is_there(tmp_path: Path) -> None:
    world = story.at("accepted at XA")
    anna = Browser(make_pages(world.xa.office, URL, tmp_path))
    anna.sign_in("anna")
    case = next(one for one in world.xa.cases() if one.procedure == "stored_data")
    anna.get(f"/cases/{case.id}/examine")
    page = anna.submit(f"/cases/{case.id}/examine", purpose="investigation 2026-0417")
    assert page.address.startswith("/opened/") and len(list(tmp_path.glob("opened-*/data/*"))) == 2
    anna.submit("/sign-out")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_no_package_can_hold_leaves_nothing_behind(tmp_path: Path) -> None:
    world = story.at("production ordered")
    lee = Browser(make_pages(world.provider.office, URL, tmp_path))
    lee.sign_in("lee")
    case = next(one for one in world.provider.cases() if one.procedure == "stored_data")
    lee.get(f"/cases/{case.id}/seal")
    action = f"/cases/{case.id}/seal"
    token = values_of(next(form for form in lee.page.forms() if form.attributes["action"] == action))["form-token"]  # type: ignore[union-attr]
    for name in ("..", "a\x00b"):
        kind, body = multipart({"form-token": token, "how": ["x"]}, {"good.txt": b"1", name: b"2"})
        answer = lee._follow(lee._ask("POST", action, body, {"content-type": kind}))
        assert answer.status in {400, 409, 422}
    kind, body = multipart({"form-token": ["wrong"], "how": ["x"]}, {"good.txt": b"1"})
    assert lee._ask("POST", action, body, {"content-type": kind}).status == 403
    assert list(tmp_path.iterdir()) == [] and world.provider.case(case.id).state == "ordered"
    page = lee.get(action)
    page = lee.submit(action, with_files={"../../etc/passwd": b"harmless"}, how="an export")
    assert "done=seal" in page.address and list(tmp_path.iterdir()) == []


# Public pages


def test_a_proof_from_a_case_is_checked_in_one_sentence(signed_in: dict[NodeId, Browser], busy: SmallWorld) -> None:
    bo = signed_in[XA]
    case = busy.xa.cases()[0]
    links = [one.attributes["href"] for one in bo.get(f"/cases/{case.id}").root.all("a")]
    proof = bo.get(next(link for link in links if link.endswith(".tlog-proof"))).text
    bo.get("/public/check")
    good = bo.submit("/public/check", proof=proof)
    assert good.says("It is in the log.") and good.says("seen by 1 witness") and good.says("EXERCISE")
    bo.get("/public/check")
    bare = re.sub(r"^extra .*\n", "", proof, count=1, flags=re.MULTILINE)
    wrong_entry = bo.submit("/public/check", proof=bare, entry="01" * 65)
    assert wrong_entry.says("It does not hold.")
    bo.get("/public/check")
    assert bo.submit("/public/check", proof="not a proof").status == 422
    bo.get("/public/check")
    stranger = proof.replace("xa.central-authority.example/log", "other.example/log")
    assert bo.submit("/public/check", proof=stranger).says("This node cannot tell.")


def test_the_register_says_the_same_as_page_and_as_data(signed_in: dict[NodeId, Browser]) -> None:
    bo = signed_in[XA]
    data = json.loads(bo.get("/public/register.json").body)
    page = bo.get("/public/register")
    assert page.says(f"{data['instruments_missing']} still needed") and page.says(f"{data['signatories']} signatories")
    rows = page.root.all("tbody")[0].all("tr")
    csv_rows = bo.get("/public/register.csv").text.strip().splitlines()
    assert len(rows) == len(data["entries"]) == len(csv_rows) - 1


# Words


def test_every_code_that_can_be_shown_has_a_word() -> None:
    assert {tag_of(event) for event in EVENTS} == set(words.EVENTS)
    states = {str(state) for procedure in PROCEDURES.values() for state in procedure.moves}
    assert states == set(words.STATES) == set(words.TONES)
    assert set(PROCEDURES) == set(words.PROCEDURES) == set(words.LONG_PROCEDURES)
    assert {str(role) for role in PersonRole} <= set(words.ROLES)
    assert set(ACTIONS) == set(words.STEPS)
