"""Six languages: which one a visit gets, what each page says of itself, dates, numbers and counted words in each."""

import re
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from comity.base.ids import NodeId
from comity.base.instants import Instant
from comity.web import dates, marks, writing
from comity.web.app import make_pages
from comity.web.catalogues import Words, words_of
from comity.web.languages import LANGUAGES, language_of
from tests.simulators import story
from tests.simulators.world import XA
from tests.web.browsing import URL, Browser, Element, parse
from tests.web.conftest import PEOPLE

CODES = tuple(LANGUAGES)


# Choosing


@pytest.mark.parametrize(
    ("accepted", "code"),
    [
        ("", "en"),
        ("fr", "fr"),
        ("fr-CA, en;q=0.9", "fr"),
        ("de, ru;q=0.8, en;q=0.9", "en"),
        ("de, ru;q=0.8", "ru"),
        ("zh-TW", "zh"),
        ("zh-Hant-HK;q=0.3, es;q=0.2", "zh"),
        ("*, fr;q=0.5", "en"),
        ("fr;q=0, es", "es"),
        ("AR-EG", "ar"),
        ("fr;q=much, es;q=0.1", "es"),
        (";;;,,=,q=1", "en"),
        ("pt, " * 400, "en"),
    ],
)
def test_the_browsers_wish_is_followed_by_weight(accepted: str, code: str) -> None:
    assert language_of("", accepted).code == code


def test_what_the_person_chose_goes_before_the_browsers_wish() -> None:
    assert language_of("ru", "fr").code == "ru"
    assert language_of("tlh", "fr").code == "fr"


def test_a_language_is_chosen_at_any_page_and_stays_chosen(tmp_path: Path) -> None:
    browser = Browser(make_pages(story.at("drafted").xa.office, URL, tmp_path))
    page = browser.get("/public/register?x=1&lang=fr")
    assert (page.address, page.headers["content-language"]) == ("/public/register?x=1", "fr")
    assert browser.cookies["lang"] == "fr"
    assert browser.get("/public/log").root.all("html")[0].attributes["lang"] == "fr"
    browser.sign_in("anna")
    assert browser.get("/inbox", **{"accept-language": "ru"}).headers["content-language"] == "fr"


def test_a_language_that_there_is_not_changes_nothing(tmp_path: Path) -> None:
    browser = Browser(make_pages(story.at("drafted").xa.office, URL, tmp_path))
    page = browser.get("/public/log?lang=tlh")
    assert page.headers["content-language"] == "en" and "lang" not in browser.cookies


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "/%5Cevil.example", "///evil.example/a"])
def test_choosing_a_language_never_leads_to_another_host(tmp_path: Path, path: str) -> None:
    browser = Browser(make_pages(story.at("drafted").xa.office, URL, tmp_path))
    answer = browser._ask("GET", f"http://x{path}?lang=fr", b"", {})
    location = answer.headers.get("location", "/")
    assert location.startswith("/") and location[1:2] not in {"/", "\\"}


def test_every_page_offers_every_language_in_its_own_name_and_keeps_the_address(
    signed_in: dict[NodeId, Browser],
) -> None:
    page = signed_in[XA].get("/inbox?show=open&q=fraud")
    links = [one for one in page.root.all("a") if "lang=" in one.attributes["href"]]
    assert [(one.attributes["lang"], one.text) for one in links] == [(one.code, one.name) for one in LANGUAGES.values()]
    assert links[0].attributes["href"] == "/inbox?show=open&q=fraud&lang=ar"
    assert [one.attributes["lang"] for one in links if "aria-current" in one.attributes] == ["en"]


# Pages


@pytest.mark.parametrize("code", CODES)
def test_every_page_says_its_language_and_direction(
    signed_in: dict[NodeId, Browser], pages: dict[tuple[NodeId, str], list[str]], code: str
) -> None:
    language = LANGUAGES[code]
    browser = Browser(signed_in[XA].app, {**signed_in[XA].cookies, "lang": code})
    for address in pages[XA, PEOPLE[XA]]:
        page = browser.get(address)
        root = page.root
        html = root.all("html")[0].attributes
        assert (html["lang"], html["dir"]) == (code, language.dir), address
        assert len(root.all("h1")) == 1 and root.all("h1")[0].text, address
        assert root.all("title")[0].text and "<span" not in _titles(page.text), address
        assert page.text == marks.unmarked(page.text), address
        sheets = [one.attributes["href"] for one in root.all("link", rel="stylesheet")]
        assert any("frontend.rtl.css" in one for one in sheets) is (language.dir == "rtl"), address


AS_THEY_ARE = {"comity", "JSON", "CSV", "C2SP tlog-tiles"}
APART = {"bdi", "code", "option", "pre", "script", "style", "textarea", "title"}


def test_no_english_stands_unmarked_on_an_arabic_page(
    signed_in: dict[NodeId, Browser], pages: dict[tuple[NodeId, str], list[str]]
) -> None:
    found = {}
    for node, person in PEOPLE.items():
        browser = Browser(signed_in[node].app, {**signed_in[node].cookies, "lang": "ar"})
        for address in pages[node, person]:
            found.update(dict.fromkeys(_unmarked(browser.get(address).root), address))
    assert {text: where for text, where in found.items() if text not in AS_THEY_ARE} == {}


def test_english_that_stands_unmarked_is_noticed() -> None:
    page = (
        '<html lang="ar"><p>Left over <bdi>Value</bdi></p><span lang="en">Marked</span><p dir="auto">Typed</p></html>'
    )
    assert list(_unmarked(parse(page))) == ["Left over"]


