"""The public site as a node serves it, from its published files alone; and its pages before axe-core and the policy."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium

from comity.base.errors import NotFound
from comity.oversight.published import INDEX, as_named
from comity.oversight.release import path_of
from comity.web.app import make_pages
from comity.web.public_site.files import PublicSite
from comity.web.public_site.published import gather
from comity.web.statistics_site import PLACE, Served
from comity.workflows import publish_statistics
from tests.simulators.fakes import MemoryLog
from tests.simulators.public_figures import QUARTERS, published
from tests.simulators.story import quarter
from tests.simulators.world import XA, SmallWorld, new_world
from tests.web.browsing import URL, Browser
from tests.web.desks import served
from tests.web.test_browser import axe

WIDTHS = (320, 375, 1280)
Q4 = QUARTERS[0]


@pytest.fixture(scope="module")
def world() -> SmallWorld:
    found = quarter()
    publish_statistics.publish(found.xa.office, "bo", Q4)
    return found


# A node


def test_the_node_serves_the_very_files_that_anyone_makes(world: SmallWorld, tmp_path: Path) -> None:
    stranger = Browser(make_pages(world.xa.office, URL, tmp_path))
    site = PublicSite(gather(world.xa.log, as_named))
    for path in ("index.html", f"fr/{Q4}.html", f"data/{Q4}/outcome.csv", "data/dictionary.json", "assets/comity.css"):
        answer = stranger.get(f"{PLACE}/{path}")
        assert (answer.status, answer.body) == (200, site.file(path)), path
    proof = stranger.get(f"{PLACE}/proofs/{Q4}.tlog-proof")
    assert proof.body == world.xa.log.files[path_of(Q4, "tlog-proof")]
    assert stranger.get(PLACE).address.endswith("/index.html")
    assert stranger.get(f"{PLACE}/en/2026-Q3.html").status == 404


def test_the_page_of_statistics_leads_there_in_its_language(world: SmallWorld, tmp_path: Path) -> None:
    stranger = Browser(make_pages(world.xa.office, URL, tmp_path))
    page = stranger.get("/public/statistics", **{"accept-language": "fr"})
    assert page.root.all("a", href=f"{PLACE}/fr/index.html")
    assert stranger.get(f"{PLACE}/fr/index.html").root.all("html", lang="fr")


def test_nothing_but_the_published_files_is_read(world: SmallWorld) -> None:
    files = MemoryLog(dict(world.xa.log.files))
    site = PublicSite(gather(files, as_named))
    assert Served().file(files, f"en/{Q4}.html") == site.file(f"en/{Q4}.html")


def test_a_page_is_made_anew_when_the_figures_change_and_only_then(world: SmallWorld) -> None:
    files, reads = MemoryLog(dict(world.xa.log.files)), list[str]()

    class Counting:
        def read(self, path: str) -> bytes | None:
            reads.append(path)
            return files.read(path)

    site = Served()
    first = site.file(Counting(), "en/index.html")
    reads.clear()
    assert site.file(Counting(), "en/index.html") is first
    assert not [one for one in reads if one.startswith("tile/")]
    files.write(path_of(Q4), files.files[path_of(Q4)].replace(b'"count":6', b'"count":7'))
    assert b"found something against the figures" in site.file(Counting(), "en/index.html")


def test_a_node_without_statistics_has_no_site(tmp_path: Path) -> None:
    world = new_world()
    stranger = Browser(make_pages(world.xa.office, URL, tmp_path))
    assert PLACE not in stranger.get("/public/statistics").text
    assert stranger.get(f"{PLACE}/index.html").status == 404
    with pytest.raises(NotFound):
        Served().file(MemoryLog({INDEX: b'{"node":"XA/a","releases":[]}'}), "index.html")


# A browser


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The English and Arabic pages of figures with many of each kind, as files."""
    out, site = tmp_path_factory.mktemp("site"), PublicSite(published(Q4))
    for path in site.paths:
        if path.startswith(("en/", "ar/", "assets/", "index")):
            file = out / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(site.file(path) or b"")
    yield out


def _faults(chromium: Chromium, addresses: list[str], language: str = "en") -> list[str]:
    context = chromium.new_context(locale=language)
    page, faults = context.new_page(), list[str]()
    page.on("console", lambda message: faults.append(message.text))
    for address in addresses:
        page.goto(address)
        assert page.evaluate("getComputedStyle(document.querySelector('.top')).backgroundColor") == "rgb(15, 76, 70)"
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            wide = page.evaluate("document.documentElement.scrollWidth")
            faults += [f"{address} is {wide} wide at {width}"] if wide > width else []
            faults += [f"{address} at {width}: {one}" for one in axe(page)]
    context.close()
    return faults


@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_page_of_the_site_breaks_a_rule_of_accessibility_or_of_its_policy(
    chromium: Chromium, folder: Path, language: str
) -> None:
    names = ("index.html", "check.html", "dictionary.html", f"{Q4}.html")
    addresses = [(folder / language / name).as_uri() for name in names]
    first = [(folder / "index.html").as_uri()] if language == "en" else []
    assert _faults(chromium, [*first, *addresses]) == []


@pytest.mark.parametrize("language", ["en", "ar"])
def test_nor_does_the_node_s_own_page_of_statistics(
    chromium: Chromium, world: SmallWorld, tmp_path: Path, language: str
) -> None:
    with served(world, tmp_path, XA) as url:
        assert _faults(chromium, [f"{url}/public/statistics"], language) == []


def test_bars_are_told_apart_without_colour_and_on_paper(chromium: Chromium, folder: Path) -> None:
    page = chromium.new_page()
    page.goto((folder / "en" / f"{Q4}.html").as_uri())
    look = "(one, name) => getComputedStyle(document.querySelector(one))[name]"

    def of(selector: str, name: str) -> str:
        return str(page.evaluate(f"([one, name]) => ({look})(one, name)", [selector, name]))

    page.emulate_media(forced_colors="active")
    assert of(".bar--sent", "fill") != of(".bar--received", "fill") and "url" in of(".bar--received", "fill")
    assert (of(".bar--withheld", "fill"), of(".bar--withheld", "strokeDasharray")) == ("none", "3px, 2px")
    page.emulate_media(media="print", forced_colors="none")
    assert of(".ways", "display") == "none" and of("#measure .chart", "breakInside") == "avoid"
    page.close()
