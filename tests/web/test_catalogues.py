"""The catalogues have every text that a page can show, and each translation can be right; and the check can fail."""

import ast
import json
import re
from collections.abc import Iterator

import msgspec
import pytest
from babel.messages.catalog import Catalog

from comity.treaty.budapest.parties import load_parties
from comity.treaty.findings import Met
from comity.web import marks
from comity.web.catalogues import DOMAINS, Words, read_catalogue, review_of
from comity.web.languages import LANGUAGES
from comity.web.sentences import LIST_WORDS, fill, skeleton
from scripts import catalogue as script
from scripts.said import texts_of
from scripts.texts import Text, all_texts
from tests.scenarios.test_scenarios import Scenario, everything

CODES = tuple(code for code, one in LANGUAGES.items() if not one.is_source)
TEXTS = all_texts()


# What is packaged


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("code", CODES)
def test_a_catalogue_has_every_text_of_the_program_and_no_other(code: str, domain: str) -> None:
    found = {script.first_of(one): one for one in script.read(code, domain) if one.id}
    lacking, gone = set(TEXTS[domain]) - set(found), set(found) - set(TEXTS[domain])
    assert (lacking, gone) == (set(), set()), "run: make catalogue"


@pytest.mark.parametrize("code", CODES)
def test_every_translation_that_there_is_can_be_right(code: str) -> None:
    for domain in DOMAINS:
        found = script.read(code, domain)
        for message in found:
            wrong = list(script.wrong_in(message, found.num_plurals)) if message.id else []
            assert [one for one in wrong if one != script.LACKING] == [], (code, domain, message.id)


@pytest.mark.parametrize("code", CODES)
def test_every_text_is_translated(code: str) -> None:
    lacking = {domain: list(script.faults(code, domain, TEXTS[domain])) for domain in DOMAINS}
    assert lacking == {domain: [] for domain in DOMAINS}


# The check


def _wrong(said: str, string: str | tuple[str, ...], many: str = "") -> list[str]:
    catalogue = Catalog(locale="ru")
    message = catalogue.add((said, many) if many else said, string)
    return list(script.wrong_in(message, catalogue.num_plurals))


@pytest.mark.parametrize(
    ("said", "string"),
    [
        ("A day", ""),
        ("A day", "  "),
        ("%(num)s left", "ещё"),
        ("Until %(day)s", "До %(date)s"),
        ("Stated: {shown}", "Указано: {показано}"),
        ("Stated: {shown}", "Указано"),
        ("Stated: {shown}", "Указано: {shown} {shown}"),
        ("Stated: {shown}", "Указано: {shown"),
        ("A day", "<b>День</b>"),
        ("A day", " День"),
    ],
)
def test_a_translation_that_cannot_be_right_is_found(said: str, string: str) -> None:
    assert _wrong(said, string)


def test_a_counted_text_needs_every_form() -> None:
    assert _wrong("%(num)s day", ("%(num)s день", "%(num)s дня", "%(num)s дней"), "%(num)s days") == []
    assert _wrong("%(num)s day", ("%(num)s день", "", "%(num)s дней"), "%(num)s days")
    assert _wrong("%(num)s day", ("%(num)s день", "%(num)s дня"), "%(num)s days")


def test_a_right_translation_is_right() -> None:
    assert _wrong("Until {until} of {start}", "{start} – {until}") == []
    assert _wrong("100% of it", "100% этого") == []


def test_a_text_that_a_catalogue_lacks_or_has_too_many_is_found() -> None:
    texts = {"Never written anywhere": Text("Never written anywhere", "", "x.py")}
    found = list(script.faults("fr", "comity", texts))
    assert "fr/comity: not there: Never written anywhere" in found
    assert any(one.startswith("fr/comity: no text of the program: ") for one in found)


def test_an_update_keeps_what_is_translated_and_what_is_gone() -> None:
    said = {one: Text(one, "", "x.py") for one in ("Kept", "Gone")}
    counted = {"%(num)s day": Text("%(num)s day", "%(num)s days", "x.py")}
    before = script.updated(Catalog(locale="fr"), "fr", "comity", said | counted)
    translated = before.replace(b'msgid "Kept"\nmsgstr ""', b'msgid "Kept"\nmsgstr "Garde"').replace(
        b'msgid "Gone"\nmsgstr ""', b'msgid "Gone"\nmsgstr "Parti"'
    )
    after = script.updated(
        read_catalogue(translated, "fr", "comity"), "fr", "comity", {"Kept": said["Kept"], **counted}
    )
    assert b'msgid "Kept"\nmsgstr "Garde"' in after and b'#~ msgid "Gone"\n#~ msgstr "Parti"' in after
    back = script.updated(read_catalogue(after, "fr", "comity"), "fr", "comity", said | counted)
    assert b'msgid "Gone"\nmsgstr "Parti"' in back and b"#~" not in back
    pruned = script.updated(read_catalogue(after, "fr", "comity"), "fr", "comity", {"Kept": said["Kept"]}, prune=True)
    assert b"Parti" not in pruned


