"""Who is bound by the Budapest Convention, and how far a source was read for it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.errors import Malformed
from comity.base.ids import StateCode
from comity.treaty import periods
from comity.treaty.budapest.parties import Certainty, Declared, Party, in_force_from, load_parties, read_parties
from comity.treaty.mtdsg import names
from comity.treaty.standing import Standing

TODAY = date(2026, 11, 22)
BR, EE, JP, IE, EC, XA, US = (StateCode(code) for code in ("BR", "EE", "JP", "IE", "EC", "XA", "US"))
HEADER = (
    "iso3166_alpha2,name,signed_on,consent_kind,consent_on,entry_into_force,certainty,reservation_29_4,"
    "declaration_27_9_e,territories,declarations,source\n"
)


def test_81_states_have_consented_and_two_have_only_signed() -> None:
    entries = load_parties().entries
    assert len([one for one in entries if one.consent_kind]) == 81
    assert [one.state for one in entries if not one.consent_kind] == ["IE", "ZA"]


def test_every_row_has_a_source_and_a_name_of_the_table() -> None:
    for one in load_parties().entries:
        assert one.source
        assert names()[one.name] == one.state


@pytest.mark.parametrize("one", load_parties().entries, ids=lambda one: one.state)
def test_entry_into_force_follows_from_the_deposit(one: Party) -> None:
    if one.consent_on is not None and one.entry_into_force is not None:
        assert one.entry_into_force == max(in_force_from(one.consent_on), date(2004, 7, 1))


@pytest.mark.parametrize(
    ("deposit", "force"),
    [
        ("2025-01-10", "2025-05-01"),
        ("2025-01-01", "2025-05-01"),
        ("2024-11-30", "2025-03-01"),
        ("2024-08-31", "2024-12-01"),
        ("2024-09-01", "2025-01-01"),
        ("2024-12-31", "2025-04-01"),
    ],
)
def test_three_months_and_then_the_first_of_the_next_month(deposit: str, force: str) -> None:
    assert in_force_from(date.fromisoformat(deposit)) == date.fromisoformat(force)


@given(st.dates(date(2002, 1, 1), date(2090, 1, 1)))
def test_entry_into_force_is_a_first_of_a_month_in_the_fourth_month_after(deposit: date) -> None:
    force = in_force_from(deposit)
    assert force.day == 1
    apart = (force.year - deposit.year) * 12 + force.month - deposit.month
    assert apart == periods.count("later_party", deposit, "budapest") + 1


def test_two_confirmed_parties_have_a_basis() -> None:
    basis = load_parties().legal_basis(BR, EE, TODAY)
    assert (basis.stands, basis.missing, basis.to_confirm) == (True, (), ())


def test_a_party_is_bound_from_its_day_on() -> None:
    assert load_parties().legal_basis(BR, EE, date(2023, 3, 1)).stands
    before = load_parties().legal_basis(BR, EE, date(2023, 2, 28))
    assert before.missing == ("the Budapest Convention binds Brazil only from 2023-03-01.",)


@pytest.mark.parametrize("other", [JP, US, EC])
def test_a_row_that_no_source_confirms_makes_no_basis_by_itself(other: StateCode) -> None:
    basis = load_parties().legal_basis(BR, other, TODAY)
    assert not basis.stands
    assert basis.standing is Standing.TO_CONFIRM
    assert len(basis.to_confirm) == 1


def test_signature_alone_an_invented_state_and_a_state_off_the_record_are_missing() -> None:
    parties = load_parties()
    assert "only signed" in parties.legal_basis(BR, IE, TODAY).missing[0]
    assert "invented" in parties.legal_basis(XA, BR, TODAY).missing[0]
    assert "not on the record" in parties.legal_basis(StateCode("QA"), BR, TODAY).missing[0]
    assert parties.legal_basis(JP, IE, TODAY).standing is Standing.MISSING


def test_a_reservation_is_made_unconfirmed_none_or_not_known_as_it_was_read() -> None:
    told = {one.state: one.reservation_29_4 for one in load_parties().entries}
    assert [state for state, said in told.items() if said is Declared.MADE] == ["AT"]
    assert told[JP] is Declared.UNCONFIRMED
    assert told[EE] is Declared.NONE
    assert told[BR] is Declared.NOT_KNOWN
    for one in load_parties().entries:
        if one.reservation_29_4 is Declared.UNCONFIRMED:
            assert "29(4)" in one.declarations
            assert "unconfirmed" in one.declarations


def test_it_is_known_how_many_rows_were_read_in_a_source() -> None:
    counted = [one.certainty for one in load_parties().entries]
    assert {kind: counted.count(kind) for kind in Certainty} == {"confirmed": 33, "partly": 27, "unconfirmed": 23}


@pytest.mark.parametrize(
    "row",
    [
        "br,Brazil,,accession,,2023-03-01,confirmed,,,,,a test",
        "BR,Brazil,,promise,,2023-03-01,confirmed,,,,,a test",
        "BR,Brazil,,accession,,soon,confirmed,,,,,a test",
        "BR,Brazil,,accession,,2023-03-01,sure,,,,,a test",
        "BR,Brazil,,accession,,2023-03-01,confirmed,perhaps,,,,a test",
        "BR,Brazil,,accession,,2023-03-01,confirmed,,,,,",
        "BR,Brazil,,,,,confirmed,,,,,a\nBR,Brazil,,,,,confirmed,,,,,a",
    ],
)
def test_a_row_that_is_not_as_the_header_says_is_refused(row: str) -> None:
    with pytest.raises(Malformed):
        read_parties((HEADER + row + "\n").encode(), "a test", TODAY)
