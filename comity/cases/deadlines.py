"""What falls due, computed from the case. Each says its basis: treaty, declaration, agreement or policy.

The Convention gives no hours or days for an answer: none is shown as treaty here.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from comity.cases.case import Case, Position
from comity.cases.machine import procedure_of


class Basis(StrEnum):
    TREATY = "treaty"
    REQUEST = "the request"
    ORDER = "the order"
    POLICY = "policy"


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """A day, what falls due on it, and on what basis."""

    on: date
    what: str
    basis: Basis
    citation: str


def due_dates(case: Case, *, warn_days: int) -> tuple[Due, ...]:
    """All that is due in a case, soonest first. warn_days: how long before the end to think of extending (policy)."""
    found: list[Due] = []
    if case.state in procedure_of(case.procedure).ends:
        return ()
    if case.preserved_until is not None and case.procedure == "preservation":
        found.append(Due(case.preserved_until, "preservation ends", Basis.ORDER, "25(2)"))
        if case.position is Position.REQUESTING:
            early = case.preserved_until - timedelta(days=warn_days)
            found.append(Due(early, "ask for an extension, or send the request for assistance", Basis.POLICY, "42(9)"))
    secrecy = case.request.confidentiality if case.request else None
    if secrecy is not None and secrecy.until is not None:
        found.append(Due(secrecy.until, "confidentiality ends: a notice falls due", Basis.REQUEST, "40(20)"))
    if case.order is not None and case.order.secret_until is not None:
        found.append(Due(case.order.secret_until, "confidentiality of the order ends", Basis.ORDER, "25(3)"))
    return tuple(sorted(found))
