"""An order that binds no longer: after a withdrawal, a refusal or a lapse the authority lifts it, and the provider
confirms that it lets the preserved copies go.

Lifting is a person's act, since the data may be wanted for a case at home; then they are kept under an order of that.
"""

from comity.base.errors import OutOfOrder
from comity.cases import events, machine
from comity.cases.case import Case, Position
from comity.exchange import document as documents
from comity.exchange.message import LetGoBody, LiftBody
from comity.workflows.access import permit
from comity.workflows.dispatch import Letter, post
from comity.workflows.office import Office
from comity.workflows.record import load
from comity.workflows.require import require_position, require_reasons, require_text


def lift(office: Office, person: str, case_id: str, *, reasons: str) -> Case:
    """As the authority: tell the provider that its order is lifted. OutOfOrder while the request still stands."""
    role = permit(office, person, "lift")
    why = require_reasons(reasons)
    now = office.clock.now()
    with office.store.transaction() as tx:
        case = require_position(load(tx, case_id), Position.REQUESTED)
        if not machine.awaits_lifting(case):
            raise OutOfOrder(
                "no order of this case is to be lifted",
                hint="it is once the request was withdrawn or refused, or preservation has lapsed",
            )
        actor = documents.Actor(person, role)
        return post(
            office,
            tx,
            case,
            Letter(kind="order.lift", body=LiftBody(reasons=why), actor=actor, peer=case.provider),
            lambda message, digest: events.OrderLifted(
                at=now.seconds, by=person, reasons=why, message=message, doc_sha256=digest
            ),
        )


def let_go(office: Office, person: str, case_id: str, *, text: str) -> Case:
    """As the provider: confirm that nothing is kept any more for the order, or say what is kept and under which law."""
    role = permit(office, person, "let_go")
    said = require_text(text, "text", why="say what was deleted, and when")
    now = office.clock.now()
    with office.store.transaction() as tx:
        case = require_position(load(tx, case_id), Position.PROVIDER)
        if not machine.keeps_copies(case):
            raise OutOfOrder("the order stands, or this was confirmed", hint="see: comity case show")
        actor = documents.Actor(person, role)
        return post(
            office,
            tx,
            case,
            Letter(kind="order.let_go", body=LetGoBody(text=said), actor=actor, peer=case.peer),
            lambda message, _: events.CopiesReleased(at=now.seconds, by=person, text=said, message=message),
        )
