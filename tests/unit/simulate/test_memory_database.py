"""A node's database in memory: transactions keep what a store promises."""

import pytest

from comity.base.errors import Malformed
from comity.base.instants import Instant
from comity.simulate.due import log_size, standing
from comity.simulate.memory_database import new_database

NOW = Instant.parse("2027-01-18T00:00:00Z")


def test_a_transaction_that_raises_leaves_nothing_and_the_next_one_goes_on() -> None:
    database = new_database()
    with pytest.raises(Malformed), database.transaction() as tx:
        tx.alarms.sound("quorum", "too few witnesses", NOW)
        raise Malformed("a step that fails", hint="none")
    with database.transaction() as tx:
        assert list(tx.alarms.all()) == []
        tx.alarms.sound("quorum", "too few witnesses", NOW)
    with database.transaction() as tx:
        assert [one.kind for one in tx.alarms.all()] == ["quorum"]


def test_each_has_its_own_content_and_begins_empty() -> None:
    first, second = new_database(), new_database()
    with first.transaction() as tx:
        tx.alarms.sound("quorum", "too few witnesses", NOW)
    with second.transaction() as tx:
        assert list(tx.alarms.all()) == []
    assert log_size(second) == 0
    found = standing(second)
    assert (found.moment, found.given, found.opens, found.last_receipt) == (None, {}, False, 0)
