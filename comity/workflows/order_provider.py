"""The authority's order to a service provider of its own State (arts 25, 27), and the provider's answers."""

from dataclasses import dataclass
from datetime import date, timedelta

from comity.base.errors import Malformed, NotPermitted, OutOfOrder
from comity.base.ids import NodeId, state_of
from comity.cases import events
from comity.cases.case import Case, Position
from comity.exchange import document as documents
from comity.exchange.directory import Use
from comity.exchange.message import ObjectionBody, OrderBody, PreservedBody, Role
from comity.treaty.assess import Side
from comity.treaty.rules import preservation
from comity.workflows.access import permit
from comity.workflows.assess_request import assess_request, require_clear
from comity.workflows.dispatch import Letter, post
from comity.workflows.office import Office, directory
from comity.workflows.record import load
from comity.workflows.stores import Transaction

_KIND = {"preservation": "order.preserve", "stored_data": "order.produce"}


def order(
    office: Office, person: str, case_id: str, *, provider: str, legal_basis: str, reasons: str, days: int | None = None
) -> Case:
    """Order a provider of our own State to preserve, or to produce, what the case is about: of what was asked for, what
    was granted, and no more. Preservation is never narrowed.

    days: for preservation, from today; within the treaty's floor and ceiling for one order (arts 42(8), 25(2)), by
    default as `term` says. A provider abroad is never ordered (art. 5(2)): NotPermitted.
    """
    role = permit(office, person, "order")
    now = office.clock.now()
    if state_of(NodeId(provider)) != office.state:
        raise NotPermitted("a provider abroad cannot be ordered (art. 5(2))", hint="ask its State for assistance")
    with office.store.transaction() as tx:
        case = load(tx, case_id)
        if case.position is not Position.REQUESTED or case.request is None:
            raise OutOfOrder("only the requested State orders its providers", hint="see: comity case show")
        require_clear(assess_request(office, case.request, Side.REQUESTED), case)
        if directory(tx).entity(NodeId(provider)).role is not Role.PROVIDER:
            raise Malformed(f"{provider} is not a service provider", hint="see: comity directory show")
        until = _until(now.day, term(case, now.day).days if days is None else days)
        body = _order_body(office, tx, case, legal_basis, reasons, now.day, until)
        letter = Letter(
            kind=_KIND[case.procedure],
            body=body,
            actor=documents.Actor(person, role),
            peer=provider,
            priority=1 if case.request.urgent else 0,
        )
        return post(
            office,
            tx,
            case,
            letter,
            lambda message, digest: events.OrderIssued(
                at=now.seconds,
                by=person,
                provider=provider,
                until=until,
                legal_basis=legal_basis,
                message=message,
                doc_sha256=digest,
            ),
        )


@dataclass(frozen=True, slots=True)
class Term:
    """How long an order runs where nobody says otherwise: days from the day it is made. asked: the days that the
    request names, None where it names none; citation: the paragraph that set the days, '' where they are those asked.
    """

    days: int
    asked: int | None
    citation: str


def term(case: Case, today: date) -> Term:
    """To preserve: the longest that the request asks for, within the floor and the ceiling (arts 42(8), 25(2)). The
    floor where it names no days, and for production, whose days are about something else."""
    least = (preservation.least_until(today, today) - today).days
    most = (preservation.most_until(today) - today).days
    named = [one.period_days for one in case.measures if one.period_days] if case.procedure == "preservation" else []
    asked = max(named, default=None)
    if asked is None or asked < least:
        return Term(least, asked, "42(8)")
    return Term(min(asked, most), asked, "25(2)" if asked > most else "")


def _until(today: date, days: int) -> date:
    least, most = preservation.least_until(today, today), preservation.most_until(today)
    until = today + timedelta(days=days)
    if not least <= until <= most:
        raise Malformed(
            f"an order for preservation lasts from {least} (art. 42(8)) to at most {most} (art. 25(2))",
            where="days",
            hint=f"between {(least - today).days} and {(most - today).days} days; renew it for more",
        )
    return until


def _order_body(
    office: Office, tx: Transaction, case: Case, legal_basis: str, reasons: str, today: date, until: date
) -> OrderBody:
    request = case.request
    if request is None:
        raise OutOfOrder("this case holds no request", hint="see: comity case show")
    secrecy = request.confidentiality
    now = office.clock.now()
    recipients: tuple[str, ...] = ()
    if case.procedure == "stored_data":
        known = directory(tx)
        holders = (known.entity(office.node), known.entity(NodeId(case.peer)))
        recipients = tuple(holder.key(Use.EVIDENCE, now).public for holder in holders)
    return OrderBody(
        measure=", ".join(sought.measure for sought in case.measures),
        data="\n".join(sought.data for sought in case.measures),
        identifiers=tuple(dict.fromkeys(one for sought in case.measures for one in sought.identifiers)),
        legal_basis=legal_basis,
        reasons=reasons,
        since=today,
        until=until,
        secret_until=case.secret_until if secrecy and secrecy.wanted and not case.secrecy_ended else None,
        recipients=recipients,
        reference=case.id,
    )


def confirm_preserved(office: Office, person: str, case_id: str, *, until: date | None = None) -> Case:
    """The provider confirms that the data are kept, until the order's day or a later one."""
    role = permit(office, person, "confirm")
    now = office.clock.now()
    with office.store.transaction() as tx:
        case = _provider_case(tx, case_id)
        if case.order is None:
            raise OutOfOrder("this case holds no order", hint="see: comity case show")
        kept_until = until or case.order.until
        if kept_until < case.order.until:
            raise Malformed(f"the order asks for preservation until {case.order.until}", where="until")
        body = PreservedBody(since=now.day, until=kept_until, custodian=office.name)
        letter = Letter(kind="preserved", body=body, actor=documents.Actor(person, role), peer=case.peer)
        return post(
            office,
            tx,
            case,
            letter,
            lambda message, _: events.Preserved(
                at=now.seconds, by=person, since=now.day, until=kept_until, message=message, custodian=office.name
            ),
        )


def object_to_order(office: Office, person: str, case_id: str, *, ground: str, reasons: str) -> Case:
    """The provider objects, or cannot comply: the ordering authority's people decide what follows."""
    role = permit(office, person, "object")
    now = office.clock.now()
    with office.store.transaction() as tx:
        case = _provider_case(tx, case_id)
        body = ObjectionBody(ground=ground, reasons=reasons)
        letter = Letter(kind="objection", body=body, actor=documents.Actor(person, role), peer=case.peer)
        return post(
            office,
            tx,
            case,
            letter,
            lambda message, _: events.Objected(
                at=now.seconds, by=person, ground=ground, reasons=reasons, message=message
            ),
        )


def _provider_case(tx: Transaction, case_id: str) -> Case:
    case = load(tx, case_id)
    if case.position is not Position.PROVIDER:
        raise OutOfOrder("only the provider that was ordered does this", hint="see: comity case show")
    return case
