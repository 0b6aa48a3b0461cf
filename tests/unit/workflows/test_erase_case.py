"""Erasing a case: its entries become noise, the statistics stay checkable, and both ends say so in public."""

import pytest

from comity.base.errors import BadProof, Malformed, NotFound, NotPermitted, NotVerified, OutOfOrder
from comity.cases.case import Case
from comity.transparency.entry import read_stat_row, verify_body, verify_stat
from comity.workflows import prove_entry, withdraw_request
from comity.workflows.erase_case import WAIT_DAYS, erase
from comity.workflows.record import load
from tests.simulators.story import ask
from tests.simulators.world import SmallWorld, new_world, preservation

BASIS = "Data Protection Act, section 31"


@pytest.fixture
def world() -> SmallWorld:
    return new_world()


def over(world: SmallWorld) -> Case:
    """A case of XA that was withdrawn, long ago."""
    ours, _ = ask(world, preservation())
    withdraw_request.withdraw(world.xa.office, "bo", ours.id, reasons="settled")
    world.settle()
    world.pass_days(WAIT_DAYS + 1)
    return ours


def test_what_an_entry_said_cannot_be_told_any_more_and_its_row_still_can(world: SmallWorld) -> None:
    ours = over(world)
    before = world.xa.leaves(ours.id)
    with world.xa.office.store.transaction() as tx:
        key = tx.log.key(f"case:{ours.id}")
    done = erase(world.xa.office, "rose", ours.id, BASIS)
    after = world.xa.leaves(ours.id)
    assert done.entries == len(before) == len(after)
    for old, new in zip(before, after, strict=True):
        assert new.entry == old.entry
        assert (new.body, new.body_salt) == (b"", b"")
        verify_stat(new.entry, new.stat, new.stat_salt)
        assert read_stat_row(new.stat).kind
        with pytest.raises(BadProof):
            verify_body(new.entry, old.body, new.body_salt)
    with world.xa.office.store.transaction() as tx:
        assert tx.log.key(f"case:{ours.id}") is None
        assert tx.cases.events(ours.id) == []
    rows = world.xa.dump()
    kept = b"".join(value for table in rows.values() for row in table for value in row.values() if type(value) is bytes)
    assert key is not None
    for secret in (key, before[0].body, before[0].body_salt, b"gain-fast"):
        assert secret not in kept


def test_both_ends_say_that_something_was_erased_and_never_what(world: SmallWorld) -> None:
    ours = over(world)
    done = erase(world.xa.office, "rose", ours.id, BASIS)
    assert done.told == (world.xb.id,)
    (here,), (there,) = world.xa.statements("erased"), world.xb.statements("erased-by-peer")
    assert here == {"kind": "erased", "mode": "exercise", "stamp": "EXERCISE", "entries": done.entries, "basis": BASIS}
    assert (there["peer"], there["basis"]) == (world.xa.id, BASIS)
    assert ours.id not in str(here) + str(there)


def test_an_entry_of_an_erased_case_is_proved_without_its_opening(world: SmallWorld) -> None:
    ours = over(world)
    erase(world.xa.office, "rose", ours.id, BASIS)
    world.publish()
    leaf = world.xa.leaves(ours.id)[0]
    _, proof = prove_entry.prove(world.xa.office, leaf.index, with_opening=True)
    assert b"\nextra " not in proof


def test_where_the_counterpart_does_not_answer_a_person_is_told(world: SmallWorld) -> None:
    ours = over(world)
    with world.wire.cut(world.xb.host):
        done = erase(world.xa.office, "rose", ours.id, BASIS)
    assert (done.told, done.not_told) == ((), (world.xb.id,))


def test_a_case_is_not_erased_before_it_is_over_nor_before_its_period_is_closed(world: SmallWorld) -> None:
    ours, _ = ask(world, preservation())
    with pytest.raises(OutOfOrder, match="not over"):
        erase(world.xa.office, "rose", ours.id, BASIS)
    withdraw_request.withdraw(world.xa.office, "bo", ours.id, reasons="settled")
    world.settle()
    with pytest.raises(OutOfOrder, match="may not be closed"):
        erase(world.xa.office, "rose", ours.id, BASIS)
    assert world.xa.history(ours.id)


def test_a_case_is_erased_once(world: SmallWorld) -> None:
    ours = over(world)
    erase(world.xa.office, "rose", ours.id, BASIS)
    with pytest.raises(NotFound, match="was erased"):
        erase(world.xa.office, "rose", ours.id, BASIS)
    assert len(world.xa.statements("erased")) == 1


def test_only_who_may_and_only_with_a_basis(world: SmallWorld) -> None:
    ours = over(world)
    with pytest.raises(NotPermitted):
        erase(world.xa.office, "anna", ours.id, BASIS)
    for basis in ("", "  ", "x" * 501):
        with pytest.raises(Malformed):
            erase(world.xa.office, "rose", ours.id, basis)
    with pytest.raises(NotVerified):
        erase(world.xa.office, "rose", "no such case", BASIS)


def test_nothing_of_the_case_stays_in_the_memory_of_the_process(world: SmallWorld) -> None:
    ours = over(world)
    with world.xa.office.store.transaction() as tx:
        known, stored = tx.known_cases, tx.cases.events(ours.id)
        assert known.fold(ours.id, stored) is load(tx, ours.id)
    erase(world.xa.office, "rose", ours.id, BASIS)
    assert known.fold(ours.id, stored) is not known.fold(ours.id, stored)
