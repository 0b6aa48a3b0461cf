"""Case events, channels and custody acts."""

from datetime import date

import pytest

from comity.adapters.sql.database import Database
from comity.base.digests import Digest
from comity.base.errors import Conflict, Unavailable
from comity.exchange.checks import ChannelEnd
from comity.workflows.stores import Channel


def test_events_come_back_in_order_with_their_links_and_cases_oldest_first(database: Database) -> None:
    heads = [Digest.of(bytes([n])) for n in range(3)]
    with database.transaction() as tx:
        tx.cases.append("z-first", 1, b"1", heads[0])
        tx.cases.append("a-second", 1, b"x", heads[0])
        tx.cases.append("z-first", 2, b"2", heads[1])
        tx.cases.append("z-first", 3, b"3", heads[2])
    with database.transaction() as tx:
        assert list(tx.cases.ids()) == ["z-first", "a-second"]
        assert list(tx.cases.events("z-first")) == list(zip([b"1", b"2", b"3"], heads, strict=True))
        assert list(tx.cases.events("nobody's")) == []


def test_cases_come_in_pages_that_joined_are_all_of_them(database: Database) -> None:
    with database.transaction() as tx:
        assert list(tx.cases.page(0, 2)) == []
        for name in ("e", "d", "c", "b", "a"):
            tx.cases.append(name, 1, b"1", Digest.of(b"1"))
            tx.cases.append(name, 2, b"2", Digest.of(b"2"))
    found, after = [], 0
    with database.transaction() as tx:
        while page := tx.cases.page(after, 2):
            assert len(page) <= 2
            found += [case_id for _, case_id in page]
            after = page[-1][0]
        assert found == tx.cases.ids()


def test_a_number_is_given_once_so_the_second_of_two_processes_is_refused(database: Database) -> None:
    with database.transaction() as tx:
        tx.cases.append("case", 1, b"first", Digest.of(b""))
    with pytest.raises(Conflict), database.transaction() as tx:
        tx.cases.append("case", 1, b"second", Digest.of(b""))
    with database.transaction() as tx:
        assert [event for event, _ in tx.cases.events("case")] == [b"first"]


def test_cases_are_found_by_the_peers_name_for_them_and_by_the_day_something_runs_out(database: Database) -> None:
    with database.transaction() as tx:
        tx.cases.enter("a", "XB/x", "theirs", date(2027, 3, 1))
        tx.cases.enter("b", "XB/x", "theirs", None)
        tx.cases.enter("c", "XC/x", "theirs", date(2027, 2, 28))
        tx.cases.enter("a", "XB/x", "theirs", date(2027, 1, 1))
    with database.transaction() as tx:
        assert list(tx.cases.called("XB/x", "theirs")) == ["a", "b"]
        assert list(tx.cases.called("XB/x", "other")) == []
        assert list(tx.cases.due_before(date(2027, 2, 28), "", 10)) == ["a"]
        assert list(tx.cases.due_before(date(2027, 3, 1), "", 10)) == ["a", "c"]
        assert list(tx.cases.due_before(date(2027, 3, 1), "", 1)) == ["a"]
        assert list(tx.cases.due_before(date(2027, 3, 1), "a", 1)) == ["c"]


def test_a_channel_is_found_by_its_id_and_by_its_case_and_moves_in_each_direction(database: Database) -> None:
    made = Channel("chan", "case", "XB/central-authority", ChannelEnd(), ChannelEnd(2, "ab"))
    with database.transaction() as tx:
        tx.channels.add(made)
        assert tx.channels.get("chan") == tx.channels.of_case("case", "XB/central-authority") == made
        assert tx.channels.get("none") is None
        assert tx.channels.of_case("case", "XC/observatory") is None
        tx.channels.set_sent("chan", ChannelEnd(1, "cd"))
        tx.channels.set_received("chan", ChannelEnd(3, "ef"))
    with database.transaction() as tx:
        assert tx.channels.get("chan") == Channel(
            "chan", "case", "XB/central-authority", ChannelEnd(1, "cd"), ChannelEnd(3, "ef")
        )


def test_a_case_has_one_channel_with_a_peer(database: Database) -> None:
    with database.transaction() as tx:
        tx.channels.add(Channel("one", "case", "XB/central-authority", ChannelEnd(), ChannelEnd()))
    with pytest.raises(Unavailable), database.transaction() as tx:
        tx.channels.add(Channel("two", "case", "XB/central-authority", ChannelEnd(), ChannelEnd()))


def test_custody_acts_are_kept_in_order_a_chain_for_each_package(database: Database) -> None:
    with database.transaction() as tx:
        assert list(tx.custody.acts("package")) == []
        tx.custody.append("package", [b"begin", b"release"])
        tx.custody.append("other", [b"begin"])
        tx.custody.append("package", [b"accept"])
    with database.transaction() as tx:
        assert list(tx.custody.acts("package")) == [b"begin", b"release", b"accept"]
        assert list(tx.custody.acts("other")) == [b"begin"]
