"""The operator's log stays readable: what stands for hours is said once an hour, with how often it came."""

import logging
import subprocess
import sys

import pytest

from comity.node.operator_log import AGAIN_SECONDS, MOST, SaidOnce

NO_HTTP = """
import socket
from comity.node.operator_log import log_to_operator
from comity.node.server import listen, served_beside

log_to_operator()
with listen("127.0.0.1", 0) as listening, served_beside(None, listening):
    for _ in range(3):
        with socket.create_connection(listening.getsockname()) as line:
            line.sendall(b"no request of any kind" + bytes((13, 10)) * 2)
            while line.recv(4096):
                pass
"""
"""What three callers that speak no HTTP bring a server to say."""


class Log:
    """A filter, its clock, and what came through it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.lines: list[str] = []
        self._filter = SaidOnce(lambda: self.now)

    def say(self, text: str, *values: object, level: int = logging.WARNING, by: str = "comity.worker") -> None:
        record = logging.LogRecord(by, level, "here", 1, text, values, None)
        if self._filter.filter(record):
            self.lines.append(record.getMessage())


@pytest.fixture
def log() -> Log:
    return Log()


def test_a_warning_that_stands_is_said_once_an_hour_with_how_often_it_came(log: Log) -> None:
    for _ in range(2 * AGAIN_SECONDS):
        log.say("%s: %s (%s)", "publish", "conflict", "the log does not continue the checkpoint")
        log.now += 1
    said = "publish: conflict (the log does not continue the checkpoint)"
    assert log.lines == [said, f"{said}; said before, and {AGAIN_SECONDS - 1} times more since"]


def test_one_that_comes_seldom_is_said_each_time_as_it_is(log: Log) -> None:
    for _ in range(3):
        log.say("see logs: unavailable")
        log.now += AGAIN_SECONDS
    assert log.lines == ["see logs: unavailable"] * 3


def test_another_warning_is_said_at_once(log: Log) -> None:
    log.say("%s: unavailable (%s)", "deliver", "the disk is full")
    log.say("%s: unavailable (%s)", "deliver", "the database is locked")
    log.say("%s: unavailable (%s)", "publish", "the disk is full")
    log.say("%s: unavailable (%s)", "publish", "the disk is full", by="comity.other")
    assert len(log.lines) == 4


def test_a_warning_in_which_only_figures_change_is_the_same(log: Log) -> None:
    for size in range(100):
        log.say("the log has %d entries", size)
    assert log.lines == ["the log has 0 entries"]


def test_errors_are_always_said(log: Log) -> None:
    for _ in range(3):
        log.say("unforeseen %s at %s", "ValueError", "/v1/envelopes", level=logging.ERROR)
    assert len(log.lines) == 3


def test_ever_other_warnings_do_not_fill_the_memory(log: Log) -> None:
    names = [f"{chr(97 + one // 26)}{chr(97 + one % 26)}{two}" for one in range(MOST // 2) for two in "xyz"]
    for name in names:
        log.say(name)
    log.say(names[-1])
    log.say(names[0])
    assert log.lines == [*names, names[0]]


def test_the_servers_own_warnings_are_said_once_too() -> None:
    """Whoever can connect could otherwise fill the log with what is no HTTP."""
    done = subprocess.run([sys.executable, "-c", NO_HTTP], capture_output=True, text=True, timeout=60, check=True)
    (line,) = done.stderr.splitlines()
    assert line.endswith("uvicorn.error Invalid HTTP request received.")
