"""One alarm for several matters of a kind: what stands already is not hidden by what comes after it."""

from typing import Final

from comity.base.instants import Instant
from comity.workflows.stores import Transaction

BROKEN: Final = "case"
"""A case of ours cannot be read: its events do not join, or are gone."""
NAMED_MOST: Final = 8
_BETWEEN: Final = "; "
_EARLIER: Final = "earlier ones"


def sound_also(tx: Transaction, kind: str, what: str, at: Instant) -> None:
    """Raise the alarm, or add to what it says; the last NAMED_MOST matters stay named."""
    stands = next((one.what for one in tx.alarms.all() if one.kind == kind), "")
    named = stands.split(_BETWEEN) if stands else []
    if what in named:
        return
    named.append(what)
    if len(named) > NAMED_MOST:
        named = [_EARLIER, *named[-NAMED_MOST + 1 :]]
    tx.alarms.sound(kind, _BETWEEN.join(named), at)


def sound_broken(tx: Transaction, case_id: str, at: Instant) -> None:
    """That a case cannot be read; whatever else there is to do goes on."""
    sound_also(tx, BROKEN, f"case {case_id} cannot be read: restore the database", at)
