"""A node that nobody can reach calls for what waits: the same bytes, receipts and history as by a push."""

from collections.abc import Callable
from typing import Final

import msgspec
import pytest

from comity.base.errors import NotVerified, Unavailable
from comity.exchange import mailbox
from comity.exchange.directory import Use, open_list, sign_list
from comity.exchange.envelope import parse_batch
from comity.exchange.problems import ExchangeProblem
from comity.transparency.entry import read_statement
from comity.workflows import (
    close_pairs,
    deliver_outbox,
    keep_directory,
    poll_peers,
    receive_envelope,
    sequence_log,
    swap_proofs,
)
from comity.workflows import mailbox as mailboxes
from comity.workflows.call_peer import call
from comity.workflows.deliver_outbox import LEASE_SECONDS
from comity.workflows.suspend_peer import readmit, suspend
from tests.simulators import dishonest
from tests.simulators.forge import request_to
from tests.simulators.packages import MemoryPackage
from tests.simulators.story import (
    accept_at_xa,
    accept_at_xb,
    approve,
    case_at,
    draft,
    examine,
    grant,
    order,
    release_by_provider,
    release_by_xb,
    seal,
)
from tests.simulators.wire import Fate
from tests.simulators.world import XA, XB, SmallWorld, new_world, preservation, production, share_directories

ROUNDS: Final = 12


def without_address(world: SmallWorld) -> SmallWorld:
    """XA is listed without an address, and nobody answers where it was."""
    keeper = world.xa
    with keeper.office.store.transaction() as tx:
        held = tx.directory.get("XA")
        assert held is not None
        value = open_list(held).value
        entities = tuple(msgspec.structs.replace(one, endpoint="") for one in value.entities)
        new = msgspec.structs.replace(value, sequence=value.sequence + 1, entities=entities)
        keep_directory.put(keeper.office, tx, sign_list(new, [keeper.keys.root]), by="bo")
    share_directories(world)
    world.wire.down.add(world.xa.host)
    return world


def settle_by_calls(world: SmallWorld) -> None:
    """Rounds at every node, and XA calls, until nothing more happens."""
    for _ in range(ROUNDS):
        polled = poll_peers.poll_all(world.xa.office)
        if not polled.messages + polled.receipts + sum(world.round(node) for node in world.nodes):
            return
    raise AssertionError("not quiet")


def whole_story(world: SmallWorld, settle: Callable[[SmallWorld], None]) -> None:
    """From a request to evidence that is examined."""
    approve(world, draft(world, preservation()))
    settle(world)
    ours = approve(world, draft(world, production()))
    settle(world)
    grant(world, case_at(world, "xb", "stored_data"))
    settle(world)
    order(world, case_at(world, "xb", "stored_data"))
    settle(world)
    seal(world, case_at(world, "provider", "stored_data"))
    release_by_provider(world, case_at(world, "provider", "stored_data"))
    settle(world)
    accept_at_xb(world, case_at(world, "xb", "stored_data"))
    settle(world)
    release_by_xb(world, case_at(world, "xb", "stored_data"))
    settle(world)
    accept_at_xa(world, case_at(world, "xa", "stored_data"))
    settle(world)
    examine(world, world.xa.case(ours.id), MemoryPackage())


def histories(world: SmallWorld) -> dict[str, list[list[str]]]:
    return {id_: [node.history(one.id) for one in node.cases()] for id_, node in world.nodes.items()}


def asked_world() -> SmallWorld:
    """XA's request is at XB, and XB's lawyer grants it: one message waits for XA."""
    world = without_address(new_world())
    approve(world, draft(world, production()))
    settle_by_calls(world)
    grant(world, case_at(world, "xb", "stored_data"))
    world.round(XB)
    return world


def test_push_and_pull_give_the_same_history_evidence_and_all() -> None:
    pushed, pulled = new_world(), without_address(new_world())
    whole_story(pushed, SmallWorld.settle)
    whole_story(pulled, settle_by_calls)
    assert histories(pulled) == histories(pushed)
    assert case_at(pulled, "xa", "stored_data").state == "evidence accepted"
    assert not any(node.is_waiting() for node in pulled.nodes.values())


def test_nothing_is_sent_to_a_node_without_an_address() -> None:
    world = asked_world()
    assert not [one for one in world.wire.carried if world.xa.host in one.url]
    with pytest.raises(Unavailable, match="no address"):
        call(world.xb.office, world.xb.entity(XA), "GET", "/health", "text/plain", b"")


