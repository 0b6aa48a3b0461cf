"""What an event of evidence changes in a case, beside the state: its package, who holds it, whether our copy is gone.

`machine.advance` alone calls it, after the table. Raises OutOfOrder for another package than the case's, for a return
or a destruction by who does not hold it, as the chain of custody says with signatures, and for evidence that comes
after its order was lifted.
"""

from typing import Any, Final

from comity.base.errors import OutOfOrder
from comity.cases import events as e
from comity.cases.case import Case, Position
from comity.cases.procedures.stored_data import State
from comity.cases.procedures.table import NOTHING, Barred

_HERE: Final = frozenset({State.ARRIVED, State.ACCEPTED})
_DESTROYED: Final[Barred] = frozenset({e.EvidenceDestroyed})


def barred_by(case: Case) -> Barred:
    """A request is not withdrawn any more once the evidence came: that is accepted, and returned or destroyed. Without
    a package nothing is destroyed."""
    came = case.position is Position.REQUESTING and case.state in _HERE
    return (frozenset({e.Withdrawn}) if came else NOTHING) | (NOTHING if case.package else _DESTROYED)


def changes_of(case: Case, event: e.Event) -> dict[str, Any] | None:
    """The changed fields, by name; None for an event that is not of evidence."""
    changed = _changes(case, event)
    if changed is None or isinstance(event, e.EvidenceArrived | e.EvidenceDestroyed) or "/" in event.by:
        return changed
    return {**changed, "custodians": case.custodians | {event.by}}


def _changes(case: Case, event: e.Event) -> dict[str, Any] | None:
    match event:
        case e.EvidenceSealed():
            return {"package": event.package}
        case e.EvidenceArrived():
            if case.position is Position.REQUESTED and case.lifted:  # its sender keeps it, and lets it go
                raise OutOfOrder("the order for this evidence was lifted", hint="confirm that the copies are let go")
            came = {"package": event.package, "holder": event.sender, "copy_gone": False}
            return {**came, "limits": event.limits or case.limits}
        case e.EvidenceAccepted():
            _check_package(case, event.package)
            return {"holder": event.holder, "copy_gone": case.copy_gone or case.state is State.RETURNING}
        case e.EvidenceReleased() | e.EvidenceExamined() | e.EvidenceReissued():
            _check_package(case, event.package)
            return {}
        case e.EvidenceReturned():
            _check_package(case, event.package)
            _check_holder(case, event.by)
            return {"copy_gone": False}
        case e.EvidenceDestroyed():
            _check_package(case, event.package)
            return _destroyed(case, event)
        case _:
            return None


def holds(case: Case) -> bool:
    """Whether this node holds the evidence as custody has it, or did until an acceptance that is awaited."""
    return case.holder not in ("", case.peer, case.provider)


def can_return(case: Case) -> bool:
    """Whether this node may give the evidence back. That somebody gave it to us is for the chain to say."""
    is_sealer = case.position is Position.PROVIDER
    return holds(case) and not is_sealer and not _awaited(case)


def can_destroy(case: Case) -> bool:
    """Whether this node may destroy the evidence, or the copy that it kept."""
    return bool(case.package) and not case.copy_gone and not _awaited(case)


def is_sealers(case: Case) -> bool:
    """Whether nobody has taken the evidence over yet from the provider that sealed it."""
    return case.position is Position.PROVIDER and bool(case.package) and not case.holder


def _awaited(case: Case) -> bool:
    return case.state is State.ACCEPTED and case.position is not Position.REQUESTING


def _destroyed(case: Case, event: e.EvidenceDestroyed) -> dict[str, Any]:
    if event.held:
        _check_holder(case, event.by)
    elif "/" in event.by or holds(case):
        raise OutOfOrder("the holder's copy is the evidence itself", hint="it is destroyed as such")
    elif case.copy_gone:
        raise OutOfOrder("our copy is gone already", hint="see the case")
    return {} if "/" in event.by else {"copy_gone": True}


def _check_holder(case: Case, by: str) -> None:
    """Only the holder gives it back or destroys it; and a requested State not before it has handed it on."""
    if "/" in by:
        if by != case.holder:
            raise OutOfOrder("it is not the holder who says so", hint="see: comity evidence custody")
        return
    if not holds(case) and not is_sealers(case):
        raise OutOfOrder("this node does not hold the evidence", hint="see: comity evidence custody")
    if _awaited(case):
        raise OutOfOrder("the requesting State waits for this evidence", hint="release it: comity evidence release")


def _check_package(case: Case, package: str) -> None:
    if package != case.package:
        raise OutOfOrder("another evidence package than this case's", hint="name the package the case shows")
