"""Months, quarters and years: written 2026-11, 2026-Q4 and 2026. Each lies whole within the next; no other is known.

What is published of one is added up from the finest kind that any node publishes (a quarter; a month where the nodes
have so agreed), so that no two published figures overlap without one holding the other. The days are policy.
"""

import re
from enum import StrEnum
from typing import Final

from comity.base.errors import Malformed
from comity.base.instants import Instant
from comity.transparency.pairs import due_from, end_of, start_of

DEADLINE_DAYS: Final = 30
"""After the end of a period its figures are published within so many days: the pairs have closed it on day 15."""
_MONTH: Final = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
_QUARTER: Final = re.compile(r"(\d{4})-Q([1-4])", re.ASCII)
_YEAR: Final = re.compile(r"(\d{4})", re.ASCII)


class Span(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


ORDER: Final = (Span.MONTH, Span.QUARTER, Span.YEAR)


def span_of(period: str) -> Span:
    """Raises Malformed for anything but a month, a quarter or a year."""
    for span, pattern in ((Span.MONTH, _MONTH), (Span.QUARTER, _QUARTER), (Span.YEAR, _YEAR)):
        if pattern.fullmatch(period):
            return span
    raise Malformed("not a period", where="period", hint="a quarter, as 2026-Q4; a year, as 2026; a month, as 2026-11")


def months_of(period: str) -> tuple[str, ...]:
    """The months of a period, in order."""
    match span_of(period):
        case Span.MONTH:
            return (period,)
        case Span.QUARTER:
            year, quarter = period[:4], int(period[-1])
            return tuple(f"{year}-{month:02}" for month in range(3 * quarter - 2, 3 * quarter + 1))
        case Span.YEAR:
            return tuple(f"{period}-{month:02}" for month in range(1, 13))


def leaves_of(period: str, finest: Span) -> tuple[str, ...]:
    """The periods of the finest kind that make it up. Raises Malformed where it is itself finer than that."""
    span = span_of(period)
    if ORDER.index(span) < ORDER.index(finest):
        raise Malformed(f"a {span} is not published", where="period", hint=f"the shortest is a {finest}")
    match finest:
        case Span.MONTH:
            return months_of(period)
        case Span.QUARTER if span is Span.YEAR:
            return tuple(f"{period}-Q{n}" for n in (1, 2, 3, 4))
        case _:
            return (period,)


def parts_of(period: str, finest: Span) -> tuple[str, ...]:
    """Every shorter period within it that is published on its own, shortest first."""
    found = list(leaves_of(period, finest)) if span_of(period) is not finest else []
    if span_of(period) is Span.YEAR and finest is Span.MONTH:
        found += [f"{period}-Q{n}" for n in (1, 2, 3, 4)]
    return tuple(found)


def year_of(period: str) -> str:
    return period[:4]


def begins(period: str) -> Instant:
    return start_of(months_of(period)[0])


def ends(period: str) -> Instant:
    """The first second after it."""
    return end_of(months_of(period)[-1])


def settled_from(period: str) -> Instant:
    """From then on what was exchanged in it is settled for both ends of every pair."""
    return due_from(months_of(period)[-1])


def deadline(period: str) -> Instant:
    """By then its figures are published; later is late, and seen to be."""
    return ends(period).plus_days(DEADLINE_DAYS)


def last_settled(at: Instant, span: Span) -> str:
    """The latest period of a kind that is settled at that moment."""
    year = at.value.year
    candidates = [f"{y}-{m:02}" for y in (year - 1, year) for m in range(1, 13)]
    named = {Span.MONTH: candidates, Span.YEAR: [str(year - 2), str(year - 1), str(year)]}
    quarters = [f"{y}-Q{n}" for y in (year - 1, year) for n in (1, 2, 3, 4)]
    return [one for one in named.get(span, quarters) if settled_from(one) <= at][-1]
