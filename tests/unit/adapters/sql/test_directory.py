"""The signed lists trusted here: the newest of each State, and who confirmed its roots."""

from sqlalchemy import select

from comity.adapters.sql.database import Database
from comity.adapters.sql.tables import directory
from comity.base.digests import Digest
from comity.base.instants import Instant

NOW = Instant.parse("2026-11-22T10:00:00Z")


def test_the_newest_list_of_each_state_is_kept_in_the_order_of_states(database: Database) -> None:
    with database.transaction() as tx:
        assert tx.directory.get("XB") is None
        tx.directory.put("XB", b"xb 1", fingerprint=Digest.of(b"xb"), by="bo", at=NOW)
        tx.directory.put("XA", b"xa 1", fingerprint=Digest.of(b"xa"), by="bo", at=NOW)
        tx.directory.put("XB", b"xb 2", fingerprint=Digest.of(b"xb"), by="olga", at=NOW.plus_days(1))
    with database.transaction() as tx:
        assert list(tx.directory.lists()) == [b"xa 1", b"xb 2"]
        assert tx.directory.get("XB") == b"xb 2"


def test_who_confirmed_a_list_and_when_is_kept_with_it(database: Database) -> None:
    with database.transaction() as tx:
        tx.directory.put("XB", b"list", fingerprint=Digest.of(b"roots"), by="olga", at=NOW)
    with database.engine.connect() as connection:
        kept = connection.execute(select(directory)).one()
    assert (kept.trusted_by, kept.trusted_at, kept.fingerprint) == ("olga", NOW.seconds, Digest.of(b"roots").value)
