"""What is refused before anything is parsed: too many bytes, too slow, too deep, too many; by the real application."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from starlette.requests import Request

from comity.base.errors import TooLarge
from comity.exchange import envelope as envelopes
from comity.exchange.problems import ExchangeProblem
from comity.node.requests import read_body
from tests.simulators.forge import Forged, bring, code_of, request_to
from tests.simulators.running import run
from tests.simulators.world import XB, SmallWorld, new_world


def request(receive: Callable[[], Awaitable[dict[str, Any]]], headers: dict[str, str]) -> Request:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": raw}, receive)


async def _never() -> dict[str, Any]:
    await asyncio.Event().wait()
    raise AssertionError("nobody sets it")


def drip(pieces: int) -> Callable[[], Awaitable[dict[str, Any]]]:
    """A body of one byte after another, and then nothing more for ever."""
    left = [pieces]

    async def receive() -> dict[str, Any]:
        if not left[0]:
            return await _never()
        left[0] -= 1
        return {"type": "http.request", "body": b"x", "more_body": True}

    return receive


@pytest.mark.parametrize("pieces", [0, 1, 1000])
def test_a_body_that_does_not_come_to_its_end_is_too_slow(pieces: int) -> None:
    with pytest.raises(ExchangeProblem) as caught:
        run(read_body(request(drip(pieces), {}), 5000, seconds=0.05))
    assert caught.value.code == "too-slow"


@pytest.mark.parametrize("said", ["4194305", "99999999999999999999999999", "0004194305"])
def test_a_body_that_says_it_is_too_long_is_refused_unread(said: str) -> None:
    async def receive() -> dict[str, Any]:
        raise AssertionError("it was read")

    with pytest.raises(TooLarge):
        run(read_body(request(receive, {"content-length": said}), envelopes.BATCH_LIMIT))


@pytest.mark.parametrize("said", ["", "-1", "²", "ten"])
def test_a_length_that_is_none_is_counted_instead(said: str) -> None:
    with pytest.raises(TooLarge):
        run(read_body(request(drip(20), {"content-length": said}), 10, seconds=5))


@pytest.fixture
def world() -> SmallWorld:
    return new_world()


def post(world: SmallWorld, body: bytes) -> str:
    return code_of(request_to(world, world.xa, XB, "/v1/envelopes", body))


def test_a_batch_too_deep_is_refused(world: SmallWorld) -> None:
    for depth in (17, 1000, 100_000):
        assert post(world, b'{"v":1,"id":"b","envelopes":' + b"[" * depth + b"]" * depth + b"}") == "malformed"


def test_an_envelope_with_a_header_or_a_ciphertext_too_long_is_refused(world: SmallWorld) -> None:
    right = Forged().make(world)
    long_header = envelopes.Envelope(right.header_bytes + b" " * envelopes.HEADER_LIMIT, right.ct)
    long_ct = envelopes.Envelope(right.header_bytes, bytes(envelopes.ENVELOPE_LIMIT + 1))
    for one in (long_header, long_ct):
        assert bring(world, [one]) == ["too-large"]


@pytest.mark.parametrize("count", [0, envelopes.BATCH_MOST + 1])
def test_a_batch_of_none_or_too_many_is_refused(world: SmallWorld, count: int) -> None:
    one = Forged().make(world)
    assert bring(world, [one] * count) == ["malformed"]


def test_an_envelope_has_one_recipient(world: SmallWorld) -> None:
    right = Forged().make(world)
    two = right.header_bytes.replace(b'"to":"XB/central-authority"', b'"to":["XB/central-authority","XC/observatory"]')
    assert two != right.header_bytes
    assert bring(world, [envelopes.Envelope(two, right.ct)]) == ["malformed"]
