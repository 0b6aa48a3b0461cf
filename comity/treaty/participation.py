"""Who has signed, who has consented to be bound, when the Convention enters into force, whether it binds two States.

Source: participation.csv, one row a State with the source of what it says (depositary's reference: UN Treaty
Collection XVIII-16); articles 64 and 65. Rules kept here:
1. Signature binds nobody. Only a deposited instrument makes a Party, and only a date on record counts as a deposit.
2. `unconfirmed` (reported, no deposit found) is never counted.
3. A date known to the month counts from the month's last day on; a signature of unknown day counts from the day in
   `signed_no_later_than`, by which the row's source shows it done. Entries are shown with what is not known.
4. An organisation's instrument does not count beside those of its member States (article 65(1)).
"""

import calendar
import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from comity.base.errors import Malformed
from comity.base.ids import StateCode, is_exercise_state, state_code
from comity.treaty import periods
from comity.treaty.data import packaged

ORGANISATIONS = frozenset({StateCode("EU")})
CONSENTS = frozenset({"ratification", "acceptance", "approval", "accession"})
UNCONFIRMED = "unconfirmed"


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
            if len(text) == 7:
                first = date.fromisoformat(f"{text}-01")
                return cls(text, first, first.replace(day=calendar.monthrange(first.year, first.month)[1]))
            exact = date.fromisoformat(text)
        except ValueError:
            raise Malformed(f"not a day or month: {text}", hint="as 2026-02-14, or 2026-02") from None
        return cls(text, exact, exact)

    @property
    def is_exact(self) -> bool:
        return self.earliest == self.latest


@dataclass(frozen=True, slots=True)
class Participation:
    """One State's row. `signed_on` None with `signed_no_later_than`: signed, day unknown."""

    state: StateCode
    name: str
    signed_on: date | None
    signed_no_later_than: date | None
    consent_kind: str
    consent_on: DayOrMonth | None
    source: str

    @property
    def is_organisation(self) -> bool:
        return self.state in ORGANISATIONS

    @property
    def is_unconfirmed(self) -> bool:
        return self.consent_kind == UNCONFIRMED

    def has_signed(self, on: date) -> bool:
        shown = self.signed_on or self.signed_no_later_than
        return shown is not None and shown <= on

    def has_deposited(self, on: date) -> bool:
        """Whether the record shows an instrument deposited by that day."""
        return self.consent_kind in CONSENTS and self.consent_on is not None and self.consent_on.latest <= on


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """Whether the Convention binds both of two States on a day; if not, `missing` says what is, a sentence each."""

    stands: bool
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Register:
    """All rows of the record, by State code."""

    entries: tuple[Participation, ...]

    def entry(self, state: StateCode) -> Participation | None:
        return next((one for one in self.entries if one.state == state), None)

    def signatories(self, on: date) -> tuple[Participation, ...]:
        """Those whose signature the record shows by that day, the organisation among them."""
        return tuple(one for one in self.entries if one.has_signed(on))

    def parties(self, on: date) -> tuple[Participation, ...]:
        """Those with an instrument deposited by that day, as the depositary counts Parties: before entry into force the
        Convention binds none of them yet (see `in_force_for`)."""
        return tuple(one for one in self.entries if one.has_deposited(on))

    def unconfirmed(self) -> tuple[Participation, ...]:
        """Those reported to have consented without a deposit on record."""
        return tuple(one for one in self.entries if one.is_unconfirmed)

    def instruments_missing(self, on: date) -> int:
        """How many instruments are still needed on that day (article 65(1))."""
        have = sum(not one.is_organisation for one in self.parties(on))
        return max(0, periods.count("instruments_needed", on) - have)

    def entry_into_force(self) -> date | None:
        """The day, once the instrument that decides it has a date known to the day; None before (article 65(1))."""
        earliest, latest = self._decisive(lambda one: one.earliest), self._decisive(lambda one: one.latest)
        return _after("entry_into_force", latest) if latest is not None and earliest == latest else None

    def in_force_for(self, state: StateCode, on: date) -> bool:
        """Whether the Convention certainly binds a State on a day: the latest dates that the record allows."""
        since = self.binding_since(state)
        return since is not None and since <= on

    def binding_since(self, state: StateCode) -> date | None:
        """The day from which it certainly binds a State (article 65(1)-(2)); None while it does not."""
        entry, decisive = self.entry(state), self._decisive(lambda one: one.latest)
        if entry is None or entry.consent_kind not in CONSENTS or entry.consent_on is None or decisive is None:
            return None
        return max(_after("entry_into_force", decisive), _after("later_party", entry.consent_on.latest))

    def legal_basis(self, a: StateCode, b: StateCode, on: date) -> LegalBasis:
        """Whether a request between the two can be made under the Convention on a day, and what is missing if not."""
        missing = [self._why_not_bound(state, on) for state in (a, b) if not self.in_force_for(state, on)]
        needed, general = self.instruments_missing(on), self.entry_into_force()
        if missing and needed:
            total = periods.count("instruments_needed", on)
            missing.insert(
                0, f"The Convention is not in force: {needed} of {total} instruments are still to be deposited."
            )
        elif missing and (general is None or general > on):
            missing.insert(
                0, f"The Convention is not in force; it enters into force on {general or 'a day not yet known'}."
            )
        return LegalBasis(not missing, tuple(missing))

    def _why_not_bound(self, state: StateCode, on: date) -> str:
        entry = self.entry(state)
        if is_exercise_state(state):
            return f"{state} is an invented State and can be bound by nothing."
        if entry is None:
            return f"{state} is not on the record: neither signature nor instrument is known."
        if entry.has_deposited(on):
            return f"{entry.name} has deposited its instrument, but the Convention does not bind it yet."
        if entry.is_unconfirmed:
            return f"{entry.name} is reported to have consented, but no deposit is on record."
        signed = (
            "has signed, which binds it to nothing, and" if entry.has_signed(on) else "is not shown to have signed and"
        )
        return f"{entry.name} {signed} has not deposited an instrument."

    def _decisive(self, bound: Callable[[DayOrMonth], date]) -> date | None:
        """The day of the instrument that completes the number needed, by one bound of each date."""
        deposits = sorted(
            bound(one.consent_on)
            for one in self.entries
            if one.consent_on is not None and one.consent_kind in CONSENTS and not one.is_organisation
        )
        if not deposits:
            return None
        needed = periods.count("instruments_needed", deposits[-1])
        return deposits[needed - 1] if len(deposits) >= needed else None


