"""Hours in which people work."""

from typing import Final

from comity.simulate.plan import START

HOUR: Final = 3600.0
DAY: Final = 86400.0


def into_office_hours(moment: float, hour: int) -> float:
    """The moment itself, or the first of the next office hours: 8 to 17, Monday to Friday, `hour` from UTC."""
    local = moment + hour * HOUR
    day, in_day = divmod(local - START.seconds, DAY)
    if in_day > 17 * HOUR:
        day, in_day = day + 1, 8 * HOUR
    in_day = max(in_day, 8 * HOUR)
    if day % 7 >= 5:
        day, in_day = day + 7 - day % 7, 8 * HOUR
    return max(moment, START.seconds + day * DAY + in_day - hour * HOUR)
