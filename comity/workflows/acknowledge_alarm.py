"""A named person ends an alarm about something that happened, which does not end by itself, and says what came of it.

Alarms about how things are (too few witnesses, a list that ends, emergencies that wait) end when that does, and not by
anybody's word. What was said stands in the record of who did what here, and in the log, as a commitment.
"""

from collections.abc import Mapping
from typing import Final

from comity.base.errors import NotFound, OutOfOrder
from comity.workflows import close_pairs, keep_directory, open_emergency, swap_proofs, watch_names
from comity.workflows.access import permit
from comity.workflows.office import Office
from comity.workflows.people_record import record_change
from comity.workflows.require import require_reasons
from comity.workflows.roles import roles_of
from comity.workflows.sound_alarm import BROKEN

WHO: Final[Mapping[str, str]] = {
    close_pairs.ALARM: "keep the log",
    swap_proofs.ALARM: "keep the log",
    BROKEN: "keep the log",
    keep_directory.FORK: "keep the directory",
    watch_names.ALARM: "keep the directory",
    open_emergency.DENIED: "see_notice",
}
"""The kinds that end so, and the action of `access` that says who may."""


def acknowledge(office: Office, person: str, kind: str, *, reasons: str) -> str:
    """What the alarm said that ends now. The next matter of its kind sounds it anew.

    Raises NotFound where no alarm of the kind stands, OutOfOrder for one that ends by itself, NotPermitted.
    """
    with office.store.transaction() as tx:
        found = next((one for one in tx.alarms.all() if one.kind == kind), None)
    if found is None:
        raise NotFound(f"no alarm {kind!r} stands", hint="see: comity log show")
    if kind not in WHO:
        raise OutOfOrder("this alarm ends when what it is about does", hint="see docs/guides/operator.md, The log")
    permit(office, person, WHO[kind])
    why = require_reasons(reasons)
    with office.store.transaction() as tx:
        now = next((one for one in tx.alarms.all() if one.kind == kind), None)
        if now != found:
            raise OutOfOrder("something was added to this alarm just now", hint="look at it: comity log show")
        tx.alarms.clear(kind)
        roles = roles_of(office, person, tx) or frozenset()
        said = f"{kind}: {found.what} ({why})"
        record_change(office, tx, "acknowledged", by=person, person=person, roles=frozenset(roles), detail=said)
    return found.what
