"""Moments: UTC and whole seconds, whatever they were written as."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.errors import Malformed
from comity.base.instants import Instant

instants = st.integers(-62135596800, 253402300799).map(Instant.from_seconds)
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
since_1970 = st.integers(0, 253402300799).map(Instant.from_seconds)


@given(since_1970)
def test_text_and_seconds_lead_back_to_the_same_moment(at: Instant) -> None:
    assert Instant.parse(str(at)) == at
    assert Instant.from_seconds(at.seconds) == at


@given(st.datetimes(datetime.min.replace(year=1970), datetime.max.replace(year=9998), timezones=zones))
def test_a_zone_is_turned_into_utc_and_the_fraction_dropped(moment: datetime) -> None:
    at = Instant.of(moment)
    assert at.value.tzinfo is UTC
    assert timedelta() <= moment - at.value < timedelta(seconds=1)


@given(instants, instants)
def test_moments_compare_as_their_seconds_do(one: Instant, other: Instant) -> None:
    assert (one < other) == (one.seconds < other.seconds)
    assert (one == other) == (one.seconds == other.seconds)


def test_it_prints_as_rfc_3339() -> None:
    assert str(Instant.parse("2026-11-22T05:00:00.9+02:00")) == "2026-11-22T03:00:00Z"


@pytest.mark.parametrize(
    "moment",
    [datetime.min, datetime(2026, 1, 1, microsecond=1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=timezone.max)],
)
def test_an_instant_cannot_be_built_of_anything_else(moment: datetime) -> None:
    with pytest.raises(Malformed):
        Instant(moment)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01T00:00:00Z", "2026-11-22T03:00:00", "2026-11-22", "1e9"])
def test_a_text_that_names_no_moment_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        Instant.parse(text)


@pytest.mark.parametrize("seconds", [253402300800, -62135596801, 10**30])
def test_seconds_beyond_the_calendar_are_malformed(seconds: int) -> None:
    with pytest.raises(Malformed):
        Instant.from_seconds(seconds)


def test_days_are_utc_days_of_86400_seconds() -> None:
    at = Instant.parse("2026-10-24T23:30:00Z")
    assert at.plus_days(1) == at.plus_seconds(86400)
    assert at.day.isoformat() == "2026-10-24"
    assert at.plus_seconds(1800).day.isoformat() == "2026-10-25"
