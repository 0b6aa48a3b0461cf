"""A step without a log entry cannot exist: a failure at any line between begin and commit leaves neither.

A trace stops the program at a line it runs, one line a try, as a crash would. Here the short step is stopped at every
line and the long ones at lines drawn from a seed; `python -m tests.soak.failpoints` stops all of them at every line.
"""

from random import Random
from typing import Final

import pytest

from tests.simulators.failpoints import STEPS, Crashes

SHORT: Final = "withdraw"
SAMPLE: Final = 40
ENDS: Final = 5
"""Lines at the very end: the last one before the commit is where it would be easiest to go wrong."""


@pytest.mark.parametrize("step", STEPS)
def test_a_crash_at_any_line_leaves_a_step_with_its_entry_or_neither(step: str) -> None:
    crashes = Crashes(step)
    last = crashes.lines()
    assert last > 100
    drawn = Random(step).sample(range(1, last - ENDS), SAMPLE)
    for line in range(1, last + 1) if step == SHORT else (*drawn, *range(last - ENDS, last + 1)):
        crashes.stop_at(line)
