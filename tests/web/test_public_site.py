"""The public site: what every page has in every language, where its links lead, and that all its figures are one."""

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import PurePosixPath
from urllib.parse import urlsplit

import msgspec
import pytest
from babel.messages.catalog import Catalog

from comity.base.digests import Digest
from comity.oversight import classes as c
from comity.oversight.checks import Fault
from comity.oversight.release import ClassFigure
from comity.web import marks
from comity.web import statistics_words as w
from comity.web.catalogues import Words
from comity.web.languages import LANGUAGES
from comity.web.public_site import charts, data
from comity.web.public_site.files import SUMS, PublicSite
from comity.web.public_site.published import Audit
from comity.web.public_site.tables import Row, Table, tables_of
from tests.simulators.public_figures import QUARTERS, published
from tests.web.browsing import Element, parse

Q4 = QUARTERS[0]
NAMES = ("index.html", "check.html", "dictionary.html", f"{Q4}.html")
EMPTY = Catalog(locale="ar")
for said in (word for of in w.CLASSES.values() for word in of.values()):
    EMPTY.add(said, "")
UNTRANSLATED = Words(LANGUAGES["ar"], (EMPTY,))
"""Arabic as its translators find it: every text is there, and none is said yet."""


@pytest.fixture(scope="module")
def site() -> PublicSite:
    return PublicSite(published())


@pytest.fixture(scope="module")
def written(site: PublicSite) -> dict[str, bytes]:
    return dict(site.files())


def page(written: dict[str, bytes], path: str) -> Element:
    return parse(written[path].decode())


# Words


def test_every_class_has_a_word_and_no_other_has() -> None:
    assert {one.name: one.classes for one in c.dimensions()} == {by: tuple(of) for by, of in w.CLASSES.items()}
    assert tuple(w.DIMENSIONS) == tuple(one.name for one in c.dimensions())
    assert set(w.TITLES) == set(w.MEANINGS)
    assert set(w.BASES) == {one.base for one in c.dimensions()}
    assert all(len(set(of.values())) == len(of) for of in w.CLASSES.values())


# Pages


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_page_says_its_language_direction_and_policy_and_has_one_heading(
    written: dict[str, bytes], code: str
) -> None:
    for name in NAMES:
        root = page(written, f"{code}/{name}")
        html = root.all("html")[0]
        assert (html.attributes["lang"], html.attributes["dir"]) == (code, LANGUAGES[code].dir)
        assert len(root.all("h1")) == 1 and root.all("title")[0].text
        (policy,) = [one for one in root.all("meta") if "http-equiv" in one.attributes]
        assert "default-src 'none'" in policy.attributes["content"] and "unsafe" not in policy.attributes["content"]
        assert not root.all("script") and not root.all("style")
        assert not [one for one in root.all() if "style" in one.attributes or one.attributes.keys() & {"onclick"}]
        names = [one.attributes["id"] for one in root.all() if "id" in one.attributes]
        assert len(names) == len(set(names))
        assert {one.attributes["lang"] for one in root.all("a", **{"aria-current": "true"})} == {code}


def test_all_links_lead_to_a_file_of_the_site_and_none_outside(written: dict[str, bytes]) -> None:
    lost = []
    for path in (one for one in written if one.endswith(".html")):
        root = page(written, path)
        for one in root.all():
            for target in (one.attributes[name] for name in ("href", "src", "action") if name in one.attributes):
                parts = urlsplit(target)
                assert not parts.scheme and not parts.netloc and not parts.path.startswith("/"), target
                reached = _joined(path, parts.path) if parts.path else path
                if reached not in written or (parts.fragment and not page(written, reached).all(id=parts.fragment)):
                    lost.append((path, target))
    assert lost == []


def _joined(path: str, target: str) -> str:
    parts: list[str] = []
    for part in (*PurePosixPath(path).parent.parts, *target.split("/")):
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def test_nothing_is_fetched_from_elsewhere(written: dict[str, bytes]) -> None:
    for path, content in written.items():
        if path.endswith((".html", ".css", ".svg")):
            text = content.decode()
            addresses = set(re.findall(r"https?://[a-z0-9.]+", text)) - {"http://www.w3.org"}
            assert addresses <= {"https://xa.central"}, path  # the log, in a command to copy
            assert "url(" not in text.replace("url(#", "")