def _after(name: str, start: date) -> date:
    """`start` plus the figure `name`, in days."""
    return start + timedelta(days=periods.count(name, start))


def read_register(data: bytes) -> Register:
    """A register from CSV bytes with the columns of participation.csv. Raises Malformed, naming the line."""
    entries: list[Participation] = []
    for number, row in enumerate(csv.DictReader(data.decode("utf-8").splitlines()), 2):
        try:
            entries.append(_entry(row))
        except (KeyError, ValueError, Malformed) as error:
            raise Malformed(
                f"not a participation row: {error}", where=f"line {number}", hint="see its header"
            ) from None
    states = [one.state for one in entries]
    if len(states) != len(set(states)):
        raise Malformed("a State stands twice in the record", hint="one row a State")
    return Register(tuple(entries))


def _entry(row: dict[str, str]) -> Participation:
    kind, signed, shown, on = row["consent_kind"], row["signed_on"], row["signed_no_later_than"], row["consent_on"]
    if kind not in CONSENTS | {UNCONFIRMED, ""}:
        raise Malformed(f"no such kind of consent: {kind}", hint=", ".join(sorted(CONSENTS | {UNCONFIRMED})))
    if not row["source"]:
        raise Malformed("a row without a source", hint="say where it stands")
    return Participation(
        state=state_code(row["iso3166_alpha2"]),
        name=row["name"],
        signed_on=date.fromisoformat(signed) if signed else None,
        signed_no_later_than=date.fromisoformat(shown) if shown else None,
        consent_kind=kind,
        consent_on=DayOrMonth.parse(on) if on else None,
        source=row["source"],
    )


@cache
def load_register() -> Register:
    """The record packaged with comity."""
    return read_register(packaged("participation.csv"))
