"""The page of published statistics: what it says to anyone, and the files it leads to."""

import json
from pathlib import Path

import pytest

from comity.oversight.release import path_of, read_release
from comity.web.app import make_pages
from comity.workflows import publish_statistics
from tests.simulators.story import quarter
from tests.simulators.world import SmallWorld
from tests.web.browsing import Browser

URL = "http://localhost:8400"


@pytest.fixture(scope="module")
def world() -> SmallWorld:
    found = quarter()
    publish_statistics.publish(found.xa.office, "bo", "2026-Q4")
    return found


def test_the_page_says_in_words_what_is_published_and_what_proves_it(world: SmallWorld, tmp_path: Path) -> None:
    stranger = Browser(make_pages(world.xa.office, URL, tmp_path))
    page = stranger.get("/public/statistics")
    assert page.says("2026-Q4")
    assert page.says("Yes: a witness saw it before the deadline.")
    assert page.says("Every other end signed the same for every month.")
    assert page.says("None has counted again yet.")
    assert page.says("XB/central-authority")
    assert page.says("withheld")
    assert page.text.count("<h1") == 1


def test_the_files_are_those_that_the_log_names(world: SmallWorld, tmp_path: Path) -> None:
    stranger = Browser(make_pages(world.xa.office, URL, tmp_path))
    data = stranger.get("/public/statistics/2026-Q4.json").text.encode()
    assert data == world.xa.log.files[path_of("2026-Q4")]
    assert read_release(data).peers[1].count == 6 or read_release(data).peers[0].count == 6
    assert "XB/central-authority,6,no" in stranger.get("/public/statistics/2026-Q4.csv").text
    stated = json.loads(stranger.get("/public/statistics.json").text)["published"][0]
    assert stated["sha256"] == read_release(data).sha256


def test_a_period_that_is_not_published_has_no_file(world: SmallWorld, tmp_path: Path) -> None:
    stranger = Browser(make_pages(world.xa.office, URL, tmp_path))
    assert stranger.get("/public/statistics/2026-Q3.json").status == 404
