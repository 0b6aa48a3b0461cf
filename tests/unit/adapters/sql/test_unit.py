"""What waits to be written is there for whoever reads, goes together, and is nobody else's when it fails."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from comity.adapters.sql.database import Database, open_database
from comity.adapters.sql.postgres_lane import PostgresLane
from comity.adapters.sql.server import Server
from comity.adapters.sql.unit import Lane
from comity.base.digests import Digest
from comity.base.errors import Conflict, Unavailable
from comity.base.ids import ActorId
from comity.base.instants import Instant
from comity.exchange.checks import ChannelEnd
from comity.exchange.envelope import Envelope
from comity.workflows.people_store import Person
from comity.workflows.stores import Ahead, Channel, Leaf, Outgoing
from tests.unit.adapters.sql.queued import while_others_wait

HEAD = Digest.of(b"head")
NOW = Instant.from_seconds(1_800_000_000)
PEER = "XB/central-authority"


class Noted:
    """A lane, and how many rows each statement took, and how many journeys there were to read."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self.rows: list[tuple[str, int]] = []
        self.journeys = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._lane, name)

    def read(self, reads: Sequence[Any]) -> Any:
        self.journeys += 1
        return self._lane.read(reads)

    def write(self, before: Sequence[str], writes: Any, after: Sequence[str]) -> None:
        self.rows += [(write.table, len(rows)) for write, rows in writes]
        self._lane.write(before, writes, after)


@pytest.fixture
def on_server(server: Server) -> Iterator[Database]:
    found = open_database(server)
    yield found
    found.close()


def message(name: str, size: int = 10) -> Outgoing:
    envelope = Envelope(b"{}", bytes(size))
    return Outgoing(name, PEER, "grant", f"case-{name}", 0, envelope, b"jws", NOW)


def ids(database: Database) -> list[str]:
    with database.transaction() as tx:
        return list(tx.cases.ids())


def test_whoever_reads_finds_what_waits_to_be_written(database: Database) -> None:
    with database.transaction() as tx:
        tx.cases.append("case", 1, b"first", HEAD)
        tx.cases.append("case", 2, b"second", HEAD)
        tx.cases.enter("case", PEER, "theirs", None)
        tx.outbox.queue(message("one"), NOW)
        tx.log.append(Leaf(0, b"entry", "case", 1))
        tx.channels.add(Channel("channel", "case", PEER, ChannelEnd(), ChannelEnd()))
        assert [event for event, _ in tx.cases.events("case")] == [b"first", b"second"]
        assert list(tx.cases.ids()) == ["case"]
        assert list(tx.cases.called(PEER, "theirs")) == ["case"]
        assert list(tx.outbox.due_peers(NOW)) == [PEER]
        assert tx.contacts.by_peer()[PEER].waiting == 1
        assert list(tx.log.entries(0, 9)) == [b"entry"]
        assert [one.id for one in tx.channels.with_peer(PEER, after="", most=9)] == ["channel"]


def test_rows_of_one_kind_are_written_together(database: Database) -> None:
    with database.transaction() as tx:
        tx.unit.lane = noted = Noted(tx.unit.lane)
        for number in range(100):
            tx.log.append(Leaf(number, b"entry", f"case-{number}", 1))
            tx.cases.append(f"case-{number}", 1, b"event", HEAD)
            tx.outbox.queue(message(f"{number}"), NOW)
    assert sorted(noted.rows) == [("case_event", 100), ("log_edge", 1), ("log_entry", 100), ("outbox", 100)]
    with database.transaction() as tx:
        assert list(tx.cases.ids()) == [f"case-{number}" for number in range(100)]
        assert [one.id for one in tx.outbox.of_peer(PEER, 100)] == [f"{number}" for number in range(100)]


def test_what_a_transaction_changes_it_does_not_remember_as_it_was(database: Database) -> None:
    anna = Person(ActorId("anna"), "Anna", frozenset({"reviewer"}), True, NOW, "")
    with database.transaction() as tx:
        assert tx.people.get("anna") is None
        tx.people.put(anna)
        assert tx.people.get("anna") == anna
        assert not tx.resume.is_unasked(PEER)
        assert tx.directory.get("XB") is None
        tx.directory.put("XB", b"list", fingerprint=HEAD, by="anna", at=NOW)
        assert tx.directory.get("XB") == b"list"
        assert list(tx.directory.lists()) == [b"list"]


