"""What people of the requested State decide: a finding that needs a person, a grant, a refusal with its reasons.

Software never refuses. A refusal names its ground, its citation and its reasons (art. 40(25)), and whether the two
States consulted first (art. 40(28)). A grant in part says what it leaves out.
"""

import msgspec

from comity.base.errors import Malformed, OutOfOrder
from comity.base.ids import StateCode
from comity.base.instants import Instant
from comity.cases import events
from comity.cases.case import Case, Position
from comity.cases.scope import narrows
from comity.exchange import document as documents
from comity.exchange.message import GrantBody, RefusalBody
from comity.treaty import acts
from comity.treaty.assess import Side
from comity.treaty.citation import Citation
from comity.treaty.conduct import assess_act
from comity.treaty.declarations import declarations_of
from comity.treaty.request import Request, Sought
from comity.workflows.access import permit, permit_decision
from comity.workflows.assess_request import assess_request, require_clear, require_no_stop
from comity.workflows.dispatch import Letter, post
from comity.workflows.office import Office
from comity.workflows.record import load, record


def decide(
    office: Office, person: str, case_id: str, *, rule: str, in_favour: bool, decision: str, reasons: str
) -> Case:
    """Record a person's answer to a finding: whether the request may go on in spite of it.

    A decision against keeps the request from being sent, granted or ordered until it is refused, mended, or decided
    anew. Raises Malformed if no finding of the case asks for a decision on `rule`, NotPermitted for somebody whose role
    the finding does not name.
    """
    permit(office, person, "decide")
    _need(reasons, "reasons")
    with office.store.transaction() as tx:
        case = load(tx, case_id)
        side = Side.REQUESTING if case.position is Position.REQUESTING else Side.REQUESTED
        request = case.mended or case.request
        if request is None:
            raise OutOfOrder("this case holds no request", hint="see: comity case show")
        waiting = assess_request(office, request, side).decisions
        asked = [finding for finding in waiting if finding.rule == rule]
        if not asked:
            rules = ", ".join(sorted({finding.rule for finding in waiting}))
            raise Malformed(f"no finding {rule!r} waits for a decision", hint=f"waiting: {rules or 'none'}")
        role = permit_decision(office, person, asked[0].who, tx)
        event = events.Decided(
            at=office.clock.now().seconds,
            by=person,
            rule=rule,
            in_favour=in_favour,
            decision=decision,
            reasons=reasons,
            role=role,
        )
        return record(office, tx, case, event)


def grant(
    office: Office,
    person: str,
    case_id: str,
    *,
    reasons: str,
    conditions: tuple[str, ...] = (),
    scope: tuple[Sought, ...] = (),
    left_out: str = "",
) -> Case:
    """Assistance will be given, all or in part. Raises RefusedByRule or NeedsPerson while a rule stands against it.

    scope: what is granted of each measure, never more than was asked; an order to a provider carries that and no more.
    left_out: what is not granted, and why: needed with a scope (art. 40(25)).
    """
    role = permit(office, person, "grant")
    _need(reasons, "reasons")
    now = office.clock.now()
    with office.store.transaction() as tx:
        case = _requested(load(tx, case_id))
        if case.request is not None:
            require_clear(assess_request(office, case.request, Side.REQUESTED), case)
            scope = scope if narrows(case.request, scope) else ()
            left_out = left_out.strip() if scope else ""
            _check_left_out(case.request, scope, left_out, now)
        letter = Letter(
            kind="grant",
            body=GrantBody(
                reasons=reasons,
                conditions=conditions,
                citation="40(1)",
                scope=scope,
                left_out=left_out,
            ),
            actor=documents.Actor(person, role),
            peer=case.peer,
        )
        return post(
            office,
            tx,
            case,
            letter,
            lambda message, _: events.Granted(
                at=now.seconds,
                by=person,
                reasons=reasons,
                conditions=conditions,
                message=message,
                citation="40(1)",
                scope=scope,
                left_out=left_out,
            ),
        )


def _check_left_out(request: Request, scope: tuple[Sought, ...], left_out: str, now: Instant) -> None:
    """Each measure is given as it was asked for, or it is said what is left out (art. 40(25))."""
    for sought in request.measures:
        act = acts.Answer(measure=sought.measure, complete=not scope or sought in scope, left_out=left_out)
        require_no_stop(assess_act(act, on=now.day, request=request))


def refuse(
    office: Office,
    person: str,
    case_id: str,
    *,
    ground: str,
    citation: str,
    reasons: str,
    consulted_otherwise: str = "",
) -> Case:
    """Refuse, with the ground's citation and reasons.

    Whether the two States consulted first is read from the case: one asked and the other answered.
    consulted_otherwise: how they did so by other means, as on the telephone: when, with whom.
    The rules on refusals are run for each measure: a ground outside the closed lists (40(21)-(22), 42(6)), a forbidden
    one (40(23)-(24)), or no consultation where it must come first raise RefusedByRule. Raises Malformed for a citation
    the catalogue lacks.
    """
    role = permit(office, person, "refuse")
    _need(reasons, "reasons")
    cited = str(Citation.of(citation))
    now, how = office.clock.now(), consulted_otherwise.strip()
    with office.store.transaction() as tx:
        case = _requested(load(tx, case_id))
        consulted = case.has_consulted or bool(how)
        _check_refusal(case, acts.Refusal(ground=citation.strip(), reasons=reasons, consulted=consulted), now)
        letter = Letter(
            kind="refusal",
            body=RefusalBody(ground=ground, citation=cited, reasons=reasons, consulted=consulted, consulted_how=how),
            actor=documents.Actor(person, role),
            peer=case.peer,
        )
        return post(
            office,
            tx,
            case,
            letter,
            lambda message, _: events.Refused(
                at=now.seconds,
                by=person,
                ground=ground,
                citation=cited,
                reasons=reasons,
                consulted=consulted,
                consulted_how=how,
                message=message,
            ),
        )


def _check_refusal(case: Case, refusal: acts.Refusal, now: Instant) -> None:
    request = case.request
    for sought in request.measures if request else ():
        act = msgspec.structs.replace(refusal, measure=sought.measure)
        requested = declarations_of(StateCode(request.requested)) if request else None
        require_no_stop(assess_act(act, on=now.day, requested=requested, request=request))


def _requested(case: Case) -> Case:
    if case.position is not Position.REQUESTED:
        raise OutOfOrder("only the requested State decides on a request", hint="this case is on another side of it")
    return case


def _need(text: str, field: str) -> None:
    if not text.strip():
        raise Malformed("reasons must be given", where=field, hint="say why, in a sentence (art. 40(25))")
