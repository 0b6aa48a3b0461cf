"""Who has signed, who has consented to be bound, when the Convention enters into force, whether it binds two States.

Source: participation.csv, one row a State with the source of what it says (depositary's reference: UN Treaty
Collection XVIII-16); articles 64, 65 and 67. What a row means stands in `participants`. Rules kept here:
1. An organisation's instrument does not count beside those of its member States (article 65(1)).
2. Only what is certain by the record binds: of dates known to the month, the last day.
3. A denunciation ends it for its State one year after its receipt (article 67); an instrument denounced before the
   deciding one is deposited is not counted. Once in force, the Convention stays so.
"""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property

from comity.base.errors import Malformed
from comity.base.ids import StateCode, is_exercise_state, state_code
from comity.base.parsing import check_size
from comity.treaty import periods
from comity.treaty.data import FILE_LIMIT, packaged
from comity.treaty.participants import CONSENTS, ORGANISATIONS, UNCONFIRMED, DayOrMonth, Participation, written_day
from comity.treaty.standing import LegalBasis

__all__ = [
    "CONSENTS",
    "ORGANISATIONS",
    "UNCONFIRMED",
    "DayOrMonth",
    "LegalBasis",
    "Participation",
    "Register",
    "load_register",
    "read_register",
    "write_register",
]

COLUMNS = (
    "iso3166_alpha2",
    "name",
    "signed_on",
    "signed_no_later_than",
    "consent_kind",
    "consent_on",
    "source",
    "denounced_on",
)
"""Of the CSV, in this order; the last may be left out."""


@dataclass(frozen=True)  # no slots: what follows from the rows is worked out once
class Register:
    """All rows of the record, by State code."""

    entries: tuple[Participation, ...]

    def entry(self, state: StateCode) -> Participation | None:
        return self._by_state.get(state)

    def signatories(self, on: date) -> tuple[Participation, ...]:
        """Those whose signature the record shows by that day, the organisation among them."""
        return tuple(one for one in self.entries if one.has_signed(on))

    def parties(self, on: date) -> tuple[Participation, ...]:
        """Those with an instrument deposited by that day, as the depositary counts Parties: before entry into force the
        Convention binds none of them yet (see `in_force_for`). Who has left is not among them."""
        return tuple(one for one in self.entries if one.has_deposited(on) and not _has_left(one, on))

    def unconfirmed(self) -> tuple[Participation, ...]:
        """Those reported to have consented without a deposit on record."""
        return tuple(one for one in self.entries if one.is_unconfirmed)

    def instruments_missing(self, on: date) -> int:
        """How many instruments are still needed on that day; none once the last one needed was there (65(1))."""
        decisive = self._decisive_at_the_latest
        if decisive is not None and decisive <= on:
            return 0
        have = sum(
            one.has_deposited(on) and not one.has_denounced(on) for one in self.entries if not one.is_organisation
        )
        return max(0, periods.count("instruments_needed", on) - have)

    def entry_into_force(self) -> date | None:
        """The day, once the instrument that decides it has a date known to the day; None before (article 65(1))."""
        earliest, latest = self._decisive(lambda one: one.earliest), self._decisive_at_the_latest
        return _after("entry_into_force", latest) if latest is not None and earliest == latest else None

    def in_force_for(self, state: StateCode, on: date) -> bool:
        """Whether the Convention certainly binds a State on a day: the latest dates that the record allows."""
        since, until = self.binding_since(state), self.binding_until(state)
        return since is not None and since <= on and (until is None or on < until)

    def binding_since(self, state: StateCode) -> date | None:
        """The day from which it certainly binds a State (article 65(1)-(2)); None while it does not."""
        entry, decisive = self.entry(state), self._decisive_at_the_latest
        if entry is None or entry.deposit is None or decisive is None:
            return None
        return max(_after("entry_into_force", decisive), _after("later_party", entry.deposit.latest))

    def binding_until(self, state: StateCode) -> date | None:
        """The first day on which it no longer binds a State that has denounced it (article 67); None if none has."""
        entry = self.entry(state)
        return None if entry is None else _left_on(entry)

    def legal_basis(self, a: StateCode, b: StateCode, on: date) -> LegalBasis:
        """Whether a request between the two can be made under the Convention on a day, and what is missing if not."""
        if on < adopted_on():
            return LegalBasis(False, (f"The Convention was adopted only on {adopted_on()}.",))
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
        if _has_left(entry, on):
            return f"{entry.name} has denounced the Convention; it is not bound since {_left_on(entry)}."
        if entry.has_deposited(on):
            return f"{entry.name} has deposited its instrument, but the Convention does not bind it yet."
        if entry.is_unconfirmed:
            return f"{entry.name} is reported to have consented, but no deposit is on record."
        signed = (
            "has signed, which binds it to nothing, and" if entry.has_signed(on) else "is not shown to have signed and"
        )
        return f"{entry.name} {signed} has not deposited an instrument."

    @cached_property
    def _by_state(self) -> dict[StateCode, Participation]:
        return {one.state: one for one in reversed(self.entries)}

    @cached_property
    def _decisive_at_the_latest(self) -> date | None:
        return self._decisive(lambda one: one.latest)

    def _decisive(self, bound: Callable[[DayOrMonth], date]) -> date | None:
        """The first day on which as many instruments as are needed stand deposited, by one bound of each date."""
        counted = [(bound(one.deposit), one) for one in self.entries if one.deposit and not one.is_organisation]
        for day in sorted(deposited for deposited, _ in counted):
            needed = periods.count("instruments_needed", day)
            if len(counted) < needed:
                return None
            if sum(deposited <= day and not one.has_denounced(day) for deposited, one in counted) >= needed:
                return day
        return None


