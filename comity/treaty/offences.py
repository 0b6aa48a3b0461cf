"""What the Convention makes an offence, and routes of conduct that it does not (article 4(2)); from offences.toml."""

from functools import cache

import msgspec

from comity.base.parsing import read_toml
from comity.treaty.data import FILE_LIMIT, packaged

PARTICIPATION = "19"
"""Not an offence on its own: it names a principal one."""


class ConventionOffence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An offence established in accordance with the Convention. `title`: what a form calls it, beside its article."""

    article: str
    name: str
    title: str
    about: str
    research: bool


class Route(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Conduct that is no offence of the Convention. `title`: what a form calls it; `screen`: its `words` stop a request
    for a person's decision."""

    name: str
    title: str
    about: str
    screen: bool
    words: tuple[str, ...]


class _Offences(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    offence: tuple[ConventionOffence, ...]
    route: tuple[Route, ...]


@cache
def _offences() -> _Offences:
    return read_toml(packaged("offences.toml"), _Offences, limit=FILE_LIMIT, what="offences.toml")


def all_offences() -> tuple[ConventionOffence, ...]:
    return _offences().offence


def all_routes() -> tuple[Route, ...]:
    return _offences().route


@cache
def _by_article() -> dict[str, ConventionOffence]:
    return {one.article: one for one in reversed(all_offences())}


def without_paragraph(article: str) -> str:
    """'13' of '13(c)', with no space around it."""
    return article.partition("(")[0].strip()


def convention_offence(article: str) -> ConventionOffence | None:
    """The offence of an article, named with or without its paragraph ('13', '13(c)'); None if it makes none."""
    return _by_article().get(without_paragraph(article))


def route(name: str) -> Route | None:
    return next((one for one in all_routes() if one.name == name), None)


@cache
def _screened() -> tuple[tuple[str, str], ...]:
    """The words of screened routes, each beside itself without case."""
    return tuple((word, word.casefold()) for one in all_routes() if one.screen for word in one.words)


def screened_words(*texts: str) -> tuple[str, ...]:
    """The words of screened routes that occur in the texts, in the order of offences.toml."""
    lowered = " ".join(texts).casefold()
    return tuple([word for word, without_case in _screened() if without_case in lowered])
