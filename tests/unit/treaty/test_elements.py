"""The elements that an article lets a State require."""

import pytest

from comity.treaty.elements import Element, all_elements, element, elements_of
from comity.treaty.offences import convention_offence


def test_each_belongs_to_an_offence_of_the_convention_and_stands_once() -> None:
    assert all(convention_offence(one.article) for one in all_elements())
    pairs = [(one.article, one.name) for one in all_elements()]
    assert len(pairs) == len(set(pairs))
    assert {one.name for one in all_elements()} == set(Element)


@pytest.mark.parametrize("article", ["7", "8", "12"])
def test_dishonest_intent_may_be_required_of_access_interception_and_forgery(article: str) -> None:
    assert element(article, Element.DISHONEST_INTENT) is not None


@pytest.mark.parametrize("article", ["10", "11", "13", "17", "99"])
def test_other_articles_let_nothing_be_added(article: str) -> None:
    assert elements_of(article) == ()
