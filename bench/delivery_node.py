"""A real node in a process of its own, told over its standard input what to send: one JSON object a line, both ways.

    python -m bench.delivery_node FOLDER [PROFILE]

It is what `comity serve` runs, server and worker. Whoever approves does it in the same process, as the pages do. Each
answer says what it took, with the processor time of the whole process.
"""

import json
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import quantiles
from typing import Any, Final

import msgspec
from sqlalchemy import text

from bench.assessment import example
from comity.base.encoding import b64u
from comity.node import server
from comity.treaty.request import Request
from comity.wiring import open_node
from comity.workflows import draft_request
from comity.workflows.office import Office
from comity.workflows.stores import Store, Transaction

PASSPHRASE: Final = b"correct horse battery staple"
DOCUMENT_BYTES: Final = 4096
_APPROVERS: Final = 8
_PATIENCE: Final = 300.0
_OPEN: Final = "SELECT count(*) FROM outbox WHERE state IN ('queued', 'stored')"


class Watched:
    """The store, and who waits for a change of it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.changed = threading.Condition()

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        with self._store.transaction() as tx:
            yield tx
        with self.changed:
            self.changed.notify_all()

    def scrub(self) -> None:
        self._store.scrub()


def request_of(size: int, number: int) -> Request:
    """A request to preserve whose document has about so many bytes, no two alike."""
    plain = example("preservation")
    lacking = max(0, size - len(msgspec.json.encode(plain)))
    return msgspec.structs.replace(plain, facts=f"{plain.facts} {number} {b64u(os.urandom(lacking))[:lacking]}")


class Sender:
    """Drafts beforehand, then approves: from there the time counts."""

    def __init__(self, office: Office, watched: Watched, engine: Any) -> None:
        self._office, self._watched, self._engine = office, watched, engine
        self._drafts: list[str] = []

    def draft(self, count: int, peers: list[str]) -> dict[str, Any]:
        for number in range(count):
            request = msgspec.structs.replace(
                request_of(DOCUMENT_BYTES, number), requested=peers[number % len(peers)][:2]
            )
            self._drafts.append(draft_request.draft(self._office, "anna", request, peers[number % len(peers)]).id)
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
                freed = pool.submit(self._free, room, count)
                for done in [pool.submit(self._approve, case, room) for case in chosen]:
                    done.result()
                freed.result()
        return {"seconds": time.perf_counter() - begun, "cpu": _cpu() - cpu, **found}

    def _one(self, case: str) -> float:
        begun = time.perf_counter()
        draft_request.approve(self._office, "bo", case)
        self._until(0)
        return time.perf_counter() - begun

    def _approve(self, case: str, room: threading.Semaphore) -> None:
        room.acquire()
        draft_request.approve(self._office, "bo", case)

    def _free(self, room: threading.Semaphore, count: int) -> None:
        """One more may go for each that has its second receipt."""
        query, freed = "SELECT count(*) FROM outbox WHERE state = 'delivered'", 0
        base = None
        with self._engine.connect() as connection:
            base = self.delivered_before
            while freed < count:
                with self._watched.changed:
                    self._watched.changed.wait(0.05)
                now = int(connection.execute(text(query)).scalar_one()) - base
                connection.rollback()
                if now > freed:
                    room.release(now - freed)
                    freed = now
        self.delivered_before = base + freed

    delivered_before = 0

    def _until(self, left: int) -> None:
        with self._engine.connect() as connection:
            end = time.monotonic() + _PATIENCE
            while True:
                with self._watched.changed:
                    if int(connection.execute(text(_OPEN)).scalar_one()) <= left:
                        break
                    connection.rollback()
                    self._watched.changed.wait(0.05)
                if time.monotonic() > end:
                    raise TimeoutError("no second receipt")
        self.delivered_before += 1


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main(folder: Path) -> None:
    node = open_node(folder / "comity.toml", PASSPHRASE)
    watched = Watched(node.office.store)
    office = replace(node.office, store=watched)
    sender = Sender(office, watched, node.database.engine)

    def obey() -> None:
        for line in sys.stdin:
            asked = json.loads(line)
            match asked.pop("do"):
                case "draft":
                    answer = sender.draft(**asked)
                case "send":
                    answer = sender.send(**asked)
                case _:
                    answer = {"cpu": _cpu()}
            print(json.dumps(answer), flush=True)
        os.kill(os.getpid(), signal.SIGTERM)

    with server.listen(node.config.server.host, node.config.server.port) as listening:
        threading.Thread(target=obey, daemon=True).start()
        server.serve(office, node.config.node.url, listening, node.config.log.publish_seconds)
    node.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
