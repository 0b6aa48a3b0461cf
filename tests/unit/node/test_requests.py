"""Who is calling: a signature for this very request, to this very node, just now, and once."""

import pytest

from comity.base.instants import Instant
from comity.exchange import envelope as envelopes
from comity.exchange.directory import MLDSA44, Use
from comity.exchange.problems import ExchangeProblem
from comity.node.requests import Nonces
from tests.simulators.forge import Forged, code_of, headers_for, revoke
from tests.simulators.wire import ask, flipped
from tests.simulators.world import PROVIDER, START, XA, XB, SmallWorld, new_world

PATH = "/v1/envelopes"


@pytest.fixture
def world() -> SmallWorld:
    return new_world()


@pytest.fixture
def body(world: SmallWorld) -> bytes:
    return envelopes.format_batch("forged", [Forged().make(world)])


def send(world: SmallWorld, body: bytes, headers: dict[str, str], *, path: str = PATH, method: str = "POST") -> str:
    """The code of the answer, or its status."""
    answer = ask(world.wire.apps[world.xb.host], method, world.xb.url + path, headers, body)
    return code_of(answer) if answer.status >= 400 else str(answer.status)


def test_a_signed_request_is_taken_once(world: SmallWorld, body: bytes) -> None:
    headers = headers_for(world, world.xa, XB, PATH, body)
    assert send(world, body, headers) == "200"
    before = world.xb.dump()
    assert send(world, body, headers) == "replayed-request"
    assert world.xb.dump() == before


def test_a_replayed_request_after_a_restart_still_has_no_second_effect(world: SmallWorld, body: bytes) -> None:
    headers = headers_for(world, world.xa, XB, PATH, body)
    assert send(world, body, headers) == "200"
    world.restart(XB)
    before = world.xb.dump()
    assert send(world, body, headers) == "200"
    assert world.xb.dump() == before


@pytest.mark.parametrize("name", ["signature", "signature-input", "content-digest", "content-type"])
def test_a_request_with_a_header_left_out_or_changed_is_refused(world: SmallWorld, body: bytes, name: str) -> None:
    right = headers_for(world, world.xa, XB, PATH, body)
    without = {key: value for key, value in right.items() if key != name}
    changed = {**right, name: right[name][:12] + "x" + right[name][13:]}
    before = world.xb.dump()
    for headers in (without, changed):
        assert send(world, body, headers) in ("bad-signature", "unknown-peer")
    assert world.xb.dump() == before


def test_a_signature_holds_for_its_own_body_path_method_and_host_only(world: SmallWorld, body: bytes) -> None:
    before = world.xb.dump()
    assert send(world, flipped(body), headers_for(world, world.xa, XB, PATH, body)) == "bad-signature"
    assert send(world, body, headers_for(world, world.xa, XB, "/v1/receipts", body)) == "bad-signature"
    assert send(world, body, headers_for(world, world.xa, XB, PATH, body, method="PUT")) == "bad-signature"
    assert send(world, body, headers_for(world, world.xa, PROVIDER, PATH, body)) == "bad-signature"
    assert world.xb.dump() == before


def test_our_own_address_counts_and_not_the_host_the_caller_names(world: SmallWorld, body: bytes) -> None:
    headers = {**headers_for(world, world.xa, PROVIDER, PATH, body), "host": world.provider.host}
    assert send(world, body, headers) == "bad-signature"


@pytest.mark.parametrize("seconds", [-301, 301, 100_000])
def test_a_request_of_another_time_is_refused(world: SmallWorld, body: bytes, seconds: int) -> None:
    world.pass_days(1)  # the keys are not good before the first day
    headers = headers_for(world, world.xa, XB, PATH, body)
    world.xb.clock.pass_seconds(seconds)
    assert send(world, body, headers) == "clock-skew"


@pytest.mark.parametrize("seconds", [-300, 299])
def test_clocks_may_differ_a_little(world: SmallWorld, body: bytes, seconds: int) -> None:
    world.pass_days(1)  # the keys are not good before the first day
    headers = headers_for(world, world.xa, XB, PATH, body)
    world.xb.clock.pass_seconds(seconds)
    assert send(world, body, headers) == "200"


OTHERS = [use for use in Use if use not in (Use.TRANSPORT, Use.ENCRYPTION, Use.EVIDENCE, *MLDSA44)]


@pytest.mark.parametrize("use", OTHERS)
def test_no_other_key_of_a_peer_signs_requests(world: SmallWorld, body: bytes, use: Use) -> None:
    headers = headers_for(world, world.xa, XB, PATH, body, signer=world.xa.keys.signer(use))
    assert send(world, body, headers) == "unknown-peer"


def test_a_revoked_and_an_ended_key_are_refused_by_their_own_codes(world: SmallWorld, body: bytes) -> None:
    revoke(world, XA, Use.TRANSPORT, START.seconds)
    assert send(world, body, headers_for(world, world.xa, XB, PATH, body)) == "revoked-key"
    later = new_world()
    later.pass_days(366)
    assert send(later, body, headers_for(later, later.xa, XB, PATH, body)) == "unknown-key"


def test_nonces_are_forgotten_when_their_signatures_no_longer_count() -> None:
    nonces = Nonces()
    nonces.use("kid", "nonce", Instant.from_seconds(1000))
    nonces.use("other", "nonce", Instant.from_seconds(1000))
    with pytest.raises(ExchangeProblem) as caught:
        nonces.use("kid", "nonce", Instant.from_seconds(1000 + 899))
    assert caught.value.code == "replayed-request"
    nonces.use("kid", "nonce", Instant.from_seconds(1000 + 900))


def test_too_many_requests_in_too_short_a_time_are_answered_with_busy_and_pass() -> None:
    nonces = Nonces()
    for number in range(100_000):
        nonces.use("kid", str(number), Instant.from_seconds(1000))
    with pytest.raises(ExchangeProblem) as caught:
        nonces.use("kid", "one more", Instant.from_seconds(1001))
    assert caught.value.code == "busy"
    nonces.use("kid", "one more", Instant.from_seconds(2000))
