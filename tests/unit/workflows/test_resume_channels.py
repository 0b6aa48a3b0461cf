"""The drill: a node in a live federation is backed up, goes on, dies, is restored, recovers, and the exchange goes on.

No number of a channel is used twice, no checkpoint forks, nothing is lost that a peer has, and nothing is doubled. On
either database; XA's real rows, XB's and the witness's real answers.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from comity.adapters.sql.database import Database
from comity.adapters.sql.resume import mark_restored
from comity.adapters.sql.server import Server
from comity.base.errors import BadSignature, ComityError, Conflict, Malformed, NotFound
from comity.cases.case import Case
from comity.crypto import merkle
from comity.exchange import channel_ends
from comity.exchange.directory import Use
from comity.exchange.envelope import Envelope
from comity.exchange.message import Role
from comity.workflows import deliver_outbox, resume_channels, sequence_log
from comity.workflows.log_state import log_state
from comity.workflows.recover_log import recover
from comity.workflows.resume_channels import Resumed, resume, waiting
from comity.workflows.withdraw_request import withdraw
from tests.databases import copy_into
from tests.postgresql import Postgres
from tests.simulators.fakes import MemoryLog
from tests.simulators.story import approve, ask, ask_by_hand, draft
from tests.simulators.world import PROVIDER, XA, XB, SmallWorld, new_world, preservation

Place = Callable[[], Path | Server]


@pytest.fixture(params=["file", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Gives an empty place for a database each time."""
    if request.param == "file":
        numbers = iter(range(99))
        yield lambda: tmp_path / f"{next(numbers)}.db"
        return
    server: Postgres = request.getfixturevalue("postgresql")
    made: list[Server] = []

    def new() -> Server:
        made.append(server.empty())
        return made[-1]

    yield new
    for one in made:
        server.drop(one)


