"""Every line of every step: stopped there, a step and its log entry are both there or both not.

    python -m tests.soak.failpoints [STEPS]

The short form is tests/properties/test_no_step_without_entry.py. Takes a few minutes.
"""

import sys
from time import monotonic

from tests.simulators.failpoints import STEPS, Crashes


def main() -> None:
    for name in sys.argv[1:] or STEPS:
        began, crashes = monotonic(), Crashes(name)
        last = crashes.lines()
        for line in range(1, last + 1):
            crashes.stop_at(line)
        print(f"{name}: stopped at each of {last} lines, {monotonic() - began:.0f} s")  # noqa: T201


if __name__ == "__main__":
    main()
