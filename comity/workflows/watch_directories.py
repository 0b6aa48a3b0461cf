"""Looks after what ends by itself: directories before they are over, and keys that are to take over on a day.

A list is good for 30 days; what happens where one ends is told in `deliver_outbox` and `receive_envelope`. Operators
hear of it a week before, by an alarm. A next key of ours takes over only once the list that names it has been in force
here for the days of notice, so that every peer had time to take it; until then, and for as long as the key before it is
good, that one is used. All figures are policy.
"""

from dataclasses import dataclass
from typing import Final

from comity.base.instants import Instant
from comity.exchange.directory import Entity, KeyEntry, StateList, Use, open_list
from comity.exchange.directory_changes import NOTICE_DAYS
from comity.workflows import listed_keys
from comity.workflows.office import Office, directory
from comity.workflows.stores import Transaction

ENDS: Final = "directory-ends"
OVER: Final = "directory-over"
WAITS: Final = "key-waits"
TOLD_DAYS: Final = 7
"""How long before a list ends its alarm sounds."""
_TAKING_OVER: Final = (Use.TRANSPORT, Use.AUTHORITY, Use.RECEIPT)


@dataclass(frozen=True, slots=True)
class Ends:
    """A State's list and its end."""

    state: str
    ends: Instant
    is_over: bool


def watch(office: Office) -> int:
    """Sound and end the alarms about directories, and let keys of ours take over whose time has come; how many alarms
    stand."""
    now = office.clock.now()
    allow_keys(office)
    with office.store.transaction() as tx:
        found = ending(tx, now)
        waiting = _late_keys(office, tx, now)
        told = {
            ENDS: ", ".join(f"{one.state} on {one.ends.day}" for one in found if not one.is_over),
            OVER: ", ".join(f"{one.state} since {one.ends.day}" for one in found if one.is_over),
            WAITS: ", ".join(waiting),
            listed_keys.END: ", ".join(listed_keys.ending(office, tx)),
        }
        for kind, what in told.items():
            if what:
                tx.alarms.sound(kind, what, now)
            else:
                tx.alarms.clear(kind)
    return sum(bool(what) for what in told.values())


def ending(tx: Transaction, now: Instant) -> tuple[Ends, ...]:
    """The lists trusted here that are over, or will be within a week, the earliest first."""
    lists = directory(tx).lists.values()
    found = (Ends(one.state, Instant.from_seconds(one.next_update), one.next_update < now.seconds) for one in lists)
    return tuple(sorted((one for one in found if one.ends < now.plus_days(TOLD_DAYS)), key=lambda one: one.ends))


def allow_keys(office: Office) -> None:
    """Tell the key ring which of our listed keys may be used: a process does so when it opens, and now and then."""
    now = office.clock.now()
    with office.store.transaction() as tx:
        entity = _own_entity(office, tx)
        if entity is None:
            return  # listed nowhere yet: nobody knows any key of ours
        in_force = _listed_since(office, tx)
        allowed = {key.kid for key in entity.keys if _may_be_used(entity, key, in_force.get(key.kid), now)}
    office.keys.allow(frozenset(allowed))


def _may_be_used(entity: Entity, key: KeyEntry, listed: Instant | None, now: Instant) -> bool:
    """listed: since when a list that names the key has been in force here; None for since before we kept count."""
    if listed is None or listed.plus_days(NOTICE_DAYS).seconds <= now.seconds:
        return True
    others = (one for one in entity.keys if one.use is key.use and one.kid != key.kid)
    return not any(one.is_valid(now) and one.not_before < key.not_before for one in others)


def _listed_since(office: Office, tx: Transaction) -> dict[str, Instant]:
    """Of each key of ours, when the first list that names it was put in force here. The first list of all has no
    notice to wait for."""
    found: dict[str, Instant] = {}
    seen = [one for one in tx.directories_seen.of(office.state) if one.adopted]
    for number, one in enumerate(sorted(seen, key=lambda seen: seen.sequence)):
        entity = _entity_in(office, open_list(one.data).value)
        for key in entity.keys if entity else ():
            found.setdefault(key.kid, one.at if number else Instant.from_seconds(0))
    return found


def _late_keys(office: Office, tx: Transaction, now: Instant) -> list[str]:
    """The uses whose next key was to take over by now, and does not because its list came late or not at all."""
    entity = _own_entity(office, tx)
    if entity is None:
        return []
    in_force = _listed_since(office, tx)
    late = []
    for use in _TAKING_OVER:
        listed = {key.kid: key for key in entity.keys if key.use is use}
        for kid, since in office.keys.waiting(use):
            key = listed.get(kid)
            if key is None and since.seconds < now.plus_days(TOLD_DAYS).seconds:
                late.append(f"{use} key: not listed yet, used from {since.day}")
            elif (
                key is not None
                and since.seconds <= now.seconds
                and not _may_be_used(entity, key, in_force.get(kid), now)
            ):
                late.append(f"{use} key: listed late, waits for its notice")
    return late


def _own_entity(office: Office, tx: Transaction) -> Entity | None:
    data = tx.directory.get(office.state)
    return _entity_in(office, open_list(data).value) if data else None


def _entity_in(office: Office, value: StateList) -> Entity | None:
    return next((one for one in value.entities if one.id == office.node), None)
