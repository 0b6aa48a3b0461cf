"""Offences of the Convention and routes that are none."""

import pytest

from comity.treaty.citation import Citation
from comity.treaty.offences import all_offences, all_routes, convention_offence, route, screened_words


def test_the_offences_are_articles_7_to_17_and_participation() -> None:
    assert [one.article for one in all_offences()] == [*(str(n) for n in range(7, 18)), "19"]


def test_every_offence_can_be_cited() -> None:
    for one in all_offences():
        assert Citation.of(one.article)


def test_an_offence_is_found_by_its_paragraph_too() -> None:
    assert convention_offence("13(c)") is convention_offence("13") is not None


@pytest.mark.parametrize("article", ["4", "18", "", "2(h)", "130"])
def test_other_articles_make_no_offence(article: str) -> None:
    assert convention_offence(article) is None


def test_routes_that_are_no_offence_have_names_of_their_own() -> None:
    names = [one.name for one in all_routes()]
    assert {"expression", "trafficking_in_persons", "copyright_and_other"} <= set(names)
    assert len(names) == len(set(names))
    assert route("piracy") is None


def test_words_of_speech_offences_are_found_whatever_their_case() -> None:
    assert screened_words("Public DEFAMATION of an official", "section 4") == ("defamation",)
    assert screened_words("Fraud through an ICT system") == ()


def test_every_title_is_written_and_not_made_of_a_code() -> None:
    titles = [*(one.title for one in all_offences()), *(one.title for one in all_routes())]
    assert len(titles) == len(set(titles))
    assert {"Intimate images without consent", "Participation, attempt, preparation"} <= set(titles)
    assert {"Offence of another convention", "Copyright, spam, tax"} <= set(titles)
    assert not any("_" in title for title in titles)
