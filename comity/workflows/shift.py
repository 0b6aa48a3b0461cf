"""What happened since a moment, for who takes over: read from the log's end backwards, so it costs what it shows."""

from dataclasses import dataclass
from typing import Final

from comity.base.instants import Instant
from comity.base.parsing import read_json
from comity.cases import events
from comity.transparency.entry import BODY_LIMIT
from comity.workflows.office import Office
from comity.workflows.record import LogBody
from comity.workflows.stores import Outgoing

MOST: Final = 2_000
"""Entries that are looked at: more than a week of a busy desk."""
STUCK_SECONDS: Final = 3600
"""How long a message may be on its way before a person is told: policy of this program."""


@dataclass(frozen=True, slots=True)
class Since:
    """What happened, by case, oldest first. `is_whole`: whether the look back went far enough."""

    by_case: dict[str, tuple[events.Event, ...]]
    is_whole: bool


def happened_since(office: Office, since: Instant) -> Since:
    """Every event recorded at or after a moment."""
    numbers: dict[str, list[int]] = {}
    with office.store.transaction() as tx:
        size = tx.log.size()
    with office.store.snapshot() as tx:
        lowest = max(0, size - MOST)
        index = size - 1
        while index >= lowest:
            leaf = tx.log.leaf(index)
            index -= 1
            if leaf is None or not leaf.case_id or not leaf.body:
                continue
            body = read_json(leaf.body, LogBody, limit=BODY_LIMIT, what="a log entry")
            if body.at < since.seconds:
                break
            numbers.setdefault(leaf.case_id, []).append(leaf.event)
        is_whole = index >= lowest or lowest == 0
        found = {}
        for case_id, places in numbers.items():
            stored = tx.cases.events(case_id)
            found[case_id] = tuple(events.read(stored[place - 1][0]) for place in sorted(places))
    return Since(found, is_whole)


def stuck(office: Office) -> tuple[Outgoing, ...]:
    """Messages without their second receipt for longer than an hour, oldest first."""
    before = office.clock.now().plus_seconds(-STUCK_SECONDS)
    with office.store.transaction() as tx:
        return tuple(tx.outbox.stuck(before))
