"""One row of a record of participation: what a State has signed, deposited and denounced, and where that stands.

Rules kept here:
1. Signature binds nobody. Only a deposited instrument makes a Party, and only a date on record counts as a deposit.
2. `unconfirmed` (reported, no deposit found) is never counted.
3. A date known to the month counts from the month's last day on; a signature of unknown day counts from the day in
   `signed_no_later_than`, by which the row's source shows it done. Entries are shown with what is not known.
"""

import calendar
from dataclasses import dataclass
from datetime import date

from comity.base.errors import Malformed
from comity.base.ids import StateCode

ORGANISATIONS = frozenset({StateCode("EU")})
CONSENTS = frozenset({"ratification", "acceptance", "approval", "accession"})
UNCONFIRMED = "unconfirmed"


def written_day(text: str) -> date:
    """`2026-02-14` and no other spelling of it; ValueError for anything else."""
    day = date.fromisoformat(text)
    if day.isoformat() != text:
        raise ValueError(f"not a day: {text}")
    return day


@dataclass(frozen=True, slots=True)
class DayOrMonth:
    """A date known to the day or to the month: between `earliest` and `latest`, both included."""

    text: str
    earliest: date
    latest: date

    @classmethod
    def parse(cls, text: str) -> "DayOrMonth":
        """`2026-02-14` or `2026-02`; Malformed for anything else."""
        try:
            if len(text) == len("2026-02"):
                first = date.fromisoformat(f"{text}-01")
                return cls(text, first, first.replace(day=calendar.monthrange(first.year, first.month)[1]))
            exact = written_day(text)
        except ValueError:
            raise Malformed(f"not a day or month: {text}", hint="as 2026-02-14, or 2026-02") from None
        return cls(text, exact, exact)

    @property
    def is_exact(self) -> bool:
        return self.earliest == self.latest


@dataclass(frozen=True, slots=True)
class Participation:
    """One State's row. `signed_on` None with `signed_no_later_than`: signed, day unknown. `denounced_on`: the day on
    which the depositary received the denunciation."""

    state: StateCode
    name: str
    signed_on: date | None
    signed_no_later_than: date | None
    consent_kind: str
    consent_on: DayOrMonth | None
    source: str
    denounced_on: date | None = None

    @property
    def is_organisation(self) -> bool:
        return self.state in ORGANISATIONS

    @property
    def is_unconfirmed(self) -> bool:
        return self.consent_kind == UNCONFIRMED

    @property
    def deposit(self) -> DayOrMonth | None:
        """The date of the deposit, where the record shows one."""
        return self.consent_on if self.consent_kind in CONSENTS else None

    def has_signed(self, on: date) -> bool:
        shown = self.signed_on or self.signed_no_later_than
        return shown is not None and shown <= on

    def has_deposited(self, on: date) -> bool:
        """Whether the record shows an instrument deposited by that day."""
        return self.deposit is not None and self.deposit.latest <= on

    def has_denounced(self, on: date) -> bool:
        """Whether its denunciation was received by that day; when it takes effect is another question."""
        return self.denounced_on is not None and self.denounced_on <= on