def adopted_on() -> date:
    """The day from which its text stands: that of its first figures."""
    return min(one.valid_from for one in periods.figures())


def _after(name: str, start: date) -> date:
    """`start` plus the figure `name`, in days."""
    return start + timedelta(days=periods.count(name, start))


def _left_on(entry: Participation) -> date | None:
    """The same day of the year so many years after the receipt, or the last day of its month where there is none."""
    received = entry.denounced_on
    if received is None:
        return None
    year = received.year + periods.count("denunciation", received)
    try:
        return received.replace(year=year)
    except ValueError:
        return received.replace(year=year, day=received.day - 1)


def _has_left(entry: Participation, on: date) -> bool:
    left = _left_on(entry)
    return left is not None and left <= on


def read_register(data: bytes, what: str = "the record") -> Register:
    """A register from CSV bytes with the columns of participation.csv. Raises TooLarge, or Malformed with the line."""
    check_size(data, FILE_LIMIT, what)
    try:
        rows = csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True)
        header = tuple(next(rows, []))
        if header not in {COLUMNS, COLUMNS[:-1]}:
            raise Malformed("not a record of participation", where=f"{what}, line 1", hint=f"its header: {COLUMNS}")
        entries = []
        for row in filter(None, rows):
            try:
                entries.append(_entry(dict(zip(header, row, strict=True))))
            except (ValueError, Malformed) as error:
                place = f"{what}, line {rows.line_num}"
                raise Malformed(f"not a participation row: {error}", where=place, hint="see its header") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise Malformed(f"not a CSV file: {error}", where=what, hint="UTF-8, one row a State") from None
    return register_of(entries)


def register_of(entries: list[Participation]) -> Register:
    """A register of rows. Raises Malformed for a State that stands in it twice."""
    states = [one.state for one in entries]
    twice = sorted({state for state in states if states.count(state) > 1})
    if twice:
        raise Malformed(f"a State stands twice in the record: {', '.join(twice)}", hint="one row a State")
    return Register(tuple(entries))


def _entry(row: dict[str, str]) -> Participation:
    kind, signed, shown, on = row["consent_kind"], row["signed_on"], row["signed_no_later_than"], row["consent_on"]
    denounced = row.get("denounced_on", "")
    if kind not in CONSENTS | {UNCONFIRMED, ""}:
        raise Malformed(f"no such kind of consent: {kind}", hint=", ".join(sorted(CONSENTS | {UNCONFIRMED})))
    if not row["source"] or not row["name"]:
        raise Malformed("a row without a name or a source", hint="say who it is about and where it stands")
    return checked(
        Participation(
            state=state_code(row["iso3166_alpha2"]),
            name=row["name"],
            signed_on=written_day(signed) if signed else None,
            signed_no_later_than=written_day(shown) if shown else None,
            consent_kind=kind,
            consent_on=DayOrMonth.parse(on) if on else None,
            source=row["source"],
            denounced_on=written_day(denounced) if denounced else None,
        )
    )


def checked(entry: Participation) -> Participation:
    """The row, or Malformed if one of its dates is before the Convention was adopted, or it cannot be so."""
    first = adopted_on()
    deposited = entry.consent_on.latest if entry.consent_on else None
    for day in (entry.signed_on, entry.signed_no_later_than, deposited, entry.denounced_on):
        if day is not None and day < first:
            raise Malformed(f"{day} is before the Convention was adopted, on {first}", hint="check the date")
    if entry.consent_on is not None and not entry.consent_kind:
        raise Malformed("a date of consent without its kind", hint=", ".join(sorted(CONSENTS)))
    if entry.denounced_on is not None and not entry.has_deposited(entry.denounced_on):
        raise Malformed("a denunciation without an instrument deposited before it", hint="check both dates")
    return entry


def write_register(register: Register) -> bytes:
    """The register as CSV, which `read_register` reads back as the same values."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for one in register.entries:
        signed, shown = one.signed_on or "", one.signed_no_later_than or ""
        on, left = one.consent_on.text if one.consent_on else "", one.denounced_on or ""
        rows.writerow((one.state, one.name, signed, shown, one.consent_kind, on, one.source, left))
    return text.getvalue().encode("utf-8")


@cache
def load_register() -> Register:
    """The record packaged with comity."""
    return read_register(packaged("participation.csv"), "participation.csv")
