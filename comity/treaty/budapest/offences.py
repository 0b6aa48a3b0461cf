"""The offences of articles 2 to 11, and what each is in the Convention's terms; from offences.toml of this folder."""

from functools import cache

import msgspec

from comity.base.parsing import read_toml
from comity.treaty.data import FILE_LIMIT, packaged
from comity.treaty.offences import without_paragraph
from comity.treaty.request import Request

PARTICIPATION = "11"
"""Attempt, aiding and abetting: names a principal offence."""


class BudapestOffence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One offence; `convention`: the article of the United Nations Convention for the same conduct, '' if none."""

    article: str
    name: str
    about: str
    convention: str
    research: bool


class _Offences(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    offence: tuple[BudapestOffence, ...]


@cache
def all_offences() -> tuple[BudapestOffence, ...]:
    name = "budapest/offences.toml"
    return read_toml(packaged(name), _Offences, limit=FILE_LIMIT, what=name).offence


def offence(article: str) -> BudapestOffence | None:
    """The offence of an article, named with or without its paragraph ('8', '8(a)'); None if it makes none."""
    number = without_paragraph(article)
    return next((one for one in all_offences() if one.article == number), None)


def in_convention_terms(request: Request) -> Request:
    """The same request with its offence told by the Convention's articles: what the shared screens look at.

    Conduct that the Convention has no article for is left without one, as any other offence is.
    """
    stated = request.offence
    found, principal = offence(stated.article), offence(stated.principal)
    told = msgspec.structs.replace(
        stated,
        article=found.convention if found else "",
        principal=principal.convention if principal else "",
    )
    return msgspec.structs.replace(request, offence=told, instrument="")
