"""The worker: rounds by itself, typed failures told and tried again, and an end when it is told to stop."""

import threading
from collections.abc import Mapping
from dataclasses import replace

import pytest

from comity.base.errors import Unavailable
from comity.node.worker import Worker
from comity.workflows import tokens, webhooks
from comity.workflows.ports import Answer
from comity.workflows.token_store import Scope
from tests.simulators.forge import Forged, bring
from tests.simulators.story import draft
from tests.simulators.world import XA, SmallWorld, new_world, preservation

LONG = 60
"""Seconds a thread has to do what takes it milliseconds."""
NEVER = 3600.0


class WatchedCourier:
    """Passes requests on to the wire, and tells which paths were asked for."""

    def __init__(self, world: SmallWorld) -> None:
        self._world = world
        self.came: dict[str, threading.Event] = {}

    def waiting_for(self, path: str) -> threading.Event:
        return self.came.setdefault(path, threading.Event())

    def carry(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        try:
            if "cases.example" in url:
                raise Unavailable("nobody is there")
            return self._world.wire.carry(method, url, headers, body)
        finally:
            for path, event in self.came.items():
                if path in url:
                    event.set()


@pytest.fixture
def world() -> SmallWorld:
    return new_world()


def test_what_came_is_opened_and_its_second_receipt_brought_without_anybody_asking(world: SmallWorld) -> None:
    courier = WatchedCourier(world)
    brought = courier.waiting_for("/v1/receipts")
    bring(world, [Forged().make(world)])
    worker = Worker(replace(world.xb.office, courier=courier), NEVER)
    worker.start()
    worker.wake()
    assert brought.wait(LONG)
    worker.stop()
    assert [case.state for case in world.xb.cases()] == ["requested"]
    assert world.xb.dump()["receipt"][0]["message_id"]


def test_the_log_is_published_at_the_start(world: SmallWorld) -> None:
    courier = WatchedCourier(world)
    asked = courier.waiting_for("/witness/add-checkpoint")
    worker = Worker(replace(world.xa.office, courier=courier), NEVER)
    worker.start()
    assert asked.wait(LONG)
    worker.stop()
    assert "checkpoint" in world.xa.log.files


def test_a_typed_failure_is_told_by_its_code_and_the_round_is_tried_again(
    world: SmallWorld, caplog: pytest.LogCaptureFixture
) -> None:
    twice = threading.Event()

    class FullDisk:
        tried = 0

        def transaction(self) -> object:
            self.tried += 1
            if self.tried > 6:
                twice.set()
            raise Unavailable("the disk is full")

    worker = Worker(replace(world.xa.office, store=FullDisk()), NEVER)  # type: ignore[arg-type]
    worker.start()
    for _ in range(5):
        worker.wake()
    assert twice.wait(LONG)
    worker.stop()
    assert "unavailable (the disk is full)" in caplog.text


def test_what_happened_is_told_to_an_authoritys_own_system(world: SmallWorld) -> None:
    courier = WatchedCourier(world)
    told = courier.waiting_for("cases.example")
    scopes = [Scope.EVENTS_READ, Scope.WEBHOOKS_WRITE]
    token, _ = tokens.create(world.xa.office, "bo", name="case system", scopes=scopes)
    webhooks.subscribe(world.xa.office, token, "https://cases.example/comity")
    draft(world, preservation())
    worker = Worker(replace(world.xa.office, courier=courier), NEVER)
    worker.start()
    assert told.wait(LONG)
    worker.stop()
    assert webhooks.all_webhooks(world.xa.office)[0].attempts == 1  # nobody is there to answer


def test_a_worker_that_is_told_to_stop_ends_its_threads(world: SmallWorld) -> None:
    worker = Worker(world.nodes[XA].office, NEVER)
    worker.start()
    worker.stop()
    assert not {"mail", "publish", "webhooks"} & {thread.name for thread in threading.enumerate()}
