"""Who is bound, since when: articles 64 and 65."""

from datetime import date, timedelta
from string import ascii_uppercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.errors import Malformed
from comity.base.ids import StateCode
from comity.treaty.participation import DayOrMonth, Register, load_register, read_register, write_register

HEADER = "iso3166_alpha2,name,signed_on,signed_no_later_than,consent_kind,consent_on,source\n"
CODES = [a + b for a in "BCDEFGH" for b in ascii_uppercase if a + b != "EU"]
TODAY = date(2026, 11, 22)
DAYS = st.dates(date(2025, 10, 25), date(2030, 12, 31))


def register_of(*deposits: str, kind: str = "ratification") -> Register:
    """A register where the first State deposited on the first date, and so on."""
    rows = [
        f"{code},State {code},2025-10-25,,{kind},{on},a test"
        for code, on in zip(CODES[: len(deposits)], deposits, strict=True)
    ]
    return read_register((HEADER + "\n".join(rows) + "\n").encode())


def test_the_packaged_record_has_75_rows_each_with_a_source() -> None:
    entries = load_register().entries
    assert len(entries) == 75
    assert all(one.source for one in entries)


def test_today_qatar_is_the_only_party_and_39_instruments_are_missing() -> None:
    register = load_register()
    assert [one.state for one in register.parties(TODAY)] == ["QA"]
    assert register.instruments_missing(TODAY) == 39
    assert register.entry_into_force() is None


def test_an_unconfirmed_consent_is_shown_and_never_counted() -> None:
    register = load_register()
    assert [one.state for one in register.unconfirmed()] == ["AZ", "VN"]
    assert not {"AZ", "VN"} & {one.state for one in register.parties(date(2030, 1, 1))}


def test_a_deposit_known_to_the_month_counts_from_its_last_day() -> None:
    register = load_register()
    assert register.parties(date(2026, 2, 27)) == ()
    assert [one.state for one in register.parties(date(2026, 2, 28))] == ["QA"]


def test_a_signature_of_unknown_day_counts_only_from_when_its_source_shows_it() -> None:
    register = load_register()
    assert "FJ" not in {one.state for one in register.signatories(date(2026, 1, 30))}
    assert "FJ" in {one.state for one in register.signatories(date(2026, 1, 31))}
    assert "CA" not in {one.state for one in register.signatories(date(2026, 8, 30))}
    assert len(register.signatories(TODAY)) == 75


def test_nobody_had_signed_before_hanoi() -> None:
    assert load_register().signatories(date(2025, 10, 24)) == ()


def test_it_enters_into_force_on_the_ninetieth_day_after_the_fortieth_instrument() -> None:
    register = register_of(*["2027-01-01"] * 39, "2027-03-01")
    assert register.entry_into_force() == date(2027, 5, 30)
    assert not register.in_force_for(StateCode(CODES[0]), date(2027, 5, 29))
    assert register.in_force_for(StateCode(CODES[0]), date(2027, 5, 30))


def test_thirty_nine_instruments_are_not_enough() -> None:
    register = register_of(*["2027-01-01"] * 39)
    assert register.entry_into_force() is None
    assert register.instruments_missing(date(2027, 1, 1)) == 1


def test_a_later_party_is_bound_on_the_thirtieth_day_after_its_own_deposit() -> None:
    register = register_of(*["2027-01-01"] * 40, "2028-01-01")
    assert register.binding_since(StateCode(CODES[40])) == date(2028, 1, 31)
    assert register.binding_since(StateCode(CODES[0])) == date(2027, 4, 1)


def test_one_that_deposits_just_after_the_fortieth_waits_for_the_general_day() -> None:
    register = register_of(*["2027-01-01"] * 40, "2027-01-02")
    assert register.binding_since(StateCode(CODES[40])) == date(2027, 4, 1)


def test_the_day_is_not_known_while_the_deciding_date_is_a_month() -> None:
    register = register_of(*["2027-01-01"] * 39, "2027-03")
    assert register.entry_into_force() is None
    assert register.in_force_for(StateCode(CODES[0]), date(2027, 3, 31) + timedelta(days=90))


def test_an_organisation_does_not_count_beside_its_members() -> None:
    text = HEADER + "EU,European Union,2025-10-25,,approval,2027-01-01,a test\n"
    register = read_register(text.encode())
    assert register.instruments_missing(date(2027, 1, 1)) == 40
    assert len(register.parties(date(2027, 1, 1))) == 1


def test_signature_alone_gives_no_legal_basis_and_it_says_what_is_missing() -> None:
    basis = load_register().legal_basis(StateCode("FR"), StateCode("QA"), TODAY)
    assert not basis.stands
    assert "39 of 40" in basis.missing[0]
    assert any("France has signed, which binds it to nothing" in one for one in basis.missing)
    assert any("Qatar has deposited" in one for one in basis.missing)


def test_a_state_off_the_record_and_an_invented_one_are_named_as_such() -> None:
    missing = " ".join(load_register().legal_basis(StateCode("IS"), StateCode("XA"), TODAY).missing)
    assert "IS is not on the record" in missing
    assert "XA is an invented State" in missing


