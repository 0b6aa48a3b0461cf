"""Parts of evidence over HTTP: only from whom they may come, only within the quota, and only under their own digest."""

import pytest
from blake3 import blake3

from comity.base.digests import Digest
from comity.crypto.request_signature import sign_request
from comity.exchange.directory import Use
from comity.exchange.problems import PROBLEMS
from comity.workflows import send_parts, take_parts
from comity.workflows.ports import Answer
from tests.simulators.forge import code_of, request_to
from tests.simulators.story import at, case_at
from tests.simulators.wire import ask
from tests.simulators.world import PROVIDER, XB, SmallWorld

DATA = b"a stretch of ciphertext"
NAMES = (str(Digest.of(DATA)), blake3(DATA).hexdigest())


@pytest.fixture
def world() -> SmallWorld:
    return at("sealed")


def channel_of(world: SmallWorld) -> str:
    case = case_at(world, "provider", "stored_data")
    with world.provider.office.store.transaction() as tx:
        channel = tx.channels.of_case(case.id, XB)
    assert channel is not None
    return channel.id


def part(world: SmallWorld, method: str, name: str, data: bytes = b"", *, channel: str = "", by: str = "") -> Answer:
    path = f"/v1/parts/{channel or channel_of(world)}/{name}"
    node = world.xa if by == "xa" else world.provider
    return request_to(world, node, XB, path, data, method=method, media_type=send_parts.MEDIA_TYPE)


@pytest.mark.parametrize("name", NAMES)
def test_parts_are_brought_under_their_digest_only(world: SmallWorld, name: str) -> None:
    assert part(world, "HEAD", name).status == 404
    assert part(world, "PUT", name, DATA).status == 204
    assert part(world, "PUT", name, DATA).status == 204, "the same again is one"
    assert part(world, "HEAD", name).status == 200
    other = part(world, "PUT", "0" * 64, DATA)
    assert (other.status, code_of(other)) == (400, "malformed")
    assert list(world.xb.parts.held) == [name]
    assert [row["digest"] for row in world.xb.dump()["part_come"]] == [name], "what was refused is not counted"


@pytest.mark.parametrize("name", ["", "0" * 63, "0" * 65, "G" * 64, NAMES[0].upper() + "x", "..%2f..%2fkeys"])
def test_what_is_no_digest_names_no_part(world: SmallWorld, name: str) -> None:
    assert part(world, "PUT", name, DATA).status in (400, 404)
    assert (world.xb.parts.held, world.xb.dump()["part_come"]) == ({}, [])


@pytest.mark.parametrize("method", ["HEAD", "PUT"])
def test_only_the_peer_of_a_case_brings_evidence_in_its_channel(world: SmallWorld, method: str) -> None:
    for answer in (
        part(world, method, NAMES[0], DATA if method == "PUT" else b"", channel="unknown"),
        part(world, method, NAMES[0], DATA if method == "PUT" else b"", by="xa"),
    ):
        assert answer.status == PROBLEMS["not-allowed"].status
    assert (world.xb.parts.held, world.xb.dump()["part_come"]) == ({}, [])


def test_a_part_over_the_quota_of_its_case_is_refused_before_its_bytes_are_read(world: SmallWorld) -> None:
    world.change(XB, most_evidence_bytes=len(DATA) + 10)
    assert part(world, "PUT", NAMES[0], DATA).status == 204
    assert part(world, "PUT", NAMES[0], DATA).status == 204, "it is counted once"
    more = b"eleven more"
    refused = part(world, "PUT", str(Digest.of(more)), more)
    assert (refused.status, code_of(refused)) == (413, "too-large")
    assert part(world, "PUT", str(Digest.of(more[:10])), more[:10]).status == 204
    # The same request with a body that nobody could read is answered as soon: its bytes were not asked for.
    path = f"/v1/parts/{channel_of(world)}/{Digest.of(more)}"
    headers = sign_request(
        "PUT",
        world.xb.url + path,
        send_parts.MEDIA_TYPE,
        more,
        signer=world.provider.keys.signer(Use.TRANSPORT),
        at=world.provider.clock.now(),
        nonce=bytes(16),
    )
    unread = ask(world.wire.apps[world.xb.host], "PUT", world.xb.url + path, headers | {"content-length": "11"}, b"")
    assert (unread.status, code_of(unread)) == (413, "too-large")
    assert len(world.xb.parts.held) == 2


@pytest.mark.parametrize(
    ("length", "code"), [("", "malformed"), ("-1", "malformed"), ("1e3", "malformed"), ("9" * 30, "too-large")]
)
def test_a_part_without_an_honest_length_is_refused(world: SmallWorld, length: str, code: str) -> None:
    url = f"{world.xb.url}/v1/parts/{channel_of(world)}/{NAMES[0]}"
    answer = ask(world.wire.apps[world.xb.host], "PUT", url, {"content-length": length}, DATA)
    assert code_of(answer) == code


def test_a_part_longer_than_it_said_is_refused_and_not_counted(world: SmallWorld) -> None:
    url = f"{world.xb.url}/v1/parts/{channel_of(world)}/{NAMES[0]}"
    signer = world.provider.keys.signer(Use.TRANSPORT)
    now = world.provider.clock.now()
    headers = sign_request("PUT", url, send_parts.MEDIA_TYPE, DATA, signer=signer, at=now, nonce=bytes(16))
    answer = ask(world.wire.apps[world.xb.host], "PUT", url, headers | {"content-length": "5"}, DATA)
    assert code_of(answer) == "too-large"
    assert (world.xb.parts.held, world.xb.dump()["part_come"]) == ({}, [])


def test_nobody_brings_a_part_unsigned(world: SmallWorld) -> None:
    url = f"{world.xb.url}/v1/parts/{channel_of(world)}/{NAMES[0]}"
    answer = ask(world.wire.apps[world.xb.host], "PUT", url, {}, DATA)
    assert code_of(answer) == "bad-signature"
    assert (world.xb.parts.held, world.xb.dump()["part_come"]) == ({}, [])


def test_parts_whose_message_never_came_go_once_it_can_come_no_more(world: SmallWorld) -> None:
    assert part(world, "PUT", NAMES[0], DATA).status == 204
    world.xb.clock.pass_days(30)
    assert take_parts.drop_abandoned(world.xb.office) == 0
    world.xb.clock.pass_days(1)
    assert take_parts.drop_abandoned(world.xb.office) == 1
    assert (world.xb.parts.held, world.xb.dump()["part_come"]) == ({}, [])


def test_a_part_that_two_cases_count_on_stays_until_neither_does(world: SmallWorld) -> None:
    office, ours = world.xb.office, channel_of(world)
    case = case_at(world, "xb", "stored_data")
    with office.store.transaction() as tx:
        theirs = tx.channels.of_case(case.id, case.peer)
    assert theirs is not None
    for peer, channel in ((PROVIDER, ours), (case.peer, theirs.id)):
        take_parts.let_in(office, peer, channel, NAMES[0], len(DATA))
        take_parts.take(office, channel, NAMES[0], DATA)
    take_parts.drop(office, ours)
    assert list(world.xb.parts.held) == [NAMES[0]]
    take_parts.drop(office, theirs.id)
    assert world.xb.parts.held == {}
