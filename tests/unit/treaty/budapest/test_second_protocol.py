"""The Second Additional Protocol: shown, not in force by its record, without rules."""

from dataclasses import replace
from datetime import date

from comity.base.ids import StateCode
from comity.treaty.budapest.second_protocol import SECOND_PROTOCOL, ProtocolRecord, load_record

TODAY = date(2026, 11, 22)
JP, RS, FR = StateCode("JP"), StateCode("RS"), StateCode("FR")


def with_a_fifth(deposit: date) -> ProtocolRecord:
    """The record as it would be if France had deposited on a day: a test, no fact."""
    parties = load_record().parties
    rows = tuple(
        replace(one, consent_kind="ratification", consent_on=deposit) if one.state == FR else one
        for one in parties.entries
    )
    return ProtocolRecord(replace(parties, entries=rows))


def test_four_of_five_instruments_are_on_record() -> None:
    record = load_record()
    assert len(record.parties.entries) == 52
    assert len(record.deposits(TODAY)) == 4
    assert record.entry_into_force(TODAY) is None
    missing = record.legal_basis(JP, RS, TODAY).missing
    assert missing == ("It is not in force by this record: 4 of 5 instruments, the last one seen of 2026-04-15.",)


def test_the_fifth_would_bring_it_into_force_after_three_months() -> None:
    record = with_a_fifth(date(2026, 5, 20))
    assert record.entry_into_force(TODAY) == date(2026, 9, 1)
    assert record.legal_basis(JP, RS, date(2026, 9, 1)).stands
    assert not record.legal_basis(JP, RS, date(2026, 8, 31)).stands
    assert "Albania is not on record" in record.legal_basis(JP, StateCode("AL"), TODAY).missing[0]


def test_before_it_was_opened_it_stands_for_nobody() -> None:
    assert load_record().legal_basis(JP, RS, date(2010, 1, 1)).missing == (
        "It was opened for signature only on 2022-05-12.",
    )


def test_it_has_no_rules_and_its_text_was_not_read() -> None:
    assert not SECOND_PROTOCOL.carried
    assert SECOND_PROTOCOL.measures == ()
    assert str(SECOND_PROTOCOL.cite("16(3)")) == "Second Protocol 16(3)"
    assert {one.confidence.value for one in SECOND_PROTOCOL.catalogue.values()} == {"unsure"}
