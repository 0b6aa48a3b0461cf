"""The requested State asks, by a person, for what it needs to know: not a refusal (arts 40(16), 42(6)).

For what the treaty wants in a request and is not there, the software asks by itself (`enter_request`).
"""

from collections.abc import Sequence

from comity.base.errors import Malformed
from comity.cases import events
from comity.cases.case import Case, Position
from comity.exchange import document as documents
from comity.exchange.message import AskBody
from comity.workflows.access import permit
from comity.workflows.dispatch import Letter, post
from comity.workflows.office import Office
from comity.workflows.record import load
from comity.workflows.require import require_position, require_text


def ask(office: Office, person: str, case_id: str, *, missing: Sequence[str], text: str) -> Case:
    """Ask for named things. missing: one text for each; text: why they are needed.

    What was asked for before and has not come stands in the new list too. Preservation is not held up by it (42(6)).
    """
    role = permit(office, person, "ask")
    named = tuple(one.strip() for one in missing if one.strip())
    if not named:
        raise Malformed("nothing is asked for", where="missing", hint="name each thing that is needed")
    why = require_text(text, "text", why="say why it is needed, in a sentence")
    now = office.clock.now()
    with office.store.transaction() as tx:
        case = require_position(load(tx, case_id), Position.REQUESTED)
        every = tuple(dict.fromkeys((*case.asked, *named)))
        body = AskBody(missing=every, text=why)
        return post(
            office,
            tx,
            case,
            Letter(kind="ask", body=body, actor=documents.Actor(person, role), peer=case.peer),
            lambda message, _: events.InformationAsked(
                at=now.seconds, by=person, missing=every, text=why, message=message
            ),
        )
