"""Blocks handed from thread to thread: all of them, in their order, and none after one that failed."""

import pytest

from comity.evidence.conveyor import Conveyor


def test_blocks_are_worked_on_in_the_order_they_were_sent() -> None:
    done: list[int] = []

    def work(block: memoryview) -> None:
        done.append(int.from_bytes(block))

    with Conveyor(work, 4) as belt:
        for number in range(2000):
            block = belt.free()
            block[:4] = number.to_bytes(4)
            belt.send(block, 4)
    assert done == list(range(2000))


def test_after_a_block_that_failed_no_other_is_worked_on() -> None:
    done: list[bytes] = []

    def work(block: memoryview) -> None:
        if bytes(block) == b"b":
            raise OSError("full")
        done.append(bytes(block))

    with pytest.raises(OSError, match="full"), Conveyor(work, 1) as belt:
        for letter in (b"a", b"b", b"c"):
            block = belt.free()
            block[:] = letter
            belt.send(block, 1)
    assert done == [b"a"]
