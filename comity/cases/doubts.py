"""What a doubt bars in a case, and what settling it changes.

While one stands, everything is barred that a freeze bars, and for a directory that had ended the order to a provider
too: even preservation then needs a person's word. Once a person does not rely on what came, only what takes it back is
possible, and what a freeze leaves open, as to refuse.
"""

from typing import Any, Final

from comity.base.errors import Malformed
from comity.cases import events as e
from comity.cases.case import Case, Doubt
from comity.cases.doubting import TAKES_BACK, Ground
from comity.cases.procedures.table import Barred

_NO_DOUBT: Final[Barred] = frozenset({e.DoubtSettled})


def barred(case: Case, by_freeze: Barred) -> Barred:
    """What may not happen in the case because of its doubts, or for want of one. by_freeze: what a freeze bars."""
    if not case.doubts:
        if not case.undone:
            return _NO_DOUBT
        return _NO_DOUBT | {kind for kind in by_freeze if e.tag_of(kind) not in TAKES_BACK} | {e.OrderIssued}
    is_stale = any(one.ground == Ground.STALE_DIRECTORY for one in case.doubts)
    return by_freeze | {e.OrderIssued} if is_stale or case.undone else by_freeze


def words(case: Case) -> str:
    """How the case stands, after its state, for who is refused a step."""
    if case.doubts:
        return " and in doubt"
    return " and not relied on" if case.undone else ""


def changes_of(case: Case, event: e.Doubted | e.DoubtSettled) -> dict[str, Any]:
    """The changed fields, by name. Raises Malformed for a doubt about nothing."""
    if isinstance(event, e.DoubtSettled):
        return {"doubts": (), "undone": not event.keep}
    if not event.messages:
        raise Malformed("a doubt names what it is about", where="messages")
    doubt = Doubt(str(event.ground), event.node, event.kid, event.since, event.messages)
    return {"doubts": (*case.doubts, doubt)}
