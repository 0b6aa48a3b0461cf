"""The offences of articles 2 to 11, and what each is in the Convention's terms."""

import pytest

from comity.base.ids import StateCode
from comity.treaty import offences as convention
from comity.treaty.budapest.offences import all_offences, in_convention_terms, offence
from comity.treaty.request import Offence, Request


def asked(article: str = "", principal: str = "", name: str = "") -> Request:
    return Request(
        requesting=StateCode("XA"),
        requested=StateCode("XB"),
        instrument="budapest",
        offence=Offence(article=article, principal=principal, name=name),
    )


def test_they_are_articles_2_to_11() -> None:
    assert [one.article for one in all_offences()] == [str(number) for number in range(2, 12)]


def test_each_counterpart_is_an_offence_of_the_convention_and_copyright_has_none() -> None:
    for one in all_offences():
        if one.convention:
            assert convention.convention_offence(one.convention) is not None
    assert [one.article for one in all_offences() if not one.convention] == ["10"]


@pytest.mark.parametrize(("article", "told"), [("2", "7"), ("8(b)", "13"), ("10", ""), ("13", ""), ("", "")])
def test_a_request_is_told_in_the_conventions_terms_for_the_shared_screens(article: str, told: str) -> None:
    found = in_convention_terms(asked(article=article, name="kept"))
    assert (found.offence.article, found.offence.name, found.instrument) == (told, "kept", "")


def test_taking_part_names_its_principal_in_both() -> None:
    told = in_convention_terms(asked(article="11", principal="4")).offence
    assert (told.article, told.principal) == ("19", "9")


def test_an_article_with_a_paragraph_is_found_and_another_is_not() -> None:
    found = offence("6(1)(a)")
    assert found is not None
    assert found.name == "Misuse of devices"
    assert offence("12") is None
