"""Whether an instrument is open as the legal basis of a request between two States on a day."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from comity.base.ids import StateCode


class Standing(StrEnum):
    """An instrument between two States, in one word."""

    STANDS = "stands"
    TO_CONFIRM = "to_confirm"
    """It would stand if what is on record is right, and a person must confirm that first."""
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """Whether an instrument binds both of two States on a day; if not, `missing` says what is, a sentence each.

    `to_confirm`: what the record shows and no source that was read confirms, a sentence each. While there is one, the
    basis does not stand; a person who confirms it from the depositary decides otherwise.
    """

    stands: bool
    missing: tuple[str, ...]
    to_confirm: tuple[str, ...] = ()

    @property
    def standing(self) -> Standing:
        if self.stands:
            return Standing.STANDS
        return Standing.MISSING if self.missing else Standing.TO_CONFIRM


class Record(Protocol):
    """A record of who is bound by one instrument."""

    def legal_basis(self, a: StateCode, b: StateCode, on: date) -> LegalBasis: ...
