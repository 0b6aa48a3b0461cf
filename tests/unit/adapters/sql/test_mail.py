"""Outbox, inbox and receipts: what is due is claimed once, urgent first, and what is settled stays settled."""

import dataclasses
import threading

import pytest

from comity.adapters.sql.database import Database
from comity.base.errors import Conflict, Unavailable
from comity.base.instants import Instant
from comity.exchange.envelope import Envelope
from comity.exchange.receipt import Row, Status
from comity.workflows.stores import Entered, Incoming, OpenCount, OutboxState, Outgoing

NOW = Instant.parse("2026-11-22T10:00:00Z")
LEASE = NOW.plus_seconds(60)


def outgoing(name: str, priority: int = 0) -> Outgoing:
    return Outgoing(
        id=name,
        peer="XB/central-authority",
        kind="request.preserve",
        case_id="case",
        priority=priority,
        envelope=Envelope(b'{"id":"%b"}' % name.encode(), bytes(range(256))),
        document=b"token",
        expires=NOW.plus_days(30),
        package="",
    )


def incoming(name: str, sender: str = "XA/central-authority") -> Incoming:
    return Incoming(sender=sender, id=name, envelope=Envelope(b"header", b"ct"), at=NOW)


def row(name: str) -> Row:
    return Row(id=name, envelope_sha256="00" * 32, status=Status.DELIVERED, at=NOW.seconds)


def claim(database: Database, now: Instant = NOW, most: int = 10) -> list[str]:
    with database.transaction() as tx:
        return [one.id for one in tx.outbox.claim(now, lease_until=now.plus_seconds(60), most=most)]


def queue(database: Database, *messages: Outgoing, at: Instant = NOW) -> None:
    with database.transaction() as tx:
        for message in messages:
            tx.outbox.queue(message, at)


def test_a_message_comes_back_with_the_very_bytes_it_was_queued_with(database: Database) -> None:
    queue(database, outgoing("m"))
    with database.transaction() as tx:
        assert tx.outbox.get("m") == outgoing("m")
        assert tx.outbox.get("other") is None
        assert tx.outbox.claim(NOW, lease_until=LEASE, most=1) == [outgoing("m")]


def test_urgent_ones_are_claimed_first_then_the_oldest_and_no_more_than_asked(database: Database) -> None:
    queue(database, outgoing("a"), outgoing("b"), outgoing("urgent", 1), outgoing("life", 2))
    assert claim(database, most=3) == ["life", "urgent", "a"]
    assert claim(database) == ["b"]


def test_what_is_leased_is_not_claimed_again_until_the_lease_ends(database: Database) -> None:
    queue(database, outgoing("m"))
    assert claim(database) == ["m"]
    assert claim(database, NOW.plus_seconds(59)) == []
    assert claim(database, NOW.plus_seconds(60)) == ["m"]


def test_a_retry_waits_for_its_moment_and_counts(database: Database) -> None:
    queue(database, outgoing("m"))
    claim(database)
    with database.transaction() as tx:
        tx.outbox.retry("m", next_attempt=NOW.plus_seconds(10), reason="unavailable")
        kept = tx.outbox.get("m")
    assert kept == dataclasses.replace(outgoing("m"), attempts=1, code="unavailable")
    assert claim(database, NOW.plus_seconds(9)) == []
    assert claim(database, NOW.plus_seconds(10)) == ["m"]


def test_a_stored_one_is_open_but_not_sent_again_and_the_second_receipt_ends_it(database: Database) -> None:
    queue(database, outgoing("m"), outgoing("n"))
    with database.transaction() as tx:
        tx.outbox.settle(["m"], OutboxState.STORED)
        assert list(tx.outbox.open_ids()) == ["m", "n"]
    assert claim(database) == ["n"]
    with database.transaction() as tx:
        tx.outbox.settle(["m"], OutboxState.DELIVERED)
        assert list(tx.outbox.open_ids()) == ["n"]


@pytest.mark.parametrize("ended", [OutboxState.DELIVERED, OutboxState.REJECTED])
def test_what_has_ended_is_never_reopened(database: Database, ended: OutboxState) -> None:
    queue(database, outgoing("m"))
    with database.transaction() as tx:
        tx.outbox.settle(["m"], ended, "code")
        tx.outbox.settle(["m"], OutboxState.STORED)
        kept = tx.outbox.get("m")
    assert kept is not None
    assert (kept.state, kept.code) == (ended, "code")
    assert claim(database, NOW.plus_days(1)) == []


