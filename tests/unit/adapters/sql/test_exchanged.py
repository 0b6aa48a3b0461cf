"""What was exchanged with a peer, and what is known of its proofs, out of the rows of a whole story."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from comity.adapters.sql.database import Database
from comity.adapters.sql.server import Server
from comity.base.instants import Instant
from comity.workflows.log_stores import HeldProof, MissingProof
from comity.workflows.stores import Incoming, OutboxState, Outgoing
from tests.databases import copy_into
from tests.postgresql import Postgres
from tests.simulators.story import at
from tests.simulators.world import XA, SmallWorld

NOBODY = "XC/observatory"


def sent_to_xa(world: SmallWorld) -> list[Outgoing]:
    return [one for one in world.xb.outbox() if one.peer == XA]


def came_from_xa(world: SmallWorld) -> list[Incoming]:
    ids = [row["id"] for row in world.xb.dump()["inbox"]]
    return [found for one in ids if (found := world.xb.incoming(XA, one)) is not None]


@pytest.fixture
def world() -> SmallWorld:
    return at("granted").copy()


@pytest.fixture(params=["memory", "file", "postgresql"])
def told(request: pytest.FixtureRequest, world: SmallWorld, tmp_path: Path) -> Iterator[Database]:
    """The database of XB."""
    if request.param == "memory":
        yield world.xb.database
        return
    postgresql: Postgres | None = request.getfixturevalue("postgresql") if request.param == "postgresql" else None
    where: Path | Server = postgresql.empty() if postgresql else tmp_path / "copy.db"
    found = copy_into(world.xb.database, where)
    yield found
    found.close()
    if postgresql and isinstance(where, Server):
        postgresql.drop(where)


def test_a_message_counts_for_the_month_in_which_its_envelope_was_made(world: SmallWorld, told: Database) -> None:
    sent = sent_to_xa(world)
    came = came_from_xa(world)
    envelopes = [*(one.envelope for one in sent), *(one.envelope for one in came)]
    made = sorted(one.read_header().iat for one in envelopes)
    first, after = Instant.from_seconds(made[0]), Instant.from_seconds(made[-1] + 1)
    assert sent and came and all(one.state is OutboxState.DELIVERED for one in sent)
    with told.snapshot() as tx:
        there, back = tx.pairs.exchanged(XA, first, after)
        sent_by_case = [(one.case_id, one.envelope.digest) for one in sent]
        came_by_case = [(one.case_id, one.envelope.digest) for one in came]
        assert list(there) == [digest for _, digest in sent_by_case]
        assert list(back) == [digest for _, digest in came_by_case]
        assert list(tx.statistics.delivered(XA, first, after)) == [*sent_by_case, *came_by_case]
        assert tx.pairs.exchanged(XA, after, after.plus_days(40)) == ([], [])
        assert tx.pairs.exchanged(XA, first.plus_days(-40), first) == ([], [])
        assert tx.pairs.exchanged(NOBODY, first, after) == ([], [])


def test_what_waits_for_a_receipt_was_not_exchanged(world: SmallWorld, told: Database) -> None:
    message = sent_to_xa(world)[0]
    with told.transaction() as tx:
        tx.outbox.hasten(message.id, world.xb.clock.now())
    now = world.xb.clock.now()
    with told.snapshot() as tx:
        assert message.envelope.digest not in tx.pairs.exchanged(XA, now.plus_days(-9), now.plus_days(9))[0]


def test_the_receipts_for_what_is_settled_come_with_their_messages(world: SmallWorld, told: Database) -> None:
    sent = sent_to_xa(world)
    with told.snapshot() as tx:
        shown = list(tx.kept_receipts.of_settled(XA))
        assert {(message, case) for message, case, _ in shown} == {(one.id, one.case_id) for one in sent}
        assert all(data in tx.kept_receipts.of_message(message) for message, _, data in shown)
        assert list(tx.kept_receipts.of_settled(NOBODY)) == []


def test_a_proof_is_owed_for_what_was_exchanged_lately_and_is_not_there(world: SmallWorld, told: Database) -> None:
    ours = sent_to_xa(world)[0].id
    theirs = came_from_xa(world)[0].id
    now = world.xb.clock.now()
    with told.transaction() as tx:
        assert tx.proofs.missed(ours, XA) == ""
        for number, message in enumerate((ours, theirs)):
            tx.proofs.miss(MissingProof(message, XA, "no-proof", number))
        assert (tx.proofs.missed(ours, XA), tx.proofs.missed(ours, NOBODY)) == ("no-proof", "")
        since = now.plus_days(-1)
        assert list(tx.proofs.owed(since, "no-proof", 8)) == [(theirs, XA), (ours, XA)]
        assert list(tx.proofs.owed(since, "no-proof", 1)) == [(theirs, XA)]
        assert list(tx.proofs.owed(since, "no-answer", 8)) == []
        assert list(tx.proofs.owed(now.plus_days(1), "no-proof", 8)) == []
        tx.proofs.keep(HeldProof(theirs, XA, 0, b"entry", b"proof", now))
        assert list(tx.proofs.owed(since, "no-proof", 8)) == [(ours, XA)]
