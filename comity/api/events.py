"""What happened, by number: a feed to read, and webhooks that call."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field, StringConstraints

from comity.adapters.addresses import may_call
from comity.api.answers import problems
from comity.api.calling import Caller, needs
from comity.api.case_shapes import CASE, UUID, example
from comity.api.shapes import Index, Most, QueryShape, Shape
from comity.base.errors import Malformed
from comity.base.instants import Instant
from comity.workflows import event_feed, webhooks
from comity.workflows.token_store import Scope, Webhook

router = APIRouter(prefix="/api/v1")
_INDEX_MOST: Final = 2**53 - 1
Subscribing = Annotated[Caller, needs(Scope.WEBHOOKS_WRITE, Scope.EVENTS_READ)]
WebhookId = Annotated[str, Path(pattern=UUID, description="the webhook's id", examples=[CASE])]
Kind = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]


class HappenedShape(Shape):
    """An event of a case. `index`: of its log entry, to prove it by; `number`: from 1 in its case."""

    index: int
    case: str
    number: int
    kind: str
    at: str


class Feed(Shape):
    """A page of events. `next`: the `after` of the next page; all was read when it equals `size`."""

    model_config = example(
        {
            "events": [{"index": 12, "case": CASE, "number": 1, "kind": "drafted", "at": "2026-12-07T09:00:00Z"}],
            "next": 13,
            "size": 13,
        }
    )

    events: list[HappenedShape]
    next: int
    size: int


class FeedQuery(QueryShape):
    """`after`: the first log entry to look at, from 0."""

    after: Index = 0
    limit: Most = 100
    kind: Annotated[str, Query(pattern=r"^([a-z_]{1,40})?$", description="of events; empty for all")] = ""


class Subscription(Shape):
    """Whom to call. `kinds`: of events, empty for all; `after`: the first log entry to be told of, by default the
    next."""

    model_config = example({"url": "https://cases.example/comity", "kinds": ["granted", "refused"], "after": None})

    url: Annotated[str, StringConstraints(min_length=1, max_length=webhooks.URL_MOST)]
    kinds: Annotated[list[Kind], Field(default_factory=list, max_length=64)]
    after: Annotated[int, Field(ge=0, le=_INDEX_MOST)] | None = None


_WEBHOOK: Final = {
    "id": CASE,
    "url": "https://cases.example/comity",
    "kinds": ["granted", "refused"],
    "token": "3f2a9c4b1d60",
    "state": "active",
    "cursor": 13,
    "attempts": 0,
    "next_attempt": None,
    "failing_since": None,
    "reason": "",
}


class WebhookShape(Shape):
    """A subscription. `state`: active; stuck, when it failed for three days and waits to be resumed; ended, with its
    token. `cursor`: the first log entry it was not told of; `reason`: why the last call failed."""

    model_config = example(_WEBHOOK)

    id: str
    url: str
    kinds: list[str]
    token: str
    state: str
    cursor: int
    attempts: int
    next_attempt: str | None
    failing_since: str | None
    reason: str


class WebhookList(Shape):
    """Every subscription of the node."""

    model_config = example({"webhooks": [_WEBHOOK]})

    webhooks: list[WebhookShape]


@router.get("/events", operation_id="list_events", tags=["events"], responses=problems())
def list_events(caller: Annotated[Caller, needs(Scope.EVENTS_READ)], query: Annotated[FeedQuery, Query()]) -> Feed:
    """What happened to all cases, in the order of the log: ids and kinds. Needs `events:read`."""
    kinds = (query.kind,) if query.kind else ()
    page = event_feed.feed(caller.office, query.after, kinds=kinds, most=query.limit)
    found = [
        HappenedShape(
            index=one.index,
            case=one.case_id,
            number=one.number,
            kind=one.kind,
            at=str(Instant.from_seconds(one.at)),
        )
        for one in page.events
    ]
    return Feed(events=found, next=page.next, size=page.size)


@router.get("/webhooks", operation_id="list_webhooks", tags=["webhooks"], responses=problems())
def list_webhooks(caller: Subscribing) -> WebhookList:
    """Every subscription, and how it stands. Needs `webhooks:write` and `events:read`."""
    return WebhookList(webhooks=[_shape(one) for one in webhooks.all_webhooks(caller.office)])


@router.post("/webhooks", operation_id="subscribe", tags=["webhooks"], status_code=201, responses=problems(409))
def subscribe(caller: Subscribing, body: Subscription, response: Response) -> WebhookShape:
    """Have events told to a server of yours, for as long as the token lives. Needs `webhooks:write` and
    `events:read`."""
    if not may_call(body.url, caller.office.mode):
        raise Malformed(
            "an address that this node does not call",
            where="body.url",
            hint="https, and not this machine; http on loopback in an exercise only",
        )
    found = webhooks.subscribe(caller.office, caller.token, body.url, kinds=tuple(body.kinds), after=body.after)
    response.headers["location"] = f"/api/v1/webhooks/{found.id}"
    return _shape(found)


@router.get("/webhooks/{webhook}", operation_id="get_webhook", tags=["webhooks"], responses=problems(404))
def get_webhook(caller: Subscribing, webhook: WebhookId) -> WebhookShape:
    """One subscription. Needs `webhooks:write` and `events:read`."""
    return _shape(webhooks.find(caller.office, webhook))


@router.post("/webhooks/{webhook}/resume", operation_id="resume_webhook", tags=["webhooks"],
             responses=problems(404, 409))  # fmt: skip
def resume(caller: Subscribing, webhook: WebhookId) -> WebhookShape:
    """Set one that is stuck going again, where it stood. Needs `webhooks:write` and `events:read`."""
    return _shape(webhooks.resume(caller.office, caller.token, webhook))


@router.delete("/webhooks/{webhook}", operation_id="unsubscribe", tags=["webhooks"], status_code=204,
               responses=problems(404))  # fmt: skip
def unsubscribe(caller: Subscribing, webhook: WebhookId) -> None:
    """End a subscription. Needs `webhooks:write` and `events:read`."""
    webhooks.unsubscribe(caller.office, caller.token, webhook)


def _shape(one: Webhook) -> WebhookShape:
    return WebhookShape(
        id=one.id,
        url=one.url,
        kinds=list(one.kinds),
        token=one.token,
        state=one.state.value,
        cursor=one.cursor,
        attempts=one.attempts,
        next_attempt=None if one.next_attempt is None else str(one.next_attempt),
        failing_since=None if one.failing_since is None else str(one.failing_since),
        reason=one.reason,
    )
