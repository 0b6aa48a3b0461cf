"""Search: where the words were found, filters in its address, and tables a spreadsheet cannot be made to run."""

import json
from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest

from comity.base.ids import NodeId
from tests.simulators import story
from tests.simulators.world import XA, SmallWorld, preservation
from tests.web.browsing import Browser
from tests.web.reading import at, rows
from tests.web.structure import faults

# Search


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("ransomware", "subject"),
        ("ransomware hospital", "subject"),
        ("xb/central", "the other side"),
        ("expedited_preservation", "articles and measures"),
        ("anna", "persons of the file"),
    ],
)
def test_a_search_says_where_the_words_were_found(signed_in: dict[NodeId, Browser], words: str, place: str) -> None:
    page = signed_in[XA].get(f"/search?q={quote(words)}")
    found = [one.text for one in page.root.all("p", **{"class": "row__what"}) if "Found in" in one.text]
    assert found
    assert all(place in text for text in found)


def test_the_filters_of_a_search_are_its_address(busy: SmallWorld, signed_in: dict[NodeId, Browser]) -> None:
    anna = signed_in[XA]
    every = json.loads(anna.get("/search.json").text)["cases"]
    assert {one["id"] for one in every} == {case.id for case in busy.xa.cases()}
    for query, keep in (
        ("procedure=stored_data", lambda one: one["procedure"] == "stored_data"),
        ("state=draft", lambda one: one["state"] == "draft"),
        ("position=provider", lambda _: False),
        ("peer=XB/central-authority&q=ransomware", lambda one: "ransomware" in one["subject"]),
        ("first=2026-12-07&last=2026-12-07", lambda _: True),
        ("first=2026-12-08", lambda _: False),
        ("last=2026-12-06", lambda _: False),
        ("person=anna", lambda _: True),
        ("person=nobody", lambda _: False),
    ):
        found = json.loads(anna.get(f"/search.json?{query}").text)["cases"]
        assert [one["id"] for one in found] == [one["id"] for one in every if keep(one)], query
        page = anna.get(f"/search?{query}")
        links = [one.attributes["href"] for one in page.root.all("a") if one.attributes["href"].startswith("/cases/")]
        assert links == [f"/cases/{one['id']}" for one in found], query
        assert [row["id"] for row in rows(anna.get(f"/search.csv?{query}"))] == [one["id"] for one in found]


def test_a_search_that_asks_for_nonsense_is_answered(signed_in: dict[NodeId, Browser]) -> None:
    for query in ("first=tomorrow&q=x", "page=-1", "page=99999&q=e", "q=" + "x" * 5000, "state=%00"):
        assert signed_in[XA].get(f"/search?{query}").status == 200


@pytest.mark.parametrize("name", ["first", "last"])
def test_a_day_that_cannot_be_read_is_said_beside_its_field_and_nothing_is_searched(
    signed_in: dict[NodeId, Browser], name: str
) -> None:
    anna = signed_in[XA]
    page = anna.get(f"/search?q=e&{name}=12.07.2026")
    assert page.status == 200 and faults(page) == []
    assert page.root.all("p", id=f"{name}-error")[0].text == "Error: Write the day as year, month and day: 2026-11-22"
    assert page.root.all("input", id=name)[0].attributes["value"] == "12.07.2026"
    assert "fit" not in page.root.text
    for ending in ("json", "csv"):
        answer = anna.get(f"/search.{ending}?q=e&{name}=12.07.2026")
        assert answer.status == 400 and json.loads(answer.text)["code"] == "malformed"


def test_a_cell_that_a_spreadsheet_would_run_is_kept_from_it(tmp_path: Path) -> None:
    world = story.at("new")
    story.draft(world, msgspec.structs.replace(preservation(), subject="=HYPERLINK(1)"))
    assert rows(at(world, XA, "anna", tmp_path).get("/search.csv"))[0]["subject"] == "'=HYPERLINK(1)"