def _unmarked(element: Element) -> Iterator[str]:
    """Texts without an Arabic letter in an element, but for values, code, what somebody wrote, and marked English."""
    given = element.attributes
    if element.tag in APART or given.get("lang", "ar") != "ar" or given.get("dir") in {"auto", "ltr"}:
        return
    for piece in element.pieces:
        if not isinstance(piece, str):
            yield from _unmarked(piece)
        elif re.search("[A-Za-z]{3,}", piece) and not re.search("[\u0621-\u064a]", piece):
            yield " ".join(piece.split())


def _titles(text: str) -> str:
    return "".join(re.findall(r"<title>.*?</title>|<option.*?</option>", text, re.DOTALL))


def test_the_pages_of_a_translation_that_nobody_reviewed_say_so(signed_in: dict[NodeId, Browser]) -> None:
    for code in CODES:
        page = signed_in[XA].get("/public/log", **{"accept-language": code})
        is_said = "foot__review" in page.text
        assert is_said is not words_of(LANGUAGES[code]).is_reviewed


def test_values_are_escaped_in_every_language() -> None:
    for language in LANGUAGES.values():
        page = writing.environment(language).from_string("{{ _(text) }}{{ _('%(a)s b', a=text) }}")
        assert "<script" not in page.render(text="<script>")


# Dates, numbers, counted words


DAY = date(2026, 11, 22)
MOMENT = Instant.parse("2026-11-22T15:04:00Z")


@pytest.mark.parametrize(
    ("code", "day", "moment"),
    [
        ("ar", "22 نوفمبر 2026", "22 نوفمبر 2026، 3:04 م UTC"),
        ("zh", "2026年11月22日", "2026年11月22日 15:04 UTC"),
        ("en", "22 November 2026", "22 November 2026, 15:04 UTC"),
        ("fr", "22 novembre 2026", "22 novembre 2026, 15:04 UTC"),
        ("ru", "22 ноября 2026 г.", "22 ноября 2026 г., 15:04 UTC"),
        ("es", "22 de noviembre de 2026", "22 de noviembre de 2026, 15:04 UTC"),
    ],
)
def test_days_and_moments_are_as_the_locale_writes_them(code: str, day: str, moment: str) -> None:
    locale = LANGUAGES[code].locale
    spaces = str.maketrans("\u202f\u00a0\u200f", "   ")
    assert dates.show_day(DAY, locale).translate(spaces) == day
    assert dates.show_moment(MOMENT, locale).translate(spaces) == moment


def test_numbers_have_the_locales_groups_and_latin_digits() -> None:
    shown = {code: dates.show_number(1234567, one.locale) for code, one in LANGUAGES.items()}
    assert shown["en"] == "1,234,567" and shown["es"] == "1.234.567"
    assert all(re.fullmatch(r"[0-9.,\s\u202f\u00a0]+", one) for one in shown.values())


@pytest.mark.parametrize(
    ("code", "numbers"),
    [("ar", (0, 1, 2, 3, 11, 100)), ("ru", (1, 2, 5)), ("fr", (1, 2)), ("es", (1, 2)), ("zh", (1,))],
)
def test_counted_words_have_as_many_forms_as_the_language(code: str, numbers: tuple[int, ...]) -> None:
    catalogue = Catalog(locale=code)
    catalogue.add(("%(num)s day", "%(num)s days"), tuple(f"form {one}" for one in range(catalogue.num_plurals)))
    words = Words(LANGUAGES[code], (catalogue,))
    found = [words.plural("%(num)s day", "%(num)s days", number) for number in numbers]
    assert len(set(found)) == len(numbers) == catalogue.num_plurals


def test_what_is_counted_and_not_translated_is_marked_as_english() -> None:
    words = Words(LANGUAGES["ru"], (Catalog(locale="ru"),))
    assert marks.unmarked(words.plural("%(num)s day", "%(num)s days", 5)) == "%(num)s days"
    assert words.plural("%(num)s day", "%(num)s days", 5) != "%(num)s days"


# Looks


PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border)-(?:left|right)(?:-\w+)?|left|right|float|clear)\s*:"
    r"|text-align\s*:\s*(?:left|right)|(?:margin|padding|border-width)\s*:\s*(?:[^\s;}]+\s+){3}[^\s;}]+\s*[;}]"
)


@pytest.mark.parametrize("sheet", ["comity.css"])
def test_our_own_style_mirrors_by_itself(sheet: str) -> None:
    text = (files("comity.web") / "static" / sheet).read_text("utf-8")
    assert PHYSICAL.findall(re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)) == []
    for wrong in ("a { margin-left: 1rem; }", "a { text-align: right }", "a { left: 0 }", "a { margin: 0 1px 0 2px; }"):
        assert PHYSICAL.search(wrong)


def test_no_font_is_shipped_and_each_script_has_one_to_look_for() -> None:
    static = files("comity.web") / "static"
    text = (static / "comity.css").read_text("utf-8")
    assert "@font-face" not in text
    for name in ("Noto Sans Arabic", "Geeza Pro", "Noto Sans SC", "Microsoft YaHei", "PingFang SC"):
        assert f'"{name}"' in text


def test_a_provision_in_an_arabic_sentence_is_set_apart_from_the_brackets_around_it() -> None:
    arabic = words_of(LANGUAGES["ar"])
    said = arabic.text("Of this State only (art. 5(2)).")
    assert "\u20665(2)\u2069" in said
    assert "\u2066" not in words_of(LANGUAGES["fr"]).text("Of this State only (art. 5(2)).")
