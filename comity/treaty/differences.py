"""Two records of participation side by side: who is in one and not the other, and where they say different things.

Nothing is decided here. Press and register disagree for a while, and sources copy from each other: what each says, and
where it stands, is shown to the person who has to find out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from comity.base.ids import StateCode
from comity.treaty.participants import Participation
from comity.treaty.participation import Register


class Point(StrEnum):
    """What two records differ in."""

    PRESENCE = "presence"
    SIGNATURE = "signature"
    CONSENT = "consent"
    DENUNCIATION = "denunciation"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that two records say differently of one State; each side's words, and where each stands ('' where a
    record does not have the State)."""

    state: StateCode
    name: str
    point: Point
    a: str
    b: str
    source_a: str
    source_b: str


NOT_THERE = "not on this record"


def differences(a: Register, b: Register) -> tuple[Difference, ...]:
    """Every difference, in the order of State codes. Names and sources may differ: they are shown, not compared."""
    states = sorted({one.state for one in (*a.entries, *b.entries)})
    return tuple(found for state in states for found in _of_state(a.entry(state), b.entry(state)))


def _of_state(a: Participation | None, b: Participation | None) -> list[Difference]:
    if a is None or b is None:
        return [_difference(Point.PRESENCE, a, b, _in_words)]
    told: dict[Point, Callable[[Participation], str]] = {
        Point.SIGNATURE: _signature,
        Point.CONSENT: _consent,
        Point.DENUNCIATION: _denunciation,
    }
    return [_difference(point, a, b, says) for point, says in told.items() if says(a) != says(b)]


def _difference(
    point: Point, a: Participation | None, b: Participation | None, says: Callable[[Participation], str]
) -> Difference:
    known = a if a is not None else b
    assert known is not None, "a State of one of the two records"
    return Difference(
        known.state,
        known.name,
        point,
        NOT_THERE if a is None else says(a),
        NOT_THERE if b is None else says(b),
        "" if a is None else a.source,
        "" if b is None else b.source,
    )


def _signature(entry: Participation) -> str:
    if entry.signed_on is not None:
        return f"signed on {entry.signed_on}"
    if entry.signed_no_later_than is not None:
        return f"signed by {entry.signed_no_later_than}, day unknown"
    return "not signed"


def _consent(entry: Participation) -> str:
    if not entry.consent_kind:
        return "no instrument"
    return f"{entry.consent_kind}, {entry.consent_on.text if entry.consent_on else 'date unknown'}"


def _denunciation(entry: Participation) -> str:
    return f"denounced, received on {entry.denounced_on}" if entry.denounced_on else "not denounced"


def _in_words(entry: Participation) -> str:
    return f"{_signature(entry)}; {_consent(entry)}"


def lost(before: Register, after: Register) -> tuple[Participation, ...]:
    """The rows of one record whose State a later one no longer has: a signature is not taken back, so ask why."""
    kept = {one.state for one in after.entries}
    return tuple(one for one in before.entries if one.state not in kept)