def test_what_is_open_for_long_is_stuck_and_a_person_is_told(database: Database) -> None:
    queue(database, outgoing("old"), outgoing("done"), at=NOW)
    queue(database, outgoing("new"), at=NOW.plus_seconds(100))
    with database.transaction() as tx:
        tx.outbox.settle(["old"], OutboxState.STORED)
        tx.outbox.settle(["done"], OutboxState.DELIVERED)
        assert [one.id for one in tx.outbox.stuck(NOW.plus_seconds(100))] == ["old"]


def test_what_is_open_is_looked_at_without_its_bytes_the_stuck_first_and_no_more_than_asked(database: Database) -> None:
    other = dataclasses.replace(outgoing("other"), peer="XC/observatory", case_id="another")
    queue(database, outgoing("old"), outgoing("done"), at=NOW)
    queue(database, outgoing("new"), other, outgoing("urgent", 1), at=NOW.plus_seconds(100))
    queue(database, outgoing("urgent and old", 1), at=NOW.plus_seconds(90))
    urgent_before, before = NOW.plus_seconds(91), NOW.plus_seconds(1)
    with database.transaction() as tx:
        tx.outbox.settle(["old"], OutboxState.STORED)
        tx.outbox.settle(["done"], OutboxState.DELIVERED)
    with database.snapshot() as tx:
        found = tx.outbox.open_first(urgent_before, before, None)
        assert [one.id for one in found] == ["urgent and old", "old", "urgent", "new", "other"]
        assert list(tx.outbox.open_first(urgent_before, before, 2)) == list(found[:2])
        assert [one.id for one in tx.outbox.open_of_case("case")] == ["old", "new", "urgent", "urgent and old"]
        counts = {one.peer: one for one in tx.outbox.open_by_peer(urgent_before, before)}
        assert counts == {
            "XB/central-authority": OpenCount("XB/central-authority", 4, NOW, 2),
            "XC/observatory": OpenCount("XC/observatory", 1, NOW.plus_seconds(100), 0),
        }
    assert (found[1].state, found[1].queued, found[1].expires) == (OutboxState.STORED, NOW, NOW.plus_days(30))


def test_two_workers_never_have_the_same_message(database: Database) -> None:
    queue(database, *(outgoing(f"m{n:02}") for n in range(40)))
    had: list[list[str]] = [[], []]

    def work(mine: list[str]) -> None:
        while found := claim(database, most=3):
            mine.extend(found)

    threads = [threading.Thread(target=work, args=(mine,)) for mine in had]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(had[0] + had[1]) == [f"m{n:02}" for n in range(40)]


def test_a_message_that_came_is_stored_once_for_each_sender(database: Database) -> None:
    with database.transaction() as tx:
        tx.inbox.add(incoming("m"))
        tx.inbox.add(incoming("m", "XC/observatory"))
        with pytest.raises(Conflict):
            tx.inbox.add(incoming("m"))
        assert tx.inbox.get("XA/central-authority", "m") == incoming("m")
        assert tx.inbox.get("XA/central-authority", "n") is None


def test_what_came_waits_in_order_until_it_is_settled_and_is_settled_once(database: Database) -> None:
    done = dataclasses.replace(incoming("a"), state=Status.DELIVERED, doc_sha256="ab", document=b"d", case_id="case")
    with database.transaction() as tx:
        for name in "ab":
            tx.inbox.add(incoming(name))
        found = tx.inbox.claim(NOW, lease_until=NOW, most=9, urgent=False)
        assert [one.id for one in found] == ["a", "b"]
        assert [one.id for one in tx.inbox.claim(NOW, lease_until=NOW, most=1, urgent=False)] == ["a"]
        later = tx.inbox.claim(NOW, lease_until=NOW, most=9, urgent=False, after=found[0].number)
        assert [one.id for one in later] == ["b"]
        assert not tx.inbox.claim(NOW, lease_until=NOW, most=9, urgent=True)
        tx.inbox.settle(done)
        tx.inbox.settle(dataclasses.replace(done, state=Status.REJECTED, code="too-late"))
        assert [one.id for one in tx.inbox.claim(NOW, lease_until=NOW, most=9, urgent=False)] == ["b"]
        assert tx.inbox.get("XA/central-authority", "a") == done


