"""Articles 65 and 67 against a slow oracle, and records that come back as they went out.

The oracle counts one day after another, written straight from the articles, and shares no code with the register.
"""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from comity.base.ids import StateCode
from comity.treaty.differences import differences, lost
from comity.treaty.mtdsg import names, read_mtdsg, write_mtdsg
from comity.treaty.participation import (
    CONSENTS,
    UNCONFIRMED,
    DayOrMonth,
    Participation,
    Register,
    read_register,
    write_register,
)

FORTY, NINETIETH, THIRTIETH, ONE_YEAR = 40, 90, 30, 1
FIRST, LAST = date(2027, 1, 1), date(2027, 6, 30)
EU = StateCode("EU")
DEPOSIT_DAYS = st.dates(FIRST, LAST)
ROWS = st.lists(st.tuples(DEPOSIT_DAYS, st.none() | st.integers(0, 500)), min_size=38, max_size=44)


def registered(rows: list[tuple[date, int | None]], union: date | None) -> Register:
    """States with a deposit each, some of which denounce so many days after it; and the Union's instrument."""
    codes = [StateCode(f"{first}{second}") for first in "BC" for second in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    entries = [_row(code, on, later) for code, (on, later) in zip(codes, rows, strict=False)]
    if union is not None:
        entries.append(_row(EU, union, None))
    return Register(tuple(entries))


def _row(code: StateCode, on: date, later: int | None) -> Participation:
    left = None if later is None else on + timedelta(days=later)
    return Participation(code, code, None, None, "ratification", DayOrMonth.parse(str(on)), "a test", left)


def oracle_in_force(register: Register) -> date | None:
    """Article 65(1): the ninetieth day after the day on which the fortieth instrument is there, an organisation's not
    among them; one whose denunciation is there by then is not."""
    day = FIRST
    while day <= LAST:
        there = 0
        for entry in register.entries:
            assert entry.consent_on is not None
            is_there = entry.consent_on.latest <= day
            is_back = entry.denounced_on is not None and entry.denounced_on <= day
            if is_there and not is_back and entry.state != EU:
                there += 1
        if there >= FORTY:
            return day + timedelta(days=NINETIETH)
        day += timedelta(days=1)
    return None


def oracle_bound(register: Register, entry: Participation, on: date) -> bool:
    """Articles 65(2) and 67: the thirtieth day after its own deposit, not before the general day, until a year after
    its denunciation was received."""
    general = oracle_in_force(register)
    if general is None or entry.consent_on is None:
        return False
    if on < general or on < entry.consent_on.latest + timedelta(days=THIRTIETH):
        return False
    if entry.denounced_on is None:
        return True
    left = entry.denounced_on
    last_day = left.month == 2 and left.day == 29
    return on < (date(left.year + ONE_YEAR, 2, 28) if last_day else left.replace(year=left.year + ONE_YEAR))


@settings(max_examples=60)
@given(ROWS, st.none() | DEPOSIT_DAYS)
def test_the_day_of_entry_into_force_is_the_oracles(rows: list[tuple[date, int | None]], union: date | None) -> None:
    register = registered(rows, union)
    assert register.entry_into_force() == oracle_in_force(register)


@settings(max_examples=40)
@given(ROWS, st.none() | DEPOSIT_DAYS, st.dates(FIRST, date(2029, 12, 31)))
def test_who_is_bound_on_a_day_is_the_oracles(
    rows: list[tuple[date, int | None]], union: date | None, on: date
) -> None:
    register = registered(rows, union)
    for entry in register.entries:
        assert register.in_force_for(entry.state, on) == oracle_bound(register, entry, on)


@given(ROWS, DEPOSIT_DAYS)
def test_the_unions_instrument_never_moves_the_day(rows: list[tuple[date, int | None]], union: date) -> None:
    assert registered(rows, union).entry_into_force() == registered(rows, None).entry_into_force()


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=40)
LATER = st.dates(date(2025, 1, 1), date(2040, 1, 1))
CONSENT_DATES = (
    st.none()
    | LATER.map(lambda day: DayOrMonth.parse(day.isoformat()[:7]))
    | LATER.map(lambda day: DayOrMonth.parse(day.isoformat()))
)


@st.composite
def entries(draw: st.DrawFn) -> Participation:
    """Any row that a record may hold."""
    name = draw(st.sampled_from(sorted(names())))
    kind = draw(st.sampled_from(["", UNCONFIRMED, *sorted(CONSENTS)]))
    on = draw(CONSENT_DATES) if kind else None
    left = None
    if kind in CONSENTS and on is not None and draw(st.booleans()):
        left = on.latest + timedelta(days=draw(st.integers(0, 400)))
    signed = draw(st.none() | LATER)
    shown = draw(st.none() | LATER)
    return Participation(names()[name], name, signed, shown, kind, on, draw(TEXT), left)


REGISTERS = st.lists(entries(), max_size=12, unique_by=lambda one: one.state).map(lambda rows: Register(tuple(rows)))


@given(REGISTERS)
def test_a_record_written_as_csv_is_read_back_as_it_was(register: Register) -> None:
    assert read_register(write_register(register)) == register


@given(REGISTERS)
def test_a_record_written_as_xml_is_read_back_as_it_was(register: Register) -> None:
    read = read_mtdsg(write_mtdsg(register), source="not used: every row brings its own")
    assert (read.register, read.unreadable) == (register, ())


@given(REGISTERS, st.data())
def test_a_cut_file_is_refused_or_says_the_same(register: Register, data: st.DataObject) -> None:
    whole = write_mtdsg(register)
    cut = whole[: data.draw(st.integers(0, len(whole) - 2))]
    try:
        read_mtdsg(cut, source="a test")
    except Exception as error:  # noqa: BLE001 - which error is the point
        assert type(error).__name__ == "Malformed"
    else:
        raise AssertionError("a cut file was read")


@given(REGISTERS, REGISTERS)
def test_differences_are_the_same_seen_from_either_side(a: Register, b: Register) -> None:
    there, back = differences(a, b), differences(b, a)
    assert [(one.state, one.point, one.a, one.b) for one in there] == [(o.state, o.point, o.b, o.a) for o in back]
    assert differences(a, a) == ()
    assert {one.state for one in lost(a, b)} == {one.state for one in a.entries} - {one.state for one in b.entries}
