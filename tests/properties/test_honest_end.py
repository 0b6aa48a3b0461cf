"""One dishonest end: whichever way it hides an exchange, it is caught, and it is told by whom.

Each case is played by the real program on both sides over the small world; only the store or the clock of the dishonest
node does as its operator likes. What two who collude can do is said in docs/formats/log.md, section 12.
"""

import pytest

from comity.base.errors import BadSignature, Conflict
from comity.base.ids import NodeId
from comity.exchange import receipt
from comity.exchange.directory import Use
from comity.exchange.problems import ExchangeProblem
from comity.exchange.receipt import Status
from comity.transparency.cosignature import verify_quorum
from comity.transparency.monitor import Watched, look, unmatched
from comity.transparency.pairs import exchange_id, late_after
from comity.workflows import change_directory, close_pairs, keep_directory, sequence_log, swap_proofs
from comity.workflows.log_keys import cosigner_keys, log_keys
from tests.simulators import dishonest
from tests.simulators.fakes import MemoryLog
from tests.simulators.story import approve, ask, draft
from tests.simulators.world import WITNESS, XA, XB, Node, SmallWorld, new_world, preservation


@pytest.fixture
def world() -> SmallWorld:
    found = new_world()
    found.publish()
    return found


def missing(node: Node) -> list[tuple[str, str]]:
    with node.office.store.transaction() as tx:
        return [(one.peer, one.code) for one in tx.proofs.missing()]


def after_days(world: SmallWorld, days: int) -> None:
    world.pass_days(days)
    world.publish()


def seen_by_anyone(
    world: SmallWorld, before: list[Watched] | None = None
) -> tuple[list[Watched], list[tuple[str, str]]]:
    """What a monitor outside keeps of the two logs, and what it finds. before: what it kept; none at its first look."""
    now = world.xa.clock.now()
    kept, found = [], []
    witness = cosigner_keys(world.xa.entity(WITNESS), now)
    for number, node in enumerate((world.xa, world.xb)):
        key = log_keys(node.entity(node.id), now)[0]
        earlier = before[number] if before else Watched(origin=key.name)
        watched, faults = look(earlier, node.log, key, lambda note: verify_quorum(note, witness, 1), now, 10**9)
        kept.append(watched)
        found += [(one.origin, one.kind) for one in faults if one.kind != "stale"]
    found += [(one.origin, one.kind) for one in unmatched(kept, now)]
    return kept, found


def test_two_honest_ends_swap_proofs_and_close_every_period_alike(world: SmallWorld) -> None:
    ask(world, preservation())
    after_days(world, 1)
    for node in (world.xa, world.xb):
        assert swap_proofs.swap(node.office) >= 1
        assert missing(node) == []
    message = world.xa.outbox()[0].id
    with world.xa.office.store.transaction() as tx:
        held = tx.proofs.get(message, XB)
    assert held is not None
    with world.xb.office.store.transaction() as tx:
        theirs = tx.log.leaf(held.index)
    assert theirs is not None
    assert theirs.entry == held.entry
    after_days(world, 60)
    for node in world.nodes.values():
        close_pairs.close_due(node.office)
    world.publish()
    for node in (world.xa, world.xb):
        (closed,) = [one for one in node.statements("pair-close") if one["peer"] in (XA, XB)]
        assert closed["period"] == "2026-12"
    assert seen_by_anyone(world)[1] == []


def test_an_idle_pair_closes_too_and_its_value_tells_nothing(world: SmallWorld) -> None:
    after_days(world, 60)
    for node in world.nodes.values():
        close_pairs.close_due(node.office)
    world.publish()
    values = {one["value"] for node in (world.xa, world.xb) for one in node.statements("pair-close")}
    values_of_xa = [one["value"] for one in world.xa.statements("pair-close") if one["peer"] == XB]
    assert len(values_of_xa) == 1
    assert values_of_xa[0] in {one["value"] for one in world.xb.statements("pair-close")}
    assert (
        len(values) == 2
    )  # XA with XB, and XB with its provider: two idle pairs, two values that look alike to nobody
    assert seen_by_anyone(world)[1] == []


