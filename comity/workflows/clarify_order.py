"""The provider asks what its order means, the authority answers. Preservation goes on meanwhile (policy)."""

from comity.base.errors import OutOfOrder
from comity.cases import events
from comity.cases.case import Case, Position
from comity.exchange import document as documents
from comity.exchange.message import QuestionBody, ReplyBody
from comity.workflows.access import permit
from comity.workflows.dispatch import Letter, post
from comity.workflows.office import Office
from comity.workflows.record import load
from comity.workflows.require import require_position, require_text


def question(office: Office, person: str, case_id: str, *, text: str) -> Case:
    """As the provider: ask the authority. The order stands; to object is another step."""
    role = permit(office, person, "question")
    said = require_text(text, "text", why="ask, in a sentence")
    now = office.clock.now()
    with office.store.transaction() as tx:
        case = require_position(load(tx, case_id), Position.PROVIDER)
        if case.question:
            raise OutOfOrder("the last question is not answered yet", hint="wait for the authority")
        actor = documents.Actor(person, role)
        return post(
            office,
            tx,
            case,
            Letter(kind="order.question", body=QuestionBody(text=said), actor=actor, peer=case.peer),
            lambda message, _: events.ClarificationAsked(at=now.seconds, by=person, text=said, message=message),
        )


def clarify(office: Office, person: str, case_id: str, *, text: str) -> Case:
    """As the authority: answer. What the order does not say is not added so: that takes a new order."""
    role = permit(office, person, "clarify")
    said = require_text(text, "text", why="answer, in a sentence")
    now = office.clock.now()
    with office.store.transaction() as tx:
        case = require_position(load(tx, case_id), Position.REQUESTED)
        if not case.question:
            raise OutOfOrder("the provider asks nothing", hint="see: comity case show")
        asked = case.question_message
        body = ReplyBody(message=asked, text=said)
        return post(
            office,
            tx,
            case,
            Letter(kind="order.reply", body=body, actor=documents.Actor(person, role), peer=case.provider),
            lambda message, _: events.ClarificationGiven(
                at=now.seconds, by=person, question=asked, text=said, message=message
            ),
        )
