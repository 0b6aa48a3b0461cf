"""Days, moments and numbers as people read them: the locale's pattern, the month by name, the zone beside the time."""

from datetime import date
from typing import Final

from babel import Locale
from babel.dates import format_date, format_time, get_datetime_format, get_timezone
from babel.numbers import format_decimal

from comity.base.instants import Instant

ZONE: Final = "UTC"
_SOON_DAYS: Final = 14


def show_day(day: date, locale: Locale) -> str:
    return format_date(day, "long", locale=locale)


def show_moment(moment: Instant, locale: Locale) -> str:
    """Date and time apart, joined by the locale's pattern: joined skeletons are not in every locale's data."""
    zone = get_timezone(ZONE)
    clock = format_time(moment.value, "short", tzinfo=zone, locale=locale)
    day = format_date(moment.day, "long", locale=locale)
    joined = str(get_datetime_format("long", locale=locale)).replace("'", "")
    return f"{joined.replace('{1}', day).replace('{0}', clock)} {ZONE}"


def show_number(number: int, locale: Locale) -> str:
    """In the locale's groups, with Latin digits."""
    return format_decimal(number, locale=locale)


def days_left(day: date, today: date) -> int:
    """Negative once it is past."""
    return (day - today).days


def pressure(day: date, today: date) -> str:
    """How a deadline is marked, beside its words: late, today, soon or later."""
    left = days_left(day, today)
    if left < 0:
        return "late"
    if left == 0:
        return "today"
    return "soon" if left <= _SOON_DAYS else "later"