def test_between_two_bound_states_the_basis_stands() -> None:
    register = register_of(*["2027-01-01"] * 40)
    basis = register.legal_basis(StateCode(CODES[0]), StateCode(CODES[1]), date(2027, 4, 1))
    assert basis.stands
    assert basis.missing == ()


@pytest.mark.parametrize(
    "row",
    [
        "qa,Qatar,2025-10-25,,,,a test",
        "QA,Qatar,2025-13-25,,,,a test",
        "QA,Qatar,2025-10-25,,promised,,a test",
        "QA,Qatar,2025-10-25,,ratification,soon,a test",
        "QA,Qatar,2025-10-25,,,,",
        "QA,Qatar,2025-10-25,,,,a\nQA,Qatar,2025-10-25,,,,a",
        "QA,Qatar,2025-10-25,,,",
        "QA,Qatar,2025-10-25,,,,a test,more",
        "QA,,2025-10-25,,,,a test",
        "QA,Qatar,20251025,,,,a test",
        "QA,Qatar,2005-10-25,,,,a test",
        "QA,Qatar,,,ratification,2006-01,a test",
        "QA,Qatar,,,,2026-02,a test",
        'QA,"Qatar,2025-10-25,,,,a test',
    ],
)
def test_a_row_that_is_not_as_the_header_says_is_refused(row: str) -> None:
    with pytest.raises(Malformed):
        read_register((HEADER + row + "\n").encode())


def test_a_month_reaches_to_its_last_day() -> None:
    assert DayOrMonth.parse("2028-02").latest == date(2028, 2, 29)
    assert DayOrMonth.parse("2028-02-01").is_exact


@given(st.lists(DAYS, max_size=45), DAYS)
def test_being_bound_follows_from_a_deposit_and_never_from_signature(days: list[date], on: date) -> None:
    register = register_of(*(str(day) for day in days))
    for entry in register.entries:
        if register.in_force_for(entry.state, on):
            assert entry.has_deposited(on)
            assert register.instruments_missing(on) == 0


@given(st.lists(DAYS, max_size=45), DAYS, DAYS)
def test_instruments_missing_never_grows_with_time(days: list[date], one: date, other: date) -> None:
    register = register_of(*(str(day) for day in days))
    assert register.instruments_missing(max(one, other)) <= register.instruments_missing(min(one, other))


def left(code: str, deposited: str, denounced: str) -> str:
    return f"{code},State {code},,,ratification,{deposited},a test,{denounced}\n"


WITH_DENUNCIATION = HEADER.rstrip("\n") + ",denounced_on\n"


def test_a_denunciation_ends_it_one_year_after_its_receipt() -> None:
    rows = "".join(left(code, "2027-01-01", "") for code in CODES[1:41]) + left(CODES[0], "2027-01-01", "2028-05-10")
    register, state = read_register((WITH_DENUNCIATION + rows).encode()), StateCode(CODES[0])
    assert register.binding_until(state) == date(2029, 5, 10)
    assert register.in_force_for(state, date(2029, 5, 9))
    assert not register.in_force_for(state, date(2029, 5, 10))
    assert len(register.parties(date(2029, 5, 10))) == 40
    basis = register.legal_basis(state, StateCode(CODES[1]), date(2029, 5, 10))
    assert basis.missing == (f"State {state} has denounced the Convention; it is not bound since 2029-05-10.",)


def test_the_convention_stays_in_force_when_fewer_than_forty_are_left() -> None:
    rows = "".join(left(code, "2027-01-01", "2028-01-01") for code in CODES[:5])
    rows += "".join(left(code, "2027-01-01", "") for code in CODES[5:40])
    register, later = read_register((WITH_DENUNCIATION + rows).encode()), date(2029, 6, 1)
    assert register.instruments_missing(later) == 0
    assert register.entry_into_force() == date(2027, 4, 1)
    assert register.legal_basis(StateCode(CODES[5]), StateCode(CODES[6]), later).stands


def test_an_instrument_taken_back_before_the_fortieth_is_not_counted() -> None:
    rows = left(CODES[0], "2027-01-01", "2027-01-15") + "".join(left(code, "2027-02-01", "") for code in CODES[1:40])
    register = read_register((WITH_DENUNCIATION + rows).encode())
    assert register.entry_into_force() is None
    assert register.instruments_missing(date(2027, 2, 1)) == 1


def test_a_denunciation_of_29_february_ends_it_on_28_february() -> None:
    rows = left(CODES[0], "2027-01-01", "2028-02-29")
    register = read_register((WITH_DENUNCIATION + rows).encode())
    assert register.binding_until(StateCode(CODES[0])) == date(2029, 2, 28)


def test_nobody_denounces_what_it_has_not_joined() -> None:
    with pytest.raises(Malformed, match="without an instrument"):
        read_register((WITH_DENUNCIATION + left("QA", "2027-01-01", "2026-12-31")).encode())


def test_the_packaged_record_comes_back_from_csv_as_it_was() -> None:
    assert read_register(write_register(load_register())) == load_register()


@pytest.mark.parametrize("data", [b"", b"code,name\n", b"\xff\xfe", HEADER.encode() + b"\xff"])
def test_what_is_no_record_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        read_register(data)
