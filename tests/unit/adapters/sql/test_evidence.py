"""Evidence on its way in the database: parts counted once in their channel, and how far a transfer has come."""

from comity.adapters.sql.database import Database
from comity.base.instants import Instant
from comity.workflows.part_stores import ComingPart, Progress

AT = Instant.parse("2026-11-22T10:00:00Z")


def part(channel: str, digest: str, size: int = 7, case: str = "c", at: Instant = AT) -> ComingPart:
    return ComingPart(channel, digest, case, size, at)


def test_a_part_is_counted_once_in_its_channel_and_for_its_case(database: Database) -> None:
    with database.transaction() as tx:
        for one in (part("x", "a"), part("x", "a"), part("x", "b", 5), part("y", "a"), part("z", "a", case="other")):
            tx.parts_come.add(one)
    with database.transaction() as tx:
        assert (tx.parts_come.bytes_of("c"), tx.parts_come.bytes_of("c", "x"), tx.parts_come.bytes_of("d")) == (
            19,
            7,
            0,
        )
        assert tx.parts_come.has("x", "a")
        assert not tx.parts_come.has("y", "b")
        assert list(tx.parts_come.of_channel("x")) == ["a", "b"]


def test_a_part_goes_when_no_channel_counts_on_it(database: Database) -> None:
    with database.transaction() as tx:
        for one in (part("x", "a"), part("x", "b"), part("y", "a")):
            tx.parts_come.add(one)
        assert list(tx.parts_come.remove("x", ["a", "b", "never came"])) == ["b", "never came"]
        assert list(tx.parts_come.remove("y", ["a"])) == ["a"]
        many = [f"{n:04}" for n in range(1200)]
        for digest in many:
            tx.parts_come.add(part("x", digest, size=1 << 40))
        assert tx.parts_come.bytes_of("c") == 1200 << 40
        assert list(tx.parts_come.remove("x", many)) == many


def test_a_channel_is_abandoned_once_its_newest_part_is_old(database: Database) -> None:
    with database.transaction() as tx:
        tx.parts_come.add(part("x", "a"))
        tx.parts_come.add(part("y", "a"))
        tx.parts_come.add(part("y", "b", at=AT.plus_days(1)))
        assert list(tx.parts_come.channels_before(AT)) == []
        assert list(tx.parts_come.channels_before(AT.plus_seconds(1))) == ["x"]
        assert list(tx.parts_come.channels_before(AT.plus_days(2))) == ["x", "y"]


def test_how_far_a_transfer_has_come_is_kept_until_it_has_come_whole(database: Database) -> None:
    with database.transaction() as tx:
        assert tx.transfers.get("m") is None
        tx.transfers.put("m", Progress(1, 9), AT)
        tx.transfers.put("m", Progress(5 << 40, 9 << 40), AT)
    with database.transaction() as tx:
        assert tx.transfers.get("m") == Progress(5 << 40, 9 << 40)
        tx.transfers.remove("m")
        tx.transfers.remove("never")
        assert tx.transfers.get("m") is None
