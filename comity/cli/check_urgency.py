"""What `comity check` adds for an urgent request: which decisions come now, and which wait until when."""

from comity.base.instants import Instant
from comity.cli import output
from comity.treaty.assess import Assessment, Side
from comity.treaty.declarations import declarations_of
from comity.treaty.request import Request
from comity.treaty.urgency import Order, ordered


def order_of(request: Request, assessment: Assessment, side: Side, at: Instant) -> Order:
    """The order in which the findings are taken on our side, from the moment `at`."""
    ours = request.requesting if side is Side.REQUESTING else request.requested
    return ordered(assessment, request, at, declarations_of(ours))


def as_json(order: Order) -> dict[str, object]:
    return {
        "urgent": order.urgent,
        "why": order.why,
        "basis": str(order.basis),
        "now": [finding.rule for finding in order.now],
        "postponed": [
            {"rule": one.finding.rule, "who": one.finding.who.value, "due": str(one.due)} for one in order.postponed
        ],
    }


def show(order: Order) -> None:
    """Nothing for a request that is not urgent: its order is the lawyer's."""
    if not order.urgent:
        return
    output.result()
    output.result("[bold]Urgent: the order changes, no check is dropped[/]")
    output.result(f"  {output.clean(order.why)} [dim]({output.clean(str(order.basis))})[/]")
    if not order.postponed:
        output.result("  Nothing on this request waits.")
    for one in order.postponed:
        output.result(f"  waits until {one.due}: {output.clean(one.finding.title)} ({one.finding.rule})")
