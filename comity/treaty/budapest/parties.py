"""Who is bound by the Budapest Convention or its Second Protocol, since when, and how far a source was read for it.

Source: parties.csv of this folder, one row a State. Rules kept here:
1. A Party is bound from the first day of the month after three months from its deposit (36(4), 37(2)); signature binds
   nobody.
2. `confirmed`: every date that decides was read in a source. For any other row a person confirms first, from the
   depositary's own list: the row says what it is, and never makes a basis by itself.
3. What a Party has declared is told where it was read (`made`, `none`), said to be unconfirmed where it was not, and
   otherwise not known: an empty cell says nothing.
"""

import csv
import io
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache

import msgspec

from comity.base.errors import Malformed
from comity.base.ids import StateCode, is_exercise_state, state_code
from comity.base.parsing import read_toml
from comity.treaty import periods
from comity.treaty.data import FILE_LIMIT, of_instrument, packaged
from comity.treaty.participants import CONSENTS, written_day
from comity.treaty.standing import LegalBasis

INSTRUMENT = "budapest"


class Certainty(StrEnum):
    """How far a row was read in a source."""

    CONFIRMED = "confirmed"
    PARTLY = "partly"
    UNCONFIRMED = "unconfirmed"


class Declared(StrEnum):
    """What is known of one declaration or reservation of a Party."""

    NOT_KNOWN = ""
    NONE = "none"
    MADE = "made"
    UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True, slots=True)
class Party:
    """One row. `territories`: it has said which of its territories are bound; `declarations`: what was read, in our
    words."""

    state: StateCode
    name: str
    signed_on: date | None
    consent_kind: str
    consent_on: date | None
    entry_into_force: date | None
    certainty: Certainty
    reservation_29_4: Declared
    declaration_27_9_e: Declared
    territories: bool
    declarations: str
    source: str


@dataclass(frozen=True, slots=True)
class Parties:
    """The record of an instrument; `title`: how it is named in a sentence; `read_until`: the day of the last source."""

    title: str
    entries: tuple[Party, ...]
    read_until: date

    def entry(self, state: StateCode) -> Party | None:
        return next((one for one in self.entries if one.state == state), None)

    def legal_basis(self, a: StateCode, b: StateCode, on: date) -> LegalBasis:
        """Whether it binds both on a day: what is missing, and what a person must confirm first."""
        missing = [told for state in (a, b) if (told := self._why_not_bound(state, on))]
        doubtful = [self.entry(state) for state in (a, b)]
        doubts = tuple(_doubt(one) for one in doubtful if one is not None and one.certainty is not Certainty.CONFIRMED)
        if missing:
            return LegalBasis(False, tuple(missing))
        return LegalBasis(not doubts, (), doubts)

    def _why_not_bound(self, state: StateCode, on: date) -> str:
        """One sentence, or '' if the record shows it bound, for certain or not."""
        entry = self.entry(state)
        if is_exercise_state(state):
            return f"{state} is an invented State and can be bound by nothing."
        if entry is None:
            return f"{state} is not on the record of {self.title}: neither signature nor instrument is known."
        if not entry.consent_kind:
            return f"{entry.name} has only signed {self.title}, which binds it to nothing."
        if entry.entry_into_force is not None and entry.entry_into_force > on:
            return f"{self.title} binds {entry.name} only from {entry.entry_into_force}."
        return ""


def _doubt(entry: Party) -> str:
    since = f"since {entry.entry_into_force}" if entry.entry_into_force else "since a day that was not found"
    return f"{entry.name} is on record as a Party {since}, {entry.certainty}: {entry.source}."


def in_force_from(deposit: date, instrument: str = INSTRUMENT) -> date:
    """The first day of the month after so many months from a deposit; the figure stands in periods.toml."""
    months = periods.count("later_party", deposit, instrument)
    years, month = divmod(deposit.month + months, 12)  # counted from 0, this is already the month after
    return date(deposit.year + years, month + 1, 1)


class _About(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What record.toml says of the record as a whole."""

    title: str
    read_until: date


def read_parties(data: bytes, title: str, read_until: date) -> Parties:
    """A record from CSV bytes with the columns of parties.csv. Raises Malformed, naming the line."""
    entries: list[Party] = []
    rows = csv.DictReader(io.StringIO(data.decode("utf-8"), newline=""), strict=True)
    for row in rows:
        try:
            entries.append(_entry(row))
        except (KeyError, ValueError, Malformed) as error:
            raise Malformed(
                f"not a row of Parties: {error}", where=f"line {rows.line_num}", hint="see its header"
            ) from None
    if len({one.state for one in entries}) != len(entries):
        raise Malformed("a State stands twice in the record", hint="one row a State")
    return Parties(title, tuple(entries), read_until)


def _entry(row: dict[str, str]) -> Party:
    if row["consent_kind"] not in CONSENTS | {""} or not row["name"] or not row["source"]:
        raise Malformed("a kind of consent, a name or a source is missing or unknown", hint=", ".join(sorted(CONSENTS)))

    def day(name: str) -> date | None:
        return written_day(row[name]) if row[name] else None

    return Party(
        state=state_code(row["iso3166_alpha2"]),
        name=row["name"],
        signed_on=day("signed_on"),
        consent_kind=row["consent_kind"],
        consent_on=day("consent_on"),
        entry_into_force=day("entry_into_force"),
        certainty=Certainty(row["certainty"]),
        reservation_29_4=Declared(row["reservation_29_4"]),
        declaration_27_9_e=Declared(row["declaration_27_9_e"]),
        territories=row["territories"] == "yes",
        declarations=row["declarations"],
        source=row["source"],
    )


@cache
def load_parties(instrument: str = INSTRUMENT) -> Parties:
    """The record packaged with comity, of this instrument or its Protocol."""
    name = of_instrument(instrument, "record.toml")
    about = read_toml(packaged(name), _About, limit=FILE_LIMIT, what=name)
    return read_parties(packaged(of_instrument(instrument, "parties.csv")), about.title, about.read_until)