def test_no_text_of_a_page_or_a_rule_holds_html() -> None:
    assert [said for domain in ("comity", "law") for said in TEXTS[domain] if "<" in said] == []


def test_no_text_that_people_read_of_the_rules_names_a_file_of_ours() -> None:
    assert [said for said in TEXTS["law"] if ".toml" in said or "(held_in)" in said] == []


def test_a_catalogue_says_who_reviewed_it() -> None:
    data = script.updated(Catalog(locale="fr"), "fr", "law", {})
    assert review_of(data) == "none"
    assert review_of(data.replace(b"X-Review: none", b"X-Review: 2027-02-01, A. Juriste")) == "2027-02-01, A. Juriste"
    assert b"X-Review: 2027" in script.updated(Catalog(locale="fr"), "fr", "law", {}, reviewed="2027-02-01")


# What the rules and errors say


def pseudo(*domains: str) -> Words:
    """A language in which every text is said as itself, in brackets: what is not in them is in no catalogue."""
    found = []
    for domain in domains:
        catalogue = Catalog(locale="fr", domain=domain)
        for said, one in TEXTS[domain].items():
            if not one.many:
                catalogue.add(said, f"⟦{said}⟧")
        found.append(catalogue)
    return Words(LANGUAGES["fr"], found)


PSEUDO = pseudo(*DOMAINS)
_VALUE = re.compile(f"{marks.VALUE_BEGINS}([^{marks.VALUE_BEGINS}{marks.VALUE_ENDS}]*){marks.VALUE_ENDS}")
_INSTRUMENTS = ("budapest", "budapest/protocol", "bilateral-1998")


def _given(one: Scenario) -> str:
    """All that the scenario gives, on one line: what a finding may repeat in any language."""
    stated = msgspec.to_builtins([one.request, one.act, one.states, one.instrument])
    records = [(party.source, party.declarations) for party in load_parties().entries]
    text = json.dumps([stated, records], default=str, ensure_ascii=False)
    return " ".join(text.replace("\\n", " ").replace('\\"', '"').split()).casefold()


def _left(text: str, given: str) -> Iterator[str]:
    """The words of a finding that are neither said in the language nor given by the scenario."""
    for value in _VALUE.findall(PSEUDO.text(text)):
        for part in re.split(r"; |, | and | since ", value):
            bare = part.strip(" .…'()").casefold()
            if re.search("[a-z]{2}", bare) and bare not in given and bare not in _INSTRUMENTS:
                yield part


def test_whatever_a_scenario_finds_is_said_in_the_language() -> None:
    left = {}
    for one in everything():
        given = _given(one)
        for finding in one.judged().findings:
            for text in (finding.title, finding.why, "" if isinstance(finding, Met) else finding.todo):
                for part in _left(text, given):
                    left[part] = text
    assert left == {}


def test_a_finding_that_no_catalogue_has_would_be_noticed() -> None:
    assert list(_left("The requested State sleeps on Sundays.", "")) == ["The requested State sleeps on Sundays."]


@pytest.mark.parametrize("domain", ["law", "errors"])
def test_every_sentence_is_found_again_with_values_in_its_places(domain: str) -> None:
    lost = []
    for said in TEXTS[domain]:
        names = skeleton(said)[1]
        text = fill(said, {name: f"Q{place}" for place, name in enumerate(names)})
        if names and said not in LIST_WORDS and f"{marks.VALUE_BEGINS}{text}" in PSEUDO.text(text):
            lost.append(said)
    assert lost == []


def test_texts_are_read_from_the_source_as_they_are_shown() -> None:
    def read(source: str) -> list[str]:
        return list(texts_of(ast.parse(source, mode="eval").body, {}))

    assert read('"plain"') == ["plain"]
    assert read('f"Until {order.until}"') == ["Until {until}"]
    assert read('f"{one.name} and {other.name}"') == ["{name} and {name2}"]
    assert read('f"{why} It is so."') == ["It is so."]
    assert read('f"It is so.{added}"') == ["It is so."]
    assert read('"a" if x else "b"') == ["a", "b"]
    assert read('"It is not: " + " ".join(missing)') == ["It is not: {missing}"]
    assert read('f"a {{brace}} {x}"') == ["a {{brace}} {x}"]
