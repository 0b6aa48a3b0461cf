"""The record of who could do what here, and by whom: each change is joined to all before, and committed to in the log.

head = SHA-256("comity/1/people", 0x00, previous head or 32 zeros, the event's JSON)
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from comity.base.digests import Digest
from comity.base.encoding import to_json
from comity.base.errors import NotVerified
from comity.base.parsing import read_json
from comity.workflows.office import Office
from comity.workflows.people_store import PeopleEvent
from comity.workflows.record import log_step
from comity.workflows.sound_alarm import sound_also
from comity.workflows.stores import Transaction

EVENT_LIMIT: Final = 16 * 1024
OVERSIGHT: Final = "oversight"
OVERSIGHT_ALARM: Final = "oversight"
"""The alarm that stands once somebody no longer oversees, by whatever change."""
_NO_CHANGE_OF_ROLES: Final = frozenset({"invited", "acknowledged", "forgotten"})
TERMINAL: Final = "terminal"
"""Who did it where nobody was signed in: whoever has the node's folder and its passphrase."""


class PeopleChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One change. `what`: invited, joined, renewed, roles, suspended, resumed, passkey_added, passkey_removed; who
    oversees by the configuration: configured, unconfigured; an alarm that a person saw and ended: acknowledged; and
    forgotten, when nothing but this record is left. `by`: who did it; `roles`: those the person has from then on. New
    fields go last, with a default."""

    at: int
    by: str
    person: str
    what: str
    roles: tuple[str, ...] = ()
    detail: str = ""


def record_change(
    office: Office,
    tx: Transaction,
    what: str,
    *,
    by: str,
    person: str,
    roles: frozenset[str] = frozenset(),
    detail: str = "",
) -> None:
    """Write a change and its log entry, in the transaction of what it says. Who no longer oversees is told aloud."""
    before = tx.people.events()
    at = office.clock.now()
    data = to_json(
        PeopleChange(at=at.seconds, by=by, person=person, what=what, roles=tuple(sorted(roles)), detail=detail)
    )
    head = _link(before[-1].head if before else None, data)
    tx.people.add_event(PeopleEvent(len(before) + 1, data, head))
    if what not in _NO_CHANGE_OF_ROLES and OVERSIGHT not in roles and OVERSIGHT in _roles_before(before, person):
        sound_also(tx, OVERSIGHT_ALARM, f"{by} ended the oversight of {person} ({what})", at)
    log_step(office, tx, f"people_{what}", head, at)


def _roles_before(events: Sequence[PeopleEvent], person: str) -> tuple[str, ...]:
    """The roles that the last change gave a person."""
    for one in reversed(events):
        change = read_json(one.event, PeopleChange, limit=EVENT_LIMIT, what="the change of people")
        if change.person == person and change.what not in _NO_CHANGE_OF_ROLES:
            return change.roles
    return ()


def changes(office: Office) -> tuple[PeopleChange, ...]:
    """Every change, oldest first. Raises NotVerified where they do not join."""
    with office.store.transaction() as tx:
        return changes_in(tx)


def changes_in(tx: Transaction) -> tuple[PeopleChange, ...]:
    """The same, in a transaction."""
    stored = tx.people.events()
    head: Digest | None = None
    found = []
    for one in stored:
        head = _link(head, one.event)
        if head != one.head:
            raise NotVerified(
                "the record of people does not join: the database was changed", hint="restore it; tell oversight"
            )
        found.append(read_json(one.event, PeopleChange, limit=EVENT_LIMIT, what="the change of people"))
    return tuple(found)


def _link(previous: Digest | None, event: bytes) -> Digest:
    return Digest.of(b"comity/1/people\0", previous.value if previous else bytes(32), event)
