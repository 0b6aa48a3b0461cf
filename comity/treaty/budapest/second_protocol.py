"""The Second Additional Protocol (CETS 224): who has signed and ratified, and whether it is in force; no rules yet.

Source: protocol/parties.csv. It enters into force on the first day of the month after three months from the fifth
instrument; fewer stand on this record, so it is shown as not in force, with the day of the record's last source.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from comity.base.ids import StateCode
from comity.treaty import periods
from comity.treaty.book import RuleBook, no_rules
from comity.treaty.budapest.parties import Parties, in_force_from, load_parties
from comity.treaty.findings import Finding
from comity.treaty.rules.matter import Matter
from comity.treaty.standing import LegalBasis

INSTRUMENT = "budapest/protocol"


@dataclass(frozen=True, slots=True)
class ProtocolRecord:
    """Its signatures and ratifications."""

    parties: Parties

    def deposits(self, on: date) -> tuple[date, ...]:
        """The days of the instruments deposited by a day, in order."""
        return tuple(sorted(one.consent_on for one in self.parties.entries if one.consent_on and one.consent_on <= on))

    def entry_into_force(self, on: date) -> date | None:
        """The day, as far as the record shows on `on`; None while instruments are missing."""
        needed, deposits = periods.count("instruments_needed", on, INSTRUMENT), self.deposits(on)
        return in_force_from(deposits[needed - 1], INSTRUMENT) if len(deposits) >= needed else None

    def legal_basis(self, a: StateCode, b: StateCode, on: date) -> LegalBasis:
        opened = min(one.valid_from for one in periods.figures(INSTRUMENT))
        if on < opened:
            return LegalBasis(False, (f"It was opened for signature only on {opened}.",))
        missing, since = [], self.entry_into_force(on)
        if since is None or since > on:
            needed = periods.count("instruments_needed", on, INSTRUMENT)
            last = max(self.deposits(on), default=None)
            missing.append(
                f"It is not in force by this record: {len(self.deposits(on))} of {needed} instruments"
                + (f", the last one seen of {last}." if last else ".")
            )
        for state in (a, b):
            entry = self.parties.entry(state)
            if entry is None or entry.consent_on is None or entry.consent_on > on:
                missing.append(f"{entry.name if entry else state} is not on record as having ratified it.")
            elif in_force_from(entry.consent_on, INSTRUMENT) > on:
                missing.append(f"It binds {entry.name} only from {in_force_from(entry.consent_on, INSTRUMENT)}.")
        return LegalBasis(not missing, tuple(missing))


@cache
def load_record() -> ProtocolRecord:
    """The record packaged with comity."""
    return ProtocolRecord(load_parties(INSTRUMENT))


def _findings(matter: Matter) -> Iterator[Finding]:
    about = "comity has no rules for the Second Protocol to the Budapest Convention yet."
    yield no_rules(matter.request.instrument, about, SECOND_PROTOCOL.cite("16(3)"))


SECOND_PROTOCOL = RuleBook(
    instrument=INSTRUMENT,
    name="Second Protocol",
    title="Second Additional Protocol to the Convention on Cybercrime (Strasbourg, 2022)",
    findings=_findings,
    record=load_record,
    carried=False,
)
