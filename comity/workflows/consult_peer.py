"""The two States consult: before help is refused or postponed, on conditions, or on costs (arts 40(28), 40(30)).

Either side opens a consultation, the other answers. Both are recorded, so that whether the two consulted first is read
from the case and not ticked.
"""

from collections.abc import Sequence

from comity.base.errors import Malformed, OutOfOrder
from comity.cases import events
from comity.cases.case import Case, Position
from comity.cases.consulting import ABOUT
from comity.exchange import document as documents
from comity.exchange.message import ConditionsBody, ConsultationBody, ReplyBody
from comity.workflows.access import permit
from comity.workflows.dispatch import Letter, post
from comity.workflows.office import Office
from comity.workflows.preserve_meanwhile import is_ours_alone
from comity.workflows.record import load
from comity.workflows.require import require_position, require_reasons, require_text

_STATES = (Position.REQUESTING, Position.REQUESTED)


def consult(
    office: Office, person: str, case_id: str, *, about: str, text: str, conditions: Sequence[str] = ()
) -> Case:
    """Open a consultation. about: one of `cases.consulting.ABOUT`; conditions: those proposed, if any."""
    role = permit(office, person, "consult")
    if about not in ABOUT:
        raise Malformed(f"no consultation is about {about!r}", where="about", hint=f"of: {', '.join(ABOUT)}")
    said = require_text(text, "text", why="say what is to be talked about")
    proposed = tuple(one.strip() for one in conditions if one.strip())
    now = office.clock.now()
    with office.store.transaction() as tx:
        case = require_position(load(tx, case_id), *_STATES)
        if not case.request_message:
            raise OutOfOrder("the other State has no request yet", hint="send it first")
        if is_ours_alone(tx, case):
            raise OutOfOrder("the other State has no such case", hint="consult in the case of the emergency itself")
        body = ConsultationBody(about=about, text=said, conditions=proposed)
        return post(
            office,
            tx,
            case,
            Letter(kind="consultation", body=body, actor=documents.Actor(person, role), peer=case.peer),
            lambda message, _: events.ConsultationOpened(
                at=now.seconds, by=person, about=about, text=said, conditions=proposed, message=message
            ),
        )


def reply(office: Office, person: str, case_id: str, *, text: str, consultation: str = "") -> Case:
    """Answer a consultation that the other side opened. consultation: its message; the oldest open one if not given."""
    role = permit(office, person, "reply")
    said = require_text(text, "text", why="say what you answer")
    now = office.clock.now()
    with office.store.transaction() as tx:
        case = require_position(load(tx, case_id), *_STATES)
        theirs = [one.message for one in case.consultations if not one.is_ours and not one.answer]
        if not theirs or (consultation and consultation not in theirs):
            raise OutOfOrder("the other side waits for no such answer", hint="see: comity case show")
        answered = consultation or theirs[0]
        body = ReplyBody(message=answered, text=said)
        return post(
            office,
            tx,
            case,
            Letter(kind="consultation.reply", body=body, actor=documents.Actor(person, role), peer=case.peer),
            lambda message, _: events.ConsultationAnswered(
                at=now.seconds, by=person, consultation=answered, text=said, message=message
            ),
        )


def answer_conditions(office: Office, person: str, case_id: str, *, accept: bool, reasons: str) -> Case:
    """Accept the conditions of a grant, and be bound by them, or decline: then the request stands undecided again."""
    role = permit(office, person, "conditions")
    why = require_reasons(reasons)
    now = office.clock.now()
    with office.store.transaction() as tx:
        case = require_position(load(tx, case_id), Position.REQUESTING)
        if not case.awaits_conditions:
            raise OutOfOrder("no condition waits for an answer", hint="see: comity case show")
        grant, kind = case.grant, events.ConditionsAccepted if accept else events.ConditionsDeclined
        body = ConditionsBody(grant=grant, accepted=accept, reasons=why)
        return post(
            office,
            tx,
            case,
            Letter(kind="conditions", body=body, actor=documents.Actor(person, role), peer=case.peer),
            lambda message, _: kind(at=now.seconds, by=person, grant=grant, reasons=why, message=message),
        )
