"""Emergencies by authority, counted without reading their cases; and notices to us. On every database."""

from dataclasses import replace

from comity.adapters.sql.database import Database
from comity.base.instants import Instant
from comity.workflows.emergency_store import EmergencyNotice, EmergencyRow

NOON = Instant.parse("2026-12-07T12:00:00Z")
XA = "XA/central-authority"
ROW = EmergencyRow("case-1", XA, NOON, "digest", NOON.plus_days(5))


def test_a_peer_s_are_counted_from_a_moment_on_and_nobody_else_s(database: Database) -> None:
    with database.transaction() as tx:
        for number in range(3):
            tx.emergencies.put(replace(ROW, case_id=f"case-{number}", at=NOON.plus_days(number)))
        tx.emergencies.put(replace(ROW, case_id="other", peer="XC/central-authority"))
    with database.transaction() as tx:
        assert tx.emergencies.since(XA, NOON) == 2
        assert tx.emergencies.since(XA, NOON.plus_seconds(-1)) == 3
        assert [one.case_id for one in tx.emergencies.newest(2)] == ["case-2", "case-1"]


def test_what_was_not_confirmed_and_what_is_past_its_review_counts_against_a_peer(database: Database) -> None:
    with database.transaction() as tx:
        for name, outcome in (("a", "open"), ("b", "confirmed"), ("c", "unconfirmed")):
            tx.emergencies.put(replace(ROW, case_id=name, outcome=outcome))
        assert tx.emergencies.unconfirmed(XA, NOON.plus_days(-1), NOON) == 1
        assert tx.emergencies.unconfirmed(XA, NOON.plus_days(-1), NOON.plus_days(6)) == 2
        assert [one.case_id for one in tx.emergencies.overdue(NOON.plus_days(6))] == ["a"]
        assert tx.emergencies.overdue(NOON) == []


def test_a_row_is_put_over_the_one_before_and_what_waits_is_found(database: Database) -> None:
    with database.transaction() as tx:
        tx.emergencies.put(replace(ROW, waits=True))
        assert [one.case_id for one in tx.emergencies.waiting()] == ["case-1"]
        tx.emergencies.put(replace(ROW, waits=False, outcome="confirmed"))
    with database.transaction() as tx:
        assert tx.emergencies.waiting() == []
        assert tx.emergencies.get("case-1") == replace(ROW, outcome="confirmed")
        assert tx.emergencies.get("case-2") is None
        assert [one.case_id for one in tx.emergencies.with_text("digest")] == ["case-1"]


def test_notices_are_kept_newest_first_with_who_looked_into_them(database: Database) -> None:
    notice = EmergencyNotice("m1", "XB/c", NOON, "denied", XA, "kid", "t", "a", NOON, 7)
    with database.transaction() as tx:
        tx.emergencies.note(notice)
        tx.emergencies.note(replace(notice, message="m2", at=NOON.plus_days(1)))
        tx.emergencies.saw("m1", "bo")
    with database.transaction() as tx:
        assert [one.message for one in tx.emergencies.notices(5)] == ["m2", "m1"]
        assert tx.emergencies.notice("m1") == replace(notice, seen_by="bo")
        assert tx.emergencies.notice("m3") is None