def exchanged_in_december(world: SmallWorld) -> str:
    """A message that XB has receipted, in the period that is closed next; its id."""
    ask(world, preservation())
    return world.xa.outbox()[-1].id


def close_december(world: SmallWorld) -> None:
    after_days(world, 45)
    for node in (world.xa, world.xb):
        close_pairs.close_due(node.office)
    world.publish()


def test_who_keeps_a_message_out_of_its_log_is_caught_by_the_other_end(world: SmallWorld) -> None:
    dishonest.drops_from_its_log(world, XB)
    message = exchanged_in_december(world)
    after_days(world, 1)
    swap_proofs.swap(world.xa.office)
    assert missing(world.xa) == []  # not late yet
    after_days(world, 2)
    swap_proofs.swap(world.xa.office)
    assert missing(world.xa) == [(XB, "no-proof")]
    (told,) = world.xa.statements("missing-proof")
    sent = next(one for one in world.xa.outbox() if one.id == message)
    assert (told["node"], told["peer"], told["why"]) == (XA, XB, "no-proof")
    assert told["exchange"] == str(exchange_id(sent.envelope.digest))
    assert receipt_of(world, message).status is Status.DELIVERED  # which XA can show to anyone


def test_an_end_that_was_off_the_net_for_days_is_accused_of_nothing(world: SmallWorld) -> None:
    message = exchanged_in_december(world)
    after_days(world, swap_proofs.SILENT_DAYS - 1)
    with world.wire.cut(world.xb.host):
        assert swap_proofs.swap(world.xa.office) == 0
    assert missing(world.xa) == []
    assert swap_proofs.swap(world.xa.office) == 1
    assert has_proof(world.xa, message, XB)
    assert world.xa.statements("missing-proof") == []


def test_an_end_that_never_answers_is_named_for_that_and_cleared_by_the_proof_it_gives_later(world: SmallWorld) -> None:
    exchanged_in_december(world)
    after_days(world, swap_proofs.SILENT_DAYS + 1)
    with world.wire.cut(world.xb.host):
        swap_proofs.swap(world.xa.office)
    assert missing(world.xa) == [(XB, "no-answer")]
    assert swap_proofs.swap(world.xa.office) == 1
    assert swap_proofs.swap(world.xa.office) == 0
    (told,), (late,) = world.xa.statements("missing-proof"), world.xa.statements("late-proof")
    assert late["exchange"] == told["exchange"]


def test_an_end_whose_log_could_not_be_published_for_days_is_accused_of_nothing(world: SmallWorld) -> None:
    message = exchanged_in_december(world)
    world.pass_days(swap_proofs.PROOF_DAYS + 1)
    swap_proofs.swap(world.xa.office)
    assert missing(world.xa) == []
    world.publish()
    swap_proofs.swap(world.xa.office)
    assert has_proof(world.xa, message, XB)


def test_an_end_that_has_a_message_and_could_not_open_it_for_days_is_accused_of_nothing(world: SmallWorld) -> None:
    approve(world, draft(world, preservation()))
    world.round(XA)
    (message,) = world.xa.outbox()
    with world.xb.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE inbox SET state = 'stored', case_id = ''")
    after_days(world, swap_proofs.PROOF_DAYS + 1)
    with pytest.raises(ExchangeProblem) as raised:
        swap_proofs.proof_for(world.xb.office, XA, message.id)
    assert raised.value.code == "unavailable"
    swap_proofs.swap(world.xa.office)
    assert missing(world.xa) == []


