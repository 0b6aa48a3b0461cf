"""Help is no longer needed (art. 40(26)): the requesting State says so.

The requested State then lifts its order. Evidence that it holds by then, or that is on its way, is taken over and then
returned or destroyed by a person of whoever has it; nobody opens it or hands it on.
"""

from comity.base.errors import Malformed, OutOfOrder
from comity.cases import events
from comity.cases.case import Case, Position
from comity.exchange import document as documents
from comity.exchange.message import WithdrawBody
from comity.workflows.access import permit
from comity.workflows.dispatch import Letter, post
from comity.workflows.office import Office
from comity.workflows.record import load, record


def withdraw(office: Office, person: str, case_id: str, *, reasons: str) -> Case:
    """Withdraw our own request; the requested State is told if it has it."""
    role = permit(office, person, "withdraw")
    if not reasons.strip():
        raise Malformed("reasons must be given", where="reasons", hint="say why, in a sentence")
    now = office.clock.now()
    actor = documents.Actor(person, role)
    with office.store.transaction() as tx:
        case = load(tx, case_id)
        match case.position:
            case Position.REQUESTING if not case.request_message:
                return record(office, tx, case, events.Withdrawn(at=now.seconds, by=person, reasons=reasons))
            case Position.REQUESTING:
                return post(
                    office,
                    tx,
                    case,
                    Letter(kind="withdraw", body=WithdrawBody(reasons=reasons), actor=actor, peer=case.peer),
                    lambda message, _: events.Withdrawn(at=now.seconds, by=person, reasons=reasons, message=message),
                )
            case _:
                raise OutOfOrder("this case is no request of ours", hint="an order is lifted: comity case lift")
