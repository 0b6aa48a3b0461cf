"""Nobody takes the role of oversight from a person in silence: each such change is in the log, and sounds an alarm.

The changes made at the pages and at the terminal pass `people_record.record_change`, which sounds it. What a person
changed in the configuration file is seen when the node starts (`compare`). The alarm stands until somebody who oversees
says that they saw it; where nobody is left to, it stands.
"""

from typing import Final

from comity.base.errors import OutOfOrder
from comity.base.ids import ActorId
from comity.workflows.access import PersonRole, permit_look
from comity.workflows.office import Office
from comity.workflows.people_record import OVERSIGHT_ALARM, TERMINAL, changes_in, record_change
from comity.workflows.require import require_reasons

_CONFIGURED: Final = ("configured", "unconfigured")


def compare(office: Office) -> int:
    """Record who came to oversee, or oversees no more, by the configuration file; how many changes there were."""
    with office.store.transaction() as tx:
        known = {one.person: frozenset(one.roles) for one in changes_in(tx) if one.what in _CONFIGURED}
        had = {person for person, roles in known.items() if PersonRole.OVERSIGHT in roles}
        has = {str(person) for person, roles in office.people.items() if PersonRole.OVERSIGHT in roles}
        for person in sorted(has - had):
            record_change(office, tx, "configured", by=TERMINAL, person=person, roles=office.people[ActorId(person)])
        for person in sorted(had - has):
            roles = office.people.get(ActorId(person), frozenset())
            record_change(office, tx, "unconfigured", by=TERMINAL, person=person, roles=roles)
        return len(has ^ had)


def acknowledge(office: Office, person: str, *, reasons: str) -> None:
    """As oversight: say that the change was seen, and what became of it. Raises OutOfOrder where no alarm stands."""
    permit_look(office, person, frozenset({PersonRole.OVERSIGHT}), "end this alarm")
    why = require_reasons(reasons)
    with office.store.transaction() as tx:
        if not any(one.kind == OVERSIGHT_ALARM for one in tx.alarms.all()):
            raise OutOfOrder("no alarm about oversight stands", hint="see: comity log show")
        tx.alarms.clear(OVERSIGHT_ALARM)
        roles = frozenset({str(PersonRole.OVERSIGHT)})
        record_change(office, tx, "acknowledged", by=person, person=person, roles=roles, detail=why)