def test_an_end_whose_witness_had_to_change_its_key_is_accused_of_nothing_while_our_list_is_older(
    world: SmallWorld,
) -> None:
    keys, office = world.witness.keys, world.witness.office
    stolen = keys.signer(Use.WITNESS).kid
    change_directory.revoke(office, "kim", stolen, office.clock.now(), [keys.root])
    public = keys.make(Use.WITNESS, office.randomness).public
    change_directory.rotate(office, "kim", Use.WITNESS, public, office.clock.now(), [keys.root])
    newer = next(one for one in keep_directory.show(office) if one.value.state == office.state)
    keep_directory.trust(world.xb.office, "olga", newer.data, newer.fingerprint)
    message = exchanged_in_december(world)
    world.pass_days(swap_proofs.PROOF_DAYS + 1)
    sequence_log.publish(world.xb.office)
    swap_proofs.swap(world.xa.office)
    assert missing(world.xa) == []
    keep_directory.trust(world.xa.office, "bo", newer.data, newer.fingerprint)
    swap_proofs.swap(world.xa.office)
    assert has_proof(world.xa, message, XB)


def has_proof(node: Node, message: str, peer: str) -> bool:
    with node.office.store.transaction() as tx:
        return tx.proofs.get(message, peer) is not None


def receipt_of(world: SmallWorld, message: str) -> receipt.Row:
    """XB's signed word on a message, as anyone checks it with XB's key from the directory."""
    with world.xb.office.store.transaction() as tx:
        row = tx.receipts.of_message(XA, message)
    assert row is not None
    key = world.xa.entity(XB).key(Use.RECEIPT, world.xa.clock.now())
    return receipt.verify(signed_by(world.xb, row, XA), key.public_bytes).rows[0]


def signed_by(node: Node, row: receipt.Row, to: str) -> bytes:
    signer, at = node.keys.signer(Use.RECEIPT), node.clock.now()
    return receipt.issue([row], by=node.id, to=to, mode=node.office.mode, at=at, signer=signer)


def test_who_dates_an_entry_back_is_caught_by_the_other_end(world: SmallWorld) -> None:
    ask(world, preservation())
    after_days(world, 1)
    assert swap_proofs.swap(world.xa.office) >= 1  # XA has seen a checkpoint of XB's log, with a witness's time
    now = world.xb.clock.now()
    ours = approve(world, draft(world, preservation()))
    world.round(XA)
    dishonest.sets_its_clock(world, XB, now.plus_seconds(-7200))
    world.round(XB)
    dishonest.sets_its_clock(world, XB, now)
    world.settle()
    assert world.xa.case(ours.id).state
    after_days(world, 1)
    swap_proofs.swap(world.xa.office)
    assert missing(world.xa) == [(XB, "back-dated")]
    assert [one["why"] for one in world.xa.statements("missing-proof")] == ["back-dated"]


def test_who_dates_an_entry_to_come_is_caught_by_the_other_end(world: SmallWorld) -> None:
    approve(world, draft(world, preservation()))
    world.round(XA)
    now = world.xb.clock.now()
    dishonest.sets_its_clock(world, XB, now.plus_days(1))
    world.round(XB)
    dishonest.sets_its_clock(world, XB, now)
    world.settle()
    world.publish()
    swap_proofs.swap(world.xa.office)
    assert missing(world.xa) == [(XB, "post-dated")]


def test_who_denies_that_a_message_came_is_caught_by_anyone(world: SmallWorld) -> None:
    message = exchanged_in_december(world)
    shown = receipt_of(world, message)
    dishonest.denies(world, XB, [message])
    close_december(world)
    faults = seen_by_anyone(world)[1]
    assert sorted(faults) == [(world.xa.office.origin, "pair"), (world.xb.office.origin, "pair")]
    with world.xa.office.store.transaction() as tx:
        assert [one.kind for one in tx.alarms.all()] == ["pair"]
    assert shown.status is Status.DELIVERED  # and which of the two denies is shown by XB's own receipt


def test_who_does_not_close_a_period_is_seen_by_anyone_once_it_is_late(world: SmallWorld) -> None:
    close_december(world)
    world.pass_days(30)
    with world.wire.cut(world.xb.host):
        close_pairs.close_due(world.xa.office)  # January; XB does not answer, nor begin
    world.publish()
    kept, faults = seen_by_anyone(world)
    assert faults == []  # not late yet
    world.pass_days(5)
    assert late_after("2027-01") < world.xa.clock.now()
    kept, faults = seen_by_anyone(world, kept)
    assert faults == []  # its log was not seen since
    world.publish()
    assert seen_by_anyone(world, kept)[1] == [(world.xb.office.origin, "pair")]


