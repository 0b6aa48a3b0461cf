"""What a node tells its operator on the error output. What stands for hours is not said every second.

A warning that was said is said again after an hour, with how often it came meanwhile. Warnings that differ in figures
alone (how long a log is, how many witnesses answered) are the same one. Errors are always said.
"""

import logging
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

AGAIN_SECONDS: Final = 3600
MOST: Final = 1000
"""Warnings remembered. With more different ones within the hour, the oldest is forgotten and may be said again."""
_FIGURE: Final = re.compile(r"\d+")


@dataclass(slots=True)
class _Said:
    at: float
    left_out: int = 0


class SaidOnce(logging.Filter):
    """Lets a warning through once an hour. `now`: seconds that never go back."""

    def __init__(self, now: Callable[[], float]) -> None:
        super().__init__()
        self._now = now
        self._said: dict[str, _Said] = {}
        self._lock = threading.Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno >= logging.ERROR:
            return True
        text = record.getMessage()
        with self._lock:
            left_out = self._left_out(_FIGURE.sub("0", f"{record.name} {text}"))
        if left_out:
            record.msg, record.args = f"{text}; said before, and {left_out} times more since", ()
        return left_out is not None

    def _left_out(self, what: str) -> int | None:
        """How often it was left out since it was said; None where it is to be left out now."""
        before, now = self._said.get(what), self._now()
        if before is not None and now - before.at < AGAIN_SECONDS:
            before.left_out += 1
            return None
        self._said.pop(what, None)
        if len(self._said) >= MOST:
            self._said.pop(next(iter(self._said)))
        self._said[what] = _Said(now)
        return before.left_out if before is not None else 0


def log_to_operator() -> None:
    """What is logged in this process from now on goes to the error output, with its moment, warnings and above."""
    handler = logging.StreamHandler()
    handler.addFilter(SaidOnce(time.monotonic))
    form = "%(asctime)s %(name)s %(message)s"
    logging.basicConfig(level=logging.WARNING, format=form, handlers=[handler])
