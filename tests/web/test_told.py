"""What a page says when something did not go as asked: at the field, in whole sentences, with nothing typed lost, and
with a place of the pages to look at instead of a command."""

from pathlib import Path

import pytest

from comity.base.errors import Mistake, OutOfOrder, RefusedByRule
from comity.cases.case import Case
from comity.treaty.citation import Citation
from comity.treaty.findings import Effect, NotMet
from comity.web import told
from comity.web.app import make_pages
from comity.web.request_form.reading import LINE_MOST, TEXT_MOST
from tests.simulators import story
from tests.simulators.story import case_at
from tests.simulators.world import SmallWorld
from tests.web.browsing import URL, Browser, Page, values_of
from tests.web.structure import faults, summary_of

SOURCES = Path(told.__file__).parents[1]


def at(world: SmallWorld, node: str, person: str, folder: Path) -> Browser:
    browser = Browser(make_pages(getattr(world, node).office, URL, folder / f"{node}-{person}"))
    assert browser.sign_in(person).status == 200
    return browser


def asked(folder: Path) -> tuple[SmallWorld, Case, Browser]:
    """A request for production that waits for the reviewer of XB, who is signed in."""
    world = story.at("production asked")
    return world, case_at(world, "xb", "stored_data"), at(world, "xb", "rita", folder)


def mended_at(page: Page) -> list[str]:
    return [one.attributes["href"] for one in summary_of(page).all("a")]


def test_who_was_too_late_reads_where_the_case_stands_and_finds_what_they_typed(tmp_path: Path) -> None:
    world, case, rita = asked(tmp_path)
    refusing = rita.get(f"/cases/{case.id}/refuse")
    reasons = "The matter is slight.\nIt was weighed twice."
    story.grant(world, case)
    story.order(world, case)
    rita.page = refusing
    page = rita.submit(f"/cases/{case.id}/refuse", ground="small_matter", reasons=reasons)
    assert page.status == 403
    assert "This is not open in the case as it stands." in summary_of(page).text
    typed = next(one for one in page.root.all("section") if one.attributes.get("aria-labelledby") == "typed")
    assert "The matter is slight. It was weighed twice." in typed.text and "Reasons" in typed.text
    assert page.says("Stands at Ordered") and faults(page) == []
    assert world.xb.case(case.id).state == "ordered"


def test_a_form_that_is_not_open_shows_the_case_that_it_is_of(tmp_path: Path) -> None:
    _, case, rita = asked(tmp_path)
    page = rita.get(f"/cases/{case.id}/resume")
    assert page.status == 403 and page.says("Stands at Requested")
    assert [one for one in page.root.all("a") if one.attributes.get("href") == f"/cases/{case.id}/grant#act"]
    assert not [one for one in page.root.all("section") if one.attributes.get("aria-labelledby") == "typed"]


def test_a_text_that_is_too_long_is_told_at_its_field_and_stays(tmp_path: Path) -> None:
    world, case, rita = asked(tmp_path)
    rita.get(f"/cases/{case.id}/grant")
    page = rita.submit(f"/cases/{case.id}/grant", reasons="x" * (TEXT_MOST + 1), conditions="None.")
    assert page.status == 422 and mended_at(page) == ["#reasons"] and page.says("This is too long")
    form = next(one for one in page.forms() if one.attributes.get("action") == f"/cases/{case.id}/grant")
    assert values_of(form)["conditions"] == ["None."] and len(values_of(form)["reasons"][0]) == TEXT_MOST + 1
    assert world.xb.case(case.id).state == "requested"


def test_a_line_is_shorter_than_an_area(tmp_path: Path) -> None:
    world = story.at("production ordered")
    case = case_at(world, "provider", "stored_data")
    lee = at(world, "provider", "lee", tmp_path)
    lee.get(f"/cases/{case.id}/complaint")
    long = "z" * (LINE_MOST + 1)
    page = lee.submit(f"/cases/{case.id}/complaint", kind="complaint", text=long, reference=long)
    assert page.status == 422 and mended_at(page) == ["#reference"]


def test_a_day_that_is_too_early_is_told_at_the_day_in_whole_sentences(tmp_path: Path) -> None:
    _, case, rita = asked(tmp_path)
    page = rita.get(f"/cases/{case.id}/keep_longer")
    assert page.says("Kept until ") and page.says("(policy)")
    page = rita.submit(f"/cases/{case.id}/keep_longer", item="case", until="2026-03-02", reasons="For a trial.")
    assert page.status == 409 and mended_at(page) == ["#until"]
    assert summary_of(page).text.startswith("Something needs to be mended It is kept until ")
    assert summary_of(page).text.endswith(" already. Name a later day.")