@pytest.mark.parametrize("off", [XA, XB])
def test_two_of_which_one_was_off_the_net_when_a_period_was_closed_close_it_alike_afterwards(
    world: SmallWorld, off: NodeId
) -> None:
    exchanged_in_december(world)
    there = world.nodes[XB if off == XA else XA]
    after_days(world, 40)  # the first of the two may begin
    with world.wire.cut(world.nodes[off].host):
        close_pairs.close_due(there.office)
        world.pass_days(10)  # each of them may
        close_pairs.close_due(there.office)
    close_pairs.close_due(world.nodes[off].office)
    close_pairs.close_due(there.office)
    world.publish()
    values = [one["value"] for node in (world.xa, world.xb) for one in node.statements("pair-close") if is_theirs(one)]
    assert len(values) == 2
    assert len(set(values)) == 1
    for node in (world.xa, world.xb):
        with node.office.store.transaction() as tx:
            assert [one.what for one in tx.alarms.all() if one.kind == close_pairs.ALARM] == []
    assert seen_by_anyone(world)[1] == []


def is_theirs(said: dict[str, object]) -> bool:
    return {said["node"], said["peer"]} == {XA, XB}


def test_who_closes_a_period_late_with_a_peer_it_met_late_is_accused_of_nothing_before_its_log_is_out(
    world: SmallWorld,
) -> None:
    after_days(world, 50)
    assert late_after("2026-12") < world.xa.clock.now()
    close_pairs.close_due(world.provider.office)
    sequence_log.publish(world.xb.office)
    close_pairs.close_due(world.xa.office)
    sequence_log.publish(world.xa.office)
    kept, faults = seen_by_anyone(world)
    assert faults == []
    world.pass_days(2)
    sequence_log.publish(world.xb.office)
    assert seen_by_anyone(world, kept)[1] == []


def test_who_takes_entries_back_is_stopped_by_its_witness_and_cannot_publish(world: SmallWorld) -> None:
    exchanged_in_december(world)
    world.publish()
    standing = sequence_log.published(world.xb.office)
    assert standing is not None
    dishonest.leaves_out_of_its_log(world, XB, standing.size - world.xb.office.pad_to)  # a step at least, beside pads
    world.xb.log.files.clear()
    world.xb.head.head = None  # all that would stop an honest program
    with world.xb.database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM log_signed")
    with pytest.raises(Conflict, match="seen by XC/observatory"):
        sequence_log.publish(world.xb.office)


def test_who_shows_two_histories_is_caught_by_whoever_saw_the_first(world: SmallWorld) -> None:
    exchanged_in_december(world)
    world.publish()
    now = world.xa.clock.now()
    key = log_keys(world.xb.entity(XB), now)[0]
    kept, faults = look(Watched(origin=key.name), world.xb.log, key, lambda _: (), now, 10**9)
    assert [one.kind for one in faults if one.kind != "stale"] == []
    other = new_world()
    for _ in range(8):
        ask(other, preservation())
    sequence_log.publish(other.change(XB, witnesses_needed=0, witnesses=()))
    forked = MemoryLog(dict(other.xb.log.files))
    again, faults = look(kept, forked, key, lambda _: (), now, 10**9)
    assert [one.kind for one in faults] == ["fork"]
    assert (again.size, again.root) == (kept.size, kept.root)  # the second never takes the first one's place
    assert again.against


def test_a_receipt_cannot_be_made_up_by_the_other_end(world: SmallWorld) -> None:
    message = exchanged_in_december(world)
    with world.xb.office.store.transaction() as tx:
        row = tx.receipts.of_message(XA, message)
    assert row is not None
    forged = signed_by(world.xa, row, XB)
    with pytest.raises(BadSignature):
        receipt.verify(forged, world.xa.entity(XB).key(Use.RECEIPT, world.xa.clock.now()).public_bytes)
    assert world.witness.id == WITNESS
