"""An error of a workflow, as a page tells it: what was wrong and what to do are two sentences of their own, and what a
person at a screen is to look at is a page, not a command of the terminal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from comity.base.errors import ComityError, Mistake, RefusedByRule
from comity.base.untranslated import N_
from comity.treaty.findings import NotMet
from comity.web.request_form.groups import FIELD_OF

_PAGES: Final[Mapping[str, str]] = {
    "see: comity case show": "see its page",
    "see: comity case list": "see the inbox",
    "see: comity evidence custody": N_("see who held the evidence, on the case's page"),
    "see: comity directory show": N_("see the page Directory"),
    "see: comity exchange status": N_("see the page Exchange"),
    "see: comity exchange outbox": N_("see the page Exchange"),
    "see: comity exchange doubts": "see its page",
    "see: comity people list": N_("see the page People"),
    "let them in again first: comity people suspend --lift": N_("let them in again first"),
    "see: comity log show": N_("see the page of the log"),
    "see: comity oversight signals": N_("see the signals, on the page Oversight"),
    "see: comity oversight questions": N_("see the questions of oversight"),
    "accept it first: comity evidence accept": N_("check and accept the evidence first"),
    "release it: comity evidence release": N_("release the evidence"),
    "an order is lifted: comity case lift": N_("an order is lifted"),
    "first: comity case exculpatory": N_("say first what speaks for the accused"),
}
"""What to do, where an error names a command of the terminal for it and the pages have a place. What is not marked here
is said by another error too, and stands among the texts of errors."""


@dataclass(frozen=True, slots=True)
class Told(Mistake):
    """A mistake that a workflow found. `hint`: what to do, or ''; both are texts of its own, begun small."""

    hint: str = ""


def hint_of(error: ComityError) -> str:
    """What to do, at a screen."""
    return _PAGES.get(error.hint, error.hint)


def told(error: ComityError, names: Sequence[str] = ()) -> Told:
    """The error as a mistake in the form that has these fields; of the whole, where it is about none of them."""
    field = error.where
    if isinstance(error, RefusedByRule):
        rules = (one.rule for one in error.findings if isinstance(one, NotMet))
        field = next((FIELD_OF[rule] for rule in rules if FIELD_OF.get(rule) in names), "")
    return Told(field if field in names else "", error.what, hint=hint_of(error))
