"""The elements that a State may require beyond an article's wording (articles 7-9, 12, 14-16); from elements.toml.

An offence that lacks one is none in the law of a State that requires it, so dual criminality fails there.
"""

from enum import StrEnum
from functools import cache

import msgspec

from comity.base.parsing import read_toml
from comity.treaty.data import FILE_LIMIT, packaged


class Element(StrEnum):
    """The names, as a declaration requires them and a request shows them."""

    BREACH_OF_SECURITY_MEASURE = "breach_of_security_measure"
    INTENT_TO_OBTAIN_DATA = "intent_to_obtain_data"
    DISHONEST_INTENT = "dishonest_intent"
    CONNECTED_SYSTEM = "connected_system"
    SERIOUS_HARM = "serious_harm"
    REAL_PERSON = "real_person"
    VISUAL_DEPICTION = "visual_depiction"
    ACT_IN_FURTHERANCE = "act_in_furtherance"
    INTENT_TO_HARM = "intent_to_harm"


class OptionalElement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One element that an article lets a State require."""

    article: str
    name: Element
    about: str


class _Elements(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    element: tuple[OptionalElement, ...]


@cache
def all_elements() -> tuple[OptionalElement, ...]:
    return read_toml(packaged("elements.toml"), _Elements, limit=FILE_LIMIT, what="elements.toml").element


@cache
def elements_of(article: str) -> tuple[OptionalElement, ...]:
    """Those that an article, without its paragraph, lets a State require; none for most."""
    return tuple(one for one in all_elements() if one.article == article)


def element(article: str, name: Element) -> OptionalElement | None:
    return next((one for one in elements_of(article) if one.name is name), None)
