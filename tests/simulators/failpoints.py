"""Stop a step at any line it runs, as a crash would, and see what is left of it."""

import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, Final

import comity
from comity.cases import events
from comity.cases.case import Case
from comity.workflows import deliver_outbox, draft_request, order_provider, receive_envelope
from comity.workflows.record import load, record
from tests.simulators.story import LAW, approve, ask, draft
from tests.simulators.world import PROVIDER, XB, Node, SmallWorld, new_world, preservation

HOME: Final = str(Path(comity.__file__).parent)
INSIDE: Final = ("/workflows/", "/adapters/sql/", "/transparency/", "/cases/", "/exchange/")
"""Whose lines are stopped at: what writes the step and its entry, and what is sent with it."""


_COUNTS: Final = ("SELECT count(*) FROM case_event", "SELECT count(*) FROM log_entry WHERE case_id <> ''")


class Stopped(BaseException):
    """The process ends here."""


class Trace:
    """Counts the lines of comity that run, and stops at the one numbered `at`, from 1; 0 stops at none."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.lines = 0

    def __call__(self, frame: FrameType, event: str, _: Any) -> Any:
        name = frame.f_code.co_filename
        if not name.startswith(HOME) or not any(part in name for part in INSIDE):
            return None
        if event == "line":
            self.lines += 1
            if self.lines == self.at:
                raise Stopped
        return self


def run_to(at: int, act: Callable[[], object]) -> tuple[bool, int]:
    """Whether it was stopped, and how many lines ran."""
    trace = Trace(at)
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        act()
    except Stopped:
        return True, trace.lines
    finally:
        sys.settrace(before)
    return False, trace.lines


def _end_of_process(node: Node) -> None:
    """What the end of a process does to a database: whatever was not committed is gone."""
    with node.database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.rollback()


Step = Callable[[SmallWorld, Case | None], object]
"""What is done in a world, to the case it begins with, if any."""


def _withdraw(world: SmallWorld, case: Case | None) -> object:
    assert case is not None
    office = world.xa.office
    with office.store.transaction() as tx:
        return record(office, tx, load(tx, case.id), events.Withdrawn(at=1, by="anna", reasons="none"))


def _draft(world: SmallWorld, _: Case | None) -> object:
    return draft_request.draft(world.xa.office, "anna", preservation(), XB)


def _approve(world: SmallWorld, case: Case | None) -> object:
    assert case is not None
    return approve(world, case)


def _drafted(world: SmallWorld) -> Case:
    return draft(world, preservation())


def _on_its_way(world: SmallWorld) -> Case:
    """Approved, and stored at XB, where nobody has opened it yet."""
    case = approve(world, draft(world, preservation()))
    deliver_outbox.deliver(world.xa.office)
    return case


def _open(world: SmallWorld, _: Case | None) -> object:
    return receive_envelope.open_waiting(world.xb.office)


def _asked(world: SmallWorld) -> Case:
    return ask(world, preservation())[1]


def _order(world: SmallWorld, case: Case | None) -> object:
    assert case is not None
    return order_provider.order(
        world.xb.office, "dan", case.id, provider=PROVIDER, legal_basis=LAW, reasons="a request of XA"
    )


STEPS: Final[Mapping[str, tuple[Callable[[SmallWorld], Case | None], Step]]] = {
    "withdraw": (_drafted, _withdraw),
    "draft": (lambda _: None, _draft),
    "approve": (_drafted, _approve),
    "receive": (_on_its_way, _open),
    "order": (_asked, _order),
}


class Crashes:
    """One step, stopped at one line a try."""

    def __init__(self, name: str) -> None:
        before, self._step = STEPS[name]
        self._start = new_world()
        self._case = before(self._start)
        self._before = self.steps_and_entries(self._start)
        self._whole = self._after(self._start.copy(), 0)
        assert self._whole[0] == self._whole[1] > self._before[0]

    def lines(self) -> int:
        """How many lines the whole step runs."""
        return run_to(0, partial(self._step, self._start.copy(), self._case))[1]

    @staticmethod
    def steps_and_entries(world: SmallWorld) -> tuple[int, int]:
        """Case events, and log entries that belong to one, of both States."""
        found = [0, 0]
        for node in (world.xa, world.xb):
            with node.database.engine.connect() as connection:
                for place, query in enumerate(_COUNTS):
                    found[place] += connection.exec_driver_sql(query).scalar_one()
        return found[0], found[1]

    def _after(self, world: SmallWorld, at: int) -> tuple[int, int]:
        run_to(at, partial(self._step, world, self._case))
        for node in (world.xa, world.xb):
            _end_of_process(node)
        return self.steps_and_entries(world)

    def stop_at(self, at: int) -> None:
        """A step and its entry are both there, or both not."""
        found = self._after(self._start.copy(), at)
        assert found[0] == found[1], f"a step without its entry, stopped at line {at}"
        assert found in (self._before, self._whole), f"half a step, stopped at line {at}"
