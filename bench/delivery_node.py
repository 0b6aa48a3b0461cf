"""A real node in a process of its own, told over its standard input what to send: one JSON object a line, both ways.

    python -m bench.delivery_node FOLDER [works|serves]

It is what `comity serve` runs, server and worker; `works`: the worker alone, as `comity work` runs it; `serves`: the
server alone. Whoever approves does it in the same process, as the pages do. Each
answer says what it took, with the processor time of the whole process.
"""

import json
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import quantiles
from typing import Any, Final, TypeVar, cast

import msgspec
from sqlalchemy import text

from bench.assessment import example
from comity.base.encoding import b64u
from comity.node import server
from comity.treaty.assess import Side
from comity.treaty.request import Request
from comity.wiring import open_node
from comity.workflows import decide_request, draft_request
from comity.workflows.assess_request import assess_request
from comity.workflows.office import Office
from comity.workflows.shared_steps import SharedSteps
from comity.workflows.stores import Outbox, OutboxState, Step, Store, Transaction

T = TypeVar("T")
PASSPHRASE: Final = b"correct horse battery staple"
DOCUMENT_BYTES: Final = 4096
_APPROVERS: Final = 32
_PATIENCE: Final = 300.0
_LOOK_SECONDS: Final = 0.02


class Watched:
    """The store, and how many messages have their second receipt since it was opened; who waits for that is told. To
    ask the database would count among what is measured, the more of them there are."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._steps = SharedSteps(self.transaction)
        self.changed = threading.Condition()
        self.settled = 0

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        found: list[str] = []
        with self._store.transaction() as tx:
            cast(Any, tx).outbox = _SeenOutbox(tx.outbox, found)
            yield tx
        if found:
            with self.changed:
                self.settled += len(found)
                self.changed.notify_all()

    def share(self, step: Step[T]) -> T:
        return self._steps.do(step)

    def snapshot(self) -> AbstractContextManager[Transaction]:
        return self._store.snapshot()

    def scrub(self) -> None:
        self._store.scrub()


class _SeenOutbox:
    """The outbox of a transaction; what is settled in it is noted."""

    def __init__(self, outbox: Outbox, found: list[str]) -> None:
        self._outbox, self._found = outbox, found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._outbox, name)

    def settle(self, message_ids: Collection[str], state: OutboxState, code: str = "") -> Collection[str]:
        done = self._outbox.settle(message_ids, state, code)
        self._found.extend(done if state is not OutboxState.STORED else ())
        return done


def request_of(size: int, number: int) -> Request:
    """A request to preserve whose document has about so many bytes, no two alike."""
    plain = example("preservation")
    lacking = max(0, size - len(msgspec.json.encode(plain)))
    return msgspec.structs.replace(plain, facts=f"{plain.facts} {number} {b64u(os.urandom(lacking))[:lacking]}")


class Sender:
    """Drafts beforehand, then approves: from there the time counts."""

    def __init__(self, office: Office, watched: Watched) -> None:
        self._office, self._watched = office, watched
        self._drafts: list[str] = []

    def draft(self, count: int, peers: list[str]) -> dict[str, Any]:
        for number in range(count):
            request = msgspec.structs.replace(
                request_of(DOCUMENT_BYTES, number), requested=peers[number % len(peers)][:2]
            )
            case = draft_request.draft(self._office, "anna", request, peers[number % len(peers)])
            for open_one in assess_request(self._office, request, Side.REQUESTING).decisions:  # of States not described
                decide_request.decide(
                    self._office,
                    "bo",
                    case.id,
                    rule=open_one.rule,
                    in_favour=True,
                    decision="met",
                    reasons="It was asked by telephone.",
                )
            self._drafts.append(case.id)
        return {"drafts": len(self._drafts)}

    def send(self, count: int, flight: int) -> dict[str, Any]:
        """Approve so many, with so many on their way at most, until each has its second receipt."""
        chosen, self._drafts = self._drafts[:count], self._drafts[count:]
        if len(chosen) < count:
            raise ValueError("too few drafts")
        cpu, begun = _cpu(), time.perf_counter()
        if flight == 1:
            taken = [self._one(case) for case in chosen]
            spread = quantiles(taken, n=100) if len(taken) > 1 else taken * 99
            found: dict[str, Any] = {"p50": spread[49], "p99": spread[98]}
        else:
            room = threading.Semaphore(flight)
            found = {}
            with ThreadPoolExecutor(_APPROVERS + 1) as pool:
                freed = pool.submit(self._free, room, count, self._watched.settled)
                for done in [pool.submit(self._approve, case, room) for case in chosen]:
                    done.result()
                freed.result()
        return {"seconds": time.perf_counter() - begun, "cpu": _cpu() - cpu, **found}

    def _one(self, case: str) -> float:
        begun, before = time.perf_counter(), self._watched.settled
        draft_request.approve(self._office, "bo", case)
        self._until(before + 1)
        return time.perf_counter() - begun

    def _approve(self, case: str, room: threading.Semaphore) -> None:
        room.acquire()
        draft_request.approve(self._office, "bo", case)

    def _free(self, room: threading.Semaphore, count: int, before: int) -> None:
        """One more may go for each that has its second receipt."""
        freed = 0
        while freed < count:
            self._until(before + freed + 1)
            now = self._watched.settled - before
            room.release(now - freed)
            freed = now

    def _until(self, settled: int) -> None:
        with self._watched.changed:
            if not self._watched.changed.wait_for(lambda: self._watched.settled >= settled, _PATIENCE):
                raise TimeoutError("no second receipt")


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main(folder: Path, how: str = "") -> None:
    node = open_node(folder / "comity.toml", PASSPHRASE)
    watched = Watched(node.office.store)
    office = replace(node.office, store=watched)
    sender = Sender(office, watched)

    def obey() -> None:
        try:
            for line in sys.stdin:
                print(json.dumps(answer(json.loads(line))), flush=True)
        finally:  # also where it failed: who waits for the answer then learns of it
            os.kill(os.getpid(), signal.SIGTERM)

    def answer(asked: dict[str, Any]) -> dict[str, Any]:
        match asked.pop("do"):
            case "draft":
                return sender.draft(**asked)
            case "send":
                return sender.send(**asked)
            case _:
                return {"cpu": _cpu()}

    if how == "works":
        threading.Thread(target=obey, daemon=True).start()
        server.work(office, node.config.log.publish_seconds)
    if how == "serves":
        threading.Thread(target=_look, args=(node.database.engine, watched), daemon=True).start()
    with server.listen(node.config.server.host, node.config.server.port) as listening:
        threading.Thread(target=obey, daemon=True).start()
        server.serve(office, node.config.node.url, listening, node.config.log.publish_seconds, works=how != "serves")
    node.close()


def _look(engine: Any, watched: Watched) -> None:
    """Where other processes settle, what they settled is looked up."""
    query = text("SELECT count(*) FROM outbox WHERE state NOT IN ('queued', 'stored')")
    while True:
        time.sleep(_LOOK_SECONDS)
        with engine.connect() as connection:
            found = int(connection.execute(query).scalar_one())
        with watched.changed:
            watched.settled = max(watched.settled, found)
            watched.changed.notify_all()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
