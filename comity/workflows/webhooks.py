"""Tell an authority's own systems that something happened: a signed POST of ids and kinds, tried until it is taken.

A subscription is a cursor over the log, not a queue: what happened since is read when it is told, so nothing is written
for it beside the event itself, and nothing can be lost. An answer 2xx moves the cursor; anything else is tried again
with a wait that doubles, up to an hour. After three days it is stuck: a person is told, and sets it going again.

The request is signed by the node's transport key, as to a peer (RFC 9421, `crypto.request_signature`): there is no
further secret to keep. A redirect is not followed. The address was checked when it was given, and is on each call.
"""

from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

import msgspec

from comity.base.encoding import to_json
from comity.base.errors import ComityError, Malformed, NotFound, OutOfOrder, Unavailable
from comity.base.ids import uuid7
from comity.base.instants import Instant
from comity.cases.events import EVENTS, tag_of
from comity.crypto.request_signature import sign_request
from comity.exchange.directory import Use
from comity.workflows.event_feed import Page, read_feed
from comity.workflows.office import Office, directory
from comity.workflows.stores import Transaction
from comity.workflows.token_store import Scope, Token, Webhook, WebhookState
from comity.workflows.tokens import require

MEDIA_TYPE: Final = "application/vnd.comity.events+json"
EVENTS_MOST: Final = 100
WEBHOOKS_MOST: Final = 32
URL_MOST: Final = 500
FIRST_WAIT_SECONDS: Final = 5
LONGEST_WAIT_SECONDS: Final = 3600
STUCK_DAYS: Final = 3
"""Policy of this program: for how long it is tried before a person is told."""
_GONE: Final = 410
KINDS: Final = tuple(tag_of(kind) for kind in EVENTS)
"""Every kind of event that there is."""


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One event in the body of a call. `index`: of its log entry; `number`: from 1 in the case; `at`: POSIX seconds."""

    index: int
    case: str
    number: int
    kind: str
    at: int


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of a call. `next`: where the feed goes on. An event may be told twice, never out of order."""

    v: int
    webhook: str
    node: str
    mode: str
    stamp: str
    next: int
    events: tuple[Told, ...]


def subscribe(
    office: Office, token: Token, url: str, *, kinds: tuple[str, ...] = (), after: int | None = None
) -> Webhook:
    """A new subscription. It lives as long as its token.

    kinds: of events, all if none are named; after: the first log entry to be told of, by default the next one.
    Raises NotPermitted without the two scopes, Malformed for an address with a query, or one at which a node of the
    directory answers: what we sign for a peer is not to be had from us by another name.
    """
    require(token, Scope.WEBHOOKS_WRITE)
    require(token, Scope.EVENTS_READ)
    _check_kinds(kinds)
    now = office.clock.now()
    with office.store.transaction() as tx:
        _check_url(tx, url)
        size = tx.log.size()
        if after is not None and not 0 <= after <= size:
            raise Malformed(
                f"the log has not reached entry {after}", where="after", hint="0, or where a page said 'next'"
            )
        if sum(one.state is not WebhookState.ENDED for one in tx.webhooks.all()) >= WEBHOOKS_MOST:
            raise OutOfOrder(f"there are {WEBHOOKS_MOST} webhooks already", hint="take one away first")
        webhook = Webhook(
            id=uuid7(now, office.randomness.bytes(10)),
            token=token.id,
            url=url,
            kinds=tuple(sorted(set(kinds))),
            made_at=now,
            cursor=size if after is None else after,
        )
        tx.webhooks.add(webhook)
    return webhook


def _check_kinds(kinds: tuple[str, ...]) -> None:
    for kind in kinds:
        if kind not in KINDS:
            raise Malformed("there is no such kind of event", where="kinds", hint=f"of: {', '.join(KINDS)}")


def _check_url(tx: Transaction, url: str) -> None:
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets that cannot be
        raise Malformed("this is no address", where="url", hint="as https://cases.example/comity") from None
    if parts.query or parts.fragment or not url.isascii() or not url.isprintable() or len(url) > URL_MOST:
        raise Malformed(
            f"the address is plain, of at most {URL_MOST} characters, without a query",
            where="url",
            hint="the signature covers host and path: put what you need in the path",
        )
    if any(urlsplit(entity.endpoint).netloc.lower() == parts.netloc.lower() for entity in directory(tx).all()):
        raise Malformed("a node answers at this address", where="url", hint="name a server of your own")


def all_webhooks(office: Office) -> tuple[Webhook, ...]:
    """Every subscription, oldest first."""
    with office.store.transaction() as tx:
        return tuple(tx.webhooks.all())


def find(office: Office, webhook_id: str) -> Webhook:
    """Raises NotFound."""
    with office.store.transaction() as tx:
        return _find(tx, webhook_id)