def test_a_suspended_node_is_not_called() -> None:
    world = asked_world()
    before = case_at(world, "xa", "stored_data").state
    suspend(world.xa.office, "bo", XB, reasons="its node was broken into")
    settle_by_calls(world)
    with pytest.raises(ExchangeProblem, match="nothing is taken"):
        poll_peers.poll(world.xa.office, XB)
    assert case_at(world, "xa", "stored_data").state == before
    readmit(world.xa.office, "bo", XB, reasons="new keys, compared by two people")
    settle_by_calls(world)
    assert case_at(world, "xa", "stored_data").state != before


def test_what_is_given_is_the_bytes_of_the_outbox() -> None:
    world = asked_world()
    given = mailbox.parse_given(mailboxes.give(world.xb.office, world.xb.entity(XA), mailbox.Asked()))
    (envelope,) = parse_batch(given.batch_bytes)[1]
    assert envelope == next(one.envelope for one in world.xb.outbox() if one.kind == "grant")


def test_two_that_call_at_once_never_get_the_same_and_it_comes_again_when_the_lease_ends() -> None:
    world = asked_world()
    office, xa = world.xb.office, world.xb.entity(XA)
    assert mailboxes.give(office, xa, mailbox.Asked()) != b""
    assert mailboxes.give(office, xa, mailbox.Asked()) == b""
    world.pass_seconds(LEASE_SECONDS + 1)
    assert mailboxes.give(office, xa, mailbox.Asked()) != b""
    world.pass_seconds(LEASE_SECONDS + 1)
    settle_by_calls(world)
    assert world.xa.history(case_at(world, "xa", "stored_data").id).count("granted") == 1


@pytest.mark.parametrize("fate", [Fate.LOSE_ANSWER, Fate.DROP, Fate.DOUBLE, Fate.SPOIL_ANSWER, Fate.DELAY])
@pytest.mark.parametrize("path", [mailbox.PATH, "/v1/receipts"])
def test_whatever_befalls_a_call_each_message_has_its_effect_once(path: str, fate: Fate) -> None:
    world = asked_world()
    world.wire.next(path, fate)
    for _ in range(4):
        settle_by_calls(world)
        world.wire.release()
        world.pass_seconds(LEASE_SECONDS + 1)
    settle_by_calls(world)
    assert world.xa.history(case_at(world, "xa", "stored_data").id).count("granted") == 1
    assert not world.xb.is_waiting()


def test_a_second_receipt_is_given_until_the_caller_says_that_it_has_it() -> None:
    world = without_address(new_world())
    approve(world, draft(world, production()))
    deliver_outbox.deliver(world.xa.office)
    receive_envelope.open_waiting(world.xb.office)
    office, xa = world.xb.office, world.xb.entity(XA)
    first = mailbox.parse_given(mailboxes.give(office, xa, mailbox.Asked()))
    assert first.receipt_bytes
    world.pass_seconds(LEASE_SECONDS + 1)
    (row,) = deliver_outbox.enter_receipts(world.xa.office, world.xa.entity(XB), first.receipt_bytes).rows
    again = mailbox.parse_given(mailboxes.give(office, xa, mailbox.Asked()))
    assert again.receipt_bytes
    assert mailboxes.give(office, xa, mailbox.Asked(taken=(row.id,))) == b""
    world.pass_seconds(LEASE_SECONDS + 1)
    assert mailboxes.give(office, xa, mailbox.Asked()) == b""


def test_a_caller_gets_only_what_is_its_own() -> None:
    world = asked_world()
    body = mailbox.format_asked(mailbox.Asked())
    theirs = request_to(world, world.provider, XB, mailbox.PATH, body, media_type=mailbox.ASKED_TYPE)
    assert (theirs.status, theirs.body) == (204, b"")
    stranger = world.xa.keys.signer(Use.LOG)
    unknown = request_to(world, world.xa, XB, mailbox.PATH, body, media_type=mailbox.ASKED_TYPE, signer=stranger)
    assert unknown.status == 403


