"""A request of months ago, for the pages: nobody prolongs it, and the nodes let it lapse when they start.

Its people act on clocks that are set back, before the four processes run; what they do goes through the same workflows
and the same doors. The lists of nodes, which ended since, are then issued anew, and the fingerprints stay.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

import msgspec

from comity.adapters.clock import SystemClock
from comity.base.errors import Unavailable
from comity.base.ids import NodeId
from comity.base.instants import Instant
from comity.simulate.doors import Doors
from comity.treaty.request import Request
from comity.wiring import Node
from comity.workflows import deliver_outbox, draft_request, order_provider, read_cases, receive_envelope
from comity.workflows.office import Office
from comity.workflows.ports import Answer

DAYS_AGO: Final = 100
"""Longer than the least that preservation lasts (art. 42(8))."""
_ROUNDS_MOST: Final = 20


@dataclass(frozen=True, slots=True)
class SetBack:
    """The machine's clock, so many days ago."""

    days: int

    def now(self) -> Instant:
        return SystemClock().now().plus_days(-self.days)


@dataclass(frozen=True, slots=True)
class Within:
    """Carries a request to a node of the same process. doors: by the host and port of the node's address."""

    doors: Mapping[str, Doors]

    def carry(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        found = self.doors.get(urlsplit(url).netloc)
        if found is None:
            raise Unavailable("no node here has that address")
        return found.knock(method, url, headers, body, after=0)


def set_back(nodes: Mapping[str, Node]) -> dict[str, Office]:
    """The nodes' offices as they were then."""
    doors: dict[str, Doors] = {}
    offices = {
        name: replace(node.office, clock=SetBack(DAYS_AGO), courier=Within(doors)) for name, node in nodes.items()
    }
    for name, office in offices.items():
        url = nodes[name].config.node.url
        doors[urlsplit(url).netloc] = Doors(NodeId(name), url, _at(office), _nothing, _nothing, _nothing, _nothing)
    return offices


def play(then: Mapping[str, Office], xa: str, xb: str, provider: str, request: Request) -> None:
    """Asked for, ordered for the least time there is, confirmed; and nothing since."""
    drafted = draft_request.draft(then[xa], "anna", _as_of_then(request), NodeId(xb))
    ours = draft_request.approve(then[xa], "bo", drafted.id).id
    _settle(then)
    theirs = _case_of(then[xb], ours)
    order_provider.order(
        then[xb],
        "dan",
        theirs,
        provider=provider,
        legal_basis="Electronic Evidence Act of XB, section 4 (invented)",
        reasons="a request of XA",
    )
    _settle(then)
    order_provider.confirm_preserved(then[provider], "lee", _case_of(then[provider], theirs))
    _settle(then)


def _as_of_then(request: Request) -> Request:
    """The same request, its days so long ago."""
    ago = timedelta(days=DAYS_AGO)
    measures = tuple(
        msgspec.structs.replace(
            one,
            period_from=one.period_from - ago if one.period_from else None,
            period_to=one.period_to - ago if one.period_to else None,
        )
        for one in request.measures
    )
    secrecy = request.confidentiality
    if secrecy is not None and secrecy.until is not None:
        secrecy = msgspec.structs.replace(secrecy, until=secrecy.until - ago)
    made_on = request.made_on - ago if request.made_on else None
    return msgspec.structs.replace(request, measures=measures, confidentiality=secrecy, made_on=made_on)


def _case_of(office: Office, their_case: str) -> str:
    return next(one.id for one in read_cases.all_cases(office) if one.their_case == their_case)


def _settle(then: Mapping[str, Office]) -> None:
    """Rounds at every node until nothing more happens."""
    for _ in range(_ROUNDS_MOST):
        if not sum(_round(office) for office in then.values()):
            return
    raise Unavailable("the nodes of the past do not come to rest")


def _round(office: Office) -> int:
    opened = receive_envelope.open_waiting(office)
    return opened + deliver_outbox.deliver(office).sent + deliver_outbox.deliver_receipts(office)


def _at(office: Office) -> Callable[[], Office]:
    return lambda: office


def _nothing(*_: object) -> None:
    """Nobody waits for word of it."""
