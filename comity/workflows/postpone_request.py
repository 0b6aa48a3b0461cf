"""Execution put off for a proceeding at home, after consultation, with a day to look at it again; and taken up.

Source: article 40(27)-(28). Preservation is never put off: its article knows no postponement.
"""

from datetime import date

import msgspec

from comity.base.errors import Malformed
from comity.base.ids import StateCode
from comity.cases import events
from comity.cases.case import Case, Position
from comity.exchange import document as documents
from comity.exchange.message import PostponementBody, ResumptionBody
from comity.treaty import acts
from comity.treaty.citation import Citation
from comity.treaty.conduct import assess_act
from comity.treaty.declarations import declarations_of
from comity.workflows.access import permit
from comity.workflows.assess_request import require_no_stop
from comity.workflows.dispatch import Letter, post
from comity.workflows.office import Office
from comity.workflows.record import load
from comity.workflows.require import require_position, require_reasons

GROUND = "own_proceedings"
"""The only ground of 40(27), by its name in grounds.toml."""


def postpone(
    office: Office, person: str, case_id: str, *, reasons: str, look_again: date, consulted_otherwise: str = ""
) -> Case:
    """Put execution off until `look_again`, which is a day to look at it anew and no promise.

    consulted_otherwise: how the two States consulted, where they did so by other means than messages of this case.
    Raises RefusedByRule for preservation, and where nobody consulted the other State first.
    """
    role = permit(office, person, "postpone")
    why = require_reasons(reasons)
    now, how = office.clock.now(), consulted_otherwise.strip()
    if look_again <= now.day:
        raise Malformed("the day to look again has passed", where="look_again", hint="name a day after today")
    with office.store.transaction() as tx:
        case = require_position(load(tx, case_id), Position.REQUESTED)
        consulted = case.has_consulted or bool(how)
        _check(case, acts.Postponement(ground=GROUND, reasons=why, consulted=consulted), now.day)
        ground, citation = GROUND.replace("_", " "), str(Citation.of("40(27)"))
        body = PostponementBody(
            ground=ground,
            citation=citation,
            reasons=why,
            look_again=look_again,
            consulted=consulted,
            consulted_how=how,
        )
        return post(
            office,
            tx,
            case,
            Letter(kind="postponement", body=body, actor=documents.Actor(person, role), peer=case.peer),
            lambda message, _: events.Postponed(
                at=now.seconds,
                by=person,
                ground=ground,
                citation=citation,
                reasons=why,
                look_again=look_again,
                consulted=consulted,
                consulted_how=how,
                message=message,
            ),
        )


def resume(office: Office, person: str, case_id: str, *, reasons: str) -> Case:
    """Take up again what was put off. It is granted or refused as any request that was received."""
    role = permit(office, person, "resume")
    why = require_reasons(reasons)
    now = office.clock.now()
    with office.store.transaction() as tx:
        case = require_position(load(tx, case_id), Position.REQUESTED)
        actor = documents.Actor(person, role)
        return post(
            office,
            tx,
            case,
            Letter(kind="resumption", body=ResumptionBody(reasons=why), actor=actor, peer=case.peer),
            lambda message, _: events.Resumed(at=now.seconds, by=person, reasons=why, message=message),
        )


def _check(case: Case, postponement: acts.Postponement, today: date) -> None:
    request = case.request
    requested = declarations_of(StateCode(request.requested)) if request else None
    for sought in case.measures:
        act = msgspec.structs.replace(postponement, measure=sought.measure)
        require_no_stop(assess_act(act, on=today, requested=requested, request=request))
