"""The published log and the witness, as anyone meets them over HTTP."""

import pytest

from comity.base.digests import Digest
from comity.crypto import merkle
from comity.exchange.directory import Use
from comity.transparency.checkpoint import Checkpoint, log_key, open_checkpoint, sign_checkpoint
from comity.transparency.note import SignedNote, sign_text
from comity.transparency.witness import REQUEST_LIMIT, AddCheckpoint, format_add_checkpoint
from comity.workflows import sequence_log
from comity.workflows.ports import Answer
from tests.simulators.log_files import files_for
from tests.simulators.story import at
from tests.simulators.wire import ask
from tests.simulators.world import Node, SmallWorld, new_world

LEAVES = [merkle.leaf_hash(bytes([number])) for number in range(20)]
FORK = [merkle.leaf_hash(bytes([number + 100])) for number in range(20)]
ADD = "/witness/add-checkpoint"
TEXT = "text/plain; charset=utf-8"


@pytest.fixture
def world() -> SmallWorld:
    return new_world()


def get(world: SmallWorld, node: Node, path: str) -> Answer:
    return ask(world.wire.apps[node.host], "GET", node.url + path, {}, b"")


def add(world: SmallWorld, body: bytes) -> Answer:
    return ask(world.wire.apps[world.witness.host], "POST", world.witness.url + ADD, {"content-type": TEXT}, body)


def request(world: SmallWorld, old: int, new: int, leaves: list[Digest] = LEAVES) -> bytes:
    office = world.xa.office
    note = sign_checkpoint(Checkpoint(office.origin, new, merkle.root(leaves[:new])), office.keys.signer(Use.LOG))
    path = merkle.consistency_path(leaves[:new], old) if 0 < old <= new else ()
    return format_add_checkpoint(AddCheckpoint(old, path, note))


def test_before_anything_is_published_there_is_no_checkpoint(world: SmallWorld) -> None:
    assert get(world, world.xa, "/log/checkpoint").status == 404


def test_checkpoint_tiles_and_entries_are_served_with_their_types() -> None:
    world = at("asked")
    sequence_log.publish(world.xa.office)
    checkpoint = get(world, world.xa, "/log/checkpoint")
    assert (checkpoint.status, checkpoint.headers["content-type"]) == (200, TEXT)
    assert "immutable" not in checkpoint.headers["cache-control"]
    key = log_key(world.xa.office.origin, world.xa.keys.signer(Use.LOG).public)
    size = open_checkpoint(checkpoint.body, world.xa.office.origin, key).size
    with world.xa.office.store.transaction() as tx:
        entries = tx.log.entries(0, size)
    for path, data in files_for(entries, 0):
        answer = get(world, world.xa, f"/log/{path}")
        assert (answer.status, answer.headers["content-type"]) == (200, "application/octet-stream")
        assert answer.body == data
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    "path", ["0/001", "0/000", "entries/000.p/300", "0/../../checkpoint", "0/%2e%2e/checkpoint", "9/x", "", "0/0"]
)
def test_what_is_no_tile_is_not_found(path: str) -> None:
    world = at("asked")
    sequence_log.publish(world.xa.office)
    assert get(world, world.xa, f"/log/tile/{path}").status == 404


def test_a_first_checkpoint_is_cosigned_from_size_zero(world: SmallWorld) -> None:
    answer = add(world, request(world, 0, 3))
    assert (answer.status, answer.headers["content-type"]) == (200, TEXT)
    assert answer.body.startswith("\u2014 xc.observatory.example/log/witness ".encode())


def test_what_does_not_parse_or_goes_back_gets_400(world: SmallWorld) -> None:
    for body in (b"", b"old x\n\n", b"\xff", request(world, 5, 3), b"old 0\n\n" + b"x" * REQUEST_LIMIT):
        assert add(world, body).status == 400


def test_what_the_logs_key_did_not_sign_gets_403(world: SmallWorld) -> None:
    text = Checkpoint(world.xa.office.origin, 3, merkle.root(LEAVES[:3])).text
    note = sign_text(text, world.xa.office.origin, world.xb.keys.signer(Use.LOG))
    assert add(world, format_add_checkpoint(AddCheckpoint(0, (), note))).status == 403


def test_a_log_that_is_not_known_gets_404(world: SmallWorld) -> None:
    origin = "elsewhere.example/log"
    note: SignedNote = sign_checkpoint(Checkpoint(origin, 0, merkle.EMPTY_ROOT), world.xa.keys.signer(Use.LOG))
    assert add(world, format_add_checkpoint(AddCheckpoint(0, (), note))).status == 404


def test_another_size_than_was_cosigned_last_gets_409_and_that_size(world: SmallWorld) -> None:
    add(world, request(world, 0, 7))
    for old in (0, 3):
        answer = add(world, request(world, old, 9))
        assert (answer.status, answer.body, answer.headers["content-type"]) == (409, b"7\n", "text/x.tlog.size")


def test_a_fork_gets_422_and_changes_nothing(world: SmallWorld) -> None:
    add(world, request(world, 0, 7))
    before = world.witness.dump()
    for new in (7, 12):
        assert add(world, request(world, 7, new, FORK)).status == 422
    assert world.witness.dump() == before


def test_monitors_see_what_was_cosigned_last(world: SmallWorld) -> None:
    path = f"/witness/{Digest.of(world.xa.office.origin.encode())}/checkpoint"
    assert get(world, world.witness, path).status == 404
    add(world, request(world, 0, 7))
    answer = get(world, world.witness, path)
    assert (answer.status, answer.body.split(b"\n")[1]) == (200, b"7")
    assert get(world, world.witness, "/witness/none/checkpoint").status == 404