def test_what_is_not_translated_is_english_and_marked() -> None:
    table = tables_of(published().periods[0].release)[1]
    drawn = charts.chart_of(table, UNTRANSLATED, "withheld")
    assert drawn
    labels = [one for one in drawn.texts if "advice" in one.said.lower()]
    assert labels and all((one.lang, one.anchor, one.x) == ("en", "end", charts.WIDTH) for one in labels)
    assert not any(mark in one.said for one in drawn.texts for mark in (marks.ENGLISH_BEGINS, marks.VALUE_BEGINS))
    shown = marks.resolve(f"<td>{UNTRANSLATED.text(w.CLASSES['delay']['within-24h'])}</td>")
    assert shown == '<td><span lang="en" dir="ltr">Up to 24 hours</span></td>'


def test_what_was_found_against_the_figures_stands_on_the_pages() -> None:
    faults = (Fault("XA/central-authority", "sum", "the cells do not add up to <b>requests</b>"),)
    found = PublicSite(published(Q4, faults=faults))
    for name, words in {
        "index.html": "found something",
        f"{Q4}.html": "do not add up",
        "check.html": "1 fault",
    }.items():
        text = (found.file(f"en/{name}") or b"").decode()
        assert words in text and "<b>requests" not in text


def test_an_auditors_word_is_shown_good_or_bad() -> None:
    audits = (Audit("XC/observatory", 0, ""), Audit("XD/court-of-audit", 2, ""))
    text = parse((PublicSite(published(Q4, audits=audits)).file(f"en/{Q4}.html") or b"").decode()).text
    assert "XC/observatory" in text and "no fault found" in text and "2 faults" in text


# Figures


def _of_page(root: Element, by: str) -> dict[tuple[str, str], str]:
    """(class, direction) and the count as the page has it, '' for one that is withheld."""
    (section,) = root.all("section", id=by)
    found = {}
    heads = [one.text.lower() for one in section.all("th", scope="col")][1:]
    for row in section.all("tr"):
        if "data-class" in row.attributes:
            for direction, cell in zip(heads, row.all("td"), strict=True):
                shown = cell.text.replace(",", "")
                assert shown == cell.attributes["data-count"] or "fewer than 5" in shown
                found[row.attributes["data-class"], direction] = cell.attributes["data-count"]
    for name in (one.attributes["data-class"] for one in section.all("span") if "data-class" in one.attributes):
        found |= {(name, direction): "0" for direction in heads}
    return found


@pytest.mark.parametrize("period", QUARTERS)
def test_figures_of_page_csv_json_and_release_are_the_same(written: dict[str, bytes], period: str) -> None:
    release = next(one.release for one in published().periods if one.name == period)
    root = page(written, f"en/{period}.html")
    seen = 0
    for table in tables_of(release):
        rows = list(csv.DictReader(io.StringIO(written[f"data/{period}/{table.by}.csv"].decode())))
        of_csv = {(one["class"], one["direction"]): one["count"] for one in rows}
        document = json.loads(written[f"data/{period}/{table.by}.json"])
        lines = [*document["rows"], *([document["all"]] if document["all"] else [])]
        of_json = {
            (one["class"], direction): "" if one[direction] is None else str(one[direction])
            for one in lines
            for direction in ("sent", "received")
            if direction in one
        }
        figures = {one: count for one, count in of_csv.items() if not table.is_shut(one[1])}
        assert of_csv == of_json and figures == _of_page(root, table.by)
        assert {one["withheld"] for one in rows if not one["count"]} <= {"yes"}
        seen += sum(1 for count in figures.values() if count not in {"", "0"})
        shut = [one for one in table.directions if table.is_shut(one)]
        assert len([one for one in shut if f"{one}: every figure" in root.all(id=table.by)[0].text]) == len(shut)
    stated = {(one.by, row.name, one.direction): row.count for one in release.tables for row in one.classes}
    laid_out = {
        (table.by, row.name, direction): count
        for table in tables_of(release)[1:]
        for row in table.rows
        for direction, count in row.counts.items()
    }
    assert stated == laid_out and seen > 10


def test_no_small_number_stands_in_any_table(written: dict[str, bytes]) -> None:
    for path in (one for one in written if one.startswith("data/") and one.endswith(".csv") and "dict" not in one):
        counts = {one["count"] for one in csv.DictReader(io.StringIO(written[path].decode()))}
        assert not counts & {"1", "2", "3", "4"}, path


