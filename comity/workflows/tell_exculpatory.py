"""What speaks for an accused: a person says so, and the State that sent the material is told. It is never asked.

Source: articles 21(4), 40(5), 40(19). No limit on use, condition or freeze of the case holds this up: the message goes
out, and the material can be opened for the accused (`examine_evidence`), whatever it was sent for.
"""

from comity.base.errors import OutOfOrder
from comity.cases import events
from comity.cases.case import Case, Position
from comity.exchange import document as documents
from comity.exchange.message import ExculpatoryBody
from comity.workflows.access import permit
from comity.workflows.dispatch import Letter, post
from comity.workflows.office import Office
from comity.workflows.record import load
from comity.workflows.require import require_position, require_text


def tell(office: Office, person: str, case_id: str, *, text: str, exceptional: bool = False) -> Case:
    """Record it and tell the State that sent the material. text: which material and what it speaks for, in words.

    exceptional: the accused was shown it before, since there was no time; then the sender is told without delay.
    """
    role = permit(office, person, "exculpatory")
    said = require_text(text, "text", why="say which material, and what it speaks for")
    now = office.clock.now()
    with office.store.transaction() as tx:
        case = require_position(load(tx, case_id), Position.REQUESTING)
        if not case.request_message:
            raise OutOfOrder("nothing came in this case", hint="the request was never sent")
        letter = Letter(
            kind="exculpatory",
            body=ExculpatoryBody(text=said, exceptional=exceptional),
            actor=documents.Actor(person, role),
            peer=case.peer,
            priority=1,
        )
        return post(
            office,
            tx,
            case,
            letter,
            lambda message, digest: events.ExculpatoryFound(
                at=now.seconds,
                by=person,
                text=said,
                role=role,
                message=message,
                doc_sha256=digest,
                exceptional=exceptional,
            ),
        )
