"""`row_of`: what a step of a case counts as. Pure; the row is committed to in the step's log entry.

Which step counts for which figure, once each:

    request      the message that begins the case, at either end; one that was never delivered is taken back
    decision     each message that grants, refuses, preserves or postpones, at either end
    notice       the end of secrecy ('not-yet'), the notice ('yes'), oversight's consent that there be none ('skipped')
    emergency    the review after the fact

Every other step has a row that counts for nothing. A request for several measures counts once, under the one that
reaches deepest (treaty.measures, `intrusiveness`; the first of them if several do). The month is that of the message,
so that both ends count it alike; of a step without one, its own.
"""

from datetime import date
from typing import Final

from comity.base.ids import NodeId, made_at, state_of
from comity.base.instants import Instant
from comity.base.mode import Mode
from comity.cases import events as e
from comity.cases.case import Case, Position
from comity.cases.emergency_steps import outcome_of
from comity.oversight import classes as c
from comity.transparency.entry import StatRow
from comity.treaty.measures import Dual, Measure, measure
from comity.treaty.offences import PARTICIPATION, convention_offence, route
from comity.treaty.request import Request
from comity.treaty.urgency import is_emergency

_DIRECTIONS: Final = {Position.REQUESTING: "sent", Position.REQUESTED: "received", Position.PROVIDER: c.NONE}
_NOTICES: Final = {
    e.SecrecyEnded: "not-yet",
    e.SecrecyLapsed: "not-yet",
    e.NoticeGiven: "yes",
    e.NoticeWaived: "skipped",
}
_DAY: Final = 86_400
_DUAL: Final = "dual_criminality"
_NO_DUAL: Final = "no_dual_criminality"


def row_of(mode: Mode, case: Case, event: e.Event, said: Instant) -> StatRow:
    """`case` as it stands after the event; `said`: when the message was made, or the step's own moment."""
    outcome, month = _outcome(case, event), said.month
    if outcome == c.UNDELIVERED:
        month = message_moment(case.request_message, said).month
    decided = outcome in c.DECIDED
    asked = outcome in (c.REQUESTED, c.UNDELIVERED)
    return StatRow(
        mode=mode,
        kind=e.tag_of(event),
        category=case.procedure,
        outcome=outcome,
        delay=_delay(case, said) if decided else c.NONE,
        peer="provider" if case.position is Position.PROVIDER else "state",
        period=month,
        direction=_DIRECTIONS[case.position],
        country=state_of(NodeId(case.peer)).lower(),
        measure=_measure(case.request),
        offence=offence_class(case.request),
        basis=_basis(case.request),
        ground=_ground(event),
        dual=_dual(case, event) if decided else c.NONE,
        emergency=_emergency(case, event, asked),
        secrecy=_secrecy(case.request, said) if asked else c.NONE,
        notified=_notified(case, event),
    )


def message_moment(message: str, otherwise: Instant) -> Instant:
    """When a message was made, by its own id."""
    try:
        return made_at(message)
    except ValueError:
        return otherwise


def _outcome(case: Case, event: e.Event) -> str:
    match event:
        case e.Received() if event.by != event.peer:
            return c.NONE  # a file of our own beside an emergency: the peer sent one request, not two
        case e.Sent() | e.Received():
            return c.REQUESTED
        case e.Granted():
            return "granted-in-part" if event.scope else "granted"
        case e.Refused():
            return "refused"
        case e.Postponed():
            return "postponed"
        case e.Preserved() if case.position is Position.REQUESTING:
            return "preserved"
        case e.Answered(kind="preserved") if case.position is Position.REQUESTED:
            return "preserved"
        case e.Receipted():
            lost = event.status in ("rejected", "expired") and event.message == case.request_message
            return c.UNDELIVERED if lost else event.status
        case _:
            return c.NONE


def _delay(case: Case, said: Instant) -> str:
    asked = message_moment(case.request_message, said)
    days = -(-max(0, said.seconds - asked.seconds) // _DAY)
    return c.within(days, (*c.DELAYS, *c.DELAYS_LATER), c.DELAY_BEYOND)


def principal_measure(request: Request) -> Measure | None:
    """The measure that reaches deepest, the first of them if several do; None where none is known."""
    known = [(one, measure(one.measure, request.instrument)) for one in request.measures]
    found = [(kind.intrusiveness_for(one.categories), kind) for one, kind in known if kind is not None]
    return max(found, key=lambda one: one[0])[1] if found else None


def _measure(request: Request | None) -> str:
    if request is None:
        return c.NONE
    found = principal_measure(request)
    return found.name if found else c.OTHER


def offence_class(request: Request | None) -> str:
    """The article of the Convention's offence, else by what the request goes on: a word of `classes`."""
    if request is None:
        return c.NONE
    offence = request.offence
    article = offence.principal if offence.article.startswith(PARTICIPATION) else offence.article
    found = convention_offence(article) if article else None
    if found is not None and found.article != PARTICIPATION:
        return f"art-{found.article}"
    if article:
        return c.OTHER
    if request.screens.expression or ((way := route(offence.route)) is not None and way.name == "expression"):
        return c.EXPRESSION
    return c.SERIOUS_CRIME if offence.route or offence.max_penalty_years is not None or offence.law else c.OTHER


def _basis(request: Request | None) -> str:
    if request is None:
        return c.NONE
    if not request.instrument:
        return c.CONVENTION
    return request.instrument if request.instrument in c.INSTRUMENTS else c.OTHER


def _ground(event: e.Event) -> str:
    if not isinstance(event, e.Refused):
        return c.NONE
    word = c.paragraph(event.citation)
    return word if word in c.dimension("ground").classes else c.OTHER


def _dual(case: Case, event: e.Event) -> str:
    """As the requested State dealt with it (art. 40(8)): its own word, which the other end does not have.

    'met': no rule asked a person; 'by-decision': a person let it go on although it was not met, or not tested;
    'not-met': refused for that; 'not-reached': refused or put off for something else.
    """
    if case.request is None or case.position is not Position.REQUESTED:
        return c.NONE
    found = principal_measure(case.request)
    if found is None:
        return c.OTHER
    if found.dual in (Dual.NEVER, Dual.NOT_STATED):
        return "not-needed"
    if isinstance(event, e.Refused | e.Postponed):
        return "not-met" if isinstance(event, e.Refused) and event.ground == _NO_DUAL else "not-reached"
    return "by-decision" if any(_DUAL in rule for rule in case.decided) else "met"


def _emergency(case: Case, event: e.Event, asked: bool) -> str:
    settled = outcome_of(event)
    if settled:
        return settled
    return "open" if asked and case.request is not None and is_emergency(case.request) else c.NONE


def _secrecy(request: Request | None, said: Instant) -> str:
    wanted = request.confidentiality if request else None
    until: date | None = wanted.until if wanted is not None and wanted.wanted else None
    if until is None:
        return c.OPEN
    return c.within((until - said.day).days, c.SECRECY, c.SECRECY_BEYOND)


def _notified(case: Case, event: e.Event) -> str:
    return c.NONE if case.position is Position.PROVIDER else _NOTICES.get(type(event), c.NONE)