def test_what_is_asked_for_at_once_is_what_would_be_read_by_and_by(database: Database) -> None:
    wanted = [f"case-{number}" for number in range(5)]
    with database.transaction() as tx:
        for number, case in enumerate(wanted[1:]):
            for at in range(1, number + 2):
                tx.cases.append(case, at, b"%d" % at, Digest.of(b"%d" % at))
            tx.channels.add(Channel(f"channel-{case}", case, PEER, ChannelEnd(number, "ab"), ChannelEnd()))
            tx.log.put_key(f"case:{case}", b"%d" % number)
        tx.log.append(Leaf(0, b"entry"))

    def read(tx: Any) -> list[Any]:
        found: list[Any] = [(tx.cases.events(case), tx.log.key(f"case:{case}")) for case in wanted]
        found += [(tx.channels.of_case(case, PEER), tx.channels.get(f"channel-{case}")) for case in wanted]
        return [*found, tx.log.size(), tx.people.get("anna"), tx.directory.get("XB"), tx.resume.is_unasked(PEER)]

    with database.transaction() as tx:
        by_and_by = read(tx)
    with database.transaction() as tx:
        keys, channels = [f"case:{case}" for case in wanted], [f"channel-{case}" for case in wanted]
        tx.ahead(Ahead(cases=wanted, keys=keys, channels=channels, people=["anna"], peers=[PEER]))
        tx.unit.lane = noted = Noted(tx.unit.lane)
        assert read(tx) == by_and_by
        assert noted.journeys == 1 or noted.is_near  # for the key that is not there
        tx.cases.append("case-1", 2, b"2", HEAD)
        assert [event for event, _ in tx.cases.events("case-1")] == [b"1", b"2"]


def test_what_was_asked_for_is_read_anew_once_a_case_is_erased(database: Database) -> None:
    with database.transaction() as tx:
        for number in range(4):
            tx.cases.append(f"{number}", 1, b"event", HEAD)
            tx.log.put_key(f"case:{number}", b"key")
    with database.transaction() as tx:
        tx.ahead(Ahead(cases=["0", "1", "2", "3"], keys=["case:0", "case:1", "case:2", "case:3"]))
        tx.erasures.erase("2")
        assert tx.log.key("case:2") is None
        assert list(tx.cases.events("2")) == []
        assert tx.log.key("case:1") == b"key"


@pytest.mark.parametrize("spoilt", ["a number that is taken", "a value that no database holds"])
def test_one_whose_writes_are_refused_at_its_end_takes_back_only_its_own(database: Database, spoilt: str) -> None:
    with database.transaction() as tx:
        tx.cases.append("taken", 1, b"event", HEAD)
    refused: list[type[Exception]] = []

    def work(number: int) -> None:
        try:
            with database.transaction() as tx:
                tx.outbox.queue(message(f"{number}"), NOW)
                tx.cases.append(f"{number}", 1, b"event", HEAD)
                if number % 3 == 0 and spoilt == "a number that is taken":
                    tx.cases.append("taken", 1, b"another", HEAD)
                elif number % 3 == 0:
                    tx.channels.add(Channel(f"{number}", f"{number}", PEER, ChannelEnd(None, ""), ChannelEnd()))  # type: ignore[arg-type]
        except (Conflict, Unavailable) as error:
            refused.append(type(error))

    while_others_wait(database, [threading.Thread(target=work, args=(number,)) for number in range(9)])
    assert refused == [Conflict if spoilt == "a number that is taken" else Unavailable] * 3
    assert sorted(ids(database)) == ["1", "2", "4", "5", "7", "8", "taken"]
    with database.transaction() as tx:
        assert sorted(one.id for one in tx.outbox.of_peer(PEER, 99)) == ["1", "2", "4", "5", "7", "8"]


def test_many_threads_lose_nothing_and_double_nothing(database: Database) -> None:
    def work(number: int) -> None:
        with database.transaction() as tx:
            events = tx.cases.events(f"case-{number % 4}")
            tx.cases.append(f"case-{number % 4}", len(events) + 1, b"%d" % number, HEAD)
            tx.log.append(Leaf(tx.log.size(), b"%d" % number))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(160)))
    with database.transaction() as tx:
        assert tx.log.size() == 160
        found = [event for case in range(4) for event, _ in tx.cases.events(f"case-{case}")]
    assert sorted(found) == sorted(b"%d" % number for number in range(160))


def test_more_than_a_socket_holds_goes_in_one_journey(on_server: Database) -> None:
    with on_server.transaction() as tx:
        for number in range(200):
            tx.outbox.queue(message(f"{number}", 50_000), NOW)
    with on_server.transaction() as tx:
        assert [len(one.envelope.ct) for one in tx.outbox.of_peer(PEER, 999)] == [50_000] * 200


def test_whoever_is_interrupted_while_the_server_answers_leaves_nothing_and_is_in_nobodys_way(
    on_server: Database,
) -> None:
    class Interrupts:
        def register(self, *_: object) -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), on_server.transaction() as tx:
        tx.cases.append("interrupted", 1, b"event", HEAD)
        lane = tx.unit.lane
        assert isinstance(lane, PostgresLane)
        lane._poll = Interrupts()  # type: ignore[assignment]
        tx.cases.ids()
        tx.cases.events("case")
    with on_server.transaction() as tx:
        tx.cases.append("after", 1, b"event", HEAD)
    assert ids(on_server) == ["after"]
