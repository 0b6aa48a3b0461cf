"""Turns are taken by one at a time and pass on when a lease ends; processes are seen while they say that they live."""

import dataclasses

from comity.adapters.sql.database import Database
from comity.base.instants import Instant
from comity.workflows.work_store import Backlog, Process
from tests.unit.adapters.sql.test_mail import incoming, outgoing

NOW = Instant.parse("2026-11-22T10:00:00Z")
LEASE = NOW.plus_seconds(60)


def test_a_turn_is_taken_once_and_again_when_it_is_due(database: Database) -> None:
    with database.transaction() as tx:
        assert tx.work.take_turn("publish", NOW, LEASE)
        assert not tx.work.take_turn("publish", NOW, LEASE)
        assert tx.work.take_turn("watch", NOW, LEASE)
        tx.work.end_turn("publish", NOW.plus_seconds(3600))
        assert not tx.work.take_turn("publish", NOW.plus_seconds(3599), LEASE)
        assert tx.work.take_turn("publish", NOW.plus_seconds(3600), LEASE)


def test_a_turn_whose_holder_is_gone_passes_on_when_its_lease_ends_or_is_taken_away(database: Database) -> None:
    with database.transaction() as tx:
        assert tx.work.take_turn("publish", NOW, LEASE)
        assert not tx.work.take_turn("publish", LEASE.plus_seconds(-1), LEASE)
        assert tx.work.take_turn("publish", LEASE, LEASE.plus_seconds(60))
        tx.work.free_turns()
        assert tx.work.take_turn("publish", LEASE, LEASE)


def test_a_turn_that_takes_long_is_kept_and_one_that_ended_is_not_taken_back(database: Database) -> None:
    with database.transaction() as tx:
        tx.work.take_turn("publish", NOW, LEASE)
        tx.work.keep_turn("publish", LEASE.plus_seconds(60))
        assert not tx.work.take_turn("publish", LEASE, LEASE)
        tx.work.end_turn("publish", NOW)
        tx.work.keep_turn("publish", LEASE.plus_seconds(60))
        assert tx.work.take_turn("publish", NOW, LEASE)


def test_processes_are_listed_in_the_order_in_which_they_began_until_they_leave_or_are_not_seen(
    database: Database,
) -> None:
    old = Process("b", "serve", NOW, NOW)
    young = Process("a", "work", LEASE, LEASE, "mark")
    with database.transaction() as tx:
        tx.work.put_process(young)
        tx.work.put_process(old)
        assert tx.work.processes() == [old, young]
        again = dataclasses.replace(old, seen=LEASE, mark="2")
        tx.work.put_process(again)
        assert tx.work.processes() == [again, young]
        tx.work.remove_process("a")
        assert tx.work.processes() == [again]
        tx.work.remove_processes(LEASE)
        assert tx.work.processes() == [again]
        tx.work.remove_processes(LEASE.plus_seconds(1))
        assert tx.work.processes() == []


def test_the_backlog_says_what_waits_and_since_when(database: Database) -> None:
    with database.transaction() as tx:
        assert tx.work.backlog(NOW) == Backlog(0, None, 0, 0, None, 0)
        tx.outbox.queue(outgoing("a"), NOW)
        tx.outbox.queue(outgoing("b"), NOW.plus_seconds(1))
        tx.outbox.claim(NOW, lease_until=LEASE, most=1)
        tx.inbox.add(incoming("m"))
        found = tx.work.backlog(NOW.plus_seconds(1))
        assert (found.unsettled, found.oldest_unsettled, found.due) == (2, NOW, 1)
        assert (found.unopened, found.oldest_unopened) == (1, incoming("m").at)
        tx.inbox.defer("XA/central-authority", "m", "stale-list")
        assert tx.work.backlog(NOW).unopened == 0