def test_a_part_is_given_to_whom_it_is_on_its_way_to_and_to_nobody_else() -> None:
    world = asked_world()
    with pytest.raises(ExchangeProblem) as refused:
        mailboxes.part_of(world.xb.office, XA, "AAECAwQFBgcICQoLDA0ODw", "00" * 32)
    assert refused.value.code == "not-found"


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'{"v":2}', b'{"v":1,"wait":26}', b'{"v":1,"wait":-1}', b'{"v":1,"most":129}', b'{"v":1,"other":1}'],
)
def test_a_question_that_is_none_is_refused(body: bytes) -> None:
    world = new_world()
    answer = request_to(world, world.xa, XB, mailbox.PATH, body, media_type=mailbox.ASKED_TYPE)
    assert answer.status == 400


def test_the_caller_takes_no_more_than_it_has_room_for() -> None:
    world = asked_world()
    assert mailboxes.give(world.xb.office, world.xb.entity(XA), mailbox.Asked(most=0)) == b""


# Proofs and periods of who cannot be asked


def publish(world: SmallWorld) -> None:
    """The witness's own log is left out: XA, which is to cosign it, cannot be asked."""
    for node in (world.xa, world.xb):
        sequence_log.publish(node.office)


def called_once() -> tuple[SmallWorld, str]:
    """A message of XA, which has no address, that XB has; both logs are published. And the message's id."""
    world = without_address(new_world())
    approve(world, draft(world, preservation()))
    settle_by_calls(world)
    publish(world)
    return world, world.xa.outbox()[0].id


def kinds_of(world: SmallWorld) -> list[object]:
    """The public statements of XB about proofs, in order."""
    with world.xb.office.store.transaction() as tx:
        found = [read_statement(entry)["kind"] for _, entry in tx.log.statements(0)]
    return [one for one in found if one in (swap_proofs.MISSING, swap_proofs.LATE)]


def test_who_cannot_be_asked_brings_its_proof_and_is_accused_of_nothing() -> None:
    world, message = called_once()
    assert swap_proofs.swap(world.xa.office) > 0
    with world.xb.office.store.transaction() as tx:
        assert tx.proofs.get(message, XA) is not None
    world.pass_days(swap_proofs.PROOF_DAYS + 1)
    swap_proofs.swap(world.xb.office)
    assert kinds_of(world) == []


def test_who_brings_no_proof_in_time_is_named_and_whoever_brings_it_later_is_named_for_that() -> None:
    world, _ = called_once()
    world.pass_days(swap_proofs.PROOF_DAYS + 1)
    swap_proofs.swap(world.xb.office)
    assert kinds_of(world) == []  # it may only be off the net
    world.pass_days(swap_proofs.SILENT_DAYS)
    swap_proofs.swap(world.xb.office)
    assert kinds_of(world) == [swap_proofs.MISSING]
    swap_proofs.swap(world.xa.office)
    assert kinds_of(world) == [swap_proofs.MISSING, swap_proofs.LATE]


def test_who_denies_a_message_to_a_node_that_cannot_be_asked_is_named_by_it() -> None:
    world, message = called_once()
    dishonest.denies(world, XB, [message])
    world.pass_days(swap_proofs.PROOF_DAYS + 1)
    swap_proofs.swap(world.xa.office)
    with world.xa.office.store.transaction() as tx:
        assert [(one.message_id, one.peer, one.code) for one in tx.proofs.missing()] == [(message, XB, "no-proof")]


def test_a_proof_of_another_message_is_refused_and_stated() -> None:
    world, message = called_once()
    approve(world, draft(world, preservation()))
    settle_by_calls(world)
    publish(world)
    other = next(one.id for one in world.xa.outbox() if one.id != message)
    caller = world.xb.entity(XA)
    with pytest.raises(NotVerified):
        swap_proofs.enter_proof(world.xb.office, caller, message, swap_proofs.proof_for(world.xa.office, XB, other))
    assert kinds_of(world) == [swap_proofs.MISSING]
    with pytest.raises(ExchangeProblem):
        swap_proofs.enter_proof(world.xb.office, caller, "no-such", swap_proofs.proof_for(world.xa.office, XB, other))


def test_a_month_is_closed_by_the_one_that_cannot_be_asked_whoever_comes_first() -> None:
    world, _ = called_once()
    world.pass_days(45)
    for node in (world.xb, world.xa):
        close_pairs.close_due(node.office)
    with world.xb.office.store.transaction() as tx:
        closed = tx.pairs.get("2026-12", XA)
        assert closed is not None and closed.theirs
        assert not [one for one in tx.alarms.all() if one.kind == "pair"]
