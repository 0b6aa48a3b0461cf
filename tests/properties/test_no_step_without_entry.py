"""A step without a log entry cannot exist: a failure at any line between begin and commit leaves neither.

A trace stops the program at each line it runs inside the transaction, one line a try, as a crash would.
"""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, Final

import pytest

import comity
from comity.cases import events
from comity.cases.case import Case
from comity.workflows import draft_request
from comity.workflows.record import load, record
from tests.simulators.story import approve, draft
from tests.simulators.world import XB, SmallWorld, new_world, preservation

HOME: Final = str(Path(comity.__file__).parent)
INSIDE: Final = ("/workflows/", "/adapters/sql/", "/transparency/", "/cases/")
"""Whose lines are stopped at: what writes the step and its entry."""


class Stopped(BaseException):
    """The process ends here."""


class Trace:
    """Counts the lines of comity that run while a transaction is open, and stops at the one numbered `at`."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.lines = 0
        self.where = ""

    def __call__(self, frame: FrameType, event: str, _: Any) -> Any:
        name = frame.f_code.co_filename
        if not name.startswith(HOME) or not any(part in name for part in INSIDE):
            return None
        if event == "line":
            self.lines += 1
            if self.lines == self.at:
                self.where = f"{name}:{frame.f_lineno}"
                raise Stopped
        return self


def stopped_at(at: int, act: Callable[[], object]) -> tuple[bool, Trace]:
    trace = Trace(at)
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        act()
    except Stopped:
        return True, trace
    finally:
        sys.settrace(before)
    return False, trace


def steps_and_entries(world: SmallWorld) -> tuple[int, int]:
    """Case events at XA, and log entries that belong to one."""
    rows = world.xa.dump()
    return len(rows["case_event"]), len([row for row in rows["log_entry"] if row["case_id"]])


@pytest.mark.parametrize("step", ["draft", "approve", "withdraw"])
def test_a_crash_at_any_line_leaves_a_step_with_its_entry_or_neither(step: str) -> None:
    start = new_world()
    case = draft(start, preservation()) if step != "draft" else None
    tried = 0
    for at in range(1, 100_000):
        world = start.copy()
        before = steps_and_entries(world)
        stride = 1 + at * 7 if step != "withdraw" else at  # the short step line by line, the long ones at every eighth
        was_stopped, _ = stopped_at(stride, partial(_act, step, world, case))
        events_now, entries_now = steps_and_entries(world)
        assert events_now == entries_now, f"a step without its entry, stopped at line {stride}"
        if not was_stopped:
            assert events_now > before[0]
            break
        tried += 1
    assert tried > 50


def _act(step: str, world: SmallWorld, case: Case | None) -> None:
    if case is None:
        draft_request.draft(world.xa.office, "anna", preservation(), XB)
    elif step == "approve":
        approve(world, case)
    else:
        _withdraw(world, case.id)


def _withdraw(world: SmallWorld, case_id: str) -> None:
    office = world.xa.office
    with office.store.transaction() as tx:
        record(office, tx, load(tx, case_id), events.Withdrawn(at=1, by="anna", reasons="none"))