def test_each_lane_waits_apart_and_what_is_deferred_waits_for_its_state(database: Database) -> None:
    with database.transaction() as tx:
        tx.inbox.add(incoming("a"))
        tx.inbox.add(dataclasses.replace(incoming("b"), priority=1))
        tx.inbox.add(incoming("c", "XC/observatory"))
        assert [one.id for one in tx.inbox.claim(NOW, lease_until=NOW, most=9, urgent=True)] == ["b"]
        assert tx.inbox.backlog("XA/central-authority") == (2, 1)
        tx.inbox.defer("XA/central-authority", "a", "stale-directory")
        assert [one.id for one in tx.inbox.claim(NOW, lease_until=NOW, most=9, urgent=False)] == ["c"]
        tx.inbox.take_up("XC", "stale-directory")
        assert [one.id for one in tx.inbox.claim(NOW, lease_until=NOW, most=9, urgent=False)] == ["c"]
        tx.inbox.take_up("XA", "stale-directory")
        assert [one.id for one in tx.inbox.claim(NOW, lease_until=NOW, most=9, urgent=False)] == ["a", "c"]


def test_what_was_entered_since_a_moment_is_found_in_order(database: Database) -> None:
    with database.transaction() as tx:
        for number, name in enumerate("abc"):
            came = dataclasses.replace(incoming(name), at=NOW.plus_seconds(number))
            tx.inbox.add(came)
            tx.inbox.settle(dataclasses.replace(came, state=Status.DELIVERED, case_id="case"))
        tx.inbox.add(dataclasses.replace(incoming("waits"), at=NOW.plus_seconds(9)))
        found = tx.inbox.entered_since("XA/central-authority", NOW.plus_seconds(1))
        assert list(found) == [Entered(name, "case", b"") for name in "bc"]


def test_urgent_ones_are_claimed_first_and_a_quarter_is_left_to_routine(database: Database) -> None:
    queue(database, *(outgoing(f"r{n}") for n in range(20)))
    queue(database, *(outgoing(f"u{n:02}", 1) for n in range(20)))
    queue(database, outgoing("life", 2))
    assert claim(database, most=8) == ["life", "u00", "u01", "u02", "u03", "u04", "r0", "r1"]


def test_a_claim_keeps_to_the_routine_that_a_peer_takes(database: Database) -> None:
    queue(database, *(outgoing(f"r{n}") for n in range(4)), outgoing("u", 1))
    with database.transaction() as tx:
        claimed = tx.outbox.claim(NOW, lease_until=LEASE, most=9, routine_most=2, peer="XB/central-authority")
        assert [one.id for one in claimed] == ["u", "r0", "r1"]
        assert not tx.outbox.claim(NOW, lease_until=LEASE, most=9, peer="XC/observatory")
        assert not tx.outbox.claim(NOW, lease_until=LEASE, most=9, kinds=["grant"])
        assert tx.outbox.due_peers(NOW) == ["XB/central-authority"]


def test_receipts_are_claimed_under_a_lease_until_they_are_brought(database: Database) -> None:
    with database.transaction() as tx:
        for name in "ab":
            tx.receipts.queue("XA/central-authority", row(name), NOW)
        claimed = tx.receipts.claim(NOW, lease_until=LEASE, most=9)
        assert [(peer, one) for _, peer, one in claimed] == [("XA/central-authority", row(name)) for name in "ab"]
        assert tx.receipts.claim(NOW, lease_until=LEASE, most=9) == []
        first, second = (number for number, _, _ in claimed)
        tx.receipts.done([first])
        tx.receipts.retry([second], NOW.plus_seconds(5))
        assert tx.receipts.claim(NOW.plus_seconds(4), lease_until=LEASE, most=9) == []
        assert [number for number, _, _ in tx.receipts.claim(LEASE, lease_until=LEASE, most=9)] == [second]


def test_messages_and_receipts_of_an_answer_are_kept_together_and_nothing_is_brought(database: Database) -> None:
    with database.transaction() as tx:
        tx.inbox.add_all([])
        tx.inbox.add_all([incoming("a"), incoming("b")])
        assert set(tx.inbox.here("XA/central-authority", ["a", "b", "c"])) == {"a", "b"}
        assert not tx.inbox.here("XC/observatory", ["a"])
        tx.receipts.keep("XA/central-authority", [row("a"), row("b")], NOW)
        assert tx.receipts.of_message("XA/central-authority", "b") == row("b")
        assert not tx.receipts.claim(LEASE, lease_until=LEASE, most=9)
    with pytest.raises(Unavailable), database.transaction() as tx:
        tx.inbox.add_all([incoming("c"), incoming("a")])
    with database.transaction() as tx:
        assert tx.inbox.get("XA/central-authority", "c") is None


