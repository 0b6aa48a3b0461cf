"""What a case asks for, as whoever approves, orders or confirms reads it at a terminal; what of it is on its way."""

from collections.abc import Iterator

import msgspec

from comity.base.counted import counted
from comity.cases.case import Case, Order
from comity.cli import output
from comity.treaty.request import Request, Sought
from comity.workflows.show_outbox import Waiting


def asked_for(case: Case) -> Iterator[str]:
    """The request as it stands, with what a person proposes to supply; or the order, at a provider. A line each."""
    request = case.mended or case.request
    if request is not None:
        yield from _request(request)
    if case.order is not None:
        yield from _order(case.order)


def _request(request: Request) -> Iterator[str]:
    if request.emergency:
        yield f"[bold red]life[/]    {_line(request.emergency)}"
    elif request.urgent:
        yield "[bold]urgent[/]"
    yield from _said("from", request.authority)
    yield from _said("about", request.subject)
    yield from _said("offence", ", ".join(filter(None, (request.offence.name, request.offence.law))))
    yield from _said("facts", request.facts)
    yield from _said("need", request.necessity)
    for sought in request.measures:
        yield f"sought  {_line('; '.join(_sought(sought)))}"
    if request.deadline is not None:
        yield f"by      {request.deadline}  {_line(request.deadline_reasons)}".rstrip()


def _sought(sought: Sought) -> Iterator[str]:
    days = counted(sought.period_days, "day") if sought.period_days else ""
    period = f"{sought.period_from or ''} to {sought.period_to or ''}" if sought.period_from or sought.period_to else ""
    yield f"{sought.measure}: {sought.data}"
    yield from filter(None, (", ".join(sought.identifiers), sought.custodian, period, days))


def _order(order: Order) -> Iterator[str]:
    parts = (f"{order.measure}: {order.data}", ", ".join(order.identifiers), f"{order.since} to {order.until}")
    yield f"ordered {_line('; '.join(filter(None, parts)))}"


def _said(label: str, text: str) -> Iterator[str]:
    if text.strip():
        yield f"{label:8}{_line(text)}"


def _line(text: str) -> str:
    return output.clean(" ".join(text.split()))


def as_row(case: Case) -> dict[str, object]:
    """The same as JSON: the request and the order as they are kept, null where there is none."""
    return {"request": msgspec.to_builtins(case.mended or case.request), "order": msgspec.to_builtins(case.order)}


def on_its_way(found: Waiting) -> str:
    """A message of the case that is not settled, why, and the command that says what to do."""
    state = "stuck" if found.is_stuck else "waits"
    where = f"{found.peer} has it since {found.stored}" if found.stored else f"not at {found.peer} yet"
    why = f", {found.title}" if found.reason else ""
    return f"{state}   {found.kind} of {found.since}: {output.clean(where + why)} (comity exchange outbox)"
