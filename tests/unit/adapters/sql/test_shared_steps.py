"""Steps asked for at once go in one transaction, and each is as if it had been alone."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from comity.adapters.sql.database import Database, open_database
from comity.adapters.sql.server import Server
from comity.base.digests import Digest
from comity.base.errors import Conflict, Unavailable
from comity.workflows.shared_steps import MOST, Asked, SharedSteps
from comity.workflows.stores import Ahead, Leaf, Step, Transaction


class Counted:
    """The transactions of a database, counted; `spoilt`: they fail when they end."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.steps = SharedSteps(self.begin)
        self.begun = 0
        self.spoilt = False

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        self.begun += 1
        with self.database.transaction() as tx:
            yield tx
            if self.spoilt:
                raise Unavailable("the disk is full", hint="free some space")


@pytest.fixture
def counted(place: Path | Server) -> Iterator[Counted]:
    database = open_database(place)
    yield Counted(database)
    database.close()


def entries(database: Database) -> list[bytes]:
    """What another connection reads now."""
    with database.engine.connect() as connection:
        return list(connection.exec_driver_sql("SELECT entry FROM log_entry ORDER BY idx").scalars())


def append(entry: bytes) -> Step[int]:
    """Its place in the log."""

    def do(tx: Transaction) -> int:
        index = tx.log.size()
        tx.log.append(Leaf(index, entry))
        return index

    return Step(do)


def refused(entry: bytes) -> Step[int]:
    """Writes, and then raises."""

    def do(tx: Transaction) -> int:
        append(entry).do(tx)
        raise Conflict("not this one")

    return Step(do)


def at_once(counted: Counted, steps: Sequence[Step[int]]) -> list[Future[int]]:
    """All of them asked for while one before them is at work."""
    goes_on, is_in = threading.Event(), threading.Event()

    def first(_: Transaction) -> int:
        is_in.set()
        goes_on.wait(30)
        return -1

    with ThreadPoolExecutor(len(steps) + 1) as pool:
        before = pool.submit(counted.steps.do, Step(first))
        is_in.wait(30)
        found = []
        for number, step in enumerate(steps, 1):
            found.append(pool.submit(counted.steps.do, step))
            _until(lambda number=number: len(counted.steps._waiting) == number)  # type: ignore[misc]
        goes_on.set()
        assert before.result(30) == -1
    return found


def _until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        threading.Event().wait(0.001)


def test_what_is_asked_for_at_once_takes_one_transaction_in_the_order_asked(counted: Counted) -> None:
    done = at_once(counted, [append(b"%d" % number) for number in range(8)])
    assert [one.result() for one in done] == list(range(8))
    assert entries(counted.database) == [b"%d" % number for number in range(8)]
    assert counted.begun == 2


def test_one_transaction_takes_no_more_than_so_many(counted: Counted) -> None:
    done = at_once(counted, [append(b"") for _ in range(MOST + 3)])
    assert sorted(one.result() for one in done) == list(range(MOST + 3))
    assert counted.begun == 3


def test_one_that_raises_takes_back_only_its_own(counted: Counted) -> None:
    done = at_once(counted, [append(b"a"), refused(b"b"), append(b"c"), refused(b"d")])
    assert [type(one.exception()) for one in done] == [type(None), Conflict, type(None), Conflict]
    assert entries(counted.database) == [b"a", b"c"]


def test_one_that_meets_what_another_of_them_wrote_is_told(counted: Counted) -> None:
    def enter(tx: Transaction) -> int:
        tx.cases.append("case", 1, b"event", Digest.of(b"head"))
        return append(b"entered").do(tx)

    done = at_once(counted, [append(b"a"), Step(enter), Step(enter), append(b"z")])
    assert [type(one.exception()) for one in done] == [type(None), type(None), Conflict, type(None)]
    assert entries(counted.database) == [b"a", b"entered", b"z"]


def test_what_the_database_could_not_do_is_told_to_each_and_not_done_again(counted: Counted) -> None:
    """Nobody can say whether a COMMIT that failed was written."""

    def spoil(_: Transaction) -> int:
        counted.spoilt = True
        return 0

    done = at_once(counted, [append(b"a"), Step(spoil), append(b"c")])
    assert [type(one.exception()) for one in done] == [Unavailable] * 3
    assert counted.begun == 2
    counted.spoilt = False
    assert counted.steps.do(append(b"after")) == 0
    assert entries(counted.database) == [b"after"]


def test_where_whoever_does_it_is_interrupted_the_others_are_told_and_the_next_can_be_done(counted: Counted) -> None:
    def interrupted(_: Transaction) -> int:
        raise KeyboardInterrupt

    done = at_once(counted, [Step(interrupted), append(b"b")])
    assert isinstance(done[0].exception(), KeyboardInterrupt)
    with pytest.raises(Unavailable, match="was interrupted"):
        done[1].result()
    assert counted.steps.do(append(b"after")) == 0
    assert entries(counted.database) == [b"after"]


class _Interrupted(threading.Semaphore):
    """Whoever waits for it is interrupted."""

    def acquire(self, *_: object, **__: object) -> bool:
        raise KeyboardInterrupt


@pytest.mark.parametrize("leads", [False, True])
def test_one_that_is_interrupted_while_it_waits_holds_up_nobody(counted: Counted, *, leads: bool) -> None:
    steps, gone, other = counted.steps, Asked(append(b"gone")), Asked(append(b"other"))
    gone.turn, gone.leads = _Interrupted(), leads
    steps._waiting.extend([gone, other])
    steps._is_led = True
    with pytest.raises(KeyboardInterrupt):
        steps._wait(gone)
    assert list(steps._waiting) == [other]
    assert other.leads == leads
    assert other.turn.acquire(blocking=False) == leads


def test_what_they_will_ask_for_is_said_of_all_at_once(counted: Counted) -> None:
    seen: list[Ahead] = []

    @contextmanager
    def begin() -> Iterator[Transaction]:
        with counted.database.transaction() as tx:
            inner = tx.ahead

            def noted(wanted: Ahead) -> None:
                seen.append(wanted)
                inner(wanted)

            tx.ahead = noted  # type: ignore[method-assign]
            yield tx

    counted.steps = SharedSteps(begin)
    steps = [Step(append(b"").do, Ahead(cases=[case], people=["anna"])) for case in ("1", "2", "1")]
    for one in at_once(counted, steps):
        one.result()
    assert seen[-1] == Ahead(cases=["1", "2"], keys=[], channels=[], people=["anna"], peers=[])


def test_many_threads_leave_a_log_without_a_gap(counted: Counted) -> None:
    with ThreadPoolExecutor(16) as pool:
        places = list(pool.map(lambda number: counted.steps.do(append(b"%d" % number)), range(300)))
    assert sorted(places) == list(range(300))
    assert [int(one) for one in entries(counted.database)] == [places.index(at) for at in range(300)]
