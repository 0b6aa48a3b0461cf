"""What answers at a simulated node takes nothing that a real one would not."""

from starlette.routing import Route

from comity.base.ids import NodeId
from comity.crypto.request_signature import sign_request
from comity.exchange import envelope
from comity.exchange.directory import Use
from comity.node.app import make_app
from comity.simulate import doors
from comity.simulate.nodes import Node
from comity.simulate.plan import CLEAR, Plan
from comity.simulate.run import Run
from comity.simulate.world import World
from comity.workflows.ports import Answer

PATH = "/v1/envelopes"


def met() -> tuple[World, Node, Node]:
    """Two authorities that know each other."""
    world = Run(Plan(states=4, days=4, weather=CLEAR, dishonest=())).world
    first, second = world.authority("XA"), world.authority("XB")
    world.introduce(first, second)
    return world, first, second


def knock(world: World, sender: Node, to: Node, use: Use = Use.TRANSPORT, times: int = 1) -> list[Answer]:
    body, url = envelope.format_batch("none", []), to.url + PATH
    signer, now = sender.keys.signer(use), sender.clock.now()
    headers = sign_request("POST", url, envelope.MEDIA_TYPE, body, signer=signer, at=now, nonce=b"n" * 16)
    door = world.network.doors[to.url.removeprefix("https://")]
    return [door.knock("POST", url, headers, body, after=0.0) for _ in range(times)]


def routes_of(node: Node) -> set[tuple[str, str]]:
    """What the server itself answers at, for peers and witnesses, and where peers look at its log."""
    every = [one for one in make_app(node.office, node.url, lambda: None).routes if isinstance(one, Route)]
    found = {(method, one.path) for one in every for method in (one.methods or set()) if method != "HEAD"}
    found |= {("HEAD", one.path) for one in every if one.methods == {"HEAD"}}
    return {(method, path) for method, path in found if path.startswith(("/v1/", "/witness/", "/log/checkpoint"))}


def test_the_simulated_doors_are_those_of_the_server_and_no_others() -> None:
    _, first, _ = met()
    assert {*doors.SIGNED, *doors.OPEN} == routes_of(first)


def test_a_request_signed_with_another_key_or_by_a_stranger_is_refused() -> None:
    world, first, second = met()
    stranger = world.authority("XC")
    answers = [knock(world, *who)[0] for who in ((first, second, Use.RECEIPT), (stranger, second))]
    assert [(one.status, one.body) for one in answers] == [(403, b'{"code":"unknown-peer"}')] * 2


def test_the_same_signed_request_is_taken_once() -> None:
    world, first, second = met()
    once, again = knock(world, first, second, times=2)
    assert (b"replayed-request" in once.body, b"replayed-request" in again.body) == (False, True)


def test_what_a_node_does_not_serve_is_not_found_and_what_is_too_large_is_not_read() -> None:
    world, _, second = met()
    door = world.network.doors[second.url.removeprefix("https://")]
    assert door.knock("POST", second.url + PATH, {}, b"x" * (envelope.BATCH_LIMIT + 1), after=0.0).status == 413
    assert door.knock("GET", second.url + "/elsewhere", {}, b"", after=0.0).status in (400, 401, 404)
    assert NodeId("XB/central-authority") == second.id