def test_the_dictionary_names_every_class_in_every_language_that_has_one(written: dict[str, bytes]) -> None:
    document = json.loads(written["data/dictionary.json"])
    named = {(one["by"], one["class"]) for one in document["classes"] if one["class"]}
    assert named == {(one.name, name) for one in c.dimensions() for name in one.classes}
    assert all(one["names"]["en"] == one["name"] for one in document["classes"])
    assert written["data/dictionary.csv"].decode().splitlines()[0] == ",".join(data.FIELDS)


def test_a_name_that_a_spreadsheet_would_run_is_text() -> None:
    table = Table(Q4, "peer", c.REQUESTS, True, (Row("=cmd|' /C calc'!A0", {"sent": 7}),), None)
    assert b"'=cmd" in data.table_csv(table, published())


# Drawings


def test_a_drawing_has_a_bar_for_each_figure_and_one_length_for_what_is_withheld() -> None:
    rows = (Row("granted", {"sent": 40, "received": 10}), Row("refused", {"sent": None, "received": 0}))
    drawn = charts.chart_of(Table(Q4, "outcome", c.DECISIONS, True, rows, None), Words(LANGUAGES["en"], ()), "withheld")
    assert drawn
    lengths = [(one.series, one.length) for one in drawn.bars]
    assert lengths[0][1] // 4 == lengths[1][1] > lengths[2][1]
    assert [one[0] for one in lengths] == ["sent", "received", "withheld", "received"]
    assert lengths[3] == ("received", 0)
    assert "40" in [one.said for one in drawn.texts] and "withheld" in [one.said for one in drawn.texts]


def test_a_drawing_runs_from_the_right_in_arabic_and_stays_within_its_frame() -> None:
    table = next(one for one in tables_of(published().periods[0].release) if one.by == "measure")
    drawn = charts.chart_of(table, UNTRANSLATED, "withheld")
    assert drawn
    assert all(one.x + one.length == charts.WIDTH for one in drawn.bars)
    assert all(0 <= one.x <= charts.WIDTH and 0 < one.y <= drawn.height for one in drawn.texts)


def test_where_nothing_is_told_nothing_is_drawn() -> None:
    rows = (Row("granted", {"sent": None, "received": 0}),)
    assert charts.chart_of(Table(Q4, "outcome", c.DECISIONS, True, rows, None), UNTRANSLATED, "withheld") is None


@pytest.mark.parametrize("said", ["one", "a b " * 30, "没有空格的很长的文字" * 6, "x" * 90])
def test_a_label_is_cut_into_lines_and_loses_nothing(said: str) -> None:
    lines = charts.lines_of(said, 20)
    assert "".join(lines).replace(" ", "") == said.replace(" ", "")
    assert all(len(one) <= 20 for one in lines)


# Files


def test_the_same_figures_give_the_same_bytes_and_the_list_names_every_file(
    written: dict[str, bytes], site: PublicSite
) -> None:
    again = PublicSite(published())
    for path in ("ar/index.html", f"en/{Q4}.html", f"data/{Q4}/measure.json", "index.html"):
        assert again.file(path) == written[path]
    lines = written[SUMS].decode().splitlines()
    assert {line[66:]: line[:64] for line in lines} == {
        path: str(Digest.of(content)) for path, content in written.items() if path != SUMS
    }
    assert site.paths[-1] == SUMS and set(site.paths) == set(written)
    assert again.file("en/../../secret") is None


# What strangers write


def test_whatever_a_stranger_s_file_says_stays_text() -> None:
    hostile = "<script>alert(1)</script>\u202e\"'&"
    before = published(Q4)
    one = before.periods[0].release
    peers = tuple(msgspec.structs.replace(peer, peer=f"{hostile}{place}") for place, peer in enumerate(one.peers))
    classes = (ClassFigure(hostile, 9), *one.tables[0].classes)
    tables = (msgspec.structs.replace(one.tables[0], classes=classes), *one.tables[1:])
    changed = msgspec.structs.replace(
        one, node=hostile, origin=f"$(reboot) {hostile}", peers=peers, tables=tables, vkeys=(hostile,)
    )
    period = replace(before.periods[0], looked=replace(before.periods[0].looked, release=changed))
    site = PublicSite(replace(before, periods=(period,)))
    for path, content in site.files():
        text = content.decode("utf-8", "replace")
        if path.endswith(".html"):
            assert "<script" not in text and "reboot) <" not in text, path
            assert all("$(reboot)" not in line.text for line in parse(text).all("pre"))
        assert ".." not in path and not path.startswith("/")
    assert site.file("proofs/policy") is None