class Drill:
    """A world whose XA is backed up by `back_up` and put back by `restore`; what XA lost is in `lost`."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.world = new_world()
        self.world.restore(XA, copy_into(self.world.xa.database, place()))
        self.opened = [self.world.xa.database]
        self.backup: Database | None = None
        self.before: list[bytes] = []

    def back_up(self) -> None:
        self.backup = copy_into(self.world.xa.database, self.place())
        self.opened.append(self.backup)
        self.at = self.world.xa.clock.now().seconds

    def restore(self) -> None:
        """What comity restore does: the rows of the backup in a new database, the peers marked as unasked."""
        assert self.backup is not None
        self.before = self.entries()
        found = copy_into(self.backup, self.place())
        with found.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            mark_restored(connection, XA, self.at)
            connection.exec_driver_sql("COMMIT")
        self.opened.append(found)
        self.mirror = MemoryLog(dict(self.world.xa.log.files))
        self.world.restore(XA, found)

    def entries(self) -> list[bytes]:
        with self.world.xa.office.store.transaction() as tx:
            return list(tx.log.entries(0, tx.log.size()))


@pytest.fixture
def drill(place: Place) -> Iterator[Drill]:
    found = Drill(place)
    yield found
    for database in found.opened:
        database.close()


def numbers(world: SmallWorld) -> Counter[tuple[str, int]]:
    """How often each number of each channel from XA came to XB with other bytes."""
    came = Counter[tuple[str, int]]()
    for row in world.xb.dump()["inbox"]:
        header = Envelope(row["header"], row["ct"]).read_header()
        came[header.channel, header.seq] += row["sender"] == XA
    return came


def test_the_exchange_goes_on_after_a_restore_with_no_fork_and_nothing_doubled(drill: Drill) -> None:
    world = drill.world
    ours, theirs = ask(world, preservation())
    world.publish()
    drill.back_up()
    # What the backup does not have: a message of ours, an answer of theirs, a case of ours, checkpoints.
    ask_by_hand(world, theirs)
    world.settle()
    withdraw(world.xa.office, "bo", ours.id, reasons="found otherwise")
    world.settle()
    second, _ = ask(world, preservation())
    world.publish()
    sent = [row["id"] for row in world.xa.dump()["outbox"]]
    assert len(sent) == 3
    drill.restore()

    assert [row["id"] for row in world.xa.dump()["outbox"]] == sent[:1]
    with pytest.raises(Conflict, match="was not asked yet"):
        withdraw(world.xa.office, "bo", ours.id, reasons="found otherwise")
    recover(world.xa.office, "bo", drill.mirror)
    done = resume(world.xa.office)
    assert {one.peer: (one.channels, one.brought, one.lost) for one in done.resumed}[XB] == (1, 1, 2)
    assert waiting(world.xa.office) == []
    assert log_state(world.xa.office).alarms == ()
    world.settle()
    # XB's question came again, once; XA's own two documents were given back as they were sent.
    assert world.xa.history(ours.id)[-1] == "information_asked"
    lost = resume_channels.lost(world.xa.office, "bo")
    assert sorted(one.id for one in lost) == sorted(sent[1:])
    # And what XA sends next is taken, in its place after what XA does not know of.
    third, at_xb = ask(world, preservation())
    assert at_xb.their_case == third.id
    assert set(numbers(world).values()) == {1}
    assert len(world.xb.cases()) == 3  # `second` too, which XA has no more
    assert {one.their_case for one in world.xb.cases()} == {ours.id, second.id, third.id}
    assert all(row["state"] == "delivered" for row in world.xa.dump()["outbox"])
    # The log goes on from what was signed: nothing of it forks.
    published = sequence_log.publish(world.xa.office)
    after = drill.entries()
    assert after[: len(drill.before)] == drill.before
    assert published.size > len(drill.before)
    leaves = [merkle.leaf_hash(entry) for entry in after[: published.size]]
    merkle.verify_consistency(
        len(drill.before),
        merkle.root(leaves[: len(drill.before)]),
        len(leaves),
        merkle.root(leaves),
        merkle.consistency_path(leaves, len(drill.before)),
    )


def test_a_restored_node_that_would_use_a_number_twice_is_refused_by_the_peer(drill: Drill) -> None:
    # Why the peers are asked: without it, the next message of the channel is rejected, and so is all after it.
    world = drill.world
    ours, _ = ask(world, preservation())
    drill.back_up()
    withdraw(world.xa.office, "bo", ours.id, reasons="found otherwise")
    world.settle()
    drill.restore()
    for one in waiting(world.xa.office):
        resume_channels.waive(world.xa.office, "bo", one.peer)
    withdraw(world.xa.office, "bo", ours.id, reasons="found otherwise")
    world.settle()
    assert [row["code"] for row in world.xa.dump()["outbox"]][-1] == "broken-channel"


def test_a_channel_goes_on_after_what_was_forgotten(drill: Drill) -> None:
    world = drill.world
    ours, theirs = ask(world, preservation())
    drill.back_up()
    ask_by_hand(world, theirs)
    world.settle()
    drill.restore()
    resume(world.xa.office)
    world.settle()
    withdraw(world.xa.office, "bo", ours.id, reasons="found otherwise")
    world.settle()
    assert world.xb.history(theirs.id)[-1] == "withdrawn"
    assert set(numbers(world).values()) == {1}


def test_what_is_stored_at_the_peer_and_not_opened_yet_counts_as_sent(drill: Drill) -> None:
    world = drill.world
    ours, _ = ask(world, preservation())
    drill.back_up()
    withdraw(world.xa.office, "bo", ours.id, reasons="found otherwise")
    deliver_outbox.deliver(world.xa.office)  # one half of a round: XB stores it and does not open it
    drill.restore()
    done = {one.peer: one for one in resume(world.xa.office).resumed}
    assert done[XB].channels == 1
    with world.xa.office.store.transaction() as tx:
        channel = tx.channels.of_case(ours.id, XB)
    assert channel is not None and channel.sent.seq == 2


def test_a_peer_that_does_not_answer_is_not_sent_to_and_holds_up_no_other(drill: Drill) -> None:
    world = drill.world
    ask(world, preservation())
    drill.back_up()
    drill.restore()
    with world.wire.cut(world.xb.host):
        done = resume(world.xa.office)
    assert [peer for peer, _ in done.failed] == [XB]
    assert [one.peer for one in waiting(world.xa.office)] == [XB]
    assert [one.kind for one in log_state(world.xa.office).alarms] == [resume_channels.ALARM]
    with pytest.raises(Conflict, match="was not asked yet"):
        approve(world, draft(world, preservation()))
    assert resume(world.xa.office).failed == ()
    assert log_state(world.xa.office).alarms == ()
    approve(world, draft(world, preservation()))


def test_a_provider_abroad_is_not_asked_since_nothing_goes_between_us(drill: Drill) -> None:
    drill.back_up()
    drill.restore()
    assert PROVIDER in [one.peer for one in waiting(drill.world.xa.office)]
    with drill.world.wire.cut(drill.world.provider.host):
        done = resume(drill.world.xa.office)
    assert not done.failed and not waiting(drill.world.xa.office)
    assert PROVIDER not in [one.peer for one in done.resumed]


def test_a_person_may_say_that_a_peer_need_not_be_asked_and_only_who_keeps_the_log(drill: Drill) -> None:
    world = drill.world
    drill.back_up()
    drill.restore()
    with pytest.raises(ComityError):
        resume_channels.waive(world.xa.office, "anna", XB)
    resume_channels.waive(world.xa.office, "bo", XB)
    assert XB not in [one.peer for one in waiting(world.xa.office)]
    with pytest.raises(NotFound):
        resume_channels.waive(world.xa.office, "bo", XB)


def test_who_was_not_restored_asks_nobody(drill: Drill) -> None:
    assert resume(drill.world.xa.office) == resume_channels.Round((), ())


def test_an_answer_by_another_or_to_another_question_is_refused() -> None:
    world = new_world()
    ours, _ = ask(world, preservation())
    assert isinstance(ours, Case)
    peer = world.xb.entity(XA)
    data = resume_channels.answer(world.xb.office, peer, b'{"v":1,"after":""}')
    public = world.xa.entity(XB).key(Use.RECEIPT, world.xa.clock.now()).public_bytes
    right = {"by": XB, "to": XA, "mode": world.xa.office.mode, "after": ""}
    (end,) = channel_ends.open_ends(data, public, **right).ends  # type: ignore[arg-type]
    assert (end.got, end.sent) == (1, 0)
    for wrong in ({"by": XA}, {"to": XB}, {"after": "x"}):
        with pytest.raises(Malformed):
            channel_ends.open_ends(data, public, **{**right, **wrong})  # type: ignore[arg-type]
    other = world.xa.entity(XA).key(Use.RECEIPT, world.xa.clock.now()).public_bytes
    with pytest.raises(BadSignature):
        channel_ends.open_ends(data, other, **right)  # type: ignore[arg-type]
    with pytest.raises(Malformed):
        resume_channels.answer(world.xb.office, peer, b'{"v":2}')
    assert world.xa.entity(XB).role is Role.AUTHORITY
    assert Resumed(XB, 0, 0, 0).peer == XB


def test_a_peer_is_told_nothing_of_channels_with_others() -> None:
    world = new_world()
    ask(world, preservation())
    provider = world.xb.entity(world.provider.id)
    data = resume_channels.answer(world.xb.office, provider, b'{"v":1,"after":""}')
    public = world.xa.entity(XB).key(Use.RECEIPT, world.xa.clock.now()).public_bytes
    mode = world.xb.office.mode
    found = channel_ends.open_ends(data, public, by=XB, to=world.provider.id, mode=mode, after="")
    assert found.ends == ()
