"""What one State has declared, and what it asks as its own policy; from `declarations/<state>.toml`.

A State without a file is not known, and every rule that would need its position says so: no real State's position is
ever made up. XA and XB are invented, for exercises.
"""

from datetime import date
from enum import StrEnum
from functools import cache

import msgspec

from comity.base.ids import StateCode
from comity.base.parsing import read_toml
from comity.treaty.data import FILE_LIMIT, declared, packaged


class DualCriminality(StrEnum):
    """A State's declared practice under article 40(8)."""

    REQUIRED = "required"
    NOT_REQUIRED = "not_required"
    UNKNOWN = "unknown"


class Reservation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A provision the State has reserved, as `14` or `42(5)`; what it said, in our words; where that stands."""

    provision: str
    about: str
    since: date
    source: str


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the State asks beyond the treaty. None: it has set nothing."""

    secrecy_cap_days: int | None = None
    """Secrecy of a request must end within so many days."""
    prior_authorisation_from: int | None = None
    """Measures from this intrusiveness (measures.toml) on need an independent body's authorisation first."""


class Declarations(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One State's position. `languages`: ISO 639-1, acceptable for requests (article 40(14)); `since`: from when."""

    state: StateCode
    name: str
    known: bool = True
    invented: bool = False
    since: date | None = None
    source: str = ""
    central_authority: str = ""
    point_of_contact: str = ""
    languages: tuple[str, ...] = ()
    dual_criminality: DualCriminality = DualCriminality.UNKNOWN
    reservations: tuple[Reservation, ...] = ()
    policy: Policy = Policy()

    def reservation(self, provision: str, on: date) -> Reservation | None:
        """The reservation on a provision that holds on a day, if there is one."""
        return next((one for one in self.reservations if one.provision == provision and one.since <= on), None)


@cache
def declarations_of(state: StateCode) -> Declarations:
    """What is on file for a State; `known` is False where nothing is."""
    if state.lower() not in declared():
        return Declarations(state=state, name=state, known=False)
    name = f"declarations/{state.lower()}.toml"
    return read_toml(packaged(name), Declarations, limit=FILE_LIMIT, what=name)
