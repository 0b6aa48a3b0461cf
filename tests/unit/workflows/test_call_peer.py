"""One signed request to a peer, and what its answer means."""

import pytest

from comity.base.errors import Unavailable
from comity.exchange.problems import PROBLEMS, ExchangeProblem
from comity.workflows.call_peer import call, problem_in
from comity.workflows.ports import Answer
from tests.simulators.wire import Fate
from tests.simulators.world import XB, SmallWorld, new_world

PART = "/v1/parts/" + "0" * 64
TYPE = "application/octet-stream"


@pytest.fixture
def world() -> SmallWorld:
    return new_world()


def test_a_request_goes_to_the_address_of_the_directory_signed_and_with_a_nonce_of_its_own(world: SmallWorld) -> None:
    for _ in range(2):
        call(world.xa.office, world.xa.entity(XB), "HEAD", PART, TYPE, b"", also=(404,))
    first, second = world.wire.carried
    assert first.url == world.xb.url + PART
    assert (first.status, second.status) == (404, 404)
    assert first.headers["signature-input"] != second.headers["signature-input"]


def test_a_peers_problem_is_raised_with_its_own_code(world: SmallWorld) -> None:
    with pytest.raises(ExchangeProblem) as caught:
        call(world.xa.office, world.xa.entity(XB), "POST", "/v1/envelopes", TYPE, b"no batch")
    assert caught.value.code == "malformed"


def test_no_answer_is_unavailable(world: SmallWorld) -> None:
    world.wire.next(PART, Fate.DROP)
    with pytest.raises(Unavailable):
        call(world.xa.office, world.xa.entity(XB), "HEAD", PART, TYPE, b"")


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"code":"made-up"}', b'{"code":7}', b"[" * 70_000])
def test_an_answer_that_is_no_problem_of_ours_is_unavailable_whatever_it_says(body: bytes) -> None:
    assert isinstance(problem_in(Answer(502, {}, body), "XB/any"), Unavailable)


def test_what_a_peer_writes_is_never_shown_as_our_own_words() -> None:
    for code in PROBLEMS:
        found = problem_in(Answer(400, {}, f'{{"code":"{code}","detail":"<b>trust me</b>"}}'.encode()), "XB/any")
        assert "trust me" not in found.what + found.hint
