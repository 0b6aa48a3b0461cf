"""Evidence goes on to a third State: asked of the State it came from, authorised by it in a signed message, and only
then made into a package that the third State can open. Without that message, the token, no package is made.

Source: article 36(3). The token is the document itself, as it came and as its sender signed it; when the package is
made it is checked again for its signature, the receiver it names and its last day. What goes beside the package says
the limits on its use.
"""

from dataclasses import dataclass
from datetime import date

import msgspec

from comity.base.encoding import to_json
from comity.base.errors import Malformed, NotPermitted, OutOfOrder
from comity.base.ids import NodeId, node_id, state_of
from comity.base.instants import Instant
from comity.cases import events, machine
from comity.cases.case import Case, Onward, Position
from comity.evidence.streams import PackageSink, Progress
from comity.exchange import document as documents
from comity.exchange.directory import Use
from comity.exchange.message import OnwardAnswerBody, OnwardAskBody
from comity.treaty.acts import OnwardTransfer
from comity.treaty.conduct import assess_act
from comity.treaty.declarations import declarations_of
from comity.treaty.use_terms import UseLimits
from comity.workflows import seal_apart, use_limits
from comity.workflows.access import permit
from comity.workflows.assess_request import require_no_stop
from comity.workflows.custody_chain import chain_of_case
from comity.workflows.dispatch import Letter, post
from comity.workflows.office import Office, directory
from comity.workflows.record import load, record
from comity.workflows.require import require_position, require_reasons
from comity.workflows.stores import Transaction


