"""Words looked for in texts: what counts as found, and that nothing is found where no screen would look."""

import pytest

from comity.base.errors import NotFound
from comity.treaty.reading import Reading


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("A drug offence", True),
        ("DRUGS", True),
        ("antidrug", False),
        ("antidrug and drug", True),
        ("anti_drug", True),
        ("", False),
    ],
)
def test_a_word_counts_from_its_beginning_on(text: str, seen: bool) -> None:
    assert bool(Reading().spotted("other_convention", [text])) is seen


def test_a_word_is_not_put_together_from_two_fields() -> None:
    assert not Reading().spotted("hacking", ["install mal", "ware"])
    assert list(Reading().spotted("expression", ["以及诽谤罪"])) == ["诽谤"]


def test_a_phrase_may_begin_in_one_field_and_end_in_the_next() -> None:
    assert list(Reading().spotted("bulk", ["for the entire", "", "database"])) == ["entire database"]


def test_words_are_told_in_the_order_of_their_list() -> None:
    told = Reading().spotted("political", ["espionage, treason and secession", "traición"])
    assert list(told) == ["treason", "secession", "espionage", "traición"]


def test_of_each_kind_of_confidential_material_the_first_word_is_told() -> None:
    told = Reading().privileges(["the newsroom, its newspaper, and a law firm"])
    assert len(told) == len({kind.name for kind, _ in told}) == 2
    for kind, word in told:
        assert word == next(one for one in kind.words if one in {"newsroom", "newspaper", "law firm"})


def test_the_same_text_is_read_for_every_list_as_if_for_the_first() -> None:
    reading, text = Reading(), "Spyware against all users"
    for _ in range(2):
        assert list(reading.spotted("hacking", [text])) == ["spyware"]
        assert list(reading.spotted("bulk", [text])) == ["all users"]
        assert not reading.spotted("political", [text])


def test_a_list_that_the_file_lacks_is_not_found() -> None:
    with pytest.raises(NotFound):
        Reading().spotted("nothing-of-this-name", ["text"])
