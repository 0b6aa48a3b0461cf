"""`Secrecy`: what is kept from the person concerned, with a reason code, a first day and a last. There is no other.

Source: articles 25(3) and 40(20), which presuppose a period; that each has a code is policy, so that it can be reviewed
and counted (article 24(2)). What somebody wishes for without an end binds nobody: the rules ask for the end, and
until it is said nothing is secret.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from comity.base.errors import Malformed
from comity.treaty.request import Confidentiality

NOTICE_DAYS: Final = 30
"""How long after secrecy has ended the person concerned is to be told: policy of this program."""


class SecrecyReason(StrEnum):
    """Why it is secret. `in_words`: as the request says in words, where it was written without a code; `ordered`: the
    authority's order says so, and the provider is not told why."""

    INVESTIGATION = "investigation"
    DESTRUCTION = "destruction"
    FLIGHT = "flight"
    SAFETY = "safety"
    WITNESSES = "witnesses"
    IN_WORDS = "in_words"
    ORDERED = "ordered"


CODES: Final = tuple(one.value for one in SecrecyReason if one not in (SecrecyReason.IN_WORDS, SecrecyReason.ORDERED))
"""The codes that a request can give."""


@dataclass(frozen=True, slots=True)
class Secrecy:
    """From `since` until `until`, both included, for `reason`. Raises Malformed for anything less."""

    reason: SecrecyReason
    since: date
    until: date

    def __post_init__(self) -> None:
        if not isinstance(self.reason, SecrecyReason):
            raise Malformed("no such reason for secrecy", where="reason", hint=f"of: {', '.join(SecrecyReason)}")
        for name in ("since", "until"):
            if type(getattr(self, name)) is not date:
                raise Malformed("secrecy has a first and a last day", where=name, hint="a day, as 2027-03-01")
        if self.until < self.since:
            raise Malformed("secrecy ends before it begins", where="until", hint="a later day")

    def has_passed(self, today: date) -> bool:
        """Whether its last day is over."""
        return self.until < today

    @property
    def notice_due(self) -> date:
        """When the person concerned is to be told at the latest."""
        return self.until + timedelta(days=NOTICE_DAYS)


def check_wish(wish: Confidentiality | None) -> None:
    """Raise Malformed for a wish of ours from which no secrecy can be made: the code and the last day are needed."""
    if wish is None or not wish.wanted:
        return
    if not wish.code:
        hint = f"name the kind of reason: {', '.join(CODES)}"
        raise Malformed("secrecy needs the code of its reason", where="confidentiality.code", hint=hint)
    if wish.until is None:
        raise Malformed("secrecy needs its last day", where="confidentiality.until", hint="a day, as 2027-03-01")


def asked_for(wish: Confidentiality | None, on: date) -> Secrecy | None:
    """The secrecy that a request brings with it from `on`; None where it wishes for none, or names no end.

    A last day that has passed already is kept as it was said: a notice is owed for it.
    """
    if wish is None or not wish.wanted or wish.until is None:
        return None
    reason = SecrecyReason(wish.code) if wish.code else SecrecyReason.IN_WORDS
    return Secrecy(reason, min(on, wish.until), wish.until)


def ordered(until: date | None, on: date) -> Secrecy | None:
    """The secrecy that an order lays on a provider from `on`; None where it lays none."""
    return None if until is None else Secrecy(SecrecyReason.ORDERED, min(on, until), until)