class Licence(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What goes beside a package for a third State: who passes it on to whom, the limits on its use, and the sender's
    authorisation as it was signed (a JWS)."""

    v: int
    package: str
    passed_on_by: str
    to: str
    limits: UseLimits | None
    authorisation: str


@dataclass(frozen=True, slots=True)
class PassedOn:
    """The case, the new package with its custody so far, and the bytes of its licence."""

    case: Case
    apart: seal_apart.Apart
    licence: bytes


def ask(office: Office, person: str, case_id: str, *, to: str, reasons: str) -> Case:
    """Ask the State the evidence came from whether it may go on to the node `to` of a third State."""
    role = permit(office, person, "onward")
    why = require_reasons(reasons)
    now = office.clock.now()
    with office.store.transaction() as tx:
        case = require_position(load(tx, case_id), Position.REQUESTING)
        receiver = NodeId(node_id(to))
        directory(tx).entity(receiver)
        if state_of(receiver) in (state_of(NodeId(case.peer)), office.state):
            raise Malformed(f"{to} is of no third State", where="to", hint="name a node of another State")
        if not case.package:
            raise OutOfOrder("the case has no evidence here", hint="see: comity case show")
        return post(
            office,
            tx,
            case,
            Letter(
                kind="onward.ask",
                body=OnwardAskBody(to=to, reasons=why),
                actor=documents.Actor(person, role),
                peer=case.peer,
            ),
            lambda message, _: events.OnwardAsked(at=now.seconds, by=person, to=to, reasons=why, message=message),
        )


def answer(
    office: Office, person: str, case_id: str, *, authorise: bool, reasons: str, until: date | None = None
) -> Case:
    """Authorise it in writing, or do not: the oldest question that waits. until: the last day of an authorisation."""
    role = permit(office, person, "authorise_onward")
    why = require_reasons(reasons)
    now = office.clock.now()
    if until is not None and until < now.day:
        raise Malformed("the day has passed", where="until", hint="name today or a later day")
    last = until if authorise else None
    with office.store.transaction() as tx:
        case = require_position(load(tx, case_id), Position.REQUESTED)
        found = next((one for one in case.onward if not one.is_ours and not one.decided), None)
        if found is None:
            raise OutOfOrder("nobody waits for an answer to this", hint="see: comity case show")
        asked, to = found.asked, found.to
        return post(
            office,
            tx,
            case,
            Letter(
                kind="onward.answer",
                body=OnwardAnswerBody(asked=asked, to=to, authorised=authorise, reasons=why, until=last),
                actor=documents.Actor(person, role),
                peer=case.peer,
            ),
            lambda message, digest: events.OnwardDecided(
                at=now.seconds,
                by=person,
                asked=asked,
                to=to,
                authorised=authorise,
                reasons=why,
                role=role,
                message=message,
                doc_sha256=digest,
                until=last,
            ),
        )


def pass_on(
    office: Office,
    person: str,
    case_id: str,
    sink: PackageSink,
    *,
    to: str,
    reasons: str,
    progress: Progress | None = None,
) -> PassedOn:
    """Write to `sink` a package that the node `to` alone can open, with the acts of custody and the event.

    Raises NotPermitted where the State it came from has not authorised it: then nothing is written. Raises
    RefusedByRule, OutOfOrder, NotVerified, BrokenCustody and what opening a package raises.
    """
    permit(office, person, "pass_on")
    why = require_reasons(reasons)
    now = office.clock.now()
    with office.store.transaction() as tx:
        case = load(tx, case_id)
        token = _token_of(case, to, now)
        authorisation = _check_token(tx, case, token, now)
        _check_rules(case, token, now)
        _check_possible(case)
        use_limits.check_time(case, now)
        chain = chain_of_case(tx, case)
        recipient = directory(tx).entity(NodeId(to)).key(Use.EVIDENCE, now).public
    apart, act = seal_apart.let_in(
        office,
        person,
        office.packages.source(case.package),
        sink,
        office.keys.identity(),
        keys=seal_apart.KeysOf(chain.sealer_key, chain.sealer_key),
        chain=chain.acts,
        recipients=[recipient],
        sealed_for=to,
        reason=why,
        progress=progress,
    )
    made = str(apart.sealed.package_digest)
    licence = Licence(
        v=1,
        package=made,
        passed_on_by=office.node,
        to=to,
        limits=case.limits,
        authorisation=authorisation.decode("ascii"),
    )
    event = events.EvidencePassedOn(
        at=now.seconds, by=person, package=case.package, to=to, token=token.token, made=made, reasons=why
    )
    with office.store.transaction() as tx:
        moved = record(office, tx, load(tx, case_id), event)
        tx.custody.append(case.package, [act])
    return PassedOn(moved, apart, to_json(licence))


def _token_of(case: Case, to: str, now: Instant) -> Onward:
    found = [one for one in case.onward if one.to == to and one.is_ours and one.token]
    if not found:
        raise NotPermitted(
            f"the State that the evidence came from has not authorised that it goes to {to} (art. 36(3))",
            hint="ask it: comity case ask-onward; without its authorisation nothing leaves",
        )
    latest = found[-1]
    if latest.until is not None and now.day > latest.until:
        raise NotPermitted(f"its authorisation ended on {latest.until}", hint="ask for another: comity case ask-onward")
    return latest


def _check_token(tx: Transaction, case: Case, token: Onward, now: Instant) -> bytes:
    """The signed document, its signature, its digest and what it says checked again."""
    came = tx.inbox.get(case.peer, token.token)
    if came is None or not came.document:
        raise NotPermitted("the authorisation is not here any more", hint="ask for another: comity case ask-onward")
    kid = documents.kid_of(came.document)
    key = directory(tx).entity(NodeId(case.peer)).find(Use.AUTHORITY, kid, came.at)
    signed = documents.verify(came.document, key.public_bytes)
    body = signed.document.read_body(OnwardAnswerBody)
    said = (str(signed.digest), signed.document.from_, body.to, body.authorised, body.asked)
    if said != (token.token_sha256, case.peer, token.to, True, token.asked):
        raise NotPermitted("the document authorises something else", hint="ask for another: comity case ask-onward")
    if body.until is not None and now.day > body.until:
        raise NotPermitted(f"the authorisation ended on {body.until}", hint="ask for another: comity case ask-onward")
    return came.document


def _check_rules(case: Case, token: Onward, now: Instant) -> None:
    act = OnwardTransfer(
        to=token.to, personal_data=True, sender_notified=True, authorised=bool(token.token), in_writing=True
    )
    sender = declarations_of(state_of(NodeId(case.peer)))
    require_no_stop(assess_act(act, on=now.day, requested=sender, request=case.request))


def _check_possible(case: Case) -> None:
    """Nothing is made that cannot be recorded."""
    if events.tag_of(events.EvidencePassedOn) not in machine.allowed(case):
        state = f"{case.state} and held" if case.is_held else str(case.state)
        raise OutOfOrder(f"not possible while the case is {state}", hint="see: comity case show")