def test_what_a_peer_has_is_asked_about_from_a_moment_on_and_nothing_else_is(database: Database) -> None:
    queue(database, outgoing("queued"), outgoing("stored"), outgoing("done"))
    queue(database, outgoing("late"), at=NOW.plus_seconds(10))
    with database.transaction() as tx:
        tx.outbox.settle(["stored", "late"], OutboxState.STORED)
        tx.outbox.settle(["done"], OutboxState.DELIVERED)
        later = NOW.plus_seconds(100)
        assert [one.id for one in tx.outbox.to_ask(NOW.plus_seconds(1), later)] == ["stored"]
        assert [one.id for one in tx.outbox.to_ask(later, later)] == ["stored", "late"]
        for name in ("queued", "stored", "done"):
            tx.outbox.ask_later(name, later.plus_seconds(1))
        assert [one.id for one in tx.outbox.to_ask(later, later)] == ["late"]
        assert [one.id for one in tx.outbox.to_ask(later, later.plus_seconds(1))] == ["stored", "late"]
    assert claim(database) == ["queued"]


def test_what_was_rejected_of_late_is_found_newest_first(database: Database) -> None:
    queue(database, outgoing("old"), outgoing("delivered"))
    queue(database, outgoing("a"), outgoing("b"), outgoing("open"), at=NOW.plus_seconds(1))
    with database.transaction() as tx:
        tx.outbox.settle(["old", "a", "b"], OutboxState.REJECTED, "invalid-field:body.until")
        tx.outbox.settle(["delivered"], OutboxState.DELIVERED)
        assert [one.id for one in tx.outbox.rejected(NOW.plus_seconds(1), 9)] == ["b", "a"]
        assert [one.id for one in tx.outbox.rejected(NOW, 2)] == ["b", "a"]
        assert {one.code for one in tx.outbox.rejected(NOW, 9)} == {"invalid-field:body.until"}


def test_of_many_messages_those_that_were_open_are_settled(database: Database) -> None:
    queue(database, outgoing("m"), outgoing("n"), outgoing("o"))
    with database.transaction() as tx:
        assert tx.outbox.settle([], OutboxState.DELIVERED) == set()
        assert set(tx.outbox.settle(["n"], OutboxState.REJECTED, "expired")) == {"n"}
        assert set(tx.outbox.settle(["m", "n", "other"], OutboxState.DELIVERED)) == {"m"}
        assert [(found.state, found.code) for one in "mno" if (found := tx.outbox.get(one))] == [
            ("delivered", ""),
            ("rejected", "expired"),
            ("queued", ""),
        ]


def test_of_several_receipts_for_a_message_the_last_is_given(database: Database) -> None:
    last = Row(id="m", envelope_sha256="11" * 32, status=Status.REJECTED, at=NOW.seconds, code="expired")
    with database.transaction() as tx:
        assert tx.receipts.of_message("XA/central-authority", "m") is None
        tx.receipts.queue("XA/central-authority", row("m"), NOW)
        tx.receipts.queue("XA/central-authority", last, NOW)
        assert tx.receipts.of_message("XA/central-authority", "m") == last
        assert tx.receipts.of_message("XC/observatory", "m") is None


def test_on_a_server_what_somebody_opens_is_left_to_them_until_their_lease_ends_or_they_give_it_back(
    database: Database,
) -> None:
    with database.transaction() as tx:
        for name in "ab":
            tx.inbox.add(incoming(name))
        first = tx.inbox.claim(NOW, lease_until=LEASE, most=1, urgent=False)
        second = tx.inbox.claim(NOW, lease_until=LEASE, most=9, urgent=False)
        is_server = database.engine.dialect.name == "postgresql"
        assert [one.id for one in second] == (["b"] if is_server else ["a", "b"])
        tx.inbox.release([one.number for one in first])
        assert tx.inbox.claim(NOW, lease_until=LEASE, most=1, urgent=False)[0].id == "a"
        assert [one.id for one in tx.inbox.claim(LEASE, lease_until=LEASE, most=9, urgent=False)] == ["a", "b"]
        tx.inbox.free()
        assert [one.id for one in tx.inbox.claim(NOW, lease_until=LEASE, most=9, urgent=False)] == ["a", "b"]


def test_whoever_is_still_at_it_keeps_what_they_claimed(database: Database) -> None:
    with database.transaction() as tx:
        tx.outbox.queue(outgoing("a"), NOW)
        tx.outbox.claim(NOW, lease_until=LEASE, most=1)
        tx.outbox.renew("a", LEASE.plus_seconds(60))
        assert not tx.outbox.claim(LEASE, lease_until=LEASE, most=1)
        assert [one.id for one in tx.outbox.claim(LEASE.plus_seconds(60), lease_until=LEASE, most=1)] == ["a"]
