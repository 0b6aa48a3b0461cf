"""Texts made of a sentence and values are said in another language; the last pass marks what is left."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.web import marks
from comity.web.sentences import Punctuation, Sentences, fill, skeleton

PLAIN = Punctuation(".", " ", {"; ": "; ", ", ": ", "})
KEYS = {
    "Stated: {shown}": "Dit : {shown}",
    "Until {until} is shorter than {value} {unit} from {start}.": "{start} + {value} {unit} > {until}.",
    "days": "jours",
    "a summary of the facts": "un résumé",
    "the offence": "l'infraction",
    "who holds it or where": "qui ou où",
    "The request does not state {lacking}.": "Manque : {lacking}.",
    "Check the text.": "Vérifiez le texte.",
    "Nobody translated this.": "",
    "Nobody translated {what}.": "",
    "{first} or {second}": "{first} ou {second}",
    "in reserve": "en réserve",
}


def said(text: str, keys: Mapping[str, str] = KEYS) -> str | None:
    return Sentences(keys, {"2026-03-01": "1er mars"}.get, PLAIN).say(text)


def shown(text: str) -> str:
    """As it is read: values in brackets, English in braces."""
    found = said(text)
    assert found is not None
    for mark, sign in zip("\ufdd0\ufdd1\ufdd2\ufdd3", "{}[]", strict=True):
        found = found.replace(mark, sign)
    return found


def test_values_go_where_the_translation_has_their_places() -> None:
    text = "Until 2026-03-01 is shorter than 60 days from today."
    assert shown(text) == "[today] + [60] jours > 1er mars."


def test_several_sentences_are_said_one_by_one() -> None:
    assert (
        shown("The request does not state the offence. Check the text.") == "Manque : l'infraction. Vérifiez le texte."
    )


def test_a_known_last_sentence_is_said_even_where_a_value_has_no_stop() -> None:
    assert shown("Stated: the police Check the text.") == "Dit : [the police] Vérifiez le texte."


def test_a_word_of_ours_in_a_list_that_somebody_wrote_is_left_as_they_wrote_it() -> None:
    text = "Stated: days, hours and minutes of each sign-in to the account"
    assert shown(text) == "Dit : [days, hours and minutes of each sign-in to the account]"
    assert (
        shown("Stated: Sign-ins of the account: days, addresses") == "Dit : [Sign-ins of the account: days, addresses]"
    )


def test_a_list_of_words_of_ours_is_said_word_by_word() -> None:
    text = "The request does not state the offence or a summary of the facts."
    assert shown(text) == "Manque : l'infraction ou un résumé."
    assert (
        shown("The request does not state the offence or who holds it or where.")
        == "Manque : l'infraction ou qui ou où."
    )


def test_what_somebody_wrote_stays_as_it_is_and_stands_apart() -> None:
    assert shown("Stated: Иванов took it; then left") == "Dit : [Иванов took it; then left]"


def test_what_is_not_translated_is_english_as_a_whole() -> None:
    assert shown("Nobody translated this.") == "{Nobody translated this.}"
    assert shown("Nobody translated days.") == "{Nobody translated days.}"


def test_a_text_that_is_none_of_ours_is_not_said() -> None:
    assert said("Somebody else wrote this.") is None
    assert said("x" * 5000) is None


def test_a_stop_that_was_added_is_said_in_the_language() -> None:
    assert shown("in reserve. Check the text.") == "en réserve. Vérifiez le texte."


@given(st.lists(st.sampled_from(["Stated", ":", " ", "days", "or", ".", "Until", "x", "{", "}", "\ufdd2", ";"])))
def test_no_text_breaks_it_and_marks_always_pair(words: list[str]) -> None:
    found = said("".join(words))
    if found is not None:
        assert found.count(marks.VALUE_BEGINS) == found.count(marks.VALUE_ENDS)
        assert found.count(marks.ENGLISH_BEGINS) == found.count(marks.ENGLISH_ENDS)


@given(st.text(), st.text())
def test_a_sentence_filled_is_found_again_whatever_its_values(one: str, other: str) -> None:
    key = "The holder {one} must answer {other} before the end."
    text = fill(key, {"one": one, "other": other})
    found = said(text, {key: "«{one}|{other}»"})
    if len(text) <= 4000:
        assert found is not None and found.startswith("«") and found.endswith("»")


@pytest.mark.parametrize("key", ["no places", "braces {} {0 } [[x]]", "a { b"])
def test_braces_without_a_name_are_no_places(key: str) -> None:
    assert skeleton(key) == ((key,), ())


# The last pass


def test_english_and_values_become_elements_in_text_and_vanish_elsewhere() -> None:
    found = marks.resolve(
        f'<title>{marks.english("Log")}</title><a title="{marks.english("Log")}">{marks.english("a")}</a>'
        f"<option>{marks.value('b')}</option><p>{marks.value('c')}</p>"
    )
    assert found == (
        '<title>Log</title><a title="Log"><span lang="en" dir="ltr">a</span></a><option>b</option><p><bdi>c</bdi></p>'
    )


@pytest.mark.parametrize("text", ["\ufdd0 alone", "\ufdd1\ufdd0", "\ufdd0\ufdd2\ufdd1\ufdd3", "\ufdd3"])
def test_marks_that_came_from_outside_fall_away(text: str) -> None:
    assert marks.resolve(f"<p>{text}</p>") == f"<p>{marks.unmarked(text)}</p>"


def test_a_text_with_a_value_in_it_is_marked_as_a_whole() -> None:
    text = f"<p>{marks.english('Page <bdi>2</bdi> of it')}</p>"
    assert marks.resolve(text) == '<p><span lang="en" dir="ltr">Page <bdi>2</bdi> of it</span></p>'


def test_a_value_cannot_bring_marks_of_its_own() -> None:
    assert marks.resolve(marks.value("a\ufdd3<\ufdd2")) == "<bdi>a<</bdi>"
