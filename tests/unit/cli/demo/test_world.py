"""Starting the demo's processes: a signal that comes in between is neither lost nor acted on too early."""

import signal
from collections.abc import Iterator
from types import FrameType

import pytest

from comity.cli.demo.world import ENDING, signals_wait


@pytest.fixture
def acted() -> Iterator[list[int]]:
    """What the handlers that were there before have seen."""
    seen: list[int] = []

    def act(number: int, _frame: FrameType | None) -> None:
        seen.append(number)

    before = {number: signal.signal(number, act) for number in ENDING}
    yield seen
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", ENDING)
def test_a_signal_waits_until_the_process_is_noted_and_is_acted_on_then(
    number: signal.Signals, acted: list[int]
) -> None:
    with signals_wait():
        signal.raise_signal(number)
        assert acted == []
    assert acted == [number]


def test_without_a_signal_nothing_is_acted_on_and_the_handlers_are_back(acted: list[int]) -> None:
    with signals_wait():
        pass
    assert acted == []
    signal.raise_signal(signal.SIGTERM)
    assert acted == [signal.SIGTERM]


def test_a_signal_is_acted_on_even_when_the_start_fails(acted: list[int]) -> None:
    with pytest.raises(OSError, match="no such program"), signals_wait():
        signal.raise_signal(signal.SIGINT)
        raise OSError("no such program")
    assert acted == [signal.SIGINT]
