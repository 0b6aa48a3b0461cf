"""Webhooks: signed, in order, tried until they are taken, stuck and told when they are not; content never leaves."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.errors import Malformed, NotFound, NotPermitted, OutOfOrder, Unavailable
from comity.crypto.request_signature import verify_request
from comity.exchange.directory import Use
from comity.workflows import event_feed, tokens, webhooks
from comity.workflows.office import Office
from comity.workflows.token_store import Scope, Token, Webhook, WebhookState
from tests.simulators.interface import Hooked
from tests.simulators.story import approve, at, case_at, draft
from tests.simulators.world import SmallWorld, preservation

URL = "https://cases.example/comity"


@dataclass
class Desk:
    world: SmallWorld
    office: Office
    hooked: Hooked
    token: Token

    def state(self) -> Webhook:
        return webhooks.all_webhooks(self.office)[-1]

    def size(self) -> int:
        with self.office.store.transaction() as tx:
            return tx.log.size()


def desk_at(stage: str) -> Desk:
    world, hooked = at(stage), Hooked()
    office = world.change(world.xa.id, courier=hooked)
    scopes = [Scope.EVENTS_READ, Scope.WEBHOOKS_WRITE]
    token, _ = tokens.create(office, "bo", name="case system", scopes=scopes, days=365)
    return Desk(world, office, hooked, token)


@pytest.fixture
def desk() -> Desk:
    return desk_at("drafted")


def test_what_happened_since_is_told_signed_by_the_nodes_transport_key(desk: Desk) -> None:
    hook = webhooks.subscribe(desk.office, desk.token, URL)
    assert webhooks.deliver(desk.office) == 0
    case = case_at(desk.world, "xa", "preservation")
    approve(desk.world, case)
    assert webhooks.deliver(desk.office) == 1
    url, headers, body = desk.hooked.calls[0]
    key = desk.office.keys.signer(Use.TRANSPORT)
    signed = verify_request(
        "POST", url, headers, body, public_of=lambda kid: {key.kid: key.public}[kid], now=desk.office.clock.now()
    )
    assert signed.kid == key.kid
    assert headers["content-type"] == webhooks.MEDIA_TYPE
    told = desk.hooked.bodies[0]
    assert [(one["case"], one["number"], one["kind"]) for one in told["events"]] == [  # type: ignore[attr-defined]
        (case.id, 2, "approved"),
        (case.id, 3, "sent"),
    ]
    assert (told["webhook"], told["node"], told["stamp"], told["next"]) == (
        hook.id,
        desk.office.node,
        "EXERCISE",
        desk.state().cursor,
    )
    assert webhooks.deliver(desk.office) == 0


def test_no_word_of_a_case_leaves(desk: Desk) -> None:
    webhooks.subscribe(desk.office, desk.token, URL, after=0)
    webhooks.deliver(desk.office)
    request = preservation()
    whole = desk.hooked.calls[0][2].decode()
    for text in (request.subject, request.facts, request.measures[0].data, *request.measures[0].identifiers, "anna"):
        assert text not in whole
    assert set(desk.hooked.bodies[0]["events"][0]) == {"index", "case", "number", "kind", "at"}  # type: ignore[index]


def test_only_the_kinds_asked_for_are_told(desk: Desk) -> None:
    webhooks.subscribe(desk.office, desk.token, URL, kinds=("sent",))
    approve(desk.world, case_at(desk.world, "xa", "preservation"))
    webhooks.deliver(desk.office)
    assert [kind for _, kind in desk.hooked.told] == ["sent"]
    assert desk.state().cursor == desk.size()


@pytest.mark.parametrize("answer", [0, 199, 301, 400, 404, 500, 503])
def test_a_failure_moves_nothing_and_is_tried_again_later(desk: Desk, answer: int) -> None:
    webhooks.subscribe(desk.office, desk.token, URL, after=0)
    desk.hooked.answers = [answer]
    assert webhooks.deliver(desk.office) == 0
    failed = desk.state()
    assert (failed.cursor, failed.attempts, failed.state) == (0, 1, "active")
    assert failed.reason == (f"it answered {answer}" if answer else "unavailable")
    assert webhooks.deliver(desk.office) == 0
    assert len(desk.hooked.calls) == 1  # not yet
    desk.world.pass_seconds(webhooks.FIRST_WAIT_SECONDS)
    assert webhooks.deliver(desk.office) == 1
    mended = desk.state()
    assert (mended.cursor, mended.attempts, mended.failing_since, mended.reason) == (desk.size(), 0, None, "")


def test_waits_double_up_to_an_hour_with_chance_in_them(desk: Desk) -> None:
    webhooks.subscribe(desk.office, desk.token, URL, after=0)
    waits = []
    for _ in range(14):
        desk.hooked.answers = [500]
        webhooks.deliver(desk.office)
        then = desk.state().next_attempt
        assert then is not None
        waits.append(then.seconds - desk.office.clock.now().seconds)
        desk.world.pass_seconds(waits[-1])
    for attempt, wait in enumerate(waits):
        ceiling = min(webhooks.LONGEST_WAIT_SECONDS, webhooks.FIRST_WAIT_SECONDS << attempt)
        assert ceiling // 2 <= wait <= ceiling
    assert len(set(waits[10:])) > 1


def test_after_three_days_it_is_stuck_and_told_and_resumed_where_it_stood(desk: Desk) -> None:
    hook = webhooks.subscribe(desk.office, desk.token, URL, after=0)
    desk.hooked.answers = [500, 500]
    webhooks.deliver(desk.office)
    desk.world.pass_days(webhooks.STUCK_DAYS)
    with pytest.raises(Unavailable) as told:
        webhooks.deliver(desk.office)
    assert hook.id in told.value.what
    assert (desk.state().state, desk.state().cursor) == ("stuck", 0)
    desk.world.pass_days(1)
    assert webhooks.deliver(desk.office) == 0
    assert len(desk.hooked.calls) == 2
    assert webhooks.resume(desk.office, desk.token, hook.id).state is WebhookState.ACTIVE
    assert webhooks.deliver(desk.office) == 1
    assert len(desk.hooked.told) == 3  # the same event at each call, for none was taken until the last
    assert len(set(desk.hooked.told)) == 1


def test_gone_is_stuck_at_once(desk: Desk) -> None:
    webhooks.subscribe(desk.office, desk.token, URL, after=0)
    desk.hooked.answers = [410]
    with pytest.raises(Unavailable):
        webhooks.deliver(desk.office)
    assert desk.state().state is WebhookState.STUCK


def test_one_that_fails_holds_up_no_other(desk: Desk) -> None:
    for path in ("/one", "/two"):
        webhooks.subscribe(desk.office, desk.token, URL + path, after=0)
    desk.hooked.answers = [500]
    assert webhooks.deliver(desk.office) == 1
    assert [url for url, _, _ in desk.hooked.calls] == [URL + "/one", URL + "/two"]


def test_it_ends_with_its_token(desk: Desk) -> None:
    webhooks.subscribe(desk.office, desk.token, URL, after=0)
    desk.world.pass_days(365)
    assert webhooks.deliver(desk.office) == 0
    assert desk.hooked.calls == []
    assert desk.state().state is WebhookState.ENDED
    with pytest.raises(OutOfOrder):
        webhooks.resume(desk.office, desk.token, desk.state().id)


def test_another_worker_leaves_alone_what_one_has_in_hand(desk: Desk) -> None:
    webhooks.subscribe(desk.office, desk.token, URL, after=0)
    now = desk.office.clock.now()
    with desk.office.store.transaction() as tx:
        taken = tx.webhooks.claim(now, size=tx.log.size(), lease_until=now.plus_seconds(60), most=9)
    assert len(taken) == 1
    assert webhooks.deliver(desk.office) == 0
    desk.world.pass_seconds(60)  # a worker that fell is not waited for
    assert webhooks.deliver(desk.office) == 1


def test_one_taken_away_meanwhile_stays_away(desk: Desk) -> None:
    hook = webhooks.subscribe(desk.office, desk.token, URL, after=0)
    webhooks.unsubscribe(desk.office, desk.token, hook.id)
    assert webhooks.deliver(desk.office) == 0
    for gone in (webhooks.find, lambda office, one: webhooks.unsubscribe(office, desk.token, one)):
        with pytest.raises(NotFound):
            gone(desk.office, hook.id)


@pytest.mark.parametrize(
    ("url", "kinds", "after"),
    [
        (URL + "?secret=1", (), None),
        (URL + "#x", (), None),
        ("https://b\u00fccher.example/", (), None),
        ("https://cases.example/\n", (), None),
        ("https://" + "x" * 500, (), None),
        ("https://[", (), None),
        ("https://XB.CENTRAL-authority.example/v1/envelopes", (), None),
        (URL, ("no_such_kind",), None),
        (URL, (), -1),
        (URL, (), 10**6),
    ],
)
def test_an_address_a_kind_or_a_place_that_cannot_be_is_refused(
    desk: Desk, url: str, kinds: tuple[str, ...], after: int | None
) -> None:
    with pytest.raises(Malformed):
        webhooks.subscribe(desk.office, desk.token, url, kinds=kinds, after=after)
    assert webhooks.all_webhooks(desk.office) == ()


def test_both_scopes_are_needed_and_there_is_an_end_to_how_many(desk: Desk) -> None:
    for scope in desk.token.scopes:
        with pytest.raises(NotPermitted):
            webhooks.subscribe(desk.office, replace(desk.token, scopes=desk.token.scopes - {scope}), URL)
    for _ in range(webhooks.WEBHOOKS_MOST):
        webhooks.subscribe(desk.office, desk.token, URL)
    with pytest.raises(OutOfOrder):
        webhooks.subscribe(desk.office, desk.token, URL)


@given(answers=st.lists(st.sampled_from([0, 200, 204, 302, 500]), max_size=12), drafts=st.integers(0, 4))
def test_whatever_fails_nothing_is_lost_and_nothing_out_of_order(answers: list[int], drafts: int) -> None:
    desk = desk_at("asked")
    webhooks.subscribe(desk.office, desk.token, URL, after=0)
    desk.hooked.answers = list(answers)
    for number in range(len(answers) + 1):
        webhooks.deliver(desk.office)
        desk.world.pass_seconds(webhooks.LONGEST_WAIT_SECONDS)
        if number < drafts:
            draft(desk.world, preservation())
    while desk.state().cursor < desk.size():
        webhooks.deliver(desk.office)
        desk.world.pass_seconds(webhooks.LONGEST_WAIT_SECONDS)
    every = [one.index for one in event_feed.feed(desk.office, 0, most=500).events]
    taken: list[int] = []
    for answer, body in zip(answers + [204] * len(desk.hooked.calls), desk.hooked.bodies, strict=False):
        if 200 <= answer < 300:
            taken += [one["index"] for one in body["events"]]  # type: ignore[attr-defined]
    assert taken == every


def test_pages_of_the_feed_joined_are_the_whole_feed(desk: Desk) -> None:
    whole = event_feed.feed(desk.office, 0, most=500)
    at_ = 0
    found: list[event_feed.Happened] = []
    while at_ < whole.size:
        page = event_feed.feed(desk.office, at_, most=1)
        found += page.events
        assert page.next > at_
        at_ = page.next
    assert tuple(found) == whole.events
    for start in (-1, whole.size + 1):
        with pytest.raises(Malformed):
            event_feed.feed(desk.office, start)
