"""A directory that has ended: only preservation goes on, with a person's word; all else waits, and says why."""

import msgspec
import pytest

from comity.base.errors import OutOfOrder
from comity.exchange import receipt
from comity.exchange.directory import LONGEST_LIFE_DAYS, Use, open_list, sign_list
from comity.exchange.message import WithdrawBody
from comity.exchange.problems import ExchangeProblem
from comity.workflows import (
    deliver_outbox,
    doubts,
    keep_directory,
    receive_envelope,
    show_directories,
    watch_directories,
)
from comity.workflows.show_outbox import waiting
from tests.simulators.forge import Forged, next_in_channel, outcome
from tests.simulators.story import approve, at, case_at, draft, grant, order
from tests.simulators.world import XA, XB, Node, SmallWorld, preservation, production, share_directories

STALE = "stale-directory"


def over(world: SmallWorld) -> SmallWorld:
    """Every list has ended."""
    world.pass_days(LONGEST_LIFE_DAYS + 1)
    return world


def renew(world: SmallWorld, *nodes: Node) -> None:
    operators = {world.xa.id: "bo", world.xb.id: "olga", world.witness.id: "kim"}
    for node in nodes or (world.xa, world.xb, world.witness):
        keep_directory.renew(node.office, operators[node.id], [node.keys.root])
    share_directories(world)


def only_xa_over() -> SmallWorld:
    """XA's list has ended, and XB's and the witness's have not."""
    world = at("production asked")
    world.pass_days(20)
    keep_directory.renew(world.xb.office, "olga", [world.xb.keys.root])
    keep_directory.renew(world.witness.office, "kim", [world.witness.keys.root])
    share_directories(world)
    world.pass_days(11)
    return world


def test_preservation_is_taken_and_waits_for_a_persons_word_before_an_order() -> None:
    world = over(at("new"))
    approve(world, draft(world, preservation()))
    world.settle()
    case = case_at(world, "xb", "preservation")
    assert [one.ground for one in case.doubts] == [STALE]
    with pytest.raises(OutOfOrder, match="in doubt"):
        order(world, case)
    doubts.settle(world.xb.office, "rita", case.id, keep=True, reasons="XA was called: its roots' keeper is ill")
    order(world, case)
    world.settle()
    assert case_at(world, "provider", "preservation").state == "ordered"


def test_what_we_send_waits_says_why_and_goes_out_with_the_next_list() -> None:
    world = over(at("new"))
    approve(world, draft(world, production()))
    world.settle()
    assert not world.xb.cases()
    (found,) = waiting(world.xa.office)
    assert found.reason == STALE and "newest list" in found.advice
    renew(world)
    world.settle()
    assert case_at(world, "xb", "stored_data").state == "requested"


def test_what_comes_waits_and_its_sender_is_told_by_a_signed_receipt() -> None:
    world = only_xa_over()
    ours = case_at(world, "xa", "stored_data")
    right = {**next_in_channel(world.xa, ours.id, XB)}
    envelope = Forged("withdraw", WithdrawBody(reasons="solved"), document=right, header=_outside(right)).make(world)
    assert outcome(world, envelope) == STALE
    message = envelope.read_header().id
    kept = world.xb.incoming(XA, message)
    assert kept is not None and (str(kept.state), kept.code) == ("stored", STALE)
    receipts = receive_envelope.receipt_for(world.xb.office, XA, message)
    (row,) = receipt.verify(receipts, world.xb.keys.signer(Use.RECEIPT).public).rows
    assert (str(row.status), row.code) == ("stored", STALE)
    assert receive_envelope.open_waiting(world.xb.office) == 0
    renew(world, world.xa)
    assert receive_envelope.open_waiting(world.xb.office) == 1
    assert case_at(world, "xb", "stored_data").state == "withdrawn"


def _outside(document: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in document.items() if name != "case"}


def test_other_peers_go_on_while_one_waits() -> None:
    world = only_xa_over()
    renew(world, world.xa)
    world.pass_days(1)
    grant(world, case_at(world, "xb", "stored_data"))
    world.settle()
    assert case_at(world, "xa", "stored_data").state == "granted"


def test_the_alarm_sounds_before_a_list_ends_and_stops_with_the_next() -> None:
    world = at("new")

    def alarms() -> set[str]:
        watch_directories.watch(world.xb.office)
        with world.xb.office.store.transaction() as tx:
            return {one.kind for one in tx.alarms.all()}

    assert alarms() == set()
    world.pass_days(LONGEST_LIFE_DAYS - watch_directories.TOLD_DAYS)
    world.pass_seconds(1)
    assert alarms() == {watch_directories.ENDS}
    world.pass_days(watch_directories.TOLD_DAYS)
    assert alarms() == {watch_directories.OVER}
    renew(world)
    assert alarms() == set()


def test_two_lists_of_one_number_are_told_kept_and_stated_in_the_log_and_the_first_stays() -> None:
    world = at("new")
    with world.xa.office.store.transaction() as tx:
        held = tx.directory.get("XA")
    assert held is not None
    value = open_list(held).value
    forged = msgspec.structs.replace(value, issued=value.issued + 1)
    second = sign_list(forged, [world.xa.keys.root])
    size = world.xb.dump()["log_entry"]
    for _ in range(2):
        with pytest.raises(ExchangeProblem, match="one of the two is false") as caught:
            keep_directory.trust(world.xb.office, "olga", second.data, second.fingerprint)
    assert caught.value.code == "conflict"
    assert len(world.xb.dump()["log_entry"]) == len(size) + 1
    with world.xb.office.store.transaction() as tx:
        assert tx.directory.get("XA") == held
        assert [one.kind for one in tx.alarms.all()] == [keep_directory.FORK]
    steps = show_directories.history(world.xb.office, "XA")
    assert sorted(one.adopted for one in steps) == [False, True]


def test_an_older_list_is_refused_and_the_same_one_again_changes_nothing() -> None:
    world = at("new")
    first = keep_directory.show(world.xa.office)
    old = next(one for one in first if one.value.state == "XA")
    renew(world, world.xa)
    with pytest.raises(ExchangeProblem, match="never goes back"):
        keep_directory.trust(world.xb.office, "olga", old.data, old.fingerprint)
    share_directories(world)
    changes = show_directories.history(world.xb.office, "XA")
    assert [(one.sequence, one.adopted, one.confirmed_by) for one in changes] == [
        (2, True, ("olga", "sven")),
        (1, True, ("olga", "sven")),
    ]


def test_the_sender_keeps_what_waits_for_a_list_out_of_the_way_of_preservation() -> None:
    world = over(at("new"))
    for _ in range(3):
        approve(world, draft(world, production()))
    approve(world, draft(world, preservation()))
    deliver_outbox.deliver(world.xa.office)
    receive_envelope.open_waiting(world.xb.office)
    assert [one.procedure for one in world.xb.cases()] == ["preservation"]