def _find(tx: Transaction, webhook_id: str) -> Webhook:
    webhook = tx.webhooks.get(webhook_id)
    if webhook is None:
        raise NotFound("there is no such webhook", hint="see the list of webhooks")
    return webhook


def unsubscribe(office: Office, token: Token, webhook_id: str) -> None:
    """It is told nothing more. Raises NotFound."""
    require(token, Scope.WEBHOOKS_WRITE)
    with office.store.transaction() as tx:
        tx.webhooks.remove(_find(tx, webhook_id).id)


def resume(office: Office, token: Token, webhook_id: str) -> Webhook:
    """Set one that is stuck, or waits, going again at once, where it stood. Raises OutOfOrder if it has ended."""
    require(token, Scope.WEBHOOKS_WRITE)
    with office.store.transaction() as tx:
        webhook = _find(tx, webhook_id)
        if webhook.state is WebhookState.ENDED:
            raise OutOfOrder("its token ended", hint="subscribe anew with another, from this one's cursor")
        going = replace(webhook, state=WebhookState.ACTIVE, attempts=0, next_attempt=None, failing_since=None)
        tx.webhooks.put(going)
        return going


def deliver(office: Office) -> int:
    """One round: tell each subscription that is due; how many calls were taken. Raises Unavailable for those that got
    stuck in this round, once all others were told: the worker says so, and they stay in the list as stuck."""
    now = office.clock.now()
    with office.store.transaction() as tx:
        lease = now.plus_seconds(office.lease_seconds)
        claimed = tx.webhooks.claim(now, size=tx.log.size(), lease_until=lease, most=WEBHOOKS_MOST)
    done, stuck = 0, []
    for webhook in claimed:
        after = _tell(office, webhook, now)
        done += after.state is WebhookState.ACTIVE and not after.failing_since
        if after.state is WebhookState.STUCK:
            stuck.append(after.id)
    if stuck:
        raise Unavailable(f"webhooks are stuck: {', '.join(stuck)}", hint="mend what they call, then resume them")
    return done


def _tell(office: Office, webhook: Webhook, now: Instant) -> Webhook:
    """The subscription after one attempt, as it is kept."""
    with office.store.transaction() as tx:
        token = tx.tokens.get(webhook.token)
        page = read_feed(tx, webhook.cursor, kinds=webhook.kinds, most=EVENTS_MOST)
    if token is None or not token.is_live(now):
        after = replace(webhook, state=WebhookState.ENDED, reason="its token ended")
    else:
        after = _attempt(office, webhook, page, now)
    with office.store.transaction() as tx:
        standing = tx.webhooks.get(webhook.id)
        if standing is not None and standing.state is not WebhookState.ENDED:  # it may have ended meanwhile
            tx.webhooks.put(after)
    return after


def _attempt(office: Office, webhook: Webhook, page: Page, now: Instant) -> Webhook:
    try:
        status = _call(office, webhook, page, now) if page.events else 204
        reason = "" if 200 <= status < 300 else f"it answered {status}"
    except ComityError as error:
        status, reason = 0, error.code
    if not reason:
        return replace(webhook, cursor=page.next, attempts=0, next_attempt=None, failing_since=None, reason="")
    since = webhook.failing_since or now
    gave_up = status == _GONE or since.plus_days(STUCK_DAYS) <= now
    return replace(
        webhook,
        state=WebhookState.STUCK if gave_up else WebhookState.ACTIVE,
        attempts=webhook.attempts + 1,
        next_attempt=now.plus_seconds(_wait(office, webhook.attempts)),
        failing_since=since,
        reason=reason,
    )


def _wait(office: Office, attempts: int) -> int:
    """Seconds: half of a wait that doubles from 5 s to an hour, and a random share of the other half."""
    ceiling = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS << min(attempts, 16))
    share = int.from_bytes(office.randomness.bytes(2), "big") / 65536
    return round(ceiling / 2 * (1 + share))


def _call(office: Office, webhook: Webhook, page: Page, now: Instant) -> int:
    told = tuple(
        Told(index=one.index, case=one.case_id, number=one.number, kind=one.kind, at=one.at) for one in page.events
    )
    body = to_json(
        Body(
            v=1,
            webhook=webhook.id,
            node=office.node,
            mode=office.mode,
            stamp=office.mode.stamp,
            next=page.next,
            events=told,
        )
    )
    headers = sign_request(
        "POST",
        webhook.url,
        MEDIA_TYPE,
        body,
        signer=office.keys.signer(Use.TRANSPORT),
        at=now,
        nonce=office.randomness.bytes(16),
    )
    return office.courier.carry("POST", webhook.url, headers, body).status
