"""Citations and the catalogue of provisions."""

import pytest

from comity.base.errors import Malformed
from comity.treaty.citation import Citation, Confidence, catalogue, short_name


def test_one_provision_is_written_as_lawyers_write_it() -> None:
    assert str(Citation.of("42(3)(f)")) == "art. 42(3)(f)"


def test_several_provisions_keep_their_order() -> None:
    assert str(Citation.of("2(h)", "35(1)(c)", "40(1)")) == "arts 2(h), 35(1)(c), 40(1)"


@pytest.mark.parametrize("wrong", ["69", "42(3)(h)", "art. 42", "", "2 (h)"])
def test_a_provision_the_catalogue_lacks_cannot_be_cited(wrong: str) -> None:
    with pytest.raises(Malformed):
        Citation.of(wrong)


def test_a_citation_of_nothing_is_refused() -> None:
    with pytest.raises(Malformed):
        Citation.of()


def test_a_citation_is_as_sure_as_its_least_sure_provision() -> None:
    assert Citation.of("2(h)").confidence is Confidence.TEXT
    assert Citation.of("2(h)", "42(8)").confidence is Confidence.UNSURE


def test_every_provision_has_a_title_and_an_article_from_1_to_68() -> None:
    for number, provision in catalogue().items():
        assert provision.title
        assert 1 <= int(number.partition("(")[0]) <= 68


def test_another_instrument_is_printed_with_its_short_name() -> None:
    assert str(Citation.of("29(2)", instrument="budapest")) == "Budapest 29(2)"
    assert str(Citation.of("29(7)", "16(2)", instrument="budapest")) == "Budapest 29(7), 16(2)"
    assert short_name("") == ""


def test_a_provision_of_one_instrument_is_none_of_another() -> None:
    assert Citation.of("42(8)").instrument == ""
    with pytest.raises(Malformed):
        Citation.of("42(8)", instrument="budapest")
    with pytest.raises(Malformed):
        Citation.of("27(9)(e)")


def test_the_same_number_of_two_instruments_is_two_citations() -> None:
    assert Citation.of("27") != Citation.of("27", instrument="budapest")
    assert Citation.of("15(1)", instrument="budapest").confidence is Confidence.TEXT
