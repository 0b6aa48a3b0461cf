"""What States are called, in six languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.ids import StateCode
from comity.treaty.budapest.parties import load_parties
from comity.treaty.participation import load_register
from comity.treaty.state_names import LANGUAGES, all_names, code_of, every_name, find, fold, in_order, name_of

ORGANISATION = StateCode("EU")
MEMBERS = 193
OTHERS = {"VA", "PS", "CK", "NU"}


def test_every_state_of_the_united_nations_has_a_name_in_every_language() -> None:
    states = set(all_names()) - {ORGANISATION}
    assert len(states) == MEMBERS + len(OTHERS) and states >= OTHERS
    for row in all_names().values():
        assert all(name and name == name.strip() and "*" not in name for name in row.names.values()), row.state


def test_no_two_states_have_one_name() -> None:
    for language in LANGUAGES:
        names = [row.names[language] for row in all_names().values()]
        assert len(set(names)) == len(names), language


def test_whoever_is_on_a_record_has_a_name() -> None:
    recorded = {one.state for one in load_register().entries} | {one.state for one in load_parties().entries}
    assert recorded <= set(all_names())


@pytest.mark.parametrize(
    ("state", "language", "name"),
    [
        ("TR", "en", "Türkiye"),
        ("VN", "en", "Viet Nam"),
        ("RU", "en", "Russian Federation"),
        ("KR", "fr", "République de Corée"),
        ("IR", "es", "Irán (República Islámica del)"),
        ("CI", "en", "Côte d'Ivoire"),
        ("NL", "en", "Netherlands (Kingdom of the)"),
        ("PS", "ar", "دولة فلسطين"),
        ("CN", "ru", "Китай"),
        ("KP", "zh", "朝鲜民主主义人民共和国"),
        ("XB", "fr", "État XB"),
        ("XB", "en", "State XB"),
    ],
)
def test_names_follow_the_united_nations(state: str, language: str, name: str) -> None:
    assert name_of(state, language) == name


def test_a_code_without_a_name_is_shown_as_it_is() -> None:
    assert name_of("BQ", "fr") == "BQ"


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("turkey", "TR"),
        ("Türkiye", "TR"),
        ("russia", "RU"),
        ("Россия", "RU"),
        ("south korea", "KR"),
        ("韩国", "KR"),
        ("ivory coast", "CI"),
        ("cote d'ivoire", "CI"),
        ("IR", "IR"),
        ("الامارات", "AE"),
        ("holland", "NL"),
        ("united kingdom", "GB"),
    ],
)
def test_a_state_is_found_by_what_people_call_it(words: str, state: str) -> None:
    assert find(words) == (state,)


def test_a_search_for_nothing_or_for_nobody_finds_none() -> None:
    assert find("") == find("  ") == find("atlantis") == ()
    assert set(find("guinea")) == {"GN", "GW", "GQ", "PG"}


@given(st.sampled_from(sorted(all_names())), st.sampled_from(LANGUAGES))
def test_every_state_is_found_by_its_own_name(state: StateCode, language: str) -> None:
    assert state in find(name_of(state, language))


def test_an_english_name_leads_back_to_its_state() -> None:
    assert {code_of(name_of(state, "en")) for state in all_names()} == set(all_names())
    assert (code_of("State XC"), code_of("Czech Republic"), code_of("State FR"), code_of("Nowhere")) == (
        "XC",
        "CZ",
        None,
        None,
    )


def test_names_are_sorted_as_their_readers_look_for_them() -> None:
    assert [in_order(all_names(), "es")[place] for place in (0, 1)] == ["AF", "AL"]
    french = [name_of(state, "fr") for state in in_order(all_names(), "fr")]
    assert french.index("Égypte") < french.index("Espagne") < french.index("Gabon")
    chinese = [name_of(state, "zh") for state in in_order(all_names(), "zh")]
    assert chinese[0].startswith("阿") and chinese[-1] == "中国"
    assert chinese.index("法国") < chinese.index("斐济") < chinese.index("芬兰")
    arabic = [name_of(state, "ar") for state in in_order(all_names(), "ar")]
    assert arabic.index("الأردن") < arabic.index("البرازيل") < arabic.index("تونس")


def test_folding_takes_case_marks_and_signs_away() -> None:
    assert fold("Côte d'Ivoire") == "cote d ivoire" and fold("أيرلندا") == fold("ايرلندا")


def test_all_that_a_state_is_called_can_be_searched_as_one_text() -> None:
    assert {"Russia", "Россия", "Российская"} <= set(every_name("RU").split())
    assert "State XB" in every_name("XB") and every_name("BQ") == "BQ"