def test_a_page_of_an_error_in_a_case_leads_back_to_the_case(tmp_path: Path) -> None:
    _, case, rita = asked(tmp_path)
    page = rita.get(f"/cases/{case.id}/notice")
    assert page.status == 403
    assert f"/cases/{case.id}" in {one.attributes.get("href") for one in page.root.all("a")}
    nowhere = rita.get("/cases/01a204af-8f00-77ef-957e-d59fdf4bdd84/notice")
    assert nowhere.status == 404
    links = {one.attributes.get("href", "") for one in nowhere.root.all("a")}
    assert not [one for one in links if one.startswith("/cases/") and "?lang=" not in one]


def test_what_a_rule_stops_is_told_at_the_field_that_mends_it() -> None:
    stop = NotMet("preservation.necessity", Citation.of("42(3)(e)"), "Necessity", "why", "todo", Effect.STOP)
    error = RefusedByRule("42(3)(e): why", findings=[stop], hint="todo")
    assert told.told(error, ["facts", "necessity"]).field == "necessity"
    assert told.told(error, ["facts"]).field == ""


def test_a_field_of_another_form_is_not_named() -> None:
    assert told.told(OutOfOrder("late", where="until"), ["reasons"]) == told.Told("", "late", hint="")
    assert isinstance(told.told(OutOfOrder("late")), Mistake)


@pytest.mark.parametrize("hint", sorted(told._PAGES))
def test_a_hint_that_the_pages_say_otherwise_is_one_that_a_workflow_gives(hint: str) -> None:
    folders = ("workflows", "cases")
    texts = [path.read_text() for folder in folders for path in (SOURCES / folder).rglob("*.py")]
    assert [text for text in texts if f'"{hint}"' in text], hint


def test_no_page_of_a_case_tells_a_person_to_type_a_command_to_see_the_case() -> None:
    assert "comity" not in told.hint_of(OutOfOrder("no", hint="see: comity case show"))
    assert told.hint_of(OutOfOrder("no", hint="name a later day")) == "name a later day"


def test_a_draft_is_thrown_away_only_after_it_was_said_what_that_means(tmp_path: Path) -> None:
    world = story.at("preserved")
    anna = at(world, "xa", "anna", tmp_path)
    anna.get("/requests/production/matter")
    anna.submit("/requests/production/matter", subject="A long matter")
    page = anna.get("/requests/production/check")
    drop = next(one for one in page.root.all("button") if one.attributes.get("value") == "drop")
    above = []
    while (drop := drop.parent) is not None:  # type: ignore[assignment]
        above.append(drop)
    folded = next(one for one in above if one.tag == "details")
    assert "open" not in folded.attributes and "is gone then" in folded.text


def test_a_mistake_in_an_invitation_is_told_at_its_field_and_nothing_typed_is_lost(tmp_path: Path) -> None:
    olga = at(story.at("asked"), "xb", "olga", tmp_path)
    assert olga.get("/people").says("Nobody has joined yet, and nobody is invited.")
    page = olga.submit("/people/invite", person="Rosa M.", name="Rosa", roles=["reviewer"])
    assert page.status == 422 and page.root.all("title")[0].text.startswith("Error:")
    assert mended_at(page) == ["#person"] and page.root.all(id="person-error") and faults(page) == []
    form = next(one for one in page.forms() if one.attributes.get("action") == "/people/invite")
    assert values_of(form)["person"] == ["Rosa M."] and values_of(form)["roles"] == ["reviewer"]
    page = olga.submit("/people/invite", person="rosa", roles=[])
    assert mended_at(page) == ["#roles"] and page.root.all("input", id="roles")
    assert olga.submit("/people/invite", person="rosa", roles=["reviewer"]).status == 200


def test_what_the_public_pages_cannot_read_is_told_in_whole_sentences_at_its_field(tmp_path: Path) -> None:
    anyone = Browser(make_pages(story.at("asked").xa.office, URL, tmp_path))
    for address, field in (
        ("/public/check?code=ABC", "#code"),
        ("/public/check?sha256=abc", "#sha256"),
        ("/public/basis?a=FR&b=FR", "#b"),
        ("/public/basis?a=FR&b=DE&on=soon", "#on"),
    ):
        page = anyone.get(address)
        assert page.status == 422 and mended_at(page) == [field], address
        said = summary_of(page).all("a")[0].text
        assert said[0].isupper() and said.endswith("."), said


def test_a_digest_may_be_given_in_capitals(tmp_path: Path) -> None:
    anyone = Browser(make_pages(story.at("asked").xa.office, URL, tmp_path))
    assert anyone.get("/public/check?sha256=" + "AB" * 32).says("It is not in the log.")


def test_a_page_of_the_inbox_that_is_no_more_shows_the_last_there_is(tmp_path: Path) -> None:
    _, _, rita = asked(tmp_path)
    assert rita.get("/inbox?show=mine&page=7").says("Waits for a decision on assistance")
    assert rita.get("/inbox?show=mine&procedure=preservation").says("No case fits.")
